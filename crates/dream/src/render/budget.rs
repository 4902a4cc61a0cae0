//! The memory and time that a dream needs, and tiles that fit into a budget.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use super::dream::Dream;
use super::octaves::octaves;
use crate::error::Error;
use crate::memory::{self, PROGRAM};
use crate::normalize::Normalize;
use crate::picture::resize::fit;
use crate::picture::{PhotoMemory, Picture};
use crate::render::ascent::Ascent;
use crate::render::symmetry::Symmetry;
use crate::settings::Settings;
use crate::view::tile::LEAST_SIDE;

/// Bytes of a pixel in a plane of three colours.
const PLANE: f64 = 12.0;
/// Bytes of each thread.
const THREAD: f64 = 2e6;
/// Bytes of a pixel for everything else, measured.
const SPARE: f64 = 5.0;
/// Least bytes of a pixel while a photo is read or drawn.
const READING: f64 = 17.0;
/// Bytes of a pixel for the transparency of a photo.
const TRANSPARENCY: f64 = 4.0;
/// Bytes of a pixel for a copy whose clear pixels have the colours of visible ones: the copy, and smaller ones.
const VISIBLE: f64 = 22.0;
/// Bytes of a pixel while the dream is encoded: samples, and twice a file of about that length.
const ENCODING: f64 = 10.0;

/// Longer side in pixels of the picture on which steps are timed, and their number.
const PROBE_SIDE: usize = 384;
const PROBE_STEPS: usize = 3;

impl Dream {
    /// Returns the peak memory in bytes of a dream on a photo that has this size and takes this memory. It is `kept` in
    /// memory, or read when it is needed.
    ///
    /// # Errors
    /// If a network cannot take the size.
    pub fn memory(&self, size: (usize, usize), photo: PhotoMemory, kept: bool) -> Result<u64, Error> {
        let pixels = |(width, height): (usize, usize)| (width * height) as f64;
        let octaves = octaves(size, &self.settings);
        let largest = octaves.iter().rev().find(|octave| octave.settings.iterations > 0);
        let climbing = largest.map_or(Ok(0.0), |octave| {
            let base = if octave.size == size { 0.0 } else { PLANE };
            Ok::<_, Error>(self.climbing(octave.size)? + base * pixels(octave.size))
        })?;
        let scale = match &octaves[..] {
            [.., before, last] => (pixels(last.size) / pixels(before.size)).sqrt(),
            _ => 1.0,
        };
        // The detail of the octave before, its rows while it is resized, and the new one.
        let resizing = PLANE * (1.0 + 1.0 / scale + 1.0 / scale.powi(2));
        let (reading, file) = (photo.reading_at(size) as f64, photo.file as f64);
        let (alpha, visible) = if photo.has_alpha { (TRANSPARENCY, VISIBLE) } else { (0.0, 0.0) };
        let again = if kept { visible * pixels(size) } else { (reading - file).max(READING * pixels(size)) };
        let full = resizing.max(PLANE + ENCODING + alpha) * pixels(size);
        let full = full.max(PLANE * pixels(size) + again);
        let held = if kept { (PLANE + alpha) * pixels(size) } else { 0.0 };
        let seamless = if self.settings.seamless { PLANE * pixels(size) } else { 0.0 };
        let threads = rayon::current_num_threads() as f64;
        // The first base of a transparent photo is a copy.
        let climbing = climbing + if photo.has_alpha { PLANE * pixels(size) } else { 0.0 };
        let dreaming = held + seamless + climbing.max(full) + SPARE * pixels(size);
        let program = (PROGRAM + self.network_memory()) as f64;
        Ok((program + THREAD * threads + (file + dreaming).max(reading)) as u64)
    }

    /// Bytes of the networks of all layers and octaves.
    fn network_memory(&self) -> u64 {
        let mut networks = BTreeMap::new();
        for (_, evaluator) in self.layers().flat_map(|dream| dream.evaluators.iter()) {
            for (name, bytes) in evaluator.network_memory() {
                let most: &mut u64 = networks.entry(name).or_default();
                *most = bytes.max(*most);
            }
        }
        networks.values().sum()
    }

    /// Returns the peak memory in bytes of a dreamer, which keeps the buffers of all octaves between pictures of this size.
    ///
    /// # Errors
    /// If a network cannot take the size.
    pub(super) fn memory_of_all_octaves(&self, size: (usize, usize), photo: PhotoMemory) -> Result<u64, Error> {
        let octaves = octaves(size, &self.settings);
        let climbing = octaves.iter().filter(|octave| octave.settings.iterations > 0);
        let all = climbing.map(|octave| self.climbing(octave.size)).sum::<Result<f64, _>>()?;
        Ok(self.memory(size, photo, true)? + all as u64)
    }

    /// Bytes during the steps on a picture of this size.
    fn climbing(&self, size: (usize, usize)) -> Result<f64, Error> {
        let pixels = (size.0 * size.1) as f64;
        let tiling = self.tiling(size);
        let mut planes = 1.0;
        let mut buffers = 0.0;
        for dream in self.layers() {
            let purpose = self.settings.backward.purpose();
            let of_octaves = dream.evaluators.iter().map(|(_, evaluator)| evaluator.memory(&tiling, purpose));
            buffers += of_octaves.collect::<Result<Vec<_>, _>>()?.into_iter().max().unwrap_or_default() as f64;
            planes += match dream.settings.normalize {
                Normalize::Laplacian => 0.34,
                Normalize::Smooth => 1.0,
                Normalize::None | Normalize::Mean => 0.0,
            };
        }
        planes += match self.settings.ascent {
            Ascent::Plain => 0.0,
            Ascent::Momentum(_) => 2.0,
            Ascent::Adam => 3.0,
        };
        if matches!(self.settings.symmetry, Symmetry::Kaleidoscope(_)) {
            planes += 3.0;
        }
        if self.is_partial() {
            // The sum and one gradient unrolled; of every layer its cover at the full size and at that of the octave.
            planes += 2.0 + self.layers().count() as f64 * 2.0 / 3.0;
        }
        Ok(buffers + planes * PLANE * pixels)
    }

    /// Checks that a dream on a photo that has this size and takes this memory fits into the free memory.
    ///
    /// # Errors
    /// [`Error::Memory`] with the numbers if it does not, [`Error::TooLittleMemory`] if no picture does.
    pub fn check_memory(&self, size: (usize, usize), photo: PhotoMemory) -> Result<(), Error> {
        memory::check(size, |size| self.memory(size, photo, false))
    }

    /// Returns the work of a dream on a picture of this size: the number of pixels that the networks see in all steps.
    pub fn work(&self, size: (usize, usize)) -> f64 {
        let seen = |size| {
            let tiling = self.tiling(size);
            (tiling.tiles() * tiling.tile().0 * tiling.tile().1) as f64
        };
        octaves(size, &self.settings).iter().map(|octave| seen(octave.size) * octave.settings.iterations as f64).sum()
    }

    /// Returns the number of steps of each octave of a dream on a picture of this size, the smallest octave first.
    pub fn steps(&self, size: (usize, usize)) -> Vec<usize> {
        octaves(size, &self.settings).iter().map(|octave| octave.settings.iterations).collect()
    }

    /// Estimates the time of a dream on a picture of this size on this machine, from a few steps on a small grey picture.
    ///
    /// # Errors
    /// If a network cannot take a small picture.
    pub fn estimate(&self, size: (usize, usize)) -> Result<Duration, Error> {
        let (width, height) = fit(size, PROBE_SIDE.min(size.0.max(size.1)));
        let mut probe = self.clone();
        let steps = PROBE_STEPS + 1;
        probe.settings = Settings {
            octaves: 1,
            smallest: None,
            iterations: steps,
            octave_changes: Vec::new(),
            tile: None,
            upscale: None,
            ..probe.settings
        };
        // A mask saves no work.
        probe.mask = None;
        let mut times = Vec::new();
        probe.render_with(&Picture::filled(width, height, [0.5; 3])?, |_, _| {
            times.push(Instant::now());
            ControlFlow::Continue(())
        })?;
        // The first step touches memory for the first time.
        let (begun, ended) = (times[1], times[steps]);
        let of_pixel = (ended - begun).as_secs_f64() / (PROBE_STEPS * width * height) as f64;
        Ok(Duration::from_secs_f64(of_pixel * self.work(size)))
    }

    /// Returns the same dream on a photo that has this size and takes this memory, in tiles as large as `budget` bytes allow, or
    /// in one piece if that fits, and whether the photo can be kept in memory. Tiles that are set in the settings are not changed.
    ///
    /// # Errors
    /// [`Error::Memory`] with the numbers if not even the smallest tiles fit, [`Error::TooLittleMemory`] if no picture does.
    pub fn within(self, size: (usize, usize), photo: PhotoMemory, budget: u64) -> Result<(Self, bool), Error> {
        // The sides of a smaller picture may be rounded in another way.
        self.within_with_spare(size, photo, budget, budget / 100)
    }

    /// As [`within`](Self::within). The size that an error names leaves `spare` bytes of the budget, if any does.
    fn within_with_spare(
        self,
        size: (usize, usize),
        photo: PhotoMemory,
        budget: u64,
        spare: u64,
    ) -> Result<(Self, bool), Error> {
        for kept in [true, false] {
            if let Some(dream) = self.fitting(size, photo, budget, kept)? {
                return Ok((dream, kept));
            }
        }
        let least = self.settings.tile.or(Some((LEAST_SIDE, LEAST_SIDE)));
        let smallest = self.in_tiles(least);
        let needs = |size| Ok(smallest.memory(size, photo, true)?.min(smallest.memory(size, photo, false)?));
        memory::check_against(size, budget, spare, needs)?;
        unreachable!("the smallest tiles were tried")
    }

    /// Returns the same within half of the free memory, or within all of it if half is not enough.
    ///
    /// # Errors
    /// As [`within`](Self::within).
    pub fn within_free(self, size: (usize, usize), photo: PhotoMemory) -> Result<(Self, bool), Error> {
        let free = memory::available().unwrap_or(u64::MAX);
        match self.clone().within(size, photo, free / 2) {
            // The free memory may be a little less the next time.
            Err(Error::Memory { .. } | Error::TooLittleMemory { .. }) => {
                self.within_with_spare(size, photo, free, free / 20)
            }
            fitted => fitted,
        }
    }

    /// The same dream in the largest tiles that fit, if any do.
    fn fitting(
        &self,
        size: (usize, usize),
        photo: PhotoMemory,
        budget: u64,
        kept: bool,
    ) -> Result<Option<Self>, Error> {
        let mut dream = self.clone();
        let mut tile = self.settings.tile.unwrap_or(size);
        while dream.memory(size, photo, kept)? > budget {
            if self.settings.tile.is_some() || tile.0.max(tile.1) <= LEAST_SIDE {
                return Ok(None);
            }
            tile = smaller(tile);
            dream = dream.in_tiles(Some(tile));
        }
        Ok(Some(dream))
    }
}

/// Splits the longer side first: square tiles overlap least.
fn smaller((width, height): (usize, usize)) -> (usize, usize) {
    let shorter = |side: usize| (side * 7 / 8).max(LEAST_SIDE);
    if width >= height { (shorter(width), height) } else { (width, shorter(height)) }
}
