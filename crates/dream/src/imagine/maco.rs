//! MaCo: a plane of waves with fixed, natural magnitudes; only their phases change.
//!
//! "Unlocking Feature Visualization for Deeper Networks with MAgnitude Constrained Optimization" (Fel et al., 2023)
//! fixes the magnitudes to the measured mean spectrum of ImageNet. Here they follow the law
//! that such measurements find, amplitude 1 / frequency (Field, "Relations between the statistics of natural
//! images and the response properties of cortical cells", 1987), and the contrast that the colours of
//! ImageNet have ([`Colour::contrast`](super::colour::Colour::contrast)). The paper standardises phases and
//! picture at each step; with these magnitudes the picture is standardised already.

use std::f64::consts::TAU;

use super::basis::Basis;
use super::draw::uniform;
use super::fft::{Complex, Fourier};
use crate::random::Random;

/// Parameters are the phases of the half spectrum, in radians.
#[derive(Clone)]
pub(super) struct Phases {
    fourier: Fourier,
    height: usize,
    magnitude: Vec<f32>,
    spectrum: Vec<Complex>,
}

impl Phases {
    /// `contrast` is the standard deviation of the plane; a plane of one value has none.
    pub(super) fn new(size: (usize, usize), decay: f32, contrast: f32) -> Self {
        let fourier = Fourier::new(size);
        let mut power = 0.0;
        for (at, falloff) in fourier.falloff(decay).enumerate().skip(1) {
            let times = if fourier.is_single(at / size.1) { 1.0 } else { 2.0 };
            power += times * falloff * falloff;
        }
        let scale = if power > 0.0 { f64::from(contrast) / power.sqrt() } else { 0.0 };
        let magnitude = fourier.falloff(decay).map(|f| (f * scale) as f32).collect();
        let spectrum = vec![Complex::default(); fourier.values()];
        Self { fourier, height: size.1, magnitude, spectrum }
    }

    /// The columns that are their own mirror images, where a plane has the mean of a wave and its mirror image.
    fn single_columns(&mut self) -> impl Iterator<Item = &mut [Complex]> {
        let Self { fourier, height, spectrum, .. } = self;
        let columns = spectrum.chunks_exact_mut(*height).enumerate();
        columns.filter(|(x, _)| fourier.is_single(*x)).map(|(_, column)| column)
    }
}

impl Basis for Phases {
    fn start(&self, random: &mut Random) -> Vec<f32> {
        self.magnitude.iter().map(|_| (TAU * (uniform(random) - 0.5)) as f32).collect()
    }

    fn plane(&mut self, parameters: &[f32], plane: &mut [f32]) {
        for ((value, phase), magnitude) in self.spectrum.iter_mut().zip(parameters).zip(&self.magnitude) {
            *value = Complex::from_polar(*magnitude, *phase);
        }
        for column in self.single_columns() {
            let height = column.len();
            (1..height.div_ceil(2)).for_each(|y| column[height - y] = column[y].conj());
        }
        self.fourier.plane(&mut self.spectrum, plane);
    }

    fn gradient(&mut self, parameters: &[f32], plane: &mut [f32], gradient: &mut [f32]) {
        self.fourier.adjoint(plane, &mut self.spectrum);
        for column in self.single_columns() {
            let height = column.len();
            for y in 1..height.div_ceil(2) {
                let mirrored = column[height - y].conj();
                column[y] += mirrored;
                column[height - y] = Complex::default();
            }
        }
        let values = self.spectrum.iter().zip(parameters).zip(&self.magnitude);
        for (((value, phase), magnitude), gradient) in values.zip(gradient) {
            let (sine, cosine) = phase.sin_cos();
            *gradient = magnitude * (cosine * value.im - sine * value.re);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::fft::tests::{noise, sum_of_waves};
    use super::*;

    /// The plane by its definition, in `f64`: of each pair of mirror images the first one's phase counts.
    fn reference(phases: &[f64], magnitude: &[f32], (width, height): (usize, usize)) -> Vec<f64> {
        let half: Vec<_> = (0..phases.len())
            .map(|at| {
                let (x, y) = (at / height, at % height);
                let mirrored = 2 * x % width == 0 && 2 * y > height;
                let phase = if mirrored { -phases[x * height + height - y] } else { phases[at] };
                (f64::from(magnitude[at]) * phase.cos(), f64::from(magnitude[at]) * phase.sin())
            })
            .collect();
        sum_of_waves(&half, (width, height))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20))]

        #[test]
        fn the_gradient_is_the_slope_of_the_plane(width in 1..8usize, height in 1..8usize) {
            let size = (width, height);
            let mut basis = Phases::new(size, 1.0, 2.0);
            let phases = basis.start(&mut Random::new(4));
            let mut plane = vec![0.0; width * height];
            basis.plane(&phases, &mut plane);
            let exact: Vec<f64> = phases.iter().map(|p| f64::from(*p)).collect();
            for (got, expected) in plane.iter().zip(reference(&exact, &basis.magnitude, size)) {
                prop_assert!((f64::from(*got) - expected).abs() < 1e-4, "{} is not {}", got, expected);
            }

            let (slope, mut gradient) = (noise(2, plane.len()), vec![0.0; phases.len()]);
            basis.gradient(&phases, &mut slope.clone(), &mut gradient);
            for at in 0..phases.len() {
                let moved = |by: f64| {
                    let mut moved = exact.clone();
                    moved[at] += by;
                    let plane = reference(&moved, &basis.magnitude, size);
                    plane.iter().zip(&slope).map(|(p, s)| p * f64::from(*s)).sum::<f64>()
                };
                let expected = (moved(1e-4) - moved(-1e-4)) / 2e-4;
                prop_assert!((f64::from(gradient[at]) - expected).abs() < 1e-4, "{}: {}", at, expected);
            }
        }
    }

    /// All waves except those, at most four, that are their own mirror images have the magnitude of the law for any phases, so
    /// that the contrast is the given one.
    #[test]
    fn the_magnitudes_stay_the_same() {
        for (width, height) in [(12, 10), (9, 7), (16, 5)] {
            let mut basis = Phases::new((width, height), 1.0, 1.5);
            let phases = noise(7, basis.magnitude.len());
            let mut plane = vec![0.0; width * height];
            basis.plane(&phases, &mut plane);
            for at in 0..basis.magnitude.len() {
                let (fx, fy) = (at / height, at % height);
                let (mut re, mut im) = (0.0, 0.0);
                for (pixel, value) in plane.iter().enumerate() {
                    let (x, y) = (pixel % width, pixel / width);
                    let turns = (fx * x) as f64 / width as f64 + (fy * y) as f64 / height as f64;
                    re += f64::from(*value) * (TAU * turns).cos();
                    im += f64::from(*value) * (TAU * turns).sin();
                }
                let (got, law) = (re.hypot(im) / (width * height) as f64, f64::from(basis.magnitude[at]));
                if 2 * fx % width == 0 && 2 * fy % height == 0 {
                    assert!(got < law + 1e-5);
                } else {
                    assert!((got - law).abs() < 1e-5, "{fx}, {fy}: {got} is not {law}");
                }
            }
            let mean = plane.iter().sum::<f32>() / plane.len() as f32;
            let variance = plane.iter().map(|v| (v - mean).powi(2)).sum::<f32>() / plane.len() as f32;
            assert!((variance.sqrt() - 1.5).abs() < 0.05, "contrast {}", variance.sqrt());
        }
    }
}
