//! The first convolution, its clamp and its pooling as one operation: the stem of SqueezeNet, GoogLeNet, ResNet.
//!
//! The map between them is the largest of the network. Each thread stores only the rows of it, and of its gradient,
//! that a row of windows sees. The taps record what the clamp cut off: a window whose largest value was cut off has no
//! tap. A plan makes it if the map between is large, see
//! [`Program::fitted`](crate::program::Program::fitted). The values are exactly those of the two apart.

use std::cell::Cell;
use std::sync::Arc;

use super::conv::{Conv2d, Direction, Kernels};
use super::max_pool::{MaxPool, PreparedMaxPool, Source};
use super::{Backward, Forward, Operation, Prepared, Purpose, Target};
use crate::bands::{band_rows, for_each_band};
use crate::error::ShapeMismatch;
use crate::kernel::finish::{Add, Finish, Then};
use crate::kernel::picture::{Gradient, PaddedRows};
use crate::kernel::rows::OutputBand;
use crate::map::Buffer;
use crate::shape::Shape;
use crate::tensor::Tensor;

/// The fewest values of the map between for which it is faster not to store it as a whole.
const LARGE_VALUES: usize = 1 << 17;

/// A convolution of a picture, clamped, and the largest of windows of it.
#[derive(Clone, Debug)]
pub struct Stem {
    conv: Conv2d,
    pool: MaxPool,
}

impl Stem {
    /// The convolution, which clamps.
    pub fn conv(&self) -> &Conv2d {
        &self.conv
    }

    /// The pooling.
    pub fn pool(&self) -> &MaxPool {
        &self.pool
    }

    /// Makes one operation of the two, if the first convolves a picture and clamps.
    pub(crate) fn new(conv: &Conv2d, pool: &MaxPool) -> Option<Self> {
        let fits = conv.takes_a_picture() && conv.clamp().is_some() && !conv.adds();
        fits.then(|| Self { conv: conv.clone(), pool: *pool })
    }

    /// Whether it is faster than the two one after the other, for a map between of this shape.
    pub(crate) fn is_faster_for(&self, between: Shape) -> bool {
        between.buffer_len() >= LARGE_VALUES
    }

    /// The shape of the map between.
    pub(crate) fn between(&self, input: Shape) -> Result<Shape, ShapeMismatch> {
        self.conv.output_shape(&[input])
    }
}

impl Operation for Stem {
    fn name(&self) -> &'static str {
        "conv+clamp+max_pool"
    }

    fn output_shape(&self, inputs: &[Shape]) -> Result<Shape, ShapeMismatch> {
        ShapeMismatch::inputs(1, inputs)?;
        self.pool.output_shape(&[self.between(inputs[0])?])
    }

    /// For every value of the padded output the tap it came from.
    fn kept_bytes(&self, inputs: &[Shape]) -> usize {
        self.output_shape(inputs).map_or(0, Shape::buffer_len)
    }

    fn flops(&self, inputs: &[Shape]) -> u64 {
        self.conv.flops(inputs)
    }

    fn prepare(&self, inputs: &[Shape], purpose: Purpose) -> Arc<dyn Prepared> {
        let between = self.between(inputs[0]).expect("the shape was accepted");
        Arc::new(PreparedStem {
            forward: self.conv.kernels(Direction::Forward, inputs[0]),
            backward: Direction::back(purpose).map(|back| self.conv.kernels(back, inputs[0])),
            between,
            clamp: self.conv.clamp().expect("a stem clamps"),
            pool: self.pool.of(between),
        })
    }

    fn reference(&self, inputs: &[&Tensor]) -> Tensor {
        self.pool.reference(&[&self.conv.reference(inputs)])
    }
}

#[derive(Debug)]
struct PreparedStem {
    forward: Arc<Kernels>,
    /// Absent without a gradient.
    backward: Option<Arc<Kernels>>,
    /// The shape of the map between.
    between: Shape,
    clamp: f32,
    pool: PreparedMaxPool,
}

thread_local! {
    /// The rows of the map between that a row of windows sees.
    static ROWS: Cell<Buffer> = Cell::default();
}

impl Prepared for PreparedStem {
    fn forward(&self, mut step: Forward<'_>) {
        let (isa, input, shape, between) = (step.isa, step.inputs.get(0), step.output.shape(), self.between);
        let stride = step.output.stride();
        let row_len = between.width * between.stride();
        let held_rows = self.pool.reach().min(between.height);
        let (finish, _) = Finish::new(Add::Nothing, Then::Clamp(self.clamp, None), between);
        let band = band_rows(shape.height, 1);
        let side = (!step.bytes.is_empty()).then_some((&mut *step.bytes, shape.width * shape.stride()));
        for_each_band(step.output.data_mut(), shape.width * stride, side, band, |first, out, mut bytes| {
            let mut rows = ROWS.take();
            rows.fit(held_rows * row_len);
            let mut padded = PaddedRows::take(1);
            let mut done = 0;
            for (i, out) in out.chunks_mut(shape.width * stride).enumerate() {
                let seen = self.pool.seen_rows(first + i);
                for y in seen.start.max(done)..seen.end {
                    let out = &mut rows.as_mut_slice()[y % held_rows * row_len..][..row_len];
                    let rows = y..y + 1;
                    let stride = between.stride();
                    let band = OutputBand { shape: between, rows, stride, out, finish, record: None };
                    self.forward.picture().run_rows(isa, input, &mut padded, band);
                }
                done = seen.end;
                let bytes = bytes.as_mut().map(|bytes| &mut bytes[i * shape.width * shape.stride()..]);
                let source = Source { data: rows.as_slice(), stride: between.stride(), rows: held_rows };
                self.pool.largest_of_row(isa, first + i, source, Some(self.clamp), (out, stride), bytes);
            }
            ROWS.set(rows);
        });
    }

    fn backward(&self, step: Backward<'_>) {
        let (isa, gradient, bytes) = (step.isa, step.output_gradient, step.bytes);
        let Target { map, accumulate, .. } = step.target;
        let between = self.between;
        let row = |y: usize, to: &mut [f32]| {
            to.fill(0.0);
            self.pool.gradient_of_row(isa, y, gradient, bytes, None, (to, between.stride()));
        };
        let kernel = self.backward.as_ref().expect("prepared for gradients").picture_gradient();
        kernel.run(isa, Gradient::Rows(between, &row), map, accumulate);
    }
}
