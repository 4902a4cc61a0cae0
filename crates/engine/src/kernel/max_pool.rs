//! The inner loops of max pooling: all pixels of a window at once, a vector of channels at a time.

use super::bits::Bits;
use super::generic::Portable;
use super::lanes::Lanes;
#[cfg(target_arch = "x86_64")]
use super::x86_64::{Avx2, Avx512};
use crate::kernel::{InstructionSet, Isa};
use crate::map::Map;
use crate::shape::LANES;

/// A pixel that a window sees: where it begins in its map, and the number of the tap.
pub(crate) type Seen = (usize, u8);

/// A window that a pixel is seen by: where it begins in the map of gradients and in the indices, and the
/// number of the tap.
pub(crate) type SeenBy = (usize, usize, u8);

/// Writes to `best` the largest of `window`, channel by channel, and to `index` the tap it came from: the first
/// of equals, and zero where nothing is above minus infinity or, with `clamp`, inside 0 and it.
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
    match isa.set() {
        // SAFETY: `best`, `index` and every pixel of the window hold whole vectors, as just checked; the
        // features of an `Isa` were found on this processor.
        #[cfg(target_arch = "x86_64")]
        InstructionSet::Avx512 => unsafe { largest_avx512(data, window, clamp, best, index) },
        // SAFETY: as above.
        #[cfg(target_arch = "x86_64")]
        InstructionSet::Avx2 => unsafe { largest_avx2(data, window, clamp, best, index) },
        // SAFETY: as above.
        _ => unsafe { largest_of::<Portable>(data, window, clamp, best, index) },
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512vl,avx512bw,avx512dq,avx2,fma")]
unsafe fn largest_avx512(data: &[f32], window: &[Seen], clamp: Option<f32>, best: &mut [f32], index: &mut [u8]) {
    // SAFETY: handed on from the caller.
    unsafe { largest_of::<Avx512>(data, window, clamp, best, index) }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
unsafe fn largest_avx2(data: &[f32], window: &[Seen], clamp: Option<f32>, best: &mut [f32], index: &mut [u8]) {
    // SAFETY: handed on from the caller.
    unsafe { largest_of::<Avx2>(data, window, clamp, best, index) }
}

#[inline(always)]
unsafe fn largest_of<S: Lanes>(data: &[f32], window: &[Seen], clamp: Option<f32>, best: &mut [f32], index: &mut [u8]) {
    for lane in (0..best.len()).step_by(LANES) {
        // SAFETY: as the caller has checked.
        unsafe {
            let mut largest = S::splat(&f32::NEG_INFINITY);
            let mut taps = S::splat(&0.0);
            for &(at, tap) in window {
                let value = S::load(data.as_ptr().add(at + lane));
                (largest, taps) = S::larger((value, S::splat(&f32::from(tap))), (largest, taps));
            }
            if let Some(max) = clamp {
                taps = S::keep(taps, S::clamp(largest, max).1);
            }
            S::store(best.as_mut_ptr().add(lane), largest);
            S::store_bytes(index.as_mut_ptr().add(lane), taps);
        }
    }
}

/// Adds to `to` the gradients of the windows whose largest value came from it, and sets to zero what `mask` (the bits
/// of the map, and the number of the pixel) does not let through.
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
    match isa.set() {
        // SAFETY: `to` and every window hold whole vectors, the mask a word for each, as just checked; the
        // features of an `Isa` were found on this processor.
        #[cfg(target_arch = "x86_64")]
        InstructionSet::Avx512 => unsafe { add_avx512(data, index, windows, mask, to) },
        // SAFETY: as above.
        #[cfg(target_arch = "x86_64")]
        InstructionSet::Avx2 => unsafe { add_avx2(data, index, windows, mask, to) },
        // SAFETY: as above.
        _ => unsafe { add_from::<Portable>(data, index, windows, mask, to) },
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512vl,avx512bw,avx512dq,avx2,fma")]
unsafe fn add_avx512(data: &[f32], index: &[u8], windows: &[SeenBy], mask: Option<&[u16]>, to: &mut [f32]) {
    // SAFETY: handed on from the caller.
    unsafe { add_from::<Avx512>(data, index, windows, mask, to) }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
unsafe fn add_avx2(data: &[f32], index: &[u8], windows: &[SeenBy], mask: Option<&[u16]>, to: &mut [f32]) {
    // SAFETY: handed on from the caller.
    unsafe { add_from::<Avx2>(data, index, windows, mask, to) }
}

#[inline(always)]
unsafe fn add_from<S: Lanes>(data: &[f32], index: &[u8], windows: &[SeenBy], mask: Option<&[u16]>, to: &mut [f32]) {
    for lane in (0..to.len()).step_by(LANES) {
        // SAFETY: as the caller has checked.
        unsafe {
            let to = to.as_mut_ptr().add(lane);
            let mut sum = S::load(to);
            for &(from, at, tap) in windows {
                let value = S::load(data.as_ptr().add(from + lane));
                sum = S::add(sum, S::keep(value, S::equal_bytes(index.as_ptr().add(at + lane), tap)));
            }
            S::store(to, mask.map_or(sum, |words| S::keep(sum, words[lane / LANES])));
        }
    }
}
