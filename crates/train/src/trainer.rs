//! The steps of a training.

use std::borrow::Cow;

use oneiric_engine::shape::Size;
use oneiric_engine::{Batch, Graph, NodeId, Parameters, Plan, Program, Purpose};
use rayon::prelude::*;

use crate::adversary::Adversary;
use crate::cross_entropy::CrossEntropy;
use crate::error::Error;
use crate::optimizer::{Method, Optimizer, clip};
use crate::schedule::Schedule;

/// Pictures that run at once. Sums of gradients depend on it.
pub(crate) const PICTURES_AT_ONCE: usize = 16;

/// A picture with its class.
#[derive(Clone, Copy, Debug)]
pub struct Example<'a> {
    /// Rows of interleaved channels, RGB in 0 to 1, in the size of the training.
    pub picture: &'a [f32],
    /// The class, from 0 on.
    pub class: usize,
}

/// How a network is trained.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TrainerSettings {
    /// The optimisation method.
    pub method: Method,
    /// The rate of each step.
    pub schedule: Schedule,
    /// How much parameters shrink, relative to the rate: 0 to 1.
    pub weight_decay: f32,
    /// Label smoothing, 0 to below 1.
    pub smoothing: f32,
    /// The largest norm of a gradient; infinity for none.
    pub longest_gradient: f32,
    /// Changes of the pictures against the network, if there are any.
    pub adversary: Option<Adversary>,
}

impl Default for TrainerSettings {
    fn default() -> Self {
        Self {
            method: Method::AdamW,
            schedule: Schedule::default(),
            weight_decay: 0.01,
            smoothing: 0.0,
            longest_gradient: f32::INFINITY,
            adversary: None,
        }
    }
}

/// What a step did.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StepReport {
    /// The mean loss of the batch before the step, of the changed pictures if there is an adversary.
    pub loss: f64,
    /// How many of these pictures the network named right.
    pub correct: usize,
    /// The norm of the gradient before it was clipped.
    pub gradient: f32,
    /// The rate of the step.
    pub rate: f32,
}

/// A training between two steps.
#[derive(Clone, Debug, PartialEq)]
pub struct TrainerState {
    /// The parameters that are trained.
    pub parameters: Parameters,
    /// The optimizer with its memory.
    pub optimizer: Optimizer,
    /// The steps so far.
    pub steps: usize,
}

/// A network in training.
#[derive(Debug)]
pub struct Trainer {
    /// As it was before the training.
    graph: Graph,
    settings: TrainerSettings,
    batch: Batch,
    /// Sessions that compute changes of pictures.
    opponents: Option<Batch>,
    parameters: Parameters,
    optimizer: Optimizer,
    steps: usize,
}

impl Trainer {
    /// Trains the operations `trained` of `graph` on pictures of `size`, those that the layer `scores` does not need left out.
    /// The channels of that layer are the classes.
    ///
    /// # Errors
    /// A layer or node that does not exist, a size that the network cannot take, and settings out of range.
    pub fn new(
        graph: Graph,
        scores: &str,
        trained: &[NodeId],
        size: Size,
        settings: TrainerSettings,
    ) -> Result<Self, Error> {
        settings.adversary.iter().try_for_each(Adversary::check)?;
        if !(0.0..1.0).contains(&settings.smoothing) {
            let value = settings.smoothing.into();
            return Err(Error::Setting { name: "label smoothing", range: "from 0 to below 1", value });
        }
        let program = Program::with_trained(&graph, &[scores], trained)?;
        let new_batch = |purpose| Batch::new(Plan::for_pictures(&program, size, purpose, PICTURES_AT_ONCE)?);
        let batch = new_batch(Purpose::Parameters)?;
        let opponents = settings.adversary.map(|_| new_batch(Purpose::Gradient)).transpose()?;
        let parameters = graph.parameters(&batch.plan().trained().collect::<Vec<_>>())?;
        let optimizer = Optimizer::new(settings.method, settings.weight_decay, &parameters)?;
        Ok(Self { graph, settings, batch, opponents, parameters, optimizer, steps: 0 })
    }

    /// The number of steps so far.
    pub fn steps(&self) -> usize {
        self.steps
    }

    /// The number of classes.
    pub fn classes(&self) -> usize {
        self.batch.plan().layer_shape(0).channels
    }

    /// Returns the network as it is trained now.
    ///
    /// # Errors
    /// None for a trainer that was made; the engine checks shapes again.
    pub fn graph(&self) -> Result<Graph, Error> {
        let mut graph = self.graph.clone();
        graph.set_parameters(&self.parameters)?;
        Ok(graph)
    }

    /// The parameters that are trained, as they are now.
    pub fn parameters(&self) -> &Parameters {
        &self.parameters
    }

    /// What a training needs to continue: [`resume`](Self::resume) takes it.
    pub fn state(&self) -> TrainerState {
        TrainerState { parameters: self.parameters.clone(), optimizer: self.optimizer.clone(), steps: self.steps }
    }

    /// Continues from an earlier state of this or of another trainer that was made in the same way. It takes the same steps
    /// as that one, to the byte.
    ///
    /// # Errors
    /// A state of another network.
    pub fn resume(&mut self, state: TrainerState) -> Result<(), Error> {
        self.set_parameters(&state.parameters)?;
        (self.optimizer, self.steps) = (state.optimizer, state.steps);
        Ok(())
    }

    /// Replaces the parameters that are trained.
    ///
    /// # Errors
    /// Parameters of another network.
    pub fn set_parameters(&mut self, parameters: &Parameters) -> Result<(), Error> {
        // Adds nothing, and checks the shapes.
        self.parameters.clone().add_scaled(0.0, parameters)?;
        self.batch.set_parameters(parameters)?;
        self.opponents.iter_mut().try_for_each(|opponents| opponents.set_parameters(parameters))?;
        self.parameters = parameters.clone();
        Ok(())
    }

    /// Trains on one batch. The same batches give the same network, to the byte, on any number of threads.
    ///
    /// # Errors
    /// A batch that is empty or has unknown classes or pictures of another size; [`Error::Diverged`].
    pub fn step(&mut self, examples: &[Example<'_>]) -> Result<StepReport, Error> {
        if examples.is_empty() {
            return Err(Error::EmptyBatch);
        }
        let classes = self.classes();
        if let Some(&Example { class, .. }) = examples.iter().find(|example| example.class >= classes) {
            return Err(Error::UnknownClass { class, classes });
        }
        let pictures = self.pictures(examples)?;
        let loss = |class| CrossEntropy::new(class, self.settings.smoothing, 1.0 / examples.len() as f64);
        let mut seen: Vec<_> =
            pictures.iter().zip(examples).map(|(picture, example)| (&**picture, loss(example.class))).collect();
        let mut gradient = self.batch.gradients(&mut seen)?;
        let right = |((_, loss), example): (&(_, CrossEntropy), &Example<'_>)| loss.predicted() == example.class;
        let report = StepReport {
            loss: seen.iter().map(|(_, loss)| loss.loss()).sum::<f64>() / examples.len() as f64,
            correct: seen.iter().zip(examples).filter(|&pair| right(pair)).count(),
            gradient: clip(&mut gradient, self.settings.longest_gradient),
            rate: self.settings.schedule.at(self.steps),
        };
        if !(report.loss.is_finite() && report.gradient.is_finite()) {
            return Err(Error::Diverged { step: self.steps + 1 });
        }
        self.optimizer.step(&mut self.parameters, &gradient, report.rate)?;
        self.steps += 1;
        self.batch.set_parameters(&self.parameters)?;
        self.opponents.iter_mut().try_for_each(|opponents| opponents.set_parameters_of(&self.batch))?;
        Ok(report)
    }

    /// Returns the probabilities of the classes in each picture, rows of interleaved channels as in [`Example`].
    ///
    /// # Errors
    /// A picture of another size.
    pub fn classify(&mut self, pictures: &[&[f32]]) -> Result<Vec<Vec<f64>>, Error> {
        let mut probabilities = Vec::with_capacity(pictures.len());
        self.batch.activations(pictures, |_, _, scores| probabilities.push(CrossEntropy::probabilities_of(scores)))?;
        Ok(probabilities)
    }

    /// The pictures that the network is trained on in this step.
    fn pictures<'a>(&mut self, examples: &[Example<'a>]) -> Result<Vec<Cow<'a, [f32]>>, Error> {
        let mut pictures: Vec<Cow<'a, [f32]>> = examples.iter().map(|example| example.picture.into()).collect();
        if let (Some(adversary), Some(opponents)) = (self.settings.adversary, &mut self.opponents) {
            let (bound, smoothing) = (adversary.bound_at(self.steps), self.settings.smoothing);
            let loss = |class| CrossEntropy::new(class, smoothing, 1.0);
            for _ in 0..adversary.steps {
                let mut asked: Vec<_> =
                    pictures.iter().zip(examples).map(|(picture, example)| (&**picture, loss(example.class))).collect();
                let slopes = opponents.gradients_of_pictures(&mut asked)?;
                pictures.par_iter_mut().zip(examples).zip(slopes).for_each(|((picture, example), slope)| {
                    *picture = adversary.change(example.picture, picture, bound, &slope).into();
                });
            }
        }
        Ok(pictures)
    }
}
