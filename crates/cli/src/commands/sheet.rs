//! `oneiric sheet`: a labelled sheet with one small dream for each preset.

use std::path::PathBuf;

use clap::builder::RangedU64ValueParser;
use oneiric::inspect::sheet::Sheet;
use oneiric::preset::{Preset, preset, presets};
use oneiric::render::LoadedPhoto;
use oneiric::{Dream, Limits, PhotoSource, Settings};
use serde::Serialize;

use crate::args::{OutputArgs, Threads, preset_names};
use crate::terminal::failure::Failure;
use crate::terminal::interrupt;
use crate::terminal::progress::Bar;
use crate::work::destination::{Destination, Records};
use crate::work::input::Source;
use crate::work::networks::networks;

const AFTER_HELP: &str = "\
Examples:
  oneiric sheet photo.jpg -o looks.png                show all looks on a photo
  oneiric sheet -o looks.png                          show them on a landscape
  oneiric sheet photo.jpg -o few.jpg -p dogs -p eyes  show only these looks
  oneiric sheet photo.jpg -o large.png --size 640     use larger tiles

A tile has the shapes of the large dream without its finest details. Ctrl-C stops
at the next step without writing.";

/// Compare the looks: dream on a photo with every preset and put the results on one labelled sheet.
#[derive(clap::Args, Debug)]
#[command(after_help = AFTER_HELP)]
pub struct Args {
    /// The photo, or - for standard input [default: a landscape generated from --seed]
    #[arg(value_name = "PICTURE")]
    picture: Option<PathBuf>,
    /// Output file: .png, .jpg, .webp or .tif, or - for PNG on standard output
    #[arg(long, short, value_name = "FILE")]
    out: PathBuf,
    /// Longer side of each small dream in pixels; never enlarges a photo
    #[arg(long, value_name = "TILESIDE", default_value = "320", allow_negative_numbers = true)]
    #[arg(value_parser = RangedU64ValueParser::<usize>::new().range(16..=4096))]
    size: usize,
    /// Use only this look; may be repeated [default: all]
    #[arg(long, short, value_name = "NAME", value_parser = preset_names(), ignore_case = true)]
    preset: Vec<String>,
    /// Random seed: the same seed gives the same picture
    #[arg(long, value_name = "N", default_value_t = 0, allow_negative_numbers = true)]
    seed: u64,
    #[command(flatten)]
    output: OutputArgs,
    #[command(flatten)]
    threads: Threads,
}

#[derive(Serialize)]
struct Report {
    /// Width and height of each dream in pixels.
    tile: [usize; 2],
    presets: Vec<&'static str>,
}

pub fn run(args: &Args) -> Result<(), Failure> {
    let looks = chosen(&args.preset)?;
    let source = Source::from_argument(args.picture.as_deref());
    let destination = Destination::check(Some(&args.out), &source, "sheet", &args.output)?;
    args.threads.apply()?;
    let needs = |(width, height)| Ok(Sheet::memory(width, height, looks.len() + 1));
    let photo = source.lazy(args.seed, Some(args.size), false, &Limits::default())?;
    let (photo, _) = source.load(&photo, args.output.quiet, needs)?;
    let tile = photo.size()?;
    interrupt::catch();
    let mut sheet = Sheet::new(tile.0, tile.1);
    sheet.add(if source == Source::Landscape { "landscape" } else { "photo" }, "", photo.picture());
    let time = dream_all(args, &looks, &photo, &mut sheet)?;
    let picture = sheet.render()?;
    let report = Report { tile: tile.into(), presets: looks.iter().map(|look| look.name).collect() };
    destination.deliver(&picture, &Records::default(), &args.output, Some(time), report)
}

/// The looks of these names, each once, in the order of `oneiric presets`; all looks if no name is given.
fn chosen(names: &[String]) -> Result<Vec<&'static Preset>, Failure> {
    let wanted = names.iter().map(|name| Ok(preset(name)?.name)).collect::<Result<Vec<_>, Failure>>()?;
    let shown = |look: &&Preset| wanted.is_empty() || wanted.contains(&look.name);
    Ok(presets().iter().filter(shown).collect())
}

/// Dreams with one look after the other; each uses all threads.
fn dream_all(args: &Args, looks: &[&Preset], photo: &LoadedPhoto, sheet: &mut Sheet) -> Result<f64, Failure> {
    let bar = Bar::new(args.output.quiet);
    for (number, look) in looks.iter().enumerate() {
        let dream = Dream::with_networks(Settings { seed: args.seed, ..look.settings() }, networks())?;
        let picture = dream.render_with(photo, |progress, _| {
            let work = format!("{} ({} of {})", look.name, number + 1, looks.len());
            bar.show_part(work, (number as f64 + progress.done) / looks.len() as f64);
            interrupt::check()
        })?;
        sheet.add(look.name, "", &picture);
    }
    Ok(bar.finish())
}
