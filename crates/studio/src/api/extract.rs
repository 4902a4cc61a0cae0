//! Extractors that answer with a [`Problem`] if they cannot read a request.

use std::sync::Arc;

use axum::extract::rejection::{JsonRejection, PathRejection, QueryRejection};
use axum::extract::{FromRequest, FromRequestParts};
use axum::http::request::Parts;

use super::classroom::no_class;
use crate::core::{Member, StudioState};
use crate::wire::Problem;

/// The studio of the request: the only one, or in a class the one of the visitor. `guard` finds it.
pub struct State(pub Arc<StudioState>);

impl<S: Sync> FromRequestParts<S> for State {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let studio = parts.extensions.get().cloned();
        studio.map(Self).ok_or_else(|| Problem::internal("the request has passed no guard"))
    }
}

/// A JSON body.
#[derive(FromRequest)]
#[from_request(via(axum::Json), rejection(Problem))]
pub struct Json<T>(pub T);

/// The parameters of the query string.
#[derive(FromRequestParts)]
#[from_request(via(axum::extract::Query), rejection(Problem))]
pub struct Query<T>(pub T);

/// The parameters of the path.
#[derive(FromRequestParts)]
#[from_request(via(axum::extract::Path), rejection(Problem))]
pub struct Path<T>(pub T);

/// The member of the class who sent the request. Outside of a class the answer is "not found".
pub struct InClass(pub Member);

impl<S: Sync> FromRequestParts<S> for InClass {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parts.extensions.get().cloned().map(Self).ok_or_else(no_class)
    }
}

/// The teacher of the class, who sent the request.
pub struct Teacher(pub Member);

impl<S: Sync> FromRequestParts<S> for Teacher {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let InClass(member) = InClass::from_request_parts(parts, state).await?;
        if member.is_teacher() { Ok(Self(member)) } else { Err(Problem::forbidden("Only your teacher can do this.")) }
    }
}

impl From<JsonRejection> for Problem {
    fn from(rejection: JsonRejection) -> Self {
        Self::malformed(rejection.body_text()).status(rejection.status())
    }
}

impl From<QueryRejection> for Problem {
    fn from(rejection: QueryRejection) -> Self {
        Self::malformed(rejection.body_text()).status(rejection.status())
    }
}

impl From<PathRejection> for Problem {
    fn from(rejection: PathRejection) -> Self {
        Self::malformed(rejection.body_text()).status(rejection.status())
    }
}

/// Reads an id, which JSON and paths hold as a string of digits.
///
/// # Errors
/// "Not found" for any other text: no `what` has such an id.
pub fn number(text: &str, what: &str) -> Result<i64, Problem> {
    text.parse().map_err(|_| Problem::not_found(what))
}
