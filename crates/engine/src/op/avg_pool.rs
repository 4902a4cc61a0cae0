//! Mean of a window.

use std::sync::Arc;

use super::window::{Axis, Window};
use super::{Backward, Forward, Operation, Prepared, Purpose, padded_pixel};
use crate::error::ShapeMismatch;
use crate::kernel::elementwise;
use crate::shape::Shape;
use crate::tensor::Tensor;

/// Average pooling.
#[derive(Clone, Copy, Debug)]
pub struct AvgPool {
    /// The window; its dilation must be 1.
    pub window: Window,
    /// Whether padding counts in the divisor (PyTorch's and Caffe's default). Pixels beyond the padding, which the last
    /// window can reach with `ceil`, never count.
    pub count_include_pad: bool,
}

impl AvgPool {
    /// The divisor along one axis of the window at `output`.
    fn divisor(&self, axis: Axis, output: usize) -> usize {
        let start = output * axis.stride;
        let end = start + axis.kernel;
        if self.count_include_pad {
            end.min(axis.input + axis.before + axis.after) - start
        } else {
            axis.taps(output).len().max(1)
        }
    }
}

impl Operation for AvgPool {
    fn name(&self) -> &'static str {
        "avg_pool"
    }

    fn output_shape(&self, inputs: &[Shape]) -> Result<Shape, ShapeMismatch> {
        ShapeMismatch::inputs(1, inputs)?;
        if self.window.dilation != [1; 2] {
            return Err(ShapeMismatch("average pooling has no dilation".into()));
        }
        let [rows, columns] = self.window.axes(inputs[0])?;
        Ok(Shape::new(inputs[0].channels, rows.output, columns.output))
    }

    fn prepare(&self, inputs: &[Shape], _: Purpose) -> Arc<dyn Prepared> {
        let axes = self.window.axes(inputs[0]).expect("the shape was accepted");
        Arc::new(PreparedAvgPool {
            axes,
            divisors: axes.map(|axis| (0..axis.output).map(|o| self.divisor(axis, o) as f32).collect()),
        })
    }

    fn reference(&self, inputs: &[&Tensor]) -> Tensor {
        let [rows, columns] = self.window.axes(inputs[0].shape).expect("a fitting shape");
        let shape = self.output_shape(&[inputs[0].shape]).expect("a fitting shape");
        Tensor::from_fn(shape, |c, y, x| {
            let mut sum = 0.0;
            for iy in rows.taps(y).filter_map(|k| rows.position(y, k)) {
                for ix in columns.taps(x).filter_map(|k| columns.position(x, k)) {
                    sum += inputs[0].at(c, iy, ix);
                }
            }
            sum / (self.divisor(rows, y) * self.divisor(columns, x)) as f64
        })
    }
}

#[derive(Debug)]
struct PreparedAvgPool {
    axes: [Axis; 2],
    divisors: [Vec<f32>; 2],
}

impl PreparedAvgPool {
    fn factor(&self, y: usize, x: usize) -> f32 {
        1.0 / (self.divisors[0][y] * self.divisors[1][x])
    }
}

impl Prepared for PreparedAvgPool {
    fn forward(&self, mut step: Forward<'_>) {
        let [rows, columns] = self.axes;
        let (isa, input) = (step.isa, step.inputs.get(0));
        step.output.for_each_pixel(|y, x, to| {
            to.fill(0.0);
            let factor = self.factor(y, x);
            for iy in rows.taps(y).filter_map(|k| rows.position(y, k)) {
                for ix in columns.taps(x).filter_map(|k| columns.position(x, k)) {
                    elementwise::add_scaled(isa, to, padded_pixel(&input, iy, ix), factor);
                }
            }
        });
    }

    fn backward(&self, step: Backward<'_>) {
        let [rows, columns] = self.axes;
        let (isa, gradient) = (step.isa, step.output_gradient);
        step.target.add_each_pixel(|y, x, to| {
            for (oy, _) in rows.windows(y) {
                for (ox, _) in columns.windows(x) {
                    elementwise::add_scaled(isa, to, padded_pixel(&gradient, oy, ox), self.factor(oy, ox));
                }
            }
        });
    }
}
