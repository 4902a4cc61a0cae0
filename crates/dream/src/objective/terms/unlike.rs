//! The term that makes several pictures from nothing differ. It has no text:
//! [`Bound::unlike`](crate::objective::Bound::unlike) adds it.

use oneiric_engine::objective::{Measure, MeasureData, Seed, Seen, Tally};
use oneiric_engine::shape::Shape;

use crate::objective::measures::{add_scaled, channel_sums, dot, of_length_one, pixels, squares};

/// Minus the mean cosine between the channels' means and each of these, all of length one. (lucid compares Gram
/// matrices; this is a cheaper relative.)
#[derive(Debug)]
pub(in crate::objective) struct Unlike {
    pub others: Vec<Vec<f32>>,
}

impl Unlike {
    /// The gradient by the means of the channels: for each of the others, (cosine own - other) / |means|.
    fn slope(&self, means: &[f32]) -> Vec<f32> {
        let length = squares(means).sqrt().max(f64::from(f32::MIN_POSITIVE));
        let own = of_length_one(means.to_vec());
        let mut slope = vec![0.0; means.len()];
        for other in &self.others {
            let factor = 1.0 / (length * self.others.len() as f64);
            add_scaled(&mut slope, &own, (dot(&own, other) * factor) as f32);
            add_scaled(&mut slope, other, -factor as f32);
        }
        slope
    }
}

impl Measure for Unlike {
    fn data(&self) -> MeasureData<'_> {
        let arrays = self.others.iter().map(Vec::as_slice).collect();
        MeasureData { formula: "unlike", arrays, indices: Vec::new() }
    }

    fn sums(&self, channels: usize) -> usize {
        channels
    }

    fn tally(&self, Seen { activation, .. }: Seen<'_>) -> Tally {
        Tally { positions: pixels(activation), sums: channel_sums(activation, f64::from) }
    }

    fn value(&self, whole: &Tally, _: usize) -> f64 {
        let own = of_length_one(whole.means());
        -self.others.iter().map(|other| dot(&own, other)).sum::<f64>() / self.others.len() as f64
    }

    fn gradient(&self, seen: Seen<'_>, weight: f32, whole: Option<&Tally>, seed: Seed<'_>) -> Tally {
        let own = self.tally(seen);
        let whole = whole.unwrap_or(&own);
        let (share, slope) = (weight / whole.positions as f32, self.slope(&whole.means()));
        seed.for_each_pixel(|_, _, to| add_scaled(to, &slope, share));
        own
    }

    fn reference(&self, layer: &[f64], _: &[f64], shape: Shape) -> f64 {
        let mean = |c: usize| layer.iter().skip(c).step_by(shape.channels).sum::<f64>() / shape.pixels() as f64;
        let means: Vec<f64> = (0..shape.channels).map(mean).collect();
        let length = means.iter().map(|mean| mean * mean).sum::<f64>().sqrt();
        let cosine = |other: &Vec<f32>| means.iter().zip(other).map(|(a, b)| a * f64::from(*b)).sum::<f64>() / length;
        -self.others.iter().map(cosine).sum::<f64>() / self.others.len() as f64
    }
}
