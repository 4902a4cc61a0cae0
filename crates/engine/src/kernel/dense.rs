//! The dense convolution kernel: one idea for every shape.
//!
//! A result pixel is a sum over *taps* (offsets into the input) and input channels. A tile computes
//! a few pixels by a few vectors of output channels in registers; for every tap it holds one pointer
//! a pixel, so that stride, dilation and padding (a pointer to zeros) cost nothing inside, and
//! activations are never packed or copied. Weights are packed once, in the order in which they are
//! read: group of output vectors, tap, input channel, lane.
//!
//! The gradient of the input is a convolution as well: with stride 1 the same taps mirrored and the
//! weights transposed; with stride s one kernel for each of the s x s phases of the input grid, each
//! with the taps that reach it. Pictures (up to four channels) would waste most lanes of a vector, so
//! a block of neighbouring pixels is computed as the channels of one and put in place afterwards.

use std::cell::Cell;
use std::mem::MaybeUninit;

use super::finish::{Action, Add, Finish, PixelOut, Then, finish_tile};
use super::generic::Portable;
use super::lanes::Lanes;
use super::rows::{band_rows, for_each_band};
#[cfg(target_arch = "x86_64")]
use super::x86_64::{Avx2, Avx512};
use crate::kernel::Isa;
use crate::map::{Buffer, Line, Map, MapMut};
use crate::shape::{LANES, Shape};

/// Most vectors of output channels in one tile.
const MAX_VECTORS: usize = 4;
/// Every tile's pixels divide this, so that chunks have no remainder but the last.
const CHUNK_UNIT: usize = 24;
/// Most pixels of a chunk: its pointers stay in the first-level cache.
const CHUNK_PIXELS: usize = 96;
/// Values of a chunk's input, so that it stays in the second-level cache.
const CHUNK_VALUES: usize = 64 * 1024;

/// A tap: the input row and column relative to `step` times the grid position.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Tap {
    pub dy: isize,
    pub dx: isize,
}

/// Where the results of the grid go: grid position (y, x) is the output pixel
/// (y * step[0] + y0, x * step[1] + x0).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Placement {
    pub step: [usize; 2],
    pub y0: usize,
    pub x0: usize,
}

/// How many pixels and channels a kernel's output vectors stand for.
#[derive(Clone, Copy, Debug)]
enum Output {
    /// The channels of one pixel.
    Pixel,
    /// The channels (up to four) of a block of `side` x `side` pixels.
    Block { side: usize, channels: usize },
}

/// Neighbouring vectors of output channels that one tile computes.
#[derive(Debug)]
pub(crate) struct Group {
    /// First vector.
    pub first: usize,
    /// Vectors, 1 to 4.
    pub vectors: usize,
    /// Input channels that reach them.
    pub inputs: std::ops::Range<usize>,
    /// Where its weights begin.
    weights: usize,
}

/// What the packed kernel is made of.
pub(crate) struct DenseSpec<'a> {
    /// Input channels.
    pub inputs: usize,
    /// Output channels (of a block: its pixels times the picture's channels).
    pub outputs: usize,
    /// Groups of the convolution: output channels see only the inputs of their group.
    pub groups: usize,
    /// The taps.
    pub taps: Vec<Tap>,
    /// Input pixels from one grid position to the next.
    pub step: [usize; 2],
    /// Where results go.
    pub placement: Placement,
    /// Output channels' bias, or nothing.
    pub bias: Option<&'a [f32]>,
    /// Side of the block of output pixels if the output is a picture of few channels.
    pub block: Option<(usize, usize)>,
}

/// A convolution packed for the kernel.
#[derive(Debug)]
pub(crate) struct DenseKernel {
    taps: Vec<Tap>,
    step: [usize; 2],
    placement: Placement,
    output: Output,
    groups: Vec<Group>,
    vectors: usize,
    inputs: usize,
    weights: Buffer,
    bias: Buffer,
    zeros: Buffer,
}

impl DenseKernel {
    /// Packs the weights; `weight(output, input, tap)` is asked for channels of one group only.
    pub fn pack(spec: DenseSpec<'_>, weight: impl Fn(usize, usize, usize) -> f32) -> Self {
        let vectors = spec.outputs.div_ceil(LANES);
        let mut groups = Vec::new();
        let mut weights: Vec<f32> = Vec::new();
        for (first, count) in tile_widths(vectors, spec.outputs, spec.groups) {
            let lanes = first * LANES..((first + count) * LANES).min(spec.outputs);
            let inputs = group_inputs(&spec, &lanes);
            let offset = weights.len();
            for tap in 0..spec.taps.len() {
                for input in inputs.clone() {
                    for output in first * LANES..(first + count) * LANES {
                        let inside = output < spec.outputs && same_group(&spec, output, input);
                        weights.push(if inside { weight(output, input, tap) } else { 0.0 });
                    }
                }
            }
            groups.push(Group { first, vectors: count, inputs, weights: offset });
        }
        let mut bias = Buffer::zeroed(vectors * LANES);
        if let Some(values) = spec.bias {
            bias.as_mut_slice()[..spec.outputs].copy_from_slice(values);
        }
        Self {
            step: spec.step,
            placement: spec.placement,
            output: match spec.block {
                Some((side, channels)) => Output::Block { side, channels },
                None => Output::Pixel,
            },
            groups,
            vectors,
            inputs: spec.inputs,
            weights: weights.into_iter().collect(),
            bias,
            zeros: Buffer::zeroed(spec.inputs),
            taps: spec.taps,
        }
    }

    /// The groups of output vectors.
    pub fn groups(&self) -> &[Group] {
        &self.groups
    }

    fn chunk_pixels(&self) -> usize {
        let fitting = CHUNK_VALUES / self.inputs.max(1);
        (fitting / CHUNK_UNIT * CHUNK_UNIT).clamp(CHUNK_UNIT, CHUNK_PIXELS)
    }
}

/// Input channels that reach the output channels `lanes`.
fn group_inputs(spec: &DenseSpec<'_>, lanes: &std::ops::Range<usize>) -> std::ops::Range<usize> {
    let (outputs, inputs) = (spec.outputs / spec.groups, spec.inputs / spec.groups);
    let (first, last) = (lanes.start / outputs, (lanes.end - 1) / outputs);
    first * inputs..(last + 1) * inputs
}

fn same_group(spec: &DenseSpec<'_>, output: usize, input: usize) -> bool {
    output * spec.groups / spec.outputs == input * spec.groups / spec.inputs
}

/// Cuts the vectors of output channels into tiles of one to four; narrow tiles waste loads, so five
/// is three and two. In a grouped convolution a tile keeps to one group where it can.
fn tile_widths(vectors: usize, outputs: usize, groups: usize) -> Vec<(usize, usize)> {
    let a_group = outputs / groups;
    let section = match groups {
        1 => vectors,
        _ if a_group.is_multiple_of(LANES) => a_group / LANES,
        _ => 1,
    };
    let mut widths = Vec::new();
    for start in (0..vectors).step_by(section) {
        let mut left = section.min(vectors - start);
        while left > 0 {
            let width = if left == MAX_VECTORS + 1 { MAX_VECTORS - 1 } else { left.min(MAX_VECTORS) };
            widths.push((start + section.min(vectors - start) - left, width));
            left -= width;
        }
    }
    widths
}

/// Runs `kernels` (the phases of one operation) over `input` into `out`.
pub(crate) fn run(
    isa: Isa,
    kernels: &[DenseKernel],
    input: Map<'_>,
    mut out: MapMut<'_>,
    add: Add<'_>,
    then: Then<'_>,
) {
    let (shape, stride) = (out.shape(), out.stride());
    let (finish, record) = Finish::new(add, then, shape);
    let narrow = kernels.iter().any(|k| matches!(k.output, Output::Block { .. }));
    assert!(!narrow || finish.is_plain(), "pictures are stored plainly");
    for kernel in kernels {
        assert_eq!(kernel.inputs, input.shape().channels, "input channels");
        assert!(narrow || kernel.vectors == shape.vectors(), "output channels");
    }
    let multiple = kernels.iter().map(|k| k.placement.step[0]).max().unwrap_or(1);
    let band = band_rows(shape.height, multiple);
    for_each_band(out.data_mut(), shape.width * stride, record, band, |first_row, out, record| {
        let job = BandJob { input, shape, first_row, band, stride, finish };
        for kernel in kernels {
            let record = record.as_ref().map_or(std::ptr::null(), |bits| bits.as_ptr());
            job.run(isa, kernel, out, record.cast_mut());
        }
    });
}

/// One band of output rows.
struct BandJob<'a> {
    input: Map<'a>,
    /// The whole output's shape.
    shape: Shape,
    first_row: usize,
    band: usize,
    stride: usize,
    finish: Finish<'a>,
}

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
}

/// Memory that a thread keeps from chunk to chunk.
#[derive(Default)]
struct Scratch {
    pointers: Vec<*const f32>,
    pixels: Vec<PixelOut>,
    places: Vec<(usize, usize)>,
    results: Buffer,
    results_len: usize,
}

thread_local! {
    static SCRATCH: Cell<Scratch> = Cell::default();
}

impl BandJob<'_> {
    fn run(&self, isa: Isa, kernel: &DenseKernel, out: &mut [f32], record: *mut u16) {
        let mut scratch = SCRATCH.take();
        let capacity = kernel.chunk_pixels();
        let Placement { step, y0, x0 } = kernel.placement;
        let last_row = (self.first_row + self.band).min(self.shape.height);
        let grid_rows = self.first_row / step[0]..last_row.saturating_sub(y0).div_ceil(step[0]);
        let grid_width = self.shape.width.saturating_sub(x0).div_ceil(step[1]);
        scratch.places.clear();
        for gy in grid_rows {
            for gx in 0..grid_width {
                scratch.places.push((gy, gx));
                if scratch.places.len() == capacity {
                    self.chunk(isa, kernel, &mut scratch, out, record);
                    scratch.places.clear();
                }
            }
        }
        if !scratch.places.is_empty() {
            self.chunk(isa, kernel, &mut scratch, out, record);
        }
        SCRATCH.set(scratch);
    }

    /// Computes the pixels at `scratch.places`.
    fn chunk(&self, isa: Isa, kernel: &DenseKernel, scratch: &mut Scratch, out: &mut [f32], record: *mut u16) {
        let capacity = kernel.chunk_pixels();
        self.point_at_input(kernel, &scratch.places, capacity, &mut scratch.pointers);
        let narrow = matches!(kernel.output, Output::Block { .. });
        if narrow {
            let len = capacity * kernel.vectors * LANES;
            if scratch.results_len < len {
                (scratch.results, scratch.results_len) = (Buffer::zeroed(len), len);
            }
            let results = scratch.results.as_mut_slice();
            scratch.pixels.clear();
            scratch.pixels.extend((0..scratch.places.len()).map(|i| PixelOut {
                to: results[i * kernel.vectors * LANES..].as_mut_ptr(),
                add: std::ptr::null(),
                bits: std::ptr::null_mut(),
            }));
        } else {
            self.point_at_output(kernel, &scratch.places, out, record, &mut scratch.pixels);
        }
        let job = ChunkJob {
            kernel,
            pointers: &scratch.pointers,
            capacity,
            pixels: &scratch.pixels,
            action: self.finish.action,
        };
        match isa {
            // SAFETY: the pointers were just made from slices that hold what they stand for: input
            // pointers `inputs` values (a pixel's channels, or the zeros), output pointers all vectors
            // of a pixel of this band, bits likewise; `pointers` has `capacity` entries a tap. The
            // features of an `Isa` were found on this processor.
            #[cfg(target_arch = "x86_64")]
            Isa::Avx512 => unsafe { chunk_avx512(&job) },
            // SAFETY: as above.
            #[cfg(target_arch = "x86_64")]
            Isa::Avx2 => unsafe { chunk_avx2(&job) },
            // SAFETY: as above.
            _ => unsafe { groups::<Portable>(&job) },
        }
        if narrow {
            self.place_blocks(kernel, &scratch.places, scratch.results.as_slice(), out);
        }
    }

    /// For every tap and pixel of the chunk the input pixel it reads, or zeros outside the map.
    fn point_at_input(
        &self,
        kernel: &DenseKernel,
        places: &[(usize, usize)],
        capacity: usize,
        pointers: &mut Vec<*const f32>,
    ) {
        let (shape, stride) = (self.input.shape(), self.input.stride());
        let zeros = kernel.zeros.as_slice().as_ptr();
        pointers.clear();
        pointers.resize(capacity * kernel.taps.len(), zeros);
        for (tap, row) in kernel.taps.iter().zip(pointers.chunks_mut(capacity)) {
            for (&(gy, gx), pointer) in places.iter().zip(row) {
                let y = (gy * kernel.step[0]).wrapping_add_signed(tap.dy);
                let x = (gx * kernel.step[1]).wrapping_add_signed(tap.dx);
                if y < shape.height && x < shape.width {
                    let at = (y * shape.width + x) * stride;
                    debug_assert!(at + kernel.inputs <= self.input.data().len());
                    *pointer = self.input.data().as_ptr().wrapping_add(at);
                }
            }
        }
    }

    /// Where every pixel of the chunk is stored, with what is added and its bits.
    fn point_at_output(
        &self,
        kernel: &DenseKernel,
        places: &[(usize, usize)],
        out: &mut [f32],
        record: *mut u16,
        pixels: &mut Vec<PixelOut>,
    ) {
        let Placement { step, y0, x0 } = kernel.placement;
        pixels.clear();
        pixels.extend(places.iter().map(|&(gy, gx)| {
            let (y, x) = (gy * step[0] + y0, gx * step[1] + x0);
            let whole = y * self.shape.width + x;
            let in_band = whole - self.first_row * self.shape.width;
            debug_assert!(in_band * self.stride + kernel.vectors * LANES <= out.len());
            self.finish.pixel(whole, in_band, out.as_mut_ptr(), self.stride, record)
        }));
    }

    /// Puts blocks of computed pixels of few channels into their places.
    fn place_blocks(&self, kernel: &DenseKernel, places: &[(usize, usize)], results: &[f32], out: &mut [f32]) {
        let Output::Block { side, channels } = kernel.output else { return };
        let Placement { step, y0, x0 } = kernel.placement;
        for (&(gy, gx), result) in places.iter().zip(results.chunks(kernel.vectors * LANES)) {
            for by in 0..side {
                for bx in 0..side {
                    let (y, x) = (gy * step[0] + y0 + by, gx * step[1] + x0 + bx);
                    if y >= self.shape.height || x >= self.shape.width {
                        continue;
                    }
                    let at = ((y - self.first_row) * self.shape.width + x) * self.stride;
                    let from = &result[(by * side + bx) * channels..][..channels];
                    for (to, &value) in out[at..at + channels].iter_mut().zip(from) {
                        *to = if self.finish.accumulates() { *to + value } else { value };
                    }
                }
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

/// All pixels of the chunk for `V` vectors of `group` from `vector` on, `P` pixels at once.
///
/// # Safety
/// As for [`tile`].
#[inline(always)]
pub(crate) unsafe fn tiles<S: Lanes, const P: usize, const V: usize>(job: &ChunkJob<'_>, group: &Group, vector: usize) {
    const { assert!(CHUNK_UNIT.is_multiple_of(P)) };
    for first in (0..job.pixels.len()).step_by(P) {
        // SAFETY: handed on from the caller; chunks hold a multiple of P pointers.
        unsafe { tile::<S, P, V>(job, group, vector, first) }
    }
}

/// `P` pixels by `V` vectors in registers.
///
/// # Safety
/// The processor has the instructions of `S`; every pointer of the job is valid for what it stands
/// for: input pointers for the group's channels, outputs for all vectors.
#[inline(always)]
unsafe fn tile<S: Lanes, const P: usize, const V: usize>(
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
        let mut weights = kernel.weights.as_slice().as_ptr().add(group.weights + vector * LANES);
        for tap in 0..kernel.taps.len() {
            let row = job.pointers.as_ptr().add(tap * job.capacity + first);
            let inputs: [*const f32; P] = std::array::from_fn(|p| (*row.add(p)).wrapping_add(group.inputs.start));
            for c in 0..channels {
                let w: [S::Vector; V] = std::array::from_fn(|v| S::load(weights.add(v * LANES)));
                for (sums, input) in sums.iter_mut().zip(&inputs) {
                    let x = S::splat(input.add(c));
                    for (sum, &w) in sums.iter_mut().zip(&w) {
                        *sum = S::mul_add(x, w, *sum);
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
