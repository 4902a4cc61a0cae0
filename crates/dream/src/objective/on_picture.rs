//! Terms that look at the picture itself, not at a layer. They count in the levels that a picture file has, 0…255,
//! so that their weights beside a layer are numbers near one.

use rayon::prelude::*;

/// What is measured on the picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OnPicture {
    /// Total variation: the mean over all values of the length of the step to the right and down,
    /// sqrt(dx² + dy² + ε) (Rudin, Osher and Fatemi 1992).
    TotalVariation,
    /// Minus the mean square of the difference from the photo, in levels. Squared, it holds the more the farther it is.
    Stay,
    /// The same for colour only: differences less their luma.
    StayColour,
}

/// Levels of a value of 1.
const LEVELS: f64 = 255.0;
/// Keeps the slope of the total variation finite where the picture is flat.
const EPSILON: f64 = 1e-6;
/// Luma of sRGB values (Rec. 601), as in [`NormalizeOptions::chroma`](crate::normalize::NormalizeOptions::chroma).
const LUMA: [f32; 3] = [0.299, 0.587, 0.114];

impl OnPicture {
    /// Adds its gradient on `picture`, times `weight`, to `gradient` and returns its value, times `weight`. `photo` is
    /// what the picture is to stay near; all are `[height][width][3]`.
    pub fn gradient(self, picture: &[f32], photo: &[f32], width: usize, weight: f32, gradient: &mut [f32]) -> f64 {
        let share = f64::from(weight) * self.unit() / picture.len() as f64;
        let row = width * 3;
        let of_row = |(y, to): (usize, &mut [f32])| match self {
            Self::TotalVariation => total_variation_of_row(picture, row, y, share, to),
            Self::Stay | Self::StayColour => {
                let (now, before) = (&picture[y * row..][..row], &photo[y * row..][..row]);
                stay_of_row(now, before, self == Self::StayColour, share, to)
            }
        };
        let rows: Vec<f64> = gradient.par_chunks_mut(row).enumerate().map(of_row).collect();
        rows.iter().sum::<f64>() * share
    }

    /// What a value of 1 is in levels.
    fn unit(self) -> f64 {
        match self {
            Self::TotalVariation => LEVELS,
            Self::Stay | Self::StayColour => LEVELS * LEVELS,
        }
    }
}

/// The steps from value `i` to the right and down, none over the border.
fn steps(picture: &[f32], row: usize, i: usize) -> (f64, f64) {
    let step = |there: bool, to: usize| if there { f64::from(picture[i + to]) - f64::from(picture[i]) } else { 0.0 };
    (step(i % row + 3 < row, 3), step(i + row < picture.len(), row))
}

fn length((dx, dy): (f64, f64)) -> f64 {
    (dx * dx + dy * dy + EPSILON).sqrt()
}

/// The variation of row `y`; its gradient is gathered from the three steps that each value is part of.
fn total_variation_of_row(picture: &[f32], row: usize, y: usize, share: f64, to: &mut [f32]) -> f64 {
    let mut sum = 0.0;
    for (x, to) in to.iter_mut().enumerate() {
        let i = y * row + x;
        let own = steps(picture, row, i);
        sum += length(own);
        let mut slope = -(own.0 + own.1) / length(own);
        if x >= 3 {
            let left = steps(picture, row, i - 3);
            slope += left.0 / length(left);
        }
        if y > 0 {
            let above = steps(picture, row, i - row);
            slope += above.1 / length(above);
        }
        *to += (share * slope) as f32;
    }
    sum
}

fn stay_of_row(now: &[f32], before: &[f32], colour_only: bool, share: f64, to: &mut [f32]) -> f64 {
    let mut sum = 0.0;
    for ((now, before), to) in now.chunks(3).zip(before.chunks(3)).zip(to.chunks_mut(3)) {
        let mut difference = [0, 1, 2].map(|c| now[c] - before[c]);
        if colour_only {
            difference = less_luma(difference);
        }
        sum -= difference.iter().map(|d| f64::from(*d).powi(2)).sum::<f64>();
        let mut slope = difference.map(|d| -2.0 * d);
        if colour_only {
            // The transpose of `less_luma`.
            let all: f32 = slope.iter().sum();
            slope = [0, 1, 2].map(|c| slope[c] - LUMA[c] * all);
        }
        to.iter_mut().zip(slope).for_each(|(to, slope)| *to += (share * f64::from(slope)) as f32);
    }
    sum
}

fn less_luma(rgb: [f32; 3]) -> [f32; 3] {
    let luma: f32 = rgb.iter().zip(LUMA).map(|(v, weight)| v * weight).sum();
    rgb.map(|v| v - luma)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The definitions in f64, over all three values of all pixels.
    fn reference(term: OnPicture, picture: &[f64], photo: &[f64], (width, height): (usize, usize)) -> f64 {
        let at = |x: usize, y: usize, c: usize| picture[(y * width + x) * 3 + c];
        let mut sum = 0.0;
        for (y, x) in (0..height).flat_map(|y| (0..width).map(move |x| (y, x))) {
            let difference: Vec<f64> = (0..3).map(|c| at(x, y, c) - photo[(y * width + x) * 3 + c]).collect();
            let luma: f64 = difference.iter().zip(LUMA).map(|(d, weight)| d * f64::from(weight)).sum();
            for (c, difference) in difference.into_iter().enumerate() {
                sum += match term {
                    OnPicture::TotalVariation => {
                        let dx = if x + 1 < width { at(x + 1, y, c) - at(x, y, c) } else { 0.0 };
                        let dy = if y + 1 < height { at(x, y + 1, c) - at(x, y, c) } else { 0.0 };
                        (dx * dx + dy * dy + EPSILON).sqrt()
                    }
                    OnPicture::Stay => -difference.powi(2),
                    OnPicture::StayColour => -(difference - luma).powi(2),
                };
            }
        }
        sum * term.unit() / (width * height * 3) as f64
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        #[test]
        fn the_gradient_is_the_slope_of_the_definition((width, height) in (1..6usize, 1..6usize), phase in 0.0..6.0f64) {
            let wave = |k: f64| (0..width * height * 3).map(move |i| ((i as f64 * k + phase).sin() * 0.4 + 0.5) as f32);
            let (picture, photo): (Vec<f32>, Vec<f32>) = (wave(1.3).collect(), wave(0.6).collect());
            let wide = |values: &[f32]| values.iter().map(|&v| f64::from(v)).collect::<Vec<_>>();
            for term in [OnPicture::TotalVariation, OnPicture::Stay, OnPicture::StayColour] {
                let mut gradient = vec![0.5; picture.len()];
                let value = term.gradient(&picture, &photo, width, 3.0, &mut gradient);
                let value_of = |picture: &[f64]| 3.0 * reference(term, picture, &wide(&photo), (width, height));
                let unit = term.unit();
                prop_assert!((value - value_of(&wide(&picture))).abs() < 1e-5 * unit);
                for i in 0..picture.len() {
                    let moved = |by: f64| {
                        let mut moved = wide(&picture);
                        moved[i] += by;
                        value_of(&moved)
                    };
                    let slope = (moved(1e-5) - moved(-1e-5)) / 2e-5;
                    prop_assert!((slope + 0.5 - f64::from(gradient[i])).abs() < 1e-4 * unit, "{term:?} at {i}");
                }
            }
        }
    }
}
