//! A pointwise, a depthwise and a pointwise convolution run as one, in bands of rows.
//!
//! The two maps between them are the largest of a network with inverted residuals (MobileNetV2, EfficientNet).
//! Each thread stores only a window of their rows, which fits its caches: the rows
//! that the depthwise kernel needs for a few rows of output. The window is a ring, so rows that are needed again
//! stay. At the borders between bands a halo is computed twice. The values are exactly those
//! of the three convolutions one after the other. The gradient is the same chain with the backward kernels.
//!
//! It is faster if the maps between are much larger than the caches: `docs/performance.md`.

use std::cell::Cell;
use std::ops::Range;

use rayon::prelude::*;

use super::dense::{self, DenseKernel};
use super::depthwise::{self, DepthwiseKernel};
use super::finish::{Add, Finish, Then};
use super::rows::{InputRows, OutputBand};
use crate::kernel::Isa;
use crate::map::{Buffer, Map, MapMut};
use crate::shape::Shape;

/// Bands per thread: fewer than for other kernels, since every border between bands costs a halo.
const BANDS_A_THREAD: usize = 2;
/// The maximum number of values of both windows together, if they have more than the fewest possible rows: half of a
/// second-level cache.
const WINDOW_VALUES: usize = 128 * 1024;

/// The kernels of the three convolutions, in the order in which they run.
#[derive(Clone, Copy)]
pub(crate) struct Chain<'a> {
    pub first: &'a [DenseKernel],
    pub middle: &'a [DepthwiseKernel],
    pub last: &'a [DenseKernel],
}

/// A map between two convolutions: its shape, and what is done with its values.
pub(crate) struct Between<'a> {
    pub shape: Shape,
    pub then: Then<'a>,
}

/// Runs `chain` over `input` into `out`.
pub(crate) fn run(
    isa: Isa,
    chain: Chain<'_>,
    input: Map<'_>,
    between: [Between<'_>; 2],
    mut out: MapMut<'_>,
    add: Add<'_>,
    then: Then<'_>,
) {
    let (shape, stride) = (out.shape(), out.stride());
    let [expanded, filtered] = between;
    // Bits of a halo are not written: they belong to the band before.
    let plain = match &expanded.then {
        Then::Clamp(max, _) => Finish::new(Add::Nothing, Then::Clamp(*max, None), expanded.shape).0,
        Then::Mask(bits) => Finish::new(Add::Nothing, Then::Mask(*bits), expanded.shape).0,
        Then::Store => Finish::new(Add::Nothing, Then::Store, expanded.shape).0,
    };
    let (first_finish, mut first_record) = Finish::new(Add::Nothing, expanded.then, expanded.shape);
    let (middle_finish, mut middle_record) = Finish::new(Add::Nothing, filtered.then, filtered.shape);
    let (last_finish, last_record) = Finish::new(add, then, shape);
    assert!(last_record.is_none(), "the last convolution clamps nothing");
    let job = Job {
        isa,
        chain,
        input: input.into(),
        shapes: [expanded.shape, filtered.shape, shape],
        stride,
        finishes: [first_finish, middle_finish, last_finish],
        plain,
    };

    let unit = depthwise::row_unit(chain.middle);
    let count = rayon::current_num_threads() * BANDS_A_THREAD;
    let band = shape.height.div_ceil(count).next_multiple_of(unit);
    let mut bands = Vec::with_capacity(count);
    let mut begun = 0;
    for (i, out) in out.data_mut().chunks_mut(band * shape.width * stride).enumerate() {
        let rows = i * band..((i + 1) * band).min(shape.height);
        let end = depthwise::input_rows(chain.middle, &rows, expanded.shape.height).end.max(begun);
        let first_record = take_rows(&mut first_record, end - begun);
        let middle_record = take_rows(&mut middle_record, rows.len());
        bands.push(Band { rows, out, recorded_from: begun, first_record, middle_record });
        begun = end;
    }
    bands.into_par_iter().for_each(|band| job.run(band));
}

/// Takes the words of the next `rows` rows; returns them with the words of a row.
fn take_rows<'a>(record: &mut Option<(&'a mut [u16], usize)>, rows: usize) -> Option<(&'a mut [u16], usize)> {
    let (words, a_row) = record.take()?;
    let (taken, rest) = words.split_at_mut((rows * a_row).min(words.len()));
    *record = Some((rest, a_row));
    Some((taken, a_row))
}

/// The data that all bands share.
struct Job<'a> {
    isa: Isa,
    chain: Chain<'a>,
    input: InputRows<'a>,
    /// Of the outputs of the three convolutions.
    shapes: [Shape; 3],
    /// Of the last output.
    stride: usize,
    finishes: [Finish<'a>; 3],
    /// The first finish without writing bits.
    plain: Finish<'a>,
}

/// Rows of the last output, and the rows of bits that only this band writes.
struct Band<'a> {
    rows: Range<usize>,
    out: &'a mut [f32],
    /// The first row of the first map whose bits belong to this band.
    recorded_from: usize,
    first_record: Option<(&'a mut [u16], usize)>,
    middle_record: Option<(&'a mut [u16], usize)>,
}

thread_local! {
    /// The windows of the two maps between, kept from band to band.
    static WINDOWS: Cell<[Buffer; 2]> = Cell::default();
}

impl Job<'_> {
    fn run(&self, mut band: Band<'_>) {
        let [first, middle, last] = self.shapes;
        let step = self.window_rows(band.rows.len());
        let end = band.rows.end;
        let steps = band.rows.clone().step_by(step).map(|row| row..(row + step).min(end));
        let needed = |rows: &Range<usize>| depthwise::input_rows(self.chain.middle, rows, first.height);
        let mut windows = WINDOWS.take();
        let ring = steps.clone().map(|rows| needed(&rows).len()).max().unwrap_or(0);
        windows[0].fit(ring * row_len(first));
        windows[1].fit(step.min(band.rows.len()) * row_len(middle));
        let [expanded, filtered] = &mut windows;
        let (expanded, filtered) = (expanded.as_mut_slice(), filtered.as_mut_slice());

        let mut done = 0;
        for rows in steps {
            let need = needed(&rows);
            self.expand(need.start.max(done)..need.end, ring, expanded, &mut band);
            done = need.end;

            let middle_record = band.middle_record.as_mut().map(|(words, a_row)| {
                &mut words[(rows.start - band.rows.start) * *a_row..(rows.end - band.rows.start) * *a_row]
            });
            let window = InputRows::ring(&expanded[..ring * row_len(first)], first, ring);
            let out = OutputBand {
                shape: middle,
                rows: rows.clone(),
                stride: middle.stride(),
                out: &mut filtered[..rows.len() * row_len(middle)],
                finish: self.finishes[1],
                record: middle_record,
            };
            depthwise::run_band(self.isa, self.chain.middle, window, out);

            let window = InputRows::window(&filtered[..rows.len() * row_len(middle)], middle, rows.start);
            let from = (rows.start - band.rows.start) * last.width * self.stride;
            let to = (from + rows.len() * last.width * self.stride).min(band.out.len());
            let out = OutputBand {
                shape: last,
                rows,
                stride: self.stride,
                out: &mut band.out[from..to],
                finish: self.finishes[2],
                record: None,
            };
            dense::run_band(self.isa, self.chain.last, window, out);
        }
        WINDOWS.set(windows);
    }

    /// Computes the rows `new` of the first map into a ring of `ring` rows.
    fn expand(&self, new: Range<usize>, ring: usize, window: &mut [f32], band: &mut Band<'_>) {
        let shape = self.shapes[0];
        let recorded_from = if band.first_record.is_some() { band.recorded_from } else { new.end };
        let mut row = new.start;
        while row < new.end {
            // Up to the ring's end, and either rows whose bits belong to the band before or this band's.
            let recorded = row >= recorded_from;
            let border = if recorded { new.end } else { recorded_from.min(new.end) };
            let rows = row..border.min(row - row % ring + ring);
            let record = band.first_record.as_mut().filter(|_| recorded).map(|(words, a_row)| {
                &mut words[(rows.start - band.recorded_from) * *a_row..(rows.end - band.recorded_from) * *a_row]
            });
            row = rows.end;
            let out = OutputBand {
                shape,
                stride: shape.stride(),
                out: &mut window[rows.start % ring * row_len(shape)..][..rows.len() * row_len(shape)],
                finish: if recorded { self.finishes[0] } else { self.plain },
                record,
                rows,
            };
            dense::run_band(self.isa, self.chain.first, self.input, out);
        }
    }

    /// Returns the output rows at a time: whole steps of the depthwise kernel, as many as leave the windows in the
    /// cache.
    fn window_rows(&self, band: usize) -> usize {
        let [first, middle, _] = self.shapes;
        let unit = depthwise::row_unit(self.chain.middle);
        let values = |rows: usize| {
            let inner = depthwise::input_rows(self.chain.middle, &(0..rows), first.height).len();
            inner * row_len(first) + rows * row_len(middle)
        };
        let mut rows = unit;
        while rows < band && values(rows + unit) <= WINDOW_VALUES {
            rows += unit;
        }
        rows
    }
}

fn row_len(shape: Shape) -> usize {
    shape.width * shape.stride()
}
