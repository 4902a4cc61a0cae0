//! The convolution of a picture.
//!
//! Rows of the picture are copied with their padding, a few at a time into a ring. Then a run of taps is one tap with
//! more channels for the dense kernel: 3 taps instead of 9 and 7 instead of 49, with fewer pointers. The gain is in
//! `docs/performance.md`. Sums are added in the order of the dense kernel over all taps, so the bytes are the same.

use std::cell::Cell;
use std::ops::Range;

use super::Runs;
use crate::bands::{band_rows, for_each_band};
use crate::kernel::Isa;
use crate::kernel::dense::{self, DenseKernel, DenseSpec, Placement, Tap};
use crate::kernel::finish::{Add, Finish, Then};
use crate::kernel::rows::{InputRows, OutputBand};
use crate::map::{Buffer, Map, MapMut};

/// Windows that are computed at once, so that most tiles of pixels are full.
const WINDOWS: usize = 256;

/// A convolution's weights, with runs as taps.
#[derive(Debug)]
pub(crate) struct PictureConvolution {
    runs: Runs,
    product: DenseKernel,
    /// The padding of the picture, a value for each channel.
    outside: Vec<f32>,
}

impl PictureConvolution {
    /// Packs a convolution to `outputs` channels; `weight(output, channel, row, column)` is zero where a dilated
    /// kernel skips a column.
    pub fn pack(
        runs: Runs,
        outputs: usize,
        bias: Option<&[f32]>,
        outside: Option<&[f32]>,
        weight: impl Fn(usize, usize, usize, usize) -> f32,
    ) -> Self {
        let outside = outside.map_or_else(|| vec![0.0; runs.channels], <[f32]>::to_vec);
        let spec = DenseSpec {
            inputs: runs.len(),
            outputs,
            groups: 1,
            taps: runs.rows.iter().map(|&dy| Tap { dy, dx: 0 }).collect(),
            step: runs.step,
            placement: Placement::WHOLE,
            bias,
            outside: Some(&outside.repeat(runs.columns)),
            narrow: outputs <= super::MAX_CHANNELS,
        };
        let product = DenseKernel::pack(spec, |output, input, row| {
            weight(output, input % runs.channels, row, input / runs.channels)
        });
        Self { runs, product, outside }
    }

    /// Convolves `input` into `out`.
    pub fn run(&self, isa: Isa, input: Map<'_>, mut out: MapMut<'_>, add: Add<'_>, then: Then<'_>) {
        let (shape, stride) = (out.shape(), out.stride());
        let (finish, record) = Finish::new(add, then, shape);
        let (row_len, record_len) = (shape.width * stride, record.as_ref().map_or(0, |(_, len)| *len));
        let at_once = (WINDOWS / shape.width).max(1);
        let band = band_rows(shape.height, 1);
        for_each_band(out.data_mut(), row_len, record, band, |first_row, out, mut record| {
            let mut rows = PaddedRows::take(at_once);
            for (i, out) in out.chunks_mut(at_once * row_len).enumerate() {
                let first = first_row + i * at_once;
                let record = record.as_mut().map(|record| &mut record[i * at_once * record_len..]);
                let rows_of_out = first..first + out.len() / row_len;
                self.run_rows(
                    isa,
                    input,
                    &mut rows,
                    OutputBand { shape, rows: rows_of_out, stride, out, finish, record },
                );
            }
        });
    }

    /// Convolves `input` into a few rows, at most as many as `rows` was made for. Calls follow each other from top to
    /// bottom.
    pub fn run_rows(&self, isa: Isa, input: Map<'_>, rows: &mut PaddedRows, band: OutputBand<'_, '_>) {
        let width = (band.shape.width - 1) * self.runs.step[1] + self.runs.columns;
        let held = rows.hold(self, input, width, &band.rows);
        let input = InputRows::ring(rows.values(), input.shape(), held).of_runs(width, self.runs.len());
        dense::run_band(isa, std::slice::from_ref(&self.product), input, band);
    }
}

/// Rows of a picture with their padding, in memory of the thread.
pub(crate) struct PaddedRows {
    scratch: Buffer,
    /// Rows of windows at once.
    at_once: usize,
    /// Rows of the picture before this one were copied.
    done: usize,
}

thread_local! {
    static SCRATCH: Cell<Buffer> = Cell::default();
}

impl PaddedRows {
    /// An empty ring for `at_once` rows of windows at a time.
    pub fn take(at_once: usize) -> Self {
        Self { scratch: SCRATCH.take(), at_once, done: 0 }
    }

    fn values(&self) -> &[f32] {
        self.scratch.as_slice()
    }

    /// Copies the rows that the `windows` see and that were not copied before; returns the length of the ring in rows.
    fn hold(&mut self, kernel: &PictureConvolution, input: Map<'_>, width: usize, windows: &Range<usize>) -> usize {
        let Runs { channels, before, step, .. } = kernel.runs;
        assert!(windows.len() <= self.at_once && input.stride() == channels, "pictures are stored without padding");
        let (first, reach) = kernel.runs.reach();
        let held = (self.at_once - 1) * step[0] + reach;
        let row_len = width * channels;
        self.scratch.fit(held * row_len);
        let clip = |y: isize| y.clamp(0, input.shape().height as isize) as usize;
        let seen = clip((windows.start * step[0]) as isize + first)
            ..clip(((windows.end - 1) * step[0]) as isize + first + reach as isize);
        let copied = input.shape().width.min(width.saturating_sub(before));
        for y in seen.start.max(self.done)..seen.end {
            let row = &mut self.scratch.as_mut_slice()[y % held * row_len..][..row_len];
            let (left, right) = (before.min(width) * channels, (before.min(width) + copied) * channels);
            row[left..right].copy_from_slice(&input.data()[y * input.shape().width * channels..][..right - left]);
            let around = |values: &mut [f32]| {
                values.chunks_mut(channels).for_each(|pixel| pixel.copy_from_slice(&kernel.outside));
            };
            around(&mut row[..left]);
            around(&mut row[right..]);
        }
        self.done = self.done.max(seen.end);
        held
    }
}

impl Drop for PaddedRows {
    fn drop(&mut self) {
        SCRATCH.set(std::mem::take(&mut self.scratch));
    }
}
