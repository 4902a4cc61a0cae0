//! Lessons: a small network learns step by step, outside of the queue, and nothing of it is written to disk.

use std::ops::ControlFlow;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use oneiric::picture::resize::fit;
use oneiric::{Dream, Format, Picture};
use oneiric_train::data::prepare;
use oneiric_train::{Drawn, Lesson, LessonPicture, LessonPictures, LessonStep};
use oneiric_zoo::trained::{read, write};
use oneiric_zoo::{Network, Networks};

use super::plan::TrainingPlan;
use super::schedule::CancelToken;
use super::state::StudioState;
use super::worker::look;
use crate::wire::{LessonPictureView, LessonQuery, LessonStepView, LessonView, Problem};

/// Lessons whose pictures and steps are kept, and whose networks are.
const KEPT: usize = 6;
const KEPT_NETWORKS: usize = 24;
/// The side of a picture in the sheet, in pixels, pictures in a row, and its quality.
const SIDE: usize = 64;
const COLUMNS: usize = 20;
const QUALITY: u8 = 88;
/// How long the steps of a turn take together, so that other requests get theirs.
const TURN: Duration = Duration::from_millis(60);
/// How many steps lie between two tests, and between two looks at the kernels.
const TEST_EVERY: usize = 20;
const KERNELS_EVERY: usize = 8;
/// The longer side of the dream of a lesson, in pixels.
const DREAM_SIDE: usize = 320;
/// The name of the network of a lesson.
const NAME: &str = "lesson";

/// Keeps the pictures, steps and networks of the last lessons: a class takes the same ones.
#[derive(Default)]
pub struct Lessons {
    pictures: Mutex<Vec<(LessonQuery, Arc<LessonPictures>)>>,
    steps: Mutex<Vec<(LessonQuery, Arc<str>)>>,
    networks: Mutex<Vec<(LessonQuery, Network)>>,
}

/// A lesson that is being taken, with the lines of its steps so far.
pub struct LessonRun {
    lesson: Lesson,
    lines: String,
}

impl LessonRun {
    /// Whether all steps have been taken.
    pub fn is_over(&self) -> bool {
        self.lesson.steps() >= self.lesson.all_steps()
    }
}

impl Lessons {
    /// Returns the pictures of a lesson, which are drawn or read once.
    ///
    /// # Errors
    /// Numbers out of range; a training that does not exist or has too few pictures.
    pub fn pictures(&self, studio: &StudioState, query: &LessonQuery) -> Result<Arc<LessonPictures>, Problem> {
        if let Some(kept) = found(&self.pictures, query) {
            return Ok(kept);
        }
        let pictures = Arc::new(match &query.training {
            Some(id) => LessonPictures::of(&dataset(studio, id)?)?,
            None => LessonPictures::drawn(Drawn {
                pictures: query.pictures,
                wrong: query.wrong,
                dogs_on_grass: query.dogs_on_grass,
                seed: query.seed.into(),
            })?,
        });
        keep(&self.pictures, query, pictures.clone(), KEPT);
        Ok(pictures)
    }

    /// Prepares a lesson.
    ///
    /// # Errors
    /// As [`pictures`](Self::pictures).
    pub fn begin(&self, studio: &StudioState, query: &LessonQuery) -> Result<Lesson, Problem> {
        Ok(Lesson::new((*self.pictures(studio, query)?).clone(), query.seed.into())?)
    }

    /// Prepares a lesson to be taken step by step.
    ///
    /// # Errors
    /// As [`pictures`](Self::pictures).
    pub fn run(&self, studio: &StudioState, query: &LessonQuery) -> Result<LessonRun, Problem> {
        Ok(LessonRun { lesson: self.begin(studio, query)?, lines: String::new() })
    }

    /// Returns the lines of all steps of a lesson that has been taken.
    pub fn taken(&self, query: &LessonQuery) -> Option<Arc<str>> {
        found(&self.steps, query)
    }

    /// Takes steps for a short time, and returns a line for each, a [`LessonStepView`] as JSON. The last one keeps the steps and
    /// the network.
    ///
    /// # Errors
    /// A training that diverges.
    pub fn turn(&self, query: &LessonQuery, run: &mut LessonRun) -> Result<String, Problem> {
        let (begun, before) = (Instant::now(), run.lines.len());
        while !run.is_over() && (run.lines.len() == before || begun.elapsed() < TURN) {
            let lesson = &mut run.lesson;
            let LessonStep { step, loss, seen } = lesson.step()?;
            let is_last = step == lesson.all_steps();
            let due = |every: usize| step == 1 || is_last || step.is_multiple_of(every);
            let tested = due(TEST_EVERY).then(|| lesson.test()).transpose()?;
            let kernels = due(KERNELS_EVERY).then(|| lesson.kernels()).transpose()?;
            let kernels = kernels.map(|all| all.iter().map(|kernel| kernel.as_flattened().to_vec()).collect());
            let view = LessonStepView { step, loss, seen, tested, kernels };
            run.lines += &serde_json::to_string(&view).map_err(Problem::internal)?;
            run.lines.push('\n');
            if is_last {
                keep(&self.steps, query, run.lines.as_str().into(), KEPT);
                keep(&self.networks, query, network(&run.lesson)?, KEPT_NETWORKS);
            }
        }
        Ok(run.lines[before..].to_owned())
    }

    /// Returns the network at the end of a lesson, which is taken again if it is not kept.
    ///
    /// # Errors
    /// As [`begin`](Self::begin), and [`oneiric_train::Error::Cancelled`] once nobody waits.
    pub fn network(&self, studio: &StudioState, query: &LessonQuery, cancel: &CancelToken) -> Result<Network, Problem> {
        if let Some(kept) = found(&self.networks, query) {
            return Ok(kept);
        }
        let mut lesson = self.begin(studio, query)?;
        while lesson.steps() < lesson.all_steps() {
            if cancel.check().is_break() {
                return Err(oneiric_train::Error::Cancelled.into());
            }
            lesson.step()?;
        }
        let network = network(&lesson)?;
        keep(&self.networks, query, network.clone(), KEPT_NETWORKS);
        Ok(network)
    }
}

fn found<T: Clone>(kept: &Mutex<Vec<(LessonQuery, T)>>, query: &LessonQuery) -> Option<T> {
    let kept = kept.lock().expect("nothing panics while it holds the lessons");
    kept.iter().find(|(known, _)| known == query).map(|(_, value)| value.clone())
}

/// Keeps what follows from the query alone; a training changes, and belongs to its visitor.
fn keep<T>(kept: &Mutex<Vec<(LessonQuery, T)>>, query: &LessonQuery, value: T, most: usize) {
    if query.training.is_some() {
        return;
    }
    let mut kept = kept.lock().expect("nothing panics while it holds the lessons");
    kept.retain(|(known, _)| known != query);
    kept.push((query.clone(), value));
    if kept.len() > most {
        kept.remove(0);
    }
}

fn dataset(studio: &StudioState, id: &str) -> Result<oneiric_train::data::Dataset, Problem> {
    let unknown = || Problem::not_found("training");
    let id = id.parse().map_err(|_| unknown())?;
    let training = studio.store.training(id)?.ok_or_else(unknown)?;
    let mut plan = TrainingPlan::of(&training);
    plan.classes.truncate(2);
    Ok(plan.dataset(&studio.store, |_| ControlFlow::Continue(()))?)
}

fn network(lesson: &Lesson) -> Result<Network, Problem> {
    let (card, graph) = lesson.network()?;
    Ok(read(NAME, &write(&card, &graph)?)?.0)
}

/// The view of a lesson that has not begun.
pub fn lesson_view(lesson: &Lesson) -> LessonView {
    let LessonPictures { classes, training, held_out, unknown } = lesson.pictures();
    let view = |pictures: &[LessonPicture]| {
        let view = |picture: &LessonPicture| LessonPictureView {
            class: picture.class,
            label: picture.label.or(picture.class),
            group: picture.group.clone(),
        };
        pictures.iter().map(view).collect()
    };
    LessonView {
        classes: classes.clone(),
        training: view(training),
        held_out: view(held_out),
        unknown: view(unknown),
        steps: lesson.all_steps(),
        side: SIDE,
        columns: COLUMNS,
    }
}

/// Returns all pictures of a lesson as one JPEG file.
///
/// # Errors
/// An error of the encoder.
pub fn lesson_sheet(pictures: &LessonPictures) -> Result<Vec<u8>, Problem> {
    let all: Vec<&LessonPicture> =
        [&pictures.training, &pictures.held_out, &pictures.unknown].into_iter().flatten().collect();
    let mut sheet = Picture::filled(COLUMNS * SIDE, all.len().div_ceil(COLUMNS).max(1) * SIDE, [0.0; 3])?;
    let stride = COLUMNS * SIDE * 3;
    for (at, one) in all.into_iter().enumerate() {
        let (left, top) = (at % COLUMNS * SIDE, at / COLUMNS * SIDE);
        for (y, row) in prepare(&one.picture, SIDE).chunks_exact(SIDE * 3).enumerate() {
            let begin = (top + y) * stride + left * 3;
            sheet.pixels_mut()[begin..begin + SIDE * 3].copy_from_slice(row);
        }
    }
    Ok(sheet.encode(Format::Jpeg, QUALITY)?)
}

/// Dreams with the network of a lesson on a picture, and returns a JPEG file.
///
/// # Errors
/// As [`Lessons::network`]; a picture that cannot be decoded.
pub fn lesson_dream(
    studio: &StudioState,
    query: &LessonQuery,
    picture: &str,
    cancel: &CancelToken,
) -> Result<Vec<u8>, Problem> {
    let network = studio.lessons.network(studio, query, cancel)?;
    let mut networks = Networks::default();
    networks.insert(network)?;
    let settings = look(NAME).choices()?.settings(None, &networks)?;
    let photo = studio.thumbnails.small(picture, DREAM_SIDE)?;
    let size = fit((photo.width(), photo.height()), DREAM_SIDE);
    let photo = oneiric::render::LoadedPhoto::new(photo, Some(size.0.max(size.1)));
    let dreamed = Dream::with_networks(settings, &networks)?.render_with(&photo, |_, _| cancel.check())?;
    Ok(Picture::new(dreamed.width(), dreamed.height(), dreamed.pixels().to_vec())?.encode(Format::Jpeg, QUALITY)?)
}
