//! Colour decorrelation: maps three unbounded planes to the red, green and blue of a picture in 0..1.
//!
//! In natural pictures red, green and blue are correlated. Planes of brightness and of colour differences
//! are independent, each with its natural strength, so `rgb = sigmoid(M z)`, where M is
//! the square root of the covariance of ImageNet's colours (lucid, `optvis/param/color.py`).

use rayon::prelude::*;

use crate::picture::plane::CHANNELS;

/// Square root of the covariance of colours in ImageNet, as lucid measured it, pictures being 0..1. One row each for
/// red, green and blue.
const COVARIANCE_ROOT: [[f32; 3]; 3] = [[0.26, 0.09, 0.02], [0.27, 0.0, -0.05], [0.27, -0.09, 0.03]];

/// Pixels per task.
const PIXELS: usize = 4096;

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Colour {
    matrix: [[f32; 3]; 3],
    contrast: [f32; 3],
}

impl Colour {
    /// Independent planes of brightness and colour if `decorrelate`, of red, green and blue otherwise.
    pub(super) fn new(decorrelate: bool) -> Self {
        // The sigmoid is steepest at mid grey, where its slope is 1 / 4.
        const STEEP: f32 = 4.0;
        if decorrelate {
            let norm = |column: usize| COVARIANCE_ROOT.iter().map(|row| row[column].powi(2)).sum::<f32>().sqrt();
            let longest = (0..3).map(norm).fold(0.0, f32::max);
            Self { matrix: COVARIANCE_ROOT.map(|row| row.map(|v| v / longest)), contrast: [STEEP * longest; 3] }
        } else {
            let deviation = COVARIANCE_ROOT.map(|row| row.iter().map(|v| v * v).sum::<f32>().sqrt());
            Self { matrix: [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]], contrast: deviation.map(|d| STEEP * d) }
        }
    }

    /// The standard deviations of the three planes in natural pictures.
    pub(super) fn contrast(&self) -> [f32; 3] {
        self.contrast
    }

    /// Makes the picture, `[height][width][3]`, from its planes, `[height][width]` each.
    pub(super) fn paint(&self, planes: [&[f32]; 3], picture: &mut [f32]) {
        let [first, second, third] = planes.map(|plane| plane.par_chunks(PIXELS));
        let pixels = picture.par_chunks_mut(PIXELS * CHANNELS);
        pixels.zip(first).zip(second).zip(third).for_each(|(((pixels, first), second), third)| {
            let planes = first.iter().zip(second).zip(third);
            for (pixel, ((&first, &second), &third)) in pixels.chunks_exact_mut(CHANNELS).zip(planes) {
                for (value, row) in pixel.iter_mut().zip(&self.matrix) {
                    *value = sigmoid(row[0] * first + row[1] * second + row[2] * third);
                }
            }
        });
    }

    /// The backward pass of [`paint`](Self::paint): replaces the gradient of red, green and blue of `picture` in `planes` by
    /// that of the planes.
    pub(super) fn gradient(&self, picture: &[f32], planes: [&mut [f32]; 3]) {
        let [first, second, third] = planes.map(|plane| plane.par_chunks_mut(PIXELS));
        let pixels = picture.par_chunks(PIXELS * CHANNELS);
        pixels.zip(first).zip(second).zip(third).for_each(|(((pixels, first), second), third)| {
            let planes = first.iter_mut().zip(second).zip(third);
            for (pixel, ((first, second), third)) in pixels.chunks_exact(CHANNELS).zip(planes) {
                let slope = |channel: usize| pixel[channel] * (1.0 - pixel[channel]);
                let rgb = [*first * slope(0), *second * slope(1), *third * slope(2)];
                let column = |at: usize| (0..CHANNELS).map(|row| self.matrix[row][at] * rgb[row]).sum();
                [*first, *second, *third] = [column(0), column(1), column(2)];
            }
        });
    }
}

fn sigmoid(value: f32) -> f32 {
    1.0 / (1.0 + (-value).exp())
}

#[cfg(test)]
mod tests {
    use super::super::fft::tests::noise;
    use super::*;

    /// The numbers that xplique and others give for lucid's matrix.
    #[test]
    fn the_matrix_is_normalised_by_its_longest_column() {
        let expected = [[0.5628, 0.1948, 0.0433], [0.5845, 0.0, -0.1082], [0.5845, -0.1948, 0.0649]];
        for (row, expected) in Colour::new(true).matrix.iter().flatten().zip(expected.as_flattened()) {
            assert!((row - expected).abs() < 1e-4, "{row} is not {expected}");
        }
    }

    #[test]
    fn no_plane_leaves_the_gamut_and_zero_is_mid_grey() {
        let colour = Colour::new(true);
        let mut picture = vec![0.0; 9];
        colour.paint([&[0.0, -1e30, 1e30], &[0.0; 3], &[0.0; 3]], &mut picture);
        assert_eq!(picture, [0.5, 0.5, 0.5, 0.0, 0.0, 0.0, 1.0, 1.0, 1.0]);
    }

    #[test]
    fn the_gradient_is_the_slope_of_the_picture() {
        const PIXELS: usize = 5000;
        let planes = [noise(1, PIXELS), noise(2, PIXELS), noise(3, PIXELS)];
        let slope = [noise(4, PIXELS), noise(5, PIXELS), noise(6, PIXELS)];
        for decorrelate in [true, false] {
            let colour = Colour::new(decorrelate);
            let rgb = |z: [f64; 3]| {
                colour.matrix.map(|row| {
                    let sum: f64 = (0..3).map(|i| f64::from(row[i]) * z[i]).sum();
                    1.0 / (1.0 + (-sum).exp())
                })
            };
            let mut picture = vec![0.0; 3 * PIXELS];
            colour.paint([&planes[0], &planes[1], &planes[2]], &mut picture);
            let [mut first, mut second, mut third] = slope.clone();
            colour.gradient(&picture, [&mut first, &mut second, &mut third]);
            for pixel in 0..PIXELS {
                let z = [0, 1, 2].map(|plane: usize| f64::from(planes[plane][pixel]));
                for (channel, expected) in rgb(z).iter().enumerate() {
                    assert!((f64::from(picture[3 * pixel + channel]) - expected).abs() < 1e-6);
                }
                for (at, got) in [first[pixel], second[pixel], third[pixel]].into_iter().enumerate() {
                    let moved = |by: f64| {
                        let mut moved = z;
                        moved[at] += by;
                        let rgb = rgb(moved);
                        (0..3).map(|channel| f64::from(slope[channel][pixel]) * rgb[channel]).sum::<f64>()
                    };
                    let expected = (moved(1e-4) - moved(-1e-4)) / 2e-4;
                    assert!((f64::from(got) - expected).abs() < 1e-5, "{got} is not {expected}");
                }
            }
        }
    }
}
