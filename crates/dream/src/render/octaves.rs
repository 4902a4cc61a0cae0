//! The sizes at which a picture is dreamed on.

use super::progress::DreamProgress;
use crate::picture::resize::fit;
use crate::settings::{MOST_OCTAVES, Settings};

/// Longer side in pixels of the pictures that looks are tuned on. Octaves up to this side have all their steps, and those
/// that grow from [`Settings::smallest`] are the same for pictures of every size.
pub(crate) const REFERENCE_SIDE: usize = 640;

/// A size at which the picture is dreamed on, and how.
pub(super) struct Octave {
    /// From 0 on.
    pub number: usize,
    pub size: (usize, usize),
    pub settings: Settings,
}

impl Octave {
    /// In pixels times steps, at least one step, so that an octave without steps counts as progress.
    fn work(&self) -> f64 {
        (self.size.0 * self.size.1) as f64 * self.settings.iterations.max(1) as f64
    }
}

/// The progress of a dream after `iteration` steps of octave `number`, from 0 on.
pub(super) fn progress(octaves: &[Octave], number: usize, iteration: usize) -> DreamProgress {
    let work = |octaves: &[Octave]| octaves.iter().map(Octave::work).sum::<f64>();
    let octave = &octaves[number];
    let iterations = octave.settings.iterations;
    let part = iteration as f64 / iterations.max(1) as f64;
    let done = (work(&octaves[..number]) + octave.work() * part) / work(octaves);
    DreamProgress { octave: number + 1, octaves: octaves.len(), iteration, iterations, size: octave.size, done }
}

/// The octaves of a dream on a picture of this size, smallest first. If it is dreamed at a smaller size, the last
/// one has no steps: the detail is only resized to the full size.
pub(super) fn octaves(full: (usize, usize), settings: &Settings) -> Vec<Octave> {
    octaves_of(full, full, settings)
}

/// The octaves of a dream on a picture of this size, of a photo whose reference has size `reference`. Sides are rounded: the
/// shapes of the two may differ by a pixel.
pub(super) fn octaves_of(full: (usize, usize), reference: (usize, usize), settings: &Settings) -> Vec<Octave> {
    let only_resized = |size| size == full && dreamed_size(full, settings) != full;
    let octave = |(number, size): (usize, (usize, usize))| {
        let settings = match only_resized(size) {
            true => Settings { iterations: 0, ..settings.clone() },
            // A change of an octave replaces its tapered steps.
            false => Settings { iterations: tapered(settings, size), ..settings.clone() }.in_octave(number + 1),
        };
        Octave { number, size, settings }
    };
    sizes_of(full, reference, settings).into_iter().enumerate().map(octave).collect()
}

/// The largest size at which a picture of size `full` is dreamed on.
fn dreamed_size(full: (usize, usize), settings: &Settings) -> (usize, usize) {
    match settings.upscale {
        Some(longest) if longest < full.0.max(full.1) => fit(full, longest),
        _ => full,
    }
}

/// The steps of an octave of this size.
fn tapered(settings: &Settings, (width, height): (usize, usize)) -> usize {
    let shrink = (REFERENCE_SIDE as f64 / width.max(height) as f64).min(1.0).powf(settings.taper.into());
    let steps = (settings.iterations as f64 * shrink).round() as usize;
    steps.max(settings.iterations.min(1))
}

/// The sizes of the octaves of a picture of size `full`, width and height in pixels, smallest first. Octaves whose shorter
/// side would be below 32 pixels are left out, but never the last, which is `full`.
pub fn octave_sizes(full: (usize, usize), settings: &Settings) -> Vec<(usize, usize)> {
    sizes_of(full, full, settings)
}

/// The steps of these octaves, in the same order; 0 for one that is only resized to.
pub fn octave_steps(full: (usize, usize), settings: &Settings) -> Vec<usize> {
    octaves(full, settings).iter().map(|octave| octave.settings.iterations).collect()
}

fn sizes_of(full: (usize, usize), reference: (usize, usize), settings: &Settings) -> Vec<(usize, usize)> {
    let largest = dreamed_size(full, settings);
    let scale = f64::from(settings.octave_scale);
    let smaller: Vec<_> = match settings.smallest {
        None => (1..settings.octaves).map(|octave| divided(largest, scale.powi(octave as i32))).collect(),
        Some(smallest) => smaller_octaves(largest, reference, smallest, scale),
    };
    let mut sizes = vec![largest];
    sizes.extend(smaller.into_iter().take_while(|&(width, height)| width.min(height) >= SMALLEST_SIDE));
    sizes.reverse();
    sizes.extend((largest != full).then_some(full));
    sizes
}

/// The octaves below the `largest`, that next to it first. Pictures of every size share their sides, and those up to the
/// reference are rounded from its size. One that is nearly the largest makes place for it.
fn smaller_octaves(
    largest: (usize, usize),
    reference: (usize, usize),
    smallest: usize,
    scale: f64,
) -> Vec<(usize, usize)> {
    let (longest, limit) = (largest.0.max(largest.1) as f64, MOST_OCTAVES as i32);
    let side = |octave| REFERENCE_SIDE as f64 * scale.powi(octave);
    let octaves = (-limit..limit).rev();
    let octaves =
        octaves.filter(|&octave| side(octave) * scale.sqrt() < longest && side(octave).round() >= smallest as f64);
    let size = |octave| match octave {
        1.. => divided(largest, longest / side(octave)),
        _ => divided(fit(reference, REFERENCE_SIDE), scale.powi(-octave)),
    };
    octaves.map(size).take(MOST_OCTAVES - 1).collect()
}

fn divided((width, height): (usize, usize), by: f64) -> (usize, usize) {
    let side = |side: usize| ((side as f64 / by).round() as usize).max(1);
    (side(width), side(height))
}

/// Shorter side in pixels of the smallest octave: smaller pictures are useless to a network.
const SMALLEST_SIDE: usize = 32;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::OctaveChange;

    #[test]
    fn octaves_grow_by_the_scale_up_to_the_full_size() {
        let settings = Settings { octaves: 3, octave_scale: 2.0, ..Settings::new("lite0", "block10") };
        assert_eq!(octave_sizes((640, 427), &settings), [(160, 107), (320, 214), (640, 427)]);
    }

    #[test]
    fn a_dream_on_a_smaller_size_is_resized_to_the_full_size() {
        let settings = Settings { octaves: 2, octave_scale: 2.0, ..Settings::new("lite0", "block10") };
        let small = Settings { upscale: Some(320), ..settings };
        let found: Vec<_> = octaves((640, 427), &small).iter().map(|o| (o.size, o.settings.iterations)).collect();
        assert_eq!(found, [((160, 107), 10), ((320, 214), 10), ((640, 427), 0)]);
        assert_eq!(octaves((300, 200), &small).len(), 2);
    }

    #[test]
    fn a_larger_picture_has_the_octaves_of_a_smaller_one_to_the_pixel_and_finer_ones() {
        let settings = Settings { smallest: Some(160), octave_scale: 2.0, ..Settings::new("lite0", "block10") };
        assert_eq!(octave_sizes((640, 427), &settings), [(160, 107), (320, 214), (640, 427)]);
        let whole = octave_sizes((2560, 1708), &settings);
        assert_eq!(whole, [(160, 107), (320, 214), (640, 427), (1280, 854), (2560, 1708)]);
        // 1280 pixels are nearly 1600.
        assert_eq!(octave_sizes((1600, 1068), &settings), [(160, 107), (320, 214), (640, 427), (1600, 1068)]);
        // Sides are rounded once: 427 / 1.5 is 285, 2667 / 9.375 would be 284.
        let finer = Settings { octave_scale: 1.5, ..settings.clone() };
        assert_eq!(octave_sizes((640, 427), &finer)[..2], octave_sizes((4000, 2667), &finer)[..2]);
        // A smaller one has the same shapes without the finest.
        assert_eq!(octave_sizes((500, 334), &settings), [(160, 107), (320, 214), (500, 334)]);
        assert_eq!(octave_sizes((400, 267), &settings), [(160, 107), (400, 267)]);
        assert_eq!(octave_sizes((180, 120), &settings), [(180, 120)]);
        assert_eq!(octave_sizes((427, 640), &settings), [(107, 160), (214, 320), (427, 640)]);
    }

    #[test]
    fn octaves_beyond_the_reference_have_fewer_steps_unless_the_octave_says_so() {
        let settings = Settings {
            smallest: Some(320),
            octave_scale: 2.0,
            iterations: 18,
            taper: 1.0,
            octave_changes: vec![OctaveChange { octave: 4, iterations: Some(7), ..OctaveChange::default() }],
            ..Settings::new("lite0", "block10")
        };
        let steps: Vec<_> =
            octaves((5120, 1000), &settings).iter().map(|o| (o.size.0, o.settings.iterations)).collect();
        assert_eq!(steps, [(320, 18), (640, 18), (1280, 9), (2560, 7), (5120, 2)]);
    }

    #[test]
    fn the_sizes_include_the_one_that_is_only_resized_to() {
        let settings = Settings { octaves: 2, octave_scale: 2.0, ..Settings::new("lite0", "block10") };
        let upscaled = Settings { upscale: Some(320), ..settings };
        assert_eq!(octave_sizes((640, 427), &upscaled), [(160, 107), (320, 214), (640, 427)]);
        assert_eq!(octave_steps((640, 427), &upscaled), [10, 10, 0]);
    }

    #[test]
    fn small_pictures_have_fewer_octaves_but_at_least_one() {
        let settings = Settings { octaves: 9, octave_scale: 2.0, ..Settings::new("lite0", "block10") };
        assert_eq!(octave_sizes((80, 70), &settings), [(40, 35), (80, 70)]);
        assert_eq!(octave_sizes((1, 1), &settings), [(1, 1)]);
    }
}
