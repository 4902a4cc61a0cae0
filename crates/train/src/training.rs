//! A training from pictures to a network.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use oneiric::zoo::trained::{Architecture, Card, ClassCard, Parent, SCORES, TestResult};
use oneiric_engine::shape::Size;
use oneiric_engine::{Graph, NodeId, Parameters};

use crate::data::{Augmenter, Batches, Dataset, Split, groups, prepare, split};
use crate::early_stop::{EarlyStop, Evaluation, Verdict};
use crate::error::Error;
use crate::metrics::{Metrics, Mistake, most_wrong};
use crate::settings::TrainingSettings;
use crate::start::{operations_from, randomize};
use crate::trainer::{Example, StepReport, Trainer};
use crate::words::begin_with_words;

/// The least number of pictures of a class.
pub const LEAST_PICTURES: usize = 3;
/// The most held-out pictures of an evaluation during the training; the last one sees all.
const MOST_EVALUATED: usize = 400;
/// Keeps the activations of layers with ReLU strong: see [`randomize`].
pub(crate) const HE_REACH: f64 = 2.449_489_742_783_178;

/// A network that learns from a dataset.
#[derive(Debug)]
pub struct Training {
    pub(crate) data: Arc<Dataset>,
    pub(crate) settings: TrainingSettings,
    pub(crate) split: Split,
    batches: Batches,
    augmenter: Augmenter,
    pub(crate) trainer: Trainer,
    /// The held-out pictures of evaluations during the training.
    evaluated: Vec<(Vec<f32>, usize)>,
    pub(crate) stop: EarlyStop,
    /// The parameters of the best evaluation.
    pub(crate) best: Option<Parameters>,
    pub(crate) history: Vec<Evaluation>,
    /// The held-out pictures that the last evaluation named wrong.
    mistakes: Vec<Mistake>,
    /// Sum and number of the losses since the last evaluation.
    pub(crate) losses: (f64, usize),
    pub(crate) ended: bool,
}

/// Where a training is after a step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Progress {
    /// The steps so far.
    pub step: usize,
    /// All steps.
    pub steps: usize,
    /// What the step did.
    pub report: StepReport,
    /// The evaluation after it, if it was due.
    pub evaluation: Option<Evaluation>,
}

/// A trained network.
#[derive(Clone, Debug)]
pub struct Trained {
    /// The network.
    pub graph: Graph,
    /// Its card, without a dream yet.
    pub card: Card,
    /// The results on all held-out pictures.
    pub metrics: Metrics,
    /// The held-out pictures that it names wrong, the worst first: indices into [`Training::held_out`].
    pub mistakes: Vec<Mistake>,
}

impl Training {
    /// Prepares the training on a dataset.
    ///
    /// # Errors
    /// Settings out of range, fewer than two classes or [`LEAST_PICTURES`] pictures of one, and a layer or size that the
    /// network cannot take.
    pub fn new(data: impl Into<Arc<Dataset>>, settings: TrainingSettings) -> Result<Self, Error> {
        let data = data.into();
        settings.check()?;
        data.check(LEAST_PICTURES)?;
        let classes: Vec<usize> = data.samples.iter().map(|sample| sample.class).collect();
        let split = split(&classes, &groups(&data), settings.held_out, settings.seed)?;
        let trainer = trainer(&settings, &data.classes)?;
        let evaluated = split.held_out.iter().step_by(evaluated_every(split.held_out.len()));
        let evaluated = evaluated.map(|&i| (prepare(&data.samples[i].picture, settings.size), classes[i])).collect();
        let patience = if settings.patience == 0 { usize::MAX } else { settings.patience };
        Ok(Self {
            batches: Batches::new(&classes, &split.train, settings.batch, settings.seed)?,
            augmenter: Augmenter::new(settings.augmentation, settings.size, settings.seed)?,
            stop: EarlyStop::new(patience, data.classes.len())?,
            best: None,
            history: Vec::new(),
            mistakes: Vec::new(),
            losses: (0.0, 0),
            ended: false,
            evaluated,
            trainer,
            split,
            data,
            settings,
        })
    }

    /// The pictures.
    pub fn data(&self) -> &Dataset {
        &self.data
    }

    /// The samples that are held out.
    pub fn held_out(&self) -> &[usize] {
        &self.split.held_out
    }

    /// The settings.
    pub fn settings(&self) -> &TrainingSettings {
        &self.settings
    }

    /// The evaluations so far.
    pub fn history(&self) -> &[Evaluation] {
        &self.history
    }

    /// What the last evaluation named wrong, the worst first: indices into [`held_out`](Self::held_out). Evaluations before the
    /// end see some of the held-out pictures only.
    pub fn mistakes(&self) -> &[Mistake] {
        &self.mistakes
    }

    /// The steps so far.
    pub fn steps(&self) -> usize {
        self.trainer.steps()
    }

    /// Whether the training has taken all steps, or has stopped early.
    pub fn is_over(&self) -> bool {
        self.ended || self.trainer.steps() >= self.settings.steps
    }

    /// Takes one step, and evaluates the network when that is due.
    ///
    /// # Errors
    /// [`Error::Diverged`] and [`Error::Stuck`].
    pub fn step(&mut self) -> Result<Progress, Error> {
        let step = self.trainer.steps();
        let samples = self.batches.batch(step);
        let pictures = self.augmenter.batch(&self.data, &samples, step);
        let example = |(picture, &sample): (_, &usize)| Example { picture, class: self.data.samples[sample].class };
        let examples: Vec<_> = pictures.iter().map(Vec::as_slice).zip(&samples).map(example).collect();
        let report = self.trainer.step(&examples)?;
        self.losses = (self.losses.0 + report.loss, self.losses.1 + 1);
        let (step, steps) = (step + 1, self.settings.steps);
        let due = step.is_multiple_of(self.settings.evaluation_interval()) || step == steps;
        let evaluation = if due { Some(self.evaluate(step)?) } else { None };
        Ok(Progress { step, steps, report, evaluation })
    }

    fn evaluate(&mut self, step: usize) -> Result<Evaluation, Error> {
        let pictures: Vec<&[f32]> = self.evaluated.iter().map(|(picture, _)| picture.as_slice()).collect();
        let classes: Vec<usize> = self.evaluated.iter().map(|(_, class)| *class).collect();
        let probabilities = self.trainer.classify(&pictures)?;
        let metrics = Metrics::new(&classes, &probabilities)?;
        self.mistakes = most_wrong(&classes, &probabilities, classes.len())?;
        let every = evaluated_every(self.split.held_out.len());
        self.mistakes.iter_mut().for_each(|mistake| mistake.example *= every);
        let training_loss = self.losses.0 / self.losses.1.max(1) as f64;
        self.losses = (0.0, 0);
        let evaluation = Evaluation { step, accuracy: metrics.accuracy, loss: metrics.loss, training_loss };
        self.history.push(evaluation);
        let verdict = self.stop.see(evaluation)?;
        // Against an adversary the newest network dreams best, and its accuracy says nothing about that.
        if self.settings.robust == 0.0 {
            match verdict {
                Verdict::Best => self.best = Some(self.trainer.parameters().clone()),
                Verdict::Stop => self.ended = true,
                Verdict::GoOn => {}
            }
        }
        Ok(evaluation)
    }

    /// The network as it is now.
    ///
    /// # Errors
    /// None for a training that was made.
    pub fn graph(&self) -> Result<Graph, Error> {
        let graph = self.trainer.graph()?;
        let mut whole = self.settings.architecture.graph(self.data.classes.len())?;
        whole.set_parameters(&graph.parameters(&weighted(&graph)?)?)?;
        Ok(whole)
    }

    /// Ends the training, before its last step too, and tests the best network on all held-out pictures.
    ///
    /// # Errors
    /// If the network cannot be run.
    pub fn finish(&mut self) -> Result<Trained, Error> {
        if let Some(best) = self.best.take() {
            self.trainer.set_parameters(&best)?;
            self.best = Some(best);
        }
        let (mut classes, mut probabilities) = (Vec::new(), Vec::new());
        for samples in self.split.held_out.chunks(MOST_EVALUATED) {
            let pictures: Vec<Vec<f32>> =
                samples.iter().map(|&i| prepare(&self.data.samples[i].picture, self.settings.size)).collect();
            let pictures: Vec<&[f32]> = pictures.iter().map(Vec::as_slice).collect();
            probabilities.extend(self.trainer.classify(&pictures)?);
            classes.extend(samples.iter().map(|&i| self.data.samples[i].class));
        }
        let metrics = Metrics::new(&classes, &probabilities)?;
        let mistakes = most_wrong(&classes, &probabilities, classes.len())?;
        Ok(Trained { graph: self.graph()?, card: self.card(Some(&metrics))?, metrics, mistakes })
    }

    /// The card of the network as it is now, without a dream; without results where there are no `metrics`.
    ///
    /// # Errors
    /// If the parent cannot be read.
    pub fn card(&self, metrics: Option<&Metrics>) -> Result<Card, Error> {
        let of_class =
            |samples: &[usize], class| samples.iter().filter(|&&i| self.data.samples[i].class == class).count();
        let class = |(class, name): (usize, &String)| ClassCard {
            name: name.clone(),
            pictures: of_class(&self.split.train, class),
            held_out: of_class(&self.split.held_out, class),
        };
        let parent = match &self.settings.architecture {
            Architecture::Zoo(name) => {
                let network = oneiric::zoo::load(name)?;
                Some(Parent { name: name.clone(), sha256: network.sha256().into(), from: self.settings.from.clone() })
            }
            Architecture::Scratch(_) => None,
        };
        Ok(Card {
            title: self.data.classes.join(", "),
            architecture: self.settings.architecture.clone(),
            size: self.settings.size,
            parent,
            classes: self.data.classes.iter().enumerate().map(class).collect(),
            result: metrics.map(|metrics| TestResult {
                accuracy: metrics.accuracy,
                loss: metrics.loss,
                calibration: metrics.calibration.error,
                steps: self.trainer.steps(),
            }),
            training: self.settings.report(),
            dream: Default::default(),
        })
    }

    /// A number that tells this training, its pictures and settings, from others.
    pub fn fingerprint(&self) -> u64 {
        // The hasher of the standard library with fixed keys.
        let mut hasher = DefaultHasher::new();
        format!("{:?}", self.settings).hash(&mut hasher);
        self.data.classes.hash(&mut hasher);
        for sample in &self.data.samples {
            (sample.class, sample.picture.width(), sample.picture.rgb()).hash(&mut hasher);
        }
        hasher.finish()
    }
}

/// One of so many held-out pictures is in the evaluations during the training.
fn evaluated_every(held_out: usize) -> usize {
    held_out.div_ceil(MOST_EVALUATED).max(1)
}

/// The operations that are stored in a network's file.
pub(crate) fn weighted(graph: &Graph) -> Result<Vec<NodeId>, Error> {
    let first = graph.layers().next().unwrap_or(SCORES).to_owned();
    operations_from(graph, &first)
}

/// The trainer of a new network.
pub(crate) fn trainer(settings: &TrainingSettings, classes: &[String]) -> Result<Trainer, Error> {
    let mut graph = settings.architecture.graph(classes.len())?;
    let all = weighted(&graph)?;
    let scores = *all.last().expect("a network has a classifier");
    let mut seed = settings.seed;
    if let Architecture::Scratch(_) = settings.architecture {
        randomize(&mut graph, &all[..all.len() - 1], HE_REACH, seed)?;
        seed ^= 1 << 63;
    }
    randomize(&mut graph, &[scores], 1.0, seed)?;
    begin_with_words(&mut graph, &settings.architecture, classes)?;
    let trained = if settings.from.is_empty() { all } else { operations_from(&graph, &settings.from)? };
    let size = Size { height: settings.size, width: settings.size };
    Trainer::new(graph, SCORES, &trained, size, settings.trainer())
}
