//! Runs one job after the other.
//!
//! The worker claims a job and renews the claim while it works; a worker that lost its claim writes nothing.

mod dream;
mod learn;

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use oneiric::Dreamer;

use super::state::StudioState;
use super::token::token;
use crate::store::{Claim, FinishedDream, StopRequest};
use crate::wire::Problem;

pub use learn::look;
use learn::{FinishedTraining, learn};

/// How often a claim is renewed.
const RENEW_INTERVAL: Duration = Duration::from_secs(1);
/// How long to wait after an error of the database.
const DATABASE_PAUSE: Duration = Duration::from_secs(1);

/// Runs jobs until the studio closes. Dreams of one look on photos of one size, one after the other, share their buffers.
pub fn run_worker(studio: &Arc<StudioState>) {
    let mut dreamer = None;
    while let Some(claim) = next(studio, &mut dreamer) {
        let id = claim.job.id;
        studio.publish_job(id);
        tracing::info!(job = id, "started");
        let begun = Instant::now();
        let ended = match claim.job.training {
            Some(training) => {
                // A training needs the memory.
                dreamer = None;
                learn(studio, &claim, training)
            }
            None => dream::dream(studio, &claim, &mut dreamer),
        };
        studio.running.clear();
        let saved = match ended {
            Outcome::Dream(dream) => {
                let finished = studio.store.finish(&claim, &dream);
                if matches!(finished, Ok(true)) {
                    studio.metrics.dreamed(begun.elapsed());
                    studio.publish_dream(id);
                }
                finished
            }
            Outcome::Network(finished) => {
                let FinishedTraining { training, run, dream, look, size } = *finished;
                let finished = studio.store.finish_training(&claim, training, &run, (&dream, &look, size));
                if matches!(finished, Ok(true)) {
                    studio.publish_dream(id);
                    studio.publish_training(training, run);
                }
                finished
            }
            Outcome::Nothing(problem) => {
                studio.metrics.ended_without(problem.is_some());
                studio.store.fail(&claim, problem.as_ref())
            }
            Outcome::Lost => Ok(true),
            Outcome::Back => studio.store.give_back(&claim).map(|()| true),
        };
        match saved {
            Ok(true) => tracing::info!(job = id, seconds = begun.elapsed().as_secs_f64(), "ended"),
            Ok(false) => tracing::warn!(job = id, "another worker claimed it"),
            Err(e) => tracing::error!(job = id, "the database: {e}"),
        }
        if !studio.is_closing() {
            studio.publish_job(id);
        }
    }
}

/// Waits for the next job and claims it. Returns `None` when the studio closes. Frees the buffers if there is no job.
fn next(studio: &StudioState, dreamer: &mut Option<Dreamer>) -> Option<Claim> {
    loop {
        let seen = studio.work.count();
        if studio.is_closing() {
            return None;
        }
        let claim = match studio.store.is_paused() {
            Ok(true) => Ok(None),
            Ok(false) => studio.store.claim(&token()),
            Err(e) => Err(e),
        };
        match claim {
            Ok(Some(claim)) => return Some(claim),
            Ok(None) => {
                *dreamer = None;
                studio.work.wait(seen);
            }
            Err(e) => {
                tracing::error!("the database: {e}");
                std::thread::sleep(DATABASE_PAUSE);
            }
        }
    }
}

/// How a job ended.
enum Outcome {
    Dream(Box<FinishedDream>),
    Network(Box<FinishedTraining>),
    /// Cancelled, or failed with this problem.
    Nothing(Option<Problem>),
    /// Another worker claimed it.
    Lost,
    /// The job waits in the queue again, and continues later.
    Back,
}

/// Why a job was interrupted.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Interruption {
    Stopped(StopRequest),
    Lost,
    Closing,
}

/// Keeps a claim while its job runs.
struct Lease<'a> {
    studio: &'a StudioState,
    claim: &'a Claim,
    renewed: Instant,
}

impl<'a> Lease<'a> {
    fn new(studio: &'a StudioState, claim: &'a Claim) -> Self {
        Self { studio, claim, renewed: Instant::now() }
    }

    /// Renews the claim now and then. Returns why the job must end, if it must.
    fn interruption(&mut self) -> Option<Interruption> {
        if self.studio.is_closing() {
            return Some(Interruption::Closing);
        }
        let asked = self.studio.stop_requested.swap(false, Ordering::Relaxed);
        if !asked && self.renewed.elapsed() <= RENEW_INTERVAL {
            return None;
        }
        self.renewed = Instant::now();
        match self.studio.store.renew(self.claim) {
            Ok(Some(stop)) => stop.map(Interruption::Stopped),
            Ok(None) => Some(Interruption::Lost),
            Err(e) => {
                tracing::error!("the database: {e}");
                None
            }
        }
    }
}
