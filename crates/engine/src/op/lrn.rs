//! Local response normalisation over neighbouring channels (AlexNet, GoogLeNet).

use std::sync::Arc;

use super::{Backward, Forward, Keeps, Operation, Prepared, Purpose};
use crate::error::ShapeMismatch;
use crate::shape::Shape;
use crate::tensor::Tensor;

/// The maximum number of channels of a window.
const MAX_SIZE: usize = 1 << 16;

/// x / (k + alpha / size * sum of squares over `size` neighbouring channels) ^ beta, as Caffe and
/// PyTorch have it (Krizhevsky et al. 2012, section 3.3, with alpha divided by the size).
#[derive(Clone, Copy, Debug)]
pub struct LocalResponseNorm {
    /// Channels of the window, centred; an even window has one more channel before than after.
    pub size: usize,
    /// Weight of the mean square.
    pub alpha: f32,
    /// Exponent.
    pub beta: f32,
    /// The constant k.
    pub k: f32,
}

impl LocalResponseNorm {
    /// The channels in the window of channel `c`.
    fn window(&self, c: usize, channels: usize) -> std::ops::Range<usize> {
        let before = self.size / 2;
        c.saturating_sub(before)..(c + self.size - before).min(channels)
    }

    /// The channels whose windows see channel `c`.
    fn seen_by(&self, c: usize, channels: usize) -> std::ops::Range<usize> {
        let after = self.size - self.size / 2 - 1;
        c.saturating_sub(after)..(c + self.size / 2 + 1).min(channels)
    }

    fn base(&self, pixel: &[f32], c: usize) -> f32 {
        let squares: f32 = pixel[self.window(c, pixel.len())].iter().map(|v| v * v).sum();
        self.k + self.alpha / self.size as f32 * squares
    }
}

impl Operation for LocalResponseNorm {
    fn name(&self) -> &'static str {
        "local_response_norm"
    }

    fn output_shape(&self, inputs: &[Shape]) -> Result<Shape, ShapeMismatch> {
        ShapeMismatch::inputs(1, inputs)?;
        if !(1..=MAX_SIZE).contains(&self.size) {
            return Err(ShapeMismatch(format!("the window must have 1 to {MAX_SIZE} channels, not {}", self.size)));
        }
        Ok(inputs[0])
    }

    fn keeps(&self) -> Keeps {
        Keeps { inputs: true, ..Keeps::default() }
    }

    fn prepare(&self, _: &[Shape], _: Purpose) -> Arc<dyn Prepared> {
        Arc::new(*self)
    }

    fn reference(&self, inputs: &[&Tensor]) -> Tensor {
        let shape = inputs[0].shape;
        Tensor::from_fn(shape, |c, y, x| {
            let window = self.window(c, shape.channels);
            let squares: f64 = window.map(|i| inputs[0].at(i, y, x).powi(2)).sum();
            let base = f64::from(self.k) + f64::from(self.alpha) / self.size as f64 * squares;
            inputs[0].at(c, y, x) / base.powf(f64::from(self.beta))
        })
    }
}

impl Prepared for LocalResponseNorm {
    fn takes_stacks(&self) -> bool {
        true
    }

    fn forward(&self, mut step: Forward<'_>) {
        let input = step.inputs.get(0);
        step.output.for_each_pixel(|y, x, to| {
            let pixel = input.pixel(y, x);
            to.fill(0.0);
            for (c, to) in to[..pixel.len()].iter_mut().enumerate() {
                *to = pixel[c] * self.base(pixel, c).powf(-self.beta);
            }
        });
    }

    /// With b the base, y_j = x_j b_j^-beta, so the gradient of x_i is g_i b_i^-beta
    /// - 2 alpha beta / size x_i sum over j that see i of g_j x_j b_j^(-beta-1).
    fn backward(&self, step: Backward<'_>) {
        let (gradient, input) = (step.output_gradient, step.inputs.get(0));
        let factor = 2.0 * self.alpha * self.beta / self.size as f32;
        step.target.add_each_pixel(|y, x, to| {
            let (pixel, gradient) = (input.pixel(y, x), gradient.pixel(y, x));
            for (i, to) in to[..pixel.len()].iter_mut().enumerate() {
                let seen: f32 = self
                    .seen_by(i, pixel.len())
                    .map(|j| gradient[j] * pixel[j] * self.base(pixel, j).powf(-self.beta - 1.0))
                    .sum();
                *to += gradient[i] * self.base(pixel, i).powf(-self.beta) - factor * pixel[i] * seen;
            }
        });
    }
}
