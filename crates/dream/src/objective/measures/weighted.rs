//! The mean over all positions of a weighted sum of the channels.

use oneiric_engine::objective::{Measure, MeasureData, Seed, Seen, Tally};
use oneiric_engine::shape::Shape;

use super::{add_scaled, dot, pixels, sum};

#[derive(Debug)]
pub(in crate::objective) struct Weighted {
    /// The weight of each channel.
    pub weights: Vec<f32>,
}

impl Measure for Weighted {
    fn data(&self) -> MeasureData<'_> {
        MeasureData { formula: "weighted mean", arrays: vec![&self.weights], indices: Vec::new() }
    }

    fn tally(&self, Seen { activation, .. }: Seen<'_>) -> Tally {
        let sum = sum(activation, |pixel| dot(pixel, &self.weights));
        Tally { positions: pixels(activation), sums: vec![sum] }
    }

    fn value(&self, whole: &Tally, _: usize) -> f64 {
        whole.sums[0] / whole.positions
    }

    fn gradient(&self, seen: Seen<'_>, weight: f32, whole: Option<&Tally>, seed: Seed<'_>) -> Tally {
        let own = self.tally(seen);
        let share = weight / whole.unwrap_or(&own).positions as f32;
        seed.for_each_pixel(|_, _, to| add_scaled(to, &self.weights, share));
        own
    }

    fn reference(&self, layer: &[f64], _: &[f64], shape: Shape) -> f64 {
        let weighted = |(i, value): (usize, &f64)| value * f64::from(self.weights[i % shape.channels]);
        layer.iter().enumerate().map(weighted).sum::<f64>() / shape.pixels() as f64
    }
}
