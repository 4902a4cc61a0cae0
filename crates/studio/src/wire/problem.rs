//! Errors of the API, as problem documents (RFC 9457).

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use oneiric::picture::Blame;
use oneiric::recipe::RecipeError;
use oneiric::settings::InvalidSetting;
use oneiric::{Error, PictureError};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Why a request failed, to be shown to a person.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Problem {
    /// A short title.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What is wrong, and what to do.
    pub detail: String,
    /// The name of the setting to blame, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub setting: Option<String>,
}

impl Problem {
    fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        let title = status.canonical_reason().unwrap_or("Problem").to_owned();
        Self { title, status: status.as_u16(), detail: detail.into(), setting: None }
    }

    /// The requested thing does not exist.
    pub fn not_found(what: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, format!("There is no such {what}; it may have been deleted."))
    }

    /// A value is invalid.
    pub fn invalid(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, detail)
    }

    /// The request cannot be parsed.
    pub fn malformed(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, detail)
    }

    /// The present state does not allow the request.
    pub fn conflict(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, detail)
    }

    /// The request's origin is not allowed.
    pub fn forbidden(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, detail)
    }

    /// The password is missing or wrong.
    pub fn unauthorized(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, detail)
    }

    /// Too many requests.
    pub fn too_many(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::TOO_MANY_REQUESTS, detail)
    }

    /// The upload took too long.
    pub fn too_slow() -> Self {
        Self::new(StatusCode::REQUEST_TIMEOUT, "The picture arrived too slowly; try again.")
    }

    /// The upload is too large.
    pub fn too_large(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, detail)
    }

    /// The disk, or its quota, is full.
    pub fn disk_full(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::INSUFFICIENT_STORAGE, detail)
    }

    /// The studio failed.
    pub fn internal(error: impl std::fmt::Display) -> Self {
        tracing::error!("{error}");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, format!("The studio failed: {error}."))
    }

    /// The same problem with another status.
    pub fn status(self, status: StatusCode) -> Self {
        Self { setting: self.setting, ..Self::new(status, self.detail) }
    }

    /// Blames the setting of this name, so that a form can mark its field.
    pub fn blaming(self, setting: Option<&str>) -> Self {
        Self { setting: setting.map(str::to_owned), ..self }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, axum::Json(self)).into_response();
        let kind = HeaderValue::from_static("application/problem+json");
        response.headers_mut().insert(header::CONTENT_TYPE, kind);
        if status == StatusCode::TOO_MANY_REQUESTS {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("60"));
        }
        response
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::Picture(error) => error.into(),
            error => Self::invalid(error.to_string()).blaming(error.setting()),
        }
    }
}

impl From<InvalidSetting> for Problem {
    fn from(error: InvalidSetting) -> Self {
        Self::invalid(error.to_string()).blaming(Some(&error.name))
    }
}

impl From<oneiric_zoo::Error> for Problem {
    fn from(error: oneiric_zoo::Error) -> Self {
        match error {
            oneiric_zoo::Error::Weights(_) | oneiric_zoo::Error::Graph(_) => Self::internal(error),
            // Do not reveal the path of the file.
            oneiric_zoo::Error::File { reason, .. } => Self::invalid(format!("the file of the network: {reason}")),
            error => Self::invalid(error.to_string()),
        }
    }
}

impl From<oneiric_train::Error> for Problem {
    fn from(error: oneiric_train::Error) -> Self {
        Self::invalid(error.to_string())
    }
}

impl From<RecipeError> for Problem {
    fn from(error: RecipeError) -> Self {
        match error {
            RecipeError::Setting(error) => error.into(),
            error => Self::invalid(error.to_string()),
        }
    }
}

impl From<PictureError> for Problem {
    fn from(error: PictureError) -> Self {
        // Do not reveal the path of the file.
        let problem = error.problem();
        match problem {
            PictureError::FileTooLarge { .. }
            | PictureError::TooManyPixels { .. }
            | PictureError::TooManyBytes { .. }
            | PictureError::OverMemoryLimit { .. } => Self::too_large(problem.to_string()),
            PictureError::Foreign { .. } | PictureError::Unknown | PictureError::Unsupported { .. } => {
                Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, problem.to_string())
            }
            problem if problem.blame() == Blame::System => Self::internal(problem),
            problem => Self::invalid(problem.to_string()),
        }
    }
}

impl From<rusqlite::Error> for Problem {
    fn from(error: rusqlite::Error) -> Self {
        Self::internal(format!("the database: {error}"))
    }
}

impl From<std::io::Error> for Problem {
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => {
                Self::disk_full("The disk is full; free some space and try again.")
            }
            _ => Self::internal(error),
        }
    }
}
