//! The loss of a classifier.

use oneiric_engine::executor::Objective;
use oneiric_engine::map::{Map, MapMut};

/// The cross-entropy of one picture, for a layer whose channels are the scores of classes at each position. The scores of the
/// picture are their means over the positions, so that a class can be dreamed of everywhere.
///
/// With smoothing `s` and `K` classes the wanted probabilities are `1 - s + s / K` of the class and `s / K` of the others
/// (Szegedy et al., "Rethinking the Inception Architecture", 2016).
#[derive(Clone, Debug)]
pub struct CrossEntropy {
    class: usize,
    smoothing: f64,
    weight: f64,
    probabilities: Vec<f64>,
    loss: f64,
}

impl CrossEntropy {
    /// The loss for a picture of `class`, from 0 on, times `weight`. `smoothing` is 0 to below 1.
    pub fn new(class: usize, smoothing: f32, weight: f64) -> Self {
        Self { class, smoothing: smoothing.into(), weight, probabilities: Vec::new(), loss: 0.0 }
    }

    /// The loss of the picture that was seen last, without the weight.
    pub fn loss(&self) -> f64 {
        self.loss
    }

    /// The probabilities of the classes in the picture that was seen last.
    pub fn probabilities(&self) -> &[f64] {
        &self.probabilities
    }

    /// The probabilities of the classes for these scores.
    pub fn probabilities_of(scores: Map<'_>) -> Vec<f64> {
        let mut seen = Self::new(0, 0.0, 1.0);
        seen.see(scores);
        seen.probabilities
    }

    /// The class with the highest probability in the picture that was seen last; the first of several.
    pub fn predicted(&self) -> usize {
        let best =
            |best: usize, class: usize| if self.probabilities[class] > self.probabilities[best] { class } else { best };
        (0..self.probabilities.len()).fold(0, best)
    }

    fn wanted(&self, class: usize) -> f64 {
        let share = self.smoothing / self.probabilities.len() as f64;
        if class == self.class { 1.0 - self.smoothing + share } else { share }
    }

    /// Takes the scores of a picture.
    pub fn see(&mut self, scores: Map<'_>) {
        let shape = scores.shape();
        let mut means = vec![0.0; shape.channels];
        for pixel in (0..shape.height).flat_map(|y| scores.row(y)) {
            means.iter_mut().zip(pixel).for_each(|(mean, score)| *mean += f64::from(*score));
        }
        means.iter_mut().for_each(|mean| *mean /= shape.pixels() as f64);
        let highest = means.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let sum = means.iter().map(|mean| (mean - highest).exp()).sum::<f64>();
        self.probabilities = means.iter().map(|mean| (mean - highest).exp() / sum).collect();
        let logarithm = |class: usize| means[class] - highest - sum.ln();
        self.loss = -(0..means.len()).map(|class| self.wanted(class) * logarithm(class)).sum::<f64>();
    }
}

impl Objective for CrossEntropy {
    /// The gradient of the loss: each position has its share of `probability - wanted`.
    fn write_gradient(&mut self, _: usize, scores: Map<'_>, mut gradient: MapMut<'_>) {
        self.see(scores);
        let share = self.weight / scores.shape().pixels() as f64;
        let slope = |class: usize| (share * (self.probabilities[class] - self.wanted(class))) as f32;
        let slopes: Vec<f32> = (0..self.probabilities.len()).map(slope).collect();
        gradient.for_each_pixel(|_, _, to| {
            to.fill(0.0);
            to[..slopes.len()].copy_from_slice(&slopes);
        });
    }
}

#[cfg(test)]
mod tests {
    use oneiric_engine::shape::Shape;

    use super::*;

    const SHAPE: Shape = Shape { channels: 3, height: 2, width: 2 };

    fn loss_and_gradient(scores: &[f32]) -> (CrossEntropy, Vec<f32>) {
        let mut loss = CrossEntropy::new(1, 0.1, 0.5);
        let mut gradient = vec![7.0; SHAPE.stride() * SHAPE.pixels()];
        let mut padded = vec![0.0; gradient.len()];
        let pixels = padded.chunks_mut(SHAPE.stride()).zip(scores.chunks(SHAPE.channels));
        pixels.for_each(|(to, pixel)| to[..SHAPE.channels].copy_from_slice(pixel));
        loss.write_gradient(
            0,
            Map::new(&padded, SHAPE, SHAPE.stride()),
            MapMut::new(&mut gradient, SHAPE, SHAPE.stride()),
        );
        (loss, gradient)
    }

    #[test]
    fn the_gradient_is_that_of_the_loss() {
        let scores: Vec<f32> = (0..12).map(|i| (i as f32 * 0.7).sin()).collect();
        let (loss, gradient) = loss_and_gradient(&scores);
        assert!((loss.probabilities().iter().sum::<f64>() - 1.0).abs() < 1e-12);
        for i in 0..scores.len() {
            let at = |change: f32| {
                let mut scores = scores.clone();
                scores[i] += change;
                loss_and_gradient(&scores).0.loss()
            };
            let slope = 0.5 * (at(0.01) - at(-0.01)) / 0.02;
            let got = gradient[i / SHAPE.channels * SHAPE.stride() + i % SHAPE.channels];
            assert!((slope - f64::from(got)).abs() < 1e-5, "score {i}: {got}, not {slope}");
        }
        assert!(gradient.chunks(SHAPE.stride()).all(|pixel| pixel[SHAPE.channels..].iter().all(|&v| v == 0.0)));
    }

    #[test]
    fn large_scores_do_not_overflow() {
        let (loss, gradient) = loss_and_gradient(&[1e30, -1e30, 0.0].repeat(4));
        assert!(loss.loss().is_finite() && gradient.iter().all(|v| v.is_finite()));
        assert_eq!(loss.predicted(), 0);
    }
}
