//! The queue.

use std::sync::atomic::Ordering;

use axum::http::StatusCode;
use axum::response::Response;

use super::Studio;
use super::extract::{Json, Path, State, number};
use super::pictures::fleeting;
use crate::core::StudioState;
use crate::core::new_job;
use crate::store::{JobRecord, NewJob, StopRequest};
use crate::wire::{CancelRequest, DreamRequest, JobState, JobView, JobsView, MoveRequest, Problem, QueueState};

type Created = (StatusCode, axum::Json<JobView>);

fn find(studio: &StudioState, id: &str) -> Result<JobRecord, Problem> {
    studio.store.job(number(id, "job")?)?.ok_or_else(|| Problem::not_found("job"))
}

/// Adds a job to the queue and publishes it.
pub fn add(studio: &StudioState, new: &NewJob) -> Result<Created, Problem> {
    studio.check_disk_quota()?;
    let most = studio.config.queue;
    let full = || Problem::too_many(format!("The queue is full: {most} dreams wait; try again when some are done."));
    let id = studio.store.submit(new, most)?.ok_or_else(full)?;
    studio.work.notify();
    studio.publish_job(id);
    let job = find(studio, &id.to_string())?;
    Ok((StatusCode::CREATED, axum::Json(studio.job_view(&job))))
}

/// Queue a dream.
#[utoipa::path(post, path = "/api/jobs", tag = "jobs", request_body = DreamRequest,
    responses((status = 201, body = JobView)))]
pub async fn submit(State(studio): Studio, Json(request): Json<DreamRequest>) -> Result<Created, Problem> {
    let state = studio.clone();
    studio.scheduler.encode(move || add(&state, &new_job(&state.store, &request, &state.networks.all())?)).await
}

/// List the queue.
#[utoipa::path(get, path = "/api/jobs", tag = "jobs", responses((status = 200, body = JobsView)))]
pub async fn list(State(studio): Studio) -> Result<axum::Json<JobsView>, Problem> {
    let jobs = studio.store.jobs()?.iter().map(|job| studio.job_view(job)).collect();
    Ok(axum::Json(JobsView { paused: studio.store.is_paused()?, jobs }))
}

/// Get a job.
#[utoipa::path(get, path = "/api/jobs/{id}", tag = "jobs", params(("id" = String, Path)),
    responses((status = 200, body = JobView)))]
pub async fn about(State(studio): Studio, Path(id): Path<String>) -> Result<axum::Json<JobView>, Problem> {
    Ok(axum::Json(studio.job_view(&find(&studio, &id)?)))
}

/// Get the latest frame of a running job.
#[utoipa::path(get, path = "/api/jobs/{id}/frame", tag = "jobs", params(("id" = String, Path)),
    responses((status = 200, content_type = "image/jpeg")))]
pub async fn frame(State(studio): Studio, Path(id): Path<String>) -> Result<Response, Problem> {
    let live = studio.running.get(number(&id, "job")?).filter(|live| live.version > 0);
    let live = live.ok_or_else(|| Problem::not_found("picture of this job"))?;
    Ok(fleeting(live.frame.to_vec(), "image/jpeg"))
}

/// Cancel a job, or stop it and keep the picture so far.
#[utoipa::path(post, path = "/api/jobs/{id}/cancel", tag = "jobs", params(("id" = String, Path)), request_body = CancelRequest,
    responses((status = 200, body = JobView)))]
pub async fn cancel(
    State(studio): Studio,
    Path(id): Path<String>,
    Json(CancelRequest { keep }): Json<CancelRequest>,
) -> Result<axum::Json<JobView>, Problem> {
    let job = find(&studio, &id)?;
    if !matches!(job.state, JobState::Queued | JobState::Running) {
        return Err(Problem::conflict("This dream has ended already."));
    }
    studio.store.stop(job.id, if keep { StopRequest::Keep } else { StopRequest::Cancel })?;
    studio.stop_requested.store(true, Ordering::Relaxed);
    studio.publish_job(job.id);
    Ok(axum::Json(studio.job_view(&find(&studio, &id)?)))
}

/// Move a queued job.
#[utoipa::path(post, path = "/api/jobs/{id}/move", tag = "jobs", params(("id" = String, Path)), request_body = MoveRequest,
    responses((status = 200, body = JobsView)))]
pub async fn put(
    State(studio): Studio,
    Path(id): Path<String>,
    Json(MoveRequest { before }): Json<MoveRequest>,
) -> Result<axum::Json<JobsView>, Problem> {
    let before = before.as_deref().map(|id| number(id, "job")).transpose()?;
    let job = find(&studio, &id)?;
    if !studio.store.move_job(job.id, before)? {
        return Err(Problem::conflict("Only waiting dreams can be moved, and only before other waiting dreams."));
    }
    let jobs = list(State(studio.clone())).await?;
    jobs.0.jobs.iter().filter(|job| job.state == JobState::Queued).for_each(|job| studio.hub.publish("job", job));
    Ok(jobs)
}

/// Queue a failed or cancelled dream again.
#[utoipa::path(post, path = "/api/jobs/{id}/again", tag = "jobs", params(("id" = String, Path)),
    responses((status = 201, body = JobView)))]
pub async fn again(State(studio): Studio, Path(id): Path<String>) -> Result<Created, Problem> {
    let job = find(&studio, &id)?;
    if !matches!(job.state, JobState::Failed | JobState::Cancelled) {
        return Err(Problem::conflict("Only failed or cancelled dreams can be queued again."));
    }
    add(&studio, &job.again())
}

/// Pause or resume the queue.
#[utoipa::path(post, path = "/api/queue", tag = "jobs", request_body = QueueState,
    responses((status = 200, body = QueueState)))]
pub async fn queue(State(studio): Studio, Json(queue): Json<QueueState>) -> Result<axum::Json<QueueState>, Problem> {
    studio.store.pause(queue.paused)?;
    studio.hub.publish("queue", &queue);
    studio.work.notify();
    Ok(axum::Json(queue))
}
