//! Softmax over the channels of every position.

use std::sync::Arc;

use super::{Backward, Forward, Keeps, Operation, Prepared, Purpose};
use crate::error::ShapeMismatch;
use crate::shape::Shape;
use crate::tensor::Tensor;

/// exp(x) divided by its sum over the channels.
#[derive(Clone, Copy, Debug, Default)]
pub struct Softmax;

impl Operation for Softmax {
    fn name(&self) -> &'static str {
        "softmax"
    }

    fn output_shape(&self, inputs: &[Shape]) -> Result<Shape, ShapeMismatch> {
        ShapeMismatch::inputs(1, inputs)?;
        Ok(inputs[0])
    }

    fn keeps(&self) -> Keeps {
        Keeps { output: true, ..Keeps::default() }
    }

    fn prepare(&self, _: &[Shape], _: Purpose) -> Arc<dyn Prepared> {
        Arc::new(*self)
    }

    fn reference(&self, inputs: &[&Tensor]) -> Tensor {
        let shape = inputs[0].shape;
        Tensor::from_fn(shape, |c, y, x| {
            let all = (0..shape.channels).map(|i| inputs[0].at(i, y, x));
            let max = all.clone().fold(f64::NEG_INFINITY, f64::max);
            (inputs[0].at(c, y, x) - max).exp() / all.map(|v| (v - max).exp()).sum::<f64>()
        })
    }
}

impl Prepared for Softmax {
    fn takes_stacks(&self) -> bool {
        true
    }

    fn forward(&self, mut step: Forward<'_>) {
        let input = step.inputs.get(0);
        step.output.for_each_pixel(|y, x, to| {
            let pixel = input.pixel(y, x);
            let max = pixel.iter().copied().fold(f32::NEG_INFINITY, f32::max);
            to.fill(0.0);
            let to = &mut to[..pixel.len()];
            to.iter_mut().zip(pixel).for_each(|(to, &from)| *to = (from - max).exp());
            let sum: f32 = to.iter().sum();
            to.iter_mut().for_each(|to| *to /= sum);
        });
    }

    /// The gradient of x_i is y_i (g_i - sum over j of g_j y_j).
    fn backward(&self, step: Backward<'_>) {
        let gradient = step.output_gradient;
        let output = step.output.expect("the output is kept");
        step.target.add_each_pixel(|y, x, to| {
            let (values, gradient) = (output.pixel(y, x), gradient.pixel(y, x));
            let mean: f32 = values.iter().zip(gradient).map(|(v, g)| v * g).sum();
            for (to, (v, g)) in to.iter_mut().zip(values.iter().zip(gradient)) {
                *to += v * (g - mean);
            }
        });
    }
}
