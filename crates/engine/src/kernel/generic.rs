//! Sixteen lanes as an array, for any processor: the compiler vectorises the loops.

use super::dense::{ChunkJob, Group, Single, tiles};
use super::lanes::Lanes;
use crate::shape::LANES;

/// Plain arrays.
pub(crate) struct Portable;

// SAFETY: no instruction beyond the baseline is used; pointers as the trait demands.
unsafe impl Lanes for Portable {
    type Vector = [f32; LANES];
    const DEPTHWISE_PIXELS: usize = 2;

    #[inline(always)]
    unsafe fn load(from: *const f32) -> Self::Vector {
        // SAFETY: the caller gives sixteen readable values.
        unsafe { from.cast::<[f32; LANES]>().read_unaligned() }
    }

    #[inline(always)]
    unsafe fn store(to: *mut f32, v: Self::Vector) {
        // SAFETY: the caller gives sixteen writable values.
        unsafe { to.cast::<[f32; LANES]>().write_unaligned(v) }
    }

    #[inline(always)]
    unsafe fn splat(from: *const f32) -> Self::Vector {
        // SAFETY: the caller gives one readable value.
        [unsafe { *from }; LANES]
    }

    #[inline(always)]
    unsafe fn add(a: Self::Vector, b: Self::Vector) -> Self::Vector {
        std::array::from_fn(|i| a[i] + b[i])
    }

    #[inline(always)]
    unsafe fn mul_add(a: Self::Vector, b: Self::Vector, c: Self::Vector) -> Self::Vector {
        std::array::from_fn(|i| a[i] * b[i] + c[i])
    }

    #[inline(always)]
    unsafe fn clamp(v: Self::Vector, max: f32) -> (Self::Vector, u16) {
        let mut bits = 0;
        let clamped = std::array::from_fn(|i| {
            bits |= u16::from(v[i] > 0.0 && v[i] < max) << i;
            if v[i] > 0.0 { v[i].min(max) } else { 0.0 }
        });
        (clamped, bits)
    }

    #[inline(always)]
    unsafe fn keep(v: Self::Vector, bits: u16) -> Self::Vector {
        std::array::from_fn(|i| if bits >> i & 1 == 1 { v[i] } else { 0.0 })
    }

    #[inline(always)]
    unsafe fn larger(
        new: (Self::Vector, Self::Vector),
        old: (Self::Vector, Self::Vector),
    ) -> (Self::Vector, Self::Vector) {
        let mut larger = old;
        for i in 0..LANES {
            let wins = new.0[i] > old.0[i];
            larger.0[i] = if wins { new.0[i] } else { old.0[i] };
            larger.1[i] = if wins { new.1[i] } else { old.1[i] };
        }
        larger
    }

    #[inline(always)]
    unsafe fn store_bytes(to: *mut u8, v: Self::Vector) {
        // SAFETY: the caller gives sixteen writable bytes.
        unsafe { to.cast::<[u8; LANES]>().write_unaligned(v.map(|value| value as u8)) }
    }

    #[inline(always)]
    unsafe fn equal_bytes(bytes: *const u8, value: u8) -> u16 {
        // SAFETY: the caller gives sixteen readable bytes.
        let bytes = unsafe { bytes.cast::<[u8; LANES]>().read_unaligned() };
        (0..LANES).fold(0, |bits, i| bits | u16::from(bytes[i] == value) << i)
    }

    /// Two pixels by one vector: eight SSE or NEON accumulators.
    #[inline(always)]
    unsafe fn group(job: &ChunkJob<'_>, group: &Group) {
        for vector in 0..group.vectors {
            // SAFETY: handed on from the caller.
            unsafe { tiles::<Self, Single, 2, 1>(job, group, vector) }
        }
    }
}
