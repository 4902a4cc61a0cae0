//! `oneiric bench --profile`: the time of each operation of a gradient step.

use oneiric_engine::{Plan, Session, Step};
use serde::Serialize;

use crate::commands::models::plan::layer;
use crate::terminal::table::table;

const LEGEND: &str = "\
GFLOP/s     speed of its convolutions in both passes, counted as the network defines them: a transformed
            convolution can exceed the limit of the processor
GB/s        speed of reading and writing maps and gradients, without weights and traffic inside caches";

/// One step of the plan, forward and backward.
#[derive(Serialize)]
pub struct Operation {
    number: usize,
    layer: String,
    operation: String,
    output: String,
    /// Medians over the measured steps.
    milliseconds_forward: f64,
    milliseconds_backward: f64,
    /// Share of the time of all operations, 0…1.
    share: f64,
    /// Operations of its convolutions, forward and backward.
    flops: u64,
    /// Size of its input and output maps and of their gradients.
    bytes: usize,
}

impl Operation {
    fn milliseconds(&self) -> f64 {
        self.milliseconds_forward + self.milliseconds_backward
    }
}

/// Collects the times of each operation over several steps.
pub struct Profiler {
    /// Milliseconds forward and backward, by operation.
    times: Vec<[Vec<f64>; 2]>,
}

impl Profiler {
    pub fn new(plan: &Plan) -> Self {
        Self { times: plan.steps().map(|_| [Vec::new(), Vec::new()]).collect() }
    }

    /// Adds the times of the session's last step.
    pub fn note(&mut self, session: &Session) {
        for ([forward, backward], time) in self.times.iter_mut().zip(session.times()) {
            forward.push(time.forward.as_secs_f64() * 1e3);
            backward.push(time.backward.as_secs_f64() * 1e3);
        }
    }

    /// The operations that compute something, in order.
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

/// The median.
pub fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    (values[(values.len() - 1) / 2] + values[values.len() / 2]) / 2.0
}

/// Formats the operations as a table.
pub fn text(operations: &[Operation]) -> String {
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
