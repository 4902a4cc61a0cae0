//! One factor and one offset a channel.

use std::sync::Arc;

use super::{Backward, Forward, Op, Operation, ParameterGradient, Prepared, Purpose, padded_pixel};
use crate::error::{Error, ShapeMismatch};
use crate::kernel::dense::Tap;
use crate::kernel::weight_gradient::WeightGradient;
use crate::shape::Shape;
use crate::tensor::Tensor;

/// x * scale + shift for every channel: a network's preprocessing, or a separate batch norm.
#[derive(Clone, Debug)]
pub struct ScaleShift {
    scale: Arc<[f32]>,
    shift: Arc<[f32]>,
}

impl ScaleShift {
    /// One factor and one offset for every channel.
    ///
    /// # Errors
    /// [`Error::InvalidOperation`] if there are not as many offsets as factors.
    pub fn new(scale: impl Into<Arc<[f32]>>, shift: impl Into<Arc<[f32]>>) -> Result<Self, Error> {
        let (scale, shift) = (scale.into(), shift.into());
        if scale.len() != shift.len() {
            let why = format!("{} factors do not fit {} offsets", scale.len(), shift.len());
            return Err(Error::invalid("scale and shift", why));
        }
        Ok(Self { scale, shift })
    }

    /// The factors.
    pub fn scale(&self) -> &[f32] {
        &self.scale
    }

    /// The offsets.
    pub fn shift(&self) -> &[f32] {
        &self.shift
    }

    /// Whether it can be inverted: no scale is zero.
    pub(crate) fn is_invertible(&self) -> bool {
        self.scale.iter().all(|&scale| scale.is_normal())
    }

    /// For every channel the value that it maps to zero.
    pub(crate) fn zero(&self) -> Vec<f32> {
        self.scale.iter().zip(self.shift.iter()).map(|(scale, shift)| -shift / scale).collect()
    }
}

impl Operation for ScaleShift {
    fn name(&self) -> &'static str {
        "scale_shift"
    }

    fn parameters(&self) -> Vec<&[f32]> {
        vec![&self.scale, &self.shift]
    }

    fn with_parameters(&self, parameters: Vec<Arc<[f32]>>) -> Option<Op> {
        let [scale, shift] = <[_; 2]>::try_from(parameters).ok()?;
        Some(Op::ScaleShift(Self { scale, shift }))
    }

    /// The gradient of a depthwise convolution of one tap.
    fn parameter_gradient(&self, inputs: &[Shape]) -> Option<Box<dyn ParameterGradient>> {
        Some(Box::new(WeightGradient {
            input: inputs[0],
            output: inputs[0],
            groups: self.scale.len(),
            taps: vec![Tap { dy: 0, dx: 0 }],
            step: [1; 2],
            bias: true,
        }))
    }

    fn output_shape(&self, inputs: &[Shape]) -> Result<Shape, ShapeMismatch> {
        ShapeMismatch::inputs(1, inputs)?;
        if inputs[0].channels != self.scale.len() {
            return Err(ShapeMismatch(format!("it needs {} channels", self.scale.len())));
        }
        Ok(inputs[0])
    }

    fn prepare(&self, _: &[Shape], _: Purpose) -> Arc<dyn Prepared> {
        Arc::new(self.clone())
    }

    fn reference(&self, inputs: &[&Tensor]) -> Tensor {
        Tensor::from_fn(inputs[0].shape, |c, y, x| {
            inputs[0].at(c, y, x) * f64::from(self.scale[c]) + f64::from(self.shift[c])
        })
    }
}

impl Prepared for ScaleShift {
    fn takes_stacks(&self) -> bool {
        true
    }

    fn forward(&self, mut step: Forward<'_>) {
        let input = step.inputs.get(0);
        step.output.for_each_pixel(|y, x, to| {
            let channels = self.scale.iter().zip(self.shift.iter());
            for ((to, from), (scale, shift)) in to.iter_mut().zip(input.pixel(y, x)).zip(channels) {
                *to = from * scale + shift;
            }
            to[self.scale.len()..].fill(0.0);
        });
    }

    fn backward(&self, step: Backward<'_>) {
        let gradient = step.output_gradient;
        step.target.add_each_pixel(|y, x, to| {
            for ((to, from), scale) in to.iter_mut().zip(padded_pixel(&gradient, y, x)).zip(self.scale.iter()) {
                *to += from * scale;
            }
        });
    }
}
