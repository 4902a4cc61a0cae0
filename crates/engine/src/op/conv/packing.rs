//! The kernels of a convolution, packed for each direction.

use std::sync::{Arc, Mutex};

use super::super::window::Axis;
use super::{Conv2d, PICTURE_CHANNELS, Purpose, ScaleShift, Window};
use crate::kernel::Isa;
use crate::kernel::dense::{self, DenseKernel, DenseSpec, Placement, Tap};
use crate::kernel::depthwise::{self, DepthwiseKernel};
use crate::kernel::finish::{Add, Then};
use crate::kernel::picture::{PictureConvolution, PictureGradient, Runs};
use crate::kernel::winograd::{self, WinogradKernel};
use crate::map::{Map, MapMut};
use crate::shape::Shape;

/// From this many input and output channels on, Winograd's algorithm is faster.
const WINOGRAD_CHANNELS: usize = 16;
/// From this many pixels of the output on, it is faster if the weights change at every step: it has four times as many of them
/// to pack.
const WINOGRAD_PIXELS_TRAINED: usize = 64;

/// Kernels already packed, by direction, by kernel and by the padding before the first row and column: these two depend on the
/// size of the picture, everything else does not.
pub(super) type Cache = Mutex<Vec<((Direction, ConvKernel, [usize; 2]), Arc<Kernels>)>>;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::op) enum Direction {
    Forward,
    Backward,
    /// With the products in bf16 where that is faster.
    BackwardBf16,
}

impl Direction {
    /// The direction of a purpose's backward pass, if it has one.
    pub fn back(purpose: Purpose) -> Option<Self> {
        match purpose {
            Purpose::Activations => None,
            Purpose::Gradient | Purpose::Parameters => Some(Self::Backward),
            Purpose::GradientBf16 => Some(Self::BackwardBf16),
        }
    }
}

impl Conv2d {
    /// The kernels for an input of a shape that was accepted.
    pub(in crate::op) fn kernels(&self, direction: Direction, input: Shape) -> Arc<Kernels> {
        self.packed(direction, self.window.axes(input).expect("the shape was accepted"))
    }

    fn kind(&self, axes: [Axis; 2]) -> ConvKernel {
        let Window { kernel, stride, dilation, .. } = self.window;
        if self.is_depthwise() {
            ConvKernel::Depthwise
        } else if (kernel, stride, dilation, self.groups) == ([3; 2], [1; 2], [1; 2], 1)
            && self.inputs.min(self.outputs) >= WINOGRAD_CHANNELS
            && (!self.trained || axes[0].output * axes[1].output >= WINOGRAD_PIXELS_TRAINED)
        {
            ConvKernel::Winograd
        } else {
            ConvKernel::Dense
        }
    }

    /// Where the weight of these channels of one group is.
    fn weight_index(&self, output: usize, input: usize, tap: usize) -> usize {
        let taps = self.window.kernel[0] * self.window.kernel[1];
        let a_group = if self.groups == 1 { self.inputs } else { self.inputs / self.groups };
        // A division costs more than everything else here.
        let within = if self.groups == 1 { input } else { input % a_group };
        (output * a_group + within) * taps + tap
    }

    fn weight_at(&self, output: usize, input: usize, tap: usize) -> f32 {
        let factor = self.preprocessing.as_ref().map_or(1.0, |preprocessing| preprocessing.scale()[input]);
        self.weight[self.weight_index(output, input, tap)] * factor
    }

    pub(super) fn packed(&self, direction: Direction, axes: [Axis; 2]) -> Arc<Kernels> {
        let key = (direction, self.kind(axes), axes.map(|axis| axis.before));
        let mut cache = self.packed.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some((.., kernels)) = cache.iter().find(|(packed, _)| *packed == key) {
            return kernels.clone();
        }
        let kernels = Arc::new(match direction {
            Direction::Forward => self.pack_forward(axes),
            Direction::Backward => self.pack_backward(axes),
            Direction::BackwardBf16 => self.pack_backward(axes).in_bf16(),
        });
        cache.push((key, kernels.clone()));
        kernels
    }

    /// The bias of all outputs, the preprocessing's offsets included.
    fn whole_bias(&self) -> Option<Vec<f32>> {
        let Some(preprocessing) = &self.preprocessing else { return self.bias.as_ref().map(|bias| bias.to_vec()) };
        let taps = self.window.kernel[0] * self.window.kernel[1];
        let offset = |output: usize| {
            let weights = self.weight[output * self.inputs * taps..][..self.inputs * taps].chunks(taps);
            let sums = weights.map(|weights| weights.iter().map(|&w| f64::from(w)).sum::<f64>());
            sums.zip(preprocessing.shift()).map(|(sum, &shift)| sum * f64::from(shift)).sum::<f64>()
        };
        let bias = |output: usize| self.bias.as_ref().map_or(0.0, |bias| f64::from(bias[output]));
        Some((0..self.outputs).map(|output| (bias(output) + offset(output)) as f32).collect())
    }

    fn pack_forward(&self, axes: [Axis; 2]) -> Kernels {
        match self.kind(axes) {
            ConvKernel::Dense if self.takes_a_picture() => Kernels::Picture(self.pack_picture(axes)),
            ConvKernel::Dense => Kernels::Dense(vec![self.pack_dense(axes)]),
            ConvKernel::Depthwise => Kernels::Depthwise(self.pack_depthwise(Direction::Forward, axes)),
            ConvKernel::Winograd => Kernels::Winograd(self.pack_winograd(Direction::Forward, axes)),
        }
    }

    fn pack_backward(&self, axes: [Axis; 2]) -> Kernels {
        match self.kind(axes) {
            ConvKernel::Dense if self.takes_a_picture() => Kernels::PictureGradient(self.pack_picture_gradient(axes)),
            ConvKernel::Dense => Kernels::Dense(phases(axes).iter().map(|phase| self.pack_phase(phase)).collect()),
            ConvKernel::Depthwise => Kernels::Depthwise(self.pack_depthwise(Direction::Backward, axes)),
            ConvKernel::Winograd => Kernels::Winograd(self.pack_winograd(Direction::Backward, axes)),
        }
    }

    fn pack_depthwise(&self, direction: Direction, axes: [Axis; 2]) -> Vec<DepthwiseKernel> {
        let weight = |channel: usize, tap: usize| self.weight_at(channel, channel, tap);
        if direction == Direction::Forward {
            let (taps, stride) = (forward_taps(axes), axes.map(|axis| axis.stride));
            let bias = self.bias.as_deref();
            return vec![DepthwiseKernel::pack(self.inputs, taps, stride, Placement::WHOLE, bias, weight)];
        }
        let kernels = phases(axes).into_iter().map(|phase| {
            let taps = phase.taps.iter().map(|t| t.0).collect();
            DepthwiseKernel::pack(self.inputs, taps, [1; 2], phase.placement, None, |channel, tap| {
                weight(channel, phase.taps[tap].1)
            })
        });
        kernels.collect()
    }

    fn pack_winograd(&self, direction: Direction, axes: [Axis; 2]) -> WinogradKernel {
        let before = axes.map(|axis| axis.before as isize);
        match direction {
            Direction::Forward => {
                let (channels, bias) = ([self.inputs, self.outputs], self.bias.as_deref());
                let weight = |o, i, y, x| self.weight_at(o, i, y * 3 + x);
                WinogradKernel::pack(channels, before.map(|b| -b), bias, weight)
            }
            _ => {
                let channels = [self.outputs, self.inputs];
                let weight = |o, i, y, x| self.weight_at(i, o, (2 - y) * 3 + 2 - x);
                WinogradKernel::pack(channels, before.map(|b| b - 2), None, weight)
            }
        }
    }

    fn pack_dense(&self, axes: [Axis; 2]) -> DenseKernel {
        let spec = DenseSpec {
            inputs: self.inputs,
            outputs: self.outputs,
            groups: self.groups,
            taps: forward_taps(axes),
            step: axes.map(|axis| axis.stride),
            placement: Placement::WHOLE,
            bias: self.bias.as_deref(),
            outside: None,
            narrow: self.outputs <= PICTURE_CHANNELS,
        };
        let taps = self.window.kernel[0] * self.window.kernel[1];
        let stride = self.inputs / self.groups * taps;
        DenseKernel::pack_vectors(spec, |output, input, tap, to| {
            copy_strided(&self.weight[self.weight_index(output, input, tap)..], stride, to);
        })
    }

    fn pack_picture(&self, axes: [Axis; 2]) -> PictureConvolution {
        let (bias, outside) = (self.whole_bias(), self.preprocessing.as_ref().map(ScaleShift::zero));
        let weight = |output, channel, row, column| self.weight_of_run(axes[1], output, channel, row, column);
        PictureConvolution::pack(self.runs(axes), self.outputs, bias.as_deref(), outside.as_deref(), weight)
    }

    /// The gradient at the input pixels of one phase.
    fn pack_phase(&self, phase: &Phase) -> DenseKernel {
        let spec = DenseSpec {
            inputs: self.outputs,
            outputs: self.inputs,
            groups: self.groups,
            taps: phase.taps.iter().map(|t| t.0).collect(),
            step: [1; 2],
            placement: phase.placement,
            bias: None,
            outside: None,
            narrow: self.inputs <= PICTURE_CHANNELS,
        };
        let stride = self.window.kernel[0] * self.window.kernel[1];
        DenseKernel::pack_vectors(spec, |output, input, tap, to| {
            copy_strided(&self.weight[self.weight_index(input, output, phase.taps[tap].1)..], stride, to);
        })
    }

    fn pack_picture_gradient(&self, axes: [Axis; 2]) -> PictureGradient {
        PictureGradient::pack(self.runs(axes), self.outputs, |output, channel, row, column| {
            self.weight_of_run(axes[1], output, channel, row, column)
        })
    }

    /// The rows of taps in a picture.
    fn runs(&self, [rows, columns]: [Axis; 2]) -> Runs {
        Runs {
            channels: self.inputs,
            rows: (0..rows.kernel).map(|ky| rows.offset(ky)).collect(),
            columns: (columns.kernel - 1) * columns.dilation + 1,
            before: columns.before,
            step: [rows.stride, columns.stride],
        }
    }

    /// The weight at a column of a run, zero where the dilated kernel has no tap.
    fn weight_of_run(&self, columns: Axis, output: usize, input: usize, ky: usize, column: usize) -> f32 {
        let kx = column / columns.dilation;
        let is_tap = column.is_multiple_of(columns.dilation);
        if is_tap { self.weight_at(output, input, ky * columns.kernel + kx) } else { 0.0 }
    }
}

/// Copies every `stride`th of `values`.
fn copy_strided(values: &[f32], stride: usize, to: &mut [f32]) {
    match stride {
        1 => to.copy_from_slice(&values[..to.len()]),
        _ => to.iter_mut().zip(values.iter().step_by(stride)).for_each(|(to, value)| *to = *value),
    }
}

/// The taps of the forward pass in the order of the weights.
pub(super) fn forward_taps([rows, columns]: [Axis; 2]) -> Vec<Tap> {
    let all = (0..rows.kernel).flat_map(|ky| (0..columns.kernel).map(move |kx| (ky, kx)));
    all.map(|(ky, kx)| Tap { dy: rows.offset(ky), dx: columns.offset(kx) }).collect()
}

/// The input pixels (y, x) with y mod stride = `placement.y0` and likewise x, and the output pixels
/// that see them: their offset and the number of the weight.
struct Phase {
    placement: Placement,
    taps: Vec<(Tap, usize)>,
}

fn phases(axes: [Axis; 2]) -> Vec<Phase> {
    let step = axes.map(|axis| axis.stride);
    let all = (0..step[0]).flat_map(|y| (0..step[1]).map(move |x| (y, x)));
    all.map(|(y0, x0)| Phase { placement: Placement { step, y0, x0 }, taps: taps_of(axes, y0, x0) }).collect()
}

/// The output pixels that see input pixel (`y`, `x`), relative to the grid of phases.
fn taps_of([rows, columns]: [Axis; 2], y: usize, x: usize) -> Vec<(Tap, usize)> {
    let along = |axis: Axis, at: usize| {
        (0..axis.kernel).filter_map(move |tap| {
            let distance = at as isize - axis.offset(tap);
            let stride = axis.stride as isize;
            (distance.rem_euclid(stride) == 0).then_some((distance.div_euclid(stride), tap))
        })
    };
    let mut taps: Vec<_> = along(rows, y)
        .flat_map(|(dy, ky)| along(columns, x).map(move |(dx, kx)| (Tap { dy, dx }, ky * columns.kernel + kx)))
        .collect();
    taps.sort_by_key(|(tap, _)| *tap);
    taps
}

/// The kernel that suits a convolution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ConvKernel {
    Dense,
    Depthwise,
    Winograd,
}

/// The kernels of one direction; several where the operation falls into phases.
#[derive(Debug)]
pub(in crate::op) enum Kernels {
    Dense(Vec<DenseKernel>),
    Depthwise(Vec<DepthwiseKernel>),
    Winograd(WinogradKernel),
    Picture(PictureConvolution),
    PictureGradient(PictureGradient),
}

impl Kernels {
    pub(in crate::op) fn dense(&self) -> &[DenseKernel] {
        let Self::Dense(kernels) = self else { panic!("this is not a dense convolution") };
        kernels
    }

    pub(in crate::op) fn depthwise(&self) -> &[DepthwiseKernel] {
        let Self::Depthwise(kernels) = self else { panic!("this is not a depthwise convolution") };
        kernels
    }

    pub(in crate::op) fn picture(&self) -> &PictureConvolution {
        let Self::Picture(kernel) = self else { panic!("this is not the convolution of a picture") };
        kernel
    }

    pub(in crate::op) fn picture_gradient(&self) -> &PictureGradient {
        let Self::PictureGradient(kernel) = self else { panic!("this is not the gradient of a picture") };
        kernel
    }

    /// The same with the products of one tap in bf16.
    fn in_bf16(self) -> Self {
        match self {
            Self::Dense(kernels) => {
                Self::Dense(kernels.into_iter().map(|kernel| kernel.in_pairs().unwrap_or(kernel)).collect())
            }
            Self::PictureGradient(kernel) => Self::PictureGradient(kernel.in_bf16()),
            other => other,
        }
    }

    /// Whether they run on several pictures one below the other.
    pub(super) fn take_stacks(&self) -> bool {
        !matches!(self, Self::Picture(_) | Self::PictureGradient(_))
    }

    pub(super) fn run(&self, isa: Isa, pictures: usize, input: Map<'_>, out: MapMut<'_>, add: Add<'_>, then: Then<'_>) {
        match self {
            Self::Dense(kernels) => dense::run(isa, kernels, pictures, input, out, add, then),
            Self::Depthwise(kernels) => depthwise::run(isa, kernels, pictures, input, out, add, then),
            Self::Winograd(kernel) => winograd::run(isa, kernel, pictures, input, out, add, then),
            Self::Picture(kernel) => kernel.run(isa, input, out, add, then),
            Self::PictureGradient(kernel) => kernel.run(isa, input.into(), out, matches!(add, Add::Target)),
        }
    }
}
