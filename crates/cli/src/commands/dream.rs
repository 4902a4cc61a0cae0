//! `oneiric dream`: a picture becomes a dream.

use std::path::{Path, PathBuf};

use oneiric::PhotoSource;
use oneiric::recipe::Recipe;
use serde::Serialize;
use serde_json::Map;

use crate::args::{BatchArgs, DreamArgs, PlacesReport, report};
use crate::terminal::failure::Failure;
use crate::terminal::interrupt;
use crate::terminal::stderr::say;
use crate::work::batch::{self, inputs};
use crate::work::checkpoint::CheckpointKeeper;
use crate::work::destination::Destination;
use crate::work::forecast::Forecast;
use crate::work::input::Source;
use crate::work::maker::{Maker, SharedInputs};
use crate::work::remote;
use crate::work::substitutes::say_substitutes;
use crate::work::sweep::{self, Sweeps};

const AFTER_HELP: &str = "\
Examples:
  oneiric dream photo.jpg                    into photo.dream.png beside it
  oneiric dream photo.jpg -p NAME -o d.jpg   another look, as JPEG
  oneiric dream photo.jpg -m squeezenet      with the other network
  oneiric dream photo.jpg -l block9 -l block12:0.5
                                             two layers, the second counting half
  oneiric dream photo.jpg --more birds --less dogs
                                             things by name
  oneiric dream photo.jpg -l block12 --channels strongest:8
                                             what the layer sees most
  oneiric dream photo.jpg --objective \"block8 + 0.5*class('daisy')\"
                                             any sum of layers, channels, classes
  oneiric dream photo.jpg --mask sky.png     only where sky.png is bright
  oneiric dream photo.jpg --region top:50%=swirls --region circle:50%,70%,20%=eyes
                                             a look in each place
  oneiric dream photo.jpg --guide shells.jpg towards what another picture shows
  oneiric dream photo.jpg --size 400 --iterations 4
                                             a quick trial
  oneiric dream --recipe photo.dream.png other.jpg
                                             the same dream of another photo
  oneiric dream --seed 7                     on a landscape, into oneiric.dream.png
  curl -s URL | oneiric dream - > dream.png  from a pipe into a file
  oneiric dream photo.jpg --sweep layer=block5..block12 --sweep step=0.5x,1x,2x
                                             all combinations, small and labelled,
                                             into photo.sweep.png
  oneiric dream photos -o dreams             every picture of a folder, as many at
                                             once as memory allows; a second run
                                             does what is new
  oneiric dream '*.jpg' -o d --name {n}-{name}.jpg
                                             what matches, under other names
  oneiric dream photo.jpg --server http://127.0.0.1:8600
                                             in a studio's queue
  find . -size +1M | oneiric dream --list - -o d
                                             a list of files, a path a line

The path of the dream goes to the standard output unless that is a terminal,
all else to the standard error. Ctrl-C stops at the next step: nothing is
written, exit code 130. Transparency is kept; what the photo tells of its
camera, place and time is dropped. How the dream was made is kept in it,
without any name of a person, photo or folder, unless --no-recipe is given:
oneiric recipe show photo.dream.png.";

/// Dream on a picture: at several sizes, step by step, what the network faintly recognises grows.
#[derive(clap::Args, Debug)]
#[command(after_help = AFTER_HELP)]
pub struct Args {
    /// The photo (JPEG, PNG, WebP, GIF, BMP, TIFF), or - for the standard input; or several, folders of pictures,
    /// patterns such as '*.jpg'. Without one, or with a recipe (.toml) in its place, a landscape of 960x640 is drawn
    /// from --seed
    #[arg(value_name = "PICTURE")]
    pictures: Vec<PathBuf>,
    /// Where the dream goes: .png, .jpg or .webp, or - for PNG on the standard output [default: beside the photo as
    /// photo.dream.png, photo.dream-2.png…]. Of several pictures: the folder of their dreams, which is made if need be
    #[arg(long, short, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Dream on the pictures that this file names, a path a line; - for the standard input
    #[arg(long, value_name = "FILE", help_heading = "Several pictures")]
    list: Option<PathBuf>,
    /// Keep the dream in this folder on the way, so that the same command goes on where it was stopped [default: the
    /// user's folder for such things, for dreams that take longer than half a minute]
    #[arg(long, value_name = "FOLDER")]
    checkpoint: Option<PathBuf>,
    /// Only tell how long it will take, how much memory, and in which tiles
    #[arg(long)]
    dry_run: bool,
    /// Let the studio at this address dream, such as http://127.0.0.1:8600
    #[arg(long, value_name = "URL", conflicts_with_all = ["dry_run", "checkpoint", "sweeps", "list"])]
    server: Option<String>,
    #[command(flatten)]
    batch: BatchArgs,
    #[command(flatten)]
    sweeps: Sweeps,
    #[command(flatten)]
    dream: DreamArgs,
}

/// Pixels that networks see before it may be worth telling how long that takes: a few seconds.
const LONG_WORK: f64 = 10e6;

#[derive(Serialize)]
struct Report<'a> {
    #[serde(flatten)]
    places: PlacesReport<'a>,
    preset: Option<&'a str>,
    settings: Map<String, serde_json::Value>,
}

pub fn run(args: &Args) -> Result<(), Failure> {
    let one_dream = args.sweeps.is_empty() && !inputs::is_batch(&args.pictures, args.list.as_deref());
    if (args.dry_run || args.checkpoint.is_some()) && !one_dream {
        return Err(Failure::input("--dry-run and --checkpoint are for one dream: name one picture, without --sweep"));
    }
    if inputs::is_batch(&args.pictures, args.list.as_deref()) {
        if args.server.is_some() {
            return Err(Failure::input("--server is for one picture: name only one"));
        }
        if !args.sweeps.is_empty() {
            return Err(Failure::input("--sweep tries values on one picture: name only one"));
        }
        return batch::run(&args.pictures, args.list.as_deref(), &args.batch, args.out.as_deref(), &args.dream);
    }
    if !args.batch.is_empty() {
        return Err(Failure::input("--name and --recursive are for several pictures: name more, or a folder"));
    }
    let (recipe, picture) = args.inputs();
    if let Some(url) = &args.server {
        return remote::run(url, picture, args.out.as_deref(), &args.dream);
    }
    let shared = args.dream.shared_inputs(recipe, picture == Some(Path::new("-")))?;
    if args.sweeps.is_empty() {
        one(picture, args, &shared)
    } else {
        sweep::run(picture, args.out.as_deref(), &args.sweeps, &args.dream, &shared)
    }
}

impl Args {
    /// The recipe and the picture. Where a recipe stands in the place of the picture, there is no picture.
    fn inputs(&self) -> (Option<&Path>, Option<&Path>) {
        let is_recipe = |path: &Path| path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("toml"));
        match (self.dream.recipe.as_deref(), self.pictures.first().map(PathBuf::as_path)) {
            (None, Some(path)) if is_recipe(path) => (Some(path), None),
            inputs => inputs,
        }
    }
}

fn one(picture: Option<&Path>, args: &Args, shared: &SharedInputs) -> Result<(), Failure> {
    let dream_args = &args.dream;
    let settings = shared.settings(&dream_args.settings)?;
    let source = Source::from_argument(picture);
    let destination = Destination::check(args.out.as_deref(), &source, "dream", &dream_args.output)?;
    dream_args.threads.apply()?;
    if !dream_args.output.quiet {
        settings.objectives().for_each(say_substitutes);
        shared.recipe().iter().for_each(|recipe| say_landscape(recipe, &source));
    }
    let mut maker = Maker::new(dream_args, &dream_args.settings, shared)?;
    let photo = maker.wait(&source)?;
    let size = photo.size()?;
    destination.check_size(size.0, size.1)?;
    let about = photo.about();
    // One that is too long is no name for what is kept.
    let asked = maker.recipe(about.clone()).write().ok();
    let folder = args.checkpoint.as_deref().filter(|_| !args.dry_run);
    let mut keeper = CheckpointKeeper::new(folder, asked.as_deref(), dream_args.output.quiet)?;
    let checkpoint = if args.dry_run { None } else { keeper.found() };
    let kept = match &checkpoint {
        Some(checkpoint) => maker.resume(size, checkpoint.tile())?,
        None => maker.fit(size, dream_args.memory)?,
    };
    if args.dry_run {
        return Forecast::new(maker.dream(), size, kept)?.print(&dream_args.output);
    }
    let recipe = maker.recipe(about);
    // What is too long is told before the work.
    let text = maker.text(&recipe)?;
    if !dream_args.output.quiet && checkpoint.is_none() && maker.dream().work(size) > LONG_WORK {
        Forecast::new(maker.dream(), size, kept)?.say_if_long();
    }
    interrupt::catch();
    let picture = maker.render(&photo, kept, checkpoint, &mut keeper);
    let (time, picture) = (keeper.finish(), picture.map_err(|e| keeper.stopped(e))?);
    let more = Report {
        places: (&recipe.places).into(),
        preset: recipe.preset.as_deref(),
        settings: report(maker.dream().settings(), |_| true),
    };
    destination.deliver(&picture, text.as_deref(), &dream_args.output, Some(time), more)?;
    keeper.forget();
    Ok(())
}

fn say_landscape(recipe: &Recipe, source: &Source) {
    if *source == Source::Landscape && recipe.photo.as_ref().is_some_and(|photo| !photo.landscape) {
        say("the recipe was made on a photo, which is not in it; without one, this is a dream of a landscape");
    }
}
