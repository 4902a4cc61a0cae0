//! Sixteen lanes in AVX2 and AVX-512 registers.
//!
//! Register plan of the dense tile: `pixels x vectors` accumulators, the vectors of weights of one
//! input channel, and one broadcast pixel value. AVX-512 has 32 registers: 6x4, 8x3 or 12x2
//! accumulators, which all divide a chunk of 24 pixels. AVX2 has 16 registers of half the width:
//! 6x1 (twelve registers of accumulators, two of weights, one broadcast).

use std::arch::x86_64::*;

use super::dense::{ChunkJob, Group, Multiply, Single, tiles};
use super::lanes::Lanes;
use crate::shape::LANES;

/// AVX-512 (F, VL, BW, DQ).
pub(crate) struct Avx512;

/// AVX2 with FMA.
pub(crate) struct Avx2;

// SAFETY: used only in functions compiled for AVX-512, which `Isa::available` has found.
unsafe impl Lanes for Avx512 {
    type Vector = __m512;
    const DEPTHWISE_PIXELS: usize = 8;

    #[inline(always)]
    unsafe fn load(from: *const f32) -> Self::Vector {
        // SAFETY: as the trait demands.
        unsafe { _mm512_loadu_ps(from) }
    }

    #[inline(always)]
    unsafe fn store(to: *mut f32, v: Self::Vector) {
        // SAFETY: as the trait demands.
        unsafe { _mm512_storeu_ps(to, v) }
    }

    #[inline(always)]
    unsafe fn splat(from: *const f32) -> Self::Vector {
        // SAFETY: as the trait demands.
        unsafe { _mm512_set1_ps(*from) }
    }

    #[inline(always)]
    unsafe fn add(a: Self::Vector, b: Self::Vector) -> Self::Vector {
        // SAFETY: as the trait demands.
        unsafe { _mm512_add_ps(a, b) }
    }

    #[inline(always)]
    unsafe fn mul_add(a: Self::Vector, b: Self::Vector, c: Self::Vector) -> Self::Vector {
        // SAFETY: as the trait demands.
        unsafe { _mm512_fmadd_ps(a, b, c) }
    }

    #[inline(always)]
    unsafe fn clamp(v: Self::Vector, max: f32) -> (Self::Vector, u16) {
        // SAFETY: as the trait demands.
        unsafe {
            let (zero, max) = (_mm512_setzero_ps(), _mm512_set1_ps(max));
            let positive = _mm512_cmp_ps_mask::<_CMP_GT_OQ>(v, zero);
            let below = _mm512_cmp_ps_mask::<_CMP_LT_OQ>(v, max);
            (_mm512_min_ps(_mm512_max_ps(v, zero), max), positive & below)
        }
    }

    #[inline(always)]
    unsafe fn keep(v: Self::Vector, bits: u16) -> Self::Vector {
        // SAFETY: as the trait demands.
        unsafe { _mm512_maskz_mov_ps(bits, v) }
    }

    #[inline(always)]
    unsafe fn larger(
        new: (Self::Vector, Self::Vector),
        old: (Self::Vector, Self::Vector),
    ) -> (Self::Vector, Self::Vector) {
        // SAFETY: as the trait demands.
        unsafe {
            let wins = _mm512_cmp_ps_mask::<_CMP_GT_OQ>(new.0, old.0);
            (_mm512_mask_mov_ps(old.0, wins, new.0), _mm512_mask_mov_ps(old.1, wins, new.1))
        }
    }

    #[inline(always)]
    unsafe fn store_bytes(to: *mut u8, v: Self::Vector) {
        // SAFETY: as the trait demands.
        unsafe { _mm_storeu_si128(to.cast(), _mm512_cvtepi32_epi8(_mm512_cvtps_epi32(v))) }
    }

    #[inline(always)]
    unsafe fn equal_bytes(bytes: *const u8, value: u8) -> u16 {
        // SAFETY: as the trait demands.
        unsafe { equal_bytes(bytes, value) }
    }

    #[inline(always)]
    unsafe fn group(job: &ChunkJob<'_>, group: &Group) {
        // SAFETY: handed on from the caller.
        unsafe {
            match group.vectors {
                4 => tiles::<Self, Single, 6, 4>(job, group, 0),
                3 => tiles::<Self, Single, 8, 3>(job, group, 0),
                2 => tiles::<Self, Single, 12, 2>(job, group, 0),
                _ => tiles::<Self, Single, 12, 1>(job, group, 0),
            }
        }
    }
}

/// Two neighbouring channels in bf16, their products added to an `f32` (AVX512-BF16).
pub(crate) struct Pairs;

impl Multiply<Avx512> for Pairs {
    #[inline(always)]
    unsafe fn mul_add(a: __m512, b: __m512, c: __m512) -> __m512 {
        // SAFETY: as the trait demands; all bits are values.
        unsafe {
            _mm512_dpbf16_ps(c, std::mem::transmute::<__m512, __m512bh>(a), std::mem::transmute::<__m512, __m512bh>(b))
        }
    }
}

/// [`Lanes::group`] of AVX-512 for a kernel in pairs.
///
/// # Safety
/// As for [`tiles`]; the processor has AVX512-BF16.
#[inline(always)]
pub(crate) unsafe fn group_in_pairs(job: &ChunkJob<'_>, group: &Group) {
    // SAFETY: handed on from the caller.
    unsafe {
        match group.vectors {
            4 => tiles::<Avx512, Pairs, 6, 4>(job, group, 0),
            3 => tiles::<Avx512, Pairs, 8, 3>(job, group, 0),
            2 => tiles::<Avx512, Pairs, 12, 2>(job, group, 0),
            _ => tiles::<Avx512, Pairs, 12, 1>(job, group, 0),
        }
    }
}

/// Rounds the `channels` channels of the pixels at `pointers` to bf16, two in a value of `to` (`a_pixel` values for
/// each), and points there.
///
/// # Safety
/// Every pointer is valid for `channels` values, padded to vectors; `to` for `a_pixel` values a pointer, which hold
/// the channels, padded to pairs of vectors; the processor has AVX512-BF16.
#[target_feature(enable = "avx512f,avx512bf16")]
pub(crate) unsafe fn round_to_bf16(pointers: &mut [*const f32], channels: usize, to: *mut f32, a_pixel: usize) {
    for (i, pointer) in pointers.iter_mut().enumerate() {
        // SAFETY: as the caller promises.
        unsafe {
            let to = to.add(i * a_pixel);
            for at in (0..channels).step_by(2 * LANES) {
                let low = _mm512_loadu_ps(pointer.add(at));
                let padded = at + LANES < channels;
                let high = if padded { _mm512_loadu_ps(pointer.add(at + LANES)) } else { _mm512_setzero_ps() };
                let pairs = std::mem::transmute::<__m512bh, __m512>(_mm512_cvtne2ps_pbh(high, low));
                _mm512_storeu_ps(to.add(at / 2), pairs);
            }
            *pointer = to;
        }
    }
}

/// One bit for each of sixteen bytes.
#[inline(always)]
unsafe fn equal_bytes(bytes: *const u8, value: u8) -> u16 {
    // SAFETY: sixteen readable bytes are given; every x86-64 processor has SSE2.
    unsafe {
        let equal = _mm_cmpeq_epi8(_mm_loadu_si128(bytes.cast()), _mm_set1_epi8(value as i8));
        _mm_movemask_epi8(equal) as u16
    }
}

/// The lanes of a half whose bits are set, as a mask of whole words.
#[inline(always)]
unsafe fn half_mask(bits: u16) -> __m256 {
    // SAFETY: only called from `Avx2`.
    unsafe {
        let lane_bit = _mm256_setr_epi32(1, 2, 4, 8, 16, 32, 64, 128);
        let bits = _mm256_set1_epi32(i32::from(bits));
        _mm256_castsi256_ps(_mm256_cmpeq_epi32(_mm256_and_si256(bits, lane_bit), lane_bit))
    }
}

#[inline(always)]
unsafe fn half_clamp(v: __m256, max: f32) -> (__m256, u16) {
    // SAFETY: only called from `Avx2`.
    unsafe {
        let (zero, max) = (_mm256_setzero_ps(), _mm256_set1_ps(max));
        let positive = _mm256_cmp_ps::<_CMP_GT_OQ>(v, zero);
        let below = _mm256_cmp_ps::<_CMP_LT_OQ>(v, max);
        let bits = _mm256_movemask_ps(_mm256_and_ps(positive, below)) as u16;
        (_mm256_min_ps(_mm256_max_ps(v, zero), max), bits)
    }
}

// SAFETY: used only in functions compiled for AVX2 and FMA, which `Isa::available` has found.
unsafe impl Lanes for Avx2 {
    type Vector = [__m256; 2];
    const DEPTHWISE_PIXELS: usize = 4;

    #[inline(always)]
    unsafe fn load(from: *const f32) -> Self::Vector {
        // SAFETY: as the trait demands.
        unsafe { [_mm256_loadu_ps(from), _mm256_loadu_ps(from.add(8))] }
    }

    #[inline(always)]
    unsafe fn store(to: *mut f32, v: Self::Vector) {
        // SAFETY: as the trait demands.
        unsafe {
            _mm256_storeu_ps(to, v[0]);
            _mm256_storeu_ps(to.add(8), v[1]);
        }
    }

    #[inline(always)]
    unsafe fn splat(from: *const f32) -> Self::Vector {
        // SAFETY: as the trait demands.
        unsafe { [_mm256_set1_ps(*from); 2] }
    }

    #[inline(always)]
    unsafe fn add(a: Self::Vector, b: Self::Vector) -> Self::Vector {
        // SAFETY: as the trait demands.
        unsafe { [_mm256_add_ps(a[0], b[0]), _mm256_add_ps(a[1], b[1])] }
    }

    #[inline(always)]
    unsafe fn mul_add(a: Self::Vector, b: Self::Vector, c: Self::Vector) -> Self::Vector {
        // SAFETY: as the trait demands.
        unsafe { [_mm256_fmadd_ps(a[0], b[0], c[0]), _mm256_fmadd_ps(a[1], b[1], c[1])] }
    }

    #[inline(always)]
    unsafe fn clamp(v: Self::Vector, max: f32) -> (Self::Vector, u16) {
        // SAFETY: as the trait demands.
        unsafe {
            let ((low, low_bits), (high, high_bits)) = (half_clamp(v[0], max), half_clamp(v[1], max));
            ([low, high], low_bits | high_bits << 8)
        }
    }

    #[inline(always)]
    unsafe fn keep(v: Self::Vector, bits: u16) -> Self::Vector {
        // SAFETY: as the trait demands.
        unsafe { [_mm256_and_ps(v[0], half_mask(bits)), _mm256_and_ps(v[1], half_mask(bits >> 8))] }
    }

    #[inline(always)]
    unsafe fn larger(
        new: (Self::Vector, Self::Vector),
        old: (Self::Vector, Self::Vector),
    ) -> (Self::Vector, Self::Vector) {
        // SAFETY: as the trait demands.
        unsafe {
            let low = _mm256_cmp_ps::<_CMP_GT_OQ>(new.0[0], old.0[0]);
            let high = _mm256_cmp_ps::<_CMP_GT_OQ>(new.0[1], old.0[1]);
            let values = [_mm256_blendv_ps(old.0[0], new.0[0], low), _mm256_blendv_ps(old.0[1], new.0[1], high)];
            (values, [_mm256_blendv_ps(old.1[0], new.1[0], low), _mm256_blendv_ps(old.1[1], new.1[1], high)])
        }
    }

    #[inline(always)]
    unsafe fn store_bytes(to: *mut u8, v: Self::Vector) {
        // SAFETY: as the trait demands.
        unsafe {
            // Packing works on each half of a register: the permutation puts the quarters in order.
            let words = _mm256_packus_epi32(_mm256_cvtps_epi32(v[0]), _mm256_cvtps_epi32(v[1]));
            let words = _mm256_permute4x64_epi64::<0b11_01_10_00>(words);
            let bytes = _mm_packus_epi16(_mm256_castsi256_si128(words), _mm256_extracti128_si256::<1>(words));
            _mm_storeu_si128(to.cast(), bytes);
        }
    }

    #[inline(always)]
    unsafe fn equal_bytes(bytes: *const u8, value: u8) -> u16 {
        // SAFETY: as the trait demands.
        unsafe { equal_bytes(bytes, value) }
    }

    #[inline(always)]
    unsafe fn group(job: &ChunkJob<'_>, group: &Group) {
        for vector in 0..group.vectors {
            // SAFETY: handed on from the caller.
            unsafe { tiles::<Self, Single, 6, 1>(job, group, vector) }
        }
    }
}
