//! `oneiric look --kernels`: draws the kernels of a network's first layer.

use oneiric::inspect::first_layer::{FirstLayer, first_layer};
use serde::Serialize;

use super::Args;
use crate::terminal::failure::Failure;
use crate::work::destination::{Destination, Records};
use crate::work::input::Source;
use crate::work::networks::networks;

#[derive(Serialize)]
struct Report<'a> {
    model: &'a str,
    layer: &'a str,
    /// Kernels, rows, columns, colours: red, green, blue.
    shape: [usize; 4],
    /// The numbers in that order.
    kernels: Vec<Vec<Vec<&'a [f32]>>>,
}

pub fn run(args: &Args) -> Result<(), Failure> {
    let destination = Destination::check(args.out.as_deref(), &Source::Landscape, "kernels", &args.output)?;
    args.threads.apply()?;
    let network = networks().get(&args.model)?;
    let first = first_layer(&network)?;
    let title = format!("The kernels of {}, the first layer of {}", first.layer, network.name);
    let picture = first.sheet().title(title).render()?;
    let FirstLayer { layer, channels, rows, columns, .. } = &first;
    let kernel = |channel| first.kernel(channel).chunks(columns * 3).map(|row| row.chunks(3).collect()).collect();
    let report = Report {
        model: &network.name,
        layer,
        shape: [*channels, *rows, *columns, 3],
        kernels: (0..*channels).map(kernel).collect(),
    };
    destination.deliver(&picture, &Records::default(), &args.output, None, report)
}
