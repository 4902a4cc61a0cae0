//! What a recipe says about the photo.

use serde::{Deserialize, Serialize};

use super::hash::sha256;
use crate::render::LazyPhoto;

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

impl LazyPhoto {
    /// Its description for a recipe.
    pub fn about(&self) -> PhotoInfo {
        let ((width, height), sha256) = (self.size, self.bytes().map(sha256));
        PhotoInfo { landscape: sha256.is_none(), sha256, width, height, size: self.longest }
    }
}
