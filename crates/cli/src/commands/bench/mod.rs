//! `oneiric bench`: measures the speed of this computer.

mod all;
mod measure;
mod profile;

use std::env;

use clap::builder::RangedU64ValueParser;
use oneiric_engine::{ISA_VARIABLE, Isa};
use serde::Serialize;

use crate::args::{PixelSize, Precision, Threads, architecture_names};
use crate::terminal::failure::Failure;
use crate::terminal::stdout::{print, print_json};
use measure::{Measurement, measure};

const AFTER_HELP: &str = "\
Examples:
  oneiric bench                              measure the default network at 640x427
  oneiric bench -m squeezenet --threads 1    measure another network on one thread
  oneiric bench -m vgg16                     measure a network without trained weights
  oneiric bench --backward bf16              use a faster, less exact backward pass
  oneiric bench --profile                    show the time of each operation
  oneiric bench --all                        measure all networks, two at 1920x1080
  ONEIRIC_ISA=avx2 oneiric bench             use another instruction set:
                                             avx512, avx2 or portable

A step is one forward and one backward pass up to a layer: the gradient of the
picture. A dream takes more time, to normalize gradients and to write files.";

/// The default size of the picture.
const SIZE: PixelSize = PixelSize(640, 427);

/// Measure how fast this computer computes gradient steps.
#[derive(clap::Args, Debug)]
#[command(after_help = AFTER_HELP)]
pub struct Args {
    /// The network; one without trained weights runs with random ones
    #[arg(long, short, value_name = "NAME", default_value = "lite0", value_parser = architecture_names())]
    #[arg(ignore_case = true)]
    model: String,
    /// The layer [default: the default layer of the network]
    #[arg(long, short, value_name = "NAME")]
    layer: Option<String>,
    /// Measure all networks, each at its default layer
    #[arg(long, conflicts_with_all = ["model", "layer"])]
    all: bool,
    /// Show the time and speed of each operation
    #[arg(long, conflicts_with = "all")]
    profile: bool,
    /// Size of the picture [default: 640x427; with --all, also 1920x1080 for the first two networks]
    #[arg(long, value_name = "WxH")]
    size: Option<PixelSize>,
    /// Number of steps to measure
    #[arg(long, value_name = "N", default_value_t = 20, allow_negative_numbers = true)]
    #[arg(value_parser = RangedU64ValueParser::<usize>::new().range(1..=100_000))]
    steps: usize,
    #[command(flatten)]
    threads: Threads,
    #[command(flatten)]
    precision: Precision,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Report {
    #[serde(flatten)]
    measurement: Measurement,
    /// Peak memory of the process; none if the system does not report it.
    peak_memory_bytes: Option<u64>,
}

pub fn run(args: &Args) -> Result<(), Failure> {
    check_isa()?;
    args.threads.apply()?;
    let backward = args.precision.backward()?;
    if args.all {
        return all::run(args.size, args.steps, backward, args.json);
    }
    let network = oneiric_zoo::load_or_random(&args.model)?;
    let layer = args.layer.as_deref().unwrap_or(&network.default_layer);
    let measurement = measure(&network, layer, args.size.unwrap_or(SIZE), args.steps, backward, args.profile)?;
    let report = Report { measurement, peak_memory_bytes: peak_memory() };
    if args.json { print_json(&report) } else { print(&text(&report)) }
}

/// Refuses an unknown instruction set: the engine ignores it, which would falsify a measurement.
fn check_isa() -> Result<(), Failure> {
    let Ok(wanted) = env::var(ISA_VARIABLE) else { return Ok(()) };
    let names: Vec<_> = Isa::available().iter().map(|isa| isa.name()).collect();
    if names.contains(&wanted.as_str()) {
        return Ok(());
    }
    Err(Failure::input(format!(
        "{ISA_VARIABLE} is '{wanted}', but this computer supports {}; set it to one of these, or unset it",
        names.join(", ")
    )))
}

/// The peak memory of this process in bytes, on Linux.
fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.parse::<u64>().ok().map(|kib| kib * 1024)
}

fn text(report: &Report) -> String {
    let Report { measurement, peak_memory_bytes } = report;
    let Measurement { model, weights, layer, width, height, steps, .. } = measurement;
    let memory = peak_memory_bytes.map_or("unknown".into(), |bytes| format!("{} MB", bytes / 1_000_000));
    let note = if *weights == "random" { ", not trained yet" } else { "" };
    let profile = measurement.operations.as_deref().map_or_else(String::new, profile::text);
    format!(
        "{model} {layer}, {width}x{height}, {steps} steps\n\
         weights      {weights}{note}\n\
         step         {:.1} ms best, {:.1} ms median\n\
         steps/s      {:.1}\n\
         GFLOP/s      {:.0}\n\
         peak memory  {memory}\n\
         runs on      {}\n\
         {profile}",
        measurement.milliseconds_min,
        measurement.milliseconds_median,
        measurement.steps_per_second,
        measurement.gflops,
        runs_on(measurement),
    )
}

fn runs_on(Measurement { isa, threads, backward, .. }: &Measurement) -> String {
    let numbers = if *backward == "f32" { "" } else { ", backward in bf16" };
    format!("{isa}, {threads} thread{}{numbers}", if *threads == 1 { "" } else { "s" })
}
