//! The gallery.

use oneiric::Format;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{DreamPlaces, LookSettings};

/// The strength of the dream as it was made.
pub const WHOLE: f32 = 1.0;

/// A finished dream.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct DreamView {
    /// The dream's id, which is its job's.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Milliseconds since 1970.
    pub created: i64,
    /// The photo's id.
    pub photo: String,
    /// The id of the dream's picture.
    pub picture: String,
    /// Its width in pixels.
    pub width: usize,
    /// Its height in pixels.
    pub height: usize,
    /// The preset's name, `custom` or `words`.
    pub filter: String,
    /// The network's name.
    pub model: String,
    /// The random seed, as a string of digits.
    pub seed: String,
    /// The preset and the options.
    pub look: LookSettings,
    /// Where the dream grows.
    pub places: DreamPlaces,
    /// The requested longer side, in pixels.
    pub size: Option<usize>,
    /// How long it took, in seconds.
    pub seconds: f64,
    /// Whether it is a favourite.
    pub favourite: bool,
    /// The id of the dream that this one was made from.
    pub parent: Option<String>,
    /// The number of octaves that can be viewed.
    pub octaves: usize,
    /// Whether it was stopped early.
    pub stopped: bool,
    /// What the network sees in the photo and in the dream.
    pub classes: DreamClasses,
}

/// The most probable classes of the photo and of the dream, the most probable first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DreamClasses {
    /// Of the photo.
    pub before: Vec<ClassProbability>,
    /// Of the dream.
    pub after: Vec<ClassProbability>,
}

/// A class and its probability.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ClassProbability {
    /// The class's name.
    pub name: String,
    /// 0 to 1.
    pub probability: f32,
}

/// Which dreams to list.
#[derive(Deserialize, IntoParams)]
pub struct DreamQuery {
    /// Words that must all occur in name, filter, objective or classes.
    #[serde(default)]
    pub q: String,
    /// The filter's name.
    pub filter: Option<String>,
    /// The id of the photo.
    pub photo: Option<String>,
    /// A word that occurs in the names of its classes.
    pub class: Option<String>,
    /// Only favourites, or only others.
    pub favourite: Option<bool>,
    /// Made at this time or later, in milliseconds since 1970.
    pub after: Option<i64>,
    /// Made before this time, in milliseconds since 1970.
    pub before: Option<i64>,
    /// How many, 1 to 500.
    pub limit: Option<usize>,
    /// The `next` of the page before.
    pub cursor: Option<String>,
}

/// A page of the gallery, newest dreams first.
#[derive(Serialize, ToSchema)]
pub struct DreamPageView {
    /// The dreams.
    pub dreams: Vec<DreamView>,
    /// The cursor of the next page, if there is one.
    pub next: Option<String>,
    /// The number of matching dreams on all pages.
    pub total: usize,
    /// The filters of all dreams in the gallery, not only of the matching ones.
    pub filters: Vec<String>,
}

/// What to change of a dream.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DreamChange {
    /// Its new name.
    #[serde(default)]
    pub name: Option<String>,
    /// Whether it is a favourite.
    #[serde(default)]
    pub favourite: Option<bool>,
}

/// A dream as a file.
#[derive(Deserialize, IntoParams)]
pub struct FileQuery {
    /// png, jpeg or webp.
    #[serde(default)]
    pub format: FileFormat,
    /// The strength of the dream: 0 is the photo, 1 the dream, 2 the most.
    #[serde(default = "whole")]
    pub strength: f32,
}

/// A file format.
#[derive(Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum FileFormat {
    /// PNG.
    #[default]
    Png,
    /// JPEG.
    Jpeg,
    /// WebP.
    Webp,
}

impl From<FileFormat> for Format {
    fn from(name: FileFormat) -> Self {
        match name {
            FileFormat::Png => Self::Png,
            FileFormat::Jpeg => Self::Jpeg,
            FileFormat::Webp => Self::WebP,
        }
    }
}

/// A dream as the page shows it: after an octave, or at a strength.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SnapshotRequest {
    /// The octave, from 1; its picture is enlarged to the dream's size. By default the finished dream.
    #[serde(default)]
    #[schema(minimum = 1)]
    pub octave: Option<usize>,
    /// The strength of the dream: 0 is the photo, 1 the dream, 2 the most.
    #[serde(default = "whole")]
    #[schema(minimum = 0, maximum = 2)]
    pub strength: f32,
}

fn whole() -> f32 {
    WHOLE
}

/// Where to branch off.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BranchRequest {
    /// The last octave of the new dream, from 1.
    #[schema(minimum = 1)]
    pub octave: usize,
}

/// Which dreams to export.
#[derive(Deserialize, IntoParams)]
pub struct ExportQuery {
    /// Only favourites.
    #[serde(default)]
    pub favourite: bool,
}
