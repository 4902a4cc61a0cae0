//! Product of two maps, as in squeeze-and-excite blocks.

use std::sync::Arc;

use super::{Backward, Forward, Keeps, Operation, Prepared, Purpose, padded_pixel};
use crate::error::ShapeMismatch;
use crate::shape::Shape;
use crate::tensor::Tensor;

/// Multiplies two maps of one shape; the second may be a single pixel, which then holds one factor a
/// channel.
#[derive(Clone, Copy, Debug, Default)]
pub struct Mul;

impl Operation for Mul {
    fn name(&self) -> &'static str {
        "mul"
    }

    fn output_shape(&self, inputs: &[Shape]) -> Result<Shape, ShapeMismatch> {
        ShapeMismatch::inputs(2, inputs)?;
        let (a, b) = (inputs[0], inputs[1]);
        if a == b || b == Shape::new(a.channels, 1, 1) {
            Ok(a)
        } else {
            Err(ShapeMismatch("the second map must be of the first one's shape or a single pixel".into()))
        }
    }

    fn keeps(&self) -> Keeps {
        Keeps { inputs: true, ..Keeps::default() }
    }

    fn prepare(&self, inputs: &[Shape], _: Purpose) -> Arc<dyn Prepared> {
        Arc::new(PreparedMul { broadcast: inputs[0] != inputs[1] })
    }

    fn reference(&self, inputs: &[&Tensor]) -> Tensor {
        let broadcast = inputs[0].shape != inputs[1].shape;
        Tensor::from_fn(inputs[0].shape, |c, y, x| {
            let (by, bx) = if broadcast { (0, 0) } else { (y, x) };
            inputs[0].at(c, y, x) * inputs[1].at(c, by, bx)
        })
    }
}

#[derive(Debug)]
struct PreparedMul {
    broadcast: bool,
}

impl PreparedMul {
    /// Where the second map has the factor for pixel (`y`, `x`).
    fn factor_at(&self, y: usize, x: usize) -> (usize, usize) {
        if self.broadcast { (0, 0) } else { (y, x) }
    }
}

fn add_product(to: &mut [f32], a: &[f32], b: &[f32]) {
    for (to, (a, b)) in to.iter_mut().zip(a.iter().zip(b)) {
        *to += a * b;
    }
}

impl Prepared for PreparedMul {
    fn takes_stacks(&self) -> bool {
        !self.broadcast
    }

    fn forward(&self, mut step: Forward<'_>) {
        let (a, b) = (step.inputs.get(0), step.inputs.get(1));
        step.output.for_each_pixel(|y, x, to| {
            let (by, bx) = self.factor_at(y, x);
            to.fill(0.0);
            add_product(to, padded_pixel(&a, y, x), padded_pixel(&b, by, bx));
        });
    }

    fn backward(&self, step: Backward<'_>) {
        let (gradient, other) = (step.output_gradient, step.inputs.get(1 - step.input));
        let shape = gradient.shape();
        match (step.input, self.broadcast) {
            (0, _) => step.target.add_each_pixel(|y, x, to| {
                let (by, bx) = self.factor_at(y, x);
                add_product(to, padded_pixel(&gradient, y, x), padded_pixel(&other, by, bx));
            }),
            (_, false) => step.target.add_each_pixel(|y, x, to| {
                add_product(to, padded_pixel(&gradient, y, x), padded_pixel(&other, y, x));
            }),
            (_, true) => step.target.add_each_pixel(|_, _, to| {
                for y in 0..shape.height {
                    for x in 0..shape.width {
                        add_product(to, padded_pixel(&gradient, y, x), padded_pixel(&other, y, x));
                    }
                }
            }),
        }
    }
}
