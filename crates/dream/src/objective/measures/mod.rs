//! Measures that several functions share, and sums over the positions of a layer.
//!
//! Sums run row by row in order: the bytes are the same on any number of threads.

mod score;
mod weighted;

use oneiric_engine::map::Map;
use oneiric_engine::objective::Tally;
use rayon::prelude::*;

pub(super) use score::Score;
pub(super) use weighted::Weighted;

/// Levels of a value of 1: measures on the picture are in the levels of an 8-bit file, so that their weights are near one
/// like those of layers.
pub(super) const LEVELS: f64 = 255.0;

/// Sums of a layer on a whole picture.
#[derive(Clone, Debug, Default)]
pub(crate) struct LayerSums {
    /// The mean of every channel over all positions.
    pub means: Vec<f32>,
    /// All positions one after the other, each with its channels.
    pub positions: Vec<f32>,
}

impl LayerSums {
    pub fn of(activation: Map<'_>) -> Self {
        let mut positions = Vec::new();
        copy_positions(activation, &mut positions);
        Self { means: means(activation), positions }
    }
}

/// The mean of every channel over all positions.
pub(super) fn means(activation: Map<'_>) -> Vec<f32> {
    Tally { positions: pixels(activation), sums: channel_sums(activation, f64::from) }.means()
}

/// All positions one after the other, each with its channels, replacing the contents of `to`.
pub(super) fn copy_positions(activation: Map<'_>, to: &mut Vec<f32>) {
    to.clear();
    to.reserve_exact(activation.shape().values());
    (0..activation.shape().height).for_each(|y| activation.row(y).for_each(|pixel| to.extend_from_slice(pixel)));
}

/// The number of positions.
pub(super) fn pixels(activation: Map<'_>) -> f64 {
    activation.shape().pixels() as f64
}

/// The channels of position number `number` among `values`, which have no padding.
pub(super) fn pixel_of(values: &[f32], channels: usize, number: usize) -> &[f32] {
    &values[number * channels..][..channels]
}

/// Scales a vector to length one; a zero vector stays zero.
pub(super) fn of_length_one(mut vector: Vec<f32>) -> Vec<f32> {
    let length = squares(&vector).sqrt().max(f64::from(f32::MIN_POSITIVE));
    vector.iter_mut().for_each(|value| *value = (f64::from(*value) / length) as f32);
    vector
}

pub(super) fn add_scaled(to: &mut [f32], from: &[f32], factor: f32) {
    to.iter_mut().zip(from).for_each(|(to, from)| *to += from * factor);
}

/// Eight partial sums, so that the compiler can vectorise; always the same order.
pub(super) fn dot(a: &[f32], b: &[f32]) -> f64 {
    let mut sums = [0.0f32; 8];
    for (a, b) in a.chunks(8).zip(b.chunks(8)) {
        sums.iter_mut().zip(a.iter().zip(b)).for_each(|(sum, (a, b))| *sum += a * b);
    }
    sums.iter().map(|&sum| f64::from(sum)).sum()
}

pub(super) fn squares(values: &[f32]) -> f64 {
    // Short runs, so that f32 sums stay accurate for any length.
    values.chunks(4096).map(|run| dot(run, run)).sum()
}

/// The sum over all positions of `of_value` for each channel.
pub(super) fn channel_sums(activation: Map<'_>, of_value: impl Fn(f32) -> f64) -> Vec<f64> {
    let mut sums = vec![0.0; activation.shape().channels];
    for y in 0..activation.shape().height {
        for pixel in activation.row(y) {
            sums.iter_mut().zip(pixel).for_each(|(sum, &value)| *sum += of_value(value));
        }
    }
    sums
}

/// The sum over all positions.
pub(super) fn sum(map: Map<'_>, of_pixel: impl Fn(&[f32]) -> f64 + Sync) -> f64 {
    sum_rows(map, |_, _, pixel| of_pixel(pixel))
}

/// As [`sum`], for values that depend on row and column.
pub(super) fn sum_rows(map: Map<'_>, of_pixel: impl Fn(usize, usize, &[f32]) -> f64 + Sync) -> f64 {
    let of_row = |y: usize| map.row(y).enumerate().map(|(x, pixel)| of_pixel(y, x, pixel)).sum::<f64>();
    (0..map.shape().height).into_par_iter().map(of_row).collect::<Vec<_>>().iter().sum()
}
