//! A readable list of a plan's steps, in order, with their places in memory.

use crate::description::Description;
use crate::graph::Part;
use crate::op::Op;
use crate::plan::{MapPlace, Plan, PlannedNode};
use crate::shape::Shape;

/// One step of a plan's forward pass. The gradient takes the same steps from the last to the first.
#[derive(Clone, Debug)]
pub struct Step<'a> {
    /// Counted from the picture, which is step 0 and computes nothing.
    pub number: usize,
    /// What runs; the fused operations of the CPU among them.
    pub op: &'a Op,
    /// Its name, with all that was fused: `conv+add+clamp`, or `scale+conv` where the preprocessing is in the weights.
    pub operation: &'a str,
    /// The operations of the network that it was fused from, in order; one if nothing was fused.
    pub parts: &'a [Part],
    /// The shape of the map that it leaves.
    pub shape: Shape,
    /// The steps whose maps it takes.
    pub inputs: Vec<usize>,
    /// Intermediate maps that are stored only as windows of rows.
    pub windowed: &'a [Shape],
    /// Nothing is left to do: the parts of this concatenation were written where they belong.
    pub in_place: bool,
    /// Where its map lies; the picture stays with the caller.
    pub activation: Option<MapPlace>,
    /// Where the gradient of its map lies, in a plan for gradients.
    pub gradient: Option<MapPlace>,
    /// Bytes of the bits that it keeps for the gradient, one bit for every value of its map.
    pub bits: usize,
    /// Additional bytes that it stores for the gradient: the positions of a pool's maxima, the bits of clamped maps.
    pub kept_bytes: usize,
    /// Multiplications and additions of the forward pass; only convolutions are counted.
    pub flops: u64,
}

impl<'a> Step<'a> {
    /// The names of the layers that it computes, from the picture on.
    pub fn layers(&self) -> impl Iterator<Item = &'a str> {
        self.parts.iter().map(|part| part.layer.as_str()).filter(|name| !name.is_empty())
    }

    /// Bytes of its map and of the gradient of its map, each, padding included.
    pub fn map_bytes(&self) -> usize {
        size_of::<f32>() * self.shape.buffer_len()
    }
}

impl Plan {
    /// The steps of the forward pass, the picture first.
    pub fn steps(&self) -> impl Iterator<Item = Step<'_>> {
        self.nodes.iter().enumerate().map(|(number, node)| self.step(number, node))
    }

    /// The steps that compute the requested layers, by number, in the order in which the layers were requested.
    pub fn layer_steps(&self) -> impl Iterator<Item = usize> {
        self.layers.iter().map(|id| id.0)
    }

    fn step<'a>(&'a self, number: usize, node: &'a PlannedNode) -> Step<'a> {
        let Description { operation, parts, windowed, flops } = &node.description;
        Step {
            number,
            op: &node.op,
            operation,
            parts,
            shape: node.shape,
            inputs: node.inputs.iter().map(|id| id.0).collect(),
            windowed,
            in_place: node.in_place,
            activation: node.activation,
            gradient: node.gradient,
            bits: if node.keeps.bits { size_of::<u16>() * node.shape.pixels() * node.shape.vectors() } else { 0 },
            kept_bytes: node.bytes.map_or(0, |buffer| self.bytes[buffer]),
            flops: *flops,
        }
    }
}
