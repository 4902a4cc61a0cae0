//! What people read about a node of a plan.

use crate::graph::{Node, Part};
use crate::op::Op;
use crate::shape::Shape;

/// What a step reports about a planned node. The node runs without it.
#[derive(Clone, Debug)]
pub(crate) struct Description {
    pub operation: String,
    pub parts: Vec<Part>,
    pub windowed: Vec<Shape>,
    pub flops: u64,
}

impl Description {
    pub fn new(node: &Node, inputs: &[Shape]) -> Self {
        let (name, parts) = (node.op.name(), node.parts());
        let preprocesses = matches!(node.op, Op::Conv(_) | Op::Stem(_)) && parts[0].operation == "scale_shift";
        Self {
            operation: if preprocesses { format!("scale+{name}") } else { name.into() },
            windowed: match &node.op {
                Op::InvertedResidual(block) => block.between(inputs[0]).map_or(Vec::new(), Vec::from),
                Op::Stem(stem) => stem.between(inputs[0]).map_or(Vec::new(), |shape| vec![shape]),
                _ => Vec::new(),
            },
            flops: node.op.operation().map_or(0, |operation| operation.flops(inputs)),
            parts,
        }
    }
}
