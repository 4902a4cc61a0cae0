//! The innermost loop: a few pixels by a few vectors of output channels in registers.

use std::mem::MaybeUninit;

use super::pack::{DenseKernel, Group};
use crate::kernel::finish::{Action, PixelOut, finish_tile};
use crate::kernel::generic::Portable;
use crate::kernel::lanes::Lanes;
#[cfg(target_arch = "x86_64")]
use crate::kernel::x86_64::{Avx2, Avx512, group_in_pairs};
use crate::kernel::{InstructionSet, Isa};
use crate::map::Line;
use crate::shape::LANES;

/// Every tile's pixels divide this, so that chunks have no remainder but the last.
pub(crate) const CHUNK_UNIT: usize = 24;

/// A chunk of pixels, ready for the tiles.
pub(crate) struct ChunkJob<'a> {
    kernel: &'a DenseKernel,
    /// For every tap a row of `capacity` pointers, one a pixel.
    pointers: &'a [*const f32],
    capacity: usize,
    pixels: &'a [PixelOut],
    action: Action,
}

impl<'a> ChunkJob<'a> {
    /// A chunk of `pixels`, with `capacity` pointers for every tap: a multiple of [`CHUNK_UNIT`].
    pub fn new(
        kernel: &'a DenseKernel,
        pointers: &'a [*const f32],
        capacity: usize,
        pixels: &'a [PixelOut],
        action: Action,
    ) -> Self {
        assert!(capacity.is_multiple_of(CHUNK_UNIT) && pixels.len() <= capacity);
        assert_eq!(pointers.len(), kernel.taps.len() * capacity);
        Self { kernel, pointers, capacity, pixels, action }
    }

    /// Computes all groups of output vectors.
    ///
    /// # Safety
    /// As for [`tile`]; the features of an [`Isa`] were found on this processor, and AVX512-BF16 for a kernel in pairs.
    pub unsafe fn run(&self, isa: Isa) {
        #[cfg(target_arch = "x86_64")]
        if self.kernel.pairs {
            // SAFETY: handed on from the caller.
            return unsafe { chunk_bf16(self) };
        }
        // SAFETY: handed on from the caller, for each instruction set.
        unsafe {
            match isa.set() {
                #[cfg(target_arch = "x86_64")]
                InstructionSet::Avx512 => chunk_avx512(self),
                #[cfg(target_arch = "x86_64")]
                InstructionSet::Avx2 => chunk_avx2(self),
                _ => groups::<Portable>(self),
            }
        }
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512vl,avx512bw,avx512dq,avx2,fma")]
unsafe fn chunk_avx512(job: &ChunkJob<'_>) {
    // SAFETY: handed on from the caller.
    unsafe { groups::<Avx512>(job) }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512vl,avx512bw,avx512dq,avx512bf16,avx2,fma")]
unsafe fn chunk_bf16(job: &ChunkJob<'_>) {
    for group in &job.kernel.groups {
        // SAFETY: handed on from the caller.
        unsafe { group_in_pairs(job, group) }
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
unsafe fn chunk_avx2(job: &ChunkJob<'_>) {
    // SAFETY: handed on from the caller.
    unsafe { groups::<Avx2>(job) }
}

#[inline(always)]
unsafe fn groups<S: Lanes>(job: &ChunkJob<'_>) {
    for group in &job.kernel.groups {
        // SAFETY: handed on from the caller.
        unsafe { S::group(job, group) }
    }
}

/// How a value is multiplied by a vector of weights.
pub(crate) trait Multiply<S: Lanes> {
    /// `a * b + c`, lane by lane.
    ///
    /// # Safety
    /// The processor has the instructions.
    unsafe fn mul_add(a: S::Vector, b: S::Vector, c: S::Vector) -> S::Vector;
}

/// As `f32`.
pub(crate) struct Single;

impl<S: Lanes> Multiply<S> for Single {
    #[inline(always)]
    unsafe fn mul_add(a: S::Vector, b: S::Vector, c: S::Vector) -> S::Vector {
        // SAFETY: handed on from the caller.
        unsafe { S::mul_add(a, b, c) }
    }
}

/// All pixels of the chunk for `V` vectors of `group` from `vector` on, `P` pixels at once.
///
/// # Safety
/// As for [`tile`].
#[inline(always)]
pub(crate) unsafe fn tiles<S: Lanes, M: Multiply<S>, const P: usize, const V: usize>(
    job: &ChunkJob<'_>,
    group: &Group,
    vector: usize,
) {
    const { assert!(CHUNK_UNIT.is_multiple_of(P)) };
    for first in (0..job.pixels.len()).step_by(P) {
        // SAFETY: handed on from the caller; chunks hold a multiple of P pointers.
        unsafe { tile::<S, M, P, V>(job, group, vector, first) }
    }
}

/// `P` pixels by `V` vectors in registers.
///
/// # Safety
/// The processor has the instructions of `S`; every pointer of the job is valid for what it stands
/// for: input pointers for the group's channels, outputs for all vectors.
#[inline(always)]
unsafe fn tile<S: Lanes, M: Multiply<S>, const P: usize, const V: usize>(
    job: &ChunkJob<'_>,
    group: &Group,
    vector: usize,
    first: usize,
) {
    let kernel = job.kernel;
    let channels = group.inputs.len();
    debug_assert!(first + P <= job.capacity);
    debug_assert!(job.pointers.len() >= kernel.taps.len() * job.capacity);
    // SAFETY: the weights hold taps x channels x vectors lanes from the group's offset on; the
    // pointers are valid as promised by the caller.
    unsafe {
        let bias = kernel.bias.as_slice().as_ptr().add((group.first + vector) * LANES);
        let start: [S::Vector; V] = std::array::from_fn(|v| S::load(bias.add(v * LANES)));
        let mut sums = [start; P];
        let mut weights = kernel.weights.as_slice().as_ptr().wrapping_add(group.weights + vector * LANES);
        for tap in 0..kernel.taps.len() {
            let row = job.pointers.as_ptr().add(tap * job.capacity + first);
            let inputs: [*const f32; P] = std::array::from_fn(|p| (*row.add(p)).wrapping_add(group.inputs.start));
            for c in 0..channels {
                let w: [S::Vector; V] = std::array::from_fn(|v| S::load(weights.add(v * LANES)));
                for (sums, input) in sums.iter_mut().zip(&inputs) {
                    let x = S::splat(input.add(c));
                    for (sum, &w) in sums.iter_mut().zip(&w) {
                        *sum = M::mul_add(x, w, *sum);
                    }
                }
                weights = weights.wrapping_add(group.vectors * LANES);
            }
        }
        // Through memory: with all ways to finish unrolled here, the compiler would keep the sums on
        // the stack during the loop above.
        let mut results = MaybeUninit::<[[Line; V]; P]>::uninit();
        let results = results.as_mut_ptr().cast::<f32>();
        for (i, &sum) in sums.as_flattened().iter().enumerate() {
            S::store(results.add(i * LANES), sum);
        }
        let valid = P.min(job.pixels.len() - first);
        finish_tile::<S>(results, &job.pixels[first..first + valid], group.first + vector, V, job.action);
    }
}
