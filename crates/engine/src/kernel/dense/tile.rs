//! The innermost loop: a few pixels by a few vectors of output channels in registers.

use std::mem::MaybeUninit;

use super::pack::{CHUNK_UNIT, DenseKernel, Group};
use crate::kernel::finish::{Action, PixelOut, finish_tile};
use crate::kernel::{Isa, Kernel, Lanes};
use crate::map::Line;
use crate::shape::LANES;

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
    ///
    /// # Safety
    /// Until the last group is computed, every pointer in `pointers` is valid for the kernel's inputs, and those in
    /// `pixels` for the vectors of the groups that are computed, as [`finish_tile`] demands.
    pub unsafe fn new(
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
    pub fn run(&self, isa: Isa) {
        match self.kernel.pairs {
            Some(bf16) => bf16.run(self),
            None => isa.run(self),
        }
    }

    /// Computes the vectors of `group` in tiles of pixels by vectors. A tile's sums fit in the registers together with
    /// the weights of one input channel and one pixel value.
    #[inline(always)]
    pub fn group<L: Lanes>(&self, lanes: L, group: &Group) {
        match (L::REGISTERS, group.vectors) {
            (32.., 4) => self.tiles::<L, 6, 4>(lanes, group, 0),
            (32.., 3) => self.tiles::<L, 8, 3>(lanes, group, 0),
            (32.., 2) => self.tiles::<L, 12, 2>(lanes, group, 0),
            (32.., _) => self.tiles::<L, 12, 1>(lanes, group, 0),
            (registers, vectors) => {
                for vector in 0..vectors {
                    match registers {
                        8.. => self.tiles::<L, 6, 1>(lanes, group, vector),
                        _ => self.tiles::<L, 2, 1>(lanes, group, vector),
                    }
                }
            }
        }
    }

    /// All pixels of the chunk for `V` vectors of `group` from `vector` on, `P` pixels at once.
    #[inline(always)]
    fn tiles<L: Lanes, const P: usize, const V: usize>(&self, lanes: L, group: &Group, vector: usize) {
        const { assert!(CHUNK_UNIT.is_multiple_of(P)) };
        for first in (0..self.pixels.len()).step_by(P) {
            // SAFETY: as promised to `new`; chunks hold a multiple of P pointers.
            unsafe { tile::<L, P, V>(lanes, self, group, vector, first) }
        }
    }
}

impl Kernel for &ChunkJob<'_> {
    #[inline(always)]
    fn run<L: Lanes>(self, lanes: L) {
        for group in &self.kernel.groups {
            self.group(lanes, group);
        }
    }
}

/// `P` pixels by `V` vectors in registers.
///
/// # Safety
/// Input pointers of the job are valid for the group's channels, output pointers for its vectors. `first + P` is at
/// most the capacity, `vector + V` at most the group's vectors.
#[inline(always)]
unsafe fn tile<L: Lanes, const P: usize, const V: usize>(
    lanes: L,
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
        let start: [L::Vector; V] = std::array::from_fn(|v| lanes.load(bias.add(v * LANES)));
        let mut sums = [start; P];
        let mut weights = kernel.weights.as_slice().as_ptr().wrapping_add(group.weights + vector * LANES);
        for tap in 0..kernel.taps.len() {
            let row = job.pointers.as_ptr().add(tap * job.capacity + first);
            let inputs: [*const f32; P] = std::array::from_fn(|p| (*row.add(p)).wrapping_add(group.inputs.start));
            for c in 0..channels {
                let w: [L::Vector; V] = std::array::from_fn(|v| lanes.load(weights.add(v * LANES)));
                for (sums, input) in sums.iter_mut().zip(&inputs) {
                    let x = lanes.splat(*input.add(c));
                    for (sum, &w) in sums.iter_mut().zip(&w) {
                        *sum = lanes.mul_add_packed(x, w, *sum);
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
            lanes.store(results.add(i * LANES), sum);
        }
        let valid = P.min(job.pixels.len() - first);
        finish_tile(lanes, results, &job.pixels[first..first + valid], group.first + vector, V, job.action);
    }
}
