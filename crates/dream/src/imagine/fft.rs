//! The Fourier transform of real planes: spectrum to plane, and its adjoint.
//!
//! A real plane needs only half of its spectrum. It is stored column by column, `[width / 2 + 1][height]`, the
//! horizontal frequency outside, so that the transforms along columns, which are complex, run over
//! neighbouring values. Frequencies are in cycles a pixel. Nothing is divided by the number of pixels here.

use std::sync::Arc;

use realfft::{ComplexToReal, RealFftPlanner, RealToComplex};
use rustfft::{Fft, FftPlanner};

pub(super) type Complex = rustfft::num_complex::Complex<f32>;

/// Rows transposed at a time: as many values of a column as a cache line holds.
const ROWS: usize = 8;

/// Both directions for planes of one size, planned once, with their working memory.
#[derive(Clone)]
pub(super) struct Fourier {
    width: usize,
    height: usize,
    columns_to_plane: Arc<dyn Fft<f32>>,
    columns_to_spectrum: Arc<dyn Fft<f32>>,
    rows_to_plane: Arc<dyn ComplexToReal<f32>>,
    rows_to_spectrum: Arc<dyn RealToComplex<f32>>,
    rows: Vec<Complex>,
    scratch: Vec<Complex>,
}

impl Fourier {
    pub(super) fn new((width, height): (usize, usize)) -> Self {
        let (mut real, mut complex) = (RealFftPlanner::new(), FftPlanner::new());
        let (columns_to_plane, columns_to_spectrum) =
            (complex.plan_fft_inverse(height), complex.plan_fft_forward(height));
        let (rows_to_plane, rows_to_spectrum) = (real.plan_fft_inverse(width), real.plan_fft_forward(width));
        let scratch = [
            columns_to_plane.get_inplace_scratch_len(),
            columns_to_spectrum.get_inplace_scratch_len(),
            rows_to_plane.get_scratch_len(),
            rows_to_spectrum.get_scratch_len(),
        ];
        let scratch = vec![Complex::default(); scratch.into_iter().max().unwrap_or(0)];
        let rows = vec![Complex::default(); ROWS * (width / 2 + 1)];
        Self { width, height, columns_to_plane, columns_to_spectrum, rows_to_plane, rows_to_spectrum, rows, scratch }
    }

    /// Columns of a half spectrum.
    pub(super) fn columns(&self) -> usize {
        self.width / 2 + 1
    }

    /// Values of a half spectrum.
    pub(super) fn values(&self) -> usize {
        self.columns() * self.height
    }

    /// Whether a column is its own mirror image. All others also stand for their mirror image.
    pub(super) fn is_single(&self, column: usize) -> bool {
        (2 * column).is_multiple_of(self.width)
    }

    /// `1 / max(f, 1 / longer side) ^ decay` for every value of a half spectrum: the amplitudes of natural pictures
    /// if `decay` is 1 (Field, "Relations between the statistics of natural images and the response properties of
    /// cortical cells", 1987); lucid scales its spectrum so too, `optvis/param/spatial.py`.
    pub(super) fn falloff(&self, decay: f32) -> impl Iterator<Item = f64> + use<> {
        let (width, height, columns) = (self.width, self.height, self.columns());
        let lowest = 1.0 / width.max(height) as f64;
        (0..columns).flat_map(move |x| {
            (0..height).map(move |y| {
                let down = y.min(height - y) as f64 / height as f64;
                let frequency = (x as f64 / width as f64).hypot(down);
                frequency.max(lowest).powf(-f64::from(decay))
            })
        })
    }

    /// Sums the waves of a half spectrum, which is overwritten. Where a value is its own mirror image,
    /// only the real part counts.
    pub(super) fn plane(&mut self, spectrum: &mut [Complex], plane: &mut [f32]) {
        let columns = self.columns();
        self.columns_to_plane.process_with_scratch(spectrum, &mut self.scratch);
        for (block, rows) in plane.chunks_mut(ROWS * self.width).enumerate() {
            for (x, column) in spectrum.chunks_exact(self.height).enumerate() {
                let values = column[block * ROWS..].iter().take(ROWS);
                values.enumerate().for_each(|(row, value)| self.rows[row * columns + x] = *value);
            }
            for (row, half) in rows.chunks_exact_mut(self.width).zip(self.rows.chunks_exact_mut(columns)) {
                half[0].im = 0.0;
                if self.width.is_multiple_of(2) {
                    half[columns - 1].im = 0.0;
                }
                self.rows_to_plane.process_with_scratch(half, row, &mut self.scratch).expect("lengths as planned");
            }
        }
    }

    /// The adjoint of [`plane`](Self::plane): from the gradient of a plane, which is overwritten, to that of the half
    /// spectrum, real and imaginary parts taken as independent numbers.
    pub(super) fn adjoint(&mut self, plane: &mut [f32], spectrum: &mut [Complex]) {
        let columns = self.columns();
        for (block, rows) in plane.chunks_mut(ROWS * self.width).enumerate() {
            for (row, half) in rows.chunks_exact_mut(self.width).zip(self.rows.chunks_exact_mut(columns)) {
                self.rows_to_spectrum.process_with_scratch(row, half, &mut self.scratch).expect("lengths as planned");
            }
            for x in 0..columns {
                let times = if self.is_single(x) { 1.0 } else { 2.0 };
                let column = &mut spectrum[x * self.height..][..self.height];
                let values = column[block * ROWS..].iter_mut().take(ROWS);
                values.enumerate().for_each(|(row, value)| *value = self.rows[row * columns + x] * times);
            }
        }
        self.columns_to_spectrum.process_with_scratch(spectrum, &mut self.scratch);
    }
}

#[cfg(test)]
pub(super) mod tests {
    use std::f64::consts::TAU;

    use proptest::prelude::*;

    use super::super::draw::normal;
    use super::*;
    use crate::random::Random;

    pub(in crate::imagine) fn noise(seed: u64, len: usize) -> Vec<f32> {
        let mut random = Random::new(seed);
        (0..len).map(|_| normal(&mut random, 1.0)).collect()
    }

    pub(in crate::imagine) fn dot(a: &[f32], b: &[f32]) -> f64 {
        assert_eq!(a.len(), b.len());
        a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum()
    }

    /// That `<A x, y> = <x, A' y>`, up to the rounding of `f32`.
    pub(in crate::imagine) fn assert_adjoint(forward: (&[f32], &[f32]), back: (&[f32], &[f32])) {
        let (there, here) = (dot(forward.0, forward.1), dot(back.0, back.1));
        let scale = (dot(forward.0, forward.0) * dot(forward.1, forward.1)).sqrt()
            + (dot(back.0, back.0) * dot(back.1, back.1)).sqrt();
        assert!((there - here).abs() < 2e-6 * scale, "{there} and {here} are not the same, of {scale}");
    }

    /// The sum of waves by its definition, wave by wave, in `f64`.
    pub(in crate::imagine) fn sum_of_waves(half: &[(f64, f64)], (width, height): (usize, usize)) -> Vec<f64> {
        let mut plane = vec![0.0; width * height];
        for (at, (re, im)) in half.iter().enumerate() {
            let (fx, fy) = (at / height, at % height);
            let times = if 2 * fx % width == 0 { 1.0 } else { 2.0 };
            for (pixel, value) in plane.iter_mut().enumerate() {
                let (x, y) = (pixel % width, pixel / width);
                let turns = (fx * x) as f64 / width as f64 + (fy * y) as f64 / height as f64;
                *value += times * (re * (TAU * turns).cos() - im * (TAU * turns).sin());
            }
        }
        plane
    }

    fn complex(values: &[f32]) -> Vec<Complex> {
        values.chunks_exact(2).map(|v| Complex::new(v[0], v[1])).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(40))]

        #[test]
        fn a_plane_is_the_sum_of_its_waves(width in 1..24usize, height in 1..24usize) {
            let mut fourier = Fourier::new((width, height));
            let values = noise(1, 2 * fourier.values());
            let half: Vec<_> = values.chunks_exact(2).map(|v| (f64::from(v[0]), f64::from(v[1]))).collect();
            let expected = sum_of_waves(&half, (width, height));
            let mut plane = vec![0.0; width * height];
            fourier.plane(&mut complex(&values), &mut plane);
            for (got, expected) in plane.iter().zip(expected) {
                prop_assert!((f64::from(*got) - expected).abs() < 1e-4, "{} is not {}", got, expected);
            }
        }

        #[test]
        fn the_backward_pass_is_the_adjoint(width in 1..40usize, height in 1..40usize) {
            let mut fourier = Fourier::new((width, height));
            let (values, slope) = (noise(1, 2 * fourier.values()), noise(2, width * height));
            let mut plane = vec![0.0; width * height];
            fourier.plane(&mut complex(&values), &mut plane);
            let mut spectrum = complex(&values);
            fourier.adjoint(&mut slope.clone(), &mut spectrum);
            let back: Vec<f32> = spectrum.iter().flat_map(|c| [c.re, c.im]).collect();
            assert_adjoint((&plane, &slope), (&values, &back));
        }
    }

    #[test]
    fn amplitudes_fall_with_the_frequency_and_the_lowest_are_alike() {
        let falloff: Vec<f64> = Fourier::new((8, 4)).falloff(1.0).collect();
        let expected = [8.0, 4.0, 2.0, 4.0];
        assert_eq!(falloff[..4], expected, "no horizontal frequency");
        assert_eq!(falloff[4 * 4], 2.0, "horizontal frequency of a half");
        assert!((falloff[4 * 2 + 1] - 8f64.sqrt()).abs() < 1e-12, "a quarter both ways");
    }
}
