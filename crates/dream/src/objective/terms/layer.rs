//! `block10`: a whole layer.

use std::fmt;
use std::sync::Arc;

use oneiric_engine::map::{Map, MapMut};
use oneiric_engine::objective::{Measure, MeasureData, Seed, Seen, Tally};
use oneiric_engine::shape::Shape;

use super::{Binding, Choice, Declaration, Function, Place, Reference};
use crate::error::Error;
use crate::objective::Channels;
use crate::objective::measures::{add_scaled, channel_sums, pixels, squares, sum};
use crate::objective::parser::Name;

pub(super) static DECLARATION: Declaration = Declaration {
    name: "layer",
    forms: &["block10", "layer(block10)"],
    grows: "the whole layer: strong activations grow stronger",
    unit: "per cent of its strength; 1",
    parse: |arguments| Ok(Arc::new(Layer { layer: arguments.layer()? })),
};

/// The logarithm of the root mean square of a layer, in per cent. For a single layer it is the classic L2 objective
/// (google/deepdream, 2015), whose gradient has the same direction; as a logarithm it measures the
/// relative growth of the layer, so that layers and networks of any scale add up equally.
#[derive(Debug)]
pub(in crate::objective) struct Layer {
    pub layer: String,
}

impl fmt::Display for Layer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", Name(&self.layer))
    }
}

impl Function for Layer {
    fn place(&self) -> Place<'_> {
        Place::Layer(&self.layer)
    }

    fn bind(&self, binding: &Binding<'_>) -> Result<Arc<dyn Measure>, Error> {
        let Some(Choice { channels, again }) = binding.choice else { return Ok(Arc::new(Strength { weights: None })) };
        let means = match (channels.depends_on_picture(), again) {
            (false, _) => Some(vec![0.0; binding.channels]),
            (true, false) => (binding.look)(Reference::Photo)?.map(|photo| photo.means),
            (true, true) => None,
        };
        Ok(match means {
            Some(means) => Arc::new(Strength { weights: Some(channels.weights(&means)) }),
            None => Arc::new(StrengthOfChosen { channels: channels.clone() }),
        })
    }

    fn whole_layer(&self) -> Option<&str> {
        Some(&self.layer)
    }
}

/// Writes the gradient of a whole layer: the classic objective, to measure the engine alone.
pub fn strengthen(activation: Map<'_>, gradient: MapMut<'_>) {
    Strength { weights: None }.gradient(Seen { activation, photo: &[] }, 1.0, None, Seed::new(gradient, false));
}

/// Layers count in per cent of their strength, about as much as scores of classes.
const PER_CENT: f64 = 100.0;

/// Root mean square below which a layer counts as silent.
const LEAST_STRENGTH: f64 = 1e-6;

fn log_of(mean_square: f64) -> f64 {
    PER_CENT * mean_square.sqrt().ln()
}

/// Bounds a mean square from below, so that a silent layer has a finite logarithm.
fn audible(mean_square: f64) -> f64 {
    mean_square.max(LEAST_STRENGTH * LEAST_STRENGTH)
}

/// The factor of an activation in the gradient.
fn slope(weight: f32, whole: &Tally, mean_square: f64) -> f32 {
    (PER_CENT * f64::from(weight) / (whole.positions * mean_square)) as f32
}

/// The logarithm of the root mean square of the layer, or of some of its channels, whose weights are given (they add up
/// to one), in per cent.
#[derive(Debug)]
struct Strength {
    weights: Option<Vec<f32>>,
}

impl Strength {
    fn mean_square(&self, whole: &Tally, channels: usize) -> f64 {
        audible(match self.weights {
            None => whole.sums[0] / (whole.positions * channels as f64),
            Some(_) => whole.sums[0] / whole.positions,
        })
    }
}

impl Measure for Strength {
    fn data(&self) -> MeasureData<'_> {
        MeasureData { formula: "strength", arrays: self.weights.as_deref().into_iter().collect(), indices: Vec::new() }
    }

    fn tally(&self, Seen { activation, .. }: Seen<'_>) -> Tally {
        let sum = match &self.weights {
            None => sum(activation, squares),
            Some(weights) => sum(activation, |pixel| weighted_squares(pixel, weights)),
        };
        Tally { positions: pixels(activation), sums: vec![sum] }
    }

    fn value(&self, whole: &Tally, channels: usize) -> f64 {
        log_of(self.mean_square(whole, channels))
    }

    fn gradient(&self, seen: Seen<'_>, weight: f32, whole: Option<&Tally>, seed: Seed<'_>) -> Tally {
        let (own, activation) = (self.tally(seen), seen.activation);
        let (whole, channels) = (whole.unwrap_or(&own), activation.shape().channels);
        let slope = slope(weight, whole, self.mean_square(whole, channels));
        match &self.weights {
            None => {
                let factor = slope / channels as f32;
                seed.for_each_pixel(|y, x, to| add_scaled(to, activation.pixel(y, x), factor));
            }
            Some(weights) => seed.for_each_pixel(|y, x, to| add_product(to, activation.pixel(y, x), weights, slope)),
        }
        own
    }

    fn reference(&self, layer: &[f64], _: &[f64], shape: Shape) -> f64 {
        let channels = shape.channels;
        let even = vec![1.0 / channels as f32; channels];
        let weights = self.weights.as_ref().unwrap_or(&even);
        let weighted = |(i, value): (usize, &f64)| value * value * f64::from(weights[i % channels]);
        let mean_square = layer.iter().enumerate().map(weighted).sum::<f64>() / shape.pixels() as f64;
        100.0 * mean_square.sqrt().ln()
    }
}

/// The same for channels that are chosen again on every activation.
#[derive(Debug)]
struct StrengthOfChosen {
    channels: Channels,
}

impl StrengthOfChosen {
    fn weights(&self, whole: &Tally, channels: usize) -> Vec<f32> {
        self.channels.weights(&whole.means()[..channels])
    }

    fn mean_square(&self, whole: &Tally, weights: &[f32]) -> f64 {
        let squares = &whole.sums[weights.len()..];
        let sum = squares.iter().zip(weights).map(|(sum, weight)| sum * f64::from(*weight)).sum::<f64>();
        audible(sum / whole.positions)
    }
}

impl Measure for StrengthOfChosen {
    fn data(&self) -> MeasureData<'_> {
        let (formula, count) = match &self.channels {
            Channels::Strongest(count) => ("strength of the strongest", Some(*count)),
            Channels::Weakest(count) => ("strength of the weakest", Some(*count)),
            _ => ("strength of channels", None),
        };
        let indices = count.map_or_else(|| self.channels.named().to_vec(), |count| vec![count]);
        MeasureData { formula, indices, arrays: Vec::new() }
    }

    /// The values of every channel, then their squares.
    fn sums(&self, channels: usize) -> usize {
        2 * channels
    }

    fn tally(&self, Seen { activation, .. }: Seen<'_>) -> Tally {
        let sums = [channel_sums(activation, f64::from), channel_sums(activation, |v| f64::from(v * v))].concat();
        Tally { positions: pixels(activation), sums }
    }

    fn value(&self, whole: &Tally, channels: usize) -> f64 {
        log_of(self.mean_square(whole, &self.weights(whole, channels)))
    }

    fn gradient(&self, seen: Seen<'_>, weight: f32, whole: Option<&Tally>, seed: Seed<'_>) -> Tally {
        let (own, activation) = (self.tally(seen), seen.activation);
        let whole = whole.unwrap_or(&own);
        let weights = self.weights(whole, activation.shape().channels);
        let slope = slope(weight, whole, self.mean_square(whole, &weights));
        seed.for_each_pixel(|y, x, to| add_product(to, activation.pixel(y, x), &weights, slope));
        own
    }

    fn reference(&self, layer: &[f64], photo: &[f64], shape: Shape) -> f64 {
        let mean = |c: usize| layer.iter().skip(c).step_by(shape.channels).sum::<f64>() / shape.pixels() as f64;
        let means: Vec<f32> = (0..shape.channels).map(|c| mean(c) as f32).collect();
        Strength { weights: Some(self.channels.weights(&means)) }.reference(layer, photo, shape)
    }
}

fn add_product(to: &mut [f32], from: &[f32], weights: &[f32], factor: f32) {
    to.iter_mut().zip(from).zip(weights).for_each(|((to, from), weight)| *to += from * weight * factor);
}

fn weighted_squares(pixel: &[f32], weights: &[f32]) -> f64 {
    pixel.iter().zip(weights).map(|(value, weight)| f64::from(value * value * weight)).sum()
}
