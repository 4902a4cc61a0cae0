//! Fully connected layer.

use std::sync::{Arc, Mutex};

use super::conv::Conv2d;
use super::window::Window;
use super::{Op, Operation, ParameterGradient, Prepared, Purpose};
use crate::error::{Error, ShapeMismatch};
use crate::shape::Shape;
use crate::tensor::Tensor;

/// Every output is a weighted sum of all values of the map, taken in the order channels, rows,
/// columns (PyTorch's flatten).
///
/// It is a convolution whose window is the whole map, and runs as one.
#[derive(Clone, Debug)]
pub struct Linear {
    inputs: usize,
    outputs: usize,
    weight: Arc<[f32]>,
    bias: Option<Arc<[f32]>>,
    /// The convolution of the last run, with its packed weights.
    conv: Arc<Mutex<Option<(Shape, Conv2d)>>>,
}

impl Linear {
    /// A layer of `inputs` values to `outputs`; `weight` has the order outputs, inputs.
    ///
    /// # Errors
    /// [`Error::InvalidOperation`] if a number is zero, or if the lengths of `weight` or `bias` do not fit.
    pub fn new(
        inputs: usize,
        outputs: usize,
        weight: impl Into<Arc<[f32]>>,
        bias: Option<Arc<[f32]>>,
    ) -> Result<Self, Error> {
        let weight = weight.into();
        let invalid = |why: String| Err(Error::invalid("linear layer", why));
        if weight.is_empty() || inputs.checked_mul(outputs) != Some(weight.len()) {
            return invalid(format!("{} weights do not fit {outputs}x{inputs}", weight.len()));
        }
        if let Some(bias) = bias.as_ref().filter(|bias| bias.len() != outputs) {
            return invalid(format!("{} biases do not fit {outputs} outputs", bias.len()));
        }
        Ok(Self { inputs, outputs, weight, bias, conv: Arc::default() })
    }

    /// The convolution of a map of shape `input`.
    fn as_conv(&self, input: Shape) -> Result<Conv2d, ShapeMismatch> {
        let mut last = self.conv.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        match &*last {
            Some((shape, conv)) if *shape == input => Ok(conv.clone()),
            _ => {
                let kernel = [input.height, input.width];
                let window = Window { kernel, stride: kernel, ..Window::square(1, 1) };
                let (weight, bias) = (self.weight.clone(), self.bias.clone());
                let conv = Conv2d::new(input.channels, self.outputs, 1, window, weight, bias)
                    .map_err(|error| ShapeMismatch(error.to_string()))?;
                *last = Some((input, conv.clone()));
                Ok(conv)
            }
        }
    }
}

impl Operation for Linear {
    fn name(&self) -> &'static str {
        "linear"
    }

    fn parameters(&self) -> Vec<&[f32]> {
        [Some(&self.weight), self.bias.as_ref()].into_iter().flatten().map(|values| &**values).collect()
    }

    fn with_parameters(&self, parameters: Vec<Arc<[f32]>>) -> Option<Op> {
        let mut parameters = parameters.into_iter();
        let (weight, bias) = (parameters.next()?, parameters.next());
        Some(Op::Linear(Self { weight, bias, conv: Arc::default(), ..*self }))
    }

    fn parameter_gradient(&self, inputs: &[Shape]) -> Option<Box<dyn ParameterGradient>> {
        self.as_conv(inputs[0]).ok()?.parameter_gradient(inputs)
    }

    fn output_shape(&self, inputs: &[Shape]) -> Result<Shape, ShapeMismatch> {
        ShapeMismatch::inputs(1, inputs)?;
        if inputs[0].values() != self.inputs {
            return Err(ShapeMismatch(format!("it needs exactly {} values", self.inputs)));
        }
        self.as_conv(inputs[0])?.output_shape(inputs)
    }

    fn prepare(&self, inputs: &[Shape], purpose: Purpose) -> Arc<dyn Prepared> {
        self.as_conv(inputs[0]).expect("the shape was accepted").prepare(inputs, purpose)
    }

    fn reference(&self, inputs: &[&Tensor]) -> Tensor {
        Tensor::from_fn(Shape::new(self.outputs, 1, 1), |o, _, _| {
            let weights = &self.weight[o * self.inputs..][..self.inputs];
            let bias = self.bias.as_ref().map_or(0.0, |bias| f64::from(bias[o]));
            bias + weights.iter().zip(&inputs[0].data).map(|(&w, x)| f64::from(w) * x).sum::<f64>()
        })
    }
}
