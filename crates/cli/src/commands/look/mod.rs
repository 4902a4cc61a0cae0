//! `oneiric look`: shows what a network sees in a picture.

mod kernels;
mod sheet;
mod steps;

use std::path::PathBuf;

use clap::builder::RangedU64ValueParser;
use oneiric::inspect::look::{self, Activations};
use oneiric::picture::resize::resized;
use oneiric::picture::{check_destination, readable, write_file};
use oneiric::{Format, Picture, memory};
use oneiric_engine::shape::Size;
use oneiric_engine::{Plan, Program, Purpose};
use oneiric_zoo::Network;
use serde::Serialize;

use crate::args::{OutputArgs, PixelSize, Threads, model_names};
use crate::terminal::failure::{Failure, layer_failure, size_failure};
use crate::terminal::interrupt;
use crate::terminal::stderr::say;
use crate::terminal::stdout::{print, print_json};
use crate::terminal::table::table;
use crate::work::destination::{check_file, mode};
use crate::work::input::Source;
use crate::work::networks::networks;
use crate::work::npy;

const AFTER_HELP: &str = "\
Examples:
  oneiric look photo.jpg                      list the five most likely classes
  oneiric look photo.jpg -m squeezenet        use another network
  oneiric look photo.jpg --layer block10      list the strongest channels of a layer
  oneiric look photo.jpg -l block10 --sheet maps.png
                                              draw where these channels respond
  oneiric look photo.jpg --where cat --sheet cat.png
                                              draw where the networks see a cat
  oneiric look photo.jpg -l block10 --activations a.npy --gradient g.npy
                                              write the values for NumPy
  oneiric look photo.jpg --steps              draw the photo layer by layer, write
                                              photo.steps.png
  oneiric look --kernels -o kernels.png       draw the kernels of the first layer

For classes and --steps, the middle of the picture is resized to the input size of the
network. For layers, the picture is used in its own size, or in that of --size.";

/// Default numbers of classes and channels to list.
const TOP_CLASSES: usize = 5;
const TOP_CHANNELS: usize = 10;

/// Show what a network sees in a picture: its classes, the channels of a layer, or all layers.
#[derive(clap::Args, Debug)]
#[command(after_help = AFTER_HELP)]
pub struct Args {
    /// The picture, or - for standard input
    #[arg(value_name = "PICTURE", required_unless_present = "kernels")]
    picture: Option<PathBuf>,
    /// The network to use
    #[arg(long, short, value_name = "NAME", default_value = "lite0", value_parser = model_names(), ignore_case = true)]
    model: String,
    /// Number of classes or channels to list [default: 5 classes, 10 channels; 24 channels with --sheet]
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    #[arg(value_parser = RangedU64ValueParser::<usize>::new().range(1..))]
    top: Option<usize>,
    /// List the strongest channels of this layer instead of classes
    #[arg(long, short, value_name = "NAME")]
    layer: Option<String>,
    /// Resize the picture to exactly this size for the layer, such as 640x427
    #[arg(long, value_name = "WxH", requires = "layer")]
    size: Option<PixelSize>,
    /// With --sheet, draw where the networks see this: cat, "coffee mug"…, the same words as in `oneiric dream --where`
    #[arg(long, value_name = "WORD", requires = "sheet", conflicts_with = "layer")]
    r#where: Option<String>,
    /// Draw where the strongest channels of --layer respond, or where a thing of --where is: .png, .jpg, .webp or .tif
    #[arg(long, value_name = "FILE.png")]
    sheet: Option<PathBuf>,
    /// Write the activations of the layer: f32 [channels, height, width]
    #[arg(long, value_name = "FILE.npy", requires = "layer")]
    activations: Option<PathBuf>,
    /// Write the gradient of half the layer's mean square with respect to the picture's values of 0 to 1: f32 [3,
    /// height, width] in the order red, green, blue
    #[arg(long, value_name = "FILE.npy", requires = "layer")]
    gradient: Option<PathBuf>,
    /// Draw the picture on its way through the network, on one sheet: for each layer its size and where its strongest
    /// channels respond, last the classes
    #[arg(long, conflicts_with_all = ["layer", "where", "sheet"])]
    steps: bool,
    /// Draw the kernels of the network's first layer as colours, on one sheet: 0 is grey, and each kernel has its own
    /// scale
    #[arg(long, conflicts_with_all = ["picture", "layer", "where", "sheet", "top", "steps"])]
    kernels: bool,
    /// Output file of --steps or --kernels: .png, .jpg, .webp or .tif, or - for PNG on standard output [default:
    /// photo.steps.png next to the photo, oneiric.kernels.png]
    #[arg(long, short, value_name = "FILE")]
    out: Option<PathBuf>,
    #[command(flatten)]
    output: OutputArgs,
    #[command(flatten)]
    threads: Threads,
}

pub fn run(args: &Args) -> Result<(), Failure> {
    match (args.kernels, args.steps) {
        (true, _) => kernels::run(args),
        (_, true) => steps::run(args),
        _ if args.out.is_some() => {
            Err(Failure::input("-o is the file of --steps or --kernels; add one of them, or write with --sheet FILE"))
        }
        _ => look(args),
    }
}

/// Prints what the network sees, and writes files where they are given.
fn look(args: &Args) -> Result<(), Failure> {
    if args.sheet.is_some() && args.layer.is_none() && args.r#where.is_none() {
        return Err(Failure::input("--sheet needs a layer or a thing to draw; add --layer NAME or --where WORD"));
    }
    let mode = mode(args.output.overwrite);
    for file in args.activations.iter().chain(&args.gradient) {
        check_file(file, mode)?;
    }
    if let Some(file) = &args.sheet {
        args.output.check(check_destination(file, mode)?)?;
        check_file(file, mode)?;
    }
    args.threads.apply()?;
    let network = networks().get(&args.model)?;
    if let Some(layer) = &args.layer {
        network.graph.layer(layer).map_err(|e| layer_failure(e, &network.name))?;
    }
    let picture = Source::from_argument(args.picture.as_deref()).read(args.output.quiet)?;
    if let (Some(word), Some(file)) = (&args.r#where, &args.sheet) {
        let format = check_destination(file, mode)?;
        let bytes = args.output.encode(&sheet::draw_place(word, &picture)?, format)?;
        return write(&[(file, bytes)], &args.output);
    }
    match &args.layer {
        None => print_classes(args, &network, &picture),
        Some(layer) => {
            let PixelSize(width, height) = args.size.unwrap_or(PixelSize(picture.width(), picture.height()));
            check_layer_memory(args, &network, layer, (width, height))?;
            let picture = args.size.map(|_| resized(&picture, (width, height))).unwrap_or(picture);
            look_at_layer(args, &network, &picture, layer)
        }
    }
}

#[derive(Serialize)]
struct ClassReport {
    index: usize,
    name: String,
    /// The WordNet synset.
    wordnet: Option<&'static str>,
    probability: f32,
}

impl From<look::Class> for ClassReport {
    fn from(class: look::Class) -> Self {
        let look::Class { index, name, wordnet, probability } = class;
        Self { index, name, wordnet, probability }
    }
}

fn print_classes(args: &Args, network: &Network, picture: &Picture) -> Result<(), Failure> {
    let classes = look::classify(network, picture)?;
    let classes = classes.into_iter().take(args.top.unwrap_or(TOP_CLASSES));
    if args.output.json {
        #[derive(Serialize)]
        struct Report<'a> {
            model: &'a str,
            classes: Vec<ClassReport>,
        }
        return print_json(&Report { model: &network.name, classes: classes.map(Into::into).collect() });
    }
    let line = |class: look::Class| format!("{:5.1} %  {}\n", class.probability * 100.0, class.name);
    print(&classes.map(line).collect::<String>())
}

#[derive(Serialize)]
struct ChannelReport {
    channel: usize,
    mean: f32,
    max: f32,
    /// Column and row of the largest value, in pixels of the picture.
    at: [usize; 2],
}

impl From<look::Channel> for ChannelReport {
    fn from(channel: look::Channel) -> Self {
        Self { channel: channel.index, mean: channel.mean, max: channel.max, at: channel.at.into() }
    }
}

#[derive(Serialize)]
struct LayerReport<'a> {
    model: &'a str,
    layer: &'a str,
    /// Channels, rows, columns.
    shape: [usize; 3],
    channels: Vec<ChannelReport>,
}

/// Checks that everything fits into memory: the network's buffers, the resized picture and a copy, the activations and
/// their file.
fn check_layer_memory(args: &Args, network: &Network, layer: &str, size: (usize, usize)) -> Result<(), Failure> {
    let purpose = if args.gradient.is_some() { Purpose::Gradient } else { Purpose::Activations };
    let program = Program::new(&network.graph, &[layer])?;
    let needs = |(width, height)| {
        let plan = Plan::new(&program, Size { height, width }, purpose)?;
        let values = 6 * (width * height) as u64 + 2 * plan.layer_shape(0).values() as u64;
        Ok(plan.memory() as u64 + 4 * values)
    };
    memory::check(size, needs).map_err(size_failure)
}

fn look_at_layer(args: &Args, network: &Network, picture: &Picture, layer: &str) -> Result<(), Failure> {
    let activations = look::activations(network, picture, layer)?;
    // Compute everything before writing anything.
    let mut files = Vec::new();
    if let Some(file) = &args.sheet {
        let title = format!("{layer} of {}", network.name);
        let sheet = sheet::draw(&title, picture, &activations, args.top.unwrap_or(sheet::TOP))?;
        files.push((file, args.output.encode(&sheet, Format::from_path(file)?)?));
    }
    if let Some(file) = &args.gradient {
        files.push((file, array(&look::gradient(network, picture, layer)?)));
    }
    if let Some(file) = &args.activations {
        files.push((file, array(&activations)));
    }
    write(&files, &args.output)?;
    print_channels(args, network, layer, &activations, (picture.width(), picture.height()))
}

fn print_channels(
    args: &Args,
    network: &Network,
    layer: &str,
    activations: &Activations,
    size: (usize, usize),
) -> Result<(), Failure> {
    let strongest = look::strongest_channels(activations, size).into_iter().take(args.top.unwrap_or(TOP_CHANNELS));
    if args.output.json {
        let shape = activations.shape;
        return print_json(&LayerReport {
            model: &network.name,
            layer,
            shape: [shape.channels, shape.height, shape.width],
            channels: strongest.map(Into::into).collect(),
        });
    }
    let row = |c: look::Channel| {
        [c.index.to_string(), format!("{:.3}", c.mean), format!("{:.2}", c.max), format!("{}, {}", c.at.0, c.at.1)]
    };
    print(&table(["channel", "mean", "max", "strongest at x, y"], &strongest.map(row).collect::<Vec<_>>()))
}

/// The NPY file of an array.
fn array(array: &Activations) -> Vec<u8> {
    let shape = array.shape;
    npy::file([shape.channels, shape.height, shape.width], &array.values)
}

/// Writes all files or, after Ctrl-C, none.
fn write(files: &[(&PathBuf, Vec<u8>)], output_args: &OutputArgs) -> Result<(), Failure> {
    interrupt::catch();
    interrupt::uninterrupted(|| {
        for (path, bytes) in files {
            write_file(path, bytes, mode(output_args.overwrite))?;
            if !output_args.quiet {
                say(&format!("wrote {}", readable(path)));
            }
        }
        Ok(())
    })
}
