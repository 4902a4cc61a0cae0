//! Gradient normalisation, before the gradient is added to the picture.
//!
//! A network's raw gradient has an arbitrary scale, is mostly fine speckle, and is more colourful than photos are.
//! [`Normalize`] has the four known methods; [`Normalizer`] applies one. After all but `None` the
//! mean absolute value of the gradient is 1, so that a step of 0.006 moves a value of 0..1 by 0.006 on average.

mod laplacian;
mod row;
mod smooth;

use crate::named::named;
use crate::picture::plane::{CHANNELS, floats, rows_per_band};
use laplacian::Pyramid;
use rayon::prelude::*;
use smooth::Cascade;

/// Added to the mean absolute value before dividing by it, so that a zero gradient stays zero.
const EPSILON: f64 = 1e-12;

/// How a gradient is normalised.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum Normalize {
    /// Unchanged.
    None,
    /// Divided by its mean absolute value (google/deepdream, 2015).
    Mean,
    /// Smoothed by three Gaussians that widen during an octave (gordicaleksa/pytorch-deepdream), then as `Mean`.
    Smooth,
    /// Fine and coarse detail balanced by a Laplacian pyramid (the TensorFlow notebook, 2015), then as `Mean`.
    #[default]
    Laplacian,
}

named! { Normalize, "normalize", None => "none", Mean => "mean", Smooth => "smooth", Laplacian => "laplacian" }

/// Options of a normalisation.
#[derive(Clone, Debug, PartialEq)]
pub struct NormalizeOptions {
    /// Weights of the Laplacian levels: four from fine to coarse, and one for the residual. Each level is scaled to
    /// a root mean square of 1 first. A tiny picture has fewer levels; its residual keeps the last weight.
    pub level_weights: [f32; 5],
    /// How much of the colour is kept: 1 all, 0 none (a grey gradient). `luma + chroma * (gradient - luma)`, luma being
    /// 0.299 R + 0.587 G + 0.114 B; done before the mean normalisation.
    pub chroma: f32,
}

impl Default for NormalizeOptions {
    /// Weights tuned by eye, and all the colour.
    fn default() -> Self {
        Self { level_weights: [0.5, 1.0, 1.0, 0.8, 0.2], chroma: 1.0 }
    }
}

/// A normalisation for one picture size, with its buffers.
pub struct Normalizer {
    options: NormalizeOptions,
    row: usize,
    len: usize,
    sums: Vec<f64>,
    work: Work,
}

enum Work {
    None,
    Mean,
    Smooth(Cascade),
    Laplacian(Pyramid),
}

impl Normalizer {
    /// Plans for gradients of `[height][width][3]`.
    ///
    /// # Panics
    /// When a side is zero.
    pub fn new(kind: Normalize, width: usize, height: usize, options: NormalizeOptions) -> Self {
        let work = match kind {
            Normalize::None => Work::None,
            Normalize::Mean => Work::Mean,
            Normalize::Smooth => Work::Smooth(Cascade::new(width, height)),
            Normalize::Laplacian => Work::Laplacian(Pyramid::new(width, height)),
        };
        let len = floats(width, height);
        Self { options, row: width * CHANNELS, len, sums: vec![0.0; height], work }
    }

    /// Normalises `gradient`, `[height][width][3]`, in place.
    ///
    /// `progress` is the finished part of the octave, `(i + 1) / N` in iteration `i` of `N`; only `Smooth` uses it: its
    /// Gaussians have a sigma of `2 * progress + 0.5` pixels. NaN and infinities count as zeros. A zero gradient stays
    /// zero. The result is finite for all gradients below 1e37, and the same bytes on any number of threads.
    ///
    /// # Panics
    /// When the length of `gradient` does not fit the size planned for.
    pub fn apply(&mut self, gradient: &mut [f32], progress: f32) {
        assert_eq!(gradient.len(), self.len, "gradient of the size planned for");
        let keep = self.options.chroma;
        let hold_chroma = |row: &mut [f32]| {
            if keep != 1.0 {
                row::hold_chroma(row, keep);
            }
        };
        let finish = |row: &mut [f32]| {
            hold_chroma(row);
            row::sum_abs(row)
        };
        let sums = &mut self.sums;
        match &mut self.work {
            Work::None => each_row(gradient, self.row, sums, |row| {
                row::clean(row);
                hold_chroma(row);
                0.0
            }),
            Work::Mean => {
                each_row(gradient, self.row, sums, |row| {
                    row::clean(row);
                    finish(row)
                });
                scale(gradient, self.row, to_mean_one(sums, self.len));
            }
            Work::Smooth(cascade) => {
                let sigma = 2.0 * f64::from(progress) + 0.5;
                cascade.smooth(gradient, sigma, sums, finish);
                if !sums.iter().sum::<f64>().is_finite() {
                    clean(gradient, self.row, sums);
                    cascade.smooth(gradient, sigma, sums, finish);
                }
                cascade.copy_scaled(to_mean_one(sums, self.len), gradient);
            }
            Work::Laplacian(pyramid) => {
                let weights = &self.options.level_weights;
                let factors = pyramid.measure(gradient, weights).unwrap_or_else(|| {
                    clean(gradient, self.row, sums);
                    pyramid.measure(gradient, weights).unwrap_or_default()
                });
                pyramid.merge(gradient, &factors, sums, finish);
                scale(gradient, self.row, to_mean_one(sums, self.len));
            }
        }
    }
}

/// The factor that brings the mean absolute value to 1, from the sum of absolute values of each row.
fn to_mean_one(sums: &[f64], len: usize) -> f32 {
    let mean = sums.iter().sum::<f64>() / len as f64;
    (1.0 / (mean + EPSILON)) as f32
}

/// Calls `work` on each row and stores its results in `sums`.
fn each_row(plane: &mut [f32], row: usize, sums: &mut [f64], work: impl Fn(&mut [f32]) -> f64 + Sync) {
    let band = rows_per_band(sums.len());
    let bands = plane.par_chunks_mut(band * row).zip(sums.par_chunks_mut(band));
    bands.for_each(|(rows, sums)| {
        for (row, sum) in rows.chunks_exact_mut(row).zip(sums) {
            *sum = work(row);
        }
    });
}

fn scale(plane: &mut [f32], row: usize, factor: f32) {
    let band = rows_per_band(plane.len() / row);
    plane.par_chunks_mut(band * row).for_each(|rows| row::scale(rows, factor));
}

/// NaN and infinities become zeros.
fn clean(plane: &mut [f32], row: usize, sums: &mut [f64]) {
    each_row(plane, row, sums, |row| {
        row::clean(row);
        0.0
    });
}

#[cfg(test)]
mod reference;
#[cfg(test)]
mod tests;
