//! What a recipe says about the photo.

use serde::{Deserialize, Serialize};

/// The photo of a dream: a file, or a landscape drawn from the seed. The recipe has neither its name nor its folder.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PhotoInfo {
    /// The [`sha256`](super::sha256) of the file; `None` for a landscape.
    pub sha256: Option<String>,
    /// Whether it was a landscape.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub landscape: bool,
    /// Columns of the dream.
    pub width: usize,
    /// Rows of the dream.
    pub height: usize,
    /// The longer side in pixels to which the photo was shrunk, if it was.
    pub size: Option<usize>,
}
