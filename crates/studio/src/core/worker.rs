//! Dreams one job after the other.
//!
//! A job is claimed, and the claim renewed while it is dreamed; whoever lost it writes nothing more. Between two steps the
//! dream is kept in a file now and then, so that a job that died goes on from there, with the same bytes.

use std::fs;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use oneiric::inspect::look;
use oneiric::picture::DEFAULT_QUALITY;
use oneiric::picture::resize::{fit, resize};
use oneiric::recipe::{Recipe, stamped};
use oneiric::{Checkpoint, DreamProgress, Error, Format, Observer, PhotoSource, Picture};

use super::prepare::PreparedDream;
use super::state::StudioState;
use super::token::token;
use crate::store::{Claim, FinishedDream, StopRequest};
use crate::wire::{ClassProbability, DreamClasses, LookSettings, Problem, ProgressView};

/// How often claims are renewed, progress is told and pictures are shown.
const RENEWED: Duration = Duration::from_secs(1);
const TOLD: Duration = Duration::from_millis(100);
const SHOWN: Duration = Duration::from_millis(200);
/// A dream is kept on the way no more often than this, and for at most one part in so many of the time.
const KEPT: Duration = Duration::from_secs(2);
const SHARE: u32 = 20;
/// Longer side of the pictures that are shown while it is dreamed, and of those of the octaves that are kept.
const FRAME: usize = 800;
const OCTAVE: usize = 1600;
const QUALITY: u8 = 85;
/// Classes that are told.
const CLASSES: usize = 5;
/// The network that tells them.
const EYE: &str = "lite0";
/// How long to wait after the database failed.
const AFTER_FAILURE: Duration = Duration::from_secs(1);

/// Works until the studio closes.
pub fn run_worker(studio: &Arc<StudioState>) {
    while let Some(claim) = next(studio) {
        let id = claim.job.id;
        studio.publish_job(id);
        tracing::info!(job = id, "begun");
        let begun = Instant::now();
        let ended = dream(studio, &claim);
        studio.running.clear();
        let told = match ended {
            Outcome::Dream(dream) => {
                let kept = studio.store.finish(&claim, &dream);
                if matches!(kept, Ok(true)) {
                    studio.metrics.dreamed(begun.elapsed());
                    studio.publish_dream(id);
                }
                kept
            }
            Outcome::Nothing(problem) => {
                studio.metrics.ended_without(problem.is_some());
                studio.store.fail(&claim, problem.as_ref())
            }
            Outcome::Lost => Ok(true),
            Outcome::Closing => studio.store.give_back(&claim).map(|()| true),
        };
        match told {
            Ok(true) => tracing::info!(job = id, seconds = begun.elapsed().as_secs_f64(), "ended"),
            Ok(false) => tracing::warn!(job = id, "another worker has it"),
            Err(e) => tracing::error!(job = id, "the database: {e}"),
        }
        if !studio.is_closing() {
            studio.publish_job(id);
        }
    }
}

/// The next job, as soon as there is one.
fn next(studio: &StudioState) -> Option<Claim> {
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
            Ok(None) => studio.work.wait(seen),
            Err(e) => {
                tracing::error!("the database: {e}");
                std::thread::sleep(AFTER_FAILURE);
            }
        }
    }
}

/// How a job ended.
enum Outcome {
    Dream(Box<FinishedDream>),
    /// Cancelled, or failed with this problem.
    Nothing(Option<Problem>),
    /// Another worker has it.
    Lost,
    /// The studio closes: the job goes on the next time.
    Closing,
}

fn dream(studio: &Arc<StudioState>, claim: &Claim) -> Outcome {
    let file = studio.store.work(claim.job.id);
    let begun = Instant::now();
    let made = PreparedDream::of(&studio.store, &claim.job)
        .and_then(|making| climb(studio, claim, making, file.clone(), begun));
    let ended = match made {
        Ok(ended) => ended,
        Err(problem) => Outcome::Nothing(Some(problem)),
    };
    if matches!(ended, Outcome::Dream(_) | Outcome::Nothing(_)) {
        // What was kept on the way is of no more use; the number of a job is never used again.
        let _ = fs::remove_file(file);
    }
    ended
}

fn climb(
    studio: &Arc<StudioState>,
    claim: &Claim,
    mut making: PreparedDream,
    file: PathBuf,
    begun: Instant,
) -> Result<Outcome, Problem> {
    // A checkpoint that cannot be read is one of a dream that begins anew.
    let checkpoint = Checkpoint::read(&file).ok();
    let mut watcher = JobWatcher::new(studio, claim, file.clone(), &making.photo)?;
    let mut rendered = render(&making, checkpoint, &mut watcher);
    if let (Err(Error::WrongCheckpoint), true) = (&rendered, file.exists()) {
        rendered = render(&making, None, &mut watcher);
    }
    let mut stopped = false;
    let picture = match (rendered, watcher.end) {
        (Ok(picture), _) => picture,
        (Err(Error::Cancelled), Some(Interruption::Closing)) => return Ok(Outcome::Closing),
        (Err(Error::Cancelled), Some(Interruption::Lost)) => return Ok(Outcome::Lost),
        (Err(Error::Cancelled), Some(Interruption::Stopped(StopRequest::Keep))) => {
            // The recipe of what is there is that of a dream which ends here.
            let checkpoint = Checkpoint::read(&file).map_err(Problem::internal)?;
            let (octave, done) = checkpoint.place();
            making = making.ending_at(octave, done + 1)?;
            stopped = true;
            making.dream.render_from(&making.photo, Some(checkpoint), &mut |_: &DreamProgress, _: &[f32]| {
                ControlFlow::Continue(())
            })?
        }
        (Err(Error::Cancelled), _) => return Ok(Outcome::Nothing(None)),
        (Err(error), _) => return Err(error.into()),
    };
    let seconds = begun.elapsed().as_secs_f64();
    finished(studio, claim, &making, &picture, stopped, seconds).map(|dream| Outcome::Dream(Box::new(dream)))
}

fn render(
    making: &PreparedDream,
    checkpoint: Option<Checkpoint<'static>>,
    watcher: &mut JobWatcher<'_>,
) -> Result<Picture, Error> {
    if making.kept {
        making.dream.render_from(&*making.photo.read()?, checkpoint, watcher)
    } else {
        making.dream.render_from(&making.photo, checkpoint, watcher)
    }
}

/// Keeps the picture, and says what is to be told of it.
fn finished(
    studio: &StudioState,
    claim: &Claim,
    making: &PreparedDream,
    picture: &Picture,
    stopped: bool,
    seconds: f64,
) -> Result<FinishedDream, Problem> {
    let recipe = making.recipe.write()?;
    let bytes = stamped(picture.encode(Format::Png, DEFAULT_QUALITY)?, &recipe)?;
    let id = studio.store_picture(&bytes, &format!("{}.png", claim.job.name), Some(recipe.clone()))?;
    let settings = &making.recipe.settings;
    let look: LookSettings = serde_json::from_str(&claim.job.look).unwrap_or_default();
    let filter = look.choices().and_then(|choices| Ok(choices.name()?)).unwrap_or("custom");
    let eye = oneiric_zoo::load(EYE)?;
    let seen = |picture: &Picture| -> Result<Vec<ClassProbability>, Problem> {
        let classes = look::classify(&eye, picture)?.into_iter().take(CLASSES);
        Ok(classes.map(|class| ClassProbability { name: class.name, probability: class.probability }).collect())
    };
    let classes = DreamClasses { before: seen(&*making.photo.read()?)?, after: seen(picture)? };
    Ok(FinishedDream {
        picture: id,
        recipe,
        filter: filter.into(),
        model: settings.model.clone(),
        seed: settings.seed,
        objective: settings.objective.to_string(),
        seconds,
        stopped,
        classes,
    })
}

impl PreparedDream {
    /// The same dream that ends there.
    fn ending_at(self, octave: usize, steps: usize) -> Result<Self, Problem> {
        let settings = self.recipe.settings.clone().ending_at(octave, steps);
        let dream = self.dream.with_settings(settings.clone())?;
        Ok(Self { recipe: Recipe { settings, ..self.recipe }, dream, ..self })
    }
}

/// Why a dream was interrupted.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Interruption {
    Stopped(StopRequest),
    Lost,
    Closing,
}

/// Watches a dream: tells how it goes, keeps it on the way, and interrupts it when that is asked for.
struct JobWatcher<'a> {
    studio: &'a Arc<StudioState>,
    claim: &'a Claim,
    file: PathBuf,
    photo: (usize, usize),
    begun: Instant,
    /// The part that was done when it began.
    before: Option<f64>,
    renewed: Instant,
    told: Option<Instant>,
    shown: Option<Instant>,
    /// When it was kept last, and how long that took.
    kept: (Instant, Duration),
    /// The octave at work and its steps.
    octave: (usize, usize),
    end: Option<Interruption>,
}

impl<'a> JobWatcher<'a> {
    fn new(
        studio: &'a Arc<StudioState>,
        claim: &'a Claim,
        file: PathBuf,
        photo: &impl PhotoSource,
    ) -> Result<Self, Problem> {
        let now = Instant::now();
        Ok(Self {
            studio,
            claim,
            file,
            photo: photo.size()?,
            begun: now,
            before: None,
            renewed: now,
            told: None,
            shown: None,
            kept: (now, Duration::ZERO),
            octave: (0, 0),
            end: None,
        })
    }

    /// Asks whether the dream is to go on.
    fn ask(&mut self) {
        if self.studio.is_closing() {
            self.end = Some(Interruption::Closing);
        } else if self.studio.stop_requested.swap(false, Ordering::Relaxed) || self.renewed.elapsed() > RENEWED {
            self.renewed = Instant::now();
            match self.studio.store.renew(self.claim) {
                Ok(Some(Some(stop))) => self.end = Some(Interruption::Stopped(stop)),
                Ok(Some(None)) => {}
                Ok(None) => self.end = Some(Interruption::Lost),
                Err(e) => tracing::error!("the database: {e}"),
            }
        }
    }

    fn tell(&mut self, progress: &DreamProgress) {
        if self.told.is_some_and(|told| told.elapsed() < TOLD) {
            return;
        }
        self.told = Some(Instant::now());
        let before = *self.before.get_or_insert(progress.done);
        let (new, time) = (progress.done - before, self.begun.elapsed().as_secs_f64());
        let left = (new > 0.02).then(|| time / new * (1.0 - progress.done));
        let shown = ProgressView::new(progress, left);
        self.studio.running.set_progress(self.claim.job.id, shown);
        self.studio.publish_job(self.claim.job.id);
    }

    fn show(&mut self, size: (usize, usize), picture: &[f32]) {
        let due = self.shown.is_none_or(|shown| shown.elapsed() >= SHOWN);
        if !due || !self.studio.hub.has_subscribers() {
            return;
        }
        self.shown = Some(Instant::now());
        if let Ok(frame) = small(picture, size, fit(self.photo, FRAME)) {
            self.studio.publish_frame(self.claim.job.id, frame);
        }
    }

    /// Keeps how the dream was after the octave before this one, unless nothing grew there.
    fn keep_octave(&mut self, progress: &DreamProgress, picture: &[f32]) {
        let (size, (done, steps)) = (progress.size, self.octave);
        self.octave = (progress.octave, progress.iterations);
        if steps == 0 || done == progress.octave {
            return;
        }
        let side = OCTAVE.min(size.0.max(size.1));
        let kept = small(picture, size, fit(self.photo, side)).and_then(|bytes| {
            let id = self.studio.store_picture(&bytes, &format!("octave {done}.jpg"), None)?;
            Ok(self.studio.store.keep_octave(self.claim.job.id, done, &id)?)
        });
        if let Err(problem) = kept {
            tracing::warn!("octave {done}: {}", problem.detail);
        }
    }

    fn keep(&mut self, checkpoint: &Checkpoint<'_>) {
        let begun = Instant::now();
        if let Err(e) = checkpoint.write(&self.file) {
            tracing::warn!("a dream can't be kept on the way: {e}");
        }
        self.kept = (Instant::now(), begun.elapsed());
    }
}

impl Observer for JobWatcher<'_> {
    fn checkpoint(&mut self, checkpoint: &Checkpoint<'_>) {
        self.ask();
        let (last, took) = self.kept;
        let due = last.elapsed() >= KEPT.max(took * SHARE);
        if due || matches!(self.end, Some(Interruption::Stopped(StopRequest::Keep) | Interruption::Closing)) {
            self.keep(checkpoint);
        }
    }

    fn step(&mut self, progress: &DreamProgress, picture: &[f32]) -> ControlFlow<()> {
        if progress.iteration == 0 {
            self.keep_octave(progress, picture);
        }
        self.tell(progress);
        self.show(progress.size, picture);
        // The last step of an octave has no checkpoint of its own: the next octave has.
        if self.end.is_some() {
            return ControlFlow::Break(());
        }
        self.studio.scheduler.yield_to_requests();
        ControlFlow::Continue(())
    }
}

/// Rows of RGB as a small JPEG file.
fn small(picture: &[f32], from: (usize, usize), to: (usize, usize)) -> Result<Vec<u8>, Problem> {
    let (pixels, size) =
        if to.0 < from.0 || to.1 < from.1 { (resize(picture, from, to), to) } else { (picture.to_vec(), from) };
    Ok(Picture::new(size.0, size.1, pixels)?.encode(Format::Jpeg, QUALITY)?)
}
