//! `oneiric train`: makes a network of one's own from pictures.

mod pictures;
mod run;
mod screen;

use std::path::PathBuf;

use oneiric_train::TrainingSettings;
use oneiric_train::data::Augmentation;

use crate::args::{Threads, bytes, number};
use crate::terminal::failure::Failure;

const AFTER_HELP: &str = "\
Examples:
  oneiric train --kit eyeballs              train on drawn eyeballs, then dream:
  oneiric dream photo.jpg -m eyeballs-kit
  oneiric train pets                        one sub-folder of pictures for each class:
                                            pets/cat, pets/dog, pets/other
  oneiric train shells --name shells        a folder with pictures of one thing; ordinary
                                            pictures are drawn to tell it from
  oneiric train pets --from lite0 --robust 0 --size 192
                                            recognises better, dreams worse
  oneiric train digits --from scratch --layers \"16 32/2 64/2\" --size 32 --robust 0
                                            a small network from scratch
  oneiric train pets --minutes 5            train for about five minutes
  oneiric test pets more-pets               test it on other pictures

The network is kept in your data folder (ONEIRIC_NETWORKS names another one) and is
used like any other: `oneiric dream -m NAME`, `--more CLASS`, `oneiric models show NAME`.
Training against small adversarial changes (--robust) makes its dreams look like the
pictures. Ctrl-C keeps the network as it is; the same command continues.";

/// Train a network on your pictures, to recognise them and to dream of them
#[derive(clap::Args, Debug)]
#[command(after_help = AFTER_HELP)]
pub struct Args {
    /// A folder with one sub-folder of pictures for each class, or with pictures of one thing
    #[arg(value_name = "FOLDER", required_unless_present = "kit")]
    folder: Option<PathBuf>,
    /// Draw the pictures instead
    #[arg(long, value_name = "KIT", value_parser = kit_names(), conflicts_with = "folder")]
    kit: Option<String>,
    /// Name of the network [default: the name of the folder, or of the kit with -kit]
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// What to begin with, and the first layer to train: squeezenet:fire6, lite0:block8, … or scratch
    #[arg(long, value_name = "NETWORK[:LAYER]", default_value = "squeezenet:fire6")]
    from: String,
    /// With --from scratch: channels of each 3x3 convolution, with /2 for a stride of 2
    #[arg(long, value_name = "CHANNELS", default_value = "16 32/2 64/2 64/2")]
    layers: String,
    /// Side of the pictures in pixels, 8 to 512
    #[arg(long, value_name = "PIXELS", default_value_t = 112)]
    size: usize,
    /// How often each picture is seen [default: as often as suits their number]
    #[arg(long, value_name = "N", conflicts_with = "steps")]
    epochs: Option<usize>,
    /// Number of steps
    #[arg(long, value_name = "N")]
    steps: Option<usize>,
    /// Train for about this long
    #[arg(long, value_name = "MINUTES", value_parser = number, conflicts_with_all = ["steps", "epochs"])]
    minutes: Option<f32>,
    /// Pictures of a step
    #[arg(long, value_name = "N", default_value_t = 16)]
    batch: usize,
    /// The highest rate of learning [default: 0.0005; 0.0001 for lite0, 0.002 from scratch]
    #[arg(long, value_name = "RATE", value_parser = number)]
    rate: Option<f32>,
    /// Size of the adversarial changes (L2 at 112 pixels); 0 trains on plain pictures [default: 1.5; 0 from scratch]
    #[arg(long, value_name = "BOUND", value_parser = number)]
    robust: Option<f32>,
    /// Train on the pictures as they are, without random crops, colours and blur
    #[arg(long)]
    no_augmentation: bool,
    /// Part of the pictures that is held out for testing
    #[arg(long, value_name = "PART", default_value_t = 0.2)]
    held_out: f64,
    /// Pictures of each class that a kit draws [default: as many as suit the kit]
    #[arg(long, value_name = "N", requires = "kit")]
    pictures: Option<usize>,
    /// Seed of everything random
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Dream on this photo at the end instead of a drawn landscape
    #[arg(long, value_name = "PHOTO", conflicts_with = "no_dream")]
    photo: Option<PathBuf>,
    /// Do not dream at the end
    #[arg(long)]
    no_dream: bool,
    /// Skip the first stage, a network that recognises the classes after seconds (NAME-first)
    #[arg(long)]
    no_first: bool,
    /// Folder for NAME.dream.png and NAME.mistakes.png
    #[arg(long, short, value_name = "FOLDER", default_value = ".")]
    out: PathBuf,
    /// Memory for the pictures
    #[arg(long, value_name = "SIZE", value_parser = bytes)]
    memory: Option<u64>,
    /// Replace a network of this name, and existing pictures
    #[arg(long)]
    overwrite: bool,
    /// Print a line of JSON for each evaluation and for the result
    #[arg(long)]
    json: bool,
    /// Print no progress
    #[arg(long, short)]
    quiet: bool,
    #[command(flatten)]
    threads: Threads,
}

fn kit_names() -> Vec<&'static str> {
    oneiric_kits::kits().iter().map(|kit| kit.name).collect()
}

impl Args {
    /// The settings for a number of pictures.
    fn settings(&self, pictures: usize) -> Result<TrainingSettings, Failure> {
        let start = if self.from == "scratch" { &self.layers } else { &self.from };
        let mut settings = TrainingSettings::of_start(start)?;
        settings.size = self.size;
        settings.batch = self.batch;
        settings.rate = self.rate.unwrap_or(settings.rate);
        settings.robust = self.robust.unwrap_or(settings.robust);
        settings.augmentation = if self.no_augmentation { Augmentation::NONE } else { Augmentation::default() };
        settings.held_out = self.held_out;
        settings.seed = self.seed;
        settings.steps = self.steps.unwrap_or_else(|| settings.steps_for(pictures, self.epochs));
        settings.check()?;
        Ok(settings)
    }
}

pub fn run(args: &Args) -> Result<(), Failure> {
    args.threads.apply()?;
    run::run(args)
}
