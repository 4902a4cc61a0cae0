//! Laplacian normalisation: scales the gradient's fine, middle and coarse detail to chosen strengths.
//!
//! From the 2015 TensorFlow DeepDream notebook. With k the 5x5 binomial filter, a level of the pyramid is
//! `lo = (k * g) at every other pixel`, `hi = g - up(lo)`, where `up` spreads `lo` out with zeros between and
//! filters with 4k. This is done four times, with `lo` in place of g; each `hi` and the last `lo` is divided by its
//! root mean square and weighted, and all levels are merged again. This version mirrors at the borders instead of padding
//! with zeros, in `up` too, so that the border is not stronger or weaker than the rest.
//!
//! `hi` is never stored. With the factor `a` of a level (its weight by its rms) the merged gradient is
//! `a0 * (g - up(lo1)) + up(a1 * (lo1 - up(lo2)) + up(...))`, which is `a0 * g + up(d1)`,
//! `dk = (ak - ak-1) * lok + up(dk+1)`: once all factors are known, each level is overwritten in a single pass.

use super::row;
use crate::picture::plane::{CHANNELS, floats, reflect, rows_per_band};
use rayon::prelude::*;

/// Bands of detail, not counting the coarse residual.
pub(super) const LEVELS: usize = 4;

/// Smallest divisor of a level.
const LEAST_RMS: f64 = 1e-10;

/// Smallest divisor of a level relative to the strongest level: below it there is only rounding noise.
const LEAST_PART: f64 = 1e-5;

/// The pyramid of one size of picture, without its finest level, which is the gradient itself.
pub(super) struct Pyramid {
    size: (usize, usize),
    /// `lo` of each level: size and pixels.
    lower: Vec<((usize, usize), Vec<f32>)>,
    scratch: Vec<Scratch>,
    sums: Vec<f64>,
}

/// A row of a level between two filters, and a row of the level above that, for one band.
#[derive(Clone)]
struct Scratch {
    padded: Vec<f32>,
    doubled: Vec<f32>,
}

impl Pyramid {
    pub(super) fn new(width: usize, height: usize) -> Self {
        let mut lower = Vec::new();
        let (mut w, mut h) = (width, height);
        while lower.len() < LEVELS && w.max(h) >= 3 {
            (w, h) = (w.div_ceil(2), h.div_ceil(2));
            lower.push(((w, h), vec![0.0; floats(w, h)]));
        }
        let scratch =
            Scratch { padded: vec![0.0; (width + 4) * CHANNELS + 6], doubled: vec![0.0; (width + 1) * CHANNELS + 2] };
        let bands = height.div_ceil(rows_per_band(height));
        Self { size: (width, height), lower, scratch: vec![scratch; bands], sums: vec![0.0; height] }
    }

    /// Builds the pyramid of `gradient` and measures it: the factor of each level from fine to coarse, the coarse
    /// residual last. `None` if there is a NaN or an infinity in the gradient.
    pub(super) fn measure(&mut self, gradient: &[f32], weights: &[f32; LEVELS + 1]) -> Option<Factors> {
        let levels = self.lower.len();
        let mut rms = [0.0; LEVELS + 1];
        for (level, rms) in rms.iter_mut().enumerate().take(levels) {
            let (finer, coarser) = self.lower.split_at_mut(level);
            let (size, plane) = finer.last().map_or((self.size, gradient), |(size, lo)| (*size, &lo[..]));
            let (lower_size, lower) = &mut coarser[0];
            halve(plane, size, lower, *lower_size, &mut self.scratch);
            let sum = sum_of_squared_detail(plane, size, lower, &mut self.scratch, &mut self.sums);
            *rms = (sum / plane.len() as f64).sqrt();
            if !sum.is_finite() {
                return None;
            }
        }
        let rest = self.lower.last().map_or(gradient, |(_, lo)| lo);
        rms[levels] = (row::sum_squares(rest) / rest.len() as f64).sqrt();
        let strongest = rms.iter().fold(0.0, |a: f64, b| a.max(*b));
        let least = LEAST_RMS.max(LEAST_PART * strongest);
        let mut factors = [0.0; LEVELS + 1];
        for level in 0..=levels {
            let weight = if level == levels { weights[LEVELS] } else { weights[level] };
            factors[level] = (f64::from(weight) / rms[level].max(least)) as f32;
        }
        rms[levels].is_finite().then_some(factors)
    }

    /// Overwrites `gradient` with the sum of all levels, each times its factor; `finish` is called on each
    /// finished row, and what it returns is left in `sums`, one a row.
    pub(super) fn merge(
        &mut self,
        gradient: &mut [f32],
        factors: &Factors,
        sums: &mut [f64],
        finish: impl Fn(&mut [f32]) -> f64 + Sync,
    ) {
        let levels = self.lower.len();
        for level in (1..=levels).rev() {
            let factor = factors[level] - factors[level - 1];
            let (finer, coarser) = self.lower.split_at_mut(level);
            let (size, plane) = &mut finer[level - 1];
            add_doubled(plane, *size, factor, coarser.first(), &mut self.scratch, &mut self.sums, |_| 0.0);
        }
        let coarser = self.lower.first();
        add_doubled(gradient, self.size, factors[0], coarser, &mut self.scratch, sums, finish);
    }
}

/// What each level is multiplied by; see [`Pyramid::measure`].
pub(super) type Factors = [f32; LEVELS + 1];

type Level = ((usize, usize), Vec<f32>);

/// `lower = (k * plane)` at every other pixel and row.
fn halve(
    plane: &[f32],
    (width, height): (usize, usize),
    lower: &mut [f32],
    (lower_width, lower_height): (usize, usize),
    scratch: &mut [Scratch],
) {
    let (len, lower_len) = (width * CHANNELS, lower_width * CHANNELS);
    let band = rows_per_band(lower_height);
    let bands = lower.par_chunks_mut(band * lower_len).zip(scratch);
    bands.enumerate().for_each(|(index, (rows, scratch))| {
        for (y, out) in rows.chunks_exact_mut(lower_len).enumerate() {
            let middle = 2 * (index * band + y) as isize;
            let near: [&[f32]; 5] =
                std::array::from_fn(|tap| &plane[reflect(middle + tap as isize - 2, height) * len..][..len]);
            row::binomial_down(near, &mut scratch.padded[2 * CHANNELS..][..len]);
            mirror_ends(&mut scratch.padded, width, 2);
            row::binomial_halve(&scratch.padded, out);
        }
    });
}

/// The sum of squares of `plane - up(lower)`.
fn sum_of_squared_detail(
    plane: &[f32],
    (width, height): (usize, usize),
    lower: &[f32],
    scratch: &mut [Scratch],
    sums: &mut [f64],
) -> f64 {
    let len = width * CHANNELS;
    let band = rows_per_band(height);
    let bands = plane.par_chunks(band * len).zip(sums.par_chunks_mut(band)).zip(scratch);
    bands.enumerate().for_each(|(index, ((rows, sums), scratch))| {
        for (y, (row, sum)) in rows.chunks_exact(len).zip(sums).enumerate() {
            double_row(lower, (width, height), index * band + y, scratch);
            *sum = row::sum_squared_differences(row, &scratch.doubled[..len]);
        }
    });
    sums[..height].iter().sum()
}

/// `plane = factor * plane + up(coarser)`, then `finish` on each row.
fn add_doubled(
    plane: &mut [f32],
    (width, height): (usize, usize),
    factor: f32,
    coarser: Option<&Level>,
    scratch: &mut [Scratch],
    sums: &mut [f64],
    finish: impl Fn(&mut [f32]) -> f64 + Sync,
) {
    let len = width * CHANNELS;
    let band = rows_per_band(height);
    let bands = plane.par_chunks_mut(band * len).zip(sums.par_chunks_mut(band)).zip(scratch);
    bands.enumerate().for_each(|(index, ((rows, sums), scratch))| {
        for (y, (row, sum)) in rows.chunks_exact_mut(len).zip(sums).enumerate() {
            match coarser {
                Some((_, lower)) => {
                    double_row(lower, (width, height), index * band + y, scratch);
                    row::scale_and_add(row, factor, &scratch.doubled[..len]);
                }
                None => row::scale(row, factor),
            }
            *sum = finish(row);
        }
    });
}

/// Row `y` of `up(lower)`, which is `width` by `height` pixels, into `scratch.doubled`.
fn double_row(lower: &[f32], (width, height): (usize, usize), y: usize, scratch: &mut Scratch) {
    let pixels = width.div_ceil(2);
    let len = pixels * CHANNELS;
    let row = |y: usize| &lower[y * len..][..len];
    let (before, here, after) = (beside(y / 2, -1, height), y / 2, beside(y / 2, 1, height));
    let padded = &mut scratch.padded;
    let inner = &mut padded[CHANNELS..][..len];
    if y.is_multiple_of(2) {
        row::double_on([row(before), row(here), row(after)], inner);
    } else {
        row::double_between([row(here), row(after)], inner);
    }
    let (left, right) = (beside(0, -1, width), beside(pixels - 1, 1, width));
    padded.copy_within((left + 1) * CHANNELS..(left + 2) * CHANNELS, 0);
    padded.copy_within((right + 1) * CHANNELS..(right + 2) * CHANNELS, len + CHANNELS);
    row::double_along(padded, pixels, &mut scratch.doubled);
}

/// Reflects sample `index` of the lower level at the border of the level above, which is `len` long: samples are at its
/// even positions.
fn beside(index: usize, step: isize, len: usize) -> usize {
    let place = 2 * (index as isize + step);
    reflect(place, len) / 2
}

/// Fills `pixels` pixels at either end of a padded row of `width` pixels with their mirror images.
pub(super) fn mirror_ends(padded: &mut [f32], width: usize, pixels: usize) {
    let at = |x: isize| (x + pixels as isize) as usize * CHANNELS;
    for away in 1..=pixels as isize {
        for x in [-away, width as isize - 1 + away] {
            let seen = at(reflect(x, width) as isize);
            padded.copy_within(seen..seen + CHANNELS, at(x));
        }
    }
}
