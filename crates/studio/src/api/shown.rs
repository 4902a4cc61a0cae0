//! Jobs, dreams and pictures as the API tells them.

use oneiric::recipe::Recipe;
use oneiric::{Choices, DreamProgress};
use serde::Serialize;
use utoipa::ToSchema;

use crate::look::Look;
use crate::making::AskedPlaces;
use crate::problem::Problem;
use crate::store::{ClassesSeen, Dream, Job, Picture, State, Store};
use crate::studio::Inner;

/// How far a dream is.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Shown {
    octave: usize,
    octaves: usize,
    iteration: usize,
    iterations: usize,
    /// The part of all work that is done, 0 to 1.
    done: f64,
    /// How long it will still take, as soon as that can be told.
    seconds_left: Option<f64>,
}

impl Shown {
    /// Of the library's.
    pub fn new(progress: &DreamProgress, seconds_left: Option<f64>) -> Self {
        let DreamProgress { octave, octaves, iteration, iterations, done, .. } = *progress;
        Self { octave, octaves, iteration, iterations, done, seconds_left }
    }
}

/// A dream that is to be made, is made, or was.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ToldJob {
    id: String,
    state: State,
    name: String,
    /// The photo's id.
    photo: String,
    look: Look,
    places: AskedPlaces,
    size: Option<usize>,
    width: usize,
    height: usize,
    /// Milliseconds since 1970.
    created: i64,
    started: Option<i64>,
    finished: Option<i64>,
    /// Its place in the queue: smaller ones come first.
    position: f64,
    progress: Option<Shown>,
    /// The number of the last picture on the way.
    frame: Option<u64>,
    /// The dream that it made.
    dream: Option<String>,
    problem: Option<Problem>,
}

impl ToldJob {
    /// Whether it has not begun yet.
    pub fn is_waiting(&self) -> bool {
        self.state == State::Queued
    }
}

/// A job as it is told.
pub fn told_job(studio: &Inner, job: &Job) -> ToldJob {
    let live = studio.live.of(job.id).filter(|_| job.state == State::Running);
    ToldJob {
        id: job.id.to_string(),
        state: job.state,
        name: job.name.clone(),
        photo: job.photo.clone(),
        look: serde_json::from_str(&job.look).unwrap_or_default(),
        places: places(&job.recipe),
        size: job.size,
        width: job.width,
        height: job.height,
        created: job.created,
        started: job.started,
        finished: job.finished,
        position: job.position,
        frame: live.as_ref().map(|live| live.version).filter(|version| *version > 0),
        progress: live.and_then(|live| live.progress),
        dream: (job.state == State::Done).then(|| job.id.to_string()),
        problem: job.problem.clone(),
    }
}

fn places(recipe: &str) -> AskedPlaces {
    Recipe::read(recipe).map(|recipe| AskedPlaces::from(&recipe.places)).unwrap_or_default()
}

/// A dream that was made.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ToldDream {
    id: String,
    name: String,
    /// Milliseconds since 1970.
    created: i64,
    /// The photo's id.
    photo: String,
    /// The id of its own file.
    picture: String,
    width: usize,
    height: usize,
    /// A preset's name, `custom` or `words`.
    filter: String,
    model: String,
    /// In digits.
    seed: String,
    look: Look,
    places: AskedPlaces,
    size: Option<usize>,
    seconds: f64,
    favourite: bool,
    /// The dream that it began with.
    parent: Option<String>,
    /// How many octaves can be looked at.
    octaves: usize,
    /// Whether it was stopped before its end.
    stopped: bool,
    classes: ClassesSeen,
}

/// A dream as it is told.
pub fn told_dream(dream: &Dream) -> ToldDream {
    let Dream { width, height, size, seconds, favourite, octaves, stopped, created, .. } = *dream;
    ToldDream {
        id: dream.id.to_string(),
        name: dream.name.clone(),
        created,
        photo: dream.photo.clone(),
        picture: dream.picture.clone(),
        width,
        height,
        filter: dream.filter.clone(),
        model: dream.model.clone(),
        seed: dream.seed.clone(),
        look: serde_json::from_str(&dream.look).unwrap_or_default(),
        places: places(&dream.recipe),
        size,
        seconds,
        favourite,
        parent: dream.parent.map(|id| id.to_string()),
        // After the last one it is the dream itself.
        octaves: octaves + 1,
        stopped,
        classes: dream.classes.clone(),
    }
}

/// A picture file that is known.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ToldPicture {
    /// The SHA-256 of its bytes.
    id: String,
    name: String,
    width: usize,
    height: usize,
    bytes: u64,
    /// Milliseconds since 1970.
    created: i64,
    /// How it was made, if Oneiric made it.
    made_by: Option<Made>,
}

/// How a picture was made.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Made {
    look: Look,
    places: AskedPlaces,
    preset: Option<String>,
    program: Option<String>,
    size: Option<usize>,
    /// The id of the photo, if that is known here.
    photo: Option<String>,
    /// In digits.
    seed: String,
}

/// A picture as it is told.
pub fn told_picture(store: &Store, picture: &Picture) -> Result<ToldPicture, Problem> {
    let recipe = picture.recipe.as_ref().and_then(|text| Recipe::read(text).ok());
    Ok(ToldPicture {
        id: picture.id.clone(),
        name: picture.name.clone(),
        width: picture.width,
        height: picture.height,
        bytes: picture.bytes,
        created: picture.created,
        made_by: recipe.map(|recipe| made(store, recipe)).transpose()?,
    })
}

fn made(store: &Store, recipe: Recipe) -> Result<Made, Problem> {
    let choices =
        Choices::of(&recipe.settings, recipe.preset.as_deref()).or_else(|_| Choices::of(&recipe.settings, None))?;
    let photo = recipe.photo.as_ref();
    let known = match photo.and_then(|photo| photo.sha256.as_deref()) {
        Some(id) => store.picture(id)?.map(|picture| picture.id),
        None => None,
    };
    Ok(Made {
        look: Look::from(&choices),
        places: AskedPlaces::from(&recipe.places),
        size: photo.and_then(|photo| photo.size),
        photo: known,
        seed: recipe.settings.seed.to_string(),
        preset: recipe.preset,
        program: recipe.program,
    })
}
