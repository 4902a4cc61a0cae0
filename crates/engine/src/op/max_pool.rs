//! Largest value of a window.

use std::sync::Arc;

use super::window::{Axis, Window};
use super::{Backward, Forward, Operation, Prepared, Purpose, Target};
use crate::error::ShapeMismatch;
use crate::kernel::max_pool;
use crate::kernel::rows::{band_rows, for_each_band, for_each_row};
use crate::shape::Shape;
use crate::tensor::Tensor;

/// Windows of more taps than a byte counts are refused.
const MAX_TAPS: usize = 255;

/// Max pooling; padding never wins.
#[derive(Clone, Copy, Debug)]
pub struct MaxPool {
    /// The window.
    pub window: Window,
}

impl Operation for MaxPool {
    fn name(&self) -> &'static str {
        "max_pool"
    }

    fn output_shape(&self, inputs: &[Shape]) -> Result<Shape, ShapeMismatch> {
        ShapeMismatch::inputs(1, inputs)?;
        if self.window.kernel[0].saturating_mul(self.window.kernel[1]) > MAX_TAPS {
            return Err(ShapeMismatch(format!("a window has at most {MAX_TAPS} pixels")));
        }
        let [rows, columns] = self.window.axes(inputs[0])?;
        for axis in [rows, columns] {
            let seen = |output| (0..axis.kernel).any(|tap| axis.position(output, tap).is_some());
            if !(0..axis.output).all(seen) {
                return Err(ShapeMismatch("a window would see nothing but padding".into()));
            }
        }
        Ok(Shape::new(inputs[0].channels, rows.output, columns.output))
    }

    /// For every value of the padded output the tap it came from.
    fn kept_bytes(&self, inputs: &[Shape]) -> usize {
        self.output_shape(inputs).map_or(0, Shape::buffer_len)
    }

    fn prepare(&self, inputs: &[Shape], _: Purpose) -> Arc<dyn Prepared> {
        Arc::new(PreparedMaxPool { axes: self.window.axes(inputs[0]).expect("the shape was accepted") })
    }

    fn reference(&self, inputs: &[&Tensor]) -> Tensor {
        let [rows, columns] = self.window.axes(inputs[0].shape).expect("a fitting shape");
        let shape = self.output_shape(&[inputs[0].shape]).expect("a fitting shape");
        Tensor::from_fn(shape, |c, y, x| {
            let ys = (0..rows.kernel).filter_map(|k| rows.position(y, k));
            let xs = || (0..columns.kernel).filter_map(|k| columns.position(x, k));
            ys.flat_map(|iy| xs().map(move |ix| inputs[0].at(c, iy, ix))).fold(f64::NEG_INFINITY, f64::max)
        })
    }
}

#[derive(Debug)]
struct PreparedMaxPool {
    axes: [Axis; 2],
}

impl Prepared for PreparedMaxPool {
    fn forward(&self, mut step: Forward<'_>) {
        let [rows, columns] = self.axes;
        let (isa, input, shape) = (step.isa, step.inputs.get(0), step.output.shape());
        let (stride, padded) = (step.output.stride(), step.output.padded_channels());
        let band = band_rows(shape.height, 1);
        let keep = !step.bytes.is_empty();
        let side = keep.then_some((&mut *step.bytes, shape.width * padded));
        for_each_band(step.output.data_mut(), shape.width * stride, side, band, |first, out, mut bytes| {
            let mut unwanted = vec![0; if keep { 0 } else { padded }];
            let mut window = Vec::with_capacity(rows.kernel * columns.kernel);
            for (i, pixel) in out.chunks_mut(stride).enumerate() {
                let (y, x) = (first + i / shape.width, i % shape.width);
                window.clear();
                for (ky, iy) in (0..rows.kernel).filter_map(|ky| Some((ky, rows.position(y, ky)?))) {
                    for (kx, ix) in (0..columns.kernel).filter_map(|kx| Some((kx, columns.position(x, kx)?))) {
                        let at = (iy * input.shape().width + ix) * input.stride();
                        window.push((at, (ky * columns.kernel + kx) as u8));
                    }
                }
                let index = match &mut bytes {
                    Some(bytes) => &mut bytes[i * padded..][..padded],
                    None => &mut unwanted,
                };
                max_pool::largest(isa, input, &window, &mut pixel[..padded], index);
            }
        });
    }

    fn backward(&self, step: Backward<'_>) {
        let [rows, columns] = self.axes;
        let (isa, gradient, bytes) = (step.isa, step.output_gradient, step.bytes);
        let Target { mut map, accumulate, mask } = step.target;
        let (shape, stride, padded) = (map.shape(), map.stride(), map.padded_channels());
        for_each_row(map.data_mut(), shape.width * stride, shape.height, |y, row| {
            let mut windows = Vec::with_capacity(rows.kernel * columns.kernel);
            for (x, pixel) in row.chunks_mut(stride).enumerate() {
                let to = &mut pixel[..padded];
                if !accumulate {
                    to.fill(0.0);
                }
                windows.clear();
                for (oy, ky) in rows.windows(y) {
                    for (ox, kx) in columns.windows(x) {
                        let at = oy * gradient.shape().width + ox;
                        windows.push((at * gradient.stride(), at * padded, (ky * columns.kernel + kx) as u8));
                    }
                }
                let mask = mask.map(|bits| (bits, y * shape.width + x));
                max_pool::add_from_largest(isa, gradient, bytes, &windows, mask, to);
            }
        });
    }

    fn applies_mask(&self) -> bool {
        true
    }
}
