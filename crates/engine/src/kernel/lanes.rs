//! Sixteen `f32` values and what the kernels do with them.

use super::dense::ChunkJob;
use super::dense::Group;

/// Sixteen lanes in the registers of one instruction set.
///
/// # Safety
/// Every function may use instructions that the caller has to know the processor to have; pointers
/// must be valid for sixteen values (one value for `splat`).
pub(crate) unsafe trait Lanes {
    /// Sixteen values.
    type Vector: Copy;
    /// Pixels that the depthwise kernel works on at once.
    const DEPTHWISE_PIXELS: usize;

    unsafe fn load(from: *const f32) -> Self::Vector;
    unsafe fn store(to: *mut f32, v: Self::Vector);
    unsafe fn splat(from: *const f32) -> Self::Vector;
    unsafe fn add(a: Self::Vector, b: Self::Vector) -> Self::Vector;
    /// `a * b + c`; one rounding where the instruction set has it.
    unsafe fn mul_add(a: Self::Vector, b: Self::Vector, c: Self::Vector) -> Self::Vector;
    /// The values held between 0 and `max`, and one bit a lane: strictly inside.
    unsafe fn clamp(v: Self::Vector, max: f32) -> (Self::Vector, u16);
    /// Zero where the bit is not set.
    unsafe fn keep(v: Self::Vector, bits: u16) -> Self::Vector;

    /// In each lane the pair whose first value is larger, `old` where they are equal or cannot be compared.
    unsafe fn larger(
        new: (Self::Vector, Self::Vector),
        old: (Self::Vector, Self::Vector),
    ) -> (Self::Vector, Self::Vector);
    /// Stores whole numbers of 0…255 as bytes.
    unsafe fn store_bytes(to: *mut u8, v: Self::Vector);
    /// One bit a byte: equal to `value`.
    unsafe fn equal_bytes(bytes: *const u8, value: u8) -> u16;

    /// Runs the tiles of the dense kernel that fit this register file over one chunk of pixels.
    unsafe fn group(job: &ChunkJob<'_>, group: &Group);
}
