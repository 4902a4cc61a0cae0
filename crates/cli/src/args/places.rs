//! Where a dream grows: `--mask`, `--where`, `--region` and `--feather`.

use oneiric::picture::mask::Length;
use oneiric::recipe;
use oneiric::settings::InvalidSetting;
use serde::Serialize;

/// The places of a dream, as given on the command line.
#[derive(clap::Args, Clone, Debug)]
#[command(next_help_heading = "Where it grows")]
pub struct Places {
    /// Dream only where this picture is bright and opaque, or inside a shape, in pixels or per cent:
    /// circle:50%,50%,30%, rect:X,Y,WIDTH,HEIGHT, top:40% (or bottom, left, right), gradient:top
    #[arg(long, value_name = "FILE|SHAPE")]
    pub mask: Option<String>,
    /// Dream only where the networks see this in the photo: cat, "coffee mug"…; `oneiric look --where` shows the place
    #[arg(long, value_name = "WORD", conflicts_with = "mask")]
    pub r#where: Option<String>,
    /// Invert --mask or --where: dream everywhere else
    #[arg(long)]
    pub invert_mask: bool,
    /// Use another look in one place: sky.png=birds, top:50%=swirls, or any objective. Later regions cover earlier
    /// ones. Everything else stays unchanged unless a look is given for it. May be repeated
    #[arg(long, value_name = "FILE|SHAPE=LOOK")]
    pub region: Vec<String>,
    /// Soften the borders of the mask and the regions over this length: 40 (pixels) or 5% (of the shorter side)
    /// [default: 0 for the mask, 10% for regions]
    #[arg(long, value_name = "LENGTH", value_parser = length)]
    pub feather: Option<String>,
}

/// The places in JSON reports.
#[derive(Serialize)]
pub struct PlacesReport<'a> {
    mask: Option<String>,
    r#where: Option<&'a str>,
    invert_mask: bool,
    region: Vec<String>,
}

impl<'a> From<&'a recipe::Places> for PlacesReport<'a> {
    fn from(places: &'a recipe::Places) -> Self {
        Self {
            mask: places.mask.as_ref().map(ToString::to_string),
            r#where: places.r#where.as_deref(),
            invert_mask: places.invert_mask,
            region: places.region.iter().map(|region| format!("{}={}", region.place, region.look)).collect(),
        }
    }
}

/// Checks a length and returns its text.
fn length(text: &str) -> Result<String, InvalidSetting> {
    text.parse::<Length>().map(|_| text.into())
}
