//! Logging in.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A password.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LoginRequest {
    /// The password in plain text.
    pub password: String,
}
