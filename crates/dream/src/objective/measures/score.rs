//! The mean over all positions of the score of some classes.

use oneiric_engine::objective::{Measure, MeasureData, Seed, Seen, Tally};
use oneiric_engine::shape::Shape;

use super::{pixels, sum};

/// The mean over all positions of log(sum(exp(score))) over these channels.
#[derive(Debug)]
pub(in crate::objective) struct Score {
    pub classes: Vec<usize>,
}

impl Score {
    fn of_pixel(&self, pixel: &[f32]) -> f64 {
        let max = self.classes.iter().map(|&c| pixel[c]).fold(f32::NEG_INFINITY, f32::max);
        let sum: f32 = self.classes.iter().map(|&c| (pixel[c] - max).exp()).sum();
        f64::from(max) + f64::from(sum).ln()
    }
}

impl Measure for Score {
    fn data(&self) -> MeasureData<'_> {
        MeasureData { formula: "score", indices: self.classes.clone(), arrays: Vec::new() }
    }

    fn tally(&self, Seen { activation, .. }: Seen<'_>) -> Tally {
        Tally { positions: pixels(activation), sums: vec![sum(activation, |pixel| self.of_pixel(pixel))] }
    }

    fn value(&self, whole: &Tally, _: usize) -> f64 {
        whole.sums[0] / whole.positions
    }

    fn gradient(&self, seen: Seen<'_>, weight: f32, whole: Option<&Tally>, seed: Seed<'_>) -> Tally {
        let (own, activation) = (self.tally(seen), seen.activation);
        let share = weight / whole.unwrap_or(&own).positions as f32;
        seed.for_each_pixel(|y, x, to| {
            let pixel = activation.pixel(y, x);
            let score = self.of_pixel(pixel) as f32;
            self.classes.iter().for_each(|&c| to[c] += share * (pixel[c] - score).exp());
        });
        own
    }

    fn reference(&self, layer: &[f64], _: &[f64], shape: Shape) -> f64 {
        let score = |pixel: &[f64]| self.classes.iter().map(|&c| pixel[c].exp()).sum::<f64>().ln();
        layer.chunks(shape.channels).map(score).sum::<f64>() / shape.pixels() as f64
    }
}
