//! The gradient of a convolution's weights and bias.
//!
//! The gradient of a weight is a sum over pixels: the output's gradient times the input that the weight met there. A
//! tile sums up a few input channels of one tap by a few vectors of output channels in registers. Bands of rows that fit
//! the cache come one after the other, and within a band every job (a tap and a block of input channels) adds to sums of
//! its own. So the order of additions follows from the shapes alone, on any number of threads. The bias is one more
//! input, which is one everywhere.
//!
//! A depthwise convolution has few operations per value: all taps of a few vectors of channels come one after the other, on
//! bands that fit the first-level cache.

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
/// Input channels whose sums are unpacked at a time.
const UNPACKED: usize = 64;
/// Vectors of channels of a depthwise convolution that go through all taps, and the values of their bands: 32 KB.
const LANEWISE_VECTORS: usize = 4;
const LANEWISE_BAND_VALUES: usize = 1 << 13;

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

    /// Adds the gradient for `input` and the gradient of the output, both of `pictures` pictures one below the other.
    pub fn add(&self, isa: Isa, pictures: usize, input: Map<'_>, gradient: Map<'_>, sums: &mut [f32]) {
        let expected = [self.input, self.output].map(|shape| shape.stack(pictures));
        assert_eq!([input.shape(), gradient.shape()], expected, "maps of another size");
        let padded = padded(gradient);
        let gradient = padded.as_ref().map_or(gradient, |(buffer, stride)| {
            let shape = Shape { channels: *stride, ..gradient.shape() };
            Map::new(buffer.as_slice(), shape, *stride)
        });
        let (weights, bias) = sums.split_at_mut(self.taps.len() * self.tap_len());
        let bands_of = |strides: [usize; 2], values: usize| {
            let a_row = self.output.width * strides[1] + self.step[0] * self.input.width * strides[0];
            bands(pictures, self.output.height, (values / a_row).max(1)).collect::<Vec<_>>()
        };
        let mut jobs = self.bias_job(bias);
        if self.is_depthwise() {
            let bands = bands_of([LANEWISE_VECTORS * LANES; 2], LANEWISE_BAND_VALUES);
            self.lanewise_jobs(input, weights).par_iter_mut().for_each(|jobs| {
                bands.iter().for_each(|band| jobs.iter_mut().for_each(|job| job.run(isa, gradient, band)));
            });
        } else {
            jobs.extend(self.outer_jobs(input, weights));
        }
        for band in bands_of([input.stride(), gradient.stride()], BAND_VALUES) {
            jobs.par_iter_mut().for_each(|job| job.run(isa, gradient, &band));
        }
    }

    /// The sums of the weights in the order outputs, inputs of one group, taps, and those of the bias.
    pub fn unpack(&self, sums: &[f32]) -> Vec<Vec<f32>> {
        let (group_inputs, outputs, taps) = (self.group_inputs(), self.output.channels, self.taps.len());
        let (tap_len, row, a_filter) = (self.tap_len(), self.row(), group_inputs * taps);
        let first_sum = |output: usize| {
            let group = output / (outputs / self.groups);
            let lane = output - self.group_vectors(group).start * LANES;
            if self.is_depthwise() { output } else { group * group_inputs * row + lane }
        };
        let mut weight = vec![0.0; outputs * a_filter];
        // Blocks of both channels, so that what is read stays in the first-level cache.
        weight.par_chunks_mut(LANES * a_filter).enumerate().for_each(|(block, weights)| {
            let mut filters: Vec<(usize, &mut [f32])> =
                weights.chunks_mut(a_filter).enumerate().map(|(i, to)| (first_sum(block * LANES + i), to)).collect();
            for input in (0..group_inputs).step_by(UNPACKED) {
                let end = (input + UNPACKED).min(group_inputs);
                for (first, filter) in &mut filters {
                    for tap in 0..taps {
                        let from = sums[*first + tap * tap_len + input * row..].iter().step_by(row);
                        let to = filter[input * taps + tap..end * taps].iter_mut().step_by(taps);
                        to.zip(from).for_each(|(to, sum)| *to = *sum);
                    }
                }
            }
        });
        let bias = &sums[self.taps.len() * tap_len..];
        [Some(weight), self.bias.then(|| bias[..outputs].to_vec())].into_iter().flatten().collect()
    }

    /// For a depthwise convolution: the jobs of all taps, a few vectors of channels at a time.
    fn lanewise_jobs<'a>(&self, input: Map<'a>, weights: &'a mut [f32]) -> Vec<Vec<Job<'a>>> {
        let all = self.output.vectors();
        let mut jobs: Vec<Vec<Job<'_>>> = (0..all).step_by(LANEWISE_VECTORS).map(|_| Vec::new()).collect();
        for (&tap, sums) in self.taps.iter().zip(weights.chunks_mut(self.tap_len())) {
            for (i, sums) in sums.chunks_mut(LANEWISE_VECTORS * LANES).enumerate() {
                let vectors = i * LANEWISE_VECTORS..((i + 1) * LANEWISE_VECTORS).min(all);
                jobs[i].push(self.job(tap, input, vectors.start * LANES, vectors, Work::Lanewise, sums));
            }
        }
        jobs
    }

    /// For other convolutions: a job for each tap and block of input channels.
    fn outer_jobs<'a>(&self, input: Map<'a>, mut weights: &'a mut [f32]) -> Vec<Job<'a>> {
        let mut jobs = Vec::new();
        for &tap in &self.taps {
            for group in 0..self.groups {
                let (first, end) = (group * self.group_inputs(), (group + 1) * self.group_inputs());
                for channel in (first..end).step_by(BLOCK) {
                    let channels = BLOCK.min(end - channel);
                    let sums = weights.split_off_mut(..channels * self.row()).expect("sums of every input");
                    let work = Work::Outer { channels };
                    jobs.push(self.job(tap, input, channel, self.group_vectors(group), work, sums));
                }
            }
        }
        jobs
    }

    /// The job of the bias, if there is one.
    fn bias_job<'a>(&self, sums: &'a mut [f32]) -> Vec<Job<'a>> {
        let (height, columns, vectors) = (self.output.height, 0..self.output.width, 0..self.output.vectors());
        let (rows, work) = (0..height, Work::Outer { channels: 1 });
        let job = Job { from: &[1.0], origin: 0, steps: [0; 3], height, rows, columns, vectors, work, sums };
        self.bias.then_some(job).into_iter().collect()
    }

    /// The job of one tap from input channel `channel` on.
    fn job<'a>(
        &self,
        tap: Tap,
        input: Map<'a>,
        channel: usize,
        vectors: Range<usize>,
        work: Work,
        sums: &'a mut [f32],
    ) -> Job<'a> {
        let a_row = self.input.width * input.stride();
        Job {
            from: &input.data()[channel..],
            origin: tap.dy * a_row as isize + tap.dx * input.stride() as isize,
            steps: [self.input.height * a_row, self.step[0] * a_row, self.step[1] * input.stride()],
            height: self.output.height,
            rows: windows_inside(tap.dy, self.step[0], self.input.height, self.output.height),
            columns: windows_inside(tap.dx, self.step[1], self.input.width, self.output.width),
            vectors,
            work,
            sums,
        }
    }
}

/// Some windows of every one of some pictures: as many rows as stay in the cache.
struct Band {
    pictures: Range<usize>,
    rows: Range<usize>,
}

/// All windows of `pictures` maps of `height` rows, in bands of about `rows` rows.
fn bands(pictures: usize, height: usize, rows: usize) -> impl Iterator<Item = Band> {
    let (at_once, rows) = ((rows / height).max(1), rows.min(height));
    (0..pictures).step_by(at_once).flat_map(move |first| {
        let pictures = first..(first + at_once).min(pictures);
        (0..height)
            .step_by(rows)
            .map(move |row| Band { pictures: pictures.clone(), rows: row..(row + rows).min(height) })
    })
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
    /// Values from one picture to the next, from one row of windows to the next, and from one window to the next.
    steps: [usize; 3],
    /// Rows of windows of a picture.
    height: usize,
    /// The windows whose tap lies inside the input.
    rows: Range<usize>,
    columns: Range<usize>,
    /// Vectors of output channels.
    vectors: Range<usize>,
    work: Work,
    sums: &'a mut [f32],
}

impl Job<'_> {
    /// Adds what the windows of `band` give.
    fn run(&mut self, isa: Isa, gradient: Map<'_>, band: &Band) {
        let rows = band.rows.start.max(self.rows.start)..band.rows.end.min(self.rows.end);
        let (pictures, columns) = (&band.pictures, &self.columns);
        if pictures.is_empty() || rows.is_empty() || columns.is_empty() {
            return;
        }
        let (stride, [a_picture, a_row, a_window]) = (gradient.stride(), self.steps);
        let row_len = gradient.shape().width * stride;
        let picture_len = self.height * row_len;
        let at = |picture: usize, y: usize, x: usize| {
            self.origin + (picture * a_picture + y * a_row + x * a_window) as isize
        };
        let vectors = self.vectors.len();
        let (reads, sums) = match self.work {
            Work::Outer { channels } => (channels, channels * vectors * LANES),
            Work::Lanewise => (vectors * LANES, vectors * LANES),
        };
        let first = at(pictures.start, rows.start, columns.start);
        let last = at(pictures.end - 1, rows.end - 1, columns.end - 1) + reads as isize;
        assert!(first >= 0 && last <= self.from.len() as isize, "the tap is inside");
        let gradient_at = |picture: usize, y: usize, x: usize| picture * picture_len + y * row_len + x * stride;
        let last = gradient_at(pictures.end - 1, rows.end - 1, columns.end - 1) + self.vectors.end * LANES;
        assert!(last <= gradient.data().len() && sums <= self.sums.len(), "the gradient holds its vectors");
        let gradient = &gradient.data()[gradient_at(pictures.start, rows.start, columns.start)..];
        let pixels = Pixels {
            from: self.from[first as usize..].as_ptr(),
            from_steps: self.steps,
            gradient: gradient[self.vectors.start * LANES..].as_ptr(),
            gradient_steps: [picture_len, row_len, stride],
            pictures: pictures.len(),
            rows: rows.len(),
            columns: columns.len(),
        };
        let row = match self.work {
            Work::Outer { channels } => self.sums.len() / channels,
            Work::Lanewise => 0,
        };
        let tiles = Tiles { pixels, work: self.work, vectors, row, sums: self.sums.as_mut_ptr() };
        isa.run(tiles);
    }
}

/// The pixels of some rows: pointers at the first of them, and values to the next picture, row and pixel.
struct Pixels {
    from: *const f32,
    from_steps: [usize; 3],
    gradient: *const f32,
    gradient_steps: [usize; 3],
    pictures: usize,
    rows: usize,
    columns: usize,
}

impl Pixels {
    /// Pointers at the first pixel of a row, `from` and the gradient.
    #[inline(always)]
    fn row(&self, picture: usize, y: usize) -> (*const f32, *const f32) {
        let at = |steps: [usize; 3]| picture * steps[0] + y * steps[1];
        (self.from.wrapping_add(at(self.from_steps)), self.gradient.wrapping_add(at(self.gradient_steps)))
    }
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
        for picture in 0..pixels.pictures {
            for y in 0..pixels.rows {
                let (from, gradient) = pixels.row(picture, y);
                let (mut from, mut gradient) = (from.add(channel), gradient.add(vector * LANES));
                for x in 0..pixels.columns {
                    if x > 0 {
                        from = from.add(pixels.from_steps[2]);
                        gradient = gradient.add(pixels.gradient_steps[2]);
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
        for picture in 0..pixels.pictures {
            for y in 0..pixels.rows {
                let (from, gradient) = pixels.row(picture, y);
                let (from, gradient) = (from.add(vector * LANES), gradient.add(vector * LANES));
                for x in 0..pixels.columns {
                    let (from, gradient) =
                        (from.add(x * pixels.from_steps[2]), gradient.add(x * pixels.gradient_steps[2]));
                    for (v, sum) in sums.iter_mut().enumerate() {
                        let (value, slope) = (lanes.load(from.add(v * LANES)), lanes.load(gradient.add(v * LANES)));
                        *sum = lanes.mul_add(value, slope, *sum);
                    }
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
