//! What an executor implements, and what it takes and returns.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::error::Error;
use crate::map::{Map, MapMut};
use crate::objective::{LayerTerms, Tally};
use crate::op::Purpose;
use crate::parameters::Parameters;
use crate::plan::Plan;
use crate::rectifier::Rectifier;

/// Something that runs plans: a processor or another device.
pub trait Executor: fmt::Debug + Send + Sync {
    /// The device's name, as [`Execution::device`] returns it.
    fn device(&self) -> &str;

    /// Whether it runs plans for this purpose.
    fn supports(&self, purpose: Purpose) -> bool;

    /// Packs the weights of `plan` and allocates its buffers.
    ///
    /// # Errors
    /// If the device cannot serve the plan: [`Error::NoBf16`], [`Error::Unsupported`].
    fn prepare(&self, plan: Arc<Plan>) -> Result<Box<dyn Execution>, Error>;
}

/// A plan with its buffers on a device. [`Session`](crate::Session) wraps one and has the documentation of what each
/// method does for a caller.
pub trait Execution: Send {
    /// The device's name, for reports: the instruction set of a processor, or the name of a card.
    fn device(&self) -> &str;

    /// Computes the activations and shows every layer of the plan to `see`, with its number.
    ///
    /// # Errors
    /// [`Error::WrongInput`] if the picture does not have the plan's size.
    fn activations(&mut self, picture: &[f32], see: &mut dyn FnMut(usize, Map<'_>)) -> Result<(), Error>;

    /// The same for several pictures: `see` gets the number of the picture and that of the layer.
    ///
    /// # Errors
    /// As [`Execution::activations`], and [`Error::WrongInput`] if they are more than [`Plan::pictures`].
    fn activations_of_pictures(
        &mut self,
        pictures: &[&[f32]],
        see: &mut dyn FnMut(usize, usize, Map<'_>),
    ) -> Result<(), Error> {
        let mut all = pictures.iter().enumerate();
        all.try_for_each(|(i, picture)| self.activations(picture, &mut |layer, map| see(i, layer, map)))
    }

    /// Computes the activations, asks `objective` for the gradient at every layer, and returns the gradient of the
    /// picture.
    ///
    /// # Errors
    /// [`Error::WrongInput`] if the picture does not have the plan's size, [`Error::WrongPurpose`] if the plan has no
    /// gradient of the picture.
    fn gradient(&mut self, picture: &[f32], objective: &mut dyn Objective) -> Result<&[f32], Error>;

    /// The same for several pictures at once, each with its objective: returns their gradients one after the other. For
    /// training only, where many small pictures run.
    ///
    /// # Errors
    /// As [`Execution::gradient`], [`Error::WrongInput`] if they are more than [`Plan::pictures`], or
    /// [`Error::Unsupported`] if the executor does not support training.
    fn gradients(&mut self, pictures: &mut [(&[f32], &mut dyn Objective)]) -> Result<&[f32], Error> {
        let _ = pictures;
        Err(Error::no_training())
    }

    /// Computes the activations of some pictures, asks the objective of each for the gradient at every layer, and adds the
    /// gradients of the parameters that the plan trains to the sums that [`Execution::take_parameter_gradients`] returns.
    ///
    /// # Errors
    /// [`Error::WrongInput`] if a picture does not have the plan's size or if they are more than [`Plan::pictures`],
    /// [`Error::WrongPurpose`] if the plan is not for [`Purpose::Parameters`], [`Error::Unsupported`] if the executor does
    /// not support training.
    fn add_parameter_gradients(&mut self, pictures: &mut [(&[f32], &mut dyn Objective)]) -> Result<(), Error> {
        let _ = pictures;
        Err(Error::no_training())
    }

    /// Returns the gradients of the parameters, summed over the pictures since the last call, and sets the sums to zero.
    ///
    /// # Errors
    /// [`Error::Unsupported`] if the executor does not support training.
    fn take_parameter_gradients(&mut self) -> Result<Parameters, Error> {
        Err(Error::no_training())
    }

    /// Replaces the plan by one that differs in the values of trained parameters only, and packs these.
    ///
    /// # Errors
    /// [`Error::Unsupported`] if the executor does not support training, or if the plan differs in anything else.
    fn set_plan(&mut self, plan: Arc<Plan>) -> Result<(), Error> {
        let _ = plan;
        Err(Error::no_training())
    }

    /// Sets the rule by which gradients pass ReLUs from now on.
    fn set_rectifier(&mut self, rectifier: Rectifier);

    /// The time that every step of [`Plan::steps`] took when it last ran; zeros if the device does not measure them.
    fn times(&self) -> &[StepTime];
}

/// What a gradient maximises. Any closure with the arguments of [`Objective::write_gradient`] is one.
pub trait Objective {
    /// Writes every channel of every pixel of the objective's gradient at layer number `layer`, in the order in which
    /// the layers were requested. `gradient` holds arbitrary values before.
    fn write_gradient(&mut self, layer: usize, activation: Map<'_>, gradient: MapMut<'_>);

    /// The objective at this layer as data, if it is a sum of measures. An executor may then compute the gradient itself,
    /// instead of calling [`Objective::write_gradient`], as [`LayerTerms::write_gradient`] does on the CPU, and hands
    /// over the sums with [`Objective::set_tallies`].
    fn terms(&self, layer: usize) -> Option<LayerTerms<'_>> {
        let _ = layer;
        None
    }

    /// Takes the sums of each of the [`Objective::terms`] at this layer from an executor that computed them.
    fn set_tallies(&mut self, layer: usize, tallies: Vec<Tally>) {
        let _ = (layer, tallies);
    }
}

impl<F: FnMut(usize, Map<'_>, MapMut<'_>)> Objective for F {
    fn write_gradient(&mut self, layer: usize, activation: Map<'_>, gradient: MapMut<'_>) {
        self(layer, activation, gradient);
    }
}

/// The time that a step of the plan took when it last ran.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StepTime {
    /// From the maps that it reads to its own map.
    pub forward: Duration,
    /// From the gradient of its map to the gradients of the maps that it reads, and of its parameters.
    pub backward: Duration,
}
