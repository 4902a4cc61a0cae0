//! Sixteen lanes as an array, for any processor: the compiler vectorises the loops.

#[cfg(not(target_arch = "x86_64"))]
use super::Kernel;
use super::Lanes;
use crate::shape::LANES;

/// Plain arrays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Portable;

/// The value of `lane` in each lane. Like `std::array::from_fn`, which is far slower under Miri.
#[inline(always)]
fn lanewise(mut lane: impl FnMut(usize) -> f32) -> [f32; LANES] {
    let mut values = [0.0; LANES];
    let mut i = 0;
    while i < LANES {
        values[i] = lane(i);
        i += 1;
    }
    values
}

impl Lanes for Portable {
    type Vector = [f32; LANES];
    // SSE has sixteen registers of a quarter of a vector. NEON has twice as many.
    const REGISTERS: usize = 4;

    #[inline(always)]
    unsafe fn load(self, from: *const f32) -> Self::Vector {
        // SAFETY: the caller gives sixteen readable values.
        unsafe { from.cast::<[f32; LANES]>().read_unaligned() }
    }

    #[inline(always)]
    unsafe fn store(self, to: *mut f32, v: Self::Vector) {
        // SAFETY: the caller gives sixteen writable values.
        unsafe { to.cast::<[f32; LANES]>().write_unaligned(v) }
    }

    #[inline(always)]
    fn splat(self, value: f32) -> Self::Vector {
        [value; LANES]
    }

    #[inline(always)]
    fn add(self, a: Self::Vector, b: Self::Vector) -> Self::Vector {
        lanewise(|i| a[i] + b[i])
    }

    #[inline(always)]
    fn mul_add(self, a: Self::Vector, b: Self::Vector, c: Self::Vector) -> Self::Vector {
        lanewise(|i| a[i] * b[i] + c[i])
    }

    #[inline(always)]
    fn clamp(self, v: Self::Vector, max: f32) -> (Self::Vector, u16) {
        let mut bits = 0;
        let clamped = lanewise(|i| {
            bits |= u16::from(v[i] > 0.0 && v[i] < max) << i;
            if v[i] > 0.0 { v[i].min(max) } else { 0.0 }
        });
        (clamped, bits)
    }

    #[inline(always)]
    fn keep(self, v: Self::Vector, bits: u16) -> Self::Vector {
        lanewise(|i| if bits >> i & 1 == 1 { v[i] } else { 0.0 })
    }

    #[inline(always)]
    fn larger(
        self,
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
    unsafe fn store_bytes(self, to: *mut u8, v: Self::Vector) {
        // SAFETY: the caller gives sixteen writable bytes.
        unsafe { to.cast::<[u8; LANES]>().write_unaligned(v.map(|value| value as u8)) }
    }

    #[inline(always)]
    unsafe fn equal_bytes(self, bytes: *const u8, value: u8) -> u16 {
        // SAFETY: the caller gives sixteen readable bytes.
        let bytes = unsafe { bytes.cast::<[u8; LANES]>().read_unaligned() };
        (0..LANES).fold(0, |bits, i| bits | u16::from(bytes[i] == value) << i)
    }
}

/// The proof of products in bf16, which are used on x86-64 only: there is no value of it elsewhere.
#[cfg(not(target_arch = "x86_64"))]
#[derive(Clone, Copy, Debug)]
pub(crate) enum Bf16 {}

#[cfg(not(target_arch = "x86_64"))]
impl Bf16 {
    pub fn detect() -> Option<Self> {
        None
    }

    pub fn run(self, _kernel: impl Kernel) {
        match self {}
    }

    pub unsafe fn round_pixels(self, _pointers: &mut [*const f32], _channels: usize, _to: *mut f32, _a_pixel: usize) {
        match self {}
    }
}
