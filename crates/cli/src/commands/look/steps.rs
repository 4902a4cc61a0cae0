//! `oneiric look --steps`: draws a photo on its way through a network.

use oneiric::inspect::steps::steps;
use serde::Serialize;

use super::{Args, ChannelReport, ClassReport, LayerReport, TOP_CLASSES};
use crate::terminal::failure::Failure;
use crate::work::destination::{Destination, Records};
use crate::work::input::Source;
use crate::work::networks::networks;

/// Default number of channels of each layer.
const TOP: usize = 6;
/// The most channels of a layer: more would make the sheet too wide to read.
const MOST: usize = 24;

#[derive(Serialize)]
struct Report<'a> {
    model: &'a str,
    layers: Vec<LayerReport<'a>>,
    classes: Vec<ClassReport>,
}

pub fn run(args: &Args) -> Result<(), Failure> {
    let top = args.top.unwrap_or(TOP);
    if top > MOST {
        return Err(Failure::input(format!("--steps draws at most {MOST} channels of a layer; use a smaller --top")));
    }
    let source = Source::from_argument(args.picture.as_deref());
    let destination = Destination::check(args.out.as_deref(), &source, "steps", &args.output)?;
    args.threads.apply()?;
    let network = networks().get(&args.model)?;
    let seen = steps(&network, &source.read(args.output.quiet)?, top)?;
    let picture = seen.sheet(&format!("What {} sees, layer by layer", network.name))?;
    let layers = seen.layers.iter().map(|step| LayerReport {
        model: &network.name,
        layer: &step.layer,
        shape: [step.shape.channels, step.shape.height, step.shape.width],
        channels: step.strongest.iter().cloned().map(ChannelReport::from).collect(),
    });
    let classes = seen.classes.iter().take(TOP_CLASSES).cloned().map(ClassReport::from).collect();
    let report = Report { model: &network.name, layers: layers.collect(), classes };
    destination.deliver(&picture, &Records::default(), &args.output, None, report)
}
