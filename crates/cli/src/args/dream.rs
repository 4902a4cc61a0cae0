//! `oneiric dream`'s options that apply to one picture or many.

use std::path::PathBuf;

use clap::builder::RangedU64ValueParser;

use oneiric::picture::Metadata;
use oneiric::{Format, PictureError};

use super::{OutputArgs, Places, SettingsArgs, Threads, bytes};

/// The options of a dream, for one picture or many.
#[derive(clap::Args, Debug)]
pub struct DreamArgs {
    /// Guide image: its shapes appear in the photo; the layers of the dream become guide(LAYER)
    #[arg(long, value_name = "FILE")]
    pub guide: Option<PathBuf>,
    /// Use the settings of this recipe: a TOML file, or a picture made by Oneiric. Other options override its settings
    #[arg(long, value_name = "FILE")]
    pub recipe: Option<PathBuf>,
    /// Do not store the recipe in the picture
    #[arg(long)]
    pub no_recipe: bool,
    /// Keep what the photo's EXIF says about camera, lens, date, exposure, artist, copyright and description; never its
    /// place, thumbnail or serial numbers, and no IPTC or XMP. From JPEG, PNG and WebP into the same formats
    #[arg(long)]
    pub keep_metadata: bool,
    /// Use at most this much memory, such as 2G or 800M; larger pictures are dreamed in tiles [default: half of the
    /// free memory]
    #[arg(long, value_name = "SIZE", value_parser = bytes)]
    pub memory: Option<u64>,
    /// Shrink the picture so that its longer side has this many pixels; never enlarges it
    #[arg(long, value_name = "MAXSIDE", allow_negative_numbers = true)]
    #[arg(value_parser = RangedU64ValueParser::<usize>::new().range(1..=65_535))]
    pub size: Option<usize>,
    /// Dream on the readable part of a truncated or damaged photo; the rest is grey
    #[arg(long)]
    pub partial: bool,
    #[command(flatten)]
    pub output: OutputArgs,
    #[command(flatten)]
    pub threads: Threads,
    #[command(flatten)]
    pub settings: SettingsArgs,
    #[command(flatten)]
    pub places: Places,
}

impl DreamArgs {
    /// Checks that files of this format can hold the metadata that these options keep.
    pub fn check_metadata(&self, format: Format) -> Result<(), PictureError> {
        if self.keep_metadata { Metadata::check_format(format) } else { Ok(()) }
    }
}
