//! Sixteen `f32` values and what kernels do with them.

/// An inner loop that is written once and compiled for each instruction set. [`Isa::run`](super::Isa::run) runs it.
///
/// Only code that is inlined is compiled for the instruction set, so `run` and all that it calls are
/// `#[inline(always)]`. For the same reason a kernel runs on one thread: [`Isa::run`](super::Isa::run) is called
/// inside a rayon task, never around one.
pub(crate) trait Kernel {
    /// Runs the loop.
    fn run<L: Lanes>(self, lanes: L);
}

/// Plain loops, which the compiler vectorises.
impl<F: FnOnce()> Kernel for F {
    #[inline(always)]
    fn run<L: Lanes>(self, _lanes: L) {
        self();
    }
}

/// Sixteen lanes in the registers of one instruction set. A value is the proof that the processor has the instructions.
pub(crate) trait Lanes: Copy {
    /// Sixteen values.
    type Vector: Copy;
    /// The vectors that the registers hold: 32, 8 or 4. Kernels choose their tiles by it.
    const REGISTERS: usize;

    /// Loads sixteen values.
    ///
    /// # Safety
    /// The pointer is valid for reads of sixteen values. It need not be aligned.
    unsafe fn load(self, from: *const f32) -> Self::Vector;
    /// Stores sixteen values.
    ///
    /// # Safety
    /// The pointer is valid for writes of sixteen values. It need not be aligned.
    unsafe fn store(self, to: *mut f32, v: Self::Vector);
    /// The value in every lane.
    fn splat(self, value: f32) -> Self::Vector;
    fn add(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;
    /// `a * b + c`; one rounding where the instruction set has it.
    fn mul_add(self, a: Self::Vector, b: Self::Vector, c: Self::Vector) -> Self::Vector;
    /// The values clamped to 0 and `max`, and one bit a lane: strictly between the two.
    fn clamp(self, v: Self::Vector, max: f32) -> (Self::Vector, u16);
    /// Zero where the bit is not set.
    fn keep(self, v: Self::Vector, bits: u16) -> Self::Vector;

    /// In each lane the pair whose first value is larger, `old` where they are equal or cannot be compared.
    fn larger(
        self,
        new: (Self::Vector, Self::Vector),
        old: (Self::Vector, Self::Vector),
    ) -> (Self::Vector, Self::Vector);
    /// Stores whole numbers from 0 to 255 as bytes.
    ///
    /// # Safety
    /// The pointer is valid for writes of sixteen bytes.
    unsafe fn store_bytes(self, to: *mut u8, v: Self::Vector);
    /// One bit a byte: equal to `value`.
    ///
    /// # Safety
    /// The pointer is valid for reads of sixteen bytes.
    unsafe fn equal_bytes(self, bytes: *const u8, value: u8) -> u16;

    /// Adds the products of packed values and weights to `sums`: one product a lane, or two where [`Bf16`](super::Bf16)
    /// runs the kernel and a lane holds a pair.
    #[inline(always)]
    fn mul_add_packed(self, values: Self::Vector, weights: Self::Vector, sums: Self::Vector) -> Self::Vector {
        self.mul_add(values, weights, sums)
    }
}
