//! Runs one job after the other. The spaces of a class take turns (`core/spaces.rs`).
//!
//! The worker claims a job and renews the claim while it works; a worker that lost its claim writes nothing.

mod dream;
mod learn;

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use oneiric::Dreamer;

use super::spaces::Spaces;
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
pub fn run_worker(spaces: &Arc<Spaces>) {
    let (mut dreamer, mut last) = (None, 0);
    while let Some((studio, claim)) = next(spaces, last, &mut dreamer) {
        last = studio.number;
        let (studio, id) = (&studio, claim.job.id);
        studio.publish_job(id);
        tracing::info!(job = id, "started");
        let begun = Instant::now();
        let ended = match claim.job.training {
            Some(training) => {
                // A training needs the memory.
                dreamer = None;
                learn(spaces, studio, &claim, training)
            }
            None => dream::dream(spaces, studio, &claim, &mut dreamer),
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

/// Waits for the next job and claims it, in the spaces after the one that had the last turn. Returns `None` when the studio
/// closes. Frees the buffers if there is no job.
fn next(spaces: &Spaces, last: u32, dreamer: &mut Option<Dreamer>) -> Option<(Arc<StudioState>, Claim)> {
    let main = spaces.main();
    loop {
        let seen = main.work.count();
        if main.is_closing() {
            return None;
        }
        match spaces.claim(last, &token()) {
            Ok(Some(claimed)) => return Some(claimed),
            Ok(None) => {
                *dreamer = None;
                main.work.wait(seen);
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
    /// The job waits in the queue again: the studio closes, the queue is paused, or others have their turn.
    Back,
}

/// Keeps a claim while its job runs.
struct Lease<'a> {
    spaces: &'a Spaces,
    studio: &'a StudioState,
    claim: &'a Claim,
    renewed: Instant,
    /// When the turn ends, if others wait then.
    turn_ends: Option<Instant>,
}

impl<'a> Lease<'a> {
    fn new(spaces: &'a Spaces, studio: &'a StudioState, claim: &'a Claim) -> Self {
        Self { spaces, studio, claim, renewed: Instant::now(), turn_ends: None }
    }

    /// Begins a turn of this length. Before that, the job does not give way to others.
    fn begin_turn(&mut self, length: Duration) {
        self.turn_ends = Some(Instant::now() + length);
    }

    fn turn_is_over(&self) -> bool {
        self.turn_ends.is_some_and(|end| end <= Instant::now() && self.spaces.others_wait(self.studio))
    }

    /// Renews the claim now and then. Returns why the job must end, if it must.
    fn interruption(&mut self) -> Option<Interruption> {
        if self.studio.is_closing() {
            return Some(Interruption::Back);
        }
        let asked = self.studio.stop_requested.swap(false, Ordering::Relaxed);
        if !asked && self.renewed.elapsed() <= RENEW_INTERVAL {
            return None;
        }
        self.renewed = Instant::now();
        match self.studio.store.renew(self.claim) {
            Ok(Some(None)) if self.turn_is_over() => Some(Interruption::Back),
            Ok(Some(stop)) => stop.map(Interruption::Stopped),
            Ok(None) => Some(Interruption::Lost),
            Err(e) => {
                tracing::error!("the database: {e}");
                None
            }
        }
    }
}
