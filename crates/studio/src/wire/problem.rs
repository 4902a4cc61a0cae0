//! What went wrong, as a problem document (RFC 9457).

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use oneiric::picture::Blame;
use oneiric::recipe::RecipeError;
use oneiric::settings::InvalidSetting;
use oneiric::{Error, PictureError};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Why a request was not answered, ready to be shown to a person.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Problem {
    /// In a few words.
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

    /// What was asked for does not exist.
    pub fn not_found(what: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, format!("There is no such {what}; it may have been deleted."))
    }

    /// What was given cannot be.
    pub fn invalid(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, detail)
    }

    /// The request has a form that is not understood.
    pub fn malformed(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, detail)
    }

    /// It is in a state in which this cannot be done.
    pub fn conflict(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, detail)
    }

    /// Not from there.
    pub fn forbidden(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, detail)
    }

    /// Without a password.
    pub fn unauthorized(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, detail)
    }

    /// Not so often.
    pub fn too_many(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::TOO_MANY_REQUESTS, detail)
    }

    /// It took too long to arrive.
    pub fn too_slow() -> Self {
        Self::new(StatusCode::REQUEST_TIMEOUT, "The picture arrived too slowly; try again.")
    }

    /// More than is taken.
    pub fn too_large(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, detail)
    }

    /// No more room on the disk.
    pub fn disk_full(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::INSUFFICIENT_STORAGE, detail)
    }

    /// It failed on this side.
    pub fn internal(error: impl std::fmt::Display) -> Self {
        tracing::error!("{error}");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, format!("This failed on the computer that dreams: {error}."))
    }

    /// With another status.
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
            error => Self::invalid(error.to_string()),
        }
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
        // Where the file lies is nobody's business.
        let problem = error.problem();
        match problem {
            PictureError::FileTooLarge { .. }
            | PictureError::TooManyPixels { .. }
            | PictureError::TooManyBytes { .. } => Self::too_large(problem.to_string()),
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
                Self::disk_full("The disk is full; make room and try again.")
            }
            _ => Self::internal(error),
        }
    }
}
