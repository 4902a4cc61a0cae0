//! `oneiric models show --plan`: the execution plan up to a layer: steps and buffers.

use oneiric_engine::shape::{Shape, Size};
use oneiric_engine::{MapPlace, Part, Plan, Program, Purpose, Step};
use oneiric_zoo::Network;
use serde::Serialize;

use crate::args::PixelSize;
use crate::commands::models::weights;
use crate::terminal::failure::{Failure, layer_failure};
use crate::terminal::stdout::{print, print_json};
use crate::terminal::table::table;

const LEGEND: &str = "\
#, FROM     number of the step, and of the steps whose maps it reads; the gradient goes backwards
LAYER       a name in brackets: a step inside that layer
OUTPUT      channels x height x width
MAP, GRAD   memory slots of its map and of its gradient; 3+64 is slot 3 after 64 channels
KB, KEPT    size of its map, and of what it keeps for the backward pass, in 1000 bytes
MFLOP       millions of multiplications and additions of its convolutions in one pass
";

#[derive(Serialize)]
struct Report<'a> {
    model: &'static str,
    /// Trained or random.
    weights: &'static str,
    layer: &'a str,
    width: usize,
    height: usize,
    steps: Vec<StepReport<'a>>,
    /// Buffers that maps share.
    slots: Vec<SlotReport>,
    bits_bytes: usize,
    kept_bytes: usize,
    /// Memory of the slots and of what is kept, without the weights.
    plan_memory_bytes: usize,
    /// Operations of one forward pass; the backward pass takes as many.
    flops: u64,
}

#[derive(Serialize)]
struct StepReport<'a> {
    number: usize,
    /// All layers that it computes; its output is the map of the last one.
    layers: Vec<&'a str>,
    operation: &'a str,
    /// The operations of the network that it runs.
    parts: Vec<PartReport<'a>>,
    shape: ShapeReport,
    inputs: Vec<usize>,
    /// Intermediate maps of which only windows of rows exist.
    windowed: Vec<ShapeReport>,
    in_place: bool,
    activation: Option<PlaceReport>,
    gradient: Option<PlaceReport>,
    map_bytes: usize,
    bits_bytes: usize,
    kept_bytes: usize,
    flops: u64,
}

#[derive(Serialize)]
struct PartReport<'a> {
    layer: Option<&'a str>,
    operation: &'static str,
}

#[derive(Serialize)]
struct ShapeReport {
    channels: usize,
    height: usize,
    width: usize,
}

#[derive(Serialize)]
struct PlaceReport {
    slot: usize,
    /// The first channel in the slot.
    channel: usize,
}

#[derive(Serialize)]
struct SlotReport {
    bytes: usize,
    /// Steps whose maps it holds, one after the other.
    activations: Vec<usize>,
    /// Steps whose gradients it holds.
    gradients: Vec<usize>,
}

impl<'a> From<&Step<'a>> for StepReport<'a> {
    fn from(step: &Step<'a>) -> Self {
        let part = |part: &'a Part| PartReport {
            layer: Some(part.layer.as_str()).filter(|name| !name.is_empty()),
            operation: part.operation,
        };
        Self {
            number: step.number,
            layers: step.layers().collect(),
            operation: step.operation,
            parts: step.parts.iter().map(part).collect(),
            shape: step.shape.into(),
            inputs: step.inputs.clone(),
            windowed: step.windowed.iter().map(|&shape| shape.into()).collect(),
            in_place: step.in_place,
            activation: step.activation.map(PlaceReport::from),
            gradient: step.gradient.map(PlaceReport::from),
            map_bytes: step.map_bytes(),
            bits_bytes: step.bits,
            kept_bytes: step.kept_bytes,
            flops: step.flops,
        }
    }
}

impl From<Shape> for ShapeReport {
    fn from(Shape { channels, height, width }: Shape) -> Self {
        Self { channels, height, width }
    }
}

impl From<MapPlace> for PlaceReport {
    fn from(place: MapPlace) -> Self {
        Self { slot: place.slot, channel: place.offset }
    }
}

/// Prints the plan of a gradient at `layer`, by default the network's default layer, for pictures of this size.
pub fn show(network: &Network, sides: PixelSize, layer: Option<&str>, json: bool) -> Result<(), Failure> {
    let (model, PixelSize(width, height)) = (oneiric_zoo::model(&network.name)?, sides);
    let layer = layer.unwrap_or(model.default_layer);
    let program = Program::new(&network.graph, &[layer]).map_err(|e| layer_failure(e, model.name))?;
    let plan = Plan::new(&program, Size { height, width }, Purpose::Gradient)?;
    if json {
        return print_json(&Report {
            model: model.name,
            weights: weights(model),
            layer,
            width,
            height,
            steps: plan.steps().map(|step| (&step).into()).collect(),
            slots: slots(&plan),
            bits_bytes: plan.bits_memory(),
            kept_bytes: plan.kept_memory(),
            plan_memory_bytes: plan.memory(),
            flops: plan.flops(),
        });
    }
    let mut text = format!("{} up to {layer} and back, for pictures of {width}x{height}\n\n", model.title);
    text += &steps_table(&plan);
    text += &format!("\n{LEGEND}\n");
    text += &fused_table(&plan);
    text += &slots_table(&plan);
    text += &totals(&plan);
    print(&text)
}

fn slots(plan: &Plan) -> Vec<SlotReport> {
    let holds = |slot: usize, place: fn(&Step<'_>) -> Option<MapPlace>| {
        plan.steps().filter(|step| place(step).is_some_and(|at| at.slot == slot)).map(|step| step.number).collect()
    };
    let slot = |(slot, bytes)| SlotReport {
        bytes,
        activations: holds(slot, |step| step.activation),
        gradients: holds(slot, |step| step.gradient),
    };
    plan.slots().enumerate().map(slot).collect()
}

fn steps_table(plan: &Plan) -> String {
    let steps: Vec<Step<'_>> = plan.steps().collect();
    let row = |step: &Step<'_>| {
        let in_place = if step.in_place { ", in place" } else { "" };
        [
            step.number.to_string(),
            layer(&steps, step),
            format!("{}{in_place}", step.operation),
            step.shape.to_string(),
            numbers(&step.inputs),
            step.activation.map_or("-".into(), place),
            step.gradient.map_or("-".into(), place),
            thousands(step.map_bytes()),
            thousands(step.bits + step.kept_bytes),
            (step.flops as f64 / 1e6).round().to_string(),
        ]
    };
    let head = ["#", "layer", "operation", "output", "from", "map", "grad", "kB", "kept", "MFLOP"];
    table(head, &steps.iter().map(row).collect::<Vec<_>>())
}

/// The step's layer, or in brackets the next layer that uses its output.
pub fn layer(steps: &[Step<'_>], step: &Step<'_>) -> String {
    if step.number == 0 {
        return "picture".into();
    }
    let user = |of: &Step<'_>| steps.iter().find(|step| step.inputs.contains(&of.number)).cloned();
    let mut chain = std::iter::successors(Some(step.clone()), user);
    let name = chain.find_map(|step| step.layers().last()).unwrap_or_default();
    if step.layers().next().is_some() { name.into() } else { format!("({name})") }
}

fn place(at: MapPlace) -> String {
    if at.offset == 0 { at.slot.to_string() } else { format!("{}+{}", at.slot, at.offset) }
}

/// The layers that were fused into one step.
fn fused_table(plan: &Plan) -> String {
    let row = |step: Step<'_>| {
        let maps = step.windowed.iter().map(Shape::to_string).collect::<Vec<_>>().join(" ");
        let bytes = step.windowed.iter().map(|map| size_of::<f32>() * map.buffer_len()).sum();
        [step.number.to_string(), step.layers().collect::<Vec<_>>().join(" "), maps, thousands(bytes)]
    };
    let rows: Vec<_> = plan.steps().filter(|step| !step.windowed.is_empty()).map(row).collect();
    if rows.is_empty() {
        return String::new();
    }
    let head = ["#", "run as one, in windows of rows", "intermediate maps", "kB saved"];
    table(head, &rows) + "\n"
}

fn slots_table(plan: &Plan) -> String {
    let row = |(number, slot): (usize, SlotReport)| {
        [number.to_string(), thousands(slot.bytes), ranges(&slot.activations), ranges(&slot.gradients)]
    };
    let rows: Vec<_> = slots(plan).into_iter().enumerate().map(row).collect();
    table(["slot", "kB", "maps of steps", "gradients of steps"], &rows) + "\n"
}

fn totals(plan: &Plan) -> String {
    let megabytes = |bytes: usize| bytes as f64 / 1e6;
    format!(
        "slots   {:6.1} MB\n\
         bits    {:6.1} MB, one bit for each clamped value\n\
         kept    {:6.1} MB, by pools and inverted residuals\n\
         memory  {:6.1} MB in total, without the weights\n\
         flops   {:6.2} G forward, the same backward\n",
        megabytes(plan.slots().sum()),
        megabytes(plan.bits_memory()),
        megabytes(plan.kept_memory()),
        megabytes(plan.memory()),
        plan.flops() as f64 / 1e9,
    )
}

fn thousands(bytes: usize) -> String {
    (bytes as f64 / 1e3).round().to_string()
}

/// Formats rising numbers as ranges: `1 4-6 8`.
fn ranges(numbers: &[usize]) -> String {
    let runs = numbers.chunk_by(|a, b| a + 1 == *b).map(|run| match run {
        [one] => one.to_string(),
        [first, .., last] => format!("{first}-{last}"),
        [] => String::new(),
    });
    runs.collect::<Vec<_>>().join(" ")
}

fn numbers(numbers: &[usize]) -> String {
    numbers.iter().map(usize::to_string).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::ranges;

    #[test]
    fn consecutive_numbers_become_ranges() {
        assert_eq!(ranges(&[1, 4, 5, 6, 8, 9]), "1 4-6 8-9");
        assert_eq!(ranges(&[]), "");
    }
}
