//! Squares of a picture, at any size.

use crate::Drawing;
use crate::random::Random;

/// A square of a picture.
pub(super) struct Crop {
    pub left: f32,
    pub top: f32,
    pub side: f32,
    pub mirrored: bool,
}

impl Crop {
    /// Somewhere in the picture; its side is a part between `least` and `most` of the shorter side.
    pub fn random(picture: &Drawing, [least, most]: [f32; 2], random: &mut Random) -> Self {
        let side = random.range(least, most) * picture.width.min(picture.height) as f32;
        Self {
            left: random.unit() * (picture.width as f32 - side),
            top: random.unit() * (picture.height as f32 - side),
            side,
            mirrored: random.unit() < 0.5,
        }
    }

    /// The square at `size` by `size` pixels.
    pub fn cut(&self, picture: &Drawing, size: usize) -> Drawing {
        let columns = taps(self.left, self.side, size, picture.width);
        let rows = taps(self.top, self.side, size, picture.height);
        let mut pixels = vec![0.0; size * size * 3];
        let mut row = vec![0.0; picture.width * 3];
        for (taps, out) in rows.iter().zip(pixels.chunks_exact_mut(size * 3)) {
            row.fill(0.0);
            for (from, weight) in picture.pixels.chunks_exact(picture.width * 3).skip(taps.first).zip(&taps.weights) {
                row.iter_mut().zip(from).for_each(|(sum, value)| *sum += weight * value);
            }
            for (x, taps) in columns.iter().enumerate() {
                let x = if self.mirrored { size - 1 - x } else { x };
                let out = &mut out[x * 3..x * 3 + 3];
                for (from, weight) in row.chunks_exact(3).skip(taps.first).zip(&taps.weights) {
                    out.iter_mut().zip(from).for_each(|(sum, value)| *sum += weight * value);
                }
                out.iter_mut().for_each(|value| *value = value.clamp(0.0, 1.0));
            }
        }
        Drawing { width: size, height: size, pixels, source: picture.source }
    }
}

/// What one pixel of a row or column is made of.
struct Taps {
    first: usize,
    weights: Vec<f32>,
}

/// A triangle over two pixels of the coarser grid: bilinear upwards, without aliases downwards.
fn taps(start: f32, side: f32, size: usize, end: usize) -> Vec<Taps> {
    let scale = side / size as f32;
    let reach = scale.max(1.0);
    let of = |n: usize| {
        let middle = (start + (n as f32 + 0.5) * scale - 0.5).clamp(0.0, (end - 1) as f32);
        let first = (middle - reach).max(0.0) as usize;
        let last = ((middle + reach) as usize).min(end - 1);
        let weigh = |at: usize| (1.0 - (at as f32 - middle).abs() / reach).max(0.0);
        let sum: f32 = (first..=last).map(weigh).sum();
        Taps { first, weights: (first..=last).map(|at| weigh(at) / sum).collect() }
    };
    (0..size).map(of).collect()
}
