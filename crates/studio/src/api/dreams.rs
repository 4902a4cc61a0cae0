//! The gallery.

use std::fs;

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use oneiric::picture::DEFAULT_QUALITY;
use oneiric::picture::resize::resized;
use oneiric::recipe::{Recipe, stamped};
use oneiric::render::octave_sizes;
use oneiric::settings::options::option;
use oneiric::{Finish, Format, LazyPhoto, PhotoSource, Picture, Settings, preset};

use super::extract::{Json, Path, Query, State, number};
use super::jobs::add;
use super::pictures::view_of;
use super::{FileBytes, REVALIDATE, Studio, attachment};
use crate::core::StudioState;
use crate::core::{checked_name, dream_view, find_picture, mime_of, open_picture_file, picture_view, recipe_inside};
use crate::store::{DreamFilter, DreamRecord, NewJob};
use crate::wire::{
    BranchRequest, DeletedDream, DreamChange, DreamPageView, DreamQuery, DreamView, FileQuery, JobView, LookSettings,
    OptionValue, PictureView, Problem, SideQuery, SnapshotRequest, WHOLE,
};

/// The number of dreams on a page: by default, and at most.
const PAGE: usize = 60;
const LARGEST_PAGE: usize = 500;

/// Returns the dream with this id.
pub fn find(studio: &StudioState, id: &str) -> Result<DreamRecord, Problem> {
    studio.store.dream(number(id, "dream")?)?.ok_or_else(|| Problem::not_found("dream"))
}

/// List dreams.
#[utoipa::path(get, path = "/api/dreams", tag = "dreams", params(DreamQuery),
    responses((status = 200, body = DreamPageView)))]
pub async fn list(
    State(studio): Studio,
    Query(wanted): Query<DreamQuery>,
) -> Result<axum::Json<DreamPageView>, Problem> {
    let DreamQuery { q, filter, photo, class, favourite, after, before, limit, cursor } = wanted;
    let filter = DreamFilter { words: q, filter, photo, class, favourite, after, before };
    let cursor = cursor.as_deref().map(|cursor| number(cursor, "page")).transpose()?;
    let page = studio.store.dreams(&filter, limit.unwrap_or(PAGE).clamp(1, LARGEST_PAGE), cursor)?;
    let networks = studio.networks.all();
    Ok(axum::Json(DreamPageView {
        dreams: page.dreams.iter().map(|dream| dream_view(dream, &networks)).collect(),
        next: page.next.map(|id| id.to_string()),
        total: page.total,
        filters: studio.store.filters()?,
    }))
}

/// Get a dream.
#[utoipa::path(get, path = "/api/dreams/{id}", tag = "dreams", params(("id" = String, Path)),
    responses((status = 200, body = DreamView)))]
pub async fn about(State(studio): Studio, Path(id): Path<String>) -> Result<axum::Json<DreamView>, Problem> {
    Ok(axum::Json(dream_view(&find(&studio, &id)?, &studio.networks.all())))
}

/// Rename a dream, or make it a favourite.
#[utoipa::path(patch, path = "/api/dreams/{id}", tag = "dreams", params(("id" = String, Path)), request_body = DreamChange,
    responses((status = 200, body = DreamView)))]
pub async fn change(
    State(studio): Studio,
    Path(id): Path<String>,
    Json(change): Json<DreamChange>,
) -> Result<axum::Json<DreamView>, Problem> {
    let dream = find(&studio, &id)?;
    if let Some(name) = change.name {
        studio.store.rename(dream.id, &checked_name(&name))?;
    }
    if let Some(favourite) = change.favourite {
        studio.store.favour(dream.id, favourite)?;
    }
    studio.publish_dream(dream.id);
    about(State(studio), Path(id)).await
}

/// Delete a dream. It can be restored for 30 days.
#[utoipa::path(delete, path = "/api/dreams/{id}", tag = "dreams", params(("id" = String, Path)),
    responses((status = 204)))]
pub async fn delete(State(studio): Studio, Path(id): Path<String>) -> Result<StatusCode, Problem> {
    let dream = find(&studio, &id)?;
    if !studio.store.delete(dream.id, true)? {
        return Err(Problem::not_found("dream"));
    }
    studio.hub.publish("dream", &DeletedDream { id, deleted: true });
    Ok(StatusCode::NO_CONTENT)
}

/// Restore a deleted dream.
#[utoipa::path(post, path = "/api/dreams/{id}/restore", tag = "dreams", params(("id" = String, Path)),
    responses((status = 200, body = DreamView)))]
pub async fn restore(State(studio): Studio, Path(id): Path<String>) -> Result<axum::Json<DreamView>, Problem> {
    let dream = find(&studio, &id)?;
    studio.store.delete(dream.id, false)?;
    studio.publish_dream(dream.id);
    about(State(studio), Path(id)).await
}

/// Get the dream as a picture for a page.
#[utoipa::path(get, path = "/api/dreams/{id}/view", tag = "dreams", params(("id" = String, Path), SideQuery),
    responses((status = 200, content((FileBytes = "image/jpeg"), (FileBytes = "image/png")))))]
pub async fn view(
    State(studio): Studio,
    Path(id): Path<String>,
    Query(SideQuery { side }): Query<SideQuery>,
) -> Result<Response, Problem> {
    let dream = find(&studio, &id)?;
    view_of(studio, &dream.picture, side).await
}

/// Get the dream's file, with its recipe inside.
#[utoipa::path(get, path = "/api/dreams/{id}/file", tag = "dreams", params(("id" = String, Path), FileQuery),
    responses((status = 200, content((FileBytes = "image/png"), (FileBytes = "image/jpeg"), (FileBytes = "image/webp")))))]
pub async fn file(
    State(studio): Studio,
    Path(id): Path<String>,
    Query(FileQuery { format, strength }): Query<FileQuery>,
) -> Result<Response, Problem> {
    let dream = find(&studio, &id)?;
    let format = Format::from(format);
    let name = format!("{}.dream.{}", dream.name, format.endings()[0]);
    let state = studio.clone();
    let bytes = studio.scheduler.encode(move || encoded(&state, &dream, format, strength)).await?;
    let mut response = super::picture(bytes, mime_of(format), REVALIDATE);
    response.headers_mut().insert(header::CONTENT_DISPOSITION, attachment(&name));
    Ok(response)
}

/// The pictures that a blend holds: the dream, its photo and the samples of the encoder.
const PICTURES: u64 = 3;

/// Returns the bytes of a dream's file: the stored one, or a new one in another format or strength.
fn encoded(studio: &StudioState, dream: &DreamRecord, format: Format, strength: f32) -> Result<Vec<u8>, Problem> {
    let path = studio.store.blob(&dream.picture);
    if format == Format::Png && strength == WHOLE {
        return Ok(fs::read(path)?);
    }
    let encode = || {
        let picture = open_picture_file(&studio.store, &dream.picture)?.decode()?;
        Ok(blended(studio, dream, picture, strength)?.encode(format, DEFAULT_QUALITY)?)
    };
    let bytes = studio.decoding.run(&path, PICTURES, encode)?;
    let networks = studio.networks.all();
    let mut recipe = Recipe::read_with(&dream.recipe, &networks)?;
    let total = recipe.settings.finish.strength * strength;
    option("strength")?.set(&mut recipe.settings, &[total.to_string()], &networks)?;
    // The product of both strengths may be more than a recipe allows.
    Ok(if recipe.settings.check().is_ok() { stamped(bytes, &recipe.write()?)? } else { bytes })
}

/// Blends a picture of the dream's size with the dream's photo: `photo + strength * (picture - photo)`.
fn blended(studio: &StudioState, dream: &DreamRecord, picture: Picture, strength: f32) -> Result<Picture, Problem> {
    if strength == WHOLE {
        return Ok(picture);
    }
    let finish = Finish { strength, ..Finish::default() };
    Settings { finish, ..preset::words() }.check()?;
    let photo = LazyPhoto::file(open_picture_file(&studio.store, &dream.photo)?, dream.size)?;
    let photo = photo.read()?;
    let (width, height) = (picture.width(), picture.height());
    if (photo.width(), photo.height()) != (width, height) {
        return Err(Problem::conflict("The photo and its dream differ in size."));
    }
    let (mut pixels, alpha) = picture.into_parts();
    finish.apply(photo.pixels(), &mut pixels);
    Ok(Picture::with_alpha(width, height, pixels, alpha)?)
}

/// Returns the id of the picture after an octave, from 1; after the last one it is the dream itself.
fn after_octave(studio: &StudioState, dream: &DreamRecord, octave: usize) -> Result<String, Problem> {
    let kept = studio.store.octave(dream.id, octave)?;
    let whole = || (octave == dream.octaves + 1).then(|| dream.picture.clone());
    kept.or_else(whole).ok_or_else(|| Problem::not_found("octave"))
}

/// Get the picture after an octave, from 1.
#[utoipa::path(get, path = "/api/dreams/{id}/octaves/{octave}", tag = "dreams",
    params(("id" = String, Path), ("octave" = usize, Path)),
    responses((status = 200, content((FileBytes = "image/jpeg"), (FileBytes = "image/png")))))]
pub async fn octave(State(studio): Studio, Path((id, octave)): Path<(String, usize)>) -> Result<Response, Problem> {
    let picture = after_octave(&studio, &find(&studio, &id)?, octave)?;
    view_of(studio, &picture, 1280).await
}

/// Store a dream, an octave of it or a blend with its photo as a new picture.
#[utoipa::path(post, path = "/api/dreams/{id}/picture", tag = "dreams", params(("id" = String, Path)), request_body = SnapshotRequest,
    responses((status = 201, body = PictureView)))]
pub async fn picture(
    State(studio): Studio,
    Path(id): Path<String>,
    Json(SnapshotRequest { octave, strength }): Json<SnapshotRequest>,
) -> Result<(StatusCode, axum::Json<PictureView>), Problem> {
    let dream = find(&studio, &id)?;
    studio.check_disk_quota()?;
    let state = studio.clone();
    let turn = studio.scheduler.encode(move || {
        let id = match octave {
            None if strength == WHOLE => dream.picture,
            None => {
                let bytes = encoded(&state, &dream, Format::Png, strength)?;
                state.store_picture(
                    &bytes,
                    &format!("{}.png", dream.name),
                    recipe_inside(&bytes, &state.networks.all())?,
                )?
            }
            Some(octave) => {
                let kept = after_octave(&state, &dream, octave)?;
                let encode = || {
                    let kept = open_picture_file(&state.store, &kept)?.decode()?;
                    let enlarged = resized(&kept, (dream.width, dream.height));
                    Ok(blended(&state, &dream, enlarged, strength)?.encode(Format::Png, DEFAULT_QUALITY)?)
                };
                let bytes = state.decoding.run(&state.store.blob(&dream.picture), PICTURES, encode)?;
                state.store_picture(&bytes, &format!("{}, octave {octave}.png", dream.name), None)?
            }
        };
        picture_view(&state.store, &find_picture(&state.store, &id)?, &state.networks.all())
    });
    turn.await.map(|view| (StatusCode::CREATED, axum::Json(view)))
}

/// Queue a dream that ends after this octave.
#[utoipa::path(post, path = "/api/dreams/{id}/branch", tag = "dreams", params(("id" = String, Path)), request_body = BranchRequest,
    responses((status = 201, body = JobView)))]
pub async fn branch(
    State(studio): Studio,
    Path(id): Path<String>,
    Json(BranchRequest { octave }): Json<BranchRequest>,
) -> Result<(StatusCode, axum::Json<JobView>), Problem> {
    let dream = find(&studio, &id)?;
    let networks = studio.networks.all();
    let mut recipe = Recipe::read_with(&dream.recipe, &networks)?;
    let octaves = octave_sizes((dream.width, dream.height), &recipe.settings).len();
    if !(1..=octaves).contains(&octave) {
        return Err(Problem::invalid(format!("this dream has octaves 1 to {octaves}")));
    }
    let steps = recipe.settings.in_octave(octave).iterations;
    recipe.settings = recipe.settings.ending_at(octave, steps);
    let changes: Vec<String> = recipe.settings.octave_changes.iter().map(ToString::to_string).collect();
    let mut look: LookSettings = serde_json::from_str(&dream.look).map_err(Problem::internal)?;
    look.options.remove("octave");
    if !changes.is_empty() {
        look.options.insert("octave".into(), OptionValue::Many(changes));
    }
    let new = NewJob {
        training: None,
        name: format!("{}, octave {octave}", dream.name),
        photo: dream.photo,
        recipe: recipe.write()?,
        look: serde_json::to_string(&look).map_err(Problem::internal)?,
        size: dream.size,
        extent: (dream.width, dream.height),
        parent: Some(dream.id),
    };
    add(&studio, &new)
}

/// Get the dream's recipe.
#[utoipa::path(get, path = "/api/dreams/{id}/recipe", tag = "dreams", params(("id" = String, Path)),
    responses((status = 200, body = String, content_type = "text/plain")))]
pub async fn recipe(State(studio): Studio, Path(id): Path<String>) -> Result<Response, Problem> {
    Ok(find(&studio, &id)?.recipe.into_response())
}
