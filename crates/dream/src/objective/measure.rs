//! What a term measures on the activations of its layer, and the gradient of that.
//!
//! Every measure is a mean over the positions of the layer (or looks at one of them), so that its value does not
//! depend on the picture's size. Sums run row by row in order: the same bytes on any number of threads.

use oneiric_engine::map::{Map, MapMut};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::Channels;

/// Layers count by how many per cent they grow: beside that, scores of classes weigh about as much.
const PER_CENT: f64 = 100.0;

/// Root mean square below which a layer counts as silent.
const LEAST_STRENGTH: f64 = 1e-6;

/// A term bound to the channels, classes or pictures that it is about.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Measure {
    /// The logarithm of the root mean square of the layer, or of some of its channels, whose weights are given (they add up
    /// to one), in per cent.
    Strength(Option<Vec<f32>>),
    /// The same for channels that are chosen anew on every activation.
    Chosen(Channels),
    /// The mean over all positions of a weighted sum of the channels.
    Weighted(Vec<f32>),
    /// One channel at one position, column and row; in the middle if there is none.
    Neuron { channel: usize, at: Option<(usize, usize)> },
    /// The mean over all positions of log(sum(exp(score))) over these channels.
    Score(Vec<usize>),
    /// The mean over all positions of the largest dot product with one of the vectors, which lie one after the other
    /// (google/deepdream, 2015: the guide image).
    Match(Vec<f32>),
    /// The component along the activations of another picture, pixel after pixel, over the root of their number
    /// (lucid's caricatures: a dot product). Of these activations themselves it is their root mean square.
    Toward(Vec<f32>),
    /// Minus the mean cosine between the channels' means and each of these, all of length one: what other pictures
    /// show grows less. (lucid compares Gram matrices, of which this is a cheap relative.)
    Unlike(Vec<Vec<f32>>),
}

/// The sums over positions from which the value of a measure follows. Those of the parts of a picture add up to that of
/// the whole.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Tally {
    positions: f64,
    sums: Vec<f64>,
}

impl Tally {
    /// Adds those of another part.
    pub fn add(&mut self, other: &Self) {
        self.positions += other.positions;
        self.sums.resize(other.sums.len(), 0.0);
        self.sums.iter_mut().zip(&other.sums).for_each(|(sum, other)| *sum += other);
    }

    /// The sums over the number of positions.
    fn means(&self) -> Vec<f32> {
        self.sums.iter().map(|sum| (sum / self.positions) as f32).collect()
    }
}

impl Measure {
    /// Whether it looks at one place of the whole picture, so that parts of it cannot be measured by themselves.
    pub fn is_of_one_place(&self) -> bool {
        matches!(self, Self::Neuron { .. })
    }

    /// Whether these can be sums of it, on a layer of this many channels.
    pub fn can_be(&self, tally: &Tally, channels: usize) -> bool {
        let sums = match self {
            Self::Chosen(_) => 2 * channels,
            Self::Unlike(_) => channels,
            Self::Toward(_) => 2,
            _ => 1,
        };
        tally.sums.len() == sums && tally.positions >= 1.0
    }

    /// For each position, where something is looked for there, the nearest vector.
    fn nearest(&self, activation: Map<'_>) -> Vec<Vec<(usize, f64)>> {
        if let Self::Match(vectors) = self { all_nearest(activation, vectors) } else { Vec::new() }
    }

    /// What it sums up over the positions of these activations.
    fn tally(&self, activation: Map<'_>, nearest: &[Vec<(usize, f64)>]) -> Tally {
        let sums = match self {
            Self::Strength(None) => vec![sum(activation, squares)],
            Self::Strength(Some(weights)) => vec![sum(activation, |pixel| weighted_squares(pixel, weights))],
            Self::Chosen(_) => [sums(activation, f64::from), sums(activation, |v| f64::from(v * v))].concat(),
            Self::Weighted(weights) => vec![sum(activation, |pixel| dot(pixel, weights))],
            Self::Neuron { channel, at } => {
                let (x, y) = position(activation, *at);
                vec![f64::from(activation.pixel(y, x)[*channel])]
            }
            Self::Score(classes) => vec![sum(activation, |pixel| log_sum_exp(pixel, classes))],
            Self::Match(_) => vec![nearest.iter().flatten().map(|(_, product)| product).sum()],
            Self::Toward(other) => {
                let width = activation.shape().width;
                let along = sum_rows(activation, |y, x, pixel| dot(pixel, pixel_of(other, pixel.len(), y * width + x)));
                vec![along, squares(other)]
            }
            Self::Unlike(_) => sums(activation, f64::from),
        };
        Tally { positions: pixels(activation), sums }
    }

    /// Its value on the whole, a layer of this many channels.
    pub fn value(&self, whole: &Tally, channels: usize) -> f64 {
        match self {
            Self::Strength(_) | Self::Chosen(_) => PER_CENT * self.mean_square(whole, channels).sqrt().ln(),
            Self::Weighted(_) | Self::Score(_) | Self::Match(_) => whole.sums[0] / whole.positions,
            Self::Neuron { .. } => whole.sums[0],
            Self::Toward(_) => whole.sums[0] * toward_factor(whole, channels),
            Self::Unlike(others) => {
                let own = of_length_one(whole.means());
                -others.iter().map(|other| dot(&own, other)).sum::<f64>() / others.len() as f64
            }
        }
    }

    /// Of all channels alike, or weighted. Never zero: where nothing fires, what would is not known.
    fn mean_square(&self, whole: &Tally, channels: usize) -> f64 {
        let mean = match self {
            Self::Strength(None) => whole.sums[0] / (whole.positions * channels as f64),
            Self::Chosen(chosen) => {
                let (means, squares) = (whole.means(), &whole.sums[channels..]);
                let weights = chosen.weights(&means[..channels]);
                squares.iter().zip(weights).map(|(sum, weight)| sum * f64::from(weight)).sum::<f64>() / whole.positions
            }
            _ => whole.sums[0] / whole.positions,
        };
        mean.max(LEAST_STRENGTH * LEAST_STRENGTH)
    }

    /// Adds its gradient, times `weight`, to `gradient`, or overwrites it if nothing is there yet. The activations are those
    /// of a part of a picture whose whole is told, or the whole. Returns what it sums up on them.
    pub fn gradient(
        &self,
        activation: Map<'_>,
        weight: f32,
        whole: Option<&Tally>,
        gradient: &mut MapMut<'_>,
        accumulate: bool,
    ) -> Tally {
        let nearest = self.nearest(activation);
        let own = self.tally(activation, &nearest);
        let whole = whole.unwrap_or(&own);
        let shape = activation.shape();
        let share = weight / whole.positions as f32;
        let mut add = |work: &(dyn Fn(usize, usize, &mut [f32]) + Sync)| {
            gradient.for_each_pixel(|y, x, to| {
                if !accumulate {
                    to.fill(0.0);
                }
                work(y, x, &mut to[..shape.channels]);
            });
        };
        let strength =
            || (PER_CENT * f64::from(weight) / (whole.positions * self.mean_square(whole, shape.channels))) as f32;
        match self {
            Self::Strength(None) => {
                let factor = strength() / shape.channels as f32;
                add(&|y, x, to| add_scaled(to, activation.pixel(y, x), factor));
            }
            Self::Strength(Some(weights)) => {
                let factor = strength();
                add(&|y, x, to| add_product(to, activation.pixel(y, x), weights, factor));
            }
            Self::Chosen(chosen) => {
                let (factor, weights) = (strength(), chosen.weights(&whole.means()[..shape.channels]));
                add(&|y, x, to| add_product(to, activation.pixel(y, x), &weights, factor));
            }
            Self::Weighted(weights) => add(&|_, _, to| add_scaled(to, weights, share)),
            Self::Neuron { channel, at } => {
                let place = position(activation, *at);
                add(&|y, x, to| to[*channel] += if (x, y) == place { weight } else { 0.0 });
            }
            Self::Score(classes) => add(&|y, x, to| {
                let pixel = activation.pixel(y, x);
                let log_sum = log_sum_exp(pixel, classes) as f32;
                classes.iter().for_each(|&c| to[c] += share * (pixel[c] - log_sum).exp());
            }),
            Self::Match(vectors) => add(&|y, x, to| {
                add_scaled(to, pixel_of(vectors, to.len(), nearest[y][x].0), share);
            }),
            Self::Toward(other) => {
                let factor = weight * toward_factor(whole, shape.channels) as f32;
                add(&|y, x, to| add_scaled(to, pixel_of(other, to.len(), y * shape.width + x), factor));
            }
            Self::Unlike(others) => {
                let slope = slope_of_unlike(&whole.means(), others);
                add(&|_, _, to| add_scaled(to, &slope, share));
            }
        }
        own
    }

    /// What it sums up on the activations of a part of a picture.
    pub fn look(&self, activation: Map<'_>) -> Tally {
        self.tally(activation, &self.nearest(activation))
    }
}

/// Writes the gradient of [`Value::Layer`](super::Value::Layer): the classic objective, for those who measure the engine alone.
pub fn strengthen(activation: Map<'_>, mut gradient: MapMut<'_>) {
    Measure::Strength(None).gradient(activation, 1.0, None, &mut gradient, false);
}

/// The mean of every channel over all positions.
pub(crate) fn means(activation: Map<'_>) -> Vec<f32> {
    Tally { positions: pixels(activation), sums: sums(activation, f64::from) }.means()
}

/// The sum over all positions of what `of_value` makes of each channel.
fn sums(activation: Map<'_>, of_value: impl Fn(f32) -> f64) -> Vec<f64> {
    let mut sums = vec![0.0; activation.shape().channels];
    for y in 0..activation.shape().height {
        for pixel in activation.row(y) {
            sums.iter_mut().zip(pixel).for_each(|(sum, &value)| *sum += of_value(value));
        }
    }
    sums
}

/// All positions one after the other, each with its channels, in place of what `to` holds.
pub(crate) fn copy_positions(activation: Map<'_>, to: &mut Vec<f32>) {
    to.clear();
    to.reserve_exact(activation.shape().values());
    (0..activation.shape().height).for_each(|y| activation.row(y).for_each(|pixel| to.extend_from_slice(pixel)));
}

fn pixels(activation: Map<'_>) -> f64 {
    activation.shape().pixels() as f64
}

/// The position of a neuron within the map, as column and row.
fn position(activation: Map<'_>, at: Option<(usize, usize)>) -> (usize, usize) {
    let (width, height) = (activation.shape().width, activation.shape().height);
    let (x, y) = at.unwrap_or((width / 2, height / 2));
    (x.min(width - 1), y.min(height - 1))
}

/// The vector brought to length one, zero if it is zero.
pub(crate) fn of_length_one(mut vector: Vec<f32>) -> Vec<f32> {
    let length = squares(&vector).sqrt().max(f64::from(f32::MIN_POSITIVE));
    vector.iter_mut().for_each(|value| *value = (f64::from(*value) / length) as f32);
    vector
}

/// The gradient of minus the mean cosine with `others`: for each, (cosine own - other) / |means|.
fn slope_of_unlike(means: &[f32], others: &[Vec<f32>]) -> Vec<f32> {
    let length = squares(means).sqrt().max(f64::from(f32::MIN_POSITIVE));
    let own = of_length_one(means.to_vec());
    let mut slope = vec![0.0; means.len()];
    for other in others {
        let factor = 1.0 / (length * others.len() as f64);
        add_scaled(&mut slope, &own, (dot(&own, other) * factor) as f32);
        add_scaled(&mut slope, other, -factor as f32);
    }
    slope
}

fn pixel_of(values: &[f32], channels: usize, number: usize) -> &[f32] {
    &values[number * channels..][..channels]
}

/// 1 / (|other| sqrt(values)).
fn toward_factor(whole: &Tally, channels: usize) -> f64 {
    let norm = whole.sums[1].sqrt().max(f64::from(f32::MIN_POSITIVE));
    1.0 / (norm * (whole.positions * channels as f64).sqrt())
}

/// The number of the vector that has the largest dot product with `pixel`, and that product.
fn nearest(pixel: &[f32], vectors: &[f32]) -> (usize, f64) {
    let products = vectors.chunks_exact(pixel.len()).map(|vector| dot(pixel, vector)).enumerate();
    products.fold((0, f64::NEG_INFINITY), |best, next| if next.1 > best.1 { next } else { best })
}

/// [`nearest`] for every pixel, row by row.
fn all_nearest(activation: Map<'_>, vectors: &[f32]) -> Vec<Vec<(usize, f64)>> {
    let of_row = |y: usize| activation.row(y).map(|pixel| nearest(pixel, vectors)).collect();
    (0..activation.shape().height).into_par_iter().map(of_row).collect()
}

fn log_sum_exp(pixel: &[f32], channels: &[usize]) -> f64 {
    let max = channels.iter().map(|&c| pixel[c]).fold(f32::NEG_INFINITY, f32::max);
    let sum: f32 = channels.iter().map(|&c| (pixel[c] - max).exp()).sum();
    f64::from(max) + f64::from(sum).ln()
}

fn add_scaled(to: &mut [f32], from: &[f32], factor: f32) {
    to.iter_mut().zip(from).for_each(|(to, from)| *to += from * factor);
}

fn add_product(to: &mut [f32], from: &[f32], weights: &[f32], factor: f32) {
    to.iter_mut().zip(from).zip(weights).for_each(|((to, from), weight)| *to += from * weight * factor);
}

fn weighted_squares(pixel: &[f32], weights: &[f32]) -> f64 {
    pixel.iter().zip(weights).map(|(value, weight)| f64::from(value * value * weight)).sum()
}

/// Eight sums side by side, so that the compiler can vectorise; always the same order.
fn dot(a: &[f32], b: &[f32]) -> f64 {
    let mut sums = [0.0f32; 8];
    for (a, b) in a.chunks(8).zip(b.chunks(8)) {
        sums.iter_mut().zip(a.iter().zip(b)).for_each(|(sum, (a, b))| *sum += a * b);
    }
    sums.iter().map(|&sum| f64::from(sum)).sum()
}

fn squares(values: &[f32]) -> f64 {
    // Short runs, so that f32 sums stay exact enough however long the whole is.
    values.chunks(4096).map(|run| dot(run, run)).sum()
}

fn sum(map: Map<'_>, of_pixel: impl Fn(&[f32]) -> f64 + Sync) -> f64 {
    sum_rows(map, |_, _, pixel| of_pixel(pixel))
}

/// The sum over all pixels, row by row in order, whatever the number of threads.
fn sum_rows(map: Map<'_>, of_pixel: impl Fn(usize, usize, &[f32]) -> f64 + Sync) -> f64 {
    let of_row = |y: usize| map.row(y).enumerate().map(|(x, pixel)| of_pixel(y, x, pixel)).sum::<f64>();
    (0..map.shape().height).into_par_iter().map(of_row).collect::<Vec<_>>().iter().sum()
}

#[cfg(test)]
mod tests {
    use oneiric_engine::map::Buffer;
    use oneiric_engine::shape::Shape;
    use proptest::prelude::*;

    use super::*;

    /// The definitions once more, as plain as can be and in f64: pixels one after the other.
    fn reference(measure: &Measure, layer: &[f64], shape: Shape) -> f64 {
        let pixels: Vec<&[f64]> = layer.chunks(shape.channels).collect();
        let mean = |of: &dyn Fn(&[f64]) -> f64| pixels.iter().map(|p| of(p)).sum::<f64>() / pixels.len() as f64;
        let score = |pixel: &[f64], classes: &[usize]| classes.iter().map(|&c| pixel[c].exp()).sum::<f64>().ln();
        let product = |a: &[f64], b: &[f32]| a.iter().zip(b).map(|(a, b)| a * f64::from(*b)).sum::<f64>();
        let all: Vec<usize> = (0..shape.channels).collect();
        match measure {
            Measure::Strength(None) => {
                100.0 * (layer.iter().map(|v| v * v).sum::<f64>() / layer.len() as f64).sqrt().ln()
            }
            Measure::Strength(Some(weights)) => {
                let square = mean(&|pixel| pixel.iter().zip(weights).map(|(v, w)| v * v * f64::from(*w)).sum::<f64>());
                100.0 * square.sqrt().ln()
            }
            Measure::Weighted(weights) => mean(&|pixel| product(pixel, weights)),
            Measure::Chosen(channels) => {
                let means: Vec<f32> = all.iter().map(|&c| mean(&|pixel| pixel[c]) as f32).collect();
                reference(&Measure::Strength(Some(channels.weights(&means))), layer, shape)
            }
            Measure::Neuron { channel, at } => {
                let (x, y) = at.unwrap_or((shape.width / 2, shape.height / 2));
                pixels[y.min(shape.height - 1) * shape.width + x.min(shape.width - 1)][*channel]
            }
            Measure::Score(classes) => mean(&|pixel| score(pixel, classes)),
            Measure::Match(vectors) => mean(&|pixel| {
                let products = vectors.chunks(pixel.len()).map(|vector| product(pixel, vector));
                products.fold(f64::NEG_INFINITY, f64::max)
            }),
            Measure::Toward(other) => {
                let norm = other.iter().map(|&v| f64::from(v).powi(2)).sum::<f64>().sqrt();
                product(layer, other) / norm / (layer.len() as f64).sqrt()
            }
            Measure::Unlike(others) => {
                let means: Vec<f64> = all.iter().map(|&c| mean(&|pixel| pixel[c])).collect();
                let length = means.iter().map(|mean| mean * mean).sum::<f64>().sqrt();
                -others.iter().map(|other| product(&means, other) / length).sum::<f64>() / others.len() as f64
            }
        }
    }

    fn measures(shape: Shape) -> Vec<Measure> {
        let wave = |len: usize, k: f32| (0..len).map(|i| (i as f32 * k).cos()).collect::<Vec<f32>>();
        let last = shape.channels - 1;
        vec![
            Measure::Strength(None),
            Measure::Strength(Some((0..shape.channels).map(|c| (c % 3) as f32 / 7.0).collect())),
            Measure::Weighted(wave(shape.channels, 0.9)),
            Measure::Chosen("strongest:2".parse().unwrap()),
            Measure::Chosen("weakest:2".parse().unwrap()),
            Measure::Chosen("all-but:0".parse().unwrap()),
            Measure::Neuron { channel: last, at: None },
            Measure::Neuron { channel: 0, at: Some((1, 90)) },
            Measure::Score(vec![0, last]),
            Measure::Match(wave(4 * shape.channels, 1.7)),
            Measure::Toward(wave(shape.values(), 0.3)),
            Measure::Unlike(vec![of_length_one(wave(shape.channels, 0.4)), of_length_one(wave(shape.channels, 2.1))]),
        ]
    }

    fn padded(layer: &[f64], shape: Shape) -> Buffer {
        let mut buffer = Buffer::zeroed(shape.buffer_len());
        for (to, from) in buffer.as_mut_slice().chunks_mut(shape.stride()).zip(layer.chunks(shape.channels)) {
            to.iter_mut().zip(from).for_each(|(to, from)| *to = *from as f32);
        }
        buffer
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        /// The gradient says by how much the measure grows when one value of the layer does; measures add up.
        #[test]
        fn the_gradient_is_the_slope_of_the_definition(
            (channels, height, width) in (5..19usize, 1..5usize, 1..5usize), phase in 0.0..6.0f64, weight in -2.0..2.0f32,
        ) {
            let shape = Shape::new(channels, height, width);
            // Whole multiples of 2^-20, so that f32 holds exactly what the reference sees.
            let value = |i: usize| ((i as f64 * 0.7 + phase).sin() * 1048576.0).round() / 1048576.0;
            let layer: Vec<f64> = (0..shape.values()).map(value).collect();
            let buffer = padded(&layer, shape);
            let activation = Map::new(buffer.as_slice(), shape, shape.stride());
            for measure in measures(shape) {
                let mut gradient = Buffer::zeroed(shape.buffer_len());
                gradient.as_mut_slice().fill(7.0);
                let mut map = MapMut::new(gradient.as_mut_slice(), shape, shape.stride());
                let tally = measure.gradient(activation, weight, None, &mut map, false);
                measure.gradient(activation, 1.0, Some(&tally), &mut map, true);
                let (told, expected) = (measure.value(&tally, channels), reference(&measure, &layer, shape));
                prop_assert!((told - expected).abs() < 1e-4, "{measure:?}: {told}, not {expected}");
                for at in 0..layer.len() {
                    let moved = |by: f64| {
                        let mut moved = layer.clone();
                        moved[at] += by;
                        reference(&measure, &moved, shape)
                    };
                    let slope = (moved(1e-5) - moved(-1e-5)) / 2e-5 * f64::from(weight + 1.0);
                    let got = f64::from(map.as_map().pixel(at / channels / width, at / channels % width)[at % channels]);
                    prop_assert!((slope - got).abs() < 1e-4, "{measure:?} at {at}: {got}, not {slope}");
                }
            }
        }
    }
}
