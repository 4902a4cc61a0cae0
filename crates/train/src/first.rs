//! The first stage: a network that recognises after seconds. EfficientNet-Lite0 stays as it is, and only a classifier on its
//! features is trained.

use std::ops::ControlFlow;
use std::sync::Arc;

use oneiric::zoo::trained::{Architecture, SCORES};
use oneiric_engine::map::Map;
use oneiric_engine::op::{Conv2d, Op, Window};
use oneiric_engine::shape::Size;
use oneiric_engine::{Batch, Graph, Parameters, Plan, Program, Purpose};
use rayon::prelude::*;

use crate::data::{Augmenter, Batches, DataProgress, Dataset, prepare};
use crate::error::Error;
use crate::schedule::Schedule;
use crate::settings::TrainingSettings;
use crate::trainer::{Example, PICTURES_AT_ONCE, Trainer, TrainerSettings};
use crate::training::{Trained, Training};

/// Times that each picture is seen: as it is, and changed at random.
const VIEWS: usize = 3;
/// Pictures whose features are computed in one go.
const CHUNK: usize = 64;
const STEPS: usize = 300;
const RATE: f32 = 0.01;
const SINGLE: Size = Size { height: 1, width: 1 };

/// Settings of a network of the first stage, for pictures of `size`.
pub fn first_settings(settings: &TrainingSettings) -> TrainingSettings {
    TrainingSettings {
        architecture: Architecture::Zoo("lite0".into()),
        from: SCORES.into(),
        steps: STEPS,
        batch: CHUNK,
        rate: RATE,
        robust: 0.0,
        ..settings.clone()
    }
}

/// Trains a network of the first stage. `watch` is called between pictures and may stop it.
///
/// # Errors
/// As [`Training::new`], and [`Error::Cancelled`].
pub fn first(
    data: &Arc<Dataset>,
    settings: &TrainingSettings,
    mut watch: impl FnMut(DataProgress) -> ControlFlow<()>,
) -> Result<Trained, Error> {
    let settings = first_settings(settings);
    let mut extractor = Extractor::new(&settings)?;
    let mut training = Training::new(data.clone(), settings)?;
    let train = &training.split.train;
    let views: Vec<(usize, usize)> = (0..VIEWS).flat_map(|view| train.iter().map(move |&i| (view, i))).collect();
    let mut features = Vec::with_capacity(views.len());
    for chunk in views.chunks(CHUNK) {
        if watch(DataProgress { done: features.len(), total: views.len() }).is_break() {
            return Err(Error::Cancelled);
        }
        features.extend(extractor.features(data, chunk)?);
    }
    let scale = Scale::of(&features);
    features.iter_mut().for_each(|features| scale.apply(features));
    let labels: Vec<usize> = views.iter().map(|&(_, i)| data.samples[i].class).collect();
    let begin = training.trainer.parameters().iter().next().map(|(_, arrays)| arrays.to_vec()).unwrap_or_default();
    let begin = scale.unfolded(begin);
    let (weights, bias) = fit(&features, &labels, begin, training.settings.seed)?;
    let (weights, bias) = scale.folded(weights, bias);
    let scores = training.trainer.parameters().iter().map(|(node, _)| (node, vec![weights.clone(), bias.clone()]));
    let scores: Parameters = scores.collect();
    training.trainer.set_parameters(&scores)?;
    training.finish()
}

/// Computes the features of pictures: the means over all positions.
struct Extractor {
    batch: Batch,
    augmenter: Augmenter,
    size: usize,
}

impl Extractor {
    fn new(settings: &TrainingSettings) -> Result<Self, Error> {
        let (graph, layer) = settings.architecture.features()?;
        let size = Size { height: settings.size, width: settings.size };
        let program = Program::new(&graph, &[layer])?;
        let plan = Plan::for_pictures(&program, size, Purpose::Activations, PICTURES_AT_ONCE)?;
        let augmenter = Augmenter::new(settings.augmentation, settings.size, settings.seed)?;
        Ok(Self { batch: Batch::new(plan)?, augmenter, size: settings.size })
    }

    /// The features of some views of samples; view 0 is the plain picture.
    fn features(&mut self, data: &Dataset, views: &[(usize, usize)]) -> Result<Vec<Vec<f32>>, Error> {
        let (augmenter, size) = (&self.augmenter, self.size);
        let picture = |&(view, sample): &(usize, usize)| {
            let picture = &data.samples[sample].picture;
            if view == 0 { prepare(picture, size) } else { augmenter.picture(picture, view, sample) }
        };
        let pictures: Vec<Vec<f32>> = views.par_iter().map(picture).collect();
        let pictures: Vec<&[f32]> = pictures.iter().map(Vec::as_slice).collect();
        let mut features = Vec::with_capacity(views.len());
        self.batch.activations(&pictures, |_, _, map| features.push(means(map)))?;
        Ok(features)
    }
}

fn means(map: Map<'_>) -> Vec<f32> {
    let shape = map.shape();
    let mut sums = vec![0.0f64; shape.channels];
    for y in 0..shape.height {
        for x in 0..shape.width {
            sums.iter_mut().zip(map.pixel(y, x)).for_each(|(sum, &value)| *sum += f64::from(value));
        }
    }
    sums.iter().map(|sum| (sum / shape.pixels() as f64) as f32).collect()
}

/// Brings every feature to mean 0 and deviation 1.
struct Scale {
    mean: Vec<f32>,
    factor: Vec<f32>,
}

impl Scale {
    fn of(features: &[Vec<f32>]) -> Self {
        let (channels, count) = (features[0].len(), features.len() as f64);
        let mean = |of: &dyn Fn(&Vec<f32>, usize) -> f64| -> Vec<f64> {
            (0..channels).map(|c| features.iter().map(|features| of(features, c)).sum::<f64>() / count).collect()
        };
        let means = mean(&|features, c| f64::from(features[c]));
        let squares = mean(&|features, c| (f64::from(features[c]) - means[c]).powi(2));
        // A feature that hardly changes says nothing; it must not become noise.
        let floor = 1e-2 * (squares.iter().sum::<f64>() / channels as f64).sqrt();
        let factor = squares.iter().map(|square| (1.0 / square.sqrt().max(floor).max(f64::MIN_POSITIVE)) as f32);
        Self { mean: means.iter().map(|&mean| mean as f32).collect(), factor: factor.collect() }
    }

    fn apply(&self, features: &mut [f32]) {
        let scales = self.mean.iter().zip(&self.factor);
        features.iter_mut().zip(scales).for_each(|(value, (mean, factor))| *value = (*value - mean) * factor);
    }

    /// Weights and bias for scaled features, of those for features as they are.
    fn unfolded(&self, mut arrays: Vec<Vec<f32>>) -> Vec<Vec<f32>> {
        if let [weights, bias] = &mut arrays[..] {
            for (weights, bias) in weights.chunks_mut(self.factor.len()).zip(bias) {
                *bias += weights.iter().zip(&self.mean).map(|(weight, mean)| weight * mean).sum::<f32>();
                weights.iter_mut().zip(&self.factor).for_each(|(weight, factor)| *weight /= factor);
            }
        }
        arrays
    }

    /// Weights and bias for features as they are.
    fn folded(&self, mut weights: Vec<f32>, mut bias: Vec<f32>) -> (Vec<f32>, Vec<f32>) {
        for (weights, bias) in weights.chunks_mut(self.factor.len()).zip(&mut bias) {
            weights.iter_mut().zip(&self.factor).for_each(|(weight, factor)| *weight *= factor);
            *bias -= weights.iter().zip(&self.mean).map(|(weight, mean)| weight * mean).sum::<f32>();
        }
        (weights, bias)
    }
}

/// Multinomial logistic regression that begins with some weights and biases: the weights of each class, and the biases.
fn fit(
    features: &[Vec<f32>],
    labels: &[usize],
    begin: Vec<Vec<f32>>,
    seed: u64,
) -> Result<(Vec<f32>, Vec<f32>), Error> {
    let channels = features[0].len();
    let mut graph = Graph::new(channels)?;
    let [weights, bias]: [Vec<f32>; 2] = begin.try_into().expect("weights and bias");
    let scores = Conv2d::new(channels, bias.len(), 1, Window::square(1, 1), weights, Some(bias.into()))?;
    let node = graph.add_layer(SCORES, Op::Conv(scores), &[graph.picture()])?;
    let settings = TrainerSettings {
        schedule: Schedule { rate: RATE, warm_up: 10, steps: STEPS },
        weight_decay: 0.1,
        smoothing: 0.05,
        ..TrainerSettings::default()
    };
    let mut trainer = Trainer::new(graph, SCORES, &[node], SINGLE, settings)?;
    let all: Vec<usize> = (0..features.len()).collect();
    let mut batches = Batches::new(labels, &all, CHUNK, seed)?;
    for step in 0..STEPS {
        let batch = batches.batch(step);
        let examples: Vec<_> = batch.iter().map(|&i| Example { picture: &features[i], class: labels[i] }).collect();
        trainer.step(&examples)?;
    }
    let [weights, bias] = trainer.parameters().get(node).expect("the scores are trained") else {
        unreachable!("weights and bias");
    };
    Ok((weights.clone(), bias.clone()))
}
