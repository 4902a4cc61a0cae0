//! Functions of single values.

use std::sync::Arc;

use super::{Backward, Forward, Keeps, Operation, Prepared, Purpose, padded_pixel};
use crate::bands::{band_rows, for_each_band};
use crate::error::ShapeMismatch;
use crate::shape::{LANES, Shape};
use crate::tensor::Tensor;

/// An activation function.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Activation {
    /// max(x, 0).
    Relu,
    /// x clamped to 0 and 6.
    Relu6,
    /// x above zero, and a fraction of it below.
    LeakyRelu(f32),
    /// 1 / (1 + exp(-x)).
    Sigmoid,
    /// x times sigmoid(x), also called swish.
    Silu,
}

impl Activation {
    /// The upper bound, if the function only clamps values to zero and a bound.
    pub(crate) fn clamp(self) -> Option<f32> {
        match self {
            Self::Relu => Some(f32::INFINITY),
            Self::Relu6 => Some(6.0),
            _ => None,
        }
    }

    fn value(self, x: f32) -> f32 {
        match self {
            Self::Relu => x.max(0.0),
            Self::Relu6 => x.clamp(0.0, 6.0),
            Self::LeakyRelu(slope) => {
                if x > 0.0 {
                    x
                } else {
                    slope * x
                }
            }
            Self::Sigmoid => sigmoid(x),
            Self::Silu => x * sigmoid(x),
        }
    }

    /// The derivative; `x` is the input, for the sigmoid the output.
    fn slope(self, x: f32) -> f32 {
        match self {
            Self::Relu | Self::Relu6 => 1.0,
            Self::LeakyRelu(slope) => {
                if x > 0.0 {
                    1.0
                } else {
                    slope
                }
            }
            Self::Sigmoid => x * (1.0 - x),
            Self::Silu => {
                let s = sigmoid(x);
                s * (1.0 + x * (1.0 - s))
            }
        }
    }
}

fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + (-x).exp())
}

impl Operation for Activation {
    fn name(&self) -> &'static str {
        match self {
            Self::Relu => "relu",
            Self::Relu6 => "relu6",
            Self::LeakyRelu(_) => "leaky_relu",
            Self::Sigmoid => "sigmoid",
            Self::Silu => "silu",
        }
    }

    fn output_shape(&self, inputs: &[Shape]) -> Result<Shape, ShapeMismatch> {
        ShapeMismatch::inputs(1, inputs)?;
        Ok(inputs[0])
    }

    fn keeps(&self) -> Keeps {
        match self {
            Self::Relu | Self::Relu6 => Keeps { bits: true, ..Keeps::default() },
            Self::Sigmoid => Keeps { output: true, ..Keeps::default() },
            Self::LeakyRelu(_) | Self::Silu => Keeps { inputs: true, ..Keeps::default() },
        }
    }

    fn prepare(&self, _: &[Shape], _: Purpose) -> Arc<dyn Prepared> {
        Arc::new(*self)
    }

    fn reference(&self, inputs: &[&Tensor]) -> Tensor {
        let sigmoid = |x: f64| 1.0 / (1.0 + (-x).exp());
        let value = |x: f64| match *self {
            Self::Relu => x.max(0.0),
            Self::Relu6 => x.clamp(0.0, 6.0),
            Self::LeakyRelu(slope) => {
                if x > 0.0 {
                    x
                } else {
                    f64::from(slope) * x
                }
            }
            Self::Sigmoid => sigmoid(x),
            Self::Silu => x * sigmoid(x),
        };
        Tensor { shape: inputs[0].shape, data: inputs[0].data.iter().map(|&x| value(x)).collect() }
    }
}

impl Prepared for Activation {
    fn takes_stacks(&self) -> bool {
        true
    }

    fn forward(&self, mut step: Forward<'_>) {
        let (input, shape, stride) = (step.inputs.get(0), step.output.shape(), step.output.stride());
        let channels = shape.channels;
        let apply = |y: usize, x: usize, to: &mut [f32]| {
            for (to, &from) in to.iter_mut().zip(input.pixel(y, x)) {
                *to = self.value(from);
            }
            to[channels..].fill(0.0);
        };
        let (Some(max), Some(bits)) = (self.clamp(), step.bits) else {
            return step.output.for_each_pixel(apply);
        };
        let padded = step.output.padded_channels();
        let side = Some((bits.words, bits.stride * shape.width));
        let band = band_rows(shape.height, 1);
        for_each_band(step.output.data_mut(), shape.width * stride, side, band, |first, out, words| {
            let words = words.into_iter().flat_map(|words| words.chunks_mut(bits.stride));
            for ((i, pixel), words) in out.chunks_mut(stride).enumerate().zip(words) {
                let (y, x) = (first + i / shape.width, i % shape.width);
                apply(y, x, &mut pixel[..padded]);
                for (word, values) in words.iter_mut().zip(input.pixel(y, x).chunks(LANES)) {
                    let inside = values.iter().map(|&v| u16::from(v > 0.0 && v < max));
                    *word = inside.enumerate().fold(0, |word, (i, bit)| word | bit << i);
                }
            }
        });
    }

    fn backward(&self, step: Backward<'_>) {
        let gradient = step.output_gradient;
        if self.clamp().is_some() {
            return super::add::pass_on(step.isa, gradient, step.target);
        }
        let values = step.output.unwrap_or_else(|| step.inputs.get(0));
        step.target.add_each_pixel(|y, x, to| {
            let pixels = padded_pixel(&values, y, x).iter().zip(padded_pixel(&gradient, y, x));
            for (to, (&value, &gradient)) in to.iter_mut().zip(pixels) {
                *to += gradient * self.slope(value);
            }
        });
    }
}
