//! Seamless pictures: they tile without a visible edge.
//!
//! For a seamless dream [`tile`] makes the photo seamless, and photo and detail are resized by [`wrap_resize`] from octave
//! to octave. Jitter rolls the picture around its borders in any case; if it may roll it by up to half a side, the
//! network's own border has no fixed place either.

use rayon::prelude::*;

use crate::picture::plane::{CHANNELS, floats, rows_per_band};
use crate::picture::resize::resize_part;
use crate::view::jitter::roll;

/// Part of a side over which the border is blended, at either end. If it were wider, a ghost of the middle would be visible.
const FADE: f64 = 0.125;

/// Makes a picture seamless: towards each border it is blended with itself rolled by half its size, first along rows, then
/// along columns. At the border the old middle meets itself.
///
/// `pixels` is `[height][width][3]` in 0..1, `size` is `(width, height)`. The middle three quarters of each
/// side stay the same; the result is the same bytes on any number of threads.
///
/// # Panics
/// When `pixels` has another length than `size` says, or a side is zero.
pub fn tile(pixels: &[f32], size: (usize, usize)) -> Vec<f32> {
    let (width, height) = size;
    let mut tiled = pixels.to_vec();
    let mut rolled = vec![0.0; floats(width, height)];
    roll(&tiled, &mut rolled, size, (width as isize / 2, 0));
    let weights = kept(width);
    fade(&mut tiled, &rolled, width, |x, _| weights[x]);
    roll(&tiled, &mut rolled, size, (0, height as isize / 2));
    let weights = kept(height);
    fade(&mut tiled, &rolled, width, |_, y| weights[y]);
    tiled
}

/// How much of the picture is kept at each place along a side: a smooth step from 0 at the border to 1.
fn kept(side: usize) -> Vec<f32> {
    let weight = |at: usize| {
        let from_border = at.min(side - 1 - at) as f64;
        let t = (from_border / (FADE * side as f64)).min(1.0);
        (t * t * (3.0 - 2.0 * t)) as f32
    };
    (0..side).map(weight).collect()
}

fn fade(picture: &mut [f32], other: &[f32], width: usize, kept: impl Fn(usize, usize) -> f32 + Sync) {
    let row = width * CHANNELS;
    picture.par_chunks_mut(row).zip(other.par_chunks(row)).enumerate().for_each(|(y, (picture, other))| {
        for (i, (value, other)) in picture.iter_mut().zip(other).enumerate() {
            let kept = kept(i / CHANNELS, y);
            *value = kept * *value + (1.0 - kept) * other;
        }
    });
}

/// Resizes a seamless picture or detail layer to a seamless one: as [`resize`](crate::picture::resize::resize), but the picture
/// continues beyond each border at the opposite one.
///
/// # Panics
/// When `src` has another length than `from` says, or a side is zero.
pub fn wrap_resize(src: &[f32], from: (usize, usize), to: (usize, usize)) -> Vec<f32> {
    if from == to {
        return src.to_vec();
    }
    let (width, height) = from;
    let (right, down) = (reach(width, to.0), reach(height, to.1));
    let padded = (width + 2 * right, height + 2 * down);
    let padding = wrap_pad(src, from, (right, down));
    resize_part(&padding, padded, [right, down, width, height], to)
}

/// Pixels of the source that the cubic reads beyond the border: two, or more when it is widened to shrink a side.
fn reach(from: usize, to: usize) -> usize {
    (2.0 * (from as f64 / to as f64).max(1.0)).ceil() as usize + 1
}

fn wrap_pad(src: &[f32], (width, height): (usize, usize), (right, down): (usize, usize)) -> Vec<f32> {
    assert_eq!(src.len(), floats(width, height), "a plane of {width}x{height} pixels");
    let (pixels, _) = src.as_chunks::<CHANNELS>();
    let columns = width + 2 * right;
    let mut padded = vec![0.0; columns * (height + 2 * down) * CHANNELS];
    let wrap = |at: usize, by: usize, side: usize| (at + by * (side - 1)) % side;
    let band = rows_per_band(height + 2 * down);
    padded.par_chunks_mut(columns * CHANNELS).with_min_len(band).enumerate().for_each(|(y, row)| {
        let from = &pixels[wrap(y, down, height) * width..][..width];
        for (x, pixel) in row.as_chunks_mut().0.iter_mut().enumerate() {
            *pixel = from[wrap(x, right, width)];
        }
    });
    padded
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::picture::resize::resize;
    use crate::random::Random;
    use proptest::prelude::*;

    /// How visible the seam is, across and down: the mean absolute step from the last
    /// column to the first, over the mean step between neighbouring columns inside; and the same of rows. About 1
    /// without a visible edge, larger with one, smaller for a border that is smoother than the rest; 0 if nothing changes
    /// inside.
    fn seam(pixels: &[f32], (width, height): (usize, usize)) -> (f64, f64) {
        let row = width * CHANNELS;
        let step = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| f64::from((a - b).abs())).sum::<f64>();
        let rows = || pixels.chunks_exact(row);
        let columns_inside = rows().map(|row| step(row, &row[CHANNELS..])).sum();
        let columns_across = rows().map(|row| step(&row[..CHANNELS], &row[row.len() - CHANNELS..])).sum();
        let rows_inside = step(pixels, &pixels[row..]);
        let rows_across = step(&pixels[..row], &pixels[pixels.len() - row..]);
        let share =
            |across: f64, inside: f64, steps: usize| if inside > 0.0 { across * steps as f64 / inside } else { 0.0 };
        (share(columns_across, columns_inside, width - 1), share(rows_across, rows_inside, height - 1))
    }

    fn noise(seed: u64, len: usize) -> Vec<f32> {
        let mut random = Random::new(seed);
        (0..len).map(|_| random.below(1 << 20) as f32 / (1 << 20) as f32).collect()
    }

    /// Grain on a slope: dark on the upper left and bright on the lower right.
    fn slope(width: usize, height: usize) -> Vec<f32> {
        let grain = noise(1, width * height * 3);
        let place = |i: usize| (i / 3 % width) as f32 / width as f32 + (i / 3 / width) as f32 / height as f32;
        grain.iter().enumerate().map(|(i, grain)| 0.45 * place(i) + 0.05 * grain).collect()
    }

    #[test]
    fn a_photo_has_a_seam_and_a_seamless_tile_has_none() {
        for size in [(120, 80), (81, 121), (640, 427)] {
            let photo = slope(size.0, size.1);
            let before = seam(&photo, size);
            let tiled = tile(&photo, size);
            let (across, down) = seam(&tiled, size);
            assert!(before.0 > 15.0 && before.1 > 15.0, "{size:?}: {before:?}");
            assert!(across < 1.3 && down < 1.3, "{size:?}: {across}, {down}");
            // There is no edge anywhere else, only the slope of the blend: rolled, the border is somewhere inside.
            for offset in [(13, 7), (size.0 as isize / 2, size.1 as isize / 2)] {
                let mut rolled = vec![0.0; tiled.len()];
                roll(&tiled, &mut rolled, size, offset);
                let (across, down) = seam(&rolled, size);
                assert!(across < 2.0 && down < 2.0, "{size:?} rolled by {offset:?}: {across}, {down}");
            }
        }
    }

    #[test]
    fn the_middle_of_a_photo_and_its_range_of_colours_stay() {
        let (width, height) = (64, 40);
        let photo = slope(width, height);
        let tiled = tile(&photo, (width, height));
        for y in 5..35 {
            let middle = (y * width + 8) * 3..(y * width + 56) * 3;
            assert_eq!(tiled[middle.clone()], photo[middle]);
        }
        let (low, high) = photo.iter().fold((1f32, 0f32), |(low, high), v| (low.min(*v), high.max(*v)));
        assert!(tiled.iter().all(|v| (low - 1e-6..=high + 1e-6).contains(v)));
        assert_ne!(tiled, photo);
    }

    /// The middle one of nine copies, resized with the others around it.
    fn middle_of_nine(src: &[f32], (width, height): (usize, usize), to: (usize, usize)) -> Vec<f32> {
        let row = |y: usize| [&src[y % height * width * 3..][..width * 3]; 3].concat();
        let nine: Vec<f32> = (0..3 * height).flat_map(row).collect();
        let nine = resize(&nine, (3 * width, 3 * height), (3 * to.0, 3 * to.1));
        (to.1..2 * to.1).flat_map(|y| nine[(y * 3 * to.0 + to.0) * 3..][..to.0 * 3].to_vec()).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(60))]

        #[test]
        fn a_seamless_tile_is_resized_across_its_borders(
            w in 1..30usize, h in 1..30usize, w2 in 2..40usize, h2 in 2..40usize, seed: u64,
        ) {
            // Three copies suffice: unless a side shrinks to one pixel, the cubic reaches over at most one.
            let src = noise(seed, w * h * 3);
            let expected = middle_of_nine(&src, (w, h), (w2, h2));
            for (at, (got, expected)) in wrap_resize(&src, (w, h), (w2, h2)).iter().zip(&expected).enumerate() {
                prop_assert!((got - expected).abs() < 1e-5, "{}: {}, not {}", at, got, expected);
            }
        }

        #[test]
        fn seamless_tiles_of_any_size_have_no_seam(w in 1..50usize, h in 1..50usize, seed: u64) {
            let src = noise(seed, w * h * 3);
            let tiled = tile(&src, (w, h));
            prop_assert_eq!(tiled.len(), src.len());
            prop_assert!(tiled.iter().all(|v| (0.0..=1.0).contains(v)));
        }
    }

    #[test]
    fn a_tile_stays_seamless_from_octave_to_octave() {
        let size = (120, 80);
        let tiled = tile(&slope(size.0, size.1), size);
        for to in [(60, 40), (91, 61), (155, 103)] {
            let (across, down) = seam(&wrap_resize(&tiled, size, to), to);
            assert!(across < 1.5 && down < 1.5, "{to:?}: {across}, {down}");
        }
        assert_eq!(wrap_resize(&tiled, size, size), tiled);
    }

    #[test]
    fn a_seam_is_measured_against_the_steps_inside() {
        // Columns of 0, 1, 2, 3: steps of 1 inside, of 3 across; rows are equal.
        let columns: Vec<f32> = (0..8).flat_map(|i| [(i % 4) as f32; 3]).collect();
        assert_eq!(seam(&columns, (4, 2)), (3.0, 0.0));
        assert_eq!(seam(&[0.5; 3], (1, 1)), (0.0, 0.0));
    }

    #[test]
    fn the_number_of_threads_changes_no_byte() {
        let src = noise(3, 123 * 77 * 3);
        let with = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| (tile(&src, (123, 77)), wrap_resize(&src, (123, 77), (160, 60))))
        };
        let alone = with(1);
        assert!(alone == with(2) && alone == with(7));
    }
}
