//! A basis: how parameters make a plane. The simplest one, pixels, is here.

use super::draw::normal;
use crate::random::Random;

/// Maps parameters to the plane of one channel, `[height][width]`, and its gradient back to the parameters.
pub(super) trait Basis: Send {
    /// The parameters to start with.
    fn start(&self, random: &mut Random) -> Vec<f32>;

    /// Makes the plane.
    fn plane(&mut self, parameters: &[f32], plane: &mut [f32]);

    /// Turns the gradient of the plane, which may be overwritten, into that of the parameters.
    fn gradient(&mut self, parameters: &[f32], plane: &mut [f32], gradient: &mut [f32]);
}

/// Standard deviation of the first pixels: nearly grey.
pub(super) const START: f64 = 0.01;

/// Parameters are the pixels themselves.
#[derive(Clone)]
pub(super) struct Pixels {
    pub len: usize,
}

impl Basis for Pixels {
    fn start(&self, random: &mut Random) -> Vec<f32> {
        (0..self.len).map(|_| normal(random, START)).collect()
    }

    fn plane(&mut self, parameters: &[f32], plane: &mut [f32]) {
        plane.copy_from_slice(parameters);
    }

    fn gradient(&mut self, _: &[f32], plane: &mut [f32], gradient: &mut [f32]) {
        gradient.copy_from_slice(plane);
    }
}
