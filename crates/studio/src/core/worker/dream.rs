//! A job that dreams.
//!
//! Now and then it saves a checkpoint between two steps, from which it continues after a crash, with the same bytes.

use std::fs;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use oneiric::inspect::look;
use oneiric::picture::DEFAULT_QUALITY;
use oneiric::picture::resize::{fit, resize};
use oneiric::recipe::{Recipe, stamped};
use oneiric::render::Start;
use oneiric::{Checkpoint, DreamProgress, Dreamer, Error, Format, Observer, PhotoSource, Picture, memory};

use super::{Interruption, Lease, Outcome};
use crate::core::prepare::PreparedDream;
use crate::core::spaces::Spaces;
use crate::core::state::StudioState;
use crate::store::{Claim, FinishedDream, StopRequest};
use crate::wire::{ClassProbability, DreamClasses, LookSettings, Problem, ProgressView};

/// How often the progress is published.
const PROGRESS_INTERVAL: Duration = Duration::from_millis(100);
/// How often a frame is published.
const FRAME_INTERVAL: Duration = Duration::from_millis(200);
/// The shortest time between two checkpoints.
const CHECKPOINT_INTERVAL: Duration = Duration::from_secs(2);
/// Checkpoints take at most one part in this many of the time.
const CHECKPOINT_SHARE: u32 = 20;
/// The longer side of a frame, in pixels.
const FRAME_SIDE: usize = 800;
/// The longer side of the stored picture of an octave, in pixels.
const OCTAVE_SIDE: usize = 1600;
/// The quality of their JPEG files, 1 to 100.
const QUALITY: u8 = 85;
/// How long a dream runs while others in the class wait.
const TURN: Duration = Duration::from_secs(10);
/// The number of classes stored with a dream.
const CLASSES: usize = 5;
/// The network that classifies photo and dream.
const CLASSIFIER: &str = "lite0";

/// Dreams.
pub(super) fn dream(
    spaces: &Spaces,
    studio: &Arc<StudioState>,
    claim: &Claim,
    dreamer: &mut Option<Dreamer>,
) -> Outcome {
    let file = studio.store.work(claim.job.id);
    let begun = Instant::now();
    let ran = PreparedDream::of(&studio.store, &claim.job, &studio.networks.all())
        .and_then(|prepared| run(spaces, studio, claim, prepared, dreamer, file.clone(), begun));
    let ended = ran.unwrap_or_else(|problem| Outcome::Nothing(Some(problem)));
    if matches!(ended, Outcome::Dream(_) | Outcome::Nothing(_)) {
        // The checkpoint is no longer needed; the number of a job is never used again.
        let _ = fs::remove_file(file);
    }
    ended
}

fn run(
    spaces: &Spaces,
    studio: &Arc<StudioState>,
    claim: &Claim,
    prepared: PreparedDream,
    dreamer: &mut Option<Dreamer>,
    file: PathBuf,
    begun: Instant,
) -> Result<Outcome, Problem> {
    // Without a readable checkpoint the dream starts over.
    let checkpoint = Checkpoint::read(&file).ok();
    let PreparedDream { mut recipe, dream, photo, kept } = prepared;
    let mut watcher = JobWatcher::new(Lease::new(spaces, studio, claim), studio, claim, file.clone(), &photo)?;
    // Half of the free memory is left to the requests of the page.
    let budget = || memory::available().unwrap_or(u64::MAX) / 2;
    let dreamer = Dreamer::reuse(dreamer, dream.clone(), budget);
    let start = checkpoint.map_or(Start::Photo, Start::Checkpoint);
    let photo = photo.held(kept)?;
    let mut rendered = dreamer.render_from(&photo, start, &mut watcher);
    if let (Err(Error::WrongCheckpoint), true) = (&rendered, file.exists()) {
        rendered = dreamer.render_from(&photo, Start::Photo, &mut watcher);
    }
    let mut stopped = false;
    let picture = match (rendered, watcher.end) {
        (Ok(picture), _) => picture,
        (Err(Error::Cancelled), Some(Interruption::Back)) => return Ok(Outcome::Back),
        (Err(Error::Cancelled), Some(Interruption::Lost)) => return Ok(Outcome::Lost),
        (Err(Error::Cancelled), Some(Interruption::Stopped(StopRequest::Keep))) => {
            // The picture so far has the recipe of a dream that ends here.
            let checkpoint = Checkpoint::read(&file).map_err(Problem::internal)?;
            let (octave, done) = checkpoint.place();
            recipe.settings = recipe.settings.ending_at(octave, done + 1);
            stopped = true;
            // With the same dreamer, so that the buffers of the interrupted dream are freed first.
            dreamer.set_dream(dream.with_settings(recipe.settings.clone())?);
            let mut unwatched = |_: &DreamProgress, _: &[f32]| ControlFlow::Continue(());
            dreamer.render_from(&photo, Start::Checkpoint(checkpoint), &mut unwatched)?
        }
        (Err(Error::Cancelled), _) => return Ok(Outcome::Nothing(None)),
        (Err(error), _) => return Err(error.into()),
    };
    let seconds = begun.elapsed().as_secs_f64();
    let name = &claim.job.name;
    let look: LookSettings = serde_json::from_str(&claim.job.look).unwrap_or_default();
    let dream = Dreamed { recipe: &recipe, picture: &picture, look: &look, stopped, seconds };
    finished(studio, name, &photo, &dream).map(|dream| Outcome::Dream(Box::new(dream)))
}

/// A dream that is not in the gallery yet.
pub(super) struct Dreamed<'a> {
    pub recipe: &'a Recipe,
    pub picture: &'a Picture,
    pub look: &'a LookSettings,
    /// Whether it was stopped before its end.
    pub stopped: bool,
    /// How long it took.
    pub seconds: f64,
}

/// Stores the picture, and returns its entry in the gallery.
pub(super) fn finished(
    studio: &StudioState,
    name: &str,
    photo: &impl PhotoSource,
    dream: &Dreamed<'_>,
) -> Result<FinishedDream, Problem> {
    let &Dreamed { recipe, picture, look, stopped, seconds } = dream;
    let text = recipe.write()?;
    let bytes = stamped(picture.encode(Format::Png, DEFAULT_QUALITY)?, &text)?;
    let id = studio.store_picture(&bytes, &format!("{name}.png"), Some(text.clone()))?;
    let settings = &recipe.settings;
    let networks = studio.networks.all();
    let filter = look.choices().and_then(|choices| Ok(choices.name(&networks)?)).unwrap_or("custom");
    let eye = networks.get(CLASSIFIER)?;
    let seen = |picture: &Picture| -> Result<Vec<ClassProbability>, Problem> {
        let classes = look::classify(&eye, picture)?.into_iter().take(CLASSES);
        Ok(classes.map(|class| ClassProbability { name: class.name, probability: class.probability }).collect())
    };
    let classes = DreamClasses { before: seen(&*photo.read()?)?, after: seen(picture)? };
    Ok(FinishedDream {
        picture: id,
        recipe: text,
        filter: filter.into(),
        model: settings.model.clone(),
        seed: settings.seed,
        objective: settings.objective.to_string(),
        seconds,
        stopped,
        classes,
    })
}

/// Observes a dream: publishes its progress and frames, saves checkpoints, and stops it on request.
struct JobWatcher<'a> {
    studio: &'a Arc<StudioState>,
    claim: &'a Claim,
    lease: Lease<'a>,
    file: PathBuf,
    photo: (usize, usize),
    begun: Instant,
    /// The part that was done at the start.
    done_before: Option<f64>,
    progress_at: Option<Instant>,
    frame_at: Option<Instant>,
    /// When the last checkpoint was saved, and how long that took.
    checkpoint: (Instant, Duration),
    /// The current octave and its number of steps.
    octave: (usize, usize),
    end: Option<Interruption>,
}

impl<'a> JobWatcher<'a> {
    fn new(
        mut lease: Lease<'a>,
        studio: &'a Arc<StudioState>,
        claim: &'a Claim,
        file: PathBuf,
        photo: &impl PhotoSource,
    ) -> Result<Self, Problem> {
        let now = Instant::now();
        lease.begin_turn(TURN);
        Ok(Self {
            studio,
            claim,
            lease,
            file,
            photo: photo.size()?,
            begun: now,
            done_before: None,
            progress_at: None,
            frame_at: None,
            checkpoint: (now, Duration::ZERO),
            octave: (0, 0),
            end: None,
        })
    }

    fn publish_progress(&mut self, progress: &DreamProgress) {
        if self.progress_at.is_some_and(|at| at.elapsed() < PROGRESS_INTERVAL) {
            return;
        }
        self.progress_at = Some(Instant::now());
        let before = *self.done_before.get_or_insert(progress.done);
        let (new, time) = (progress.done - before, self.begun.elapsed().as_secs_f64());
        let left = (new > 0.02).then(|| time / new * (1.0 - progress.done));
        let view = ProgressView::new(progress, left);
        self.studio.running.set_progress(self.claim.job.id, view);
        self.studio.publish_job(self.claim.job.id);
    }

    fn publish_frame(&mut self, size: (usize, usize), picture: &[f32]) {
        let due = self.frame_at.is_none_or(|at| at.elapsed() >= FRAME_INTERVAL);
        if !due || !self.studio.hub.has_subscribers() {
            return;
        }
        self.frame_at = Some(Instant::now());
        if let Ok(frame) = small(picture, size, fit(self.photo, FRAME_SIDE)) {
            self.studio.publish_frame(self.claim.job.id, frame);
        }
    }

    /// Stores the picture after the octave before this one, if that octave had steps.
    fn store_octave(&mut self, progress: &DreamProgress, picture: &[f32]) {
        let (size, (done, steps)) = (progress.size, self.octave);
        self.octave = (progress.octave, progress.iterations);
        if steps == 0 || done == progress.octave {
            return;
        }
        let side = OCTAVE_SIDE.min(size.0.max(size.1));
        let stored = small(picture, size, fit(self.photo, side)).and_then(|bytes| {
            let id = self.studio.store_picture(&bytes, &format!("octave {done}.jpg"), None)?;
            Ok(self.studio.store.keep_octave(self.claim.job.id, done, &id)?)
        });
        if let Err(problem) = stored {
            tracing::warn!("octave {done}: {}", problem.detail);
        }
    }

    fn save(&mut self, checkpoint: &Checkpoint<'_>) {
        let begun = Instant::now();
        if let Err(e) = checkpoint.write(&self.file) {
            tracing::warn!("cannot save a checkpoint: {e}");
        }
        self.checkpoint = (Instant::now(), begun.elapsed());
    }
}

impl Observer for JobWatcher<'_> {
    fn checkpoint(&mut self, checkpoint: &Checkpoint<'_>) {
        self.end = self.end.or_else(|| self.lease.interruption());
        let (last, took) = self.checkpoint;
        let due = last.elapsed() >= CHECKPOINT_INTERVAL.max(took * CHECKPOINT_SHARE);
        if due || matches!(self.end, Some(Interruption::Stopped(StopRequest::Keep) | Interruption::Back)) {
            self.save(checkpoint);
        }
    }

    fn step(&mut self, progress: &DreamProgress, picture: &[f32]) -> ControlFlow<()> {
        if progress.iteration == 0 {
            self.store_octave(progress, picture);
        }
        self.publish_progress(progress);
        self.publish_frame(progress.size, picture);
        // After the last step of an octave there is no checkpoint; the next octave has one.
        if self.end.is_some() {
            return ControlFlow::Break(());
        }
        self.studio.scheduler.yield_to_requests();
        ControlFlow::Continue(())
    }
}

/// Returns a picture, `[height][width][3]`, shrunk to the size `to`, as a JPEG file.
pub(super) fn small(picture: &[f32], from: (usize, usize), to: (usize, usize)) -> Result<Vec<u8>, Problem> {
    let (pixels, size) =
        if to.0 < from.0 || to.1 < from.1 { (resize(picture, from, to), to) } else { (picture.to_vec(), from) };
    Ok(Picture::new(size.0, size.1, pixels)?.encode(Format::Jpeg, QUALITY)?)
}
