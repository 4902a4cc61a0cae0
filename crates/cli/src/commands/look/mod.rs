//! `oneiric look`: shows what a network sees in a picture.

mod sheet;

use std::path::{Path, PathBuf};

use clap::builder::RangedU64ValueParser;
use oneiric::inspect::look::{self, Activations};
use oneiric::picture::resize::resized;
use oneiric::picture::{DEFAULT_QUALITY, check_destination, readable, write_file};
use oneiric::{Format, Picture, SaveMode, memory};
use oneiric_engine::shape::Size;
use oneiric_engine::{Plan, Program, Purpose};
use oneiric_zoo::Network;
use serde::Serialize;

use crate::args::{PixelSize, Threads, model_names};
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

For classes, the middle of the picture is resized to the input size of the
network. For layers, the picture is used in its own size, or in that of --size.";

/// Default numbers of classes and channels to list.
const TOP_CLASSES: usize = 5;
const TOP_CHANNELS: usize = 10;

/// Show what a network sees in a picture: its classes, or the channels of a layer.
#[derive(clap::Args, Debug)]
#[command(after_help = AFTER_HELP)]
pub struct Args {
    /// The picture, or - for standard input
    #[arg(value_name = "PICTURE")]
    picture: PathBuf,
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
    /// Replace existing files
    #[arg(long)]
    overwrite: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    threads: Threads,
}

pub fn run(args: &Args) -> Result<(), Failure> {
    if args.sheet.is_some() && args.layer.is_none() && args.r#where.is_none() {
        return Err(Failure::input("--sheet needs a layer or a thing to draw; add --layer NAME or --where WORD"));
    }
    let mode = mode(args.overwrite);
    for file in args.activations.iter().chain(&args.gradient) {
        check_file(file, mode)?;
    }
    if let Some(file) = &args.sheet {
        check_destination(file, mode)?;
        check_file(file, mode)?;
    }
    args.threads.apply()?;
    let network = networks().get(&args.model)?;
    if let Some(layer) = &args.layer {
        network.graph.layer(layer).map_err(|e| layer_failure(e, &network.name))?;
    }
    let picture = Source::from_argument(Some(&args.picture)).read(false)?;
    if let (Some(word), Some(file)) = (&args.r#where, &args.sheet) {
        return draw_place(word, &picture, file, mode);
    }
    match &args.layer {
        None => print_classes(args, &network, &picture),
        Some(layer) => {
            let PixelSize(width, height) = args.size.unwrap_or(PixelSize(picture.width(), picture.height()));
            check_layer_memory(args, &network, layer, (width, height))?;
            let picture = args.size.map(|_| resized(&picture, (width, height))).unwrap_or(picture);
            look_at_layer(args, &network, &picture, layer, mode)
        }
    }
}

fn draw_place(word: &str, picture: &Picture, file: &Path, mode: SaveMode) -> Result<(), Failure> {
    let sheet = sheet::draw_place(word, picture)?;
    let format = check_destination(file, mode)?;
    let bytes = sheet.encode(format, DEFAULT_QUALITY)?;
    interrupt::uninterrupted(|| Ok(write_file(file, &bytes, mode)?))?;
    say(&format!("wrote {}", readable(file)));
    Ok(())
}

#[derive(Serialize)]
struct ClassReport {
    index: usize,
    name: String,
    /// The WordNet synset.
    wordnet: Option<&'static str>,
    probability: f32,
}

fn print_classes(args: &Args, network: &Network, picture: &Picture) -> Result<(), Failure> {
    let classes = look::classify(network, picture)?;
    let classes = classes.into_iter().take(args.top.unwrap_or(TOP_CLASSES));
    if args.json {
        #[derive(Serialize)]
        struct Report<'a> {
            model: &'a str,
            classes: Vec<ClassReport>,
        }
        let class = |c: look::Class| ClassReport {
            index: c.index,
            name: c.name,
            wordnet: c.wordnet,
            probability: c.probability,
        };
        return print_json(&Report { model: &network.name, classes: classes.map(class).collect() });
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

fn look_at_layer(
    args: &Args,
    network: &Network,
    picture: &Picture,
    layer: &str,
    mode: SaveMode,
) -> Result<(), Failure> {
    let activations = look::activations(network, picture, layer)?;
    // Compute everything before writing anything.
    let mut files = Vec::new();
    if let Some(file) = &args.sheet {
        let title = format!("{layer} of {}", network.name);
        let sheet = sheet::draw(&title, picture, &activations, args.top.unwrap_or(sheet::TOP))?;
        files.push((file, sheet.encode(Format::from_path(file)?, DEFAULT_QUALITY)?));
    }
    if let Some(file) = &args.gradient {
        files.push((file, array(&look::gradient(network, picture, layer)?)));
    }
    if let Some(file) = &args.activations {
        files.push((file, array(&activations)));
    }
    write(&files, mode)?;
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
    if args.json {
        let shape = activations.shape;
        let channel = |c: look::Channel| ChannelReport { channel: c.index, mean: c.mean, max: c.max, at: c.at.into() };
        return print_json(&LayerReport {
            model: &network.name,
            layer,
            shape: [shape.channels, shape.height, shape.width],
            channels: strongest.map(channel).collect(),
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
fn write(files: &[(&PathBuf, Vec<u8>)], mode: SaveMode) -> Result<(), Failure> {
    interrupt::catch();
    interrupt::uninterrupted(|| {
        for (path, bytes) in files {
            write_file(path, bytes, mode)?;
            say(&format!("wrote {}", readable(path)));
        }
        Ok(())
    })
}
