//! The gradient of a convolution's weights and bias.
//!
//! The gradient of a weight is a sum over pixels: the output's gradient times the input that the weight met there. A
//! tile sums up a few input channels of one tap by a few vectors of output channels in registers. Bands of rows that fit
//! the cache come one after the other, and within a band every job (a tap and a block of input channels) adds to sums of
//! its own. So the order of additions follows from the shapes alone, on any number of threads. The bias is one more
//! input, which is one everywhere.

use std::ops::Range;

use rayon::prelude::*;

use super::dense::Tap;
use super::lanes::{Kernel, Lanes};
use crate::kernel::Isa;
use crate::map::{Buffer, Map};
use crate::shape::{LANES, Shape};

/// Input channels of a job.
const BLOCK: usize = 12;
/// Values of a band's input and gradient: 256 KB stay in the cache for all jobs.
const BAND_VALUES: usize = 1 << 16;

/// A convolution whose weights get a gradient.
#[derive(Clone, Debug)]
pub(crate) struct WeightGradient {
    pub input: Shape,
    pub output: Shape,
    pub groups: usize,
    /// Where each tap lies in the input, from the place of the window.
    pub taps: Vec<Tap>,
    /// Input pixels from one window to the next.
    pub step: [usize; 2],
    /// Whether there is a bias.
    pub bias: bool,
}

impl WeightGradient {
    /// Whether every output channel sees only the input channel of the same number, a vector of them at a time.
    fn is_depthwise(&self) -> bool {
        let Shape { channels, .. } = self.input;
        self.groups == channels && self.output.channels == channels && self.input.stride().is_multiple_of(LANES)
    }

    /// Input channels of one group.
    fn group_inputs(&self) -> usize {
        self.input.channels / self.groups
    }

    /// The vectors of output channels that a group reaches into.
    fn group_vectors(&self, group: usize) -> Range<usize> {
        let outputs = self.output.channels / self.groups;
        group * outputs / LANES..((group + 1) * outputs).div_ceil(LANES)
    }

    /// Values of one input channel's sums for one tap.
    fn row(&self) -> usize {
        let vectors = (0..self.groups).map(|group| self.group_vectors(group).len()).max();
        LANES * vectors.unwrap_or(0)
    }

    /// Values of one tap's sums.
    fn tap_len(&self) -> usize {
        if self.is_depthwise() { self.output.vectors() * LANES } else { self.input.channels * self.row() }
    }

    /// How many sums there are, padding included: those of the taps, then those of the bias.
    pub fn sums(&self) -> usize {
        self.taps.len() * self.tap_len() + if self.bias { self.output.vectors() * LANES } else { 0 }
    }

    /// Adds the gradient for `input` and the gradient of the output.
    pub fn add(&self, isa: Isa, input: Map<'_>, gradient: Map<'_>, sums: &mut [f32]) {
        assert_eq!((input.shape(), gradient.shape()), (self.input, self.output), "maps of another size");
        let padded = padded(gradient);
        let gradient = padded.as_ref().map_or(gradient, |(buffer, stride)| {
            let shape = Shape { channels: *stride, ..self.output };
            Map::new(buffer.as_slice(), shape, *stride)
        });
        let mut jobs = self.jobs(input, sums);
        let a_row = self.output.width * gradient.stride() + self.step[0] * self.input.width * input.stride();
        let band = (BAND_VALUES / a_row).max(1);
        for first in (0..self.output.height).step_by(band) {
            let rows = first..(first + band).min(self.output.height);
            jobs.par_iter_mut().for_each(|job| job.run(isa, gradient, rows.clone()));
        }
    }

    /// The sums of the weights in the order outputs, inputs of one group, taps, and those of the bias.
    pub fn unpack(&self, sums: &[f32]) -> Vec<Vec<f32>> {
        let (group_inputs, outputs) = (self.group_inputs(), self.output.channels);
        let (tap_len, row) = (self.tap_len(), self.row());
        let (taps, a_group) = (self.taps.len(), outputs / self.groups);
        let mut weight = vec![0.0; outputs * group_inputs * taps];
        weight.par_chunks_mut(group_inputs * taps).enumerate().for_each(|(output, weight)| {
            let group = output / a_group;
            let lane = output - self.group_vectors(group).start * LANES;
            for (input, weight) in (group * group_inputs..).zip(weight.chunks_mut(taps)) {
                let at = if self.is_depthwise() { output } else { input * row + lane };
                weight.iter_mut().enumerate().for_each(|(tap, weight)| *weight = sums[tap * tap_len + at]);
            }
        });
        let bias = &sums[self.taps.len() * tap_len..];
        [Some(weight), self.bias.then(|| bias[..outputs].to_vec())].into_iter().flatten().collect()
    }

    fn jobs<'a>(&self, input: Map<'a>, sums: &'a mut [f32]) -> Vec<Job<'a>> {
        let (mut weights, bias) = sums.split_at_mut(self.taps.len() * self.tap_len());
        let mut jobs = Vec::new();
        for &tap in &self.taps {
            if self.is_depthwise() {
                let sums = weights.split_off_mut(..self.tap_len()).expect("sums of every tap");
                let vectors = 0..self.output.vectors();
                jobs.push(Job { work: Work::Lanewise, ..self.job(tap, input, 0, vectors, sums) });
                continue;
            }
            for group in 0..self.groups {
                let (first, end) = (group * self.group_inputs(), (group + 1) * self.group_inputs());
                for channel in (first..end).step_by(BLOCK) {
                    let channels = BLOCK.min(end - channel);
                    let sums = weights.split_off_mut(..channels * self.row()).expect("sums of every input");
                    let job = self.job(tap, input, channel, self.group_vectors(group), sums);
                    jobs.push(Job { work: Work::Outer { channels }, ..job });
                }
            }
        }
        if self.bias {
            let columns = 0..self.output.width;
            let vectors = 0..self.output.vectors();
            let (rows, work) = (0..self.output.height, Work::Outer { channels: 1 });
            jobs.push(Job { from: &[1.0], origin: 0, steps: [0; 2], rows, columns, vectors, work, sums: bias });
        }
        jobs
    }

    /// The job of one tap from input channel `channel` on.
    fn job<'a>(&self, tap: Tap, input: Map<'a>, channel: usize, vectors: Range<usize>, sums: &'a mut [f32]) -> Job<'a> {
        let a_row = self.input.width * input.stride();
        Job {
            from: &input.data()[channel..],
            origin: tap.dy * a_row as isize + tap.dx * input.stride() as isize,
            steps: [self.step[0] * a_row, self.step[1] * input.stride()],
            rows: windows_inside(tap.dy, self.step[0], self.input.height, self.output.height),
            columns: windows_inside(tap.dx, self.step[1], self.input.width, self.output.width),
            vectors,
            work: Work::Lanewise,
            sums,
        }
    }
}

/// A gradient whose pixels are padded to vectors, if `map` has pixels that are not.
fn padded(map: Map<'_>) -> Option<(Buffer, usize)> {
    let shape = map.shape();
    let stride = shape.vectors() * LANES;
    (map.stride() < stride).then(|| {
        let mut buffer = Buffer::zeroed(shape.pixels() * stride);
        let rows = buffer.as_mut_slice().chunks_mut(shape.width * stride);
        for (y, row) in rows.take(shape.height).enumerate() {
            for (to, from) in row.chunks_mut(stride).zip(map.row(y)) {
                to[..from.len()].copy_from_slice(from);
            }
        }
        (buffer, stride)
    })
}

/// The windows along an axis whose tap at `offset` lies inside the input.
fn windows_inside(offset: isize, step: usize, input: usize, windows: usize) -> Range<usize> {
    let start = (-offset).max(0).unsigned_abs().div_ceil(step);
    let end = (input as isize - offset).max(0).unsigned_abs().div_ceil(step).min(windows);
    start.min(end)..end
}

/// What a job multiplies with a vector of the gradient.
#[derive(Clone, Copy)]
enum Work {
    /// Each of some input channels.
    Outer { channels: usize },
    /// The same vector of the input.
    Lanewise,
}

/// A tap, some input channels, and their sums.
struct Job<'a> {
    from: &'a [f32],
    /// Where window (0, 0) meets `from`.
    origin: isize,
    /// Values from one row of windows to the next, and from one window to the next.
    steps: [usize; 2],
    /// The windows whose tap lies inside the input.
    rows: Range<usize>,
    columns: Range<usize>,
    /// Vectors of output channels.
    vectors: Range<usize>,
    work: Work,
    sums: &'a mut [f32],
}

impl Job<'_> {
    /// Adds what the windows of `rows` give.
    fn run(&mut self, isa: Isa, gradient: Map<'_>, rows: Range<usize>) {
        let rows = rows.start.max(self.rows.start)..rows.end.min(self.rows.end);
        if rows.is_empty() || self.columns.is_empty() {
            return;
        }
        let (width, stride) = (gradient.shape().width, gradient.stride());
        let at = |y: usize, x: usize| self.origin + (y * self.steps[0] + x * self.steps[1]) as isize;
        let vectors = self.vectors.len();
        let (reads, sums) = match self.work {
            Work::Outer { channels } => (channels, channels * vectors * LANES),
            Work::Lanewise => (vectors * LANES, vectors * LANES),
        };
        let last = at(rows.end - 1, self.columns.end - 1) + reads as isize;
        assert!(at(rows.start, self.columns.start) >= 0 && last <= self.from.len() as isize, "the tap is inside");
        let last = ((rows.end - 1) * width + self.columns.end - 1) * stride + self.vectors.end * LANES;
        assert!(last <= gradient.data().len() && sums <= self.sums.len(), "the gradient holds its vectors");
        let pixels = Pixels {
            from: self.from[at(rows.start, self.columns.start) as usize..].as_ptr(),
            from_steps: self.steps,
            gradient: gradient.data()[(rows.start * width + self.columns.start) * stride..]
                [self.vectors.start * LANES..]
                .as_ptr(),
            gradient_steps: [width * stride, stride],
            rows: rows.len(),
            columns: self.columns.len(),
        };
        let row = match self.work {
            Work::Outer { channels } => self.sums.len() / channels,
            Work::Lanewise => 0,
        };
        let tiles = Tiles { pixels, work: self.work, vectors, row, sums: self.sums.as_mut_ptr() };
        isa.run(tiles);
    }
}

/// The pixels of some rows: pointers at the first of them, and values to the next row and to the next pixel.
struct Pixels {
    from: *const f32,
    from_steps: [usize; 2],
    gradient: *const f32,
    gradient_steps: [usize; 2],
    rows: usize,
    columns: usize,
}

/// A job in pointers.
struct Tiles {
    pixels: Pixels,
    work: Work,
    vectors: usize,
    /// Values from the sums of one input channel to those of the next.
    row: usize,
    sums: *mut f32,
}

impl Kernel for Tiles {
    /// Cuts the vectors into as many as a tile of this register file has.
    #[inline(always)]
    fn run<L: Lanes>(self, lanes: L) {
        let mut vector = 0;
        while vector < self.vectors {
            let left = self.vectors - vector;
            // SAFETY: `Job::run` has checked that every pointer stays inside its slice.
            vector += unsafe {
                if left >= 4 && L::REGISTERS >= 32 {
                    channels::<L, 4>(lanes, &self, vector)
                } else if left >= 2 && L::REGISTERS >= 32 {
                    channels::<L, 2>(lanes, &self, vector)
                } else {
                    channels::<L, 1>(lanes, &self, vector)
                }
            };
        }
    }
}

/// All input channels by `V` vectors from `vector` on.
#[inline(always)]
unsafe fn channels<L: Lanes, const V: usize>(lanes: L, tiles: &Tiles, vector: usize) -> usize {
    // SAFETY: guaranteed by the caller.
    unsafe {
        let Work::Outer { channels } = tiles.work else {
            lanewise::<L, V>(lanes, tiles, vector);
            return V;
        };
        let mut channel = 0;
        while channel < channels {
            let left = channels - channel;
            channel += if left >= 6 && L::REGISTERS >= 8 {
                outer::<L, V, 6>(lanes, tiles, vector, channel)
            } else if left >= 3 && L::REGISTERS >= 8 {
                outer::<L, V, 3>(lanes, tiles, vector, channel)
            } else if left >= 2 {
                outer::<L, V, 2>(lanes, tiles, vector, channel)
            } else {
                outer::<L, V, 1>(lanes, tiles, vector, channel)
            };
        }
    }
    V
}

/// Adds `I` input channels by `V` vectors of output channels, summed over all pixels.
#[inline(always)]
unsafe fn outer<L: Lanes, const V: usize, const I: usize>(
    lanes: L,
    tiles: &Tiles,
    vector: usize,
    channel: usize,
) -> usize {
    let pixels = &tiles.pixels;
    // SAFETY: as promised by the caller.
    unsafe {
        let mut sums = [[lanes.splat(0.0); V]; I];
        for y in 0..pixels.rows {
            let mut from = pixels.from.add(y * pixels.from_steps[0] + channel);
            let mut gradient = pixels.gradient.add(y * pixels.gradient_steps[0] + vector * LANES);
            for x in 0..pixels.columns {
                if x > 0 {
                    from = from.add(pixels.from_steps[1]);
                    gradient = gradient.add(pixels.gradient_steps[1]);
                }
                let vectors: [L::Vector; V] = std::array::from_fn(|v| lanes.load(gradient.add(v * LANES)));
                for (i, sums) in sums.iter_mut().enumerate() {
                    let value = lanes.splat(*from.add(i));
                    for (sum, vector) in sums.iter_mut().zip(vectors) {
                        *sum = lanes.mul_add(value, vector, *sum);
                    }
                }
            }
        }
        for (i, sums) in sums.into_iter().enumerate() {
            add_to::<L, V>(lanes, tiles.sums.add((channel + i) * tiles.row + vector * LANES), sums);
        }
    }
    I
}

/// Adds `V` vectors of channels, each times the input's channel of the same number, summed over all pixels.
#[inline(always)]
unsafe fn lanewise<L: Lanes, const V: usize>(lanes: L, tiles: &Tiles, vector: usize) {
    let pixels = &tiles.pixels;
    // SAFETY: as promised by the caller.
    unsafe {
        let mut sums = [lanes.splat(0.0); V];
        for y in 0..pixels.rows {
            let from = pixels.from.add(y * pixels.from_steps[0] + vector * LANES);
            let gradient = pixels.gradient.add(y * pixels.gradient_steps[0] + vector * LANES);
            for x in 0..pixels.columns {
                let (from, gradient) = (from.add(x * pixels.from_steps[1]), gradient.add(x * pixels.gradient_steps[1]));
                for (v, sum) in sums.iter_mut().enumerate() {
                    *sum = lanes.mul_add(lanes.load(from.add(v * LANES)), lanes.load(gradient.add(v * LANES)), *sum);
                }
            }
        }
        add_to::<L, V>(lanes, tiles.sums.add(vector * LANES), sums);
    }
}

#[inline(always)]
unsafe fn add_to<L: Lanes, const V: usize>(lanes: L, to: *mut f32, sums: [L::Vector; V]) {
    for (v, sum) in sums.into_iter().enumerate() {
        // SAFETY: as promised by the caller.
        unsafe {
            let to = to.add(v * LANES);
            lanes.store(to, lanes.add(lanes.load(to), sum));
        }
    }
}
