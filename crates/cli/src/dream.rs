//! `oneiric dream`: a picture becomes a dream.

use std::path::{Path, PathBuf};

use clap::builder::RangedU64ValueParser;
use oneiric::objective::Value;
use oneiric::recipe::{self, Photo, Places, Recipe};
use oneiric::{Dream, Objective, Picture, Settings};
use oneiric_engine::Isa;
use serde::Serialize;
use serde_json::Map;

use crate::args::{Outcome, Places as PlacesArgs, PlacesReport, SettingsArgs, Threads, report};
use crate::base::Base;
use crate::failure::{Failure, about_layers};
use crate::input::Source;
use crate::interrupt;
use crate::output::{Destination, say};
use crate::progress::Bar;
use crate::words::say_stand_ins;

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
  oneiric dream --recipe photo.dream.png other.jpg
                                             the same dream of another photo
  oneiric dream photo.jpg --size 400 --iterations 4
                                             a quick trial
  oneiric dream --seed 7                     on a landscape, into oneiric.dream.png
  curl -s URL | oneiric dream - > dream.png  from a pipe into a file

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
    /// The photo (JPEG, PNG, WebP, GIF, BMP, TIFF), or - for the standard input. Without one, or with a recipe (.toml) in
    /// its place, a landscape of 960x640 is drawn from --seed
    #[arg(value_name = "PICTURE")]
    picture: Option<PathBuf>,
    /// Where the dream goes: .png, .jpg or .webp, or - for PNG on the standard output [default: beside the photo as
    /// photo.dream.png, photo.dream-2.png…]
    #[arg(long, short, value_name = "FILE")]
    out: Option<PathBuf>,
    /// A picture whose shapes grow in the photo: the layers of the dream become guide(LAYER)
    #[arg(long, value_name = "FILE")]
    guide: Option<PathBuf>,
    /// Dream as this recipe says: a TOML file, or a picture that Oneiric made. Other options change single settings of it
    #[arg(long, value_name = "FILE")]
    recipe: Option<PathBuf>,
    /// Leave out of the picture how it was made
    #[arg(long)]
    no_recipe: bool,
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
    #[command(flatten)]
    places: PlacesArgs,
}

#[derive(Serialize)]
struct Report<'a> {
    #[serde(flatten)]
    places: PlacesReport<'a>,
    preset: Option<&'a str>,
    settings: Map<String, serde_json::Value>,
}

pub fn run(args: &Args) -> Result<(), Failure> {
    let (recipe, picture) = args.inputs();
    let stdin = [recipe, picture, args.guide.as_deref()].into_iter().filter(|path| *path == Some(Path::new("-")));
    if stdin.count() > 1 {
        return Err(Failure::input("only one file can come from the standard input: name a file for the others"));
    }
    let base = recipe.map(Base::open).transpose()?;
    let settings = args.settings.settings(base.as_ref().map(|base| &base.recipe.settings))?;
    let guide = args.guide(base.as_ref(), &settings)?;
    let settings = with_guide(settings, guide.is_some())?;
    let source = Source::from_argument(picture);
    let destination = Destination::check(args.out.as_deref(), &source, "dream", &args.outcome)?;
    let places = args.places.over(base.as_ref(), args.settings.is_given())?;
    args.threads.apply()?;
    if !args.outcome.quiet {
        settings.objectives().for_each(say_stand_ins);
        base.iter().for_each(|base| say_landscape(&base.recipe, &source));
    }
    let (model, seed) = (settings.model.clone(), settings.seed);
    let mut dream = Dream::new(settings).map_err(|e| about_layers(e, &model))?;
    let mut guide_file = None;
    if let Some(guide) = guide {
        let (picture, file) = guide.read_named()?;
        dream = dream.guided_by(picture);
        guide_file = Some(file);
    }
    let size = args.size.or_else(|| base.as_ref()?.recipe.photo.as_ref()?.size);
    let (photo, about_photo) = source.picture(seed, size, |width, height| dream.memory((width, height), true))?;
    let (dream, places) = places.apply(dream, &photo)?;
    destination.check_size(photo.width(), photo.height())?;
    let preset = match &base {
        Some(base) => base.recipe.preset.clone(),
        None => args.settings.preset()?.map(|preset| preset.name.into()),
    };
    let recipe = recipe_of(&dream, preset, about_photo, Places { guide: guide_file, ..places });
    // What is too long is told before the work.
    let text = if args.no_recipe { None } else { Some(recipe.write()?) };
    interrupt::catch();
    let (picture, time) = render(&dream, &photo, args.outcome.quiet)?;
    let more = Report {
        places: (&recipe.places).into(),
        preset: recipe.preset.as_deref(),
        settings: report(dream.settings(), |_| true),
    };
    destination.deliver(&picture, text.as_deref(), &args.outcome, Some(time), more)
}

impl Args {
    /// The recipe and the picture. Where a recipe stands in the place of the picture, there is no picture.
    fn inputs(&self) -> (Option<&Path>, Option<&Path>) {
        let is_recipe = |path: &Path| path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("toml"));
        match (self.recipe.as_deref(), self.picture.as_deref()) {
            (None, Some(path)) if is_recipe(path) => (Some(path), None),
            inputs => inputs,
        }
    }

    /// The guide that was given, or that of the recipe if something still follows it.
    fn guide(&self, base: Option<&Base>, settings: &Settings) -> Result<Option<Source>, Failure> {
        if let Some(path) = &self.guide {
            return Ok(Some(Source::from_argument(Some(path))));
        }
        let of_recipe = base.and_then(|base| Some((base, base.recipe.places.guide.as_ref()?)));
        match of_recipe {
            Some((base, file)) if follows_guide(settings) => Ok(Some(Source::File(base.find(file, "--guide")?))),
            _ => Ok(None),
        }
    }
}

fn say_landscape(recipe: &Recipe, source: &Source) {
    if *source == Source::Landscape && recipe.photo.as_ref().is_some_and(|photo| !photo.landscape) {
        say("the recipe was made on a photo, which is not in it; without one, this is a dream of a landscape");
    }
}

/// How the dream is made.
fn recipe_of(dream: &Dream, preset: Option<String>, photo: Photo, places: Places) -> Recipe {
    // A thing is looked for with all networks.
    let seeing = oneiric_zoo::models().iter().map(|model| model.name).filter(|_| places.r#where.is_some());
    Recipe {
        format: recipe::FORMAT,
        program: Some(recipe::program()),
        instructions: Some(Isa::detect().name().into()),
        preset,
        photo: Some(photo),
        networks: recipe::networks(dream.networks().into_iter().chain(seeing)),
        settings: dream.settings().clone(),
        places,
    }
}

fn follows_guide(settings: &Settings) -> bool {
    settings.objectives().any(Objective::needs_guide)
}

/// Where a guide is given but no term follows it, the layers do, in all octaves.
fn with_guide(mut settings: Settings, given: bool) -> Result<Settings, Failure> {
    if given && !follows_guide(&settings) {
        let guided = |objective: &mut Objective| *objective = std::mem::take(objective).map_layers(Value::Guide);
        guided(&mut settings.objective);
        settings.octave_changes.iter_mut().filter_map(|change| change.objective.as_mut()).for_each(guided);
    }
    match (follows_guide(&settings), given) {
        (true, false) => Err(Failure::input("the objective follows a guide picture: add --guide FILE")),
        (false, true) => {
            let why = "no layer grows as a whole, so that none can follow the guide: name one with --layer";
            Err(Failure::input(why))
        }
        _ => Ok(settings),
    }
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
