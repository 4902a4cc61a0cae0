//! Jitter: the picture is rolled by a few pixels before each gradient, and the step is taken on it unrolled.
//!
//! A network sees its own pooling grid in every picture; looking from a slightly different place each time
//! keeps that grid out of the dream (google/deepdream, 2015). Nothing is lost at the borders: what is pushed out
//! on one side comes in on the other.

use crate::picture::plane::{CHANNELS, floats, rows_per_band};
use multiversion::multiversion;
use rayon::prelude::*;

/// Random numbers that are the same for the same seed on every machine and in every version of this program.
///
/// SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014), in the form of
/// Sebastiano Vigna's public-domain `splitmix64.c`. Recipes depend on this stream: it must never change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Random {
    state: u64,
}

impl Random {
    /// Starts the stream of `seed`; every seed is as good as any other, zero too.
    pub fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    /// From where the stream goes on: the seed of what is left of it.
    pub fn state(&self) -> u64 {
        self.state
    }

    /// The next 64 random bits; good as the seed of another stream.
    pub fn bits(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = self.state;
        let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number in `0..bound`, zero when `bound` is zero. Always takes one draw from the stream.
    pub fn below(&mut self, bound: u64) -> u64 {
        ((u128::from(self.bits()) * u128::from(bound)) >> 64) as u64
    }

    /// An offset `(dx, dy)` in whole pixels, each evenly from `-reach..=reach`; `dx` is drawn first.
    pub fn offset(&mut self, reach: u32) -> (isize, isize) {
        let mut along = || self.below(2 * u64::from(reach) + 1) as isize - reach as isize;
        (along(), along())
    }
}

/// Rolls a picture: the pixel at `(x, y)` of `src` goes to `(x + dx, y + dy)` of `dst`, around the borders.
///
/// `src` and `dst` are `[height][width][3]`, of any scale; `size` is `(width, height)`, `offset` is `(dx, dy)` in
/// pixels and may be negative or larger than the picture. Rolling by `(-dx, -dy)` undoes it.
///
/// # Panics
/// When a slice has another length than `size` says, or a side is zero.
pub fn roll(src: &[f32], dst: &mut [f32], size: (usize, usize), offset: (isize, isize)) {
    roll_part(src, size, offset, [0, 0, size.0, size.1], dst);
}

/// The part `[left, top, width, height]`, in pixels, of what [`roll`] makes of a picture.
///
/// # Panics
/// As [`roll`], or when the part is not inside.
pub(crate) fn roll_part(src: &[f32], size: (usize, usize), offset: (isize, isize), part: [usize; 4], dst: &mut [f32]) {
    let [left, top, width, height] = part;
    assert_eq!(src.len(), floats(size.0, size.1), "source of a roll");
    assert_eq!(dst.len(), floats(width, height), "destination of a roll");
    assert!(left + width <= size.0 && top + height <= size.1, "the part lies inside");
    let row = width * CHANNELS;
    let begin = wrap(left as isize - offset.0, size.0);
    let stays = width.min(size.0 - begin) * CHANNELS;
    let down = wrap(top as isize - offset.1, size.1);
    let band = rows_per_band(height);
    dst.par_chunks_mut(band * row).enumerate().for_each(|(index, rows)| {
        for (y, to) in rows.chunks_exact_mut(row).enumerate() {
            let from = &src[(index * band + y + down) % size.1 * size.0 * CHANNELS..][..size.0 * CHANNELS];
            let (first, wrapped) = to.split_at_mut(stays);
            first.copy_from_slice(&from[begin * CHANNELS..][..first.len()]);
            wrapped.copy_from_slice(&from[..wrapped.len()]);
        }
    });
}

/// One step of the ascent: `picture = clamp(picture + size_of_step * unrolled gradient, 0, 1)`, in place.
///
/// `picture` is `[height][width][3]` in 0..1; `gradient` has the same shape and belongs to the picture as
/// [`roll`] made it with the same `offset`: it is unrolled on the way. It must hold no NaN, which
/// [`Normalizer::apply`](crate::normalize::Normalizer::apply) sees to.
///
/// # Panics
/// When a slice has another length than `size` says, or a side is zero.
pub fn step(picture: &mut [f32], gradient: &[f32], size: (usize, usize), offset: (isize, isize), size_of_step: f32) {
    let (width, height) = size;
    assert_eq!(picture.len(), floats(width, height), "picture of a step");
    assert_eq!(gradient.len(), picture.len(), "gradient of a step");
    let row = width * CHANNELS;
    let right = wrap(offset.0, width) * CHANNELS;
    let down = wrap(offset.1, height);
    let band = rows_per_band(height);
    picture.par_chunks_mut(band * row).enumerate().for_each(|(index, rows)| {
        for (y, to) in rows.chunks_exact_mut(row).enumerate() {
            let from = &gradient[(index * band + y + down) % height * row..][..row];
            let (stays, wraps) = to.split_at_mut(row - right);
            climb(stays, &from[right..], size_of_step);
            climb(wraps, &from[..right], size_of_step);
        }
    });
}

#[multiversion(targets("x86_64+avx512f", "x86_64+avx2"))]
fn climb(picture: &mut [f32], gradient: &[f32], size_of_step: f32) {
    for (p, g) in picture.iter_mut().zip(gradient) {
        *p = (*p + size_of_step * g).clamp(0.0, 1.0);
    }
}

/// An offset brought into `0..len`.
fn wrap(offset: isize, len: usize) -> usize {
    offset.rem_euclid(len as isize) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn noise(seed: u64, len: usize) -> Vec<f32> {
        let mut random = Random::new(seed);
        (0..len).map(|_| random.below(1 << 24) as f32 / (1 << 24) as f32).collect()
    }

    #[test]
    fn the_stream_is_the_published_one() {
        let mut random = Random::new(1_234_567);
        let drawn = [random.bits(), random.bits(), random.bits()];
        assert_eq!(drawn, [6457827717110365317, 3203168211198807973, 9817491932198370423]);
    }

    #[test]
    fn offsets_reach_both_ends_and_no_further() {
        let mut random = Random::new(7);
        let drawn: Vec<isize> = (0..2000).flat_map(|_| <[isize; 2]>::from(random.offset(3))).collect();
        assert_eq!((drawn.iter().min(), drawn.iter().max()), (Some(&-3), Some(&3)));
        let middle = drawn.iter().filter(|d| **d == 0).count();
        assert!((450..700).contains(&middle), "0 came {middle} times of 4000, about 571 expected");
        assert_eq!(random.offset(0), (0, 0));
    }

    #[test]
    fn a_pixel_pushed_out_on_the_right_comes_in_on_the_left_of_the_row_below() {
        let src: Vec<f32> = (0..12).map(|i| i as f32).collect();
        let mut dst = vec![0.0; 12];
        roll(&src, &mut dst, (2, 2), (1, 1));
        assert_eq!(dst, [9., 10., 11., 6., 7., 8., 3., 4., 5., 0., 1., 2.]);
    }

    proptest! {
        #[test]
        fn rolling_back_gives_the_same_picture(
            w in 1..20usize, h in 1..20usize, dx in -50..50isize, dy in -50..50isize,
        ) {
            let src = noise(1, w * h * 3);
            let (mut there, mut back) = (vec![0.0; src.len()], vec![0.0; src.len()]);
            roll(&src, &mut there, (w, h), (dx, dy));
            roll(&there, &mut back, (w, h), (-dx, -dy));
            prop_assert_eq!(&back, &src);
        }

        #[test]
        fn a_step_unrolls_the_gradient_and_stays_in_the_gamut(
            w in 1..20usize, h in 1..20usize, dx in -50..50isize, dy in -50..50isize,
        ) {
            let before = noise(2, w * h * 3);
            let gradient: Vec<f32> = noise(3, w * h * 3).iter().map(|g| g * 4.0 - 2.0).collect();
            let mut unrolled = vec![0.0; gradient.len()];
            roll(&gradient, &mut unrolled, (w, h), (-dx, -dy));
            let mut picture = before.clone();
            step(&mut picture, &gradient, (w, h), (dx, dy), 0.5);
            for ((after, before), g) in picture.iter().zip(&before).zip(&unrolled) {
                prop_assert_eq!(*after, (before + 0.5 * g).clamp(0.0, 1.0));
            }
        }
    }
}
