//! The inner loops of max pooling: all pixels of a window at once, a vector of channels at a time.

use super::bits::Bits;
use super::{Isa, Kernel, Lanes};
use crate::map::Map;
use crate::shape::LANES;

/// A pixel that a window sees: the index of its first value in the map, and the number of the tap.
pub(crate) type Seen = (usize, u8);

/// A window that sees a pixel: the index of its first value in the map of gradients and in the indices, and the number
/// of the tap.
pub(crate) type SeenBy = (usize, usize, u8);

/// Writes to `best` the largest value of `window` for each channel, and to `index` its tap: the first of equal ones,
/// and zero if no value is above minus infinity or, with `clamp`, if the largest is not strictly between 0 and `clamp`.
pub(crate) fn largest(isa: Isa, data: &[f32], window: &[Seen], clamp: Option<f32>, best: &mut [f32], index: &mut [u8]) {
    assert!(window.iter().all(|&(at, _)| at + best.len() <= data.len()) && index.len() >= best.len());
    if !best.len().is_multiple_of(LANES) {
        best.fill(f32::NEG_INFINITY);
        index.fill(0);
        for &(at, tap) in window {
            for ((best, index), &value) in best.iter_mut().zip(&mut *index).zip(&data[at..]) {
                if value > *best {
                    let inside = clamp.is_none_or(|max| value > 0.0 && value < max);
                    (*best, *index) = (value, if inside { tap } else { 0 });
                }
            }
        }
        return;
    }
    isa.run(Largest { data, window, clamp, best, index });
}

/// [`largest`] of whole vectors: `best`, `index` and every pixel of the window hold them.
struct Largest<'a> {
    data: &'a [f32],
    window: &'a [Seen],
    clamp: Option<f32>,
    best: &'a mut [f32],
    index: &'a mut [u8],
}

impl Kernel for Largest<'_> {
    #[inline(always)]
    fn run<L: Lanes>(self, lanes: L) {
        for lane in (0..self.best.len()).step_by(LANES) {
            // SAFETY: all hold whole vectors, as `largest` has checked.
            unsafe {
                let mut largest = lanes.splat(f32::NEG_INFINITY);
                let mut taps = lanes.splat(0.0);
                for &(at, tap) in self.window {
                    let value = lanes.load(self.data.as_ptr().add(at + lane));
                    (largest, taps) = lanes.larger((value, lanes.splat(f32::from(tap))), (largest, taps));
                }
                if let Some(max) = self.clamp {
                    taps = lanes.keep(taps, lanes.clamp(largest, max).1);
                }
                lanes.store(self.best.as_mut_ptr().add(lane), largest);
                lanes.store_bytes(self.index.as_mut_ptr().add(lane), taps);
            }
        }
    }
}

/// Adds to the pixel `to` the gradients of the windows whose largest value it was, and sets to zero the channels whose
/// bit in `mask` (the bits of the map, and the number of the pixel) is not set.
pub(crate) fn add_from_largest(
    isa: Isa,
    gradient: Map<'_>,
    index: &[u8],
    windows: &[SeenBy],
    mask: Option<(Bits<'_>, usize)>,
    to: &mut [f32],
) {
    let data = gradient.data();
    assert!(windows.iter().all(|&(from, at, _)| from + to.len() <= data.len() && at + to.len() <= index.len()));
    let mask = mask.map(|(bits, pixel)| &bits.words[pixel * bits.stride..][..to.len().div_ceil(LANES)]);
    if !to.len().is_multiple_of(LANES) {
        for &(from, at, tap) in windows {
            for ((to, &index), &value) in to.iter_mut().zip(&index[at..]).zip(&data[from..]) {
                *to += if index == tap { value } else { 0.0 };
            }
        }
        for (lane, to) in to.iter_mut().enumerate() {
            *to = if mask.is_none_or(|words| words[0] >> lane & 1 == 1) { *to } else { 0.0 };
        }
        return;
    }
    isa.run(AddFromLargest { data, index, windows, mask, to });
}

/// [`add_from_largest`] to whole vectors: `to` and every window hold them, the mask a word for each.
struct AddFromLargest<'a> {
    data: &'a [f32],
    index: &'a [u8],
    windows: &'a [SeenBy],
    mask: Option<&'a [u16]>,
    to: &'a mut [f32],
}

impl Kernel for AddFromLargest<'_> {
    #[inline(always)]
    fn run<L: Lanes>(self, lanes: L) {
        for lane in (0..self.to.len()).step_by(LANES) {
            // SAFETY: all hold whole vectors, as `add_from_largest` has checked.
            unsafe {
                let to = self.to.as_mut_ptr().add(lane);
                let mut sum = lanes.load(to);
                for &(from, at, tap) in self.windows {
                    let value = lanes.load(self.data.as_ptr().add(from + lane));
                    let came_from = lanes.equal_bytes(self.index.as_ptr().add(at + lane), tap);
                    sum = lanes.add(sum, lanes.keep(value, came_from));
                }
                lanes.store(to, self.mask.map_or(sum, |words| lanes.keep(sum, words[lane / LANES])));
            }
        }
    }
}
