//! Uniform and normal random numbers from the generator's bits.

use std::f64::consts::TAU;

use crate::random::Random;

/// A uniform number in 0..1 from 53 random bits.
pub(super) fn uniform(random: &mut Random) -> f64 {
    (random.bits() >> 11) as f64 / (1u64 << 53) as f64
}

/// A normally distributed number of mean zero and variance one, from two draws (Box and Muller, "A note on the generation of random normal
/// deviates", 1958).
pub(super) fn normal(random: &mut Random, deviation: f64) -> f32 {
    let radius = (-2.0 * (1.0 - uniform(random)).ln()).sqrt();
    (deviation * radius * (TAU * uniform(random)).cos()) as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn normal_numbers_have_the_moments_of_the_bell_curve() {
        let mut random = Random::new(5);
        let drawn: Vec<f64> = (0..40_000).map(|_| f64::from(normal(&mut random, 2.0)) / 2.0).collect();
        let moment = |power| drawn.iter().map(|x| x.powi(power)).sum::<f64>() / drawn.len() as f64;
        for (power, expected, within) in [(1, 0.0, 0.02), (2, 1.0, 0.03), (3, 0.0, 0.06), (4, 3.0, 0.15)] {
            let got = moment(power);
            assert!((got - expected).abs() < within, "moment {power} is {got}, not {expected}");
        }
    }
}
