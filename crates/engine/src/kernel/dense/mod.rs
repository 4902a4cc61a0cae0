//! The dense convolution kernel, for every shape.
//!
//! A result pixel is a sum over *taps* (offsets into the input) and input channels. A tile computes
//! a few pixels by a few vectors of output channels in registers; for every tap it holds one pointer
//! a pixel, so that stride, dilation and padding (a pointer to padding values) cost nothing in the inner loop, and
//! activations are never packed or copied. Weights are packed once, in the order in which they are
//! read: group of output vectors, tap, input channel, lane.
//!
//! The gradient of the input is a convolution as well: with stride 1 the same taps mirrored and the
//! weights transposed; with stride s one kernel for each of the s x s phases of the input grid, each
//! with the taps that reach it. Pictures (up to four channels) are stored without padding to vectors: their pixels
//! are computed into memory of the thread and then copied. Gradients of pictures have a kernel of their
//! own, in `picture`, on top of this one.

mod pack;
mod pairs;
mod tile;

use std::cell::Cell;
use std::ops::Range;

pub(crate) use pack::{CHUNK_UNIT, DenseKernel, DenseSpec, Group, MAX_VECTORS, Placement, Tap};
pub(crate) use tile::ChunkJob;

use super::finish::{Add, Finish, PixelOut, Then};
use super::rows::{InputRows, OutputBand};
use crate::bands::{for_each_band, rows_of_pictures, stack_rows};
use crate::kernel::Isa;
use crate::map::{Buffer, Map, MapMut};
use crate::shape::{LANES, Shape};

/// Runs `kernels` (the phases of one operation) over `input` into `out`, both of `pictures` pictures one below the other.
pub(crate) fn run(
    isa: Isa,
    kernels: &[DenseKernel],
    pictures: usize,
    input: Map<'_>,
    mut out: MapMut<'_>,
    add: Add<'_>,
    then: Then<'_>,
) {
    let (shape, stride) = (out.shape(), out.stride());
    let (finish, record) = Finish::new(add, then, shape);
    let multiple = kernels.iter().map(|k| k.placement.step[0]).max().unwrap_or(1);
    let one = Shape { height: shape.height / pictures, ..shape };
    let chunk = kernels.iter().map(DenseKernel::chunk_pixels).max().unwrap_or(1);
    let band = stack_rows(one, pictures, multiple, chunk);
    for_each_band(out.data_mut(), shape.width * stride, record, band, |first_row, out, record| {
        let rows = first_row..(first_row + band).min(shape.height);
        let band = OutputBand { shape, rows, stride, out, finish, record };
        run_stack_band(isa, kernels, pictures, input.into(), band);
    });
}

/// Runs `kernels` into one band of one picture on this thread. `input` has to hold the rows that the taps reach.
pub(crate) fn run_band(isa: Isa, kernels: &[DenseKernel], input: InputRows<'_>, band: OutputBand<'_, '_>) {
    run_stack_band(isa, kernels, 1, input, band);
}

fn run_stack_band(
    isa: Isa,
    kernels: &[DenseKernel],
    pictures: usize,
    input: InputRows<'_>,
    mut band: OutputBand<'_, '_>,
) {
    let narrow = kernels.iter().any(|k| k.narrow.is_some());
    assert!(!narrow || band.finish.is_plain(), "pictures are stored plainly");
    let (_, record) = band.pointers();
    let heights = [input.shape(), band.shape].map(|shape| shape.height / pictures);
    assert_eq!(heights.map(|height| height * pictures), [input.shape().height, band.shape.height], "whole pictures");
    let job = BandJob { input, heights, shape: band.shape, rows: band.rows, stride: band.stride, finish: band.finish };
    for kernel in kernels {
        assert_eq!(kernel.inputs, input.shape().channels, "input channels");
        assert!(narrow || kernel.vectors == job.shape.vectors(), "output channels");
        job.run(isa, kernel, band.out, record);
    }
}

/// One band of output rows.
struct BandJob<'a> {
    input: InputRows<'a>,
    /// The rows of one picture's input and output.
    heights: [usize; 2],
    /// The whole output's shape.
    shape: Shape,
    rows: Range<usize>,
    stride: usize,
    finish: Finish<'a>,
}

/// Neighbouring grid columns of one row in a chunk.
struct Run {
    picture: usize,
    gy: usize,
    gx: usize,
    /// The number of its first pixel in the chunk.
    first: usize,
    len: usize,
}

/// Memory that a thread keeps from chunk to chunk.
#[derive(Default)]
struct Scratch {
    pointers: Vec<*const f32>,
    pixels: Vec<PixelOut>,
    runs: Vec<Run>,
    results: Buffer,
    /// The chunk's pixels in bf16.
    pairs: Buffer,
}

thread_local! {
    static SCRATCH: Cell<Scratch> = Cell::default();
}

impl BandJob<'_> {
    fn run(&self, isa: Isa, kernel: &DenseKernel, out: &mut [f32], record: *mut u16) {
        let mut scratch = SCRATCH.take();
        let capacity = kernel.chunk_pixels();
        let Placement { step, y0, x0 } = kernel.placement;
        let grid_width = self.shape.width.saturating_sub(x0).div_ceil(step[1]);
        let grid_row = |row: usize| row.saturating_sub(y0).div_ceil(step[0]);
        let grid_rows = rows_of_pictures(&self.rows, self.heights[1])
            .flat_map(|(picture, rows)| (grid_row(rows.start)..grid_row(rows.end)).map(move |gy| (picture, gy)));
        let mut pixels = 0;
        scratch.runs.clear();
        for (picture, gy) in grid_rows {
            let mut gx = 0;
            while gx < grid_width {
                let len = (capacity - pixels).min(grid_width - gx);
                scratch.runs.push(Run { picture, gy, gx, first: pixels, len });
                (gx, pixels) = (gx + len, pixels + len);
                if pixels == capacity {
                    self.chunk(isa, kernel, pixels, &mut scratch, out, record);
                    scratch.runs.clear();
                    pixels = 0;
                }
            }
        }
        if pixels > 0 {
            self.chunk(isa, kernel, pixels, &mut scratch, out, record);
        }
        SCRATCH.set(scratch);
    }

    /// Computes the `pixels` pixels of `scratch.runs`.
    fn chunk(
        &self,
        isa: Isa,
        kernel: &DenseKernel,
        pixels: usize,
        scratch: &mut Scratch,
        out: &mut [f32],
        record: *mut u16,
    ) {
        let capacity = kernel.chunk_pixels();
        self.point_at_input(kernel, &scratch.runs, capacity, &mut scratch.pointers);
        if let Some(bf16) = kernel.pairs {
            // SAFETY: the pointers are valid for the channels, padded to vectors.
            unsafe { pairs::round_pixels(bf16, &mut scratch.pointers[..pixels], kernel.inputs, &mut scratch.pairs) };
        }
        if kernel.narrow.is_some() {
            point_at_results(kernel, pixels, &mut scratch.results, &mut scratch.pixels);
        } else {
            self.point_at_output(kernel, &scratch.runs, out, record, &mut scratch.pixels);
        }
        // SAFETY: the pointers were just made from slices that hold what they stand for: input pointers
        // `inputs` values (a pixel's channels, or padding values), output pointers all vectors of a pixel of this
        // band, and so do the pointers to bits.
        let job = unsafe { ChunkJob::new(kernel, &scratch.pointers, capacity, &scratch.pixels, self.finish.action) };
        job.run(isa);
        if let Some(channels) = kernel.narrow {
            self.place_narrow(kernel, channels, &scratch.runs, scratch.results.as_slice(), out);
        }
    }

    /// Finds the input pixel that each tap reads for each pixel of the chunk, or the padding values.
    fn point_at_input(&self, kernel: &DenseKernel, runs: &[Run], capacity: usize, pointers: &mut Vec<*const f32>) {
        let (shape, stride) = (self.input.shape(), self.input.stride());
        let data = self.input.data();
        // Pairs are rounded a vector at a time.
        let values = if kernel.pairs.is_some() { kernel.inputs.next_multiple_of(LANES) } else { kernel.inputs };
        assert!(kernel.outside.as_slice().len() >= values);
        pointers.clear();
        pointers.resize(capacity * kernel.taps.len(), kernel.outside.as_slice().as_ptr());
        for (tap, pointers) in kernel.taps.iter().zip(pointers.chunks_mut(capacity)) {
            for run in runs {
                let y = (run.gy * kernel.step[0]).wrapping_add_signed(tap.dy);
                if y >= self.heights[0] {
                    continue;
                }
                let row = self.input.row(run.picture * self.heights[0] + y);
                let first = (run.gx * kernel.step[1]).wrapping_add_signed(tap.dx);
                let mut last = 0;
                for (i, pointer) in pointers[run.first..][..run.len].iter_mut().enumerate() {
                    let x = first.wrapping_add(i * kernel.step[1]);
                    if x < shape.width {
                        last = x;
                        *pointer = data.as_ptr().wrapping_add(row + x * stride);
                    }
                }
                assert!(row + last * stride + values <= data.len(), "the taps reach rows outside the buffer");
            }
        }
    }

    /// Finds where each pixel of the chunk is stored, what is added to it, and its bits.
    fn point_at_output(
        &self,
        kernel: &DenseKernel,
        runs: &[Run],
        out: &mut [f32],
        record: *mut u16,
        pixels: &mut Vec<PixelOut>,
    ) {
        let Placement { step, y0, x0 } = kernel.placement;
        let (len, out) = (out.len(), out.as_mut_ptr());
        pixels.clear();
        let band = self.rows.start * self.shape.width;
        for run in runs {
            let row = run.picture * self.heights[1] + run.gy * step[0] + y0;
            let first = row * self.shape.width + run.gx * step[1] + x0;
            let last = (first + (run.len - 1) * step[1]).checked_sub(band);
            let fits = last.is_some_and(|last| last * self.stride + kernel.vectors * LANES <= len);
            assert!(fits && first >= band, "the results reach rows outside the buffer");
            pixels.extend((0..run.len).map(|i| {
                let whole = first + i * step[1];
                self.finish.pixel(whole, whole - band, out, self.stride, record)
            }));
        }
    }

    /// Copies computed pixels of few channels to the output.
    fn place_narrow(&self, kernel: &DenseKernel, channels: usize, runs: &[Run], results: &[f32], out: &mut [f32]) {
        let Placement { step, y0, x0 } = kernel.placement;
        let row = |run: &Run| run.picture * self.heights[1] + run.gy * step[0] + y0;
        let places = runs.iter().flat_map(|run| (0..run.len).map(move |i| (row(run), (run.gx + i) * step[1] + x0)));
        for ((y, x), result) in places.zip(results.chunks(kernel.vectors * LANES)) {
            let at = ((y - self.rows.start) * self.shape.width + x) * self.stride;
            for (to, &value) in out[at..at + channels].iter_mut().zip(result) {
                *to = if self.finish.accumulates() { *to + value } else { value };
            }
        }
    }
}

/// Lets pixels of few channels be computed into memory of the thread, a row of vectors for each.
fn point_at_results(kernel: &DenseKernel, count: usize, results: &mut Buffer, pixels: &mut Vec<PixelOut>) {
    let len = kernel.vectors * LANES;
    results.fit(count * len);
    pixels.clear();
    pixels.extend(results.as_mut_slice().chunks_mut(len).take(count).map(|result| PixelOut {
        to: result.as_mut_ptr(),
        add: std::ptr::null(),
        bits: std::ptr::null_mut(),
    }));
}
