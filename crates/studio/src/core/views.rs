//! Builds the API's views of jobs, dreams and pictures from what the store holds.

use oneiric::Choices;
use oneiric::recipe::Recipe;
use oneiric_zoo::Networks;

use super::running::RunningState;
use crate::store::{DreamRecord, JobRecord, PictureRecord, Store};
use crate::wire::{
    DreamPlaces, DreamView, JobKind, JobState, JobView, LookSettings, PictureRecipeView, PictureView, Problem,
};

/// Returns the view of a job, with its progress if it runs.
pub fn job_view(job: &JobRecord, running: Option<RunningState>, networks: &Networks) -> JobView {
    let running = running.filter(|_| job.state == JobState::Running);
    JobView {
        id: job.id.to_string(),
        kind: if job.training.is_some() { JobKind::Training } else { JobKind::Dream },
        training: job.training.map(|id| id.to_string()),
        state: job.state,
        name: job.name.clone(),
        photo: job.photo.clone(),
        look: serde_json::from_str(&job.look).unwrap_or_default(),
        places: places(&job.recipe, networks),
        size: job.size,
        width: job.width,
        height: job.height,
        created: job.created,
        started: job.started,
        finished: job.finished,
        position: job.position,
        frame: running.as_ref().map(|running| running.version).filter(|version| *version > 0),
        progress: running.and_then(|running| running.progress),
        dream: (job.state == JobState::Done).then(|| job.id.to_string()),
        problem: job.problem.clone(),
    }
}

fn places(recipe: &str, networks: &Networks) -> DreamPlaces {
    Recipe::read_with(recipe, networks).map(|recipe| DreamPlaces::from(&recipe.places)).unwrap_or_default()
}

/// Returns the view of a dream.
pub fn dream_view(dream: &DreamRecord, networks: &Networks) -> DreamView {
    let DreamRecord { width, height, size, seconds, favourite, octaves, stopped, created, .. } = *dream;
    DreamView {
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
        places: places(&dream.recipe, networks),
        size,
        seconds,
        favourite,
        parent: dream.parent.map(|id| id.to_string()),
        // The picture after the last octave is the dream itself.
        octaves: octaves + 1,
        stopped,
        classes: dream.classes.clone(),
    }
}

/// Returns the view of a picture.
///
/// # Errors
/// A recipe whose settings no options describe; a database error.
pub fn picture_view(store: &Store, picture: &PictureRecord, networks: &Networks) -> Result<PictureView, Problem> {
    let recipe = picture.recipe.as_ref().and_then(|text| Recipe::read_with(text, networks).ok());
    Ok(PictureView {
        id: picture.id.clone(),
        name: picture.name.clone(),
        width: picture.width,
        height: picture.height,
        bytes: picture.bytes,
        created: picture.created,
        made_by: recipe.map(|recipe| recipe_view(store, recipe, networks)).transpose()?,
        warnings: Vec::new(),
    })
}

fn recipe_view(store: &Store, recipe: Recipe, networks: &Networks) -> Result<PictureRecipeView, Problem> {
    let of = |preset| Choices::of(&recipe.settings, preset, networks);
    let choices = of(recipe.preset.as_deref()).or_else(|_| of(None))?;
    let photo = recipe.photo.as_ref();
    let known = match photo.and_then(|photo| photo.sha256.as_deref()) {
        Some(id) => store.picture(id)?.map(|picture| picture.id),
        None => None,
    };
    Ok(PictureRecipeView {
        look: LookSettings::from(&choices),
        places: DreamPlaces::from(&recipe.places),
        size: photo.and_then(|photo| photo.size),
        photo: known,
        seed: recipe.settings.seed.to_string(),
        preset: recipe.preset,
        program: recipe.program,
    })
}
