//! Pixels of a dream and its photo, changed in parallel.

use rayon::prelude::*;

use crate::picture::plane::CHANNELS;

/// Pixels per task. Each task keeps its own sums, which are added up in order, so that the results are the
/// same bytes on any number of threads.
pub(super) const RUN: usize = 1 << 14;

pub(super) type Pixel = [f32; CHANNELS];

/// Replaces each pixel of the dream with `finished(photo pixel, dream pixel)`.
pub(super) fn each_pixel(photo: &[Pixel], dream: &mut [Pixel], finished: impl Fn(Pixel, Pixel) -> Pixel + Sync) {
    dream.par_chunks_mut(RUN).zip(photo.par_chunks(RUN)).for_each(|(dream, photo)| {
        for (dream, photo) in dream.iter_mut().zip(photo) {
            *dream = finished(*photo, *dream);
        }
    });
}
