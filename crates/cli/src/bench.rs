//! `oneiric bench`: how fast this machine dreams.

use std::env;
use std::time::Instant;

use clap::builder::RangedU64ValueParser;
use oneiric::objective::Objective;
use oneiric::{landscape, memory};
use oneiric_engine::shape::Size;
use oneiric_engine::{Error, ISA_VARIABLE, Isa, Plan, Program, Purpose, Session};
use serde::Serialize;

use crate::args::{Sides, Threads, architecture_names};
use crate::failure::{Failure, about_layers, about_sides};
use crate::models::weights;
use crate::output::{print, print_json};

const AFTER_HELP: &str = "\
Examples:
  oneiric bench                              the default network at 640x427
  oneiric bench -m squeezenet --threads 1    the other network on one thread
  oneiric bench -m vgg16                     one of those without trained weights yet
  ONEIRIC_ISA=avx2 oneiric bench             with another instruction set:
                                             avx512, avx2 or portable

A step is the network's way to a layer and back: the gradient of the picture.
A dream needs some time more, to balance gradients and for its files.";

/// Steps before the clock runs: they fill caches and wake the threads.
const WARM_UP: usize = 2;

/// Measure how fast this computer makes gradient steps.
#[derive(clap::Args, Debug)]
#[command(after_help = AFTER_HELP)]
pub struct Args {
    /// The network; with random weights where there are no trained ones yet
    #[arg(long, short, value_name = "NAME", default_value = "lite0", value_parser = architecture_names())]
    #[arg(ignore_case = true)]
    model: String,
    /// The layer [default: the network's best]
    #[arg(long, short, value_name = "NAME")]
    layer: Option<String>,
    /// Size of the picture
    #[arg(long, value_name = "WxH", default_value = "640x427")]
    size: Sides,
    /// Steps to measure
    #[arg(long, value_name = "N", default_value_t = 20, allow_negative_numbers = true)]
    #[arg(value_parser = RangedU64ValueParser::<usize>::new().range(1..=100_000))]
    steps: usize,
    #[command(flatten)]
    threads: Threads,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Report<'a> {
    model: &'static str,
    /// Trained or random.
    weights: &'static str,
    layer: &'a str,
    width: usize,
    height: usize,
    steps: usize,
    threads: usize,
    isa: &'static str,
    milliseconds_min: f64,
    milliseconds_median: f64,
    /// Of every step, in order.
    milliseconds: Vec<f64>,
    steps_per_second: f64,
    /// Of the convolutions, both ways.
    gflops: f64,
    /// Of the maps and what the backward pass keeps, without the weights.
    plan_memory_bytes: usize,
    /// Of the whole process; unknown where the system does not tell.
    peak_memory_bytes: Option<u64>,
}

pub fn run(args: &Args) -> Result<(), Failure> {
    check_isa()?;
    args.threads.apply()?;
    let network = oneiric_zoo::load_or_random(&args.model)?;
    let model = network.model;
    let layer = args.layer.as_deref().unwrap_or(model.default_layer);
    let Sides(width, height) = args.size;
    let program = Program::new(&network.graph, &[layer]).map_err(|e| about_layers(e, model.name))?;
    let plan = Plan::new(&program, Size { height, width }, Purpose::Gradient)?;
    memory::check((width, height), plan.memory() as u64).map_err(about_sides)?;
    let mut session = Session::new(plan);
    let times = measure(&mut session, &landscape::paint(width, height, 0), args.steps)?;
    let total: f64 = times.iter().sum();
    let mut sorted = times.clone();
    sorted.sort_by(f64::total_cmp);
    let report = Report {
        model: model.name,
        weights: weights(model),
        layer,
        width,
        height,
        steps: args.steps,
        threads: rayon::current_num_threads(),
        isa: session.isa().name(),
        milliseconds_min: sorted[0] * 1e3,
        milliseconds_median: (sorted[(sorted.len() - 1) / 2] + sorted[sorted.len() / 2]) * 0.5e3,
        milliseconds: times.iter().map(|seconds| seconds * 1e3).collect(),
        steps_per_second: times.len() as f64 / total,
        gflops: 2.0 * session.plan().flops() as f64 * times.len() as f64 / total / 1e9,
        plan_memory_bytes: session.memory(),
        peak_memory_bytes: peak_memory(),
    };
    if args.json { print_json(&report) } else { print(&words(&report)) }
}

/// The engine passes over a name that it cannot use; whoever measures wants to know.
fn check_isa() -> Result<(), Failure> {
    let Ok(wanted) = env::var(ISA_VARIABLE) else { return Ok(()) };
    let names: Vec<_> = Isa::available().iter().map(|isa| isa.name()).collect();
    if names.contains(&wanted.as_str()) {
        return Ok(());
    }
    Err(Failure::input(format!(
        "{ISA_VARIABLE} is '{wanted}', but this computer has {}; set it to one of these or not at all",
        names.join(", ")
    )))
}

/// Seconds of each step.
fn measure(session: &mut Session, picture: &[f32], steps: usize) -> Result<Vec<f64>, Error> {
    let objective = Objective::Strength { weight: 1.0 };
    let step = |_| {
        let begun = Instant::now();
        session.gradient(picture, |_, activation, gradient| objective.gradient(activation, gradient))?;
        Ok(begun.elapsed().as_secs_f64())
    };
    let times: Result<Vec<f64>, Error> = (0..WARM_UP + steps).map(step).collect();
    Ok(times?.split_off(WARM_UP))
}

/// The most memory this process ever had, in bytes; Linux tells it.
fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.parse::<u64>().ok().map(|kib| kib * 1024)
}

fn words(report: &Report) -> String {
    let Report { model, weights, layer, width, height, steps, threads, isa, .. } = report;
    let memory = report.peak_memory_bytes.map_or("unknown here".into(), |bytes| format!("{} MB", bytes / 1_000_000));
    let note = if *weights == "random" { ", there are no trained ones yet" } else { "" };
    format!(
        "{model} {layer}, {width}x{height}, {steps} steps\n\
         weights      {weights}{note}\n\
         a step       {:.1} ms at best, {:.1} ms median\n\
         steps/s      {:.1}\n\
         GFLOP/s      {:.0}\n\
         peak memory  {memory}\n\
         runs on      {isa}, {threads} thread{}\n",
        report.milliseconds_min,
        report.milliseconds_median,
        report.steps_per_second,
        report.gflops,
        if *threads == 1 { "" } else { "s" },
    )
}
