//! A plain f64 reference of the same formulas: pictures are functions of x, y and channel.

use crate::picture::plane::reflect;

/// A picture in f64.
#[derive(Clone)]
pub(super) struct Picture {
    pub width: usize,
    pub height: usize,
    pub values: Vec<f64>,
}

impl Picture {
    pub fn new(width: usize, height: usize, mut value: impl FnMut(usize, usize, usize) -> f64) -> Self {
        let mut values = Vec::new();
        for y in 0..height {
            for x in 0..width {
                values.extend((0..3).map(|c| value(x, y, c)));
            }
        }
        Self { width, height, values }
    }

    fn mirrored(&self, x: isize, y: isize, c: usize) -> f64 {
        self.values[(reflect(y, self.height) * self.width + reflect(x, self.width)) * 3 + c]
    }

    fn combine(&self, other: &Self, f: impl Fn(f64, f64) -> f64) -> Self {
        let values = self.values.iter().zip(&other.values).map(|(a, b)| f(*a, *b)).collect();
        Self { values, ..*self }
    }

    fn times(mut self, factor: f64) -> Self {
        self.values.iter_mut().for_each(|v| *v *= factor);
        self
    }

    fn rms(&self) -> f64 {
        (self.values.iter().map(|v| v * v).sum::<f64>() / self.values.len() as f64).sqrt()
    }

    /// Sum over a window around `(x, y)` of the mirrored picture.
    fn filtered(&self, x: usize, y: usize, c: usize, taps: &[f64]) -> f64 {
        let reach = (taps.len() / 2) as isize;
        let mut sum = 0.0;
        for dy in -reach..=reach {
            for dx in -reach..=reach {
                let weight = taps[(dx + reach) as usize] * taps[(dy + reach) as usize];
                sum += weight * self.mirrored(x as isize + dx, y as isize + dy, c);
            }
        }
        sum
    }
}

pub(super) fn mean_one(p: Picture) -> Picture {
    let mean = p.values.iter().map(|v| v.abs()).sum::<f64>() / p.values.len() as f64;
    p.times(1.0 / (mean + 1e-12))
}

pub(super) fn hold_chroma(p: &Picture, keep: f64) -> Picture {
    Picture::new(p.width, p.height, |x, y, c| {
        let rgb = &p.values[(y * p.width + x) * 3..][..3];
        let luma = 0.299 * rgb[0] + 0.587 * rgb[1] + 0.114 * rgb[2];
        luma + keep * (rgb[c] - luma)
    })
}

pub(super) fn smooth(p: &Picture, progress: f64) -> Picture {
    let sigma = 2.0 * progress + 0.5;
    let blur = |sigma: f64| {
        let bell: Vec<f64> = (-4..=4).map(|x: i32| (-f64::from(x * x) / (2.0 * sigma * sigma)).exp()).collect();
        let taps: Vec<f64> = bell.iter().map(|b| b / bell.iter().sum::<f64>()).collect();
        Picture::new(p.width, p.height, |x, y, c| p.filtered(x, y, c, &taps))
    };
    let sum = |a: f64, b: f64| a + b;
    blur(0.5 * sigma).combine(&blur(sigma), sum).combine(&blur(2.0 * sigma), sum).times(1.0 / 3.0)
}

const BINOMIAL: [f64; 5] = [1.0 / 16.0, 4.0 / 16.0, 6.0 / 16.0, 4.0 / 16.0, 1.0 / 16.0];

fn down(p: &Picture) -> Picture {
    Picture::new(p.width.div_ceil(2), p.height.div_ceil(2), |x, y, c| p.filtered(2 * x, 2 * y, c, &BINOMIAL))
}

/// Zeros between the pixels and filtered by four times the binomial; a side of one pixel stays as it is.
fn up(p: &Picture, width: usize, height: usize) -> Picture {
    let spread = Picture::new(width, height, |x, y, c| {
        let on = x % 2 == 0 && y % 2 == 0;
        if on { p.mirrored(x as isize / 2, y as isize / 2, c) } else { 0.0 }
    });
    let gain = |len: usize| if len == 1 { 1.0 } else { 2.0 };
    Picture::new(width, height, |x, y, c| spread.filtered(x, y, c, &BINOMIAL) * gain(width) * gain(height))
}

pub(super) fn laplacian(p: &Picture, weights: &[f32; 5]) -> Picture {
    let (mut levels, mut rest) = (Vec::new(), p.clone());
    while levels.len() < 4 && rest.width.max(rest.height) >= 3 {
        let lower = down(&rest);
        levels.push(rest.combine(&up(&lower, rest.width, rest.height), |a, b| a - b));
        rest = lower;
    }
    let strongest = levels.iter().map(Picture::rms).fold(rest.rms(), f64::max);
    let normalised = |level: &Picture, weight: f32| {
        let least = 1e-10f64.max(1e-5 * strongest);
        level.clone().times(f64::from(weight) / level.rms().max(least))
    };
    let mut merged = normalised(&rest, weights[4]);
    for (level, weight) in levels.iter().zip(weights).rev() {
        merged = normalised(level, *weight).combine(&up(&merged, level.width, level.height), |a, b| a + b);
    }
    merged
}
