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
/// Each session gets pictures of a batch that follow each other, as many as the others or one more, runs up to
/// [`Plan::pictures`] of them at once and sums up their gradients; the sums are added in the order of the sessions. So the
/// result depends on the number of sessions and on the plan, which the caller chooses, and not on the number of threads.
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
        let added = self.for_each_share(pictures, |session, share| {
            share
                .chunks_mut(session.plan().pictures())
                .try_for_each(|some| session.add_parameter_gradients(&mut asked(some)))
        });
        // The sums are taken in any case, so that none is left for the next batch.
        let sums: Vec<_> = self.sessions.par_iter_mut().map(Session::take_parameter_gradients).collect();
        added?;
        let mut sums = sums.into_iter();
        let mut whole = sums.next().expect("at least one session")?;
        for share in sums {
            whole.add_scaled(1.0, &share?)?;
        }
        Ok(whole)
    }

    /// Returns the gradient of every picture, as [`Session::gradients`] does.
    ///
    /// # Errors
    /// As [`Session::gradients`].
    pub fn gradients_of_pictures<O: Objective + Send>(
        &mut self,
        pictures: &mut [(&[f32], O)],
    ) -> Result<Vec<Vec<f32>>, Error> {
        let mut gradients: Vec<Vec<f32>> = vec![Vec::new(); pictures.len()];
        let mut work: Vec<_> = pictures.iter_mut().zip(&mut gradients).collect();
        self.for_each_share(&mut work, |session, share| {
            share.chunks_mut(session.plan().pictures()).try_for_each(|some| {
                let mut asked: Vec<_> = some
                    .iter_mut()
                    .map(|((picture, objective), _)| (*picture, objective as &mut dyn Objective))
                    .collect();
                let values = asked.first().map_or(1, |(picture, _)| picture.len());
                let gradients = session.gradients(&mut asked)?.chunks(values);
                some.iter_mut().zip(gradients).for_each(|((_, to), gradient)| **to = gradient.to_vec());
                Ok::<_, Error>(())
            })
        })?;
        Ok(gradients)
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
        self.for_each_share(items, |session, share| share.iter_mut().try_for_each(|item| work(session, item)))
    }

    /// Runs `work` on the items of each session.
    fn for_each_share<T: Send, E: Send>(
        &mut self,
        items: &mut [T],
        work: impl Fn(&mut Session, &mut [T]) -> Result<(), E> + Sync,
    ) -> Result<(), E> {
        let (sessions, mut rest) = (self.sessions.len(), items);
        let share = |i: usize| {
            // The share of those that are left.
            let len = rest.len().div_ceil(sessions - i);
            rest.split_off_mut(..len).expect("no more than there are")
        };
        let shares: Vec<_> = (0..sessions).map(share).collect();
        let run = |(session, share)| work(session, share);
        let results: Vec<_> = self.sessions.par_iter_mut().zip(shares).map(run).collect();
        results.into_iter().collect()
    }

    /// Replaces parameters that the plan trains, in all sessions.
    ///
    /// # Errors
    /// As [`Session::set_parameters`].
    pub fn set_parameters(&mut self, parameters: &Parameters) -> Result<(), Error> {
        self.set_plan(self.plan().with_parameters(parameters)?)
    }

    /// Takes over the parameters of `other`, a batch of the same network for another purpose, with its packed weights.
    ///
    /// # Errors
    /// As [`Plan::with_parameters_of`].
    pub fn set_parameters_of(&mut self, other: &Self) -> Result<(), Error> {
        self.set_plan(self.plan().with_parameters_of(other.plan())?)
    }

    fn set_plan(&mut self, plan: Plan) -> Result<(), Error> {
        let plan = Arc::new(plan);
        self.sessions.iter_mut().try_for_each(|session| session.set_plan(plan.clone()))
    }
}

/// Pictures with their objectives, as a session takes them.
fn asked<'a, O: Objective>(pictures: &'a mut [(&[f32], O)]) -> Vec<(&'a [f32], &'a mut dyn Objective)> {
    pictures.iter_mut().map(|(picture, objective)| (*picture, objective as &mut dyn Objective)).collect()
}
