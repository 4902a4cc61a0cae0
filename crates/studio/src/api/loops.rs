//! Dreams step by step.

use std::sync::Arc;

use axum::response::Response;

use super::extract::{Path, Query, State};
use super::pictures::look_of;
use super::{IMMUTABLE, REVALIDATE, Studio};
use crate::core::{DreamLoop, StudioState, find_picture};
use crate::wire::{LoopQuery, LoopRangeQuery, LoopView, Problem};

/// Get the numbers of a dream up to a step.
#[utoipa::path(get, path = "/api/learn/loop/{picture}", tag = "learn", params(("picture" = String, Path), LoopRangeQuery),
    responses((status = 200, body = LoopView)))]
pub async fn about(
    State(studio): Studio,
    Path(id): Path<String>,
    Query(LoopRangeQuery { look, to }): Query<LoopRangeQuery>,
) -> Result<axum::Json<LoopView>, Problem> {
    Ok(axum::Json(grown(&studio, &id, &look, to).await?.view(to)))
}

/// Get the picture after some steps, in the size of its octave.
#[utoipa::path(get, path = "/api/learn/loop/{picture}/{step}/picture", tag = "learn",
    params(("picture" = String, Path), ("step" = usize, Path), LoopQuery),
    responses((status = 200, content_type = "image/jpeg")))]
pub async fn picture(
    State(studio): Studio,
    Path((id, step)): Path<(String, usize)>,
    Query(LoopQuery { look }): Query<LoopQuery>,
) -> Result<Response, Problem> {
    let file = grown(&studio, &id, &look, step).await?.picture(step);
    jpeg(&studio, &look, file.ok_or_else(|| Problem::not_found("step"))?)
}

/// Get the gradient that the next step follows, drawn on mid-grey: brighter where a value should grow. There is none after the
/// last step.
#[utoipa::path(get, path = "/api/learn/loop/{picture}/{step}/gradient", tag = "learn",
    params(("picture" = String, Path), ("step" = usize, Path), LoopQuery),
    responses((status = 200, content_type = "image/jpeg")))]
pub async fn gradient(
    State(studio): Studio,
    Path((id, step)): Path<(String, usize)>,
    Query(LoopQuery { look }): Query<LoopQuery>,
) -> Result<Response, Problem> {
    let file = grown(&studio, &id, &look, step).await?.gradient(step);
    jpeg(&studio, &look, file.ok_or_else(|| Problem::not_found("step"))?)
}

/// Returns the dream of a picture, grown up to a step or to its end. Each turn of the scheduler takes a few steps, so that other
/// requests come in between; nothing more grows once this request is dropped.
async fn grown(studio: &Arc<StudioState>, id: &str, look: &str, step: usize) -> Result<Arc<DreamLoop>, Problem> {
    let (id, look) = (find_picture(&studio.store, id)?.id, look_of(look)?);
    let state = studio.clone();
    let open = move |_: &_| state.loops.open(&state.thumbnails, &state.networks, &id, &look);
    let dream = studio.scheduler.compute(open).await?;
    loop {
        let (state, grows) = (studio.clone(), dream.clone());
        if studio.scheduler.compute(move |cancel| state.loops.advance(&grows, step, cancel)).await? {
            return Ok(dream);
        }
    }
}

fn jpeg(studio: &StudioState, look: &str, file: Arc<[u8]>) -> Result<Response, Problem> {
    // A trained network can be replaced by another one of the same name.
    let cache = if studio.networks.are_named_in(look) { REVALIDATE } else { IMMUTABLE };
    Ok(super::picture(file.to_vec(), "image/jpeg", cache))
}
