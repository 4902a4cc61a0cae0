//! Lessons: a small network learns in view.

use std::convert::Infallible;
use std::sync::Arc;

use axum::body::Body;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use futures_util::stream;

use super::extract::{Query, State};
use super::{REVALIDATE, Studio};
use crate::core::{LessonRun, StudioState, find_picture, lesson_dream, lesson_sheet, lesson_view};
use crate::wire::{LessonDreamQuery, LessonQuery, LessonStepView, LessonView, Problem};

/// One JSON value a line.
const LINES: &str = "application/x-ndjson";

/// Get the pictures of a lesson: drawn dogs and other animals, or the first two classes of a training.
#[utoipa::path(get, path = "/api/learn/lesson", tag = "learn", params(LessonQuery),
    responses((status = 200, body = LessonView)))]
pub async fn about(State(studio): Studio, Query(query): Query<LessonQuery>) -> Result<axum::Json<LessonView>, Problem> {
    let state = studio.clone();
    let view = studio.scheduler.compute(move |_| Ok(lesson_view(&state.lessons.begin(&state, &query)?)));
    view.await.map(axum::Json)
}

/// Get the pictures of a lesson in one sheet.
#[utoipa::path(get, path = "/api/learn/lesson/sheet", tag = "learn", params(LessonQuery),
    responses((status = 200, content_type = "image/jpeg")))]
pub async fn sheet(State(studio): Studio, Query(query): Query<LessonQuery>) -> Result<Response, Problem> {
    let state = studio.clone();
    let sheet = studio.scheduler.compute(move |_| lesson_sheet(&*state.lessons.pictures(&state, &query)?));
    Ok(super::picture(sheet.await?, "image/jpeg", REVALIDATE))
}

/// Take a lesson: the answer has a line for each step as it is taken, and ends early if nobody reads it.
#[utoipa::path(get, path = "/api/learn/lesson/run", tag = "learn", params(LessonQuery),
    responses((status = 200, body = LessonStepView, content_type = "application/x-ndjson")))]
pub async fn run(State(studio): Studio, Query(query): Query<LessonQuery>) -> Result<Response, Problem> {
    let about = [(header::CONTENT_TYPE, LINES), (header::CACHE_CONTROL, "no-store")];
    if let Some(lines) = studio.lessons.taken(&query) {
        return Ok((about, lines.to_string()).into_response());
    }
    let (state, begun) = (studio.clone(), query.clone());
    let run = studio.scheduler.compute(move |_| state.lessons.run(&state, &begun)).await?;
    let lines = stream::unfold(Some((studio, query, run)), |before| async {
        let (studio, query, run) = before?;
        match turn(&studio, query.clone(), run).await {
            Ok((run, lines)) => Some((Ok::<_, Infallible>(lines), (!run.is_over()).then_some((studio, query, run)))),
            // The reader sees that lines are missing.
            Err(problem) => {
                tracing::warn!("a lesson ended early: {}", problem.detail);
                None
            }
        }
    });
    Ok((about, Body::from_stream(lines)).into_response())
}

/// Some steps, as lines.
async fn turn(
    studio: &Arc<StudioState>,
    query: LessonQuery,
    mut run: LessonRun,
) -> Result<(LessonRun, String), Problem> {
    let state = studio.clone();
    let turn = studio.scheduler.compute(move |_| {
        let lines = state.lessons.turn(&query, &mut run)?;
        Ok((run, lines))
    });
    turn.await
}

/// Dream of the first class with the network of a lesson, when it has learned.
#[utoipa::path(get, path = "/api/learn/lesson/dream", tag = "learn", params(LessonQuery, LessonDreamQuery),
    responses((status = 200, content_type = "image/jpeg")))]
pub async fn dream(
    State(studio): Studio,
    Query(query): Query<LessonQuery>,
    Query(LessonDreamQuery { picture }): Query<LessonDreamQuery>,
) -> Result<Response, Problem> {
    let (state, picture) = (studio.clone(), find_picture(&studio.store, &picture)?.id);
    let dream = studio.scheduler.compute(move |cancel| lesson_dream(&state, &query, &picture, cancel));
    Ok(super::picture(dream.await?, "image/jpeg", REVALIDATE))
}
