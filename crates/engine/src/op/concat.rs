//! Maps side by side along the channels.

use std::sync::Arc;

use super::{Backward, Forward, Operation, Prepared, Purpose};
use crate::error::ShapeMismatch;
use crate::kernel::elementwise;
use crate::shape::Shape;
use crate::tensor::Tensor;

/// Concatenates maps of one size along their channels.
#[derive(Clone, Copy, Debug, Default)]
pub struct Concat;

/// The first channel of every part, followed by the number of all channels.
pub(crate) fn channel_offsets(inputs: &[Shape]) -> Vec<usize> {
    let mut offsets = vec![0];
    offsets.extend(inputs.iter().scan(0, |sum, shape| {
        *sum += shape.channels;
        Some(*sum)
    }));
    offsets
}

impl Operation for Concat {
    fn name(&self) -> &'static str {
        "concat"
    }

    fn output_shape(&self, inputs: &[Shape]) -> Result<Shape, ShapeMismatch> {
        let Some(first) = inputs.first() else {
            return Err(ShapeMismatch("it needs at least one map".into()));
        };
        if inputs.iter().any(|s| (s.height, s.width) != (first.height, first.width)) {
            return Err(ShapeMismatch("all maps must have one height and width".into()));
        }
        let channels = inputs.iter().fold(0, |sum: usize, shape| sum.saturating_add(shape.channels));
        Ok(Shape::new(channels, first.height, first.width))
    }

    fn prepare(&self, inputs: &[Shape], _: Purpose) -> Arc<dyn Prepared> {
        Arc::new(PreparedConcat { offsets: channel_offsets(inputs) })
    }

    fn reference(&self, inputs: &[&Tensor]) -> Tensor {
        let shapes: Vec<Shape> = inputs.iter().map(|t| t.shape).collect();
        let mut whole = Tensor { shape: self.output_shape(&shapes).expect("fitting shapes"), data: Vec::new() };
        inputs.iter().for_each(|t| whole.data.extend(&t.data));
        whole
    }
}

/// Copies the parts. The plan skips this step if the parts can be written in place.
#[derive(Debug)]
struct PreparedConcat {
    offsets: Vec<usize>,
}

impl Prepared for PreparedConcat {
    fn takes_stacks(&self) -> bool {
        true
    }

    fn forward(&self, mut step: Forward<'_>) {
        let channels = step.output.shape().channels;
        for (part, range) in self.offsets.windows(2).enumerate() {
            let map = step.inputs.get(part);
            let width = map.shape().width;
            step.output.for_each_pixel(|y, x, to| {
                let from = &map.data()[(y * width + x) * map.stride()..][..range[1] - range[0]];
                to[range[0]..range[1]].copy_from_slice(from);
                to[channels..].fill(0.0);
            });
        }
    }

    fn backward(&self, step: Backward<'_>) {
        let range = self.offsets[step.input]..self.offsets[step.input + 1];
        let (isa, gradient) = (step.isa, step.output_gradient);
        step.target.add_each_pixel(|y, x, to| {
            elementwise::add(isa, &mut to[..range.len()], &gradient.pixel(y, x)[range.clone()]);
        });
    }
}
