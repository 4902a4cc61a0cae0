//! A plane as a sum of waves: each step changes the whole picture, broad shapes and fine lines alike.
//!
//! Following lucid's `fft_image` (`optvis/param/spatial.py`; Olah, Mordvintsev and Schubert, "Feature Visualization",
//! Distill 2017): steps in this basis are steps of steepest ascent for pictures whose frequencies are
//! uncorrelated and as strong as in nature.

use std::sync::Arc;

use super::basis::{Basis, START};
use super::draw::normal;
use super::fft::{Complex, Fourier};
use crate::random::Random;

/// Parameters are the real and the imaginary part of each value of the half spectrum, in turn.
#[derive(Clone)]
pub(super) struct Waves {
    fourier: Fourier,
    scale: Arc<[f32]>,
    spectrum: Vec<Complex>,
}

impl Waves {
    pub(super) fn new(size: (usize, usize), decay: f32) -> Self {
        let fourier = Fourier::new(size);
        let pixels = (size.0 * size.1) as f64;
        // sqrt(pixels) makes the transform unitary, 1 / pixels belongs to the inverse, and 4 is lucid's.
        let scale = fourier.falloff(decay).map(|f| (f * pixels.sqrt() / pixels / 4.0) as f32).collect();
        let spectrum = vec![Complex::default(); fourier.values()];
        Self { fourier, scale, spectrum }
    }
}

impl Basis for Waves {
    fn start(&self, random: &mut Random) -> Vec<f32> {
        (0..2 * self.scale.len()).map(|_| normal(random, START)).collect()
    }

    fn plane(&mut self, parameters: &[f32], plane: &mut [f32]) {
        for ((value, parameters), scale) in self.spectrum.iter_mut().zip(parameters.chunks_exact(2)).zip(&*self.scale) {
            *value = Complex::new(parameters[0], parameters[1]) * *scale;
        }
        self.fourier.plane(&mut self.spectrum, plane);
    }

    fn gradient(&mut self, _: &[f32], plane: &mut [f32], gradient: &mut [f32]) {
        self.fourier.adjoint(plane, &mut self.spectrum);
        for ((value, gradient), scale) in self.spectrum.iter().zip(gradient.chunks_exact_mut(2)).zip(&*self.scale) {
            gradient.copy_from_slice(&[value.re * scale, value.im * scale]);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::fft::tests::{assert_adjoint, noise, sum_of_waves};
    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(30))]

        #[test]
        fn a_plane_follows_the_formula_and_its_gradient_is_the_adjoint(width in 1..20usize, height in 1..20usize) {
            let mut waves = Waves::new((width, height), 1.0);
            let parameters = noise(1, 2 * waves.scale.len());
            let mut plane = vec![0.0; width * height];
            waves.plane(&parameters, &mut plane);

            let pixels = (width * height) as f64;
            let scaled: Vec<_> = parameters.chunks_exact(2).enumerate().map(|(at, v)| {
                let (x, y) = ((at / height) as f64, (at % height) as f64);
                let y = if 2.0 * y > height as f64 { height as f64 - y } else { y };
                let frequency = ((x / width as f64).powi(2) + (y / height as f64).powi(2)).sqrt();
                let scale = pixels.sqrt() / frequency.max(1.0 / width.max(height) as f64) / 4.0 / pixels;
                (f64::from(v[0]) * scale, f64::from(v[1]) * scale)
            }).collect();
            for (got, expected) in plane.iter().zip(sum_of_waves(&scaled, (width, height))) {
                prop_assert!((f64::from(*got) - expected).abs() < 1e-4, "{} is not {}", got, expected);
            }

            let (slope, mut gradient) = (noise(2, plane.len()), vec![0.0; parameters.len()]);
            waves.gradient(&parameters, &mut slope.clone(), &mut gradient);
            assert_adjoint((&plane, &slope), (&parameters, &gradient));
        }
    }
}
