//! `oneiric dream`'s options that apply to one picture or many.

use std::path::PathBuf;

use clap::builder::RangedU64ValueParser;

use super::{Outcome, Places, SettingsArgs, Threads, bytes};

/// How dreams are made, of one picture or many.
#[derive(clap::Args, Debug)]
pub struct DreamArgs {
    /// A picture whose shapes grow in the photo: the layers of the dream become guide(LAYER)
    #[arg(long, value_name = "FILE")]
    pub guide: Option<PathBuf>,
    /// Dream as this recipe says: a TOML file, or a picture that Oneiric made. Other options change single settings of it
    #[arg(long, value_name = "FILE")]
    pub recipe: Option<PathBuf>,
    /// Leave out of the picture how it was made
    #[arg(long)]
    pub no_recipe: bool,
    /// Take no more memory than this, such as 2G or 800M: larger pictures are dreamed in tiles [default: half of what is
    /// free]
    #[arg(long, value_name = "SIZE", value_parser = bytes)]
    pub memory: Option<u64>,
    /// Shrink the picture to this many pixels on its longer side; never enlarges a photo
    #[arg(long, value_name = "MAXSIDE", allow_negative_numbers = true)]
    #[arg(value_parser = RangedU64ValueParser::<usize>::new().range(1..=65_535))]
    pub size: Option<usize>,
    #[command(flatten)]
    pub outcome: Outcome,
    #[command(flatten)]
    pub threads: Threads,
    #[command(flatten)]
    pub settings: SettingsArgs,
    #[command(flatten)]
    pub places: Places,
}
