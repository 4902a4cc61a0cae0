//! Largest value of a window.

use std::ops::Range;
use std::sync::Arc;

use super::window::{Axis, Window};
use super::{Backward, Forward, Operation, Prepared, Purpose, Target};
use crate::bands::{band_rows, for_each_band, for_each_row};
use crate::error::ShapeMismatch;
use crate::kernel::bits::Bits;
use crate::kernel::{Isa, max_pool};
use crate::map::Map;
use crate::shape::Shape;
use crate::tensor::Tensor;

/// Windows of more taps than a byte counts are refused. Taps count from 1; 0 means no tap.
const MAX_TAPS: usize = 255;

/// Max pooling; padding never wins.
#[derive(Clone, Copy, Debug)]
pub struct MaxPool {
    /// The window.
    pub window: Window,
}

impl MaxPool {
    /// Prepares it for maps of a shape that was accepted.
    pub(super) fn of(&self, input: Shape) -> PreparedMaxPool {
        PreparedMaxPool { axes: self.window.axes(input).expect("the shape was accepted"), channels: input.stride() }
    }
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
            if (0..axis.output).any(|output| axis.taps(output).is_empty()) {
                return Err(ShapeMismatch("a window would see only padding".into()));
            }
        }
        Ok(Shape::new(inputs[0].channels, rows.output, columns.output))
    }

    /// For every value of the padded output the tap it came from, counted from 1.
    fn kept_bytes(&self, inputs: &[Shape]) -> usize {
        self.output_shape(inputs).map_or(0, Shape::buffer_len)
    }

    fn prepare(&self, inputs: &[Shape], _: Purpose) -> Arc<dyn Prepared> {
        Arc::new(self.of(inputs[0]))
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

/// Max pooling of a map of known size.
#[derive(Debug)]
pub(super) struct PreparedMaxPool {
    axes: [Axis; 2],
    /// Of a pixel, with its padding.
    channels: usize,
}

/// The map that the windows of a row see: row `y` is stored as row `y % rows`.
#[derive(Clone, Copy)]
pub(super) struct Source<'a> {
    pub data: &'a [f32],
    /// Values from one pixel to the next.
    pub stride: usize,
    /// Rows that are stored at a time.
    pub rows: usize,
}

impl PreparedMaxPool {
    /// Rows from the first to the last that a window sees.
    pub fn reach(&self) -> usize {
        (self.axes[0].kernel - 1) * self.axes[0].dilation + 1
    }

    /// Returns the rows of the map from the first to the last that the windows of row `y` see.
    pub fn seen_rows(&self, y: usize) -> Range<usize> {
        let rows = self.axes[0];
        let seen = || (0..rows.kernel).filter_map(|tap| rows.position(y, tap));
        seen().min().unwrap_or(0)..seen().max().map_or(0, |last| last + 1)
    }

    /// Writes row `y` of the output, `stride` values a pixel. With `clamp`, values that it cut off get no tap.
    pub fn largest_of_row(
        &self,
        isa: Isa,
        y: usize,
        source: Source<'_>,
        clamp: Option<f32>,
        (out, stride): (&mut [f32], usize),
        mut index: Option<&mut [u8]>,
    ) {
        let [rows, columns] = self.axes;
        let padded = self.channels;
        let start = |row: usize| row % source.rows * columns.input * source.stride;
        let mut unused = vec![0; if index.is_some() { 0 } else { padded }];
        let mut window = Vec::with_capacity(rows.kernel * columns.kernel);
        for (x, pixel) in out.chunks_mut(stride).enumerate() {
            window.clear();
            for (ky, iy) in (0..rows.kernel).filter_map(|ky| Some((ky, rows.position(y, ky)?))) {
                for (kx, ix) in (0..columns.kernel).filter_map(|kx| Some((kx, columns.position(x, kx)?))) {
                    window.push((start(iy) + ix * source.stride, (ky * columns.kernel + kx + 1) as u8));
                }
            }
            let index = match &mut index {
                Some(index) => &mut index[x * padded..][..padded],
                None => &mut unused,
            };
            max_pool::largest(isa, source.data, &window, clamp, &mut pixel[..padded], index);
        }
    }

    /// Adds the gradient of its windows to row `y` of the map's gradient, `stride` values a pixel, and applies `mask`.
    pub fn gradient_of_row(
        &self,
        isa: Isa,
        y: usize,
        gradient: Map<'_>,
        index: &[u8],
        mask: Option<Bits<'_>>,
        (row, stride): (&mut [f32], usize),
    ) {
        let [rows, columns] = self.axes;
        let padded = self.channels;
        let mut windows = Vec::with_capacity(rows.kernel * columns.kernel);
        for (x, pixel) in row.chunks_mut(stride).enumerate() {
            windows.clear();
            for (oy, ky) in rows.windows(y) {
                for (ox, kx) in columns.windows(x) {
                    let at = oy * gradient.shape().width + ox;
                    windows.push((at * gradient.stride(), at * padded, (ky * columns.kernel + kx + 1) as u8));
                }
            }
            let mask = mask.map(|bits| (bits, y * columns.input + x));
            max_pool::add_from_largest(isa, gradient, index, &windows, mask, &mut pixel[..padded]);
        }
    }
}

impl Prepared for PreparedMaxPool {
    fn forward(&self, mut step: Forward<'_>) {
        let (isa, input, shape) = (step.isa, step.inputs.get(0), step.output.shape());
        let (stride, padded) = (step.output.stride(), step.output.padded_channels());
        let band = band_rows(shape.height, 1);
        let side = (!step.bytes.is_empty()).then_some((&mut *step.bytes, shape.width * padded));
        for_each_band(step.output.data_mut(), shape.width * stride, side, band, |first, out, mut bytes| {
            let source = Source { data: input.data(), stride: input.stride(), rows: input.shape().height };
            for (i, out) in out.chunks_mut(shape.width * stride).enumerate() {
                let bytes = bytes.as_mut().map(|bytes| &mut bytes[i * shape.width * padded..]);
                self.largest_of_row(isa, first + i, source, None, (out, stride), bytes);
            }
        });
    }

    fn backward(&self, step: Backward<'_>) {
        let (isa, gradient, bytes) = (step.isa, step.output_gradient, step.bytes);
        let Target { mut map, accumulate, mask } = step.target;
        let (shape, stride, padded) = (map.shape(), map.stride(), map.padded_channels());
        for_each_row(map.data_mut(), shape.width * stride, shape.height, |y, row| {
            if !accumulate {
                row.chunks_mut(stride).for_each(|pixel| pixel[..padded].fill(0.0));
            }
            self.gradient_of_row(isa, y, gradient, bytes, mask, (row, stride));
        });
    }

    fn applies_mask(&self) -> bool {
        true
    }
}
