//! A class: joining it, and what its teacher decides.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use qrcodegen::{QrCode, QrCodeEcc};

use super::extract::{InClass, Json, Query, Teacher};
use super::{FileBytes, guard};
use crate::core::{Classroom, JoinError, Member, SEAT_COOKIE, Spaces, addresses};
use crate::store::DreamFilter;
use crate::wire::{
    ClassroomChange, ClassroomRole, ClassroomView, InvitationQuery, JoinRequest, Problem, TeacherView, VisitorView,
};

/// The quiet zone around a code, in modules.
const QUIET: i32 = 4;

impl From<JoinError> for Problem {
    fn from(error: JoinError) -> Self {
        let text = error.to_string();
        match error {
            JoinError::WrongCode => Self::unauthorized(text),
            JoinError::TooManyAttempts | JoinError::Full => Self::too_many(text),
            JoinError::Closed => Self::forbidden(text),
            JoinError::NoSpace(_) => Self::internal(text),
        }
    }
}

/// Join the class with its code, or with the teacher's key. The answer sets a cookie.
#[utoipa::path(post, path = "/api/join", tag = "classroom", request_body = JoinRequest, responses((status = 204)))]
pub async fn join(
    State(spaces): State<Arc<Spaces>>,
    ConnectInfo(from): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    Json(JoinRequest { code }): Json<JoinRequest>,
) -> Result<Response, Problem> {
    let classroom = spaces.classroom().ok_or_else(no_class)?.clone();
    let known = classroom.member(guard::text(&headers, &header::COOKIE).unwrap_or_default());
    if known.is_some_and(|member| member.is_teacher() || code != classroom.key()) {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    let joined = tokio::task::spawn_blocking(move || classroom.join(&code, from.ip())).await;
    let seat = joined.map_err(Problem::internal)??;
    // Lax, so that a link on another page, such as a learning platform, leads into the class.
    let cookie = format!("{SEAT_COOKIE}={seat}; Path=/; HttpOnly; SameSite=Lax; Max-Age=86400");
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookie)]).into_response())
}

/// The answer outside of a class.
pub fn no_class() -> Problem {
    Problem::not_found("class; start one with `oneiric studio --classroom`")
}

/// Get the class.
#[utoipa::path(get, path = "/api/classroom", tag = "classroom", responses((status = 200, body = ClassroomView)))]
pub async fn about(InClass(member): InClass) -> Result<axum::Json<ClassroomView>, Problem> {
    view(&member).map(axum::Json)
}

fn view(Member { classroom, visitor }: &Member) -> Result<ClassroomView, Problem> {
    let teacher = match visitor {
        Some(_) => None,
        None => Some(teacher_view(classroom)?),
    };
    Ok(ClassroomView {
        role: if visitor.is_some() { ClassroomRole::Visitor } else { ClassroomRole::Teacher },
        name: visitor.as_ref().map(|visitor| visitor.name),
        open: classroom.is_open(),
        paused: classroom.is_paused(),
        teacher,
    })
}

fn teacher_view(classroom: &Classroom) -> Result<TeacherView, Problem> {
    let mut visitors = Vec::new();
    for visitor in classroom.visitors() {
        let studio = &visitor.studio;
        visitors.push(VisitorView {
            name: visitor.name,
            here: studio.hub.has_subscribers(),
            dreams: studio.store.dreams(&DreamFilter::default(), 1, None)?.total,
            waiting: studio.store.waiting()?,
        });
    }
    Ok(TeacherView { code: classroom.code(), addresses: addresses_of(classroom), visitors })
}

fn addresses_of(classroom: &Classroom) -> Vec<String> {
    let teacher = classroom.teacher();
    addresses(teacher.address, &teacher.config.hosts)
}

/// Open the class to newcomers or close it; pause it for all, or let it go on. For the teacher.
#[utoipa::path(patch, path = "/api/classroom", tag = "classroom", request_body = ClassroomChange,
    responses((status = 200, body = ClassroomView)))]
pub async fn change(
    Teacher(member): Teacher,
    Json(ClassroomChange { open, paused }): Json<ClassroomChange>,
) -> Result<axum::Json<ClassroomView>, Problem> {
    member.classroom.change(open, paused);
    view(&member).map(axum::Json)
}

/// End the lesson: delete the spaces of all visitors, and the wall. For the teacher.
#[utoipa::path(post, path = "/api/classroom/end", tag = "classroom", responses((status = 200, body = ClassroomView)))]
pub async fn end(Teacher(member): Teacher) -> Result<axum::Json<ClassroomView>, Problem> {
    let classroom = member.classroom.clone();
    tokio::task::spawn_blocking(move || classroom.end()).await.map_err(Problem::internal)?;
    view(&member).map(axum::Json)
}

/// Get the way into the class as a QR code. For the teacher.
#[utoipa::path(get, path = "/api/classroom/invitation", tag = "classroom", params(InvitationQuery),
    responses((status = 200, content((FileBytes = "image/svg+xml")))))]
pub async fn invitation(
    Teacher(member): Teacher,
    Query(InvitationQuery { address }): Query<InvitationQuery>,
) -> Result<Response, Problem> {
    let addresses = addresses_of(&member.classroom);
    let address = addresses.get(address).ok_or_else(|| Problem::not_found("address"))?;
    let link = format!("{address}/join#{}", member.classroom.code());
    let code = QrCode::encode_text(&link, QrCodeEcc::Medium).map_err(Problem::internal)?;
    Ok(super::picture(drawn(&code), "image/svg+xml", "no-store"))
}

/// Draws a QR code, black on white.
fn drawn(code: &QrCode) -> String {
    let size = code.size();
    let places = (0..size).flat_map(|y| (0..size).map(move |x| (x, y)));
    let dark = places.filter(|(x, y)| code.get_module(*x, *y));
    let path: String = dark.map(|(x, y)| format!("M{},{}h1v1h-1z", x + QUIET, y + QUIET)).collect();
    let side = size + 2 * QUIET;
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {side} {side}\" shape-rendering=\"crispEdges\">\
         <path fill=\"#fff\" d=\"M0,0h{side}v{side}h-{side}z\"/><path d=\"{path}\"/></svg>"
    )
}
