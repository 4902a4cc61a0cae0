//! `oneiric imagine`: pictures from nothing, what a network would like to see most.

use std::path::{Path, PathBuf};

use clap::builder::{PossibleValuesParser, RangedU64ValueParser};
use oneiric::imagine::{Imagination, Imagine, Parameterization};
use oneiric::picture::readable;
use oneiric::sheet::Sheet;
use oneiric::{Objective, Picture};
use serde::Serialize;

use crate::args::{Outcome, Sides, Threads, model_names, number};
use crate::failure::{Failure, about_layers};
use crate::imagine_atlas::{self, Atlas};
use crate::input::Source;
use crate::interrupt;
use crate::output::{Destination, print_json, say};
use crate::progress::{Bar, seconds};

const AFTER_HELP: &str = "\
Examples:
  oneiric imagine --objective \"class('goldfish')\" -o fish.png
  oneiric imagine --objective \"channel(fire8, 100)\" -m squeezenet -o imps.png
  oneiric imagine --objective \"channel(block9.expand, 7) + channel(block9.expand, 20)\" -o two.png
                                     any sum that `oneiric dream` takes as well
  oneiric imagine --objective \"channel(block10.expand, 7)\" --count 6 --diversity 10 -o six.png
                                     six pictures, each unlike the ones before
  oneiric imagine --objective block5 --size 512x512 --seamless -o wallpaper.png
  oneiric imagine --layer block5.expand --all -o atlas.png
                                     every channel of a layer, on one sheet

Stopped by Ctrl-C, an atlas keeps the channels that are done; the same command
goes on from there.";

/// Imagine a picture from nothing: what a channel, a layer or a class would like to see most.
#[derive(clap::Args, Debug)]
#[command(after_help = AFTER_HELP)]
#[command(group = clap::ArgGroup::new("what").required(true).args(["objective", "layer"]))]
pub struct Args {
    /// What the picture shall show, as a sum: "class('goldfish') + 0.5*channel(block8, 17)"
    #[arg(long, value_name = "SUM", allow_hyphen_values = true)]
    objective: Option<String>,
    /// The layer whose channels are shown, with --all
    #[arg(long, short, value_name = "NAME", requires = "all")]
    layer: Option<String>,
    /// Show every channel of --layer on one labelled sheet
    #[arg(long, requires = "layer", conflicts_with_all = ["count", "diversity", "objective"])]
    all: bool,
    /// The network
    #[arg(long, short, value_name = "NAME", default_value = "lite0", value_parser = model_names(), ignore_case = true)]
    model: String,
    /// Where the picture goes: .png, .jpg or .webp, or - for PNG on the standard output
    #[arg(long, short, value_name = "FILE")]
    out: PathBuf,
    /// Size of a picture, such as 320x240 [default: 224x224; 96x96 for each channel of --all]
    #[arg(long, value_name = "WxH")]
    size: Option<Sides>,
    /// Pictures to make, shown on one sheet
    #[arg(long, value_name = "N", default_value_t = 1, allow_negative_numbers = true)]
    #[arg(value_parser = RangedU64ValueParser::<usize>::new().range(1..=100))]
    count: usize,
    /// How much each picture has to differ from the ones before, beside the objective: 1 to 100
    #[arg(long, value_name = "D", default_value = "0", allow_negative_numbers = true, value_parser = number)]
    diversity: f32,
    /// A picture for the terms guide(LAYER) and guide_channels(LAYER)
    #[arg(long, value_name = "FILE")]
    guide: Option<PathBuf>,
    /// Steps; more show more [default: 256; 128 for each channel of --all]
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    steps: Option<usize>,
    /// Length of a step [default: 0.1 for maco, 0.05 for the others]
    #[arg(long, value_name = "R", allow_negative_numbers = true, value_parser = number)]
    rate: Option<f32>,
    /// What the picture is made of: waves as strong as in photos (maco), waves of any strength, in strong colours
    /// (fourier), a pyramid, or pixels
    #[arg(long, value_name = "WHAT", default_value = Parameterization::Maco.name())]
    #[arg(value_parser = PossibleValuesParser::new(Parameterization::ALL.map(Parameterization::name)))]
    parameterization: String,
    /// How fast waves get weaker as they get finer: 1 as in photos, more is smoother [default: 1.25 for maco, 1 for
    /// fourier]
    #[arg(long, value_name = "D", allow_negative_numbers = true, value_parser = number)]
    decay: Option<f32>,
    /// Climb red, green and blue as they are, not brightness and the differences of colours
    #[arg(long)]
    correlated: bool,
    /// Show the network always the same view: not shifted, scaled and turned a little
    #[arg(long)]
    no_transforms: bool,
    /// Make a picture that tiles without a seam
    #[arg(long)]
    seamless: bool,
    /// Number that chance follows: the same number gives the same picture
    #[arg(long, value_name = "N", default_value_t = 0, allow_negative_numbers = true)]
    seed: u64,
    #[command(flatten)]
    outcome: Outcome,
    #[command(flatten)]
    threads: Threads,
}

impl Args {
    /// The checked settings; `size` and `steps` where nothing else is given.
    fn settings(&self, size: (usize, usize), steps: usize) -> Result<Imagine, Failure> {
        let plain = Imagine::of(self.parameterization.parse()?);
        let settings = Imagine {
            size: self.size.map_or(size, |Sides(width, height)| (width, height)),
            steps: self.steps.unwrap_or(steps),
            rate: self.rate.unwrap_or(plain.rate),
            parameterization: plain.parameterization,
            decay: self.decay.unwrap_or(plain.decay),
            decorrelate: !self.correlated,
            transforms: !self.no_transforms,
            seamless: self.seamless,
            seed: self.seed,
        };
        settings.check()?;
        Ok(settings)
    }
}

#[derive(Serialize)]
struct Report<'a> {
    output: String,
    width: usize,
    height: usize,
    seconds: f64,
    model: &'a str,
    objective: String,
    pictures: usize,
    steps: usize,
    seed: u64,
}

pub fn run(args: &Args) -> Result<(), Failure> {
    let destination = Destination::check(Some(&args.out), &Source::Landscape, args.outcome.overwrite)?;
    if args.outcome.json && destination.is_stdout() {
        return Err(Failure::input("the picture and --json cannot both go to the standard output: add -o FILE"));
    }
    match (&args.layer, &args.objective) {
        (Some(layer), _) => atlas(args, layer, &destination),
        (None, Some(objective)) => one_or_several(args, objective, &destination),
        (None, None) => Err(Failure::input("say what to imagine: --objective \"class('goldfish')\"")),
    }
}

fn one_or_several(args: &Args, objective: &str, destination: &Destination) -> Result<(), Failure> {
    let Imagine { size, steps, .. } = Imagine::default();
    let settings = args.settings(size, steps)?;
    if args.count == 1 {
        destination.check_size(settings.size.0, settings.size.1)?;
    }
    let objective = Objective::read(objective, &args.model).map_err(oneiric::Error::from)?;
    let guide = args.guide.as_deref().map(read).transpose()?;
    args.threads.apply()?;
    let imagination = Imagination::new(settings.clone(), &objective, &args.model, guide.as_ref())
        .map_err(|e| about_layers(e, &args.model))?;
    interrupt::catch();
    let bar = Bar::new(args.outcome.quiet);
    let pictures = imagination.render_diverse(args.count, args.diversity, |picture, progress| {
        let done = (picture as f64 + progress.step as f64 / progress.steps.max(1) as f64) / args.count as f64;
        bar.show_part(work(args.count, picture, progress.step, progress.steps), done);
        interrupt::check()
    })?;
    let time = bar.finish();
    let picture = match &pictures[..] {
        [picture] => picture.clone(),
        pictures => sheet(pictures, args.seed)?,
    };
    finish(args, destination, &picture, objective.to_string(), pictures.len(), settings.steps, time)
}

fn read(path: &Path) -> Result<Picture, Failure> {
    Source::from_argument(Some(path)).read()
}

fn work(count: usize, picture: usize, step: usize, steps: usize) -> String {
    if count == 1 { format!("step {step}/{steps}") } else { format!("picture {} of {count}", picture + 1) }
}

fn sheet(pictures: &[Picture], seed: u64) -> Result<Picture, Failure> {
    let mut sheet = Sheet::new(pictures[0].width(), pictures[0].height());
    for (number, picture) in pictures.iter().enumerate() {
        sheet.add(format!("seed {}", seed.wrapping_add(number as u64)), "", picture);
    }
    Ok(sheet.render()?)
}

fn atlas(args: &Args, layer: &str, destination: &Destination) -> Result<(), Failure> {
    let settings = args.settings(imagine_atlas::TILE, imagine_atlas::STEPS)?;
    let steps = settings.steps;
    let parts = match destination {
        Destination::Named { path, .. } => path,
        _ => return Err(Failure::input("an atlas goes to a file, beside which it keeps what is done: add -o FILE")),
    };
    let atlas = Atlas::new(settings, &args.model, layer, parts)?;
    interrupt::catch();
    let bar = Bar::new(args.outcome.quiet);
    let picture = atlas.draw(args.threads.count(), &bar)?;
    let time = bar.finish();
    let channels = atlas.channels();
    finish(args, destination, &picture, format!("every channel of {layer}"), channels, steps, time)?;
    atlas.clean();
    Ok(())
}

fn finish(
    args: &Args,
    destination: &Destination,
    picture: &Picture,
    objective: String,
    pictures: usize,
    steps: usize,
    time: f64,
) -> Result<(), Failure> {
    destination.check_size(picture.width(), picture.height())?;
    let saved = destination.save(picture)?;
    let output = saved.as_ref().map_or("to the standard output".into(), |path| path.display().to_string());
    let (width, height) = (picture.width(), picture.height());
    if !args.outcome.quiet {
        say(&format!("wrote {} ({width}x{height}, {})", readable(output.as_ref()), seconds(time, 1)));
    }
    if !args.outcome.json {
        return Ok(());
    }
    let (model, seed) = (args.model.as_str(), args.seed);
    print_json(&Report { output, width, height, seconds: time, model, objective, pictures, steps, seed })
}
