//! Where a dream grows.

use oneiric::recipe::{Place, Places, Region};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Where a dream grows, and towards what.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct DreamPlaces {
    /// The mask: the dream grows only here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mask: Option<AreaSource>,
    /// Whether the dream grows outside the mask instead.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub invert_mask: bool,
    /// The width of the soft border: `40` pixels, or `5%` of the shorter side.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub feather: Option<String>,
    /// A word: the dream grows where the networks see this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub r#where: Option<String>,
    /// The id of the guide image.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub guide: Option<String>,
    /// Whether pixels outside all regions stay as they are.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub only_regions: bool,
    /// Areas with a look of their own. Later ones lie above earlier ones.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub regions: Vec<DreamRegion>,
}

/// An area with a look of its own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DreamRegion {
    /// The name of a preset, or an objective.
    pub look: String,
    /// The area.
    pub place: AreaSource,
}

/// An area of a picture.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum AreaSource {
    /// The id of a picture; its bright pixels are the area.
    Picture(String),
    /// A shape as on the command line, such as `circle:50%,50%,30%,10%`.
    Shape(String),
}

impl From<&Places> for DreamPlaces {
    fn from(places: &Places) -> Self {
        let area = |place: &Place| match place {
            Place::File(file) => AreaSource::Picture(file.sha256.clone()),
            Place::Shape(shape) => AreaSource::Shape(shape.clone()),
        };
        let region = |region: &Region| DreamRegion { look: region.look.clone(), place: area(&region.place) };
        Self {
            mask: places.mask.as_ref().map(area),
            invert_mask: places.invert_mask,
            feather: places.feather.clone(),
            r#where: places.r#where.clone(),
            guide: places.guide.as_ref().map(|guide| guide.sha256.clone()),
            only_regions: places.only_regions,
            regions: places.region.iter().map(region).collect(),
        }
    }
}
