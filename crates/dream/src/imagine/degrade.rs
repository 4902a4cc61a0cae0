//! Views in bad quality: what the network sees is blurred at random, and has noise.
//!
//! A network grows fine patterns that only it takes for the object. They do not survive blur and noise, shapes that other
//! networks recognise as well do. Blur as in Yosinski et al., "Understanding Neural Networks Through Deep Visualization"
//! (2015), but of the views, not of the picture; noise as in Smilkov et al., "SmoothGrad" (2017): the mean of
//! gradients in the neighbourhood, here over the steps.

use rayon::prelude::*;

use super::draw::{nearly_normal, uniform};
use crate::picture::plane::{CHANNELS, rows_per_band};
use crate::random::Random;

/// Gaussians end here, in standard deviations.
const REACH: f64 = 2.5;

/// Blurs less than this, in pixels, leave out: the neighbours' weights are below a per mille.
const LEAST: f64 = 0.25;

/// Blurs views of one size and adds noise.
#[derive(Debug)]
pub(super) struct Degrader {
    size: (usize, usize),
    blur: f64,
    noise: f64,
    /// The view, blurred along its rows.
    across: Vec<f32>,
}

/// A Gaussian: the middle tap and those to one side of it; all together sum to one.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Blur {
    taps: Vec<f32>,
}

impl Blur {
    fn new(deviation: f64) -> Self {
        if deviation < LEAST {
            return Self { taps: vec![1.0] };
        }
        let reach = (REACH * deviation).ceil() as usize;
        let taps: Vec<f64> = (0..=reach).map(|x| (-0.5 * (x as f64 / deviation).powi(2)).exp()).collect();
        let sum = taps[0] + 2.0 * taps[1..].iter().sum::<f64>();
        Self { taps: taps.iter().map(|tap| (tap / sum) as f32).collect() }
    }
}

impl Degrader {
    /// For views of this width and height: the blur's standard deviation is from 0 to `blur` pixels, the noise's is `noise`
    /// of the way from black to white.
    pub(super) fn new(size: (usize, usize), blur: f64, noise: f64) -> Self {
        let across = if blur > 0.0 { vec![0.0; size.0 * size.1 * CHANNELS] } else { Vec::new() };
        Self { size, blur, noise, across }
    }

    /// Draws the next blur. Without blur nothing is drawn.
    pub(super) fn draw(&self, random: &mut Random) -> Blur {
        Blur::new(if self.blur > 0.0 { self.blur * uniform(random) } else { 0.0 })
    }

    /// Blurs a view, `[height][width][3]`, and adds noise.
    pub(super) fn apply(&mut self, blur: &Blur, view: &mut [f32], random: &mut Random) {
        self.blur(blur, view);
        if self.noise > 0.0 {
            view.iter_mut().for_each(|value| *value += nearly_normal(random, self.noise as f32));
        }
    }

    /// The adjoint: from the gradient of the degraded view to that of the view.
    pub(super) fn gradient(&mut self, blur: &Blur, slope: &mut [f32]) {
        self.blur(blur, slope);
    }

    /// Beyond the border is the mirror image, which repeats the border. So the blur is its own adjoint.
    fn blur(&mut self, Blur { taps }: &Blur, view: &mut [f32]) {
        let [middle, side @ ..] = &taps[..] else { return };
        if side.is_empty() {
            return;
        }
        let (width, height) = self.size;
        let (row, reach) = (width * CHANNELS, side.len());
        let band = rows_per_band(height);
        self.across.par_chunks_mut(band * row).zip(view.par_chunks(band * row)).for_each(|(to, from)| {
            let mut wide = vec![0.0; row + 2 * reach * CHANNELS];
            for (to, from) in to.chunks_exact_mut(row).zip(from.chunks_exact(row)) {
                for (x, pixel) in wide.chunks_exact_mut(CHANNELS).enumerate() {
                    let at = mirrored(x as isize - reach as isize, width);
                    pixel.copy_from_slice(&from[at * CHANNELS..][..CHANNELS]);
                }
                set_scaled(to, from, *middle);
                for (distance, tap) in (1..).zip(side) {
                    let neighbours = |offset: usize| &wide[offset * CHANNELS..][..row];
                    add_scaled(to, neighbours(reach - distance), neighbours(reach + distance), *tap);
                }
            }
        });
        let across = &self.across;
        view.par_chunks_mut(band * row).enumerate().for_each(|(number, rows)| {
            for (y, to) in (number * band..).zip(rows.chunks_exact_mut(row)) {
                let line = |offset: isize| &across[mirrored(y as isize + offset, height) * row..][..row];
                set_scaled(to, line(0), *middle);
                for (distance, tap) in (1..).zip(side) {
                    add_scaled(to, line(-distance), line(distance), *tap);
                }
            }
        });
    }
}

/// Mirrors an index outside of `0..len` back inside; the border is repeated: `-1` is `0`, `len` is `len - 1`.
fn mirrored(index: isize, len: usize) -> usize {
    let there_and_back = index.rem_euclid(2 * len as isize) as usize;
    there_and_back.min(2 * len - 1 - there_and_back)
}

fn set_scaled(to: &mut [f32], from: &[f32], factor: f32) {
    to.iter_mut().zip(from).for_each(|(to, from)| *to = factor * from);
}

fn add_scaled(to: &mut [f32], left: &[f32], right: &[f32], factor: f32) {
    to.iter_mut().zip(left.iter().zip(right)).for_each(|(to, (left, right))| *to += factor * (left + right));
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::fft::tests::{assert_adjoint, noise};
    use super::*;

    #[test]
    fn without_blur_and_noise_a_view_stays_the_same_and_nothing_is_drawn() {
        let (mut degrader, view) = (Degrader::new((9, 7), 0.0, 0.0), noise(1, 9 * 7 * CHANNELS));
        let (mut seen, mut random) = (view.clone(), Random::new(3));
        let blur = degrader.draw(&mut random);
        degrader.apply(&blur, &mut seen, &mut random);
        assert_eq!((seen, random), (view, Random::new(3)));
    }

    #[test]
    fn a_bright_pixel_becomes_a_gaussian() {
        let mut degrader = Degrader::new((31, 29), 2.0, 0.0);
        let mut view = vec![0.0; 31 * 29 * CHANNELS];
        view[(14 * 31 + 15) * CHANNELS + 1] = 1.0;
        degrader.apply(&Blur::new(2.0), &mut view, &mut Random::new(1));
        for (at, value) in view.iter().enumerate() {
            let (x, y) = ((at / CHANNELS % 31) as f64 - 15.0, (at / CHANNELS / 31) as f64 - 14.0);
            let inside = x.abs() <= 5.0 && y.abs() <= 5.0 && at % CHANNELS == 1;
            let bell = (-(x * x + y * y) / 8.0).exp() / (8.0 * std::f64::consts::PI);
            let expected = if inside { bell } else { 0.0 };
            assert!((f64::from(*value) - expected).abs() < 2e-3, "({x}, {y}): {value}, not {expected}");
        }
        assert!((view.iter().sum::<f32>() - 1.0).abs() < 1e-5);
    }

    #[test]
    fn blurs_and_noise_are_as_strong_as_set() {
        let mut degrader = Degrader::new((40, 30), 1.5, 0.1);
        let mut random = Random::new(2);
        let reaches: Vec<usize> = (0..200).map(|_| degrader.draw(&mut random).taps.len() - 1).collect();
        assert_eq!((reaches.iter().min(), reaches.iter().max()), (Some(&0), Some(&4)));

        let mut view = vec![0.5; 40 * 30 * CHANNELS];
        degrader.apply(&Blur::new(1.5), &mut view, &mut random);
        let strength = view.iter().map(|v| f64::from(v - 0.5).powi(2)).sum::<f64>() / view.len() as f64;
        assert!((strength.sqrt() - 0.1).abs() < 0.004, "noise of {}", strength.sqrt());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(40))]

        #[test]
        fn the_gradient_is_the_adjoint(width in 1..50usize, height in 1..50usize, deviation in 0.0..8.0f64) {
            let mut degrader = Degrader::new((width, height), 8.0, 0.0);
            let blur = Blur::new(deviation);
            let (view, slope) = (noise(1, width * height * CHANNELS), noise(2, width * height * CHANNELS));
            let (mut seen, mut back) = (view.clone(), slope.clone());
            degrader.apply(&blur, &mut seen, &mut Random::new(1));
            degrader.gradient(&blur, &mut back);
            assert_adjoint((&seen, &slope), (&view, &back));
        }
    }
}
