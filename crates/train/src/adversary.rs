//! Pictures that are changed against the network.

use crate::error::Error;

/// How the size of a change is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Norm {
    /// The root of the sum of the squares of all values: few large changes or many small ones.
    L2,
    /// The largest change of a value.
    Linf,
}

/// Small changes of pictures that raise the loss most. A network that is trained on changed pictures has gradients that look
/// like the things it knows, so it dreams of them (Madry et al., arXiv:1706.06083; Santurkar et al., arXiv:1906.09453).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Adversary {
    /// How a change is measured.
    pub norm: Norm,
    /// The largest change, in colour values of 0 to 1. For L2 it grows with the root of the number of values: 1.5 suits 112
    /// x 112 pixels.
    pub bound: f32,
    /// Steps of the ascent to each change, 1 or more. One step of the whole bound is cheap and usually enough.
    pub steps: usize,
    /// Steps of the training over which the bound grows from 0. Without them a training may not begin to learn.
    pub ramp: usize,
}

impl Adversary {
    /// The largest change in a step of the training, from 0 on.
    pub fn bound_at(&self, step: usize) -> f32 {
        if step < self.ramp { self.bound * step as f32 / self.ramp as f32 } else { self.bound }
    }

    pub(crate) fn check(&self) -> Result<(), Error> {
        if !(self.bound.is_finite() && self.bound >= 0.0) {
            return Err(Error::Setting { name: "adversarial bound", range: "0 or more", value: self.bound.into() });
        }
        if self.steps == 0 {
            return Err(Error::Setting { name: "adversarial steps", range: "1 or more", value: 0.0 });
        }
        Ok(())
    }

    /// One step of the ascent from `changed`: returns `picture`, values of 0 to 1, changed by `bound` at most. `slope` is
    /// the gradient of the loss at `changed`.
    pub(crate) fn change(&self, picture: &[f32], changed: &[f32], bound: f32, slope: &[f32]) -> Vec<f32> {
        let length = if self.steps == 1 { bound } else { 1.5 * bound / self.steps as f32 };
        let step: Vec<f32> = match self.norm {
            Norm::L2 => scaled(slope, length / norm(slope).max(f32::MIN_POSITIVE)),
            Norm::Linf => slope.iter().map(|v| if *v == 0.0 { 0.0 } else { length.copysign(*v) }).collect(),
        };
        let change: Vec<f32> = changed.iter().zip(picture).zip(step).map(|((c, p), step)| c - p + step).collect();
        let change = match self.norm {
            Norm::L2 => scaled(&change, (bound / norm(&change).max(f32::MIN_POSITIVE)).min(1.0)),
            Norm::Linf => change.iter().map(|v| v.clamp(-bound, bound)).collect(),
        };
        picture.iter().zip(change).map(|(value, change)| (value + change).clamp(0.0, 1.0)).collect()
    }
}

fn scaled(values: &[f32], factor: f32) -> Vec<f32> {
    values.iter().map(|value| value * factor).collect()
}

fn norm(values: &[f32]) -> f32 {
    values.iter().map(|value| f64::from(*value) * f64::from(*value)).sum::<f64>().sqrt() as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    const GREY: [f32; 4] = [0.5; 4];

    fn changed(norm: Norm, bound: f32, steps: usize) -> Vec<f32> {
        let adversary = Adversary { norm, bound, steps, ramp: 0 };
        let step = |changed: Vec<f32>, _| adversary.change(&GREY, &changed, bound, &[3.0, 0.0, -4.0, 0.0]);
        (0..steps).fold(GREY.to_vec(), step)
    }

    #[test]
    fn a_change_follows_the_gradient_up_to_the_bound() {
        for steps in [1, 3] {
            let l2 = changed(Norm::L2, 0.1, steps);
            let expected = [0.56, 0.5, 0.42, 0.5];
            assert!(l2.iter().zip(expected).all(|(got, expected)| (got - expected).abs() < 1e-6), "{l2:?}");
            assert_eq!(changed(Norm::Linf, 0.25, steps), [0.75, 0.5, 0.25, 0.5]);
        }
    }

    #[test]
    fn colours_stay_colours_and_a_zero_gradient_changes_nothing() {
        assert_eq!(changed(Norm::Linf, 9.0, 1), [1.0, 0.5, 0.0, 0.5]);
        let adversary = Adversary { norm: Norm::L2, bound: 1.0, steps: 2, ramp: 0 };
        assert_eq!(adversary.change(&GREY, &GREY, 1.0, &[0.0; 4]), GREY);
    }

    #[test]
    fn the_bound_grows_over_the_ramp() {
        let adversary = Adversary { norm: Norm::L2, bound: 2.0, steps: 1, ramp: 4 };
        assert_eq!([0, 1, 3, 4, 9].map(|step| adversary.bound_at(step)), [0.0, 0.5, 1.5, 2.0, 2.0]);
    }
}
