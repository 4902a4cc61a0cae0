//! `oneiric bench --all`: measures all networks, one after the other.

use oneiric::Backward;
use oneiric_zoo::Model;
use serde::Serialize;

use super::measure::{Measurement, measure};
use crate::args::PixelSize;
use crate::terminal::failure::Failure;
use crate::terminal::progress::Bar;
use crate::terminal::stdout::{print, print_json};
use crate::terminal::table::table;

/// A large size, which only the first networks are also measured at.
const LARGE: PixelSize = PixelSize(1920, 1080);
const MEASURED_LARGE: usize = 2;

#[derive(Serialize)]
struct Report {
    measurements: Vec<Measurement>,
    left_out: Vec<LeftOut>,
}

#[derive(Serialize)]
struct LeftOut {
    model: &'static str,
    width: usize,
    height: usize,
    why: String,
}

/// Measures all networks at `size`. Without it, measures all at the usual size, and the first of them at a large one
/// too.
pub fn run(size: Option<PixelSize>, steps: usize, backward: Backward, json: bool) -> Result<(), Failure> {
    let jobs = jobs(size);
    let mut report = Report { measurements: Vec::new(), left_out: Vec::new() };
    let mut failure = None;
    let bar = Bar::new(false);
    for (i, &(model, sides)) in jobs.iter().enumerate() {
        let PixelSize(width, height) = sides;
        bar.show_work(format!("{} {width}x{height}", model.name), i as f64 / jobs.len() as f64);
        match measure(&*oneiric_zoo::load_or_random(model.name)?, model.default_layer, sides, steps, backward, false) {
            Ok(measurement) => report.measurements.push(measurement),
            Err(e) => {
                report.left_out.push(LeftOut { model: model.name, width, height, why: e.message().into() });
                failure = Some(e);
            }
        }
    }
    bar.finish();
    match failure {
        Some(failure) if report.measurements.is_empty() => Err(failure),
        _ if json => print_json(&report),
        _ => print(&text(&report)),
    }
}

fn jobs(size: Option<PixelSize>) -> Vec<(&'static Model, PixelSize)> {
    let all = || oneiric_zoo::models().iter().chain(oneiric_zoo::untrained());
    let mut jobs: Vec<_> = all().map(|model| (model, size.unwrap_or(super::SIZE))).collect();
    if size.is_none() {
        jobs.extend(all().take(MEASURED_LARGE).map(|model| (model, LARGE)));
    }
    jobs
}

fn text(report: &Report) -> String {
    let row = |m: &Measurement| {
        [
            m.model.into(),
            m.layer.clone(),
            m.weights.into(),
            format!("{}x{}", m.width, m.height),
            format!("{:.1}", m.milliseconds_min),
            format!("{:.1}", m.milliseconds_median),
            format!("{:.0}", m.gflops),
            format!("{:.1}", m.plan_memory_bytes as f64 / 1e6),
            m.steps.to_string(),
        ]
    };
    let head = ["model", "layer", "weights", "size", "best ms", "median ms", "GFLOP/s", "plan MB", "steps"];
    let mut text = table(head, &report.measurements.iter().map(row).collect::<Vec<_>>());
    if let Some(first) = report.measurements.first() {
        text +=
            &format!("\nruns on {}; plan MB is the memory of the maps, without the weights\n", super::runs_on(first));
    }
    for LeftOut { model, width, height, why } in &report.left_out {
        text += &format!("left out: {model} {width}x{height}, {why}\n");
    }
    text
}
