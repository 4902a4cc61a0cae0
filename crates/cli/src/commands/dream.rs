//! `oneiric dream`: dreams on pictures.

use std::path::{Path, PathBuf};

use oneiric::PhotoSource;
use oneiric::recipe::Recipe;
use serde::Serialize;
use serde_json::Map;

use crate::args::{BatchArgs, DreamArgs, PlacesReport, report};
use crate::terminal::failure::{Failure, photo_failure};
use crate::terminal::interrupt;
use crate::terminal::stderr::{say, warn};
use crate::work::batch::{self, inputs};
use crate::work::checkpoint::CheckpointKeeper;
use crate::work::destination::{Destination, Records};
use crate::work::film_strip::{FilmStrip, Filmed, StripArg};
use crate::work::forecast::Forecast;
use crate::work::input::Source;
use crate::work::maker::{Maker, SharedInputs};
use crate::work::remote;
use crate::work::substitutes::say_substitutes;
use crate::work::sweep::{self, Sweeps};

const AFTER_HELP: &str = "\
Examples:
  oneiric dream photo.jpg                    write photo.dream.png next to it
  oneiric dream photo.jpg -p NAME -o d.jpg   use another look, write a JPEG
  oneiric dream photo.jpg -m squeezenet      use another network
  oneiric dream photo.jpg -l block9 -l block12:0.5
                                             use two layers, the second with half weight
  oneiric dream photo.jpg --more birds --less dogs
                                             choose things by name
  oneiric dream photo.jpg -l block12 --channels strongest:8
                                             use the layer's 8 strongest channels
  oneiric dream photo.jpg --objective \"block8 + 0.5*class('daisy')\"
                                             use a sum of layers, channels and classes
  oneiric dream photo.jpg --mask sky.png     dream only where sky.png is bright
  oneiric dream photo.jpg --region top:50%=swirls --region circle:50%,70%,20%=eyes
                                             use a different look in each place
  oneiric dream photo.jpg --guide shells.jpg grow the shapes of another picture
  oneiric dream photo.jpg --size 400 --iterations 4
                                             make a quick trial
  oneiric dream --recipe photo.dream.png other.jpg
                                             repeat a dream on another photo
  oneiric dream --seed 7                     use a landscape, write oneiric.dream.png
  curl -s URL | oneiric dream - > dream.png  read from a pipe, write to a file
  oneiric dream photo.jpg --sweep layer=block5..block12 --sweep step=0.5x,1x,2x
                                             try all combinations on one labelled
                                             sheet, photo.sweep.png
  oneiric dream photos -o dreams             dream on all pictures of a folder, in
                                             parallel; a second run does new ones
  oneiric dream '*.jpg' -o d --name {seed}-{name}.jpg
                                             choose pictures and output names
  oneiric dream photo.jpg --film-strip 12    also show how it grew, on one sheet,
                                             photo.dream.strip.png
  oneiric dream photo.jpg --server http://127.0.0.1:8600
                                             add it to the queue of a studio
  find . -size +1M | oneiric dream --list - -o d
                                             read a list of files, one path a line

The path of the result is printed to standard output unless that is a terminal;
messages go to standard error. Ctrl-C stops at the next step without writing
the dream, with exit code 130. Transparency is kept; metadata of the photo
(camera, place, time) is not; --keep-metadata keeps some, never the place. The
result contains the recipe of the dream, but no name of a person, photo or
folder; see `oneiric recipe show` and --no-recipe.";

/// Dream on pictures: amplify what a network faintly recognises, step by step, at several sizes.
#[derive(clap::Args, Debug)]
#[command(after_help = AFTER_HELP)]
pub struct Args {
    /// The photo (JPEG, PNG, WebP, GIF, BMP, TIFF, JPEG XL; HEIC and AVIF with heif-dec or ImageMagick), or - for
    /// standard input; or several photos, folders, or patterns such as '*.jpg'. Without a photo, or with only a recipe
    /// (.toml), a landscape of 960x640 is generated from --seed
    #[arg(value_name = "PICTURE")]
    pictures: Vec<PathBuf>,
    /// Output file: .png, .jpg, .webp or .tif, or - for PNG on standard output [default: photo.dream.png, photo.dream-2.png…
    /// next to the photo]. For several pictures: the output folder, which is created if necessary
    #[arg(long, short, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Write checkpoints to this folder, so that the same command resumes a stopped dream [default: the user's cache
    /// folder, for dreams longer than 30 seconds]
    #[arg(long, value_name = "FOLDER")]
    checkpoint: Option<PathBuf>,
    /// Also write a sheet of N small pictures of the growing dream: first the photo, last the dream [default FILE: the
    /// dream's name with .strip, photo.dream.strip.png]
    #[arg(long, value_name = "N[:FILE]", conflicts_with_all = ["dry_run", "server", "sweeps"])]
    film_strip: Option<StripArg>,
    /// Print the estimated time, memory and tiles without dreaming
    #[arg(long)]
    dry_run: bool,
    /// Dream in the studio at this address, such as http://127.0.0.1:8600
    #[arg(long, value_name = "URL", conflicts_with_all = ["dry_run", "checkpoint", "sweeps", "list"])]
    server: Option<String>,
    #[command(flatten)]
    dream: DreamArgs,
    /// Dream on the pictures listed in this file, one path a line; - for standard input
    #[arg(long, value_name = "FILE", help_heading = "Several pictures")]
    list: Option<PathBuf>,
    #[command(flatten)]
    batch: BatchArgs,
    #[command(flatten)]
    sweeps: Sweeps,
}

/// Pixels of work, about a few seconds, above which the duration is estimated and announced.
const LONG_WORK: f64 = 10e6;

#[derive(Serialize)]
struct Report<'a> {
    #[serde(flatten)]
    places: PlacesReport<'a>,
    preset: Option<&'a str>,
    settings: Map<String, serde_json::Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    film_strip: Option<String>,
}

pub fn run(args: &Args) -> Result<(), Failure> {
    let one_dream = args.sweeps.is_empty() && !inputs::is_batch(&args.pictures, args.list.as_deref());
    if (args.dry_run || args.checkpoint.is_some() || args.film_strip.is_some()) && !one_dream {
        return Err(Failure::input(
            "--dry-run, --checkpoint and --film-strip work with one dream only; name one picture, without --sweep",
        ));
    }
    if inputs::is_batch(&args.pictures, args.list.as_deref()) {
        if args.server.is_some() {
            return Err(Failure::input("--server works with one picture only; name one picture"));
        }
        if !args.sweeps.is_empty() {
            return Err(Failure::input("--sweep works with one picture only; name one picture"));
        }
        return batch::run(&args.pictures, args.list.as_deref(), &args.batch, args.out.as_deref(), &args.dream);
    }
    if !args.batch.is_empty() {
        return Err(Failure::input(
            "--name and --recursive work with several pictures only; name more pictures, or a folder",
        ));
    }
    let (recipe, picture) = args.inputs();
    if let Some(url) = &args.server {
        return remote::run(url, picture, args.out.as_deref(), &args.dream);
    }
    if args.dream.keep_metadata && !args.sweeps.is_empty() {
        return Err(Failure::input(
            "--keep-metadata cannot be used with --sweep: a sheet has no metadata of the photo",
        ));
    }
    let shared = args.dream.shared_inputs(recipe, picture == Some(Path::new("-")))?;
    if args.sweeps.is_empty() {
        one(picture, args, &shared)
    } else {
        sweep::run(picture, args.out.as_deref(), &args.sweeps, &args.dream, &shared)
    }
}

impl Args {
    /// Returns the recipe and the picture. A recipe in the place of the picture means that there is no picture.
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
    let out = args.out.as_deref();
    let strip_file = args.film_strip.as_ref().map(|strip| strip.destination(out, &source, &dream_args.output));
    let strip_file = strip_file.transpose()?;
    if strip_file.as_ref().is_some_and(|strip| strip.is_named(out)) {
        return Err(Failure::input("--film-strip and -o name the same file; use two names"));
    }
    dream_args.check_metadata(destination.format())?;
    dream_args.threads.apply()?;
    if !dream_args.output.quiet {
        settings.objectives().for_each(say_substitutes);
        shared.recipe().iter().for_each(|recipe| say_landscape(recipe, &source));
    }
    let mut maker = Maker::new(dream_args, &dream_args.settings, shared)?;
    let photo = maker.open(&source)?;
    let size = photo.size()?;
    destination.check_size(size.0, size.1)?;
    let about = photo.about();
    // The recipe identifies the checkpoint. One that is too long to write has none.
    let recipe_text = maker.recipe(about.clone()).write().ok();
    let folder = args.checkpoint.as_deref().filter(|_| !args.dry_run);
    let mut keeper = CheckpointKeeper::new(folder, recipe_text.as_deref(), dream_args.output.quiet)?;
    let checkpoint = if args.dry_run { None } else { keeper.read() };
    let kept = match &checkpoint {
        Some(checkpoint) => maker.resume(size, photo.memory()?, checkpoint.tile())?,
        None => maker.fit(size, photo.memory()?, dream_args.memory)?,
    };
    if args.dry_run {
        return Forecast::new(maker.dream(), size, photo.memory()?, kept)?.print(&dream_args.output);
    }
    let recipe = maker.recipe(about);
    // Refuse a recipe that is too long before the work.
    let text = maker.text(&recipe)?;
    if !dream_args.output.quiet && checkpoint.is_none() && maker.dream().work(size) > LONG_WORK {
        Forecast::new(maker.dream(), size, photo.memory()?, kept)?.say_if_long();
    }
    if checkpoint.is_some() && args.film_strip.is_some() && !dream_args.output.quiet {
        say("the film strip lacks the steps before this one");
    }
    interrupt::catch();
    let strip = args.film_strip.as_ref().map(|arg| FilmStrip::new(arg, &photo, maker.dream())).transpose();
    let mut strip = strip.map_err(|e| photo_failure(e, dream_args.partial))?;
    let mut observer = Filmed { observer: &mut keeper, strip: strip.as_mut() };
    let picture = maker.render(&photo, kept, checkpoint, &mut observer);
    let (time, picture) = (keeper.finish(), picture.map_err(|e| keeper.stopped(e))?);
    let (metadata, warning) = maker.metadata(&photo);
    if !dream_args.output.quiet {
        warn(source.name(), photo.warnings());
        match source {
            Source::Landscape => warning.iter().for_each(|warning| say(&format!("warning: {warning}"))),
            _ => warn(source.name(), warning.as_slice()),
        }
    }
    let strip = match strip.zip(strip_file) {
        Some((strip, file)) => file.write(&strip.finish(&picture)?, &dream_args.output)?,
        None => None,
    };
    let more = Report {
        places: (&recipe.places).into(),
        preset: recipe.preset.as_deref(),
        settings: report(maker.dream().settings(), |_| true),
        film_strip: strip.map(|path| path.display().to_string()),
    };
    let records = Records { recipe: text.as_deref(), metadata: metadata.as_ref() };
    destination.deliver(&picture, &records, &dream_args.output, Some(time), more)?;
    keeper.delete();
    Ok(())
}

fn say_landscape(recipe: &Recipe, source: &Source) {
    if *source == Source::Landscape && recipe.photo.as_ref().is_some_and(|photo| !photo.landscape) {
        say("the recipe was made on a photo, which it does not contain; dreaming on a landscape instead");
    }
}
