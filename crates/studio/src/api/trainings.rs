//! Trainings: classes with pictures, and the networks that learn them.

use std::sync::Arc;

use axum::body::Body;
use axum::http::StatusCode;

use super::extract::{Json, Path, Query, State, number};
use super::jobs::add;
use super::{FileBytes, Studio, upload};
use crate::core::{
    StudioState, add_picture, class_name, drawn_classes, drawn_others, find_picture, network_name, training_job,
    training_view,
};
use crate::store::{ClassRecord, TrainingRecord};
use crate::wire::{
    AddedPicture, ClassPictures, ClassRequest, JobView, KitView, NameRequest, Problem, TrainingChange, TrainingChoices,
    TrainingRequest, TrainingView, TrainingsView, UploadQuery,
};

/// The most classes of a training.
const MOST_CLASSES: usize = 100;

type View = axum::Json<TrainingView>;
type Created = (StatusCode, View);

fn find(studio: &StudioState, id: &str) -> Result<TrainingRecord, Problem> {
    studio.store.training(number(id, "training")?)?.ok_or_else(|| Problem::not_found("training"))
}

fn class<'a>(training: &'a TrainingRecord, id: &str) -> Result<&'a ClassRecord, Problem> {
    let id = number(id, "class")?;
    training.classes.iter().find(|class| class.id == id).ok_or_else(|| Problem::not_found("class"))
}

fn view(studio: &Arc<StudioState>, id: i64) -> Result<View, Problem> {
    let training = studio.store.training(id)?.ok_or_else(|| Problem::not_found("training"))?;
    training_view(studio, &training).map(axum::Json)
}

/// List the trainings and the kits.
#[utoipa::path(get, path = "/api/trainings", tag = "trainings", responses((status = 200, body = TrainingsView)))]
pub async fn list(State(studio): Studio) -> Result<axum::Json<TrainingsView>, Problem> {
    let kit = |kit: &&'static oneiric_kits::Kit| KitView {
        name: kit.name,
        about: kit.about,
        classes: kit.classes.iter().map(|class| class.name).collect(),
        pictures: kit.pictures,
    };
    let trainings = studio.store.trainings()?;
    Ok(axum::Json(TrainingsView {
        trainings: trainings.iter().map(|training| training_view(&studio, training)).collect::<Result<_, _>>()?,
        kits: oneiric_kits::kits().iter().map(kit).collect(),
    }))
}

/// Begin a training: with two classes without pictures, or with those of a kit.
#[utoipa::path(post, path = "/api/trainings", tag = "trainings", request_body = TrainingRequest,
    responses((status = 201, body = TrainingView)))]
pub async fn begin(State(studio): Studio, Json(request): Json<TrainingRequest>) -> Result<Created, Problem> {
    let (name, classes) = match &request.kit {
        Some(kit) => {
            let kit = oneiric_kits::kit(kit).ok_or_else(|| Problem::not_found("kit"))?;
            (format!("{}-kit", kit.name), drawn_classes(kit))
        }
        None => ("my-network".to_owned(), vec![("thing 1".to_owned(), None), ("thing 2".to_owned(), None)]),
    };
    let wanted = request.name.unwrap_or(name);
    let used: Vec<String> = studio.store.trainings()?.into_iter().map(|training| training.name).collect();
    let name = studio.networks.free_name(&wanted, &used);
    let id = studio.store.add_training(&name, &TrainingChoices::default(), &classes)?;
    Ok((StatusCode::CREATED, view(&studio, id)?))
}

/// Get a training.
#[utoipa::path(get, path = "/api/trainings/{id}", tag = "trainings", params(("id" = String, Path)),
    responses((status = 200, body = TrainingView)))]
pub async fn about(State(studio): Studio, Path(id): Path<String>) -> Result<View, Problem> {
    view(&studio, find(&studio, &id)?.id)
}

/// Change name, photo or settings of a training.
#[utoipa::path(patch, path = "/api/trainings/{id}", tag = "trainings", params(("id" = String, Path)),
    request_body = TrainingChange, responses((status = 200, body = TrainingView)))]
pub async fn change(
    State(studio): Studio,
    Path(id): Path<String>,
    Json(change): Json<TrainingChange>,
) -> Result<View, Problem> {
    let mut training = find(&studio, &id)?;
    if let Some(name) = change.name {
        training.name = network_name(&name);
    }
    if let Some(photo) = change.photo {
        training.photo = Some(find_picture(&studio.store, &photo)?.id);
    }
    if let Some(settings) = change.settings {
        settings.settings(0)?;
        training.settings = settings;
    }
    studio.store.change_training(&training)?;
    view(&studio, training.id)
}

/// Delete a training. Its network stays.
#[utoipa::path(delete, path = "/api/trainings/{id}", tag = "trainings", params(("id" = String, Path)),
    responses((status = 204)))]
pub async fn delete(State(studio): Studio, Path(id): Path<String>) -> Result<StatusCode, Problem> {
    let training = find(&studio, &id)?;
    if studio.store.job_of_training(training.id)?.is_some() {
        return Err(Problem::conflict("This training is in the queue; stop it first."));
    }
    studio.store.delete_training(training.id)?;
    // Nothing continues from it any more.
    let _ = std::fs::remove_file(studio.store.training_work(training.id));
    Ok(StatusCode::NO_CONTENT)
}

/// Queue a training. If it was stopped and has not changed, it continues.
#[utoipa::path(post, path = "/api/trainings/{id}/start", tag = "trainings", params(("id" = String, Path)),
    responses((status = 201, body = JobView)))]
pub async fn start(
    State(studio): Studio,
    Path(id): Path<String>,
) -> Result<(StatusCode, axum::Json<JobView>), Problem> {
    let training = find(&studio, &id)?;
    let state = studio.clone();
    studio.scheduler.encode(move || add(&state, &training_job(&state, &training)?)).await
}

/// Add a class.
#[utoipa::path(post, path = "/api/trainings/{id}/classes", tag = "trainings", params(("id" = String, Path)),
    request_body = ClassRequest, responses((status = 201, body = TrainingView)))]
pub async fn add_class(
    State(studio): Studio,
    Path(id): Path<String>,
    Json(request): Json<ClassRequest>,
) -> Result<Created, Problem> {
    let training = find(&studio, &id)?;
    if training.classes.len() >= MOST_CLASSES {
        return Err(Problem::too_many(format!("A training has at most {MOST_CLASSES} classes.")));
    }
    let drawn = match request.drawn.as_deref() {
        None => None,
        Some("other") => Some(drawn_others()),
        Some(_) => return Err(Problem::invalid("drawn can only be 'other'").blaming(Some("drawn"))),
    };
    let free = || {
        let taken = |name: &String| training.classes.iter().any(|class| class.name == *name);
        (training.classes.len() + 1..).map(|n| format!("thing {n}")).find(|name| !taken(name)).unwrap_or_default()
    };
    let by_default = || drawn.as_ref().map_or_else(free, |drawn| drawn.class.clone());
    let name = request.name.as_deref().map_or_else(by_default, class_name);
    studio.store.add_class(training.id, &name, drawn.as_ref())?;
    Ok((StatusCode::CREATED, view(&studio, training.id)?))
}

/// Rename a class.
#[utoipa::path(patch, path = "/api/trainings/{id}/classes/{class}", tag = "trainings",
    params(("id" = String, Path), ("class" = String, Path)), request_body = NameRequest,
    responses((status = 200, body = TrainingView)))]
pub async fn rename_class(
    State(studio): Studio,
    Path((id, wanted)): Path<(String, String)>,
    Json(NameRequest { name }): Json<NameRequest>,
) -> Result<View, Problem> {
    let training = find(&studio, &id)?;
    studio.store.rename_class(class(&training, &wanted)?.id, &class_name(&name))?;
    view(&studio, training.id)
}

/// Delete a class.
#[utoipa::path(delete, path = "/api/trainings/{id}/classes/{class}", tag = "trainings",
    params(("id" = String, Path), ("class" = String, Path)), responses((status = 200, body = TrainingView)))]
pub async fn delete_class(State(studio): Studio, Path((id, wanted)): Path<(String, String)>) -> Result<View, Problem> {
    let training = find(&studio, &id)?;
    studio.store.delete_class(class(&training, &wanted)?.id)?;
    view(&studio, training.id)
}

/// Add a picture to a class. A small copy of it is kept.
#[utoipa::path(post, path = "/api/trainings/{id}/classes/{class}/pictures", tag = "trainings",
    params(("id" = String, Path), ("class" = String, Path), UploadQuery),
    request_body(content = FileBytes, content_type = "application/octet-stream"),
    responses((status = 201, body = AddedPicture)))]
pub async fn add_to_class(
    State(studio): Studio,
    Path((id, wanted)): Path<(String, String)>,
    Query(UploadQuery { name }): Query<UploadQuery>,
    body: Body,
) -> Result<(StatusCode, axum::Json<AddedPicture>), Problem> {
    let training = find(&studio, &id)?;
    let class = class(&training, &wanted)?.id;
    let upload = upload::receive(&studio, body).await?;
    let state = studio.clone();
    let turn = studio.scheduler.encode(move || add_picture(&state, &training, class, &name, upload.path()));
    turn.await.map(|added| (StatusCode::CREATED, axum::Json(added)))
}

/// Take pictures out of a class.
#[utoipa::path(post, path = "/api/trainings/{id}/classes/{class}/remove", tag = "trainings",
    params(("id" = String, Path), ("class" = String, Path)), request_body = ClassPictures,
    responses((status = 200, body = TrainingView)))]
pub async fn remove(
    State(studio): Studio,
    Path(place): Path<(String, String)>,
    Json(ClassPictures { pictures }): Json<ClassPictures>,
) -> Result<View, Problem> {
    remove_or_restore(&studio, &place, &pictures, true)
}

/// Put pictures that were taken out of a class back.
#[utoipa::path(post, path = "/api/trainings/{id}/classes/{class}/restore", tag = "trainings",
    params(("id" = String, Path), ("class" = String, Path)), request_body = ClassPictures,
    responses((status = 200, body = TrainingView)))]
pub async fn restore(
    State(studio): Studio,
    Path(place): Path<(String, String)>,
    Json(ClassPictures { pictures }): Json<ClassPictures>,
) -> Result<View, Problem> {
    remove_or_restore(&studio, &place, &pictures, false)
}

fn remove_or_restore(
    studio: &Arc<StudioState>,
    (id, wanted): &(String, String),
    pictures: &[String],
    removed: bool,
) -> Result<View, Problem> {
    let training = find(studio, id)?;
    studio.store.remove_from_class(class(&training, wanted)?.id, pictures, removed)?;
    view(studio, training.id)
}
