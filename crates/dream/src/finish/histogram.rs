//! Histogram matching: gives a dream the histogram of its photo.
//!
//! Along one axis, matching is exact: each quantile of the dream becomes the same quantile of the photo. Matching three
//! axes once each does not match the joint distribution of colours; matching along further axes in turn
//! approaches it (Pitié, Kokaram and Dahyot, 2005).

use super::pixels::{Pixel, each_pixel};
use crate::picture::plane::CHANNELS;
use rayon::prelude::*;

/// Bins per axis; the centre of every sixteenth bin is an 8-bit value.
const BINS: usize = 255 * 16 + 1;

/// Pixels counted together.
const RUN: usize = 1 << 17;

/// The axes of each round. Red, green and blue come last: their values stay within the photo's range, so that
/// nothing is clipped.
const ROUNDS: [&Axes; 4] = [&OPPONENT, &RGB, &OPPONENT, &RGB];

/// Matches the colour distribution of `dream` to that of `photo`.
pub(super) fn match_to(photo: &[Pixel], dream: &mut [Pixel]) {
    for axes in ROUNDS {
        let (wanted, now) = (Counts::of(photo, axes), Counts::of(dream, axes));
        let curves: [Curve; CHANNELS] = std::array::from_fn(|c| Curve::new(&now.0[c], &wanted.0[c]));
        each_pixel(photo, dream, |_, dream| {
            let along = axes.along(dream);
            axes.back(std::array::from_fn(|c| curves[c].at(along[c])))
        });
    }
}

/// Three orthogonal axes, scaled so that colours in 0..1 project to 0..1.
struct Axes {
    /// Unit vectors.
    directions: [[f32; 3]; CHANNELS],
    /// The smallest value along each.
    low: [f32; CHANNELS],
    /// The largest minus the smallest.
    range: [f32; CHANNELS],
}

const RGB: Axes =
    Axes { directions: [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]], low: [0.0; 3], range: [1.0; 3] };

/// Lightness, red against green, and yellow against blue: nearly uncorrelated in pictures (Ruderman, Cronin and Chiao,
/// "Statistics of cone responses to natural images", 1998). Unit vectors: divided by the roots of 3, 2 and 6.
const OPPONENT: Axes = {
    const THREE: f32 = 0.577_350_26;
    const TWO: f32 = std::f32::consts::FRAC_1_SQRT_2;
    const SIX: f32 = 0.408_248_3;
    Axes {
        directions: [[THREE, THREE, THREE], [TWO, -TWO, 0.0], [SIX, SIX, -2.0 * SIX]],
        low: [0.0, -TWO, -2.0 * SIX],
        range: [3.0 * THREE, 2.0 * TWO, 4.0 * SIX],
    }
};

impl Axes {
    fn along(&self, pixel: Pixel) -> [f32; CHANNELS] {
        std::array::from_fn(|c| {
            let [x, y, z] = self.directions[c];
            (x * pixel[0] + y * pixel[1] + z * pixel[2] - self.low[c]) / self.range[c]
        })
    }

    fn back(&self, along: [f32; CHANNELS]) -> Pixel {
        let [x, y, z] = std::array::from_fn(|c| self.low[c] + self.range[c] * along[c]);
        let [a, b, c] = &self.directions;
        std::array::from_fn(|i| x * a[i] + y * b[i] + z * c[i])
    }
}

/// Pixels in each bin, along three axes.
struct Counts([Vec<u64>; CHANNELS]);

impl Counts {
    /// Counts pixels. The sum of integers does not depend on its order.
    fn of(pixels: &[Pixel], axes: &Axes) -> Self {
        let none = || Self(std::array::from_fn(|_| vec![0; BINS]));
        let count = |mut counts: Self, pixels: &[Pixel]| {
            for pixel in pixels {
                for (bins, along) in counts.0.iter_mut().zip(axes.along(*pixel)) {
                    bins[bin(along).0] += 1;
                }
            }
            counts
        };
        let add = |mut a: Self, b: Self| {
            a.0.iter_mut().flatten().zip(b.0.iter().flatten()).for_each(|(a, b)| *a += b);
            a
        };
        pixels.par_chunks(RUN).fold(none, count).reduce(none, add)
    }
}

/// The bin of a value of 0..1, and its position in the bin, 0..1.
fn bin(along: f32) -> (usize, f32) {
    let place = along.clamp(0.0, 1.0) * (BINS - 1) as f32 + 0.5;
    (place as usize, place.fract())
}

/// The transfer curve of one axis: the new lower end, centre and upper end of each bin, linear in between.
struct Curve(Vec<[f32; 3]>);

impl Curve {
    /// The curve that maps the histogram `now` to `wanted`. Both have the same sum.
    fn new(now: &[u64], wanted: &[u64]) -> Self {
        let sum = |sum: &mut u64, count: &u64| {
            *sum += count;
            Some(*sum)
        };
        let below: Vec<u64> = wanted.iter().scan(0, sum).collect();
        // Half pixels, so that the middle of a bin is a whole number too.
        let place = |bin: usize, rank: u64| {
            let count = wanted[bin];
            let into = (rank - 2 * (below[bin] - count)) as f32 / (2 * count) as f32;
            ((bin as f32 + into - 0.5) / (BINS - 1) as f32).clamp(0.0, 1.0)
        };
        let ends = now.iter().scan(0, sum).zip(now).map(|(end, &count)| {
            if count == 0 {
                return [0.0; 3];
            }
            let (from, to) = (2 * (end - count), 2 * end);
            let first_above = below.partition_point(|&below| 2 * below <= from);
            let reaching = |rank| below.partition_point(|&below| 2 * below < rank);
            let middle = from + count;
            [place(first_above, from), place(reaching(middle), middle), place(reaching(to), to)]
        });
        Self(ends.collect())
    }

    fn at(&self, along: f32) -> f32 {
        let (bin, into) = bin(along);
        let [low, middle, high] = self.0[bin];
        if into < 0.5 { low + 2.0 * into * (middle - low) } else { middle + (2.0 * into - 1.0) * (high - middle) }
    }
}
