//! The OpenAPI document, the health check and the metrics.

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};

use super::Studio;
use crate::wire::Problem;

/// The OpenAPI document.
pub async fn document() -> Response {
    axum::Json(super::document()).into_response()
}

/// Check that the studio works.
#[utoipa::path(get, path = "/healthz", tag = "studio",
    responses((status = 200, body = String, content_type = "text/plain")))]
pub async fn health(State(studio): Studio) -> Result<&'static str, Problem> {
    studio.store.waiting()?;
    Ok("well\n")
}

/// Get metrics for Prometheus.
#[utoipa::path(get, path = "/metrics", tag = "studio",
    responses((status = 200, body = String, content_type = "text/plain")))]
pub async fn metrics(State(studio): Studio) -> Result<Response, Problem> {
    let text = studio.metrics.text(studio.store.waiting()?, studio.store.bytes()?);
    Ok(([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], text).into_response())
}
