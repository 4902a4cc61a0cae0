//! The gallery.

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use oneiric::picture::DEFAULT_QUALITY;
use oneiric::picture::resize::resized;
use oneiric::recipe::{Recipe, stamped};
use oneiric::settings::options::option;
use oneiric::{Finish, Format, LazyPhoto, PhotoSource, Picture, Settings, preset};
use oneiric_zoo::Networks;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::extract::{Json, Path, Query, number};
use super::jobs::add;
use super::pictures::{Side, view_of};
use super::shown::{ToldDream, ToldJob, ToldPicture, told_dream, told_picture};
use super::{ASK_AGAIN, FileBytes, Studio, attachment, mime_of};
use crate::making::{known, open_file, plain_name, recipe_inside};
use crate::problem::Problem;
use crate::store::{Dream, Filter, NewJob};
use crate::studio::Inner;

/// Dreams that are listed at once unless more are asked for, and at most.
const USUAL: usize = 60;
const MOST: usize = 500;
/// The strength of the dream as it was made.
const WHOLE: f32 = 1.0;

fn find(studio: &Inner, id: &str) -> Result<Dream, Problem> {
    studio.store.dream(number(id, "dream")?)?.ok_or_else(|| Problem::missing("dream"))
}

#[derive(Deserialize, IntoParams)]
pub struct Wanted {
    /// Words that all have to be found in name, filter, objective or classes.
    #[serde(default)]
    q: String,
    /// The filter's name.
    filter: Option<String>,
    /// The id of the photo.
    photo: Option<String>,
    /// A word in the names of its classes.
    class: Option<String>,
    /// Only favourites, or only others.
    favourite: Option<bool>,
    /// Not made before this time, in milliseconds since 1970.
    after: Option<i64>,
    /// Made before this time.
    before: Option<i64>,
    /// How many, 1 to 500.
    limit: Option<usize>,
    /// Where the page before ended.
    cursor: Option<String>,
}

/// Some dreams, newest first.
#[derive(Serialize, ToSchema)]
pub struct Dreams {
    dreams: Vec<ToldDream>,
    /// The cursor of the next page, if there is one.
    next: Option<String>,
    /// How many there are in all.
    total: usize,
    /// The filters of all dreams that are kept, whatever is wanted of them.
    filters: Vec<String>,
}

/// List dreams.
#[utoipa::path(get, path = "/api/dreams", tag = "dreams", params(Wanted),
    responses((status = 200, body = Dreams)))]
pub async fn list(State(studio): Studio, Query(wanted): Query<Wanted>) -> Result<axum::Json<Dreams>, Problem> {
    let Wanted { q, filter, photo, class, favourite, after, before, limit, cursor } = wanted;
    let filter = Filter { words: q, filter, photo, class, favourite, after, before };
    let cursor = cursor.as_deref().map(|cursor| number(cursor, "page")).transpose()?;
    let page = studio.store.dreams(&filter, limit.unwrap_or(USUAL).clamp(1, MOST), cursor)?;
    Ok(axum::Json(Dreams {
        dreams: page.dreams.iter().map(told_dream).collect(),
        next: page.next.map(|id| id.to_string()),
        total: page.total,
        filters: studio.store.filters()?,
    }))
}

/// Tell of a dream.
#[utoipa::path(get, path = "/api/dreams/{id}", tag = "dreams", params(("id" = String, Path)),
    responses((status = 200, body = ToldDream)))]
pub async fn about(State(studio): Studio, Path(id): Path<String>) -> Result<axum::Json<ToldDream>, Problem> {
    Ok(axum::Json(told_dream(&find(&studio, &id)?)))
}

/// What is to change.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// Its name.
    #[serde(default)]
    name: Option<String>,
    /// Whether it is a favourite.
    #[serde(default)]
    favourite: Option<bool>,
}

/// Give a dream another name, or make it a favourite.
#[utoipa::path(patch, path = "/api/dreams/{id}", tag = "dreams", params(("id" = String, Path)), request_body = Change,
    responses((status = 200, body = ToldDream)))]
pub async fn change(
    State(studio): Studio,
    Path(id): Path<String>,
    Json(change): Json<Change>,
) -> Result<axum::Json<ToldDream>, Problem> {
    let dream = find(&studio, &id)?;
    if let Some(name) = change.name {
        studio.store.rename(dream.id, &plain_name(&name))?;
    }
    if let Some(favourite) = change.favourite {
        studio.store.favour(dream.id, favourite)?;
    }
    studio.tell_dream(dream.id);
    about(State(studio), Path(id)).await
}

/// Delete a dream. For a month it can be restored.
#[utoipa::path(delete, path = "/api/dreams/{id}", tag = "dreams", params(("id" = String, Path)),
    responses((status = 204)))]
pub async fn delete(State(studio): Studio, Path(id): Path<String>) -> Result<StatusCode, Problem> {
    let dream = find(&studio, &id)?;
    if !studio.store.delete(dream.id, true)? {
        return Err(Problem::missing("dream"));
    }
    studio.hub.tell("dream", &serde_json::json!({ "id": id, "deleted": true }));
    Ok(StatusCode::NO_CONTENT)
}

/// Bring a deleted dream back.
#[utoipa::path(post, path = "/api/dreams/{id}/restore", tag = "dreams", params(("id" = String, Path)),
    responses((status = 200, body = ToldDream)))]
pub async fn restore(State(studio): Studio, Path(id): Path<String>) -> Result<axum::Json<ToldDream>, Problem> {
    let dream = find(&studio, &id)?;
    studio.store.delete(dream.id, false)?;
    studio.tell_dream(dream.id);
    about(State(studio), Path(id)).await
}

/// The dream as a page shows it.
#[utoipa::path(get, path = "/api/dreams/{id}/view", tag = "dreams", params(("id" = String, Path), Side),
    responses((status = 200, content((FileBytes = "image/jpeg"), (FileBytes = "image/png")))))]
pub async fn view(
    State(studio): Studio,
    Path(id): Path<String>,
    Query(Side { side }): Query<Side>,
) -> Result<Response, Problem> {
    let dream = find(&studio, &id)?;
    view_of(studio, &dream.picture, side).await
}

#[derive(Deserialize, IntoParams)]
pub struct Download {
    /// png, jpeg or webp.
    #[serde(default)]
    format: FormatName,
    /// How much of the dream there is: 0 the photo, 1 the dream, up to 2.
    #[serde(default = "whole")]
    strength: f32,
}

/// A format to save a dream in.
#[derive(Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum FormatName {
    #[default]
    Png,
    Jpeg,
    Webp,
}

impl From<FormatName> for Format {
    fn from(name: FormatName) -> Self {
        match name {
            FormatName::Png => Self::Png,
            FormatName::Jpeg => Self::Jpeg,
            FormatName::Webp => Self::WebP,
        }
    }
}

/// The dream's file, with its recipe inside.
#[utoipa::path(get, path = "/api/dreams/{id}/file", tag = "dreams", params(("id" = String, Path), Download),
    responses((status = 200, content((FileBytes = "image/png"), (FileBytes = "image/jpeg"), (FileBytes = "image/webp")))))]
pub async fn file(
    State(studio): Studio,
    Path(id): Path<String>,
    Query(Download { format, strength }): Query<Download>,
) -> Result<Response, Problem> {
    let dream = find(&studio, &id)?;
    let format = Format::from(format);
    let name = format!("{}.dream.{}", dream.name, format.endings()[0]);
    let told = studio.clone();
    let bytes = studio.turns.show(move || encoded(&told, &dream, format, strength)).await?;
    let mut response = super::picture(bytes, mime_of(format), ASK_AGAIN);
    if let Ok(value) = attachment(&name).parse() {
        response.headers_mut().insert(header::CONTENT_DISPOSITION, value);
    }
    Ok(response)
}

/// A dream as a file: the one that is kept, or another of its pixels.
fn encoded(studio: &Inner, dream: &Dream, format: Format, strength: f32) -> Result<Vec<u8>, Problem> {
    let kept = open_file(&studio.store, &dream.picture)?;
    if format == Format::Png && strength == WHOLE {
        return Ok(kept.bytes().to_vec());
    }
    let bytes = blended(studio, dream, kept.decode()?, strength)?.encode(format, DEFAULT_QUALITY)?;
    let mut recipe = Recipe::read(&dream.recipe)?;
    let total = recipe.settings.finish.strength * strength;
    option("strength")?.set(&mut recipe.settings, &[total.to_string()], &Networks::default())?;
    // More than twice a dream that was strong already is what no recipe makes.
    Ok(if recipe.settings.check().is_ok() { stamped(bytes, &recipe.write()?)? } else { bytes })
}

/// So much of a picture of the dream's size over the dream's photo.
fn blended(studio: &Inner, dream: &Dream, picture: Picture, strength: f32) -> Result<Picture, Problem> {
    if strength == WHOLE {
        return Ok(picture);
    }
    let finish = Finish { strength, ..Finish::default() };
    Settings { finish, ..preset::words() }.check()?;
    let photo = LazyPhoto::file(open_file(&studio.store, &dream.photo)?, dream.size)?;
    let photo = photo.read()?;
    let (width, height) = (picture.width(), picture.height());
    if (photo.width(), photo.height()) != (width, height) {
        return Err(Problem::conflict("The photo has another size than its dream."));
    }
    let (mut pixels, alpha) = picture.into_parts();
    finish.apply(photo.pixels(), &mut pixels);
    Ok(Picture::with_alpha(width, height, pixels, alpha)?)
}

/// The id of the picture of a dream as it was after an octave, from 1 on; after the last one it is the dream itself.
fn after_octave(studio: &Inner, dream: &Dream, octave: usize) -> Result<String, Problem> {
    let kept = studio.store.octave(dream.id, octave)?;
    let whole = || (octave == dream.octaves + 1).then(|| dream.picture.clone());
    kept.or_else(whole).ok_or_else(|| Problem::missing("octave"))
}

/// How the dream was after an octave, from 1 on.
#[utoipa::path(get, path = "/api/dreams/{id}/octaves/{octave}", tag = "dreams",
    params(("id" = String, Path), ("octave" = usize, Path)),
    responses((status = 200, content((FileBytes = "image/jpeg"), (FileBytes = "image/png")))))]
pub async fn octave(State(studio): Studio, Path((id, octave)): Path<(String, usize)>) -> Result<Response, Problem> {
    let picture = after_octave(&studio, &find(&studio, &id)?, octave)?;
    view_of(studio, &picture, 1280).await
}

/// What is seen of a dream.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Seen {
    /// The octave after which it is seen, from 1 on, enlarged to the dream's size; else the whole dream.
    #[serde(default)]
    #[schema(minimum = 1)]
    octave: Option<usize>,
    /// How much of it there is: 0 the photo, 1 the dream, up to 2.
    #[serde(default = "whole")]
    #[schema(minimum = 0, maximum = 2)]
    strength: f32,
}

fn whole() -> f32 {
    WHOLE
}

/// Make what is seen of a dream a picture that can be dreamed on.
#[utoipa::path(post, path = "/api/dreams/{id}/picture", tag = "dreams", params(("id" = String, Path)), request_body = Seen,
    responses((status = 201, body = ToldPicture)))]
pub async fn picture(
    State(studio): Studio,
    Path(id): Path<String>,
    Json(Seen { octave, strength }): Json<Seen>,
) -> Result<(StatusCode, axum::Json<ToldPicture>), Problem> {
    let dream = find(&studio, &id)?;
    studio.has_room()?;
    let told = studio.clone();
    let turn = studio.turns.show(move || {
        let id = match octave {
            None if strength == WHOLE => dream.picture,
            None => {
                let bytes = encoded(&told, &dream, Format::Png, strength)?;
                told.keep_picture(&bytes, &format!("{}.png", dream.name), recipe_inside(&bytes)?)?
            }
            Some(octave) => {
                let kept = open_file(&told.store, &after_octave(&told, &dream, octave)?)?.decode()?;
                let enlarged = resized(&kept, (dream.width, dream.height));
                let bytes = blended(&told, &dream, enlarged, strength)?.encode(Format::Png, DEFAULT_QUALITY)?;
                told.keep_picture(&bytes, &format!("{}, octave {octave}.png", dream.name), None)?
            }
        };
        told_picture(&told.store, &known(&told.store, &id)?)
    });
    turn.await.map(|told| (StatusCode::CREATED, axum::Json(told)))
}

/// Where to branch off.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Branch {
    /// The octave after which the dream ends, from 1 on.
    #[schema(minimum = 1)]
    octave: usize,
}

/// Make the dream as it was after an octave a dream of its own.
#[utoipa::path(post, path = "/api/dreams/{id}/branch", tag = "dreams", params(("id" = String, Path)), request_body = Branch,
    responses((status = 201, body = ToldJob)))]
pub async fn branch(
    State(studio): Studio,
    Path(id): Path<String>,
    Json(Branch { octave }): Json<Branch>,
) -> Result<(StatusCode, axum::Json<ToldJob>), Problem> {
    let dream = find(&studio, &id)?;
    let mut recipe = Recipe::read(&dream.recipe)?;
    if !(1..=recipe.settings.octaves).contains(&octave) {
        return Err(Problem::invalid(format!("this dream has octaves 1 to {}", recipe.settings.octaves)));
    }
    let steps = recipe.settings.in_octave(octave).iterations;
    recipe.settings = recipe.settings.ending_at(octave, steps);
    let changes: Vec<String> = recipe.settings.octave_changes.iter().map(ToString::to_string).collect();
    let mut look: crate::look::Look = serde_json::from_str(&dream.look).map_err(Problem::ours)?;
    look.options.remove("octave");
    if !changes.is_empty() {
        look.options.insert("octave".into(), crate::look::Given::Many(changes));
    }
    let new = NewJob {
        name: format!("{}, octave {octave}", dream.name),
        photo: dream.photo,
        recipe: recipe.write()?,
        look: serde_json::to_string(&look).map_err(Problem::ours)?,
        size: dream.size,
        extent: (dream.width, dream.height),
        parent: Some(dream.id),
    };
    add(&studio, &new)
}

/// How the dream was made.
#[utoipa::path(get, path = "/api/dreams/{id}/recipe", tag = "dreams", params(("id" = String, Path)),
    responses((status = 200, body = String, content_type = "text/plain")))]
pub async fn recipe(State(studio): Studio, Path(id): Path<String>) -> Result<Response, Problem> {
    Ok(find(&studio, &id)?.recipe.into_response())
}
