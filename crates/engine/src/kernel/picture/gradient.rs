//! The gradient of a picture, whose few channels alone would waste most lanes of a vector.
//!
//! The channels of all taps side by side fill vectors: every pixel of the gradient behind the convolution is
//! multiplied once, row by row, by the weights of all taps (the dense kernel as a product), and each tap's share is
//! added to the pixel of the picture that it came from. For a 3x3 kernel over three channels 27 of 32 lanes work.
//! The method before this one, the dense kernel over blocks of 2x2 pixels as the channels of one, multiplied by zeros
//! where a tap does not reach a pixel of the block, and took twice as long: `docs/performance.md`.
//!
//! A row of the picture is summed up in blocks, the pixels from one window to the next: a block gets the first
//! block of its own window's run of shares, the second block of the run before, and so on.
//!
//! A pixel of the picture gets its shares in the order of the gradient's rows and taps, on any number of threads:
//! the rows that reach two bands are multiplied for both.

use std::cell::Cell;
use std::ops::Range;

use super::Runs;
use crate::bands::{band_rows, for_each_band};
use crate::kernel::Isa;
use crate::kernel::dense::{self, DenseKernel, DenseSpec, Placement, Tap};
use crate::kernel::finish::{Add, Finish, Then};
use crate::kernel::rows::{InputRows, OutputBand};
use crate::map::{Buffer, Map, MapMut};
use crate::shape::{LANES, Shape};

/// A convolution's weights as a product from its output channels to the picture's channels of every tap.
#[derive(Debug)]
pub(crate) struct PictureGradient {
    runs: Runs,
    product: DenseKernel,
}

impl PictureGradient {
    /// Packs a convolution from a picture to `inputs` channels, which the gradient comes in;
    /// `weight(input, channel, row, column)` is zero where a dilated kernel skips a column.
    pub fn pack(runs: Runs, inputs: usize, weight: impl Fn(usize, usize, usize, usize) -> f32) -> Self {
        let spec = DenseSpec {
            inputs,
            outputs: runs.rows.len() * runs.len(),
            groups: 1,
            taps: vec![Tap { dy: 0, dx: 0 }],
            step: [1; 2],
            placement: Placement::WHOLE,
            bias: None,
            outside: None,
            narrow: false,
        };
        let product = DenseKernel::pack(spec, |output, input, _| {
            let (tap, channel) = (output / runs.channels, output % runs.channels);
            weight(input, channel, tap / runs.columns, tap % runs.columns)
        });
        Self { runs, product }
    }

    /// The same with its products in bf16.
    pub fn in_bf16(self) -> Self {
        Self { product: self.product.in_pairs().unwrap_or(self.product), ..self }
    }

    /// The rows of a gradient of `height` rows that reach the picture's `rows`.
    fn reaching(&self, rows: &Range<usize>, height: usize) -> Range<usize> {
        let (first, reach) = self.runs.reach();
        let (step, last) = (self.runs.step[0] as isize, first + reach as isize - 1);
        let clip = |y: isize| y.clamp(0, height as isize) as usize;
        clip((rows.start as isize - last + step - 1).div_euclid(step))
            ..clip((rows.end as isize - 1 - first).div_euclid(step) + 1)
    }

    /// Writes the gradient of the picture into `out`, or adds it, from the gradient `input` behind the convolution.
    pub fn run(&self, isa: Isa, input: Gradient<'_>, mut out: MapMut<'_>, accumulate: bool) {
        let (shape, stride) = (out.shape(), out.stride());
        let channels = self.runs.channels;
        assert_eq!((shape.channels, stride), (channels, channels), "pictures are stored without padding");
        let band = band_rows(shape.height, 1);
        for_each_band::<_, ()>(out.data_mut(), shape.width * stride, None, band, |first_row, out, _| {
            if !accumulate {
                out.fill(0.0);
            }
            self.run_band(isa, input, shape, first_row..(first_row + band).min(shape.height), out);
        });
    }

    fn run_band(&self, isa: Isa, input: Gradient<'_>, picture: Shape, rows: Range<usize>, out: &mut [f32]) {
        let run = self.runs.len();
        let shares = Shape::new(self.runs.rows.len() * run, input.shape().height, input.shape().width);
        let a_pixel = shares.vectors() * LANES;
        let a_row = shares.width * a_pixel;
        let (finish, _) = Finish::new(Add::Nothing, Then::Store, shares);
        let block = self.runs.step[1] * self.runs.channels;
        let row_len = picture.width * self.runs.channels;
        let mut scratch = SCRATCH.take();
        scratch.shares.fit(a_row);
        scratch.sums.fit((shares.width + run.div_ceil(block)) * block);
        for y in self.reaching(&rows, shares.height) {
            let input = match input {
                Gradient::Map(map) => InputRows::from(map),
                Gradient::Rows(shape, make) => {
                    let len = shape.width * shape.stride();
                    scratch.row.fit(len);
                    make(y, &mut scratch.row.as_mut_slice()[..len]);
                    InputRows::window(&scratch.row.as_slice()[..len], shape, y)
                }
            };
            let to = &mut scratch.shares.as_mut_slice()[..a_row];
            let band = OutputBand { shape: shares, rows: y..y + 1, stride: a_pixel, out: to, finish, record: None };
            dense::run_band(isa, std::slice::from_ref(&self.product), input, band);
            for (i, &dy) in self.runs.rows.iter().enumerate() {
                let picture_row = (y * self.runs.step[0]).wrapping_add_signed(dy);
                if rows.contains(&picture_row) {
                    let shares = &scratch.shares.as_slice()[i * run..a_row];
                    let sums = scratch.sums.as_mut_slice();
                    let reached = sum_blocks(shares, a_pixel, run, block, sums);
                    let row = &mut out[(picture_row - rows.start) * row_len..][..row_len];
                    let inside = (self.runs.before * self.runs.channels).min(reached);
                    for (value, sum) in row.iter_mut().zip(&sums[inside..reached]) {
                        *value += sum;
                    }
                }
            }
        }
        SCRATCH.set(scratch);
    }
}

/// The gradient behind the convolution.
#[derive(Clone, Copy)]
pub(crate) enum Gradient<'a> {
    /// A map.
    Map(Map<'a>),
    /// A map of this shape without gaps that is never stored as a whole: the function computes row `y`.
    Rows(Shape, &'a (dyn Fn(usize, &mut [f32]) + Sync)),
}

impl<'a> From<Map<'a>> for Gradient<'a> {
    fn from(map: Map<'a>) -> Self {
        Self::Map(map)
    }
}

impl Gradient<'_> {
    fn shape(&self) -> Shape {
        match self {
            Self::Map(map) => map.shape(),
            Self::Rows(shape, _) => *shape,
        }
    }
}

/// Memory that a thread keeps from band to band.
#[derive(Default)]
struct Scratch {
    /// One row of a gradient that is computed a row at a time.
    row: Buffer,
    /// One row of shares.
    shares: Buffer,
    /// One row of the picture from one row of shares.
    sums: Buffer,
}

thread_local! {
    static SCRATCH: Cell<Scratch> = Cell::default();
}

/// Adds up runs of shares, `a_pixel` values from one to the next, each beginning a `block` behind the one before;
/// returns the number of sums.
fn sum_blocks(shares: &[f32], a_pixel: usize, run: usize, block: usize, sums: &mut [f32]) -> usize {
    // Three channels, windows two pixels or one apart: lengths that the compiler knows are twice as fast.
    match (block, run % block) {
        (6, 3) => sum_blocks_of(shares, a_pixel, run, 6, 3, sums),
        (3, 0) => sum_blocks_of(shares, a_pixel, run, 3, 0, sums),
        (block, rest) => sum_blocks_of(shares, a_pixel, run, block, rest, sums),
    }
}

#[inline(always)]
fn sum_blocks_of(shares: &[f32], a_pixel: usize, run: usize, block: usize, rest: usize, sums: &mut [f32]) -> usize {
    let (windows, whole) = (shares.len().div_ceil(a_pixel), run / block);
    let blocks = windows + whole - usize::from(rest == 0);
    for (at, sums) in sums.chunks_exact_mut(block).take(blocks).enumerate() {
        sums.fill(0.0);
        let window_of = |back: usize| at.checked_sub(back).filter(|&window| window < windows);
        for back in 0..whole {
            if let Some(window) = window_of(back) {
                let share = &shares[window * a_pixel + back * block..][..block];
                (0..block).for_each(|i| sums[i] += share[i]);
            }
        }
        if let Some(window) = window_of(whole).filter(|_| rest > 0) {
            let share = &shares[window * a_pixel + whole * block..][..rest];
            (0..rest).for_each(|i| sums[i] += share[i]);
        }
    }
    blocks * block
}
