//! Convolution as networks compute it, a cross-correlation, of each colour channel by itself.
//!
//! Each result is the sum of the products of the kernel's numbers with the pixels below them, from the kernel's upper left
//! to its lower right. Products of two `f32` are exact in `f64`; the sum is rounded to `f32` once.

use rayon::prelude::*;

use super::kernel::Kernel;
use super::padding::Padding;

/// Width and height of the result; none if the kernel is larger than the picture with its padding.
pub(super) fn output_size(
    (width, height): (usize, usize),
    kernel: &Kernel,
    padding: Padding,
    stride: usize,
) -> Option<(usize, usize)> {
    let side = |side: usize, taps: usize| Some((side + 2 * padding.width(taps)).checked_sub(taps)? / stride + 1);
    Some((side(width, kernel.columns())?, side(height, kernel.rows())?))
}

/// Returns the convolution of `[height][width][3]` values, `[height][width][3]` of the size `to`, which
/// [`output_size`] returns.
pub(super) fn convolve(
    pixels: &[f32],
    (width, height): (usize, usize),
    kernel: &Kernel,
    padding: Padding,
    stride: usize,
    to: (usize, usize),
) -> Vec<f32> {
    let weights = kernel.weights();
    let (above, left) = (padding.width(kernel.rows()), padding.width(kernel.columns()));
    let mut output = vec![0.0; to.0 * to.1 * 3];
    output.par_chunks_exact_mut(to.0 * 3).enumerate().for_each_init(
        || vec![[0.0; 3]; to.0],
        |sums, (y, row)| {
            sums.fill([0.0; 3]);
            for (tap_y, weights) in weights.chunks_exact(kernel.columns()).enumerate() {
                let Some(from) = padding.source(y * stride + tap_y, above, height) else { continue };
                let from = pixels[from * width * 3..][..width * 3].as_chunks::<3>().0;
                for (tap_x, &weight) in weights.iter().enumerate() {
                    for (x, sum) in sums.iter_mut().enumerate() {
                        let Some(column) = padding.source(x * stride + tap_x, left, width) else { continue };
                        let pixel = from[column];
                        sum.iter_mut().zip(pixel).for_each(|(sum, value)| *sum += f64::from(weight) * f64::from(value));
                    }
                }
            }
            row.iter_mut().zip(sums.as_flattened()).for_each(|(value, sum)| *value = *sum as f32);
        },
    );
    output
}

/// Returns for each window the value of the pixel below the middle of the kernel.
pub(super) fn middles(
    plane: &[f32],
    (width, _): (usize, usize),
    kernel: &Kernel,
    padding: Padding,
    stride: usize,
    to: (usize, usize),
) -> Vec<f32> {
    let [above, left] = [kernel.rows(), kernel.columns()].map(|taps| taps / 2 - padding.width(taps));
    let row = |y: usize| (0..to.0).map(move |x| plane[(y * stride + above) * width + x * stride + left]);
    (0..to.1).flat_map(row).collect()
}
