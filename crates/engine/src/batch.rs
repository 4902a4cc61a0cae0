//! Gradients of parameters over several pictures.

use std::sync::Arc;

use rayon::prelude::*;

use crate::error::Error;
use crate::executor::{self, Executor, Objective};
use crate::parameters::Parameters;
use crate::plan::Plan;
use crate::session::Session;

/// Sessions of one plan that share the pictures of a batch and run at the same time.
///
/// Picture `i` of a batch belongs to session `i` modulo their number. Each session sums up the gradients of its pictures
/// in their order, and the sums are added in the order of the sessions. So the result depends on the number of sessions,
/// which the caller chooses, and not on the number of threads.
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
/// let plan = Plan::new(&program, Size { height: 2, width: 2 }, Purpose::Parameters)?;
///
/// let mut batch = Batch::new(plan, 2)?;
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
    sessions: Vec<Session>,
}

impl Batch {
    /// Allocates `sessions` sessions (at least one), [`Plan::memory`] bytes each, on the
    /// [default executor](executor::default). As many as the machine has threads use it well.
    ///
    /// # Errors
    /// As [`Session::new`].
    pub fn new(plan: impl Into<Arc<Plan>>, sessions: usize) -> Result<Self, Error> {
        Self::with_executor(executor::default(), plan, sessions)
    }

    /// Allocates the sessions on `executor`.
    ///
    /// # Errors
    /// As [`Session::with_executor`].
    pub fn with_executor(executor: &dyn Executor, plan: impl Into<Arc<Plan>>, sessions: usize) -> Result<Self, Error> {
        let plan = plan.into();
        let session = |_| Session::with_executor(executor, plan.clone());
        Ok(Self { sessions: (0..sessions.max(1)).map(session).collect::<Result<_, _>>()? })
    }

    /// The plan.
    pub fn plan(&self) -> &Plan {
        self.sessions[0].plan()
    }

    /// Returns the gradients of the trained parameters, summed over `pictures`. Each comes with its objective, which is
    /// asked as [`Session::gradient`] asks it and may keep what it sees, such as a loss.
    ///
    /// # Errors
    /// As [`Session::add_parameter_gradients`], and [`Error::InvalidOperation`] if the executor returns gradients of other
    /// operations for some sessions.
    pub fn gradients<O: Objective + Send>(&mut self, pictures: &mut [(&[f32], O)]) -> Result<Parameters, Error> {
        let run = |(session, share): (&mut Session, Vec<&mut (&[f32], O)>)| {
            let added = share
                .into_iter()
                .try_for_each(|(picture, objective)| session.add_parameter_gradients(picture, objective));
            // The sums are taken in any case, so that none is left for the next batch.
            let sums = session.take_parameter_gradients();
            added.and(sums)
        };
        let shares = self.shares(pictures);
        let sums: Vec<_> = self.sessions.par_iter_mut().zip(shares).map(run).collect();
        let mut sums = sums.into_iter();
        let mut whole = sums.next().expect("at least one session")?;
        for share in sums {
            whole.add_scaled(1.0, &share?)?;
        }
        Ok(whole)
    }

    /// Runs `work` on every item, with the session that it belongs to.
    ///
    /// # Errors
    /// The first error of the first session that has one.
    pub fn for_each<T: Send, E: Send>(
        &mut self,
        items: &mut [T],
        work: impl Fn(&mut Session, &mut T) -> Result<(), E> + Sync,
    ) -> Result<(), E> {
        let run =
            |(session, share): (&mut Session, Vec<&mut T>)| share.into_iter().try_for_each(|item| work(session, item));
        let shares = self.shares(items);
        let results: Vec<_> = self.sessions.par_iter_mut().zip(shares).map(run).collect();
        results.into_iter().collect()
    }

    /// The items of each session.
    fn shares<'a, T>(&self, items: &'a mut [T]) -> Vec<Vec<&'a mut T>> {
        let mut shares: Vec<Vec<&mut T>> = self.sessions.iter().map(|_| Vec::new()).collect();
        let sessions = shares.len();
        items.iter_mut().enumerate().for_each(|(i, item)| shares[i % sessions].push(item));
        shares
    }

    /// Replaces parameters that the plan trains, in all sessions.
    ///
    /// # Errors
    /// As [`Session::set_parameters`].
    pub fn set_parameters(&mut self, parameters: &Parameters) -> Result<(), Error> {
        let plan = Arc::new(self.plan().with_parameters(parameters)?);
        self.sessions.iter_mut().try_for_each(|session| session.set_plan(plan.clone()))
    }
}
