//! The arguments that several sub-commands share.

mod batch;
mod dream;
mod places;
mod settings;
mod template;

use std::str::FromStr;

use clap::builder::{PossibleValue, PossibleValuesParser};
use oneiric::picture::DEFAULT_QUALITY;
use oneiric::{Backward, Format, Picture, PictureError};
use oneiric_zoo::Model;

use crate::work::networks::networks;
use parse_size::parse_size;

use crate::terminal::failure::Failure;

pub use batch::BatchArgs;
pub use dream::DreamArgs;
pub use places::{Places, PlacesReport};
pub use settings::{FinishArgs, SettingsArgs, report};
pub use template::{CommonFields, Template};

/// Options for writing and reporting a result.
#[derive(clap::Args, Debug)]
pub struct OutputArgs {
    /// Replace existing output files
    #[arg(long)]
    pub overwrite: bool,
    /// Print a JSON report of the result and its settings; the picture must go to a file
    #[arg(long)]
    pub json: bool,
    /// Show only errors, and JSON if requested
    #[arg(long, short)]
    pub quiet: bool,
    /// Quality of a JPEG file, 1 to 100; the other formats are lossless [default: 95]
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    #[arg(value_parser = clap::value_parser!(u8).range(1..=100))]
    quality: Option<u8>,
    /// Bits of a channel; 16 for PNG and TIFF only
    #[arg(long, value_name = "BITS", default_value = "8", allow_negative_numbers = true)]
    depth: Depth,
}

/// Bits of a channel in a file.
#[derive(clap::ValueEnum, Clone, Copy, Debug, PartialEq)]
enum Depth {
    #[value(name = "8")]
    Eight,
    #[value(name = "16")]
    Sixteen,
}

impl OutputArgs {
    /// Checks that files of this format can be written with these options.
    pub fn check(&self, format: Format) -> Result<(), Failure> {
        if self.quality.is_some() && format != Format::Jpeg {
            return Err(Failure::input(format!(
                "--quality works with JPEG only, and {format} files are lossless; write a .jpg file, or remove --quality"
            )));
        }
        if self.is_deep() && !format.has_16_bits() {
            return Err(Failure::input(format!(
                "{format} files have 8 bits a channel; write a .png or .tif file, or remove --depth"
            )));
        }
        Ok(())
    }

    /// Whether files have 16 bits a channel.
    pub fn is_deep(&self) -> bool {
        self.depth == Depth::Sixteen
    }

    /// Encodes a picture with these options.
    pub fn encode(&self, picture: &Picture, format: Format) -> Result<Vec<u8>, PictureError> {
        if self.is_deep() {
            picture.encode_deep(format)
        } else {
            picture.encode(format, self.quality.unwrap_or(DEFAULT_QUALITY))
        }
    }
}

/// `--threads`, for all commands that compute.
#[derive(clap::Args, Debug)]
pub struct Threads {
    /// Number of processor threads, 1 to 256; does not change the result [default: all]
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    #[arg(value_parser = clap::value_parser!(u16).range(1..=256))]
    threads: Option<u16>,
}

impl Threads {
    /// Whether a number was given.
    pub fn is_given(&self) -> bool {
        self.threads.is_some()
    }

    /// The number of threads, for work that distributes them itself.
    pub fn count(&self) -> usize {
        self.threads.map_or_else(rayon::current_num_threads, usize::from)
    }

    /// Makes all later work run on this many threads.
    pub fn apply(&self) -> Result<(), Failure> {
        let Some(threads) = self.threads else { return Ok(()) };
        let pool = rayon::ThreadPoolBuilder::new().num_threads(usize::from(threads));
        pool.build_global().map_err(|e| Failure::internal(format!("cannot start {threads} threads: {e}")))
    }
}

/// `--backward`, for all commands that compute gradients.
#[derive(clap::Args, Debug)]
pub struct Precision {
    /// Number format of the backward pass; bf16 is faster and nearly as exact, and needs a processor with AVX512-BF16
    #[arg(long, value_name = "NUMBERS", default_value = Backward::F32.name())]
    #[arg(value_parser = PossibleValuesParser::new(Backward::ALL.map(Backward::name)))]
    backward: String,
}

impl Precision {
    /// The chosen number format.
    pub fn backward(&self) -> Result<Backward, Failure> {
        Ok(self.backward.parse()?)
    }
}

/// Width and height in pixels, written as `640x427`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PixelSize(pub usize, pub usize);

impl FromStr for PixelSize {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let side = |text: &str| text.parse().ok().filter(|side| (1..=65_535).contains(side));
        let (width, height) = text.split_once(['x', 'X', '×']).unwrap_or((text, text));
        let sides = side(width).zip(side(height)).map(|(width, height)| Self(width, height));
        sides.ok_or("write WIDTHxHEIGHT in pixels, such as 640x427, or one number for a square")
    }
}

/// Accepts the names and aliases of the networks that look at pictures. Those without trained weights and those that answer
/// rows of tables are hidden: they are accepted only so that the error can give the reason.
pub fn model_names() -> PossibleValuesParser {
    names_with(|name| PossibleValue::new(name).hide(true))
}

/// Accepts the names and aliases of the networks that can be tested.
pub fn tested_names() -> PossibleValuesParser {
    names_with(PossibleValue::new)
}

fn names_with(table: fn(&'static str) -> PossibleValue) -> PossibleValuesParser {
    let untrained = oneiric_zoo::untrained().iter().map(|model| model_name(model).hide(true));
    let own = networks().trained().map(PossibleValue::new).chain(networks().tables().map(table));
    oneiric_zoo::models().iter().map(model_name).chain(own).chain(untrained).collect::<Vec<_>>().into()
}

/// Accepts the names and aliases of all networks, trained or not.
pub fn architecture_names() -> PossibleValuesParser {
    let own = networks().trained().chain(networks().tables()).map(PossibleValue::new);
    let all = oneiric_zoo::models().iter().chain(oneiric_zoo::untrained());
    all.map(model_name).chain(own).collect::<Vec<_>>().into()
}

fn model_name(model: &Model) -> PossibleValue {
    PossibleValue::new(model.name).aliases(model.aliases)
}

/// Accepts the names of the presets.
pub fn preset_names() -> PossibleValuesParser {
    let presets = oneiric::preset::presets().iter();
    presets.map(|preset| PossibleValue::new(preset.name)).into()
}

/// Parses a number. The settings check its range.
pub fn number(text: &str) -> Result<f32, &'static str> {
    text.parse().map_err(|_| "write a number, such as 0.5")
}

/// Parses a size in bytes: `2G`, `800M` or `2000000000`, in powers of 1000, or of 1024: `2GiB`.
pub fn bytes(text: &str) -> Result<u64, &'static str> {
    let bytes = parse_size(text.trim()).ok().filter(|bytes| *bytes > 0);
    bytes.ok_or("write bytes, such as 2G, 800M or 2000000000")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_a_number_with_or_without_a_unit() {
        let read = [
            ("2G", 2_000_000_000),
            ("800M", 800_000_000),
            (" 1.5 gb ", 1_500_000_000),
            ("10k", 10_000),
            ("64KiB", 65_536),
        ];
        read.into_iter().for_each(|(text, size)| assert_eq!(bytes(text), Ok(size), "{text}"));
        let same = [
            ("2000000000", 2_000_000_000),
            ("2e9", 2_000_000_000),
            ("5B", 5),
            ("1T", 1_000_000_000_000),
            ("0.5M", 500_000),
        ];
        same.into_iter().for_each(|(text, size)| assert_eq!(bytes(text), Ok(size), "{text}"));
        for wrong in ["", "2X", "-3G", "NaN", "inf", "0", "0.1", "G", "999999999T"] {
            assert!(bytes(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_size_is_two_numbers_or_one() {
        assert_eq!("640x427".parse(), Ok(PixelSize(640, 427)));
        assert_eq!("1×5000".parse(), Ok(PixelSize(1, 5000)));
        assert_eq!("640".parse(), Ok(PixelSize(640, 640)));
        for wrong in ["", "640x", "x427", "0x5", "-3x5", "640x427x3", "99999x1", "6.4x2"] {
            assert!(wrong.parse::<PixelSize>().is_err(), "{wrong}");
        }
    }
}
