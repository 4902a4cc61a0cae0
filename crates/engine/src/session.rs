//! Activations and gradients of pictures of one size: what callers of the engine use.

use std::fmt;
use std::sync::Arc;

use crate::cpu::Cpu;
use crate::error::Error;
use crate::executor::{self, Execution, Executor, Objective, StepTime};
use crate::graph::Graph;
use crate::kernel::Isa;
use crate::map::{Map, MapMut};
use crate::op::Purpose;
use crate::parameters::Parameters;
use crate::plan::Plan;
use crate::program::Program;
use crate::rectifier::Rectifier;
use crate::shape::Size;

/// A plan with its buffers on an executor.
///
/// On a CPU it runs on the rayon pool of the calling thread, and the results do not depend on the number of threads.
pub struct Session {
    plan: Arc<Plan>,
    execution: Box<dyn Execution>,
}

impl Session {
    /// Allocates the buffers of `plan`, [`Plan::memory`] bytes, on the [default executor](executor::default).
    ///
    /// # Errors
    /// If the executor cannot serve the plan, such as [`Error::NoBf16`].
    pub fn new(plan: impl Into<Arc<Plan>>) -> Result<Self, Error> {
        Self::with_executor(executor::default(), plan)
    }

    /// Allocates the buffers of `plan` on `executor`.
    ///
    /// # Errors
    /// If the executor cannot serve the plan.
    pub fn with_executor(executor: &dyn Executor, plan: impl Into<Arc<Plan>>) -> Result<Self, Error> {
        let plan = plan.into();
        Ok(Self { execution: executor.prepare(plan.clone())?, plan })
    }

    /// Allocates the buffers of `plan` on the processor, with one of [`Isa::available`].
    ///
    /// # Errors
    /// As [`Session::new`].
    pub fn with_isa(plan: impl Into<Arc<Plan>>, isa: Isa) -> Result<Self, Error> {
        Self::with_executor(&Cpu::with_isa(isa), plan)
    }

    /// The name of the device that runs it: on a CPU the instruction set.
    pub fn device(&self) -> &str {
        self.execution.device()
    }

    /// Sets the rule by which gradients pass ReLUs from now on.
    pub fn set_rectifier(&mut self, rectifier: Rectifier) {
        self.execution.set_rectifier(rectifier);
    }

    /// Bytes of the buffers; [`Plan::memory`] returns them before a session allocates any.
    pub fn memory(&self) -> usize {
        self.plan.memory()
    }

    /// The plan.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// The time that every step of [`Plan::steps`] took when it last ran.
    pub fn times(&self) -> &[StepTime] {
        self.execution.times()
    }

    /// Runs the network on `picture` (rows of interleaved channels, RGB in 0 to 1) and shows every layer of the program
    /// to `see`, with its number.
    ///
    /// # Errors
    /// [`Error::WrongInput`] if the picture does not have the plan's size.
    pub fn activations(&mut self, picture: &[f32], mut see: impl FnMut(usize, Map<'_>)) -> Result<(), Error> {
        self.execution.activations(picture, &mut see)
    }

    /// The same for up to [`Plan::pictures`] pictures at once: `see` gets the number of the picture and that of the layer.
    ///
    /// # Errors
    /// [`Error::WrongInput`] if a picture does not have the plan's size or if there are too many.
    pub fn activations_of_pictures(
        &mut self,
        pictures: &[&[f32]],
        mut see: impl FnMut(usize, usize, Map<'_>),
    ) -> Result<(), Error> {
        self.execution.activations_of_pictures(pictures, &mut see)
    }

    /// Runs the network on `picture`, asks `objective` for the gradient at every layer and returns the gradient of the
    /// picture (rows of interleaved channels).
    ///
    /// `objective` gets the layer's number and activations. It writes every channel of every pixel of the gradient,
    /// which holds arbitrary values before.
    ///
    /// # Errors
    /// [`Error::WrongInput`] if the picture does not have the plan's size, [`Error::WrongPurpose`] if the plan was not
    /// made for the gradient of the picture.
    pub fn gradient(
        &mut self,
        picture: &[f32],
        mut objective: impl FnMut(usize, Map<'_>, MapMut<'_>),
    ) -> Result<&[f32], Error> {
        self.gradient_of(picture, &mut objective)
    }

    /// The same for an [`Objective`] that is not a closure.
    ///
    /// # Errors
    /// As [`Session::gradient`].
    pub fn gradient_of(&mut self, picture: &[f32], objective: &mut dyn Objective) -> Result<&[f32], Error> {
        self.execution.gradient(picture, objective)
    }

    /// The same for up to [`Plan::pictures`] pictures at once, each with its objective: returns their gradients one after
    /// the other.
    ///
    /// # Errors
    /// As [`Session::gradient`], [`Error::WrongInput`] also if there are too many pictures, and [`Error::Unsupported`] if
    /// the executor does not support training.
    pub fn gradients(&mut self, pictures: &mut [(&[f32], &mut dyn Objective)]) -> Result<&[f32], Error> {
        self.execution.gradients(pictures)
    }

    /// Runs the network on up to [`Plan::pictures`] pictures, asks the objective of each for the gradient at every layer,
    /// and adds the gradients of the parameters that the plan trains to the sums of
    /// [`Session::take_parameter_gradients`].
    ///
    /// # Errors
    /// [`Error::WrongInput`] if a picture does not have the plan's size or if there are too many, [`Error::WrongPurpose`]
    /// if the plan was not made for [`Purpose::Parameters`], [`Error::Unsupported`] if the executor does not support
    /// training.
    pub fn add_parameter_gradients(&mut self, pictures: &mut [(&[f32], &mut dyn Objective)]) -> Result<(), Error> {
        self.execution.add_parameter_gradients(pictures)
    }

    /// Returns the gradients of the parameters, summed over the pictures since the last call in their order, and sets the
    /// sums to zero.
    ///
    /// # Errors
    /// [`Error::Unsupported`] if the executor does not support training.
    pub fn take_parameter_gradients(&mut self) -> Result<Parameters, Error> {
        self.execution.take_parameter_gradients()
    }

    /// Replaces parameters that the plan trains. Sessions that share parameters, and their packed copies, do this in a
    /// [`Batch`](crate::Batch).
    ///
    /// # Errors
    /// As [`Plan::with_parameters`], or [`Error::Unsupported`] if the executor does not support training.
    pub fn set_parameters(&mut self, parameters: &Parameters) -> Result<(), Error> {
        self.set_plan(Arc::new(self.plan.with_parameters(parameters)?))
    }

    /// Continues with a plan that differs in the values of trained parameters only.
    pub(crate) fn set_plan(&mut self, plan: Arc<Plan>) -> Result<(), Error> {
        self.execution.set_plan(plan.clone())?;
        self.plan = plan;
        Ok(())
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Session({}, {}, {} bytes)", self.plan.size(), self.device(), self.memory())
    }
}

/// Plans and allocates in one call: `layers` of `graph` for pictures of `size`.
///
/// # Errors
/// As [`Program::new`], [`Plan::new`] and [`Session::new`].
pub fn session<S: AsRef<str>>(graph: &Graph, layers: &[S], size: Size, purpose: Purpose) -> Result<Session, Error> {
    Session::new(Plan::new(&Program::new(graph, layers)?, size, purpose)?)
}
