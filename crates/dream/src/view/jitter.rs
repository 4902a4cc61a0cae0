//! Jitter: the picture is rolled by a few pixels before each gradient, and the step is taken on it unrolled.
//!
//! A network sees its own pooling grid in every picture; a slightly different offset at each step
//! keeps that grid out of the dream (google/deepdream, 2015). Nothing is lost at the borders: pixels pushed out on one side
//! come in on the other.

use crate::picture::plane::{CHANNELS, floats, rows_per_band};
use multiversion::multiversion;
use rayon::prelude::*;

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

/// Rolls a picture as [`roll`] does, and returns the part `[left, top, width, height]`, in pixels.
///
/// # Panics
/// As [`roll`], or when the part is not inside.
pub(crate) fn roll_part(src: &[f32], size: (usize, usize), offset: (isize, isize), part: [usize; 4], dst: &mut [f32]) {
    let [left, top, width, height] = part;
    assert_eq!(src.len(), floats(size.0, size.1), "source of a roll");
    assert_eq!(dst.len(), floats(width, height), "destination of a roll");
    assert!(left + width <= size.0 && top + height <= size.1, "the part is inside of the picture");
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

/// One step of the ascent: `picture = clamp(picture + size_of_step * unrolled gradient, 0, 1)`, in place. A value that is
/// nearer than `headroom` to the bound that it moves to takes a shorter step, in proportion to the distance.
///
/// `picture` is `[height][width][3]` in 0..1; `gradient` has the same shape and belongs to the picture rolled by
/// `offset`: it is unrolled on the way. It must have no NaN;
/// [`Normalizer::apply`](crate::normalize::Normalizer::apply) removes them.
///
/// # Panics
/// When a slice has another length than `size` says, or a side is zero.
pub fn step(
    picture: &mut [f32],
    gradient: &[f32],
    size: (usize, usize),
    offset: (isize, isize),
    size_of_step: f32,
    headroom: f32,
) {
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
            climb(stays, &from[right..], size_of_step, headroom);
            climb(wraps, &from[..right], size_of_step, headroom);
        }
    });
}

#[multiversion(targets("x86_64+avx512f", "x86_64+avx2"))]
fn climb(picture: &mut [f32], gradient: &[f32], size_of_step: f32, headroom: f32) {
    for (p, g) in picture.iter_mut().zip(gradient) {
        *p = (*p + within_headroom(*p, size_of_step * g, headroom)).clamp(0.0, 1.0);
    }
}

/// The change of a value in 0..1, shortened in proportion to the distance from the bound if that is below `headroom`.
#[inline]
pub(crate) fn within_headroom(value: f32, change: f32, headroom: f32) -> f32 {
    let distance = if change > 0.0 { 1.0 - value } else { value };
    // Without headroom this is infinite, or at a bound NaN, which `min` ignores.
    change * (distance / headroom).min(1.0)
}

/// Wraps an offset into `0..len`.
fn wrap(offset: isize, len: usize) -> usize {
    offset.rem_euclid(len as isize) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;
    use proptest::prelude::*;

    fn noise(seed: u64, len: usize) -> Vec<f32> {
        let mut random = Random::new(seed);
        (0..len).map(|_| random.below(1 << 24) as f32 / (1 << 24) as f32).collect()
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
            step(&mut picture, &gradient, (w, h), (dx, dy), 0.5, 0.0);
            for ((after, before), g) in picture.iter().zip(&before).zip(&unrolled) {
                prop_assert_eq!(*after, (before + 0.5 * g).clamp(0.0, 1.0));
            }
        }
    }
}
