//! The learning rate over a training.

/// A rate that rises in a straight line and then falls along half a cosine to zero (Loshchilov and Hutter, "SGDR", 2017,
/// without restarts).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Schedule {
    /// The highest rate, which is reached at the end of the warm-up.
    pub rate: f32,
    /// The number of steps of the warm-up.
    pub warm_up: usize,
    /// The number of all steps.
    pub steps: usize,
}

impl Default for Schedule {
    fn default() -> Self {
        Self { rate: 5e-4, warm_up: 20, steps: 400 }
    }
}

impl Schedule {
    /// Returns the rate of a step, from 0 on; 0 after the last one.
    pub fn at(&self, step: usize) -> f32 {
        if step < self.warm_up {
            return self.rate * (step + 1) as f32 / self.warm_up as f32;
        }
        let falling = self.steps.saturating_sub(self.warm_up).max(1) as f64;
        let part = ((step - self.warm_up) as f64 / falling).min(1.0);
        (f64::from(self.rate) * 0.5 * (1.0 + (std::f64::consts::PI * part).cos())) as f32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_rises_in_a_line_and_falls_along_a_cosine() {
        let schedule = Schedule { rate: 0.8, warm_up: 4, steps: 12 };
        let rates: Vec<f32> = (0..14).map(|step| schedule.at(step)).collect();
        assert_eq!(rates[..5], [0.2, 0.4, 0.6, 0.8, 0.8]);
        assert!((rates[8] - 0.4).abs() < 1e-6, "half way down");
        assert!(rates[4..].windows(2).all(|pair| pair[1] <= pair[0]) && rates[12] == 0.0 && rates[13] == 0.0);
    }

    #[test]
    fn a_training_may_have_no_warm_up_or_nothing_else() {
        assert_eq!(Schedule { rate: 1.0, warm_up: 0, steps: 10 }.at(0), 1.0);
        let only = Schedule { rate: 1.0, warm_up: 3, steps: 3 };
        assert_eq!((only.at(2), only.at(3)), (1.0, 1.0));
    }
}
