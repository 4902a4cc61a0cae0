//! Sixteen lanes in AVX2 and AVX-512 registers, and where kernels are compiled for them.

use std::arch::x86_64::*;

use super::{Kernel, Lanes};
use crate::shape::LANES;

/// The proof that the processor has AVX-512 (F, VL, BW, DQ), AVX2 and FMA; with `BF16` AVX512-BF16 as well. One
/// register holds all sixteen lanes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Avx512<const BF16: bool>(());

/// The proof that the processor has AVX2 and FMA. Two registers hold the lanes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Avx2(());

/// AVX-512 whose packed products are of pairs of bf16.
pub(crate) type Bf16 = Avx512<true>;

impl Avx2 {
    /// The proof, if the processor has the instructions.
    pub fn detect() -> Option<Self> {
        (is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma")).then_some(Self(()))
    }

    /// Runs `kernel` compiled for AVX2 and FMA.
    pub fn run<K: Kernel>(self, kernel: K) {
        #[target_feature(enable = "avx2,fma")]
        fn compiled<K: Kernel>(lanes: Avx2, kernel: K) {
            kernel.run(lanes);
        }
        // SAFETY: `self` is the proof that the processor has the instructions.
        unsafe { compiled(self, kernel) }
    }
}

impl Avx512<false> {
    /// The proof, if the processor has the instructions.
    pub fn detect() -> Option<Self> {
        let found = Avx2::detect().is_some()
            && is_x86_feature_detected!("avx512f")
            && is_x86_feature_detected!("avx512vl")
            && is_x86_feature_detected!("avx512bw")
            && is_x86_feature_detected!("avx512dq");
        found.then_some(Self(()))
    }

    /// Runs `kernel` compiled for AVX-512.
    pub fn run<K: Kernel>(self, kernel: K) {
        #[target_feature(enable = "avx512f,avx512vl,avx512bw,avx512dq,avx2,fma")]
        fn compiled<K: Kernel>(lanes: Avx512<false>, kernel: K) {
            kernel.run(lanes);
        }
        // SAFETY: `self` is the proof that the processor has the instructions.
        unsafe { compiled(self, kernel) }
    }
}

impl Bf16 {
    /// The proof, if the processor has the instructions.
    pub fn detect() -> Option<Self> {
        (Avx512::<false>::detect().is_some() && is_x86_feature_detected!("avx512bf16")).then_some(Self(()))
    }

    /// Runs `kernel` compiled for AVX-512 with AVX512-BF16.
    pub fn run<K: Kernel>(self, kernel: K) {
        #[target_feature(enable = "avx512f,avx512vl,avx512bw,avx512dq,avx512bf16,avx2,fma")]
        fn compiled<K: Kernel>(lanes: Bf16, kernel: K) {
            kernel.run(lanes);
        }
        // SAFETY: `self` is the proof that the processor has the instructions.
        unsafe { compiled(self, kernel) }
    }

    /// Rounds the `channels` channels of the pixels at `pointers` to bf16, two in a value of `to` (`a_pixel` values for
    /// each), and points there.
    ///
    /// # Safety
    /// Every pointer is valid for `channels` values, padded to vectors; `to` for `a_pixel` values a pointer, which hold
    /// the channels, padded to pairs of vectors.
    pub unsafe fn round_pixels(self, pointers: &mut [*const f32], channels: usize, to: *mut f32, a_pixel: usize) {
        self.run(
            #[inline(always)]
            || {
                for (i, pointer) in pointers.iter_mut().enumerate() {
                    // SAFETY: as the caller promises; `self` is the proof that the processor has the instructions.
                    unsafe {
                        let to = to.add(i * a_pixel);
                        for at in (0..channels).step_by(2 * LANES) {
                            let low = self.load(pointer.add(at));
                            let padded = at + LANES < channels;
                            let high = if padded { self.load(pointer.add(at + LANES)) } else { self.splat(0.0) };
                            let pairs = std::mem::transmute::<__m512bh, __m512>(_mm512_cvtne2ps_pbh(high, low));
                            self.store(to.add(at / 2), pairs);
                        }
                        *pointer = to;
                    }
                }
            },
        );
    }
}

impl<const BF16: bool> Lanes for Avx512<BF16> {
    type Vector = __m512;
    const REGISTERS: usize = 32;

    #[inline(always)]
    unsafe fn load(self, from: *const f32) -> Self::Vector {
        // SAFETY: `self` is the proof that the processor has the instructions; the caller gives a valid pointer.
        unsafe { _mm512_loadu_ps(from) }
    }

    #[inline(always)]
    unsafe fn store(self, to: *mut f32, v: Self::Vector) {
        // SAFETY: `self` is the proof that the processor has the instructions; the caller gives a valid pointer.
        unsafe { _mm512_storeu_ps(to, v) }
    }

    #[inline(always)]
    fn splat(self, value: f32) -> Self::Vector {
        // SAFETY: `self` is the proof that the processor has the instructions.
        unsafe { _mm512_set1_ps(value) }
    }

    #[inline(always)]
    fn add(self, a: Self::Vector, b: Self::Vector) -> Self::Vector {
        // SAFETY: `self` is the proof that the processor has the instructions.
        unsafe { _mm512_add_ps(a, b) }
    }

    #[inline(always)]
    fn mul_add(self, a: Self::Vector, b: Self::Vector, c: Self::Vector) -> Self::Vector {
        // SAFETY: `self` is the proof that the processor has the instructions.
        unsafe { _mm512_fmadd_ps(a, b, c) }
    }

    #[inline(always)]
    fn clamp(self, v: Self::Vector, max: f32) -> (Self::Vector, u16) {
        // SAFETY: `self` is the proof that the processor has the instructions.
        unsafe {
            let (zero, max) = (_mm512_setzero_ps(), _mm512_set1_ps(max));
            let positive = _mm512_cmp_ps_mask::<_CMP_GT_OQ>(v, zero);
            let below = _mm512_cmp_ps_mask::<_CMP_LT_OQ>(v, max);
            (_mm512_min_ps(_mm512_max_ps(v, zero), max), positive & below)
        }
    }

    #[inline(always)]
    fn keep(self, v: Self::Vector, bits: u16) -> Self::Vector {
        // SAFETY: `self` is the proof that the processor has the instructions.
        unsafe { _mm512_maskz_mov_ps(bits, v) }
    }

    #[inline(always)]
    fn larger(
        self,
        new: (Self::Vector, Self::Vector),
        old: (Self::Vector, Self::Vector),
    ) -> (Self::Vector, Self::Vector) {
        // SAFETY: `self` is the proof that the processor has the instructions.
        unsafe {
            let wins = _mm512_cmp_ps_mask::<_CMP_GT_OQ>(new.0, old.0);
            (_mm512_mask_mov_ps(old.0, wins, new.0), _mm512_mask_mov_ps(old.1, wins, new.1))
        }
    }

    #[inline(always)]
    unsafe fn store_bytes(self, to: *mut u8, v: Self::Vector) {
        // SAFETY: `self` is the proof that the processor has the instructions; the caller gives a valid pointer.
        unsafe { _mm_storeu_si128(to.cast(), _mm512_cvtepi32_epi8(_mm512_cvtps_epi32(v))) }
    }

    #[inline(always)]
    unsafe fn equal_bytes(self, bytes: *const u8, value: u8) -> u16 {
        // SAFETY: `self` is the proof that the processor has the instructions; the caller gives a valid pointer.
        unsafe { equal_bytes_sse2(bytes, value) }
    }

    #[inline(always)]
    fn mul_add_packed(self, values: Self::Vector, weights: Self::Vector, sums: Self::Vector) -> Self::Vector {
        if !BF16 {
            return self.mul_add(values, weights, sums);
        }
        // SAFETY: `self` is the proof that the processor has the instructions; all bits are values.
        unsafe {
            let values = std::mem::transmute::<__m512, __m512bh>(values);
            _mm512_dpbf16_ps(sums, values, std::mem::transmute::<__m512, __m512bh>(weights))
        }
    }
}

/// [`Lanes::equal_bytes`] for any x86-64 processor.
#[inline(always)]
unsafe fn equal_bytes_sse2(bytes: *const u8, value: u8) -> u16 {
    // SAFETY: the caller gives sixteen readable bytes; every x86-64 processor has SSE2.
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

impl Lanes for Avx2 {
    type Vector = [__m256; 2];
    const REGISTERS: usize = 8;

    #[inline(always)]
    unsafe fn load(self, from: *const f32) -> Self::Vector {
        // SAFETY: `self` is the proof that the processor has the instructions; the caller gives a valid pointer.
        unsafe { [_mm256_loadu_ps(from), _mm256_loadu_ps(from.add(8))] }
    }

    #[inline(always)]
    unsafe fn store(self, to: *mut f32, v: Self::Vector) {
        // SAFETY: `self` is the proof that the processor has the instructions; the caller gives a valid pointer.
        unsafe {
            _mm256_storeu_ps(to, v[0]);
            _mm256_storeu_ps(to.add(8), v[1]);
        }
    }

    #[inline(always)]
    fn splat(self, value: f32) -> Self::Vector {
        // SAFETY: `self` is the proof that the processor has the instructions.
        unsafe { [_mm256_set1_ps(value); 2] }
    }

    #[inline(always)]
    fn add(self, a: Self::Vector, b: Self::Vector) -> Self::Vector {
        // SAFETY: `self` is the proof that the processor has the instructions.
        unsafe { [_mm256_add_ps(a[0], b[0]), _mm256_add_ps(a[1], b[1])] }
    }

    #[inline(always)]
    fn mul_add(self, a: Self::Vector, b: Self::Vector, c: Self::Vector) -> Self::Vector {
        // SAFETY: `self` is the proof that the processor has the instructions.
        unsafe { [_mm256_fmadd_ps(a[0], b[0], c[0]), _mm256_fmadd_ps(a[1], b[1], c[1])] }
    }

    #[inline(always)]
    fn clamp(self, v: Self::Vector, max: f32) -> (Self::Vector, u16) {
        // SAFETY: `self` is the proof that the processor has the instructions.
        unsafe {
            let ((low, low_bits), (high, high_bits)) = (half_clamp(v[0], max), half_clamp(v[1], max));
            ([low, high], low_bits | high_bits << 8)
        }
    }

    #[inline(always)]
    fn keep(self, v: Self::Vector, bits: u16) -> Self::Vector {
        // SAFETY: `self` is the proof that the processor has the instructions.
        unsafe { [_mm256_and_ps(v[0], half_mask(bits)), _mm256_and_ps(v[1], half_mask(bits >> 8))] }
    }

    #[inline(always)]
    fn larger(
        self,
        new: (Self::Vector, Self::Vector),
        old: (Self::Vector, Self::Vector),
    ) -> (Self::Vector, Self::Vector) {
        // SAFETY: `self` is the proof that the processor has the instructions.
        unsafe {
            let low = _mm256_cmp_ps::<_CMP_GT_OQ>(new.0[0], old.0[0]);
            let high = _mm256_cmp_ps::<_CMP_GT_OQ>(new.0[1], old.0[1]);
            let values = [_mm256_blendv_ps(old.0[0], new.0[0], low), _mm256_blendv_ps(old.0[1], new.0[1], high)];
            (values, [_mm256_blendv_ps(old.1[0], new.1[0], low), _mm256_blendv_ps(old.1[1], new.1[1], high)])
        }
    }

    #[inline(always)]
    unsafe fn store_bytes(self, to: *mut u8, v: Self::Vector) {
        // SAFETY: `self` is the proof that the processor has the instructions; the caller gives a valid pointer.
        unsafe {
            // Packing works on each half of a register: the permutation puts the quarters in order.
            let words = _mm256_packus_epi32(_mm256_cvtps_epi32(v[0]), _mm256_cvtps_epi32(v[1]));
            let words = _mm256_permute4x64_epi64::<0b11_01_10_00>(words);
            let bytes = _mm_packus_epi16(_mm256_castsi256_si128(words), _mm256_extracti128_si256::<1>(words));
            _mm_storeu_si128(to.cast(), bytes);
        }
    }

    #[inline(always)]
    unsafe fn equal_bytes(self, bytes: *const u8, value: u8) -> u16 {
        // SAFETY: `self` is the proof that the processor has the instructions; the caller gives a valid pointer.
        unsafe { equal_bytes_sse2(bytes, value) }
    }
}
