//! `oneiric dream`: a picture becomes a dream.

use std::path::PathBuf;

use clap::builder::RangedU64ValueParser;
use oneiric::picture::readable;
use oneiric::{Dream, Picture, Settings};
use serde::Serialize;

use crate::args::{Outcome, SettingsArgs, Threads};
use crate::failure::{Failure, about_layers};
use crate::input::Source;
use crate::interrupt;
use crate::output::{Destination, print_json, print_path, say};
use crate::progress::{Bar, seconds};

const AFTER_HELP: &str = "\
Examples:
  oneiric dream photo.jpg                    into photo.dream.png beside it
  oneiric dream photo.jpg -p NAME -o d.jpg   another look, as JPEG
  oneiric dream photo.jpg -m squeezenet      with the other network
  oneiric dream photo.jpg -l block9 -l block12:0.5
                                             two layers, the second counting half
  oneiric dream photo.jpg -l block12 --channel 42
                                             a single channel
  oneiric dream photo.jpg --size 400 --iterations 4
                                             a quick trial
  oneiric dream --seed 7                     on a landscape, into oneiric.dream.png
  curl -s URL | oneiric dream - > dream.png  from a pipe into a file

The path of the dream goes to the standard output unless that is a terminal,
all else to the standard error. Ctrl-C stops at the next step: nothing is
written, exit code 130. Transparency is kept; what the photo tells of its
camera, place and time is dropped.";

/// Dream on a picture: at several sizes, step by step, what the network faintly recognises grows.
#[derive(clap::Args, Debug)]
#[command(after_help = AFTER_HELP)]
pub struct Args {
    /// The photo (JPEG, PNG, WebP, GIF, BMP, TIFF), or - for the standard input. Without one, a landscape of
    /// 960x640 is drawn from --seed
    #[arg(value_name = "PICTURE")]
    picture: Option<PathBuf>,
    /// Where the dream goes: .png, .jpg or .webp, or - for PNG on the standard output [default: beside the photo as
    /// photo.dream.png, photo.dream-2.png…]
    #[arg(long, short, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Shrink the picture to this many pixels on its longer side; never enlarges a photo
    #[arg(long, value_name = "MAXSIDE", allow_negative_numbers = true)]
    #[arg(value_parser = RangedU64ValueParser::<usize>::new().range(1..=65_535))]
    size: Option<usize>,
    #[command(flatten)]
    outcome: Outcome,
    #[command(flatten)]
    threads: Threads,
    #[command(flatten)]
    settings: SettingsArgs,
}

/// Settings as JSON tells them; the names are those of the options.
#[derive(Serialize)]
pub struct SettingsReport {
    model: String,
    layers: Vec<LayerReport>,
    channels: Vec<usize>,
    octaves: usize,
    octave_scale: f32,
    iterations: usize,
    step: f32,
    jitter: usize,
    normalize: &'static str,
    chroma: f32,
    seed: u64,
    backward: &'static str,
}

#[derive(Serialize)]
struct LayerReport {
    layer: String,
    weight: f32,
}

impl From<&Settings> for SettingsReport {
    fn from(settings: &Settings) -> Self {
        let layers = settings.layers.iter().map(|l| LayerReport { layer: l.layer.clone(), weight: l.weight });
        Self {
            model: settings.model.clone(),
            layers: layers.collect(),
            channels: settings.channels.clone(),
            octaves: settings.octaves,
            octave_scale: settings.octave_scale,
            iterations: settings.iterations,
            step: settings.step,
            jitter: settings.jitter,
            normalize: settings.normalize.name(),
            chroma: settings.chroma,
            seed: settings.seed,
            backward: settings.backward.name(),
        }
    }
}

#[derive(Serialize)]
struct Report<'a> {
    output: String,
    width: usize,
    height: usize,
    seconds: f64,
    preset: &'a str,
    settings: SettingsReport,
}

pub fn run(args: &Args) -> Result<(), Failure> {
    let settings = args.settings.settings()?;
    let source = Source::from_argument(args.picture.as_deref());
    let destination = Destination::check(args.out.as_deref(), &source, args.outcome.overwrite)?;
    if args.outcome.json && destination.is_stdout() {
        return Err(Failure::input("the picture and --json cannot both go to the standard output: add -o FILE"));
    }
    args.threads.apply()?;
    let (model, seed) = (settings.model.clone(), settings.seed);
    let dream = Dream::new(settings).map_err(|e| about_layers(e, &model))?;
    let photo = source.picture(seed, args.size, |width, height| dream.memory(width, height))?;
    destination.check_size(photo.width(), photo.height())?;
    interrupt::catch();
    let (picture, time) = render(&dream, &photo, args.outcome.quiet)?;
    let saved = destination.save(&picture)?;
    tell(args, &dream, &picture, saved, time)
}

fn render(dream: &Dream, photo: &Picture, quiet: bool) -> Result<(Picture, f64), Failure> {
    let bar = Bar::new(quiet);
    let picture = dream.render(photo, |progress, _| {
        bar.show(progress);
        interrupt::check()
    });
    let time = bar.finish();
    Ok((picture?, time))
}

fn tell(args: &Args, dream: &Dream, picture: &Picture, saved: Option<PathBuf>, time: f64) -> Result<(), Failure> {
    let (width, height) = (picture.width(), picture.height());
    let name = saved.as_ref().map_or("to the standard output".into(), |path| path.display().to_string());
    if !args.outcome.quiet {
        let name = readable(name.as_ref());
        say(&format!("wrote {name} ({width}x{height}, {})", seconds(time, 1)));
    }
    if args.outcome.json {
        return print_json(&Report {
            output: name,
            width,
            height,
            seconds: time,
            preset: args.settings.preset()?.name,
            settings: dream.settings().into(),
        });
    }
    match saved {
        Some(path) if !args.outcome.quiet && !std::io::IsTerminal::is_terminal(&std::io::stdout()) => print_path(&path),
        _ => Ok(()),
    }
}
