//! The HTTP server: the API, one file a subject, and the page, which uses only that API.

mod about;
mod attachment;
mod catalogue;
mod classroom;
mod depends;
mod dreams;
mod events;
mod explore;
mod export;
mod extract;
mod guard;
mod headers;
mod jobs;
mod lessons;
mod login;
mod loops;
mod networks;
mod pictures;
mod server;
mod trainings;
mod upload;
mod wall;
mod web;

use std::sync::Arc;

use axum::body::Body;
use axum::http::header;
use axum::middleware;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Router, extract::DefaultBodyLimit};
use utoipa::openapi::schema::{KnownFormat, Object, Schema, SchemaFormat, Type};
use utoipa::openapi::{Content, Ref, RefOr, ResponseBuilder};
use utoipa::{OpenApi, PartialSchema, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::core::Spaces;
use crate::wire::{FileFormat, Problem};

use attachment::attachment;
pub use server::serve;

/// The studio that answers.
type Studio = extract::State;

/// The schema of a file's bytes in the OpenAPI document.
pub enum FileBytes {}

impl PartialSchema for FileBytes {
    fn schema() -> RefOr<Schema> {
        let format = SchemaFormat::KnownFormat(KnownFormat::Binary);
        Object::builder().schema_type(Type::String).format(Some(format)).into()
    }
}

impl ToSchema for FileBytes {}

/// The most bytes of a request's body, except for uploads.
const BODY: usize = 1 << 20;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Oneiric's studio",
        description = "Dreams over HTTP, on your own machine. Answers of status 400 and above are problem documents (RFC 9457)."
    ),
    components(schemas(Problem, FileFormat)),
    tags(
        (name = "pictures", description = "Photos, masks and guide images. The id of a picture is the SHA-256 of its bytes."),
        (name = "jobs", description = "The queue of dreams and trainings, made one after the other."),
        (name = "dreams", description = "The gallery."),
        (name = "explore", description = "The activations of a network, and visualizations of its channels."),
        (name = "trainings", description = "Classes with pictures, and the networks that learn them."),
        (name = "learn", description = "What the chapters of Learn show: dreams step by step, lessons."),
        (name = "networks", description = "Trained networks."),
        (name = "catalogue", description = "Presets, options and networks to choose from."),
        (name = "classroom", description = "A class, whose visitors have spaces of their own, and its wall."),
        (name = "studio", description = "The studio itself."),
    )
)]
struct About;

fn api() -> OpenApiRouter<Arc<Spaces>> {
    OpenApiRouter::with_openapi(About::openapi())
        .routes(routes!(pictures::upload))
        .routes(routes!(pictures::landscape))
        .routes(routes!(pictures::about))
        .routes(routes!(pictures::file))
        .routes(routes!(pictures::view))
        .routes(routes!(pictures::preview))
        .routes(routes!(pictures::forecast))
        .routes(routes!(pictures::classes))
        .routes(routes!(jobs::submit, jobs::list))
        .routes(routes!(jobs::about))
        .routes(routes!(jobs::frame))
        .routes(routes!(jobs::cancel))
        .routes(routes!(jobs::put))
        .routes(routes!(jobs::again))
        .routes(routes!(jobs::queue))
        .routes(routes!(dreams::list))
        .routes(routes!(dreams::about, dreams::change, dreams::delete))
        .routes(routes!(dreams::restore))
        .routes(routes!(dreams::view))
        .routes(routes!(dreams::file))
        .routes(routes!(dreams::octave))
        .routes(routes!(dreams::picture))
        .routes(routes!(dreams::branch))
        .routes(routes!(dreams::recipe))
        .routes(routes!(export::all))
        .routes(routes!(explore::layer))
        .routes(routes!(explore::sheet))
        .routes(routes!(explore::map))
        .routes(routes!(explore::position))
        .routes(routes!(explore::kernels))
        .routes(routes!(explore::channel))
        .routes(routes!(explore::channels, explore::want))
        .routes(routes!(depends::receptive_fields))
        .routes(routes!(depends::inputs))
        .routes(routes!(depends::patches))
        .routes(routes!(depends::ordinary))
        .routes(routes!(loops::about))
        .routes(routes!(loops::picture))
        .routes(routes!(loops::gradient))
        .routes(routes!(trainings::list, trainings::begin))
        .routes(routes!(trainings::about, trainings::change, trainings::delete))
        .routes(routes!(trainings::start))
        .routes(routes!(trainings::add_class))
        .routes(routes!(trainings::rename_class, trainings::delete_class))
        .routes(routes!(trainings::add_to_class))
        .routes(routes!(trainings::remove))
        .routes(routes!(trainings::restore))
        .routes(routes!(networks::list, networks::load))
        .routes(routes!(networks::rename, networks::delete))
        .routes(routes!(networks::restore))
        .routes(routes!(networks::file))
        .routes(routes!(networks::answer))
        .routes(routes!(lessons::about))
        .routes(routes!(lessons::sheet))
        .routes(routes!(lessons::run))
        .routes(routes!(lessons::dream))
        .routes(routes!(catalogue::all))
        .routes(routes!(catalogue::search))
        .routes(routes!(catalogue::settings))
        .routes(routes!(catalogue::command))
        .routes(routes!(events::watch))
        .routes(routes!(classroom::join))
        .routes(routes!(classroom::about, classroom::change))
        .routes(routes!(classroom::end))
        .routes(routes!(classroom::invitation))
        .routes(routes!(wall::list, wall::offer))
        .routes(routes!(wall::change, wall::remove))
        .routes(routes!(wall::picture))
        .routes(routes!(wall::put))
        .routes(routes!(login::login))
        .routes(routes!(login::logout))
        .routes(routes!(about::health))
        .routes(routes!(about::metrics))
}

/// Returns the OpenAPI document of the API.
pub fn document() -> utoipa::openapi::OpenApi {
    let mut document = api().into_openapi();
    // Any request may be answered with a problem.
    let problem = Content::new(Some(Ref::from_schema_name("Problem")));
    for item in document.paths.paths.values_mut() {
        let operations = [&mut item.get, &mut item.post, &mut item.patch, &mut item.delete];
        for operation in operations.into_iter().flatten() {
            for (statuses, blame) in
                [("4XX", "The request cannot be answered as it is."), ("5XX", "The studio failed.")]
            {
                let response = ResponseBuilder::new().description(blame);
                let response = response.content("application/problem+json", problem.clone()).build();
                operation.responses.responses.insert(statuses.into(), RefOr::T(response));
            }
        }
    }
    document
}

/// Returns the routes of the API and the page.
pub fn router(spaces: Arc<Spaces>) -> Router {
    let (api, _) = api().split_for_parts();
    let router = api
        .route("/api/openapi.json", get(about::document))
        .route("/api/docs", get(web::docs))
        .route("/assets/{*path}", get(web::asset))
        .route("/login", get(web::login))
        .route("/join", get(web::join))
        .route("/", get(web::index))
        .route("/dream", get(web::index))
        .route("/explorer", get(web::index))
        .route("/gallery", get(web::index))
        .route("/train", get(web::index))
        .route("/learn", get(web::index))
        .route("/learn/{chapter}", get(web::index))
        .fallback(async || Problem::not_found("page"))
        .method_not_allowed_fallback(async || {
            Problem::malformed("This method is not allowed here.").status(axum::http::StatusCode::METHOD_NOT_ALLOWED)
        })
        .layer(DefaultBodyLimit::max(BODY))
        .layer(middleware::from_fn_with_state(spaces.clone(), guard::guard))
        .with_state(spaces);
    headers::with_headers(router)
}

/// `Cache-Control` of an answer that never changes.
const IMMUTABLE: &str = "private, max-age=31536000, immutable";
/// `Cache-Control` of an answer that may change.
const REVALIDATE: &str = "no-cache";

/// Returns a picture as an answer.
fn picture(bytes: impl Into<Body>, kind: &str, cache_control: &'static str) -> Response {
    ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, cache_control)], bytes.into()).into_response()
}
