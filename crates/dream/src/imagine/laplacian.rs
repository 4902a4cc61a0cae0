//! A plane as a pyramid: the sum of planes of half, a quarter, an eighth... of the size, each one enlarged.
//!
//! lucid's `laplacian_pyramid_image` (`optvis/param/spatial.py`): coarse levels move whole regions at once.

use super::basis::{Basis, START};
use super::draw::normal;
use crate::random::Random;

/// Shorter side of the smallest level in pixels; gives lucid's four levels at 224 pixels.
const COARSEST: usize = 28;

/// Parameters are the values of all levels, the finest, of full size, first.
#[derive(Clone)]
pub(super) struct Pyramid {
    width: usize,
    levels: Vec<Level>,
}

#[derive(Clone)]
struct Level {
    size: (usize, usize),
    across: Vec<Tap>,
    down: Vec<Tap>,
    /// A buffer for one row of the plane.
    row: Vec<f32>,
}

/// The two neighbours of an interpolated value, and the share of the second.
#[derive(Clone, Copy)]
struct Tap {
    first: usize,
    second: usize,
    share: f32,
}

impl Pyramid {
    pub(super) fn new(size: (usize, usize), seamless: bool) -> Self {
        let mut sizes = vec![size];
        let half = |(width, height): (usize, usize)| (width.div_ceil(2), height.div_ceil(2));
        sizes.extend(
            std::iter::successors(Some(half(size)), |&level| Some(half(level)))
                .take_while(|&(w, h)| w.min(h) >= COARSEST),
        );
        let level = |level: (usize, usize)| Level {
            size: level,
            across: taps(level.0, size.0, seamless),
            down: taps(level.1, size.1, seamless),
            row: vec![0.0; level.0],
        };
        Self { width: size.0, levels: sizes.into_iter().map(level).collect() }
    }

    fn parameters(&self) -> usize {
        self.levels.iter().map(|level| level.size.0 * level.size.1).sum()
    }
}

impl Basis for Pyramid {
    fn start(&self, random: &mut Random) -> Vec<f32> {
        (0..self.parameters()).map(|_| normal(random, START)).collect()
    }

    fn plane(&mut self, mut parameters: &[f32], plane: &mut [f32]) {
        plane.fill(0.0);
        for Level { size: (width, height), across, down, row } in &mut self.levels {
            let (level, rest) = parameters.split_at(*width * *height);
            parameters = rest;
            for (to, tap) in plane.chunks_exact_mut(self.width).zip(down) {
                let (first, second) = (&level[tap.first * *width..], &level[tap.second * *width..]);
                for ((value, a), b) in row.iter_mut().zip(first).zip(second) {
                    *value = a + tap.share * (b - a);
                }
                for (value, tap) in to.iter_mut().zip(&*across) {
                    *value += row[tap.first] + tap.share * (row[tap.second] - row[tap.first]);
                }
            }
        }
    }

    fn gradient(&mut self, _: &[f32], plane: &mut [f32], gradient: &mut [f32]) {
        gradient.fill(0.0);
        let mut gradient = gradient;
        for Level { size: (width, height), across, down, row } in &mut self.levels {
            let (level, rest) = gradient.split_at_mut(*width * *height);
            gradient = rest;
            for (from, tap) in plane.chunks_exact(self.width).zip(down) {
                row.fill(0.0);
                for (value, tap) in from.iter().zip(&*across) {
                    row[tap.first] += (1.0 - tap.share) * value;
                    row[tap.second] += tap.share * value;
                }
                for (to, share) in [(tap.first, 1.0 - tap.share), (tap.second, tap.share)] {
                    let to = level[to * *width..].iter_mut();
                    to.zip(&*row).for_each(|(to, value)| *to += share * value);
                }
            }
        }
    }
}

/// Linear interpolation of a side of `from` values to `to` values, pixel centres at halves. Beyond the ends the
/// last value repeats, or the plane wraps around.
fn taps(from: usize, to: usize, around: bool) -> Vec<Tap> {
    let inside = |index: isize| match around {
        true => index.rem_euclid(from as isize) as usize,
        false => index.clamp(0, from as isize - 1) as usize,
    };
    let tap = |i: usize| {
        let at = (i as f64 + 0.5) * from as f64 / to as f64 - 0.5;
        let first = at.floor() as isize;
        Tap { first: inside(first), second: inside(first + 1), share: (at - at.floor()) as f32 }
    };
    (0..to).map(tap).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::fft::tests::{assert_adjoint, noise};
    use super::*;

    #[test]
    fn levels_halve_while_they_are_large_enough() {
        let sizes = |size| Pyramid::new(size, false).levels.iter().map(|level| level.size).collect::<Vec<_>>();
        assert_eq!(sizes((224, 300)), [(224, 300), (112, 150), (56, 75), (28, 38)]);
        assert_eq!(sizes((16, 16)), [(16, 16)]);
    }

    #[test]
    fn enlarging_is_linear_and_may_wrap_around() {
        let shares = |around| {
            let tap = |tap: Tap| (tap.first, tap.second, tap.share);
            taps(2, 4, around).into_iter().map(tap).collect::<Vec<_>>()
        };
        assert_eq!(shares(false), [(0, 0, 0.75), (0, 1, 0.25), (0, 1, 0.75), (1, 1, 0.25)]);
        assert_eq!(shares(true), [(1, 0, 0.75), (0, 1, 0.25), (0, 1, 0.75), (1, 0, 0.25)]);
    }

    #[test]
    fn a_plane_is_the_sum_of_its_levels() {
        let mut pyramid = Pyramid::new((61, 57), false);
        let sides: Vec<usize> = pyramid.levels.iter().map(|level| level.size.0 * level.size.1).collect();
        assert_eq!(sides.len(), 2);
        let parameters = [vec![0.5; sides[0]], vec![0.25; sides[1]]].concat();
        let mut plane = vec![9.0; 61 * 57];
        pyramid.plane(&parameters, &mut plane);
        assert!(plane.iter().all(|v| (v - 0.75).abs() < 1e-6));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20))]

        #[test]
        fn the_gradient_is_the_adjoint(width in 1..130usize, height in 1..130usize, seamless: bool) {
            let mut pyramid = Pyramid::new((width, height), seamless);
            let (parameters, slope) = (noise(1, pyramid.parameters()), noise(2, width * height));
            let (mut plane, mut gradient) = (vec![0.0; slope.len()], vec![0.0; parameters.len()]);
            pyramid.plane(&parameters, &mut plane);
            pyramid.gradient(&parameters, &mut slope.clone(), &mut gradient);
            assert_adjoint((&plane, &slope), (&parameters, &gradient));
        }
    }
}
