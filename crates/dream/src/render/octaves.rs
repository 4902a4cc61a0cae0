//! The sizes at which a picture is dreamed on.

use super::progress::DreamProgress;
use crate::picture::resize::fit;
use crate::settings::Settings;

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
    let dreamed = match settings.upscale {
        Some(longest) if longest < full.0.max(full.1) => fit(full, longest),
        _ => full,
    };
    let sizes = octave_sizes(dreamed, settings).into_iter().enumerate();
    let mut octaves: Vec<_> =
        sizes.map(|(i, size)| Octave { number: i, size, settings: settings.in_octave(i + 1) }).collect();
    if dreamed != full {
        octaves.push(Octave {
            number: octaves.len(),
            size: full,
            settings: Settings { iterations: 0, ..settings.clone() },
        });
    }
    octaves
}

/// The sizes of the octaves, smallest first. Octaves that would be smaller than a side of
/// [`SMALLEST_SIDE`] are left out, but never the last.
fn octave_sizes((width, height): (usize, usize), settings: &Settings) -> Vec<(usize, usize)> {
    let size = |octave: usize| {
        let shrink = f64::from(settings.octave_scale).powi(octave as i32);
        let side = |side: usize| ((side as f64 / shrink).round() as usize).max(1);
        (side(width), side(height))
    };
    let mut sizes = vec![size(0)];
    sizes.extend((1..settings.octaves).map(size).take_while(|&(w, h)| w.min(h) >= SMALLEST_SIDE));
    sizes.reverse();
    sizes
}

/// Shorter side in pixels of the smallest octave: smaller pictures are useless to a network.
const SMALLEST_SIDE: usize = 32;

#[cfg(test)]
mod tests {
    use super::*;

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
    fn small_pictures_have_fewer_octaves_but_at_least_one() {
        let settings = Settings { octaves: 9, octave_scale: 2.0, ..Settings::new("lite0", "block10") };
        assert_eq!(octave_sizes((80, 70), &settings), [(40, 35), (80, 70)]);
        assert_eq!(octave_sizes((1, 1), &settings), [(1, 1)]);
    }
}
