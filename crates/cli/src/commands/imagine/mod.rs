//! `oneiric imagine`: pictures from nothing that maximise an objective.

mod atlas;
mod judged;

use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, RangedU64ValueParser};
use oneiric::imagine::{Imagination, Imagine, ImagineProgress, Judge, Parameterization};
use oneiric::inspect::sheet::Sheet;
use oneiric::{Objective, Picture, memory};
use serde::Serialize;

use crate::args::{OutputArgs, PixelSize, Threads, model_names, number};
use crate::terminal::failure::{Failure, layer_failure, size_failure};
use crate::terminal::interrupt;
use crate::terminal::progress::Bar;
use crate::work::destination::{Destination, Records};
use crate::work::input::Source;
use crate::work::networks::networks;
use crate::work::substitutes::say_substitutes;

use atlas::Atlas;
use judged::{Judgement, judged};

/// Pictures of a class that are drawn until another network names the class.
const TRIES: usize = 3;

const AFTER_HELP: &str = "\
Examples:
  oneiric imagine --more goldfish -o fish.png
                                     show what the networks recognise as goldfish
  oneiric imagine --objective \"class('castle')\" -o castle.png
                                     show what lite0 takes for a castle
  oneiric imagine --objective \"channel(fire8, 100)\" -m squeezenet -o imps.png
  oneiric imagine --objective \"channel(block9.expand, 7) + channel(block9.expand, 20)\" -o two.png
                                     use any sum, as in `oneiric dream`
  oneiric imagine --objective \"channel(block10.expand, 7)\" --count 6 --diversity 2 -o six.png
                                     make six different pictures
  oneiric imagine -m squeezenet --objective \"channel(fire8, 100)\" --objective fire9 -o few.png
                                     put several objectives on one labelled sheet
  oneiric imagine --objective block5 --size 512x512 --seamless -o wallpaper.png
  oneiric imagine --layer block5.expand --all -o atlas.png
                                     show all channels of a layer on one sheet

When --all is stopped by Ctrl-C, finished channels are kept; run the same command
to resume.";

/// Make a picture from nothing that a channel, a layer or a class responds to most.
#[derive(clap::Args, Debug)]
#[command(after_help = AFTER_HELP)]
#[command(group = clap::ArgGroup::new("what").required(true).multiple(true).args(["objective", "more", "layer"]))]
pub struct Args {
    /// What the picture shows, as a sum: "class('goldfish') + 0.5*channel(block8, 17)". If repeated, each objective
    /// gets a picture, all on one sheet
    #[arg(long, value_name = "SUM", allow_hyphen_values = true)]
    objective: Vec<String>,
    /// Show what all networks recognise as this: goldfish, "golden retriever"…; may be repeated and used with
    /// --objective
    #[arg(long, value_name = "WORD")]
    more: Vec<String>,
    /// The layer of --all
    #[arg(long, short, value_name = "NAME", requires = "all")]
    layer: Option<String>,
    /// Show all channels of --layer on one labelled sheet
    #[arg(long, requires = "layer", conflicts_with_all = ["count", "diversity", "objective", "more", "guide"])]
    all: bool,
    /// The network
    #[arg(long, short, value_name = "NAME", default_value = "lite0", value_parser = model_names(), ignore_case = true)]
    model: String,
    /// Output file: .png, .jpg, .webp or .tif, or - for PNG on standard output [default: oneiric.imagined.png,
    /// oneiric.imagined-2.png…]
    #[arg(long, short, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Size of a picture, such as 320x240, or 320 for a square [default: 224x224; 96x96 with --all]
    #[arg(long, value_name = "WxH")]
    size: Option<PixelSize>,
    /// Number of pictures of each objective, all on one sheet
    #[arg(long, value_name = "N", default_value_t = 1, allow_negative_numbers = true)]
    #[arg(value_parser = RangedU64ValueParser::<usize>::new().range(1..=100))]
    count: usize,
    /// Weight of the difference between the pictures of --count; useful values are 0.5 to 3, and too much spoils some
    #[arg(long, value_name = "D", default_value = "0", allow_negative_numbers = true, value_parser = number)]
    diversity: f32,
    /// Of a class: draw up to N pictures, from the seed and those after it, until another network names the class, and keep
    /// the one that it is surest of [default: 3]
    #[arg(long, value_name = "N", allow_negative_numbers = true, conflicts_with_all = ["count", "all"])]
    #[arg(value_parser = RangedU64ValueParser::<usize>::new().range(1..=100))]
    tries: Option<usize>,
    /// Guide image of the terms guide(LAYER) and guide_channels(LAYER)
    #[arg(long, value_name = "FILE")]
    guide: Option<PathBuf>,
    /// Number of steps; more steps give more detail [default: 256, of classes 1536; 128 with --all]
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    steps: Option<usize>,
    /// Length of a step [default: 0.1 for maco, 0.05 for the others; 0.03 for classes]
    #[arg(long, value_name = "R", allow_negative_numbers = true, value_parser = number)]
    rate: Option<f32>,
    /// How the picture is represented: as waves with the amplitudes of photos (maco), as waves of any amplitude with
    /// strong colours (fourier), as a pyramid, or as pixels [default: maco; fourier for classes]
    #[arg(long, value_name = "WHAT", value_parser = PossibleValuesParser::new(Parameterization::NAMES))]
    parameterization: Option<String>,
    /// How fast the amplitude of waves falls with their frequency: 1 is as in photos, more is smoother [default: 1.25
    /// for maco, 1 for fourier]
    #[arg(long, value_name = "D", allow_negative_numbers = true, value_parser = number)]
    decay: Option<f32>,
    /// Optimise red, green and blue directly, not brightness and colour differences
    #[arg(long)]
    correlated: bool,
    /// Do not shift, scale and rotate the picture at random before each step
    #[arg(long)]
    no_transforms: bool,
    /// Show the network the picture enlarged as well, at each step by another factor from 1 to Z: parts must look right
    /// too, and speckle cannot grow [default: 1; 3 for classes]
    #[arg(long, value_name = "Z", allow_negative_numbers = true, value_parser = number, conflicts_with = "no_transforms")]
    zoom: Option<f32>,
    /// Show the network the picture blurred as well, at each step by another Gaussian of up to B pixels: shapes grow, not
    /// fine patterns [default: 0; 1 for classes]
    #[arg(long, value_name = "B", allow_negative_numbers = true, value_parser = number, conflicts_with = "no_transforms")]
    blur: Option<f32>,
    /// Add noise to what the network sees, of this standard deviation, where 1 is from black to white: fewer and clearer
    /// objects [default: 0; 0.06 for classes]
    #[arg(long, value_name = "D", allow_negative_numbers = true, value_parser = number, conflicts_with = "no_transforms")]
    noise: Option<f32>,
    /// Let the parameters shrink at each step, by D times the rate: what the network does not hold on to fades, and objects
    /// stand before a calm ground [default: 0; 0.0333 for classes]
    #[arg(long, value_name = "D", allow_negative_numbers = true, value_parser = number)]
    l2_decay: Option<f32>,
    /// Let the rate fall to zero over this share of the steps, the last ones: the picture settles [default: 0; 0.5 for
    /// classes]
    #[arg(long, value_name = "SHARE", allow_negative_numbers = true, value_parser = number)]
    cooldown: Option<f32>,
    /// Make a picture that tiles without seams [default: only for classes, which then grow everywhere]
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    seamless: Option<bool>,
    /// Random seed: the same seed gives the same picture
    #[arg(long, value_name = "N", default_value_t = 0, allow_negative_numbers = true)]
    seed: u64,
    #[command(flatten)]
    output: OutputArgs,
    #[command(flatten)]
    threads: Threads,
}

impl Args {
    /// The checked settings, with these defaults. With --parameterization, the defaults are those of the parameterization.
    fn settings(&self, defaults: Imagine) -> Result<Imagine, Failure> {
        let Imagine { size, steps, .. } = defaults;
        let defaults = match &self.parameterization {
            Some(name) => Imagine { size, steps, ..Imagine::of(name.parse()?) },
            None => defaults,
        };
        let settings = Imagine {
            size: self.size.map_or(size, |PixelSize(width, height)| (width, height)),
            steps: self.steps.unwrap_or(steps),
            rate: self.rate.unwrap_or(defaults.rate),
            parameterization: defaults.parameterization,
            decay: self.decay.unwrap_or(defaults.decay),
            decorrelate: !self.correlated,
            transforms: !self.no_transforms,
            zoom: self.zoom.unwrap_or(defaults.zoom),
            blur: self.blur.unwrap_or(defaults.blur),
            noise: self.noise.unwrap_or(defaults.noise),
            l2_decay: self.l2_decay.unwrap_or(defaults.l2_decay),
            cooldown: self.cooldown.unwrap_or(defaults.cooldown),
            seamless: self.seamless.unwrap_or(defaults.seamless),
            seed: self.seed,
        };
        settings.check()?;
        Ok(settings)
    }

    fn tries(&self) -> usize {
        self.tries.unwrap_or(TRIES)
    }

    /// The network that judges the pictures of this objective, if there is one and it has a choice.
    fn judge(&self, objective: &Objective) -> Result<Option<Judge>, Failure> {
        if self.count > 1 || self.tries() == 1 {
            return Ok(None);
        }
        Ok(Judge::of(objective, &self.model, networks())?)
    }

    /// The objectives of --objective, then those of --more.
    fn objectives(&self) -> Result<Vec<Objective>, Failure> {
        let networks = networks();
        let written = self.objective.iter().map(|text| Ok(Objective::read(text, &self.model, networks)?));
        let words = self.more.iter().map(|word| Ok(Objective::of_word(word, networks)?));
        written.chain(words).collect::<Result<_, oneiric::Error>>().map_err(Failure::from)
    }
}

/// All settings that are needed to make the same pictures again.
#[derive(Serialize)]
struct Report<'a> {
    model: &'a str,
    objectives: Vec<String>,
    pictures: usize,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    judgements: Vec<Judgement>,
    size: [usize; 2],
    diversity: f32,
    steps: usize,
    rate: f32,
    parameterization: &'static str,
    decay: f32,
    decorrelated: bool,
    transforms: bool,
    zoom: f32,
    blur: f32,
    noise: f32,
    l2_decay: f32,
    cooldown: f32,
    seamless: bool,
    seed: u64,
}

impl<'a> Report<'a> {
    /// The report of one picture.
    fn new(args: &'a Args, settings: &Imagine, objectives: Vec<String>) -> Self {
        Self {
            model: &args.model,
            objectives,
            pictures: 1,
            judgements: Vec::new(),
            size: settings.size.into(),
            diversity: args.diversity,
            steps: settings.steps,
            rate: settings.rate,
            parameterization: settings.parameterization.name(),
            decay: settings.decay,
            decorrelated: settings.decorrelate,
            transforms: settings.transforms,
            zoom: settings.zoom,
            blur: settings.blur,
            noise: settings.noise,
            l2_decay: settings.l2_decay,
            cooldown: settings.cooldown,
            seamless: settings.seamless,
            seed: settings.seed,
        }
    }
}

pub fn run(args: &Args) -> Result<(), Failure> {
    let destination = Destination::check(args.out.as_deref(), &Source::Landscape, "imagined", &args.output)?;
    match &args.layer {
        Some(layer) => atlas(args, layer, &destination),
        None => one_or_several(args, &destination),
    }
}

fn one_or_several(args: &Args, destination: &Destination) -> Result<(), Failure> {
    let objectives = args.objectives()?;
    // All pictures of a sheet have the same settings.
    let settings = args.settings(Imagine::of_objectives(&objectives))?;
    let read = |path| Source::from_argument(Some(path)).read(args.output.quiet);
    let guide = args.guide.as_deref().map(read).transpose()?;
    let follows = objectives.iter().any(Objective::needs_guide);
    if guide.is_some() && !follows {
        return Err(Failure::input(
            "no term uses the guide image; add guide(LAYER) or guide_channels(LAYER) to --objective",
        ));
    }
    let pictures = args.count * objectives.len();
    check_size(destination, settings.size, pictures)?;
    args.threads.apply()?;
    if !args.output.quiet {
        objectives.iter().for_each(say_substitutes);
    }
    interrupt::catch();
    let bar = Bar::new(args.output.quiet);
    let (mut imagined, mut judgements) = (Vec::new(), Vec::new());
    for (index, objective) in objectives.iter().enumerate() {
        let imagination = Imagination::new(settings.clone(), objective, &args.model, guide.as_ref(), networks())
            .map_err(|e| layer_failure(e, &args.model))?;
        let judge = args.judge(objective)?;
        let most = if judge.is_some() { args.tries() } else { args.count };
        let watch = |number: usize, progress: &ImagineProgress| {
            let part = (number as f64 + progress.step as f64 / progress.steps.max(1) as f64) / most as f64;
            let work = match &judge {
                Some(_) if number > 0 => format!("try {} of {most}", number + 1),
                Some(_) => work(pictures, index, progress),
                None => work(pictures, index * args.count + number, progress),
            };
            bar.show_part(work, (index as f64 + part) / objectives.len() as f64);
            interrupt::check()
        };
        if let Some(judge) = &judge {
            let (picture, judgement) = judged(&imagination, judge, args.seed, most, watch).map_err(size_failure)?;
            imagined.push(picture);
            judgements.push(judgement);
        } else {
            imagined.extend(imagination.render_diverse(most, args.diversity, watch).map_err(size_failure)?);
        }
    }
    let time = bar.finish();
    if !args.output.quiet {
        judgements.iter().for_each(Judgement::say);
    }
    let picture = if pictures == 1 { imagined.swap_remove(0) } else { sheet(args, &objectives, &imagined)? };
    let written = objectives.iter().map(ToString::to_string).collect();
    let report = Report { pictures, judgements, ..Report::new(args, &settings, written) };
    destination.deliver(&picture, &Records::default(), &args.output, Some(time), report)
}

/// Checks that the file format can hold the picture, or the sheet of several pictures, and that the sheet fits into
/// memory.
fn check_size(destination: &Destination, size: (usize, usize), pictures: usize) -> Result<(), Failure> {
    if pictures == 1 {
        return destination.check_size(size.0, size.1);
    }
    let (width, height) = Sheet::extent(size.0, size.1, pictures);
    destination.check_size(width, height)?;
    memory::check(size, |(width, height)| Ok(Sheet::memory(width, height, pictures))).map_err(size_failure)
}

fn work(pictures: usize, picture: usize, progress: &ImagineProgress) -> String {
    if pictures == 1 {
        format!("step {}/{}", progress.step, progress.steps)
    } else {
        format!("picture {} of {pictures}", picture + 1)
    }
}

/// Labels each picture with its objective, and with its seed if there are several pictures of one objective.
fn sheet(args: &Args, objectives: &[Objective], pictures: &[Picture]) -> Result<Picture, Failure> {
    let mut sheet = Sheet::new(pictures[0].width(), pictures[0].height());
    for (number, picture) in pictures.iter().enumerate() {
        let seed = format!("seed {}", args.seed.wrapping_add((number % args.count) as u64));
        let objective = objectives[number / args.count].to_string();
        sheet.add(objective, if args.count > 1 { &seed } else { "" }, picture);
    }
    Ok(sheet.render()?)
}

fn atlas(args: &Args, layer: &str, destination: &Destination) -> Result<(), Failure> {
    let settings = args.settings(Imagine { size: atlas::TILE, steps: atlas::STEPS, ..Imagine::default() })?;
    let parts = match destination {
        Destination::Named { path, .. } => path,
        _ => return Err(Failure::input("--all keeps finished channels next to its output file; add -o FILE")),
    };
    let atlas = Atlas::new(settings.clone(), &args.model, layer, args.threads.count())?;
    check_size(destination, settings.size, atlas.channels())?;
    interrupt::catch();
    let bar = Bar::new(args.output.quiet);
    let (picture, folder) = atlas.draw(parts, &bar)?;
    let time = bar.finish();
    let objectives = vec![format!("every channel of {layer}")];
    let report = Report { pictures: atlas.channels(), ..Report::new(args, &settings, objectives) };
    destination.deliver(&picture, &Records::default(), &args.output, Some(time), report)?;
    folder.remove();
    Ok(())
}
