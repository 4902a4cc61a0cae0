//! Photos, masks, guide images and dreams as files.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{DreamPlaces, LookSettings};

/// A picture file in the studio.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct PictureView {
    /// The SHA-256 of the file.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its width in pixels.
    pub width: usize,
    /// Its height in pixels.
    pub height: usize,
    /// The length of the file in bytes.
    pub bytes: u64,
    /// Milliseconds since 1970.
    pub created: i64,
    /// How it was made, if Oneiric made it.
    pub made_by: Option<PictureRecipeView>,
    /// What is odd about the file, in the answer to its upload.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
}

/// The recipe inside a picture.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct PictureRecipeView {
    /// The preset and the options.
    pub look: LookSettings,
    /// Where the dream grows.
    pub places: DreamPlaces,
    /// The preset's name.
    pub preset: Option<String>,
    /// The program and its version.
    pub program: Option<String>,
    /// The requested longer side, in pixels.
    pub size: Option<usize>,
    /// The id of the photo, if the studio has it.
    pub photo: Option<String>,
    /// The random seed, as a string of digits.
    pub seed: String,
}

/// An upload.
#[derive(Deserialize, IntoParams)]
pub struct UploadQuery {
    /// The picture's name.
    #[serde(default)]
    pub name: String,
}

/// A landscape to draw.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LandscapeRequest {
    /// The random seed.
    pub seed: u32,
    /// The longer side in pixels.
    #[serde(default)]
    #[schema(minimum = 64, maximum = 2048)]
    pub size: Option<usize>,
}

/// The size of a picture in a page.
#[derive(Deserialize, IntoParams)]
pub struct SideQuery {
    /// The longer side in pixels, rounded up to 160, 320, 640, 1280 or 2048.
    #[serde(default = "view_side")]
    pub side: usize,
}

fn view_side() -> usize {
    1280
}

/// A small dream.
#[derive(Deserialize, IntoParams)]
pub struct PreviewQuery {
    /// A look as JSON.
    pub look: String,
    /// Where it grows, as JSON, as in a request for a dream; by default everywhere. Pixels are those of the small dream.
    #[serde(default)]
    pub places: Option<String>,
    /// The longer side in pixels, 64 to 512.
    #[serde(default = "preview_side")]
    pub side: usize,
}

fn preview_side() -> usize {
    288
}

/// A dream whose time is asked for.
#[derive(Deserialize, IntoParams)]
pub struct ForecastQuery {
    /// A look as JSON.
    pub look: String,
    /// The longer side in pixels, as in a request for a dream; by default that of the picture.
    #[serde(default)]
    pub size: Option<usize>,
}

/// What a dream will take.
#[derive(Serialize, ToSchema)]
pub struct ForecastView {
    /// Columns of the dream.
    pub width: usize,
    /// Rows of the dream.
    pub height: usize,
    /// The estimated time in seconds.
    pub seconds: f64,
}

/// What each network sees in a picture.
#[derive(Serialize, ToSchema)]
pub struct ClassesView {
    /// One entry for each network.
    pub networks: Vec<NetworkClasses>,
}

/// What one network sees in a picture.
#[derive(Serialize, ToSchema)]
pub struct NetworkClasses {
    /// The network's name.
    pub model: String,
    /// The most probable class first.
    pub classes: Vec<ClassView>,
}

/// A class and its probability.
#[derive(Serialize, ToSchema)]
pub struct ClassView {
    /// The class's name.
    pub name: String,
    /// Its WordNet synset.
    pub wordnet: &'static str,
    /// 0 to 1.
    pub probability: f32,
}
