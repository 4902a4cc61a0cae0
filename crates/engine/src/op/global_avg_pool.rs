//! Mean over all positions.

use std::sync::Arc;

use super::{Backward, Forward, Operation, Prepared, Purpose, padded_pixel};
use crate::error::ShapeMismatch;
use crate::kernel::elementwise;
use crate::shape::{LANES, Shape};
use crate::tensor::Tensor;

/// One value a channel: its mean over the map.
#[derive(Clone, Copy, Debug, Default)]
pub struct GlobalAvgPool;

impl Operation for GlobalAvgPool {
    fn name(&self) -> &'static str {
        "global_avg_pool"
    }

    fn output_shape(&self, inputs: &[Shape]) -> Result<Shape, ShapeMismatch> {
        ShapeMismatch::inputs(1, inputs)?;
        Ok(Shape::new(inputs[0].channels, 1, 1))
    }

    fn prepare(&self, inputs: &[Shape], _: Purpose) -> Arc<dyn Prepared> {
        Arc::new(PreparedMean { pixels: inputs[0].pixels() })
    }

    fn reference(&self, inputs: &[&Tensor]) -> Tensor {
        let shape = inputs[0].shape;
        let mean = |c: usize| {
            let map = &inputs[0].data[c * shape.pixels()..][..shape.pixels()];
            map.iter().sum::<f64>() / shape.pixels() as f64
        };
        Tensor::from_fn(Shape::new(shape.channels, 1, 1), |c, _, _| mean(c))
    }
}

#[derive(Debug)]
struct PreparedMean {
    pixels: usize,
}

impl Prepared for PreparedMean {
    /// Each thread sums some channels over all pixels, row by row, so that the sum of a million
    /// values stays precise and is the same on any number of threads.
    fn forward(&self, mut step: Forward<'_>) {
        let (isa, input) = (step.isa, step.inputs.get(0));
        let shape = input.shape();
        let padded = step.output.padded_channels();
        let block = LANES.min(padded);
        let out = &mut step.output.data_mut()[..padded];
        crate::bands::for_each_row(out, block, padded / block, |i, out| {
            out.fill(0.0);
            let mut row = [0.0; LANES];
            for y in 0..shape.height {
                row[..block].fill(0.0);
                for x in 0..shape.width {
                    let from = &padded_pixel(&input, y, x)[i * block..][..block];
                    elementwise::add(isa, &mut row[..block], from);
                }
                elementwise::add_scaled(isa, out, &row[..block], 1.0 / self.pixels as f32);
            }
        });
    }

    fn backward(&self, step: Backward<'_>) {
        let (isa, factor) = (step.isa, 1.0 / self.pixels as f32);
        let gradient = padded_pixel(&step.output_gradient, 0, 0);
        step.target.add_each_pixel(|_, _, to| elementwise::add_scaled(isa, to, gradient, factor));
    }
}
