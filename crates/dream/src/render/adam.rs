//! Adam for maximisation (Kingma and Ba, "Adam: A Method for Stochastic Optimization", 2015).

/// Decay of the mean of gradients.
const MEAN: f64 = 0.9;

/// Decay of the mean of their squares.
const SQUARE: f64 = 0.999;

/// The state of an ascent on some parameters.
#[derive(Debug)]
pub(crate) struct Adam {
    rate: f64,
    epsilon: f32,
    steps: i32,
    mean: Vec<f32>,
    square: Vec<f32>,
}

impl Adam {
    /// For `parameters` numbers, which move by about `rate` a step. Gradients much smaller than `epsilon` move nothing.
    pub(crate) fn new(parameters: usize, rate: f32, epsilon: f32) -> Self {
        let zeros = vec![0.0; parameters];
        Self { rate: rate.into(), epsilon, steps: 0, mean: zeros.clone(), square: zeros }
    }

    /// Sets how far parameters move in the steps to come.
    pub(crate) fn set_rate(&mut self, rate: f32) {
        self.rate = rate.into();
    }

    /// Returns the number of steps and the two running means.
    pub(crate) fn memory(&self) -> (i32, [&[f32]; 2]) {
        (self.steps, [&self.mean, &self.square])
    }

    /// Continues from earlier [`memory`](Self::memory).
    pub(crate) fn restore(&mut self, steps: i32, [mean, square]: [Vec<f32>; 2]) {
        (self.steps, self.mean, self.square) = (steps, mean, square);
    }

    /// Moves the parameters up along their gradient.
    pub(crate) fn climb(&mut self, parameters: &mut [f32], gradient: &[f32]) {
        self.climb_by(parameters, gradient, |_, change| change);
    }

    /// Moves each parameter by what `limited` makes of its value and its change.
    pub(crate) fn climb_by(&mut self, parameters: &mut [f32], gradient: &[f32], limited: impl Fn(f32, f32) -> f32) {
        self.steps += 1;
        let rate = (self.rate / (1.0 - MEAN.powi(self.steps))) as f32;
        let unbias = (1.0 / (1.0 - SQUARE.powi(self.steps)).sqrt()) as f32;
        let memory = self.mean.iter_mut().zip(&mut self.square);
        for ((parameter, gradient), (mean, square)) in parameters.iter_mut().zip(gradient).zip(memory) {
            *mean += (1.0 - MEAN) as f32 * (gradient - *mean);
            *square += (1.0 - SQUARE) as f32 * (gradient * gradient - *square);
            *parameter += limited(*parameter, rate * *mean / (square.sqrt() * unbias + self.epsilon));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Algorithm 1 of the paper line by line in `f64`, with the sign of the step reversed.
    #[test]
    fn steps_are_those_of_the_paper() {
        let gradient = |step: i32| [f64::from(step).sin(), 1e-3 * f64::from(step * step).cos(), -40.0];
        let (mut theta, mut m, mut v) = ([0.1f64; 3], [0.0f64; 3], [0.0f64; 3]);
        let mut parameters = [0.1f32; 3];
        let mut adam = Adam::new(3, 0.05, 1e-8);
        for t in 1..=100 {
            let g = gradient(t);
            for i in 0..3 {
                m[i] = 0.9 * m[i] + 0.1 * g[i];
                v[i] = 0.999 * v[i] + 0.001 * g[i] * g[i];
                let (m, v) = (m[i] / (1.0 - 0.9f64.powi(t)), v[i] / (1.0 - 0.999f64.powi(t)));
                theta[i] += 0.05 * m / (v.sqrt() + 1e-8);
            }
            adam.climb(&mut parameters, &g.map(|g| g as f32));
            for (got, expected) in parameters.iter().zip(theta) {
                assert!((f64::from(*got) - expected).abs() < 1e-4, "step {t}: {got}, not {expected}");
            }
        }
    }

    #[test]
    fn the_first_step_is_the_rate_and_a_zero_gradient_moves_nothing() {
        let mut parameters = [0.0; 4];
        Adam::new(4, 0.05, 1e-8).climb(&mut parameters, &[1e-4, -3e5, 0.2, 0.0]);
        for (got, expected) in parameters.iter().zip([0.05, -0.05, 0.05, 0.0]) {
            assert!((got - expected).abs() < 1e-5, "{got}, not {expected}");
        }
    }

    #[test]
    fn adam_finds_a_maximum() {
        let mut parameters = [3.0f32, -2.0];
        let mut adam = Adam::new(2, 0.05, 1e-8);
        for _ in 0..2000 {
            let gradient = [1.0 - parameters[0], 100.0 * (0.5 - parameters[1])];
            adam.climb(&mut parameters, &gradient);
        }
        assert!((parameters[0] - 1.0).abs() < 1e-2 && (parameters[1] - 0.5).abs() < 1e-2, "{parameters:?}");
    }
}
