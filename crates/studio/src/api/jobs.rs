//! The queue.

use std::sync::atomic::Ordering;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Studio;
use super::extract::{Json, Path, number};
use super::pictures::fleeting;
use super::shown::{ToldJob, told_job};
use crate::making::{Request, prepare};
use crate::problem::Problem;
use crate::store::{Job, NewJob, State as JobState, Stop};
use crate::studio::Inner;

type Created = (StatusCode, axum::Json<ToldJob>);

fn find(studio: &Inner, id: &str) -> Result<Job, Problem> {
    studio.store.job(number(id, "job")?)?.ok_or_else(|| Problem::missing("job"))
}

/// Adds a job and tells everyone.
pub fn add(studio: &Inner, new: &NewJob) -> Result<Created, Problem> {
    studio.has_room()?;
    let most = studio.config.queue;
    let full = || Problem::too_many(format!("{most} dreams wait already; try again when some are done."));
    let id = studio.store.submit(new, most)?.ok_or_else(full)?;
    studio.work.ring();
    studio.tell_job(id);
    let job = find(studio, &id.to_string())?;
    Ok((StatusCode::CREATED, axum::Json(told_job(studio, &job))))
}

/// Ask for a dream.
#[utoipa::path(post, path = "/api/jobs", tag = "jobs", request_body = Request,
    responses((status = 201, body = ToldJob)))]
pub async fn submit(State(studio): Studio, Json(request): Json<Request>) -> Result<Created, Problem> {
    let told = studio.clone();
    studio.turns.ask(move |_| add(&told, &prepare(&told.store, &request)?)).await
}

/// All jobs that are not done, in their order, and the last that are.
#[derive(Serialize, ToSchema)]
pub struct Jobs {
    /// Whether none is begun for now.
    paused: bool,
    jobs: Vec<ToldJob>,
}

/// List the queue.
#[utoipa::path(get, path = "/api/jobs", tag = "jobs", responses((status = 200, body = Jobs)))]
pub async fn list(State(studio): Studio) -> Result<axum::Json<Jobs>, Problem> {
    let jobs = studio.store.jobs()?.iter().map(|job| told_job(&studio, job)).collect();
    Ok(axum::Json(Jobs { paused: studio.store.is_paused()?, jobs }))
}

/// Tell of a job.
#[utoipa::path(get, path = "/api/jobs/{id}", tag = "jobs", params(("id" = String, Path)),
    responses((status = 200, body = ToldJob)))]
pub async fn about(State(studio): Studio, Path(id): Path<String>) -> Result<axum::Json<ToldJob>, Problem> {
    Ok(axum::Json(told_job(&studio, &find(&studio, &id)?)))
}

/// The dream as it is, while it is made.
#[utoipa::path(get, path = "/api/jobs/{id}/frame", tag = "jobs", params(("id" = String, Path)),
    responses((status = 200, content_type = "image/jpeg")))]
pub async fn frame(State(studio): Studio, Path(id): Path<String>) -> Result<Response, Problem> {
    let live = studio.live.of(number(&id, "job")?).filter(|live| live.version > 0);
    let live = live.ok_or_else(|| Problem::missing("picture of this job"))?;
    Ok(fleeting(live.frame.to_vec(), "image/jpeg"))
}

/// How to end a job.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Cancel {
    /// Whether what is there becomes a dream.
    #[serde(default)]
    keep: bool,
}

/// End a job before its time.
#[utoipa::path(post, path = "/api/jobs/{id}/cancel", tag = "jobs", params(("id" = String, Path)), request_body = Cancel,
    responses((status = 200, body = ToldJob)))]
pub async fn cancel(
    State(studio): Studio,
    Path(id): Path<String>,
    Json(Cancel { keep }): Json<Cancel>,
) -> Result<axum::Json<ToldJob>, Problem> {
    let job = find(&studio, &id)?;
    if !matches!(job.state, JobState::Queued | JobState::Running) {
        return Err(Problem::conflict("This dream has ended already."));
    }
    studio.store.stop(job.id, if keep { Stop::Keep } else { Stop::Cancel })?;
    studio.stops.store(true, Ordering::Relaxed);
    studio.tell_job(job.id);
    Ok(axum::Json(told_job(&studio, &find(&studio, &id)?)))
}

/// Where to put a job.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Move {
    /// Before this job; without one, at the end.
    #[serde(default)]
    before: Option<String>,
}

/// Put a job that waits elsewhere in the queue.
#[utoipa::path(post, path = "/api/jobs/{id}/move", tag = "jobs", params(("id" = String, Path)), request_body = Move,
    responses((status = 200, body = Jobs)))]
pub async fn put(
    state: Studio,
    Path(id): Path<String>,
    Json(Move { before }): Json<Move>,
) -> Result<axum::Json<Jobs>, Problem> {
    let before = before.as_deref().map(|id| number(id, "job")).transpose()?;
    let job = find(&state, &id)?;
    if !state.store.move_job(job.id, before)? {
        return Err(Problem::conflict("Only dreams that wait can be moved, before others that wait."));
    }
    let jobs = list(State(state.0.clone())).await?;
    jobs.0.jobs.iter().filter(|job| job.is_waiting()).for_each(|job| state.hub.tell("job", job));
    Ok(jobs)
}

/// Make a dream that failed or was cancelled once more.
#[utoipa::path(post, path = "/api/jobs/{id}/again", tag = "jobs", params(("id" = String, Path)),
    responses((status = 201, body = ToldJob)))]
pub async fn again(State(studio): Studio, Path(id): Path<String>) -> Result<Created, Problem> {
    let job = find(&studio, &id)?;
    if !matches!(job.state, JobState::Failed | JobState::Cancelled) {
        return Err(Problem::conflict("Only what failed or was cancelled can be made again."));
    }
    add(&studio, &job.again())
}

/// Whether the queue rests.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Queue {
    /// No job is begun while it is; one that runs ends.
    paused: bool,
}

/// Pause the queue, or let it go on.
#[utoipa::path(post, path = "/api/queue", tag = "jobs", request_body = Queue,
    responses((status = 200, body = Queue)))]
pub async fn queue(State(studio): Studio, Json(queue): Json<Queue>) -> Result<axum::Json<Queue>, Problem> {
    studio.store.pause(queue.paused)?;
    studio.hub.tell("queue", &queue);
    studio.work.ring();
    Ok(axum::Json(queue))
}
