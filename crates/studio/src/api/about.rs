//! The OpenAPI document, the health check and the metrics.

use axum::Extension;
use axum::http::header;
use axum::response::{IntoResponse, Response};

use super::Studio;
use super::extract::State;
use crate::core::Member;
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
pub async fn metrics(State(studio): Studio, member: Option<Extension<Member>>) -> Result<Response, Problem> {
    // The numbers are those of all together.
    if member.is_some_and(|member| !member.is_teacher()) {
        return Err(Problem::forbidden("Only your teacher can see this."));
    }
    let text = studio.metrics.text(studio.store.waiting()?, studio.store.bytes()?.0);
    Ok(([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], text).into_response())
}
