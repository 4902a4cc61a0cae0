//! The depthwise convolution: one filter a channel, a vector of channels at a time.
//!
//! It has few operations per value, so memory decides its speed: rows are processed in order, a tile of a few
//! neighbouring pixels goes through all its channels before the next. Rows of taps outside the map are skipped; at the left
//! and right edge every pixel of a tap has a pointer, to zeros outside. The gradient is the
//! same kernel with mirrored taps, phase by phase where the stride is larger than one.

use std::cell::Cell;
use std::mem::MaybeUninit;
use std::ops::Range;

use super::dense::{Placement, Tap};
use super::finish::{Add, Finish, PixelOut, Then, finish_tile};
use super::rows::{InputRows, OutputBand};
use super::{Isa, Kernel, Lanes};
use crate::bands::{for_each_band, rows_of_pictures, stack_rows};
use crate::map::{Buffer, Line, Map, MapMut};
use crate::shape::{LANES, Shape};

/// The fewest pixels of a band of several pictures.
const BAND_PIXELS: usize = 64;

/// A depthwise convolution packed for the kernel.
#[derive(Debug)]
pub(crate) struct DepthwiseKernel {
    taps: Vec<Tap>,
    step: [usize; 2],
    placement: Placement,
    vectors: usize,
    /// For every tap one value a channel, padded to whole vectors.
    weights: Buffer,
    bias: Buffer,
    /// What taps outside the input read.
    outside: Buffer,
}

impl DepthwiseKernel {
    /// Packs the weights; `weight(channel, tap)`.
    pub fn pack(
        channels: usize,
        taps: Vec<Tap>,
        step: [usize; 2],
        placement: Placement,
        bias: Option<&[f32]>,
        weight: impl Fn(usize, usize) -> f32,
    ) -> Self {
        let padded = channels.next_multiple_of(LANES);
        let mut weights = Buffer::zeroed(taps.len() * padded);
        for tap in 0..taps.len() {
            let row = &mut weights.as_mut_slice()[tap * padded..][..channels];
            for (channel, to) in row.iter_mut().enumerate() {
                *to = weight(channel, tap);
            }
        }
        let mut padded_bias = Buffer::zeroed(padded);
        if let Some(bias) = bias {
            padded_bias.as_mut_slice()[..channels].copy_from_slice(bias);
        }
        let outside = Buffer::zeroed(padded);
        Self { taps, step, placement, vectors: padded / LANES, weights, bias: padded_bias, outside }
    }

    /// Lists the taps inside the map at grid row `gy` of a picture, whose `height` rows of input begin at row `top`.
    fn row_taps(&self, gy: usize, input: InputRows<'_>, (top, height): (usize, usize), taps: &mut Vec<RowTap>) {
        let shape = input.shape();
        taps.clear();
        taps.extend(self.taps.iter().enumerate().filter_map(|(i, tap)| {
            let y = (gy * self.step[0]).wrapping_add_signed(tap.dy);
            let weights = i * self.vectors * LANES;
            (y < height).then(|| RowTap { row: input.row(top + y), dx: tap.dx, weights })
        }));
        let len = (shape.width - 1) * input.stride() + self.vectors * LANES;
        assert!(taps.iter().all(|tap| tap.row + len <= input.data().len()), "the taps reach rows outside the buffer");
    }

    /// Returns the grid rows whose output rows are in `rows`.
    fn grid_rows(&self, rows: &Range<usize>) -> Range<usize> {
        let Placement { step, y0, .. } = self.placement;
        let grid_row = |row: usize| row.saturating_sub(y0).div_ceil(step[0]);
        grid_row(rows.start)..grid_row(rows.end)
    }

    /// Returns the grid columns for which every tap is inside a row of `width` pixels.
    fn interior(&self, width: usize, grid_width: usize) -> std::ops::Range<usize> {
        let (min, max) = self.taps.iter().fold((0, 0), |(a, b), t| (t.dx.min(a), t.dx.max(b)));
        let start = min.unsigned_abs().div_ceil(self.step[1]).min(grid_width);
        let room = width as isize - 1 - max;
        let end = if room < 0 { 0 } else { room as usize / self.step[1] + 1 };
        start..end.clamp(start, grid_width.max(start))
    }
}

/// Runs `kernels` (the phases of one operation) over `input` into `out`, both of `pictures` pictures one below the other.
pub(crate) fn run(
    isa: Isa,
    kernels: &[DepthwiseKernel],
    pictures: usize,
    input: Map<'_>,
    mut out: MapMut<'_>,
    add: Add<'_>,
    then: Then<'_>,
) {
    let (shape, stride) = (out.shape(), out.stride());
    let (finish, record) = Finish::new(add, then, shape);
    let one = Shape { height: shape.height / pictures, ..shape };
    let band = stack_rows(one, pictures, row_unit(kernels), BAND_PIXELS);
    for_each_band(out.data_mut(), shape.width * stride, record, band, |first_row, out, record| {
        let rows = first_row..(first_row + band).min(shape.height);
        let band = OutputBand { shape, rows, stride, out, finish, record };
        run_stack_band(isa, kernels, pictures, input.into(), band);
    });
}

/// Runs `kernels` into one band of one picture on this thread. `input` has to hold [`input_rows`] of it.
pub(crate) fn run_band(isa: Isa, kernels: &[DepthwiseKernel], input: InputRows<'_>, band: OutputBand<'_, '_>) {
    run_stack_band(isa, kernels, 1, input, band);
}

fn run_stack_band(
    isa: Isa,
    kernels: &[DepthwiseKernel],
    pictures: usize,
    input: InputRows<'_>,
    mut band: OutputBand<'_, '_>,
) {
    let (shape, stride) = (band.shape, band.stride);
    assert_eq!(input.shape().channels, shape.channels, "channels");
    assert!(input.stride() >= shape.vectors() * LANES && stride >= shape.vectors() * LANES);
    let len = (band.rows.len() * shape.width).saturating_sub(1) * stride + shape.vectors() * LANES;
    assert!(band.rows.end <= shape.height && band.out.len() >= len, "the band does not hold its rows");
    let (out, record) = band.pointers();
    let mut scratch = SCRATCH.take();
    let Scratch { taps, pointers } = &mut scratch;
    let [from, height] = [input.shape(), shape].map(|shape| shape.height / pictures);
    assert_eq!([from * pictures, height * pictures], [input.shape().height, shape.height], "whole pictures");
    for kernel in kernels {
        assert_eq!(kernel.vectors, shape.vectors(), "channels");
        for (picture, rows) in rows_of_pictures(&band.rows, height) {
            for gy in kernel.grid_rows(&rows) {
                let row = picture * height + gy * kernel.placement.step[0] + kernel.placement.y0;
                kernel.row_taps(gy, input, (picture * from, from), taps);
                let (first_row, finish) = (band.rows.start, band.finish);
                isa.run(RowJob { kernel, input, shape, row, first_row, taps, pointers, out, stride, finish, record });
            }
        }
    }
    SCRATCH.set(scratch);
}

/// Bands begin at a multiple of this many rows.
pub(crate) fn row_unit(kernels: &[DepthwiseKernel]) -> usize {
    kernels.iter().map(|k| k.placement.step[0]).max().unwrap_or(1)
}

/// Returns the input rows that `kernels` read for the output rows `rows`; the input has `height` rows.
pub(crate) fn input_rows(kernels: &[DepthwiseKernel], rows: &Range<usize>, height: usize) -> Range<usize> {
    let reach = kernels.iter().flat_map(|kernel| {
        let grid = kernel.grid_rows(rows);
        let at = move |gy: usize, dy: isize| (gy * kernel.step[0]) as isize + dy;
        let taps = kernel.taps.iter().filter(|_| !grid.is_empty());
        taps.map(move |tap| (at(grid.start, tap.dy), at(grid.end - 1, tap.dy) + 1)).collect::<Vec<_>>()
    });
    let inside = |row: isize| row.clamp(0, height as isize) as usize;
    let (start, end) = reach.fold((isize::MAX, 0), |(a, b), (start, end)| (a.min(start), b.max(end)));
    inside(start).min(inside(end))..inside(end)
}

thread_local! {
    static SCRATCH: Cell<Scratch> = Cell::default();
}

/// Memory that a thread keeps from band to band.
#[derive(Default)]
struct Scratch {
    /// The taps of a row.
    taps: Vec<RowTap>,
    /// The input pixels of neighbouring columns at the edge: one for each tap and column.
    pointers: Vec<*const f32>,
}

/// A tap whose input row is inside the map.
struct RowTap {
    /// The first value of the input row.
    row: usize,
    dx: isize,
    /// The first of the tap's weights.
    weights: usize,
}

/// One row of the grid. [`run_band`] checks that the input holds the taps, and `out` and `record` the band's rows.
struct RowJob<'a> {
    kernel: &'a DepthwiseKernel,
    input: InputRows<'a>,
    /// The whole output's shape.
    shape: Shape,
    row: usize,
    /// The first row of the band that begins at `out` and `record`.
    first_row: usize,
    taps: &'a [RowTap],
    pointers: &'a mut Vec<*const f32>,
    out: *mut f32,
    stride: usize,
    finish: Finish<'a>,
    record: *mut u16,
}

impl RowJob<'_> {
    #[inline(always)]
    fn pixel(&self, gx: usize) -> PixelOut {
        let Placement { step, x0, .. } = self.kernel.placement;
        let x = gx * step[1] + x0;
        let whole = self.row * self.shape.width + x;
        let in_band = (self.row - self.first_row) * self.shape.width + x;
        self.finish.pixel(whole, in_band, self.out, self.stride, self.record)
    }

    /// Finds the input pixels of `columns` grid columns from `gx` on, tap by tap.
    fn find_pixels(&mut self, gx: usize, columns: usize) {
        let (width, stride, data) = (self.input.shape().width, self.input.stride(), self.input.data());
        let outside = self.kernel.outside.as_slice().as_ptr();
        self.pointers.clear();
        for tap in self.taps {
            self.pointers.extend((gx..gx + columns).map(|gx| {
                let x = (gx * self.kernel.step[1]).wrapping_add_signed(tap.dx);
                if x < width { data[tap.row + x * stride..].as_ptr() } else { outside }
            }));
        }
    }
}

impl Kernel for RowJob<'_> {
    #[inline(always)]
    fn run<L: Lanes>(mut self, lanes: L) {
        let Placement { step, x0, .. } = self.kernel.placement;
        let grid_width = self.shape.width.saturating_sub(x0).div_ceil(step[1]);
        let interior = self.kernel.interior(self.input.shape().width, grid_width);
        let mut gx = 0;
        while gx < grid_width {
            let left = grid_width - gx;
            // The groups of columns are alike.
            let alike = left.div_ceil(left.div_ceil(pixels_at_once::<L>()));
            let job = &mut self;
            // SAFETY: grid columns below `grid_width` are pixels of the row.
            gx += unsafe {
                match alike {
                    8.. => columns::<L, 8>(lanes, job, gx, &interior),
                    7 => columns::<L, 7>(lanes, job, gx, &interior),
                    4.. => columns::<L, 4>(lanes, job, gx, &interior),
                    2.. => columns::<L, 2>(lanes, job, gx, &interior),
                    _ => columns::<L, 1>(lanes, job, gx, &interior),
                }
            };
        }
    }
}

/// Pixels whose sums stay in the registers.
const fn pixels_at_once<L: Lanes>() -> usize {
    match L::REGISTERS {
        32.. => 8,
        8.. => 4,
        _ => 2,
    }
}

/// `P` neighbouring grid columns from `gx` on; returns `P`.
#[inline(always)]
unsafe fn columns<L: Lanes, const P: usize>(
    lanes: L,
    job: &mut RowJob<'_>,
    gx: usize,
    interior: &Range<usize>,
) -> usize {
    // SAFETY: as promised by the caller; inside the interior every tap is in the input row.
    unsafe {
        if interior.start <= gx && gx + P <= interior.end {
            pixels::<L, P, false>(lanes, job, gx);
        } else {
            job.find_pixels(gx, P);
            pixels::<L, P, true>(lanes, job, gx);
        }
    }
    P
}

/// `P` neighbouring grid columns from `gx` on, all channels; with `EDGE`, they read what `pointers` say.
#[inline(always)]
unsafe fn pixels<L: Lanes, const P: usize, const EDGE: bool>(lanes: L, job: &RowJob<'_>, gx: usize) {
    let (kernel, stride) = (job.kernel, job.input.stride());
    let between = kernel.step[1] * stride;
    let outs: [PixelOut; P] = std::array::from_fn(|p| job.pixel(gx + p));
    let bias = kernel.bias.as_slice().as_ptr();
    for vector in 0..kernel.vectors {
        let lane = vector * LANES;
        // SAFETY: as promised by the caller; weights, bias and what is outside hold `padded` values a tap.
        unsafe {
            let mut sums = [lanes.load(bias.add(lane)); P];
            for (number, tap) in job.taps.iter().enumerate() {
                let w = lanes.load(kernel.weights.as_slice().as_ptr().add(tap.weights + lane));
                if EDGE {
                    let pointers = job.pointers.as_ptr().add(number * P);
                    for (p, sum) in sums.iter_mut().enumerate() {
                        *sum = lanes.mul_add(lanes.load((*pointers.add(p)).add(lane)), w, *sum);
                    }
                    continue;
                }
                let x = (gx * kernel.step[1]).wrapping_add_signed(tap.dx);
                debug_assert!(tap.row + x * stride + lane + (P - 1) * between + LANES <= job.input.data().len());
                let from = job.input.data().as_ptr().add(tap.row + x * stride + lane);
                for (p, sum) in sums.iter_mut().enumerate() {
                    *sum = lanes.mul_add(lanes.load(from.add(p * between)), w, *sum);
                }
            }
            // Through memory, as in the dense kernel.
            let mut results = MaybeUninit::<[Line; P]>::uninit();
            let results = results.as_mut_ptr().cast::<f32>();
            for (p, &sum) in sums.iter().enumerate() {
                lanes.store(results.add(p * LANES), sum);
            }
            finish_tile(lanes, results, &outs, vector, 1, job.finish.action);
        }
    }
}
