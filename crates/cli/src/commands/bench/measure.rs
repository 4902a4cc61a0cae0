//! Measures the time of each gradient step of one network at one size.

use std::time::Instant;

use oneiric::objective::strengthen;
use oneiric::{Backward, landscape, memory};
use oneiric_engine::shape::Size;
use oneiric_engine::{Error, Plan, Program, Session};
use oneiric_zoo::Network;
use serde::Serialize;

use super::profile::{Operation, Profiler, median};
use crate::args::PixelSize;
use crate::commands::models::weights;
use crate::terminal::failure::{Failure, layer_failure, size_failure};

/// Steps that are not measured: they fill caches and start threads.
const WARM_UP: usize = 2;

#[derive(Serialize)]
pub struct Measurement {
    pub model: &'static str,
    /// Trained or random.
    pub weights: &'static str,
    pub layer: String,
    pub width: usize,
    pub height: usize,
    pub steps: usize,
    pub threads: usize,
    pub isa: String,
    /// Number format of the backward pass.
    pub backward: &'static str,
    pub milliseconds_min: f64,
    pub milliseconds_median: f64,
    /// Time of each step, in order.
    pub milliseconds: Vec<f64>,
    pub steps_per_second: f64,
    /// Speed of the convolutions, forward and backward.
    pub gflops: f64,
    /// Memory of the maps and of what the backward pass keeps, without the weights.
    pub plan_memory_bytes: usize,
    /// The time of each operation, with --profile.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operations: Option<Vec<Operation>>,
}

/// Measures gradient steps of `network` at `layer` in a new session.
pub fn measure(
    network: &Network,
    layer: &str,
    sides: PixelSize,
    steps: usize,
    backward: Backward,
    profile: bool,
) -> Result<Measurement, Failure> {
    let (model, PixelSize(width, height)) = (oneiric_zoo::model(&network.name)?, sides);
    let program = Program::new(&network.graph, &[layer]).map_err(|e| layer_failure(e, model.name))?;
    let plan = |(width, height)| Plan::new(&program, Size { height, width }, backward.purpose());
    memory::check((width, height), |size| Ok(plan(size)?.memory() as u64)).map_err(size_failure)?;
    let plan = plan((width, height))?;
    let picture = landscape::paint(width, height, 0);
    let mut session = Session::new(plan)?;
    let mut profiler = Profiler::new(session.plan());
    let times = step_times(&mut session, &picture, steps, &mut profiler)?;
    let total: f64 = times.iter().sum();
    Ok(Measurement {
        model: model.name,
        weights: weights(model),
        layer: layer.into(),
        width,
        height,
        steps,
        threads: rayon::current_num_threads(),
        isa: session.device().into(),
        backward: backward.name(),
        milliseconds_min: times.iter().copied().fold(f64::INFINITY, f64::min) * 1e3,
        milliseconds_median: median(&mut times.clone()) * 1e3,
        milliseconds: times.iter().map(|seconds| seconds * 1e3).collect(),
        steps_per_second: times.len() as f64 / total,
        gflops: 2.0 * session.plan().flops() as f64 * times.len() as f64 / total / 1e9,
        plan_memory_bytes: session.memory(),
        operations: profile.then(|| profiler.operations(session.plan())),
    })
}

/// Seconds of each step.
fn step_times(
    session: &mut Session,
    picture: &[f32],
    steps: usize,
    profiler: &mut Profiler,
) -> Result<Vec<f64>, Error> {
    let step = |number| {
        let begun = Instant::now();
        session.gradient(picture, |_, activation, gradient| strengthen(activation, gradient))?;
        let seconds = begun.elapsed().as_secs_f64();
        if number >= WARM_UP {
            profiler.note(session);
        }
        Ok(seconds)
    };
    let times: Result<Vec<f64>, Error> = (0..WARM_UP + steps).map(step).collect();
    Ok(times?.split_off(WARM_UP))
}
