//! What the studio does with trainings, except for running them.

use std::path::Path;

use oneiric::picture::resize::resized;
use oneiric::picture::{DEFAULT_QUALITY, PictureFile};
use oneiric::{Format, LazyPhoto, Limits, PhotoSource};

use super::plan::{TrainingPlan, warning};
use super::prepare::checked_name;
use super::state::StudioState;
use crate::store::{NewJob, TrainingRecord};
use crate::wire::{AddedPicture, LookSettings, Problem, TrainingClassView, TrainingRun, TrainingStage, TrainingView};

/// The shorter side of the kept pictures, in pixels: more than the largest training sees of most.
const SIDE: usize = 256;
/// The quality of those without transparency.
const QUALITY: u8 = 95;
/// The most pictures and classes of a training.
const MOST_PICTURES: usize = 10_000;
/// The seed and the longer side of the landscape of the small dreams, unless there is a photo.
const LANDSCAPE: (u64, usize) = (7, 640);
/// The most characters of the name of a class.
const LONGEST_NAME: usize = 40;

/// Turns a text from outside into the name of a class: one line without special characters, at most 40 of them.
pub fn class_name(text: &str) -> String {
    let name = if text.trim().is_empty() { String::new() } else { checked_name(text) };
    name.chars().take(LONGEST_NAME).collect::<String>().trim().to_owned()
}

/// Returns the view of a training.
///
/// # Errors
/// A database error.
pub fn training_view(studio: &StudioState, training: &TrainingRecord) -> Result<TrainingView, Problem> {
    let job = studio.store.job_of_training(training.id)?;
    let running = job.as_ref().and_then(|job| studio.running.get(job.id)?.training);
    let run = match (&job, running) {
        (Some(_), Some(run)) => Some(run),
        (Some(_), None) => Some(TrainingRun::default()),
        (None, _) => training.run.clone(),
    };
    let plan = TrainingPlan::of(training);
    let last = training.plan.as_deref().and_then(|text| TrainingPlan::read(text).ok());
    let changed = last.is_some_and(|last| !last.is_same(&plan));
    let stopped = job.is_none() && run.as_ref().is_some_and(|run| run.stage == TrainingStage::Stopped);
    let stopped = stopped && !changed && studio.store.training_work(training.id).exists();
    let class = |class: &crate::store::ClassRecord| TrainingClassView {
        id: class.id.to_string(),
        name: class.name.clone(),
        pictures: class.pictures.clone(),
        drawn: class.drawn.clone(),
        warning: warning(class.pictures.len(), &class.name).filter(|_| class.drawn.is_none()),
    };
    Ok(TrainingView {
        id: training.id.to_string(),
        name: training.name.clone(),
        created: training.created,
        photo: training.photo.clone(),
        classes: training.classes.iter().map(class).collect(),
        settings: training.settings.clone(),
        ready: ready(studio, training, &plan).err().map(|problem| problem.detail),
        changed,
        stopped,
        job: job.map(|job| studio.job_view(&job)),
        run,
    })
}

/// Checks that a training can start.
fn ready(studio: &StudioState, training: &TrainingRecord, plan: &TrainingPlan) -> Result<(), Problem> {
    plan.check()?;
    // A network of this name may be replaced if it came from this training.
    let last = training.run.as_ref().and_then(|run| run.result.as_ref());
    let replaces = last.is_some_and(|result| result.network.eq_ignore_ascii_case(&plan.name));
    if studio.networks.is_own(&plan.name) && !replaces {
        return Err(Problem::invalid(format!("Choose another name: there is a network '{}' already.", plan.name)));
    }
    Ok(())
}

/// Checks a training, and returns the job that runs it: from its checkpoint if it was stopped and has not changed.
///
/// # Errors
/// What is missing; a database error.
pub fn training_job(studio: &StudioState, training: &TrainingRecord) -> Result<NewJob, Problem> {
    if studio.store.job_of_training(training.id)?.is_some() {
        return Err(Problem::conflict("This training is in the queue already."));
    }
    if studio.store.unfinished_trainings()? >= studio.config.trainings {
        return Err(Problem::too_many("One training at a time: wait until yours is done, or stop it."));
    }
    let plan = TrainingPlan::of(training);
    ready(studio, training, &plan)?;
    let stopped = training.run.as_ref().is_some_and(|run| run.stage == TrainingStage::Stopped);
    let last = training.plan.as_deref().and_then(|text| TrainingPlan::read(text).ok());
    let steps = last.filter(|last| stopped && last.is_same(&plan)).and_then(|last| last.steps);
    let plan = TrainingPlan { steps, ..plan };
    let photo = match &training.photo {
        Some(photo) => photo.clone(),
        None => {
            let bytes =
                LazyPhoto::landscape(LANDSCAPE.0, Some(LANDSCAPE.1)).read()?.encode(Format::Png, DEFAULT_QUALITY)?;
            studio.store_picture(&bytes, &format!("landscape {}.png", LANDSCAPE.0), None)?
        }
    };
    let picture = super::find_picture(&studio.store, &photo)?;
    let text = plan.text();
    studio.store.set_plan(training.id, &text)?;
    Ok(NewJob {
        training: Some(training.id),
        name: training.name.clone(),
        photo,
        recipe: text,
        look: serde_json::to_string(&LookSettings::default()).map_err(Problem::internal)?,
        size: Some(LANDSCAPE.1),
        extent: oneiric::picture::resize::fit_within((picture.width, picture.height), Some(LANDSCAPE.1)),
        parent: None,
    })
}

/// Keeps a small copy of an uploaded picture in a class.
///
/// # Errors
/// A file that cannot be decoded; too many pictures; a full disk; a database error.
pub fn add_picture(
    studio: &StudioState,
    training: &TrainingRecord,
    class: i64,
    name: &str,
    file: &Path,
) -> Result<AddedPicture, Problem> {
    let pictures: usize = training.classes.iter().map(|class| class.pictures.len()).sum();
    if pictures >= MOST_PICTURES {
        let most = format!("A training has at most {MOST_PICTURES} pictures; train with `oneiric train` for more.");
        return Err(Problem::too_many(most));
    }
    let bytes = studio.decoding.run(file, 1, || {
        let picture = PictureFile::open(file, &Limits::default())?.decode()?;
        let (width, height) = (picture.width(), picture.height());
        let shorter = width.min(height);
        let scaled = |length: usize| (length * SIDE).div_ceil(shorter.max(1));
        let picture = if shorter > SIDE { resized(&picture, (scaled(width), scaled(height))) } else { picture };
        let format = if picture.alpha().is_some() { Format::Png } else { Format::Jpeg };
        Ok(picture.encode(format, QUALITY)?)
    })?;
    let picture = studio.store_picture(&bytes, &checked_name(name), None)?;
    let known = studio.store.add_to_class(class, &picture)?;
    Ok(AddedPicture { picture, known })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_class_is_one_short_line() {
        assert_eq!(class_name("  my cat \n"), "my cat");
        assert_eq!(class_name("pets/cat"), "cat");
        assert_eq!(class_name(" "), "");
        assert_eq!(class_name(&"x".repeat(100)).len(), LONGEST_NAME);
    }
}
