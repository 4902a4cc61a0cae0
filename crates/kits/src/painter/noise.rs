//! A tile of random values that repeats.

use crate::random::Random;

const SIDE: usize = 64;

pub(crate) struct Noise(Vec<f32>);

impl Noise {
    pub fn new(random: &mut Random) -> Self {
        Self((0..SIDE * SIDE).map(|_| random.unit()).collect())
    }

    /// Bilinear sample from 0 to 1; one unit is one random value.
    pub fn at(&self, x: f32, y: f32) -> f32 {
        let (x0, y0) = (x.floor(), y.floor());
        let (fx, fy) = (x - x0, y - y0);
        let value = |x: i32, y: i32| self.0[(y as usize % SIDE) * SIDE + x as usize % SIDE];
        let row = |y| {
            let left = value(x0 as i32, y);
            left + (value(x0 as i32 + 1, y) - left) * fx
        };
        let top = row(y0 as i32);
        top + (row(y0 as i32 + 1) - top) * fy
    }
}
