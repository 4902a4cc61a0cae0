//! Uploads, landscapes and views of pictures.

use std::sync::Arc;

use axum::body::Body;
use axum::http::StatusCode;
use axum::response::Response;
use oneiric::inspect::look;
use oneiric::picture::resize::fit_within;
use oneiric::picture::{DEFAULT_QUALITY, PictureFile};
use oneiric::recipe::sha256;
use oneiric::{Format, LazyPhoto, Limits, PhotoSource};
use tokio_util::io::ReaderStream;

use super::extract::{Json, Path, Query, State};
use super::{FileBytes, IMMUTABLE, REVALIDATE, Studio, upload};
use crate::core::StudioState;
use crate::core::{checked_name, find_picture, mime, mime_of, picture_view, recipe_inside, settings};
use crate::store::PictureRecord;
use crate::wire::{
    ClassView, ClassesView, DreamPlaces, ForecastQuery, ForecastView, LandscapeRequest, LookSettings, NetworkClasses,
    PictureView, PreviewQuery, Problem, SideQuery, UploadQuery,
};

/// The longest side of a landscape, in pixels.
const LARGEST_LANDSCAPE: usize = 2048;
/// The number of classes listed for each network.
const CLASSES: usize = 10;

/// Upload a picture: JPEG, PNG, WebP, GIF, BMP, TIFF or JPEG XL.
#[utoipa::path(post, path = "/api/pictures", tag = "pictures", params(UploadQuery),
    request_body(content = FileBytes, content_type = "application/octet-stream"),
    responses((status = 201, body = PictureView)))]
pub async fn upload(
    State(studio): Studio,
    Query(UploadQuery { name }): Query<UploadQuery>,
    body: Body,
) -> Result<(StatusCode, axum::Json<PictureView>), Problem> {
    let upload = upload::receive(&studio, body).await?;
    // Decoding takes time and memory, so only some uploads are decoded at once.
    let state = studio.clone();
    let turn = studio.scheduler.encode(move || {
        let (record, warnings) = state.decoding.run(upload.path(), 1, || {
            let file = PictureFile::open(upload.path(), &Limits::default())?;
            let (picture, warnings) = file.decode_with_warnings()?;
            let id = sha256(file.bytes());
            state.thumbnails.decoded(&id, &picture);
            let record = PictureRecord {
                id,
                name: checked_name(&name),
                kind: mime(file.bytes())?.into(),
                width: picture.width(),
                height: picture.height(),
                bytes: file.bytes().len() as u64,
                created: 0,
                recipe: recipe_inside(file.bytes(), &state.networks.all())?,
            };
            Ok((record, warnings))
        })?;
        state.store.keep(upload, &record.id)?;
        let warnings = warnings.iter().map(ToString::to_string).collect();
        Ok(PictureView { warnings, ..add(&state, record)? })
    });
    turn.await.map(|view| (StatusCode::CREATED, axum::Json(view)))
}

fn add(studio: &StudioState, picture: PictureRecord) -> Result<PictureView, Problem> {
    studio.store.add_picture(&picture)?;
    picture_view(&studio.store, &find_picture(&studio.store, &picture.id)?, &studio.networks.all())
}

/// Draw a landscape.
#[utoipa::path(post, path = "/api/landscapes", tag = "pictures", request_body = LandscapeRequest,
    responses((status = 201, body = PictureView)))]
pub async fn landscape(
    State(studio): Studio,
    Json(LandscapeRequest { seed, size }): Json<LandscapeRequest>,
) -> Result<(StatusCode, axum::Json<PictureView>), Problem> {
    if size.is_some_and(|size| !(64..=LARGEST_LANDSCAPE).contains(&size)) {
        return Err(Problem::invalid(format!(
            "the longer side of a landscape must be between 64 and {LARGEST_LANDSCAPE} pixels"
        )));
    }
    studio.check_disk_quota()?;
    let state = studio.clone();
    let turn = studio.scheduler.compute(move |_| {
        let bytes = LazyPhoto::landscape(u64::from(seed), size).read()?.encode(Format::Png, DEFAULT_QUALITY)?;
        let id = state.store_picture(&bytes, &format!("landscape {seed}.png"), None)?;
        picture_view(&state.store, &find_picture(&state.store, &id)?, &state.networks.all())
    });
    turn.await.map(|view| (StatusCode::CREATED, axum::Json(view)))
}

/// Get a picture.
#[utoipa::path(get, path = "/api/pictures/{id}", tag = "pictures", params(("id" = String, Path)),
    responses((status = 200, body = PictureView)))]
pub async fn about(State(studio): Studio, Path(id): Path<String>) -> Result<axum::Json<PictureView>, Problem> {
    picture_view(&studio.store, &find_picture(&studio.store, &id)?, &studio.networks.all()).map(axum::Json)
}

/// Get the uploaded file.
#[utoipa::path(get, path = "/api/pictures/{id}/file", tag = "pictures", params(("id" = String, Path)),
    responses((status = 200, content_type = "image/*")))]
pub async fn file(State(studio): Studio, Path(id): Path<String>) -> Result<Response, Problem> {
    let about = find_picture(&studio.store, &id)?;
    let file = tokio::fs::File::open(studio.store.blob(&about.id)).await?;
    Ok(super::picture(Body::from_stream(ReaderStream::new(file)), &about.kind, IMMUTABLE))
}

/// Get the picture for a page: JPEG, or PNG if it has transparency.
#[utoipa::path(get, path = "/api/pictures/{id}/view", tag = "pictures", params(("id" = String, Path), SideQuery),
    responses((status = 200, content((FileBytes = "image/jpeg"), (FileBytes = "image/png")))))]
pub async fn view(
    State(studio): Studio,
    Path(id): Path<String>,
    Query(SideQuery { side }): Query<SideQuery>,
) -> Result<Response, Problem> {
    view_of(studio, &id, side).await
}

/// Returns a view of a picture.
pub async fn view_of(studio: Arc<StudioState>, id: &str, side: usize) -> Result<Response, Problem> {
    let id = find_picture(&studio.store, id)?.id;
    let state = studio.clone();
    let (bytes, format) = studio.scheduler.encode(move || state.thumbnails.view(&id, side)).await?;
    Ok(super::picture(bytes, mime_of(format), IMMUTABLE))
}

/// Reads a look from a query string.
pub fn look_of(text: &str) -> Result<LookSettings, Problem> {
    serde_json::from_str(text).map_err(|e| Problem::malformed(format!("cannot read the look: {e}")))
}

fn places_of(text: &str) -> Result<DreamPlaces, Problem> {
    serde_json::from_str(text).map_err(|e| Problem::malformed(format!("cannot read the places: {e}")))
}

/// Get a small dream of the picture.
#[utoipa::path(get, path = "/api/pictures/{id}/preview", tag = "pictures", params(("id" = String, Path), PreviewQuery),
    responses((status = 200, content_type = "image/jpeg")))]
pub async fn preview(
    State(studio): Studio,
    Path(id): Path<String>,
    Query(PreviewQuery { look, places, side }): Query<PreviewQuery>,
) -> Result<Response, Problem> {
    // A trained network can be replaced by another one of the same name.
    let cache = if studio.networks.are_named_in(&look) { REVALIDATE } else { IMMUTABLE };
    let (id, look) = (find_picture(&studio.store, &id)?.id, look_of(&look)?);
    let places = places.as_deref().map_or_else(|| Ok(DreamPlaces::default()), places_of)?;
    let state = studio.clone();
    let bytes =
        studio.scheduler.preview(move |cancel| state.thumbnails.preview(&id, &look, &places, side, cancel)).await?;
    Ok(super::picture(bytes, "image/jpeg", cache))
}

/// Estimate the time of a dream of the picture.
#[utoipa::path(get, path = "/api/pictures/{id}/forecast", tag = "pictures", params(("id" = String, Path), ForecastQuery),
    responses((status = 200, body = ForecastView)))]
pub async fn forecast(
    State(studio): Studio,
    Path(id): Path<String>,
    Query(ForecastQuery { look, size }): Query<ForecastQuery>,
) -> Result<axum::Json<ForecastView>, Problem> {
    let (picture, look) = (find_picture(&studio.store, &id)?, look_of(&look)?);
    let (width, height) = fit_within((picture.width, picture.height), size);
    let (_, settings) = settings(&look, false, &studio.networks.all())?;
    let state = studio.clone();
    let time = studio
        .scheduler
        .compute(move |_| state.forecasts.time(settings, (width, height), &state.networks.all()))
        .await?;
    Ok(axum::Json(ForecastView { width, height, seconds: time.as_secs_f64() }))
}

/// Get the classes that the networks see in the picture.
#[utoipa::path(get, path = "/api/pictures/{id}/classes", tag = "pictures", params(("id" = String, Path)),
    responses((status = 200, body = ClassesView)))]
pub async fn classes(State(studio): Studio, Path(id): Path<String>) -> Result<axum::Json<ClassesView>, Problem> {
    let id = find_picture(&studio.store, &id)?.id;
    let state = studio.clone();
    let turn = studio.scheduler.compute(move |_| {
        let picture = state.thumbnails.small(&id, 1280)?;
        let networks = state.networks.all();
        let of = |name: &str| -> Result<NetworkClasses, Problem> {
            let classes = look::classify(&*networks.get(name)?, &picture)?;
            let view = |class: look::Class| ClassView {
                name: class.name,
                wordnet: class.wordnet.unwrap_or_default(),
                probability: class.probability,
            };
            Ok(NetworkClasses { model: name.into(), classes: classes.into_iter().take(CLASSES).map(view).collect() })
        };
        let names = oneiric_zoo::models().iter().map(|model| model.name).chain(networks.trained());
        Ok(ClassesView { networks: names.map(of).collect::<Result<_, _>>()? })
    });
    turn.await.map(axum::Json)
}

/// Returns an answer that is not cached.
pub fn fleeting(bytes: Vec<u8>, kind: &str) -> Response {
    super::picture(bytes, kind, REVALIDATE)
}
