//! What a dream maximises at its layers, as the gradient that the network hands back to the picture.

use oneiric_engine::map::{Map, MapMut};
use rayon::prelude::*;

/// What is maximised at one layer.
#[derive(Clone, Debug, PartialEq)]
pub enum Objective {
    /// The root mean square of the layer: what is strong there grows stronger. For a single layer it
    /// is the classic L2 objective (google/deepdream, 2015), whose gradient has the same direction;
    /// with several layers it lets their weights mean what they say, whatever their scales are.
    Strength {
        /// Factor of the gradient.
        weight: f32,
    },
    /// The mean of some channels.
    Channels {
        /// Factor of the gradient.
        weight: f32,
        /// Their numbers.
        channels: Vec<usize>,
    },
}

impl Objective {
    /// The objective's value on the activations of the layer, without its weight.
    pub fn value(&self, activation: Map<'_>) -> f64 {
        let values = activation.shape().values() as f64;
        match self {
            Self::Strength { .. } => (sum(activation, squares) / values).sqrt(),
            Self::Channels { channels, .. } => {
                let of_pixel = |pixel: &[f32]| channels.iter().map(|&c| f64::from(pixel[c])).sum();
                sum(activation, of_pixel) / (activation.shape().pixels() * channels.len()) as f64
            }
        }
    }

    /// Writes the gradient of the objective, times its weight, at every value of the layer.
    pub fn gradient(&self, activation: Map<'_>, mut gradient: MapMut<'_>) {
        match self {
            Self::Strength { weight } => {
                let rms = self.value(activation).max(f64::from(f32::MIN_POSITIVE));
                let factor = (f64::from(*weight) / (activation.shape().values() as f64 * rms)) as f32;
                gradient.for_each_pixel(|y, x, to| {
                    to.fill(0.0);
                    to.iter_mut().zip(activation.pixel(y, x)).for_each(|(to, a)| *to = a * factor);
                });
            }
            Self::Channels { weight, channels } => {
                let share = weight / (activation.shape().pixels() * channels.len()) as f32;
                gradient.for_each_pixel(|_, _, to| {
                    to.fill(0.0);
                    channels.iter().for_each(|&c| to[c] += share);
                });
            }
        }
    }
}

fn squares(values: &[f32]) -> f64 {
    // Eight sums side by side, so that the compiler can vectorise; always the same order.
    let mut sums = [0.0f32; 8];
    for values in values.chunks(8) {
        sums.iter_mut().zip(values).for_each(|(sum, v)| *sum += v * v);
    }
    sums.iter().map(|&sum| f64::from(sum)).sum()
}

/// The sum of `of_pixel` over all pixels, row by row in order, whatever the number of threads.
fn sum(map: Map<'_>, of_pixel: impl Fn(&[f32]) -> f64 + Sync) -> f64 {
    let rows = (0..map.shape().height).into_par_iter().map(|y| map.row(y).map(&of_pixel).sum::<f64>());
    rows.collect::<Vec<_>>().iter().sum()
}

#[cfg(test)]
mod tests {
    use oneiric_engine::map::Buffer;
    use oneiric_engine::shape::Shape;

    use super::*;

    /// The gradient says by how much the objective grows when one value of the layer does.
    #[test]
    fn the_gradient_is_the_slope_of_the_value() {
        let shape = Shape::new(5, 3, 4);
        let layer: Buffer =
            (0..shape.buffer_len()).map(|i| if i % 16 < 5 { (i as f32 * 0.7).sin() } else { 0.0 }).collect();
        let value = |objective: &Objective, layer: &Buffer| objective.value(Map::new(layer.as_slice(), shape, 16));
        for objective in
            [Objective::Strength { weight: 1.0 }, Objective::Channels { weight: 1.0, channels: vec![0, 3] }]
        {
            let mut gradient = Buffer::zeroed(shape.buffer_len());
            objective.gradient(Map::new(layer.as_slice(), shape, 16), MapMut::new(gradient.as_mut_slice(), shape, 16));
            for at in (0..shape.buffer_len()).filter(|i| i % 16 < 5) {
                let moved = |by: f32| {
                    let mut moved: Buffer = layer.as_slice().iter().copied().collect();
                    moved.as_mut_slice()[at] += by;
                    value(&objective, &moved)
                };
                let slope = (moved(0.01) - moved(-0.01)) / 0.02;
                assert!((slope - f64::from(gradient.as_slice()[at])).abs() < 1e-5, "{objective:?} at {at}");
            }
        }
    }
}
