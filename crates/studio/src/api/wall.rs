//! The wall of a class.

use axum::http::StatusCode;
use axum::response::Response;

use super::Studio;
use super::dreams::find;
use super::extract::{InClass, Json, Path, State, Teacher, number};
use crate::core::{Classroom, Member, WallEntry, WallError, mime_of};
use crate::wire::{MoveRequest, Problem, WallChange, WallDreamView, WallOffer, WallView};

/// The longer side of a dream on the wall, in pixels.
const SIDE: usize = 1280;

impl From<WallError> for Problem {
    fn from(error: WallError) -> Self {
        let text = error.to_string();
        match error {
            WallError::Known => Self::conflict(text),
            WallError::TooMany | WallError::Full => Self::too_many(text),
        }
    }
}

fn is_own(entry: &WallEntry, member: &Member) -> bool {
    entry.by.as_ref().map(|(number, _)| *number) == member.number()
}

fn is_visible(entry: &WallEntry, member: &Member) -> bool {
    entry.shown || member.is_teacher() || is_own(entry, member)
}

fn view(entry: &WallEntry, member: &Member) -> WallDreamView {
    WallDreamView {
        id: entry.id.to_string(),
        by: entry.by.as_ref().map(|(_, name)| *name),
        dream: is_own(entry, member).then(|| entry.dream.to_string()),
        filter: entry.filter.clone(),
        width: entry.size.0,
        height: entry.size.1,
        shown: entry.shown,
    }
}

/// Returns the dream of the wall with this id, if the member sees it.
fn visible(member: &Member, id: &str) -> Result<WallEntry, Problem> {
    let entry = member.classroom.wall.get(number(id, "dream")?);
    entry.filter(|entry| is_visible(entry, member)).ok_or_else(|| Problem::not_found("dream"))
}

fn all(member: &Member) -> axum::Json<WallView> {
    let entries = member.classroom.wall.all();
    let seen = entries.iter().filter(|entry| is_visible(entry, member));
    axum::Json(WallView { dreams: seen.map(|entry| view(entry, member)).collect() })
}

fn changed(classroom: &Classroom) {
    classroom.publish("wall", &serde_json::json!({}));
}

/// Get the wall.
#[utoipa::path(get, path = "/api/wall", tag = "classroom", responses((status = 200, body = WallView)))]
pub async fn list(InClass(member): InClass) -> axum::Json<WallView> {
    all(&member)
}

/// Offer a dream to the wall. One of the teacher's is put up at once.
#[utoipa::path(post, path = "/api/wall", tag = "classroom", request_body = WallOffer,
    responses((status = 201, body = WallDreamView)))]
pub async fn offer(
    InClass(member): InClass,
    State(studio): Studio,
    Json(WallOffer { dream }): Json<WallOffer>,
) -> Result<(StatusCode, axum::Json<WallDreamView>), Problem> {
    let dream = find(&studio, &dream)?;
    let (state, picture) = (studio.clone(), dream.picture.clone());
    let (bytes, format) = studio.scheduler.encode(move || state.thumbnails.view(&picture, SIDE)).await?;
    let entry = member.classroom.wall.add(WallEntry {
        id: 0,
        by: member.visitor.as_ref().map(|visitor| (visitor.number, visitor.name)),
        dream: dream.id,
        filter: dream.filter,
        size: (dream.width, dream.height),
        picture: bytes.into(),
        kind: mime_of(format),
        shown: member.is_teacher(),
    })?;
    changed(&member.classroom);
    Ok((StatusCode::CREATED, axum::Json(view(&entry, &member))))
}

/// Get a dream of the wall as a picture.
#[utoipa::path(get, path = "/api/wall/{id}/picture", tag = "classroom", params(("id" = String, Path)),
    responses((status = 200, content_type = "image/*")))]
pub async fn picture(InClass(member): InClass, Path(id): Path<String>) -> Result<Response, Problem> {
    let entry = visible(&member, &id)?;
    // The next class has other dreams under the same ids.
    Ok(super::picture(entry.picture.to_vec(), entry.kind, "no-store"))
}

/// Put a dream up for all, or take it down. For the teacher.
#[utoipa::path(patch, path = "/api/wall/{id}", tag = "classroom", params(("id" = String, Path)), request_body = WallChange,
    responses((status = 200, body = WallView)))]
pub async fn change(
    Teacher(member): Teacher,
    Path(id): Path<String>,
    Json(WallChange { shown }): Json<WallChange>,
) -> Result<axum::Json<WallView>, Problem> {
    if !member.classroom.wall.show(number(&id, "dream")?, shown) {
        return Err(Problem::not_found("dream"));
    }
    changed(&member.classroom);
    Ok(all(&member))
}

/// Hang a dream before another one, or last. For the teacher.
#[utoipa::path(post, path = "/api/wall/{id}/move", tag = "classroom", params(("id" = String, Path)), request_body = MoveRequest,
    responses((status = 200, body = WallView)))]
pub async fn put(
    Teacher(member): Teacher,
    Path(id): Path<String>,
    Json(MoveRequest { before }): Json<MoveRequest>,
) -> Result<axum::Json<WallView>, Problem> {
    let before = before.as_deref().map(|id| number(id, "dream")).transpose()?;
    if !member.classroom.wall.put(number(&id, "dream")?, before) {
        return Err(Problem::not_found("dream"));
    }
    changed(&member.classroom);
    Ok(all(&member))
}

/// Remove a dream from the wall. For the teacher and the visitor who offered it.
#[utoipa::path(delete, path = "/api/wall/{id}", tag = "classroom", params(("id" = String, Path)),
    responses((status = 204)))]
pub async fn remove(InClass(member): InClass, Path(id): Path<String>) -> Result<StatusCode, Problem> {
    let entry = visible(&member, &id)?;
    if !member.is_teacher() && !is_own(&entry, &member) {
        return Err(Problem::forbidden("Only your teacher can remove the dreams of others."));
    }
    member.classroom.wall.remove(entry.id);
    changed(&member.classroom);
    Ok(StatusCode::NO_CONTENT)
}
