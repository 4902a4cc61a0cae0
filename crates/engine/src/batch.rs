//! Gradients of parameters over several pictures.

use std::sync::Arc;

use crate::error::Error;
use crate::executor::{self, Executor, Objective};
use crate::map::Map;
use crate::parameters::Parameters;
use crate::plan::Plan;
use crate::session::Session;

/// A session that takes any number of pictures, [`Plan::pictures`] of them at once, one group after the other. So the result
/// depends on the plan, and not on the number of threads.
///
/// One step of a descent on the mean square of a layer:
///
/// ```
/// use oneiric_engine::map::{Map, MapMut};
/// use oneiric_engine::op::{Conv2d, Op, Window};
/// use oneiric_engine::{Batch, Graph, Plan, Program, Purpose, shape::Size};
///
/// let mut graph = Graph::new(3)?;
/// let conv = Conv2d::new(3, 8, 1, Window::square(1, 1), vec![0.5; 24], None)?;
/// let first = graph.add_layer("first", Op::Conv(conv), &[graph.picture()])?;
/// let program = Program::with_trained(&graph, &["first"], &[first])?;
/// let plan = Plan::for_pictures(&program, Size { height: 2, width: 2 }, Purpose::Parameters, 2)?;
///
/// let mut batch = Batch::new(plan)?;
/// let mut parameters = graph.parameters(&[first])?;
/// let pictures = [[0.2; 12], [0.4; 12]];
/// let square = |_: usize, map: Map<'_>, mut gradient: MapMut<'_>| {
///     gradient.for_each_pixel(|y, x, to| to[..8].copy_from_slice(map.pixel(y, x)));
/// };
/// let mut examples: Vec<_> = pictures.iter().map(|picture| (&picture[..], square)).collect();
/// let gradients = batch.gradients(&mut examples)?;
/// parameters.add_scaled(-0.1, &gradients)?;
/// batch.set_parameters(&parameters)?;
/// graph.set_parameters(&parameters)?;
/// assert!(graph.parameters(&[first])?.get(first).unwrap()[0].iter().all(|&weight| weight < 0.5));
/// # Ok::<(), oneiric_engine::Error>(())
/// ```
#[derive(Debug)]
pub struct Batch {
    session: Session,
}

impl Batch {
    /// Allocates the buffers, [`Plan::memory`] bytes, on the [default executor](executor::default).
    ///
    /// # Errors
    /// As [`Session::new`].
    pub fn new(plan: impl Into<Arc<Plan>>) -> Result<Self, Error> {
        Self::with_executor(executor::default(), plan)
    }

    /// Allocates the buffers on `executor`.
    ///
    /// # Errors
    /// As [`Session::with_executor`].
    pub fn with_executor(executor: &dyn Executor, plan: impl Into<Arc<Plan>>) -> Result<Self, Error> {
        Ok(Self { session: Session::with_executor(executor, plan)? })
    }

    /// The plan.
    pub fn plan(&self) -> &Plan {
        self.session.plan()
    }

    /// Shows every layer of every picture to `see`, with the numbers of the picture and of the layer.
    ///
    /// # Errors
    /// As [`Session::activations_of_pictures`].
    pub fn activations(
        &mut self,
        pictures: &[&[f32]],
        mut see: impl FnMut(usize, usize, Map<'_>),
    ) -> Result<(), Error> {
        let at_once = self.plan().pictures();
        pictures.chunks(at_once).enumerate().try_for_each(|(i, some)| {
            self.session.activations_of_pictures(some, |picture, layer, map| see(i * at_once + picture, layer, map))
        })
    }

    /// Returns the gradients of the trained parameters, summed over `pictures`. Each comes with its objective, which is
    /// asked as [`Session::gradient`] asks it and may keep what it sees, such as a loss.
    ///
    /// # Errors
    /// As [`Session::add_parameter_gradients`].
    pub fn gradients<O: Objective>(&mut self, pictures: &mut [(&[f32], O)]) -> Result<Parameters, Error> {
        let mut groups = pictures.chunks_mut(self.plan().pictures());
        let added = groups.try_for_each(|some| self.session.add_parameter_gradients(&mut asked(some)));
        // The sums are taken in any case, so that none is left for the next batch.
        let sums = self.session.take_parameter_gradients();
        added.and(sums)
    }

    /// Returns the gradient of every picture, as [`Session::gradients`] does.
    ///
    /// # Errors
    /// As [`Session::gradients`].
    pub fn gradients_of_pictures<O: Objective>(
        &mut self,
        pictures: &mut [(&[f32], O)],
    ) -> Result<Vec<Vec<f32>>, Error> {
        let mut gradients = Vec::with_capacity(pictures.len());
        for some in pictures.chunks_mut(self.plan().pictures()) {
            let values = some[0].0.len();
            gradients.extend(self.session.gradients(&mut asked(some))?.chunks(values).map(<[f32]>::to_vec));
        }
        Ok(gradients)
    }

    /// Replaces parameters that the plan trains.
    ///
    /// # Errors
    /// As [`Session::set_parameters`].
    pub fn set_parameters(&mut self, parameters: &Parameters) -> Result<(), Error> {
        self.session.set_parameters(parameters)
    }

    /// Takes over the parameters of `other`, a batch of the same network for another purpose, with its packed weights.
    ///
    /// # Errors
    /// As [`Plan::with_parameters_of`].
    pub fn set_parameters_of(&mut self, other: &Self) -> Result<(), Error> {
        let plan = self.plan().with_parameters_of(other.plan())?;
        self.session.set_plan(plan.into())
    }
}

/// Pictures with their objectives, as a session takes them.
fn asked<'a, O: Objective>(pictures: &'a mut [(&[f32], O)]) -> Vec<(&'a [f32], &'a mut dyn Objective)> {
    pictures.iter_mut().map(|(picture, objective)| (*picture, objective as &mut dyn Objective)).collect()
}
