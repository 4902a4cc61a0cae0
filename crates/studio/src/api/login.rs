//! Logging in and out.

use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::Studio;
use super::extract::{Json, State};
use crate::core::{COOKIE, LoginResult};
use crate::wire::{LoginRequest, Problem};

/// Log in. The answer sets a cookie.
#[utoipa::path(post, path = "/api/login", tag = "studio", request_body = LoginRequest,
    responses((status = 204)))]
pub async fn login(
    State(studio): Studio,
    Json(LoginRequest { password }): Json<LoginRequest>,
) -> Result<Response, Problem> {
    if !studio.login.is_needed() {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    let tried = tokio::task::spawn_blocking(move || studio.login.try_password(&password)).await;
    match tried.map_err(Problem::internal)? {
        LoginResult::LoggedIn(session) => {
            let cookie = format!("{COOKIE}={session}; Path=/; HttpOnly; SameSite=Strict; Max-Age=2592000");
            Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookie)]).into_response())
        }
        LoginResult::WrongPassword => Err(Problem::unauthorized("Wrong password.")),
        LoginResult::TooManyAttempts => Err(Problem::too_many("Too many wrong passwords; wait a minute.")),
    }
}

/// Log out.
#[utoipa::path(post, path = "/api/logout", tag = "studio", responses((status = 204)))]
pub async fn logout(State(studio): Studio, headers: HeaderMap) -> Response {
    let cookies = headers.get(header::COOKIE).and_then(|cookies| cookies.to_str().ok());
    studio.login.end_session(cookies.unwrap_or_default());
    let gone = format!("{COOKIE}=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0");
    (StatusCode::NO_CONTENT, [(header::SET_COOKIE, gone)]).into_response()
}
