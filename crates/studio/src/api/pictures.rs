//! Pictures come in and are shown.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use futures_util::StreamExt;
use oneiric::inspect::look;
use oneiric::picture::{DEFAULT_QUALITY, PictureFile};
use oneiric::recipe::sha256;
use oneiric::{Format, LazyPhoto, Limits, PhotoSource};
use serde::{Deserialize, Serialize};
use tokio_util::io::ReaderStream;
use utoipa::{IntoParams, ToSchema};

use super::extract::{Json, Path, Query};
use super::shown::{ToldPicture, told_picture};
use super::{ASK_AGAIN, FOR_EVER, FileBytes, Studio, mime, mime_of};
use crate::look::Look;
use crate::making::{AskedPlaces, known, plain_name, recipe_inside};
use crate::problem::Problem;
use crate::store::Picture;
use crate::studio::Inner;

/// An upload may rest for so long, and after a while has to have come with so many bytes a second.
const REST: Duration = Duration::from_secs(20);
const SLOW_AFTER: Duration = Duration::from_secs(10);
const SLOWEST: f64 = 1000.0;
/// Longest side of a landscape.
const LARGEST_SKY: usize = 2048;
/// Classes that are told of each network.
const CLASSES: usize = 10;

#[derive(Deserialize, IntoParams)]
pub struct Name {
    /// What the picture is called.
    #[serde(default)]
    name: String,
}

/// Upload a picture: JPEG, PNG, WebP, GIF, BMP or TIFF.
#[utoipa::path(post, path = "/api/pictures", tag = "pictures", params(Name),
    request_body(content = FileBytes, content_type = "application/octet-stream"),
    responses((status = 201, body = ToldPicture)))]
pub async fn upload(
    State(studio): Studio,
    Query(Name { name }): Query<Name>,
    body: Body,
) -> Result<(StatusCode, axum::Json<ToldPicture>), Problem> {
    let limit = studio.config.upload;
    studio.has_room()?;
    let mut upload = studio.store.upload()?;
    let (mut stream, mut length, begun) = (body.into_data_stream(), 0, Instant::now());
    loop {
        let piece = tokio::time::timeout(REST, stream.next()).await.map_err(|_| Problem::too_slow())?;
        let Some(piece) = piece else { break };
        let piece = piece.map_err(|e| Problem::malformed(format!("the upload broke off: {e}")))?;
        length += piece.len() as u64;
        if length > limit {
            return Err(Problem::too_large(format!("Pictures of up to {} MB are taken.", limit / 1_000_000)));
        }
        let time = begun.elapsed();
        if time > SLOW_AFTER && (length as f64) < time.as_secs_f64() * SLOWEST {
            return Err(Problem::too_slow());
        }
        upload.write(&piece)?;
    }
    // Decoding takes a while, and more memory than many at once may have.
    let told = studio.clone();
    let turn = studio.turns.show(move || {
        let file = PictureFile::open(upload.path(), &Limits::default())?;
        let kind = mime(file.bytes())?;
        let (width, height) = file.size()?;
        let picture = file.decode()?;
        let recipe = recipe_inside(file.bytes())?;
        let (id, bytes) = (sha256(file.bytes()), file.bytes().len() as u64);
        drop(file);
        told.store.keep(upload, &id)?;
        told.views.decoded(&id, &picture);
        let name = plain_name(&name);
        add(&told, Picture { id, name, kind: kind.into(), width, height, bytes, created: 0, recipe })
    });
    turn.await.map(|told| (StatusCode::CREATED, axum::Json(told)))
}

fn add(studio: &Inner, picture: Picture) -> Result<ToldPicture, Problem> {
    studio.store.add_picture(&picture)?;
    told_picture(&studio.store, &known(&studio.store, &picture.id)?)
}

/// A landscape.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Sky {
    /// What it looks like.
    seed: u32,
    /// The longer side in pixels.
    #[serde(default)]
    #[schema(minimum = 64, maximum = 2048)]
    size: Option<usize>,
}

/// Draw a landscape under a sky.
#[utoipa::path(post, path = "/api/skies", tag = "pictures", request_body = Sky,
    responses((status = 201, body = ToldPicture)))]
pub async fn sky(
    State(studio): Studio,
    Json(Sky { seed, size }): Json<Sky>,
) -> Result<(StatusCode, axum::Json<ToldPicture>), Problem> {
    if size.is_some_and(|size| !(64..=LARGEST_SKY).contains(&size)) {
        return Err(Problem::invalid(format!("a sky's longer side is 64 to {LARGEST_SKY} pixels")));
    }
    studio.has_room()?;
    let told = studio.clone();
    let turn = studio.turns.ask(move |_| {
        let bytes = LazyPhoto::landscape(u64::from(seed), size).read()?.encode(Format::Png, DEFAULT_QUALITY)?;
        let id = told.keep_picture(&bytes, &format!("sky {seed}.png"), None)?;
        told_picture(&told.store, &known(&told.store, &id)?)
    });
    turn.await.map(|told| (StatusCode::CREATED, axum::Json(told)))
}

/// Tell of a picture.
#[utoipa::path(get, path = "/api/pictures/{id}", tag = "pictures", params(("id" = String, Path)),
    responses((status = 200, body = ToldPicture)))]
pub async fn about(State(studio): Studio, Path(id): Path<String>) -> Result<axum::Json<ToldPicture>, Problem> {
    told_picture(&studio.store, &known(&studio.store, &id)?).map(axum::Json)
}

/// The file as it came.
#[utoipa::path(get, path = "/api/pictures/{id}/file", tag = "pictures", params(("id" = String, Path)),
    responses((status = 200, content_type = "image/*")))]
pub async fn file(State(studio): Studio, Path(id): Path<String>) -> Result<Response, Problem> {
    let about = known(&studio.store, &id)?;
    let file = tokio::fs::File::open(studio.store.blob(&about.id)).await?;
    Ok(super::picture(Body::from_stream(ReaderStream::new(file)), &about.kind, FOR_EVER))
}

#[derive(Deserialize, IntoParams)]
pub struct Side {
    /// Longer side in pixels, rounded up to 160, 320, 640, 1280 or 2048.
    #[serde(default = "usual_side")]
    pub side: usize,
}

fn usual_side() -> usize {
    1280
}

/// The picture as a page shows it: JPEG, or PNG if it has transparency.
#[utoipa::path(get, path = "/api/pictures/{id}/view", tag = "pictures", params(("id" = String, Path), Side),
    responses((status = 200, content((FileBytes = "image/jpeg"), (FileBytes = "image/png")))))]
pub async fn view(
    State(studio): Studio,
    Path(id): Path<String>,
    Query(Side { side }): Query<Side>,
) -> Result<Response, Problem> {
    view_of(studio, &id, side).await
}

/// A view of a picture.
pub async fn view_of(studio: Arc<Inner>, id: &str, side: usize) -> Result<Response, Problem> {
    let id = known(&studio.store, id)?.id;
    let told = studio.clone();
    let (bytes, format) = studio.turns.show(move || told.views.view(&id, side)).await?;
    Ok(super::picture(bytes, mime_of(format), FOR_EVER))
}

#[derive(Deserialize, IntoParams)]
pub struct Preview {
    /// A look as JSON.
    look: String,
    /// Where it grows, as JSON as in a request for a dream; everywhere without it. Pixels are those of the small dream.
    #[serde(default)]
    places: Option<String>,
    /// Longer side in pixels, 64 to 512.
    #[serde(default = "preview_side")]
    side: usize,
}

fn preview_side() -> usize {
    240
}

/// Reads a look that stands in an address.
pub fn look_of(text: &str) -> Result<Look, Problem> {
    serde_json::from_str(text).map_err(|e| Problem::malformed(format!("the look cannot be read: {e}")))
}

fn places_of(text: &str) -> Result<AskedPlaces, Problem> {
    serde_json::from_str(text).map_err(|e| Problem::malformed(format!("the places cannot be read: {e}")))
}

/// A small dream of the picture, at once.
#[utoipa::path(get, path = "/api/pictures/{id}/preview", tag = "pictures", params(("id" = String, Path), Preview),
    responses((status = 200, content_type = "image/jpeg")))]
pub async fn preview(
    State(studio): Studio,
    Path(id): Path<String>,
    Query(Preview { look, places, side }): Query<Preview>,
) -> Result<Response, Problem> {
    let (id, look) = (known(&studio.store, &id)?.id, look_of(&look)?);
    let places = places.as_deref().map_or_else(|| Ok(AskedPlaces::default()), places_of)?;
    let told = studio.clone();
    let bytes = studio.turns.ask(move |gone| told.views.preview(&id, &look, &places, side, gone)).await?;
    Ok(super::picture(bytes, "image/jpeg", FOR_EVER))
}

/// What the networks think a picture is.
#[derive(Serialize, ToSchema)]
pub struct Classes {
    networks: Vec<OfNetwork>,
}

/// What one of them thinks.
#[derive(Serialize, ToSchema)]
pub struct OfNetwork {
    model: &'static str,
    /// The likeliest first.
    classes: Vec<Class>,
}

/// A class and how likely it is.
#[derive(Serialize, ToSchema)]
pub struct Class {
    name: String,
    /// Its synset.
    wordnet: &'static str,
    /// 0 to 1.
    probability: f32,
}

/// What is it, in the networks' eyes?
#[utoipa::path(get, path = "/api/pictures/{id}/classes", tag = "pictures", params(("id" = String, Path)),
    responses((status = 200, body = Classes)))]
pub async fn classes(State(studio): Studio, Path(id): Path<String>) -> Result<axum::Json<Classes>, Problem> {
    let id = known(&studio.store, &id)?.id;
    let told = studio.clone();
    let turn = studio.turns.ask(move |_| {
        let picture = told.views.small(&id, 1280)?;
        let of = |model: &'static oneiric_zoo::Model| -> Result<OfNetwork, Problem> {
            let network = oneiric_zoo::load(model.name)?;
            let classes = look::classify(&network, &picture)?;
            let told = |class: look::Class| Class {
                name: class.name,
                wordnet: class.wordnet.unwrap_or_default(),
                probability: class.probability,
            };
            Ok(OfNetwork { model: model.name, classes: classes.into_iter().take(CLASSES).map(told).collect() })
        };
        Ok(Classes { networks: oneiric_zoo::models().iter().map(of).collect::<Result<_, _>>()? })
    });
    turn.await.map(axum::Json)
}

/// An answer that has to be asked for again the next time.
pub fn fleeting(bytes: Vec<u8>, kind: &str) -> Response {
    super::picture(bytes, kind, ASK_AGAIN)
}
