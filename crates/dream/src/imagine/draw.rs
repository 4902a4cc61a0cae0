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

/// A number of mean zero and nearly normally distributed, from one draw: the sum of four uniform numbers of 16 bits. For many
/// numbers at a time.
pub(super) fn nearly_normal(random: &mut Random, deviation: f32) -> f32 {
    let bits = random.bits();
    let sum: u64 = (0..4).map(|part| bits >> (16 * part) & 0xffff).sum();
    // The mean of a part is 65535 / 2, the variance of the sum 4 / 12 of 65536 squared.
    deviation * (3f32.sqrt() / 65536.0) * (sum as f32 - 2.0 * 65535.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn normal_numbers_have_the_moments_of_the_bell_curve() {
        let mut random = Random::new(5);
        let drawn: Vec<f64> = (0..40_000).map(|_| f64::from(normal(&mut random, 2.0)) / 2.0).collect();
        assert_moments(&drawn, [(1, 0.0, 0.02), (2, 1.0, 0.03), (3, 0.0, 0.06), (4, 3.0, 0.15)]);
    }

    /// The sum of four has thinner tails: a fourth moment of 3 - 1.2 / 4.
    #[test]
    fn nearly_normal_numbers_have_nearly_its_moments() {
        let mut random = Random::new(5);
        let drawn: Vec<f64> = (0..40_000).map(|_| f64::from(nearly_normal(&mut random, 2.0)) / 2.0).collect();
        assert_moments(&drawn, [(1, 0.0, 0.02), (2, 1.0, 0.03), (3, 0.0, 0.06), (4, 2.7, 0.15)]);
    }

    fn assert_moments(drawn: &[f64], moments: [(i32, f64, f64); 4]) {
        for (power, expected, within) in moments {
            let got = drawn.iter().map(|x| x.powi(power)).sum::<f64>() / drawn.len() as f64;
            assert!((got - expected).abs() < within, "moment {power} is {got}, not {expected}");
        }
    }
}
