//! Cascade smoothing: the mean of three Gaussians that widen as the octave progresses.
//!
//! From gordicaleksa/pytorch-deepdream: standard deviations of 0.5, 1 and 2 times `sigma` pixels, each cut off
//! to 9x9 taps that sum to one, mirrored at the borders. The first, narrow iterations draw fine lines, and the
//! last, wide ones draw soft shapes.

use super::laplacian::mirror_ends;
use super::row;
use crate::picture::plane::{CHANNELS, floats, reflect, rows_per_band};
use rayon::prelude::*;

/// Pixels that each filter reaches to either side.
const REACH: usize = 4;

/// Planned for one size of picture.
pub(super) struct Cascade {
    size: (usize, usize),
    smooth: Vec<f32>,
    /// For each band a row filtered down by each of the three Gaussians.
    scratch: Vec<[Vec<f32>; 3]>,
}

impl Cascade {
    pub(super) fn new(width: usize, height: usize) -> Self {
        let bands = height.div_ceil(rows_per_band(height));
        let padded = vec![0.0; (width + 2 * REACH) * CHANNELS];
        Self {
            size: (width, height),
            smooth: vec![0.0; floats(width, height)],
            scratch: vec![[padded.clone(), padded.clone(), padded]; bands],
        }
    }

    /// Smooths `gradient` into a separate plane; `finish` is called on each finished row, and
    /// what it returns is left in `sums`, one a row.
    pub(super) fn smooth(
        &mut self,
        gradient: &[f32],
        sigma: f64,
        sums: &mut [f64],
        finish: impl Fn(&mut [f32]) -> f64 + Sync,
    ) {
        let (width, height) = self.size;
        let len = width * CHANNELS;
        let band = rows_per_band(height);
        let down = [0.5, 1.0, 2.0].map(|part| gaussian(part * sigma));
        let along = down.map(|taps| taps.map(|tap| tap / 3.0));
        let (down, along) = (down.map(|t| t.map(|t| t as f32)), along.map(|t| t.map(|t| t as f32)));
        let bands = self.smooth.par_chunks_mut(band * len).zip(sums.par_chunks_mut(band));
        bands.zip(&mut self.scratch).enumerate().for_each(|(index, ((rows, sums), scratch))| {
            for (y, (out, sum)) in rows.chunks_exact_mut(len).zip(sums).enumerate() {
                let top = (index * band + y) as isize - REACH as isize;
                let near: [&[f32]; 2 * REACH + 1] =
                    std::array::from_fn(|tap| &gradient[reflect(top + tap as isize, height) * len..][..len]);
                let inner = scratch.each_mut().map(|row| &mut row[REACH * CHANNELS..][..len]);
                row::cascade_down(near, &down, inner);
                scratch.iter_mut().for_each(|row| mirror_ends(row, width, REACH));
                row::cascade_along(scratch.each_ref().map(|row| &row[..]), &along, out);
                *sum = finish(out);
            }
        });
    }

    /// The smoothed plane times `factor`.
    pub(super) fn copy_scaled(&self, factor: f32, out: &mut [f32]) {
        let band = rows_per_band(self.size.1) * self.size.0 * CHANNELS;
        let bands = out.par_chunks_mut(band).zip(self.smooth.par_chunks(band));
        bands.for_each(|(out, smooth)| row::scale_into(smooth, factor, out));
    }
}

/// The middle tap of a Gaussian and those to one side of it; all nine sum to one.
fn gaussian(sigma: f64) -> [f64; REACH + 1] {
    let taps: [f64; REACH + 1] = std::array::from_fn(|x| (-0.5 * (x as f64 / sigma).powi(2)).exp());
    let sum = taps[0] + 2.0 * taps[1..].iter().sum::<f64>();
    taps.map(|tap| tap / sum)
}
