//! `oneiric bench --profile`: where the time of a gradient step goes, operation by operation.

use oneiric_engine::{Plan, Session, Step};
use serde::Serialize;

use crate::commands::models::plan::layer;
use crate::terminal::table::table;

const LEGEND: &str = "\
GFLOP/s     of its convolutions, both ways, as the network defines them: a transformed one can pass the
            processor's limit
GB/s        of the maps that it takes and leaves and their gradients, without weights and what stays in caches";

/// One step of the plan, both ways.
#[derive(Serialize)]
pub struct Operation {
    number: usize,
    layer: String,
    operation: String,
    output: String,
    /// Medians over the measured steps.
    milliseconds_forward: f64,
    milliseconds_backward: f64,
    /// Of both ways of all operations.
    share: f64,
    /// Of its convolutions, both ways.
    flops: u64,
    /// Of the maps that it takes and leaves and of their gradients, each once.
    bytes: usize,
}

impl Operation {
    fn milliseconds(&self) -> f64 {
        self.milliseconds_forward + self.milliseconds_backward
    }
}

/// Collects the times of each operation, step after step.
pub struct Profiler {
    /// Milliseconds forward and backward, by operation.
    times: Vec<[Vec<f64>; 2]>,
}

impl Profiler {
    pub fn new(plan: &Plan) -> Self {
        Self { times: plan.steps().map(|_| [Vec::new(), Vec::new()]).collect() }
    }

    /// Notes what the session's last step took.
    pub fn note(&mut self, session: &Session) {
        for ([forward, backward], time) in self.times.iter_mut().zip(session.times()) {
            forward.push(time.forward.as_secs_f64() * 1e3);
            backward.push(time.backward.as_secs_f64() * 1e3);
        }
    }

    /// All operations that compute something, in order.
    pub fn operations(mut self, plan: &Plan) -> Vec<Operation> {
        let steps: Vec<Step<'_>> = plan.steps().collect();
        let medians = self.times.iter_mut().map(|ways| ways.each_mut().map(|way| median(way)));
        let computes = |(step, _): &(&Step<'_>, [f64; 2])| step.number > 0 && !step.in_place;
        let times: Vec<_> = steps.iter().zip(medians).filter(computes).collect();
        let all: f64 = times.iter().flat_map(|(_, ways)| ways).sum();
        let operation = |(step, [forward, backward]): (&Step<'_>, [f64; 2])| Operation {
            number: step.number,
            layer: layer(&steps, step),
            operation: step.operation.into(),
            output: step.shape.to_string(),
            milliseconds_forward: forward,
            milliseconds_backward: backward,
            share: (forward + backward) / all,
            flops: 2 * step.flops,
            bytes: 2 * (step.map_bytes() + step.inputs.iter().map(|&from| steps[from].map_bytes()).sum::<usize>()),
        };
        times.into_iter().map(operation).collect()
    }
}

/// The middle, or between the two in the middle.
pub fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    (values[(values.len() - 1) / 2] + values[values.len() / 2]) / 2.0
}

/// A table for people.
pub fn words(operations: &[Operation]) -> String {
    let row = |o: &Operation| {
        [
            o.number.to_string(),
            o.layer.clone(),
            o.operation.clone(),
            o.output.clone(),
            format!("{:.2}", o.milliseconds_forward),
            format!("{:.2}", o.milliseconds_backward),
            format!("{:.1}", 100.0 * o.share),
            format!("{:.0}", o.flops as f64 / o.milliseconds() / 1e6),
            format!("{:.0}", o.bytes as f64 / o.milliseconds() / 1e6),
        ]
    };
    let head = ["#", "layer", "operation", "output", "fwd ms", "back ms", "%", "GFLOP/s", "GB/s"];
    format!("\n{}\n{LEGEND}\n", table(head, &operations.iter().map(row).collect::<Vec<_>>()))
}
