//! White balance: gives a dream the mean colour of its photo.

use super::pixels::{Pixel, RUN, each_pixel};
use crate::picture::plane::CHANNELS;
use rayon::prelude::*;

/// A curve moves the mean by at most the mean of `v (1 - v)`; the next curve moves it further. Dreams need one.
const MOST_CURVES: usize = 16;

/// Means closer than this count as equal: a hundredth of an 8-bit step.
const CLOSE: f64 = 4e-5;

/// Brings the mean of each channel of `dream` to that of `photo` by curves that rise everywhere and keep 0 and 1.
pub(super) fn restore_means(photo: &[Pixel], dream: &mut [Pixel]) {
    let wanted = Means::of(photo).value;
    for _ in 0..MOST_CURVES {
        let now = Means::of(dream);
        let off: [f64; CHANNELS] = std::array::from_fn(|c| wanted[c] - now.value[c]);
        let movable = |c: usize| off[c].abs() > CLOSE && now.room[c] > CLOSE;
        if !(0..CHANNELS).any(movable) {
            break;
        }
        let bend = |c| if movable(c) { (off[c] / now.room[c]).clamp(-1.0, 1.0) as f32 } else { 0.0 };
        let bends: Pixel = std::array::from_fn(bend);
        each_pixel(photo, dream, |_, dream| std::array::from_fn(|c| dream[c] + bends[c] * dream[c] * (1.0 - dream[c])));
    }
}

/// Means of each channel.
#[derive(Clone, Copy, Default)]
struct Means {
    /// Mean of the values `v`.
    value: [f64; CHANNELS],
    /// Mean of `v (1 - v)`: how far the strongest curve moves the mean.
    room: [f64; CHANNELS],
}

impl Means {
    fn of(pixels: &[Pixel]) -> Self {
        let sums: Vec<Self> = pixels.par_chunks(RUN).map(Self::sums).collect();
        let mut means = Self::default();
        for c in 0..CHANNELS {
            let mean = |sum: fn(&Self) -> &[f64; CHANNELS]| {
                sums.iter().map(|run| sum(run)[c]).sum::<f64>() / pixels.len().max(1) as f64
            };
            means.value[c] = mean(|run| &run.value);
            means.room[c] = mean(|run| &run.room);
        }
        means
    }

    fn sums(run: &[Pixel]) -> Self {
        let mut sums = Self::default();
        for pixel in run {
            for (c, value) in pixel.iter().enumerate() {
                sums.value[c] += f64::from(*value);
                sums.room[c] += f64::from(value * (1.0 - value));
            }
        }
        sums
    }
}
