//! Random choices that depend on a seed and a place in the training only.

use oneiric::internals::Random;

/// A stream of random numbers.
pub(crate) struct Draws(Random);

impl Draws {
    /// Starts the stream of a place, such as a step and the index in its batch.
    pub(crate) fn new(seed: u64, place: &[u64]) -> Self {
        let mix = |mixed: u64, part: &u64| Random::new(mixed ^ part).bits();
        Self(Random::new(place.iter().fold(Random::new(seed).bits(), mix)))
    }

    pub(crate) fn bits(&mut self) -> u64 {
        self.0.bits()
    }

    /// A number from 0 to below 1.
    pub(crate) fn unit(&mut self) -> f32 {
        // 24 bits are as many as an f32 has.
        (self.bits() >> 40) as f32 / (1 << 24) as f32
    }

    pub(crate) fn between(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * self.unit()
    }

    /// A number within `reach` of 0.
    pub(crate) fn around(&mut self, reach: f32) -> f32 {
        self.between(-reach, reach)
    }

    pub(crate) fn chance(&mut self, probability: f32) -> bool {
        self.unit() < probability
    }

    /// The numbers from 0 to below `count` in random order (Fisher and Yates).
    pub(crate) fn order(&mut self, count: usize) -> Vec<usize> {
        let mut order: Vec<usize> = (0..count).collect();
        for last in (1..count).rev() {
            order.swap(last, self.0.below(last as u64 + 1) as usize);
        }
        order
    }
}
