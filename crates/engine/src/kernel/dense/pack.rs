//! A convolution's weights in the order in which the dense kernel reads them.

use crate::kernel::Bf16;
use crate::map::Buffer;
use crate::shape::LANES;

/// The maximum number of vectors of output channels in one tile.
pub(crate) const MAX_VECTORS: usize = 4;
/// Every tile's pixels divide this, so that chunks have no remainder but the last.
pub(crate) const CHUNK_UNIT: usize = 24;
/// The maximum number of pixels of a chunk, so that its pointers stay in the first-level cache.
const CHUNK_PIXELS: usize = 96;
/// Values of a chunk's input, so that it stays in the second-level cache.
const CHUNK_VALUES: usize = 64 * 1024;

/// A tap: the input row and column relative to `step` times the grid position.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Tap {
    pub dy: isize,
    pub dx: isize,
}

/// The output pixels of the grid: grid position (y, x) is the output pixel
/// (y * step[0] + y0, x * step[1] + x0).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Placement {
    pub step: [usize; 2],
    pub y0: usize,
    pub x0: usize,
}

impl Placement {
    /// Every output pixel, in order.
    pub const WHOLE: Self = Self { step: [1; 2], y0: 0, x0: 0 };
}

/// Neighbouring vectors of output channels that one tile computes.
#[derive(Clone, Debug)]
pub(crate) struct Group {
    /// First vector.
    pub first: usize,
    /// Vectors, 1 to 4.
    pub vectors: usize,
    /// Input channels that reach them; pairs of channels in a kernel in pairs.
    pub inputs: std::ops::Range<usize>,
    /// The index of its first weight.
    pub(super) weights: usize,
}

/// A convolution to be packed.
pub(crate) struct DenseSpec<'a> {
    /// Input channels.
    pub inputs: usize,
    /// Output channels.
    pub outputs: usize,
    /// Groups of the convolution: output channels see only the inputs of their group.
    pub groups: usize,
    /// The taps.
    pub taps: Vec<Tap>,
    /// Input pixels from one grid position to the next.
    pub step: [usize; 2],
    /// Where results are stored.
    pub placement: Placement,
    /// A bias for each output channel, if there is one.
    pub bias: Option<&'a [f32]>,
    /// The padding, a value for each channel; zeros if absent.
    pub outside: Option<&'a [f32]>,
    /// Whether the output is a picture of few channels, stored without padding to vectors.
    pub narrow: bool,
}

/// A convolution packed for the kernel.
#[derive(Clone, Debug)]
pub(crate) struct DenseKernel {
    pub(super) taps: Vec<Tap>,
    pub(super) step: [usize; 2],
    pub(super) placement: Placement,
    /// Channels of a picture stored without padding.
    pub(super) narrow: Option<usize>,
    pub(super) groups: Vec<Group>,
    pub(super) vectors: usize,
    pub(super) inputs: usize,
    pub(super) weights: Buffer,
    pub(super) bias: Buffer,
    /// What taps outside the input read.
    pub(super) outside: Buffer,
    /// What multiplies pairs of channels in bf16, if the weights are packed so: see `pairs`.
    pub(super) pairs: Option<Bf16>,
}

impl DenseKernel {
    /// Packs the weights; `weight(output, input, tap)` is called for channels of one group only.
    pub fn pack(spec: DenseSpec<'_>, weight: impl Fn(usize, usize, usize) -> f32) -> Self {
        Self::pack_vectors(spec, |first, input, tap, to| {
            to.iter_mut().zip(first..).for_each(|(to, output)| *to = weight(output, input, tap));
        })
    }

    /// Packs the weights; `copy(output, input, tap, to)` writes those of one input and of neighbouring outputs from `output`
    /// on, at most a vector of them, all in one group.
    pub fn pack_vectors(spec: DenseSpec<'_>, copy: impl Fn(usize, usize, usize, &mut [f32])) -> Self {
        let (outputs, taps) = (spec.outputs, spec.taps.len());
        let a_group = [spec.outputs / spec.groups, spec.inputs / spec.groups];
        let mut kernel = Self::zeros(spec);
        let weights = kernel.weights.as_mut_slice();
        for group in &kernel.groups {
            let (first, width) = (group.first * LANES, group.vectors * LANES);
            let end = (first + width).min(outputs);
            let mut output = first;
            while output < end {
                let number = output / a_group[0];
                let next = (output / LANES * LANES + LANES).min((number + 1) * a_group[0]).min(end);
                for input in number * a_group[1]..(number + 1) * a_group[1] {
                    let at = group.weights + (input - group.inputs.start) * width + output - first;
                    for tap in 0..taps {
                        let at = at + tap * group.inputs.len() * width;
                        copy(output, input, tap, &mut weights[at..at + next - output]);
                    }
                }
                output = next;
            }
        }
        kernel
    }

    /// A kernel whose weights are zero.
    pub fn zeros(spec: DenseSpec<'_>) -> Self {
        let vectors = spec.outputs.div_ceil(LANES);
        let mut groups = Vec::new();
        let mut weights = 0;
        for (first, count) in tile_widths(vectors, spec.outputs, spec.groups) {
            let lanes = first * LANES..((first + count) * LANES).min(spec.outputs);
            let inputs = group_inputs(&spec, &lanes);
            let values = spec.taps.len() * inputs.len() * count * LANES;
            groups.push(Group { first, vectors: count, inputs, weights });
            weights += values;
        }
        let mut bias = Buffer::zeroed(vectors * LANES);
        if let Some(values) = spec.bias {
            bias.as_mut_slice()[..spec.outputs].copy_from_slice(values);
        }
        Self {
            step: spec.step,
            placement: spec.placement,
            narrow: spec.narrow.then_some(spec.outputs),
            groups,
            vectors,
            inputs: spec.inputs,
            weights: Buffer::zeroed(weights),
            bias,
            outside: spec
                .outside
                .map_or_else(|| Buffer::zeroed(spec.inputs), |values| values.iter().copied().collect()),
            taps: spec.taps,
            pairs: None,
        }
    }

    /// The first tap's weights of input channel `input` for the output channels of vector `vector`, which see it.
    pub fn vector_mut(&mut self, vector: usize, input: usize) -> &mut [f32] {
        let holds = |group: &&Group| (group.first..group.first + group.vectors).contains(&vector);
        let group = self.groups.iter().find(holds).expect("a vector of the kernel");
        let at = (input - group.inputs.start) * group.vectors + vector - group.first;
        &mut self.weights.as_mut_slice()[group.weights + at * LANES..][..LANES]
    }

    /// The groups of output vectors.
    pub fn groups(&self) -> &[Group] {
        &self.groups
    }

    /// Pixels of a chunk.
    pub(super) fn chunk_pixels(&self) -> usize {
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

/// Cuts the vectors of output channels into tiles of one to four. Narrow tiles waste loads, so five become three and
/// two. In a grouped convolution a tile stays in one group if the group is whole vectors.
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
