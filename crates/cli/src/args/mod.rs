//! The arguments that several sub-commands share.

mod batch;
mod dream;
mod places;
mod settings;

use std::str::FromStr;

use clap::builder::{PossibleValue, PossibleValuesParser};
use oneiric::Backward;
use oneiric_zoo::Model;

use crate::terminal::failure::Failure;

pub use batch::BatchArgs;
pub use dream::DreamArgs;
pub use places::{Places, PlacesReport};
pub use settings::{FinishArgs, SettingsArgs, report};

/// How a picture that was made is kept and told of.
#[derive(clap::Args, Debug)]
pub struct Outcome {
    /// Replace the file that -o names if there is one
    #[arg(long)]
    pub overwrite: bool,
    /// Print as JSON what was made, and how; the picture has to go to a file
    #[arg(long)]
    pub json: bool,
    /// Show and print nothing but JSON and errors
    #[arg(long, short)]
    pub quiet: bool,
}

/// `--threads`, for whatever computes.
#[derive(clap::Args, Debug)]
pub struct Threads {
    /// Processor threads to use, 1 to 256 [default: all]. The result is the same with any number
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    #[arg(value_parser = clap::value_parser!(u16).range(1..=256))]
    threads: Option<u16>,
}

impl Threads {
    /// Whether a number was given.
    pub fn is_given(&self) -> bool {
        self.threads.is_some()
    }

    /// How many there are, for work that shares them out by itself.
    pub fn count(&self) -> usize {
        self.threads.map_or_else(rayon::current_num_threads, usize::from)
    }

    /// Lets all later work run on this many threads.
    pub fn apply(&self) -> Result<(), Failure> {
        let Some(threads) = self.threads else { return Ok(()) };
        let pool = rayon::ThreadPoolBuilder::new().num_threads(usize::from(threads));
        pool.build_global().map_err(|e| Failure::ours(format!("{threads} threads could not be started: {e}")))
    }
}

/// `--backward`, for whatever climbs a gradient.
#[derive(clap::Args, Debug)]
pub struct Precision {
    /// Numbers of the way back from the layer: bf16 is faster and nearly the same, on processors with AVX512-BF16
    #[arg(long, value_name = "NUMBERS", default_value = Backward::F32.name())]
    #[arg(value_parser = PossibleValuesParser::new(Backward::ALL.map(Backward::name)))]
    backward: String,
}

impl Precision {
    /// What was chosen.
    pub fn backward(&self) -> Result<Backward, Failure> {
        Ok(self.backward.parse()?)
    }
}

/// Columns and rows as `640x427`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sides(pub usize, pub usize);

impl FromStr for Sides {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let side = |text: &str| text.parse().ok().filter(|side| (1..=65_535).contains(side));
        let (width, height) = text.split_once(['x', 'X', '×']).unwrap_or((text, text));
        let sides = side(width).zip(side(height)).map(|(width, height)| Self(width, height));
        sides.ok_or("write WIDTHxHEIGHT in pixels, such as 640x427, or one number for a square")
    }
}

/// Takes the names and aliases of the networks. Those without trained weights are not offered: they are taken
/// only to be refused with a reason.
pub fn model_names() -> PossibleValuesParser {
    let untrained = oneiric_zoo::untrained().iter().map(|model| model_name(model).hide(true));
    oneiric_zoo::models().iter().map(model_name).chain(untrained).collect::<Vec<_>>().into()
}

/// Takes the names and aliases of all networks, trained or not.
pub fn architecture_names() -> PossibleValuesParser {
    let all = oneiric_zoo::models().iter().chain(oneiric_zoo::untrained());
    all.map(model_name).collect::<Vec<_>>().into()
}

fn model_name(model: &Model) -> PossibleValue {
    PossibleValue::new(model.name).aliases(model.aliases)
}

/// Takes the names of the presets.
pub fn preset_names() -> PossibleValuesParser {
    let presets = oneiric::preset::presets().iter();
    presets.map(|preset| PossibleValue::new(preset.name)).into()
}

/// Takes a number. Whether it is too large, the settings know.
pub fn number(text: &str) -> Result<f32, &'static str> {
    text.parse().map_err(|_| "write a number, such as 0.5")
}

/// Reads `2G`, `800M` or `2000000000`.
pub fn bytes(text: &str) -> Result<u64, &'static str> {
    let upper = text.trim().to_ascii_uppercase();
    let number = upper.trim_end_matches('B');
    let units = [('K', 1e3), ('M', 1e6), ('G', 1e9), ('T', 1e12)];
    let with_unit = units.iter().find_map(|(letter, unit)| Some((number.strip_suffix(*letter)?, *unit)));
    let (number, unit) = with_unit.unwrap_or((number, 1.0));
    let read = number.trim().parse().ok().filter(|number: &f64| number.is_finite() && *number > 0.0);
    read.map(|number| (number * unit) as u64).ok_or("write bytes, such as 2G, 800M or 2000000000")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sides_are_two_numbers_or_one() {
        assert_eq!("640x427".parse(), Ok(Sides(640, 427)));
        assert_eq!("1×5000".parse(), Ok(Sides(1, 5000)));
        assert_eq!("640".parse(), Ok(Sides(640, 640)));
        for wrong in ["", "640x", "x427", "0x5", "-3x5", "640x427x3", "99999x1", "6.4x2"] {
            assert!(wrong.parse::<Sides>().is_err(), "{wrong}");
        }
    }
}
