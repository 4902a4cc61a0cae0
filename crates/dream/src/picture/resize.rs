//! Bicubic resizing of pictures, detail layers and masks.
//!
//! The cubic is Catmull and Rom's (a = -0.5), pixel centres are at halves, and when a side shrinks the cubic is
//! widened by as much, so that nothing aliases; at the border the kernel is cut off and made to sum to one again.
//! That is `torch.nn.functional.interpolate(mode="bicubic", antialias=True)`, and Pillow's `BICUBIC`. Values
//! are not clamped: detail layers have a sign, and a sharp edge may overshoot 0..1 by a few hundredths.

use std::borrow::Cow;

use fast_image_resize::images::{TypedImage, TypedImageRef};
use fast_image_resize::pixels::{F32, F32x3};
use fast_image_resize::{FilterType, PixelTrait, ResizeAlg, ResizeOptions, Resizer};

use crate::picture::Picture;
use crate::picture::clear::is_clear;

/// Resizes a plane of RGB pixels.
///
/// `src` is `[height][width][3]`, any scale and sign; `from` and `to` are `(width, height)`. The result is
/// `[height][width][3]` of the size `to`, the same bytes on any number of threads. For the same size it is a copy.
///
/// # Panics
/// When `src` has another length than `from` says, or a side is zero or beyond `u32`.
pub fn resize(src: &[f32], from: (usize, usize), to: (usize, usize)) -> Vec<f32> {
    resize_pixels::<F32x3>(src, from, [0, 0, from.0, from.1], to, 3)
}

/// Resizes a part of a plane, otherwise as [`resize`]. Pixels around the part count for its border.
///
/// `part` is `[left, top, width, height]` in pixels of `src`.
///
/// # Panics
/// As [`resize`], or when the part is not inside.
pub(crate) fn resize_part(src: &[f32], from: (usize, usize), part: [usize; 4], to: (usize, usize)) -> Vec<f32> {
    resize_pixels::<F32x3>(src, from, part, to, 3)
}

/// Resizes a plane of single values, a mask or an alpha channel: `[height][width]`, otherwise as [`resize`].
///
/// # Panics
/// As [`resize`].
pub fn resize_mask(src: &[f32], from: (usize, usize), to: (usize, usize)) -> Vec<f32> {
    resize_pixels::<F32>(src, from, [0, 0, from.0, from.1], to, 1)
}

/// Returns the sides of a picture of the same shape whose longer side is `longest`, at least 1 each.
pub fn fit((width, height): (usize, usize), longest: usize) -> (usize, usize) {
    let scale = longest as f64 / width.max(height) as f64;
    let side = |side: usize| ((side as f64 * scale).round() as usize).max(1);
    (side(width), side(height))
}

/// Returns the sides of a picture that is shrunk to `longest` pixels on its longer side, if it is larger.
pub fn fit_within(size: (usize, usize), longest: Option<usize>) -> (usize, usize) {
    match longest {
        Some(longest) if longest < size.0.max(size.1) => fit(size, longest.max(1)),
        _ => size,
    }
}

/// Returns the picture, shrunk if its longer side is longer than `longest`.
///
/// # Panics
/// When `longest` is zero.
pub fn shrunk(picture: &Picture, longest: usize) -> Cow<'_, Picture> {
    let size = (picture.width(), picture.height());
    if size.0.max(size.1) <= longest {
        Cow::Borrowed(picture)
    } else {
        Cow::Owned(resized(picture, fit(size, longest)))
    }
}

/// Resizes a picture with its transparency. Values are clamped to 0…1: a cubic overshoots at edges.
///
/// Colours are weighted by their opacity, so that those of clear pixels do not appear in visible ones.
///
/// # Panics
/// When a side is zero or beyond `u32`.
pub fn resized(picture: &Picture, to: (usize, usize)) -> Picture {
    let clamped = |mut values: Vec<f32>| {
        values.iter_mut().for_each(|value| *value = value.clamp(0.0, 1.0));
        values
    };
    let (pixels, alpha) = resize_weighted(picture, to);
    Picture::with_alpha(to.0, to.1, clamped(pixels), alpha.map(clamped))
        .expect("both planes were resized to these sides")
}

/// Resizes a picture without smoothing: each pixel of the result is the one of `picture` below its middle, so that the
/// pixels of an enlarged picture are visible squares. Values are kept as they are.
///
/// # Panics
/// When a side is zero.
pub fn nearest(picture: &Picture, to: (usize, usize)) -> Picture {
    let (width, height) = (picture.width(), picture.height());
    let pixels = picture.pixels().as_chunks::<3>().0;
    let place = |at: usize, from: usize, to: usize| (2 * at + 1) * from / (2 * to);
    let places = |y: usize| (0..to.0).map(move |x| place(y, height, to.1) * width + place(x, width, to.0));
    let places: Vec<usize> = (0..to.1).flat_map(places).collect();
    let colours = places.iter().flat_map(|&at| pixels[at]).collect();
    let alpha = picture.alpha().map(|alpha| places.iter().map(|&at| alpha[at]).collect());
    Picture::with_alpha(to.0, to.1, colours, alpha).expect("both planes have these sides")
}

/// Resizes the colours and the transparency of a picture, without clamping them.
///
/// # Panics
/// As [`resized`].
pub(crate) fn resize_weighted(picture: &Picture, to: (usize, usize)) -> (Vec<f32>, Option<Vec<f32>>) {
    let from = (picture.width(), picture.height());
    let mut pixels = resize(picture.pixels(), from, to);
    let alpha = picture.alpha().map(|alpha| {
        let resized = resize_mask(alpha, from, to);
        if from != to {
            let weighted = weighted(picture.pixels(), alpha);
            divide(&resize(&weighted, from, to), &resized, &mut pixels);
        }
        resized
    });
    (pixels, alpha)
}

fn weighted(pixels: &[f32], alpha: &[f32]) -> Vec<f32> {
    let (colours, _) = pixels.as_chunks::<3>();
    colours.iter().zip(alpha).flat_map(|(colour, alpha)| colour.map(|value| value * alpha)).collect()
}

/// Sets visible pixels to their weighted colours divided by their weights.
fn divide(weighted: &[f32], alpha: &[f32], pixels: &mut [f32]) {
    let colours = pixels.as_chunks_mut::<3>().0.iter_mut().zip(weighted.as_chunks::<3>().0);
    for ((colour, weighted), alpha) in colours.zip(alpha).filter(|(_, alpha)| !is_clear(**alpha)) {
        *colour = weighted.map(|value| value / alpha);
    }
}

/// Generic over the kind of pixel: the crate's choice at run time would compile all thirteen kinds.
fn resize_pixels<P: PixelTrait>(
    src: &[f32],
    from: (usize, usize),
    part: [usize; 4],
    to: (usize, usize),
    channels: usize,
) -> Vec<f32> {
    assert!(from.0.min(from.1).min(to.0).min(to.1) > 0, "resizing {from:?} to {to:?}");
    assert_eq!(src.len(), from.0 * from.1 * channels, "a plane of {from:?} pixels");
    if from == to && part == [0, 0, from.0, from.1] {
        return src.to_vec();
    }
    let side = |length: usize| u32::try_from(length).expect("a side of fewer than 2^32 pixels");
    let source = TypedImageRef::<P>::from_buffer(side(from.0), side(from.1), bytemuck::cast_slice(src))
        .expect("a slice of f32 is aligned and its length was checked");
    let mut resized = vec![0.0f32; to.0 * to.1 * channels];
    let bytes = bytemuck::cast_slice_mut(&mut resized);
    let mut target = TypedImage::<P>::from_buffer(side(to.0), side(to.1), bytes)
        .expect("a slice of f32 is aligned and its length is right");
    let bicubic = ResizeAlg::Convolution(FilterType::CatmullRom);
    let [left, top, width, height] = part.map(|pixels| pixels as f64);
    let options = ResizeOptions::new().resize_alg(bicubic).use_alpha(false).crop(left, top, width, height);
    Resizer::new().resize_typed(&source, &mut target, &options).expect("the part is inside of the picture");
    drop(target);
    resized
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_enlarged_picture_shows_its_pixels_as_squares() {
        let picture = Picture::with_alpha(2, 1, vec![-1.0, 0.2, 0.3, 4.0, 0.5, 0.6], Some(vec![0.0, 1.0])).unwrap();
        let large = nearest(&picture, (5, 2));
        let red: Vec<f32> = large.pixels().iter().step_by(3).copied().collect();
        assert_eq!(red, [[-1.0, -1.0, 4.0, 4.0, 4.0]; 2].concat());
        assert_eq!(large.alpha().unwrap()[..5], [0.0, 0.0, 1.0, 1.0, 1.0]);
        assert!(nearest(&large, (2, 1)) == picture && nearest(&picture, (2, 1)) == picture);
    }

    #[test]
    fn the_longer_side_fits_and_no_side_is_zero() {
        assert_eq!(fit((640, 427), 320), (320, 214));
        assert_eq!(fit((427, 640), 320), (214, 320));
        assert_eq!(fit((5000, 1), 100), (100, 1));
        assert_eq!(fit((960, 640), 1500), (1500, 1000));
    }

    #[test]
    fn a_resized_picture_keeps_its_transparency_and_range() {
        let edge: Vec<f32> = (0..8 * 4 * 3).map(|i| f32::from(u8::from(i % 24 > 11))).collect();
        let picture = Picture::with_alpha(8, 4, edge, Some(vec![0.5; 32])).unwrap();
        let resized = resized(&picture, (19, 9));
        assert_eq!((resized.width(), resized.height()), (19, 9));
        assert!(resized.pixels().iter().all(|value| (0.0..=1.0).contains(value)));
        assert!(resized.alpha().unwrap().iter().all(|value| (value - 0.5).abs() < 1e-5));
    }

    #[test]
    fn the_colours_of_clear_pixels_make_no_fringe() {
        let (red, green) = ([0.8, 0.2, 0.1], [0.0, 1.0, 0.3]);
        let is_red = |i: usize| i % 30 % 11 < 6;
        let pixels = (0..30 * 20).flat_map(|i| if is_red(i) { red } else { green }).collect();
        let alpha = (0..30 * 20).map(|i| f32::from(u8::from(is_red(i)))).collect();
        let picture = Picture::with_alpha(30, 20, pixels, Some(alpha)).unwrap();
        for to in [(15, 10), (13, 9), (47, 41), (30, 7)] {
            let resized = resized(&picture, to);
            let colours = resized.pixels().as_chunks::<3>().0.iter().zip(resized.alpha().unwrap());
            for (colour, alpha) in colours.filter(|(_, alpha)| **alpha > 0.01) {
                let off = colour.iter().zip(red).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
                assert!(off < 1e-4, "{colour:?} at {alpha} in {to:?}");
            }
        }
        assert!(resized(&picture, (30, 20)) == picture);
    }

    /// The picture the PyTorch numbers below were made from.
    fn waves(len: usize) -> Vec<f32> {
        (0..len).map(|i| ((1.7 * i as f64).sin() + 0.01 * i as f64) as f32).collect()
    }

    /// The weight of each source pixel along one side, for one pixel of the target.
    fn weights(from: usize, to: usize, target: usize) -> Vec<f64> {
        let scale = from as f64 / to as f64;
        let (centre, widened) = ((target as f64 + 0.5) * scale, scale.max(1.0));
        let cubic = |x: f64| match x.abs() {
            x if x < 1.0 => 1.5 * x.powi(3) - 2.5 * x.powi(2) + 1.0,
            x if x < 2.0 => -0.5 * x.powi(3) + 2.5 * x.powi(2) - 4.0 * x + 2.0,
            _ => 0.0,
        };
        let raw: Vec<f64> = (0..from).map(|i| cubic((i as f64 + 0.5 - centre) / widened)).collect();
        raw.iter().map(|w| w / raw.iter().sum::<f64>()).collect()
    }

    fn reference(src: &[f32], from: (usize, usize), to: (usize, usize)) -> Vec<f64> {
        let channels = src.len() / (from.0 * from.1);
        let mut out = Vec::new();
        for y in 0..to.1 {
            let down = weights(from.1, to.1, y);
            for x in 0..to.0 {
                let along = weights(from.0, to.0, x);
                for c in 0..channels {
                    let at = |x, y| f64::from(src[(y * from.0 + x) * channels + c]);
                    let row = |y| (0..from.0).map(|x| along[x] * at(x, y)).sum::<f64>();
                    out.push((0..from.1).map(|y| down[y] * row(y)).sum());
                }
            }
        }
        out
    }

    fn assert_close(got: &[f32], expected: &[f64]) {
        for (at, (got, expected)) in got.iter().zip(expected).enumerate() {
            assert!((f64::from(*got) - expected).abs() < 1e-5, "{at}: {got}, not {expected}");
        }
    }

    /// `interpolate(size, mode="bicubic", antialias=True)` of PyTorch 2 on `[1, 3, 4, 5]` in f64.
    #[test]
    fn pytorch_gives_the_same_numbers() {
        #[rustfmt::skip]
        let shrunk = [
            -0.143602, 0.972302, 0.138308, -0.527103, -0.191861, 0.933296, 0.868218, -0.434158, -0.288093,
            0.701537, 1.142893, -0.132259, -0.380979, 0.606319, 1.200022, 0.65217, -0.389598, 0.535004,
        ];
        #[rustfmt::skip]
        let first_row_grown = [
            0.018073, 1.027927, -0.286607, -0.547597, 0.795297, 0.376352, -0.947901, 0.215775, 0.979678, -0.635941,
            -0.579286, 0.920975, 0.188871, -0.896371, 0.226251, 0.846062, -0.49031, -0.481892, 1.14957, 0.087131, -0.896857,
        ];
        let src = waves(5 * 4 * 3);
        assert_close(&resize(&src, (5, 4), (3, 2)), &shrunk);
        assert_close(&resize(&src, (5, 4), (7, 6))[..21], &first_row_grown);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(60))]

        #[test]
        fn any_size_to_any_size_follows_the_formula(
            w in 1..40usize, h in 1..40usize, w2 in 1..60usize, h2 in 1..60usize,
        ) {
            let (colour, mask) = (waves(w * h * 3), waves(w * h));
            assert_close(&resize(&colour, (w, h), (w2, h2)), &reference(&colour, (w, h), (w2, h2)));
            assert_close(&resize_mask(&mask, (w, h), (w2, h2)), &reference(&mask, (w, h), (w2, h2)));
        }
    }

    #[test]
    fn the_number_of_threads_changes_no_byte() {
        let src = waves(333 * 222 * 3);
        let bytes_with = |threads: usize, to| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            let resized = pool.install(|| resize(&src, (333, 222), to));
            resized.iter().map(|x| x.to_bits()).collect::<Vec<_>>()
        };
        for to in [(433, 289), (256, 171), (333, 500), (100, 222)] {
            let alone = bytes_with(1, to);
            for threads in [2, 3, 7] {
                assert!(alone == bytes_with(threads, to), "to {to:?} on {threads} threads");
            }
        }
    }

    #[test]
    fn the_same_size_is_a_copy_and_detail_may_be_negative() {
        let src = waves(6 * 5 * 3);
        assert_eq!(resize(&src, (6, 5), (6, 5)), src);
        assert!(resize(&src, (6, 5), (12, 10)).iter().any(|x| *x < -0.5));
    }
}
