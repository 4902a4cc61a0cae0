//! Convolution: any kernel, stride, dilation, groups and padding; depthwise by its own kernel.

use std::sync::{Arc, Mutex};

use super::scale_shift::ScaleShift;
use super::window::{Axis, Padding, Window};
use super::{Backward, Forward, Keeps, Op, Operation, ParameterGradient, ParameterStep, Prepared, Purpose, Target};
use crate::error::{Error, ShapeMismatch};
use crate::kernel::Isa;
use crate::kernel::dense::{self, DenseKernel, DenseSpec, Placement, Tap};
use crate::kernel::depthwise::{self, DepthwiseKernel};
use crate::kernel::finish::{Add, Then};
use crate::kernel::picture::{self, PictureConvolution, PictureGradient, Runs};
use crate::kernel::weight_gradient::WeightGradient;
use crate::kernel::winograd::{self, WinogradKernel};
use crate::map::{Map, MapMut};
use crate::shape::{LANES, Shape, channel_stride};
use crate::tensor::Tensor;

/// From this many channels on both sides Winograd's way is the faster one.
const WINOGRAD_CHANNELS: usize = 16;
/// Nothing around the map.
const NO_PADDING: Padding = Padding::all(0);
/// Most channels of a picture: maps of so few are stored without padding.
const PICTURE_CHANNELS: usize = picture::MAX_CHANNELS;

/// Most phases of a stride, each of which has a kernel of its own in the gradient.
const MAX_PHASES: usize = 1 << 16;
/// Most values that these kernels hold besides the weights, if that is more than a few times the weights.
const MAX_PHASE_VALUES: usize = 1 << 22;
/// Most pixels that a window of a picture moves on, is dilated by, or is padded with, for the picture's own kernels:
/// they copy the rows that a row of windows reaches.
const MAX_PICTURE_STEP: usize = 16;

/// A convolution.
#[derive(Clone, Debug)]
pub struct Conv2d {
    inputs: usize,
    outputs: usize,
    groups: usize,
    window: Window,
    weight: Arc<[f32]>,
    bias: Option<Arc<[f32]>>,
    /// Set by the fusion pass: the output is held between 0 and this.
    clamp: Option<f32>,
    /// Set by the fusion pass: a second input is added before the clamp.
    residual: bool,
    /// Set by the fusion pass: the input is scaled and shifted first, channel by channel.
    preprocessing: Option<ScaleShift>,
    packed: Arc<Cache>,
}

/// Kernels already packed, by direction and by the padding before the first row and column: "SAME" padding
/// depends on the size of the picture, everything else does not.
type Cache = Mutex<Vec<(Direction, [usize; 2], Arc<Kernels>)>>;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    Forward,
    Backward,
    /// With the products in bf16 where that pays.
    BackwardBf16,
}

impl Direction {
    /// The way back of a purpose, if it has one.
    pub fn back(purpose: Purpose) -> Option<Self> {
        match purpose {
            Purpose::Activations => None,
            Purpose::Gradient | Purpose::Parameters => Some(Self::Backward),
            Purpose::GradientBf16 => Some(Self::BackwardBf16),
        }
    }
}

impl Conv2d {
    /// A convolution of `inputs` to `outputs` channels. `weight` has the order outputs, inputs of one
    /// group, kernel rows, kernel columns.
    ///
    /// # Errors
    /// [`Error::InvalidOperation`] if a number is zero, or if the lengths of `weight` or `bias` or the groups do not fit
    /// the channels.
    pub fn new(
        inputs: usize,
        outputs: usize,
        groups: usize,
        window: Window,
        weight: impl Into<Arc<[f32]>>,
        bias: Option<Arc<[f32]>>,
    ) -> Result<Self, Error> {
        let weight = weight.into();
        let invalid = |why: String| Err(Error::invalid("convolution", why));
        if groups == 0
            || inputs == 0
            || outputs == 0
            || !inputs.is_multiple_of(groups)
            || !outputs.is_multiple_of(groups)
        {
            return invalid(format!("{inputs} to {outputs} channels cannot be split into {groups} groups"));
        }
        let [ky, kx] = window.kernel;
        let fits = |len: usize| len > 0 && len == weight.len();
        let expected = outputs.checked_mul(inputs / groups).and_then(|pairs| pairs.checked_mul(ky)?.checked_mul(kx));
        if !expected.is_some_and(fits) {
            let got = weight.len();
            return invalid(format!("{got} weights do not fit {outputs}x{}x{ky}x{kx}", inputs / groups));
        }
        if let Some(bias) = bias.as_ref().filter(|bias| bias.len() != outputs) {
            return invalid(format!("{} biases do not fit {outputs} output channels", bias.len()));
        }
        // The gradient has a kernel for each phase of the stride.
        let phases = window.stride[0].saturating_mul(window.stride[1]);
        let packed = phases.saturating_mul(channel_stride(inputs) + channel_stride(outputs));
        if phases > MAX_PHASES || packed > MAX_PHASE_VALUES.max(weight.len().saturating_mul(2 * LANES)) {
            return invalid(format!("a stride of {}x{} is too large", window.stride[0], window.stride[1]));
        }
        let packed = Arc::default();
        let (clamp, residual, preprocessing) = (None, false, None);
        Ok(Self { inputs, outputs, groups, window, weight, bias, clamp, residual, preprocessing, packed })
    }

    /// Channels of the input and of the output.
    pub fn channels(&self) -> [usize; 2] {
        [self.inputs, self.outputs]
    }

    /// Groups of channels, each of which sees only the input channels of its own group.
    pub fn groups(&self) -> usize {
        self.groups
    }

    /// The window.
    pub fn window(&self) -> Window {
        self.window
    }

    /// The weights in the order outputs, inputs of one group, kernel rows, kernel columns.
    pub fn weight(&self) -> &[f32] {
        &self.weight
    }

    /// One value for every output channel.
    pub fn bias(&self) -> Option<&[f32]> {
        self.bias.as_deref()
    }

    /// In a plan: the upper bound of the output, if it is clamped to 0 and this bound at last.
    pub fn clamp(&self) -> Option<f32> {
        self.clamp
    }

    /// In a plan: whether a second input is added before the clamp.
    pub fn adds(&self) -> bool {
        self.residual
    }

    /// In a plan: the scale and shift that the input goes through first, before the padding.
    pub fn preprocessing(&self) -> Option<&ScaleShift> {
        self.preprocessing.as_ref()
    }

    /// Multiplications and additions for one output pixel.
    pub(crate) fn flops_a_pixel(&self) -> u64 {
        2 * self.weight.len() as u64
    }

    /// Whether a clamp or an addition can be fused: pictures are stored without padding.
    pub(crate) fn fuses(&self) -> bool {
        self.outputs > PICTURE_CHANNELS && self.clamp.is_none()
    }

    /// The same convolution with its output held between 0 and `max`.
    pub(crate) fn with_clamp(&self, max: f32) -> Self {
        Self { clamp: Some(max), ..self.clone() }
    }

    /// The same convolution with a second input that is added.
    pub(crate) fn with_residual(&self) -> Self {
        Self { residual: true, ..self.clone() }
    }

    /// The same convolution of an input that is scaled and shifted first. For pictures only: the factors go into
    /// the weights and the offsets into the bias, and what lies around the picture becomes what the preprocessing
    /// makes zero of.
    pub(crate) fn with_preprocessing(&self, preprocessing: ScaleShift) -> Option<Self> {
        let fits = self.takes_a_picture() && preprocessing.is_invertible();
        fits.then(|| Self { preprocessing: Some(preprocessing), packed: Arc::default(), ..self.clone() })
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

    /// Whether every result is made of one pixel of a map with padding to vectors.
    pub(super) fn is_pointwise(&self) -> bool {
        self.window == Window::square(1, 1).padded(self.window.padding)
            && matches!(self.window.padding, Padding::Same | NO_PADDING)
            && self.groups == 1
            && self.inputs.min(self.outputs) > PICTURE_CHANNELS
    }

    /// Whether the input is a picture, all channels of which every output sees.
    pub(super) fn takes_a_picture(&self) -> bool {
        let Window { stride, dilation, padding, .. } = self.window;
        let padding = match padding {
            Padding::Same => 0,
            Padding::Explicit { top, bottom, left, right } => top.max(bottom).max(left).max(right),
        };
        let steps = stride.into_iter().chain(dilation).chain([padding]);
        self.inputs <= PICTURE_CHANNELS && self.groups == 1 && steps.max() <= Some(MAX_PICTURE_STEP)
    }

    pub(super) fn kernel_rows(&self) -> usize {
        self.window.kernel[0]
    }

    /// The kernels for an input of a shape that was accepted.
    pub(super) fn kernels(&self, direction: Direction, input: Shape) -> Arc<Kernels> {
        self.packed(direction, self.window.axes(input).expect("the shape was accepted"))
    }

    pub(super) fn is_depthwise(&self) -> bool {
        self.groups == self.inputs && self.inputs == self.outputs && self.outputs > PICTURE_CHANNELS
    }

    fn kind(&self) -> Kind {
        let Window { kernel, stride, dilation, .. } = self.window;
        if self.is_depthwise() {
            Kind::Depthwise
        } else if (kernel, stride, dilation, self.groups) == ([3; 2], [1; 2], [1; 2], 1)
            && self.inputs.min(self.outputs) >= WINOGRAD_CHANNELS
        {
            Kind::Winograd
        } else {
            Kind::Dense
        }
    }

    fn weight_at(&self, output: usize, input: usize, tap: usize) -> f32 {
        let taps = self.window.kernel[0] * self.window.kernel[1];
        let a_group = self.inputs / self.groups;
        let factor = self.preprocessing.as_ref().map_or(1.0, |preprocessing| preprocessing.scale()[input]);
        self.weight[(output * a_group + input % a_group) * taps + tap] * factor
    }

    fn packed(&self, direction: Direction, axes: [Axis; 2]) -> Arc<Kernels> {
        let before = axes.map(|axis| axis.before);
        let mut cache = self.packed.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some((.., kernels)) = cache.iter().find(|(d, b, _)| (*d, *b) == (direction, before)) {
            return kernels.clone();
        }
        let kernels = Arc::new(match direction {
            Direction::Forward => self.pack_forward(axes),
            Direction::Backward => self.pack_backward(axes),
            Direction::BackwardBf16 => self.pack_backward(axes).in_bf16(),
        });
        cache.push((direction, before, kernels.clone()));
        kernels
    }

    fn pack_forward(&self, axes: [Axis; 2]) -> Kernels {
        match self.kind() {
            Kind::Dense if self.takes_a_picture() => Kernels::Picture(self.pack_picture(axes)),
            Kind::Dense => Kernels::Dense(vec![self.pack_dense(axes)]),
            Kind::Depthwise => Kernels::Depthwise(self.pack_depthwise(Direction::Forward, axes)),
            Kind::Winograd => Kernels::Winograd(self.pack_winograd(Direction::Forward, axes)),
        }
    }

    fn pack_backward(&self, axes: [Axis; 2]) -> Kernels {
        match self.kind() {
            Kind::Dense if self.takes_a_picture() => Kernels::PictureGradient(self.pack_picture_gradient(axes)),
            Kind::Dense => Kernels::Dense(phases(axes).iter().map(|phase| self.pack_phase(phase)).collect()),
            Kind::Depthwise => Kernels::Depthwise(self.pack_depthwise(Direction::Backward, axes)),
            Kind::Winograd => Kernels::Winograd(self.pack_winograd(Direction::Backward, axes)),
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
        DenseKernel::pack(spec, |output, input, tap| self.weight_at(output, input, tap))
    }

    fn pack_picture(&self, axes: [Axis; 2]) -> PictureConvolution {
        let (bias, outside) = (self.whole_bias(), self.preprocessing.as_ref().map(ScaleShift::zero));
        let weight = |output, channel, row, column| self.weight_of_run(axes[1], output, channel, row, column);
        PictureConvolution::pack(self.runs(axes), self.outputs, bias.as_deref(), outside.as_deref(), weight)
    }

    /// The gradient at the input pixels of one phase.
    fn pack_phase(&self, phase: &Phase) -> DenseKernel {
        DenseKernel::pack(
            DenseSpec {
                inputs: self.outputs,
                outputs: self.inputs,
                groups: self.groups,
                taps: phase.taps.iter().map(|t| t.0).collect(),
                step: [1; 2],
                placement: phase.placement,
                bias: None,
                outside: None,
                narrow: self.inputs <= PICTURE_CHANNELS,
            },
            |output, input, tap| self.weight_at(input, output, phase.taps[tap].1),
        )
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

    /// The weight at a column of a run, zero where the dilated kernel leaves the column out.
    fn weight_of_run(&self, columns: Axis, output: usize, input: usize, ky: usize, column: usize) -> f32 {
        let kx = column / columns.dilation;
        let is_tap = column.is_multiple_of(columns.dilation);
        if is_tap { self.weight_at(output, input, ky * columns.kernel + kx) } else { 0.0 }
    }
}

/// The taps of the forward pass in the order of the weights.
fn forward_taps([rows, columns]: [Axis; 2]) -> Vec<Tap> {
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
enum Kind {
    Dense,
    Depthwise,
    Winograd,
}

/// The kernels of one direction; several where the operation falls into phases.
#[derive(Debug)]
pub(super) enum Kernels {
    Dense(Vec<DenseKernel>),
    Depthwise(Vec<DepthwiseKernel>),
    Winograd(WinogradKernel),
    Picture(PictureConvolution),
    PictureGradient(PictureGradient),
}

impl Kernels {
    pub(super) fn dense(&self) -> &[DenseKernel] {
        let Self::Dense(kernels) = self else { panic!("a dense convolution is wanted") };
        kernels
    }

    pub(super) fn depthwise(&self) -> &[DepthwiseKernel] {
        let Self::Depthwise(kernels) = self else { panic!("a depthwise convolution is wanted") };
        kernels
    }

    pub(super) fn picture(&self) -> &PictureConvolution {
        let Self::Picture(kernel) = self else { panic!("the convolution of a picture is wanted") };
        kernel
    }

    pub(super) fn picture_gradient(&self) -> &PictureGradient {
        let Self::PictureGradient(kernel) = self else { panic!("the gradient of a picture is wanted") };
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

    fn run(&self, isa: Isa, input: Map<'_>, out: MapMut<'_>, add: Add<'_>, then: Then<'_>) {
        match self {
            Self::Dense(kernels) => dense::run(isa, kernels, input, out, add, then),
            Self::Depthwise(kernels) => depthwise::run(isa, kernels, input, out, add, then),
            Self::Winograd(kernel) => winograd::run(isa, kernel, input, out, add, then),
            Self::Picture(kernel) => kernel.run(isa, input, out, add, then),
            Self::PictureGradient(kernel) => kernel.run(isa, input.into(), out, matches!(add, Add::Target)),
        }
    }
}

/// A convolution ready for one size.
#[derive(Debug)]
struct PreparedConv {
    forward: Arc<Kernels>,
    /// Absent when no gradient is wanted.
    backward: Option<Arc<Kernels>>,
    clamp: Option<f32>,
    residual: bool,
    /// Whether the backward kernel can apply a mask: not while it writes a picture.
    masks: bool,
}

/// The windows along an axis that see the map with this tap, each with the position that it sees.
fn positions(axis: Axis, tap: usize) -> Vec<(usize, usize)> {
    (0..axis.output).filter_map(|output| Some((output, axis.position(output, tap)?))).collect()
}

impl Operation for Conv2d {
    fn name(&self) -> &'static str {
        match (self.is_depthwise(), self.residual, self.clamp.is_some()) {
            (true, _, false) => "depthwise",
            (true, _, true) => "depthwise+clamp",
            (false, false, false) => "conv",
            (false, false, true) => "conv+clamp",
            (false, true, false) => "conv+add",
            (false, true, true) => "conv+add+clamp",
        }
    }

    fn parameters(&self) -> Vec<&[f32]> {
        [Some(&self.weight), self.bias.as_ref()].into_iter().flatten().map(|values| &**values).collect()
    }

    fn with_parameters(&self, parameters: Vec<Arc<[f32]>>) -> Option<Op> {
        let mut parameters = parameters.into_iter();
        let (weight, bias) = (parameters.next()?, parameters.next());
        Some(Op::Conv(Self { weight, bias, packed: Arc::default(), ..self.clone() }))
    }

    fn parameter_gradient(&self, inputs: &[Shape]) -> Option<Box<dyn ParameterGradient>> {
        let output = self.output_shape(inputs).ok()?;
        let axes = self.window.axes(inputs[0]).ok()?;
        Some(Box::new(WeightGradient {
            input: inputs[0],
            output,
            groups: self.groups,
            taps: forward_taps(axes),
            step: axes.map(|axis| axis.stride),
            bias: self.bias.is_some(),
        }))
    }

    fn output_shape(&self, inputs: &[Shape]) -> Result<Shape, ShapeMismatch> {
        ShapeMismatch::inputs(if self.residual { 2 } else { 1 }, inputs)?;
        if inputs[0].channels != self.inputs {
            return Err(ShapeMismatch(format!("it needs {} channels", self.inputs)));
        }
        let [rows, columns] = self.window.axes(inputs[0])?;
        let output = Shape::new(self.outputs, rows.output, columns.output);
        if self.residual && inputs[1] != output {
            return Err(ShapeMismatch(format!("the map to add must be {output}")));
        }
        Ok(output)
    }

    fn keeps(&self) -> Keeps {
        Keeps { bits: self.clamp.is_some(), ..Keeps::default() }
    }

    fn flops(&self, inputs: &[Shape]) -> u64 {
        self.output_shape(inputs).map_or(0, |output| self.flops_a_pixel().saturating_mul(output.pixels() as u64))
    }

    fn prepare(&self, inputs: &[Shape], purpose: Purpose) -> Arc<dyn Prepared> {
        let axes = self.window.axes(inputs[0]).expect("the shape was accepted");
        Arc::new(PreparedConv {
            forward: self.packed(Direction::Forward, axes),
            backward: Direction::back(purpose).map(|back| self.packed(back, axes)),
            clamp: self.clamp,
            residual: self.residual,
            masks: !self.residual && self.inputs > PICTURE_CHANNELS,
        })
    }

    fn reference(&self, inputs: &[&Tensor]) -> Tensor {
        let shapes: Vec<Shape> = inputs.iter().map(|t| t.shape).collect();
        let shape = self.output_shape(&shapes).expect("a fitting shape");
        let [rows, columns] = self.window.axes(shapes[0]).expect("a fitting shape");
        let (a_group, out_group) = (self.inputs / self.groups, self.outputs / self.groups);
        let preprocessed = self.preprocessing.as_ref().map(|preprocessing| preprocessing.reference(&inputs[..1]));
        let input = preprocessed.as_ref().unwrap_or(inputs[0]);
        let [ys, xs] = [rows, columns].map(|axis| (0..axis.kernel).map(|tap| positions(axis, tap)).collect::<Vec<_>>());
        let mut output = Tensor::from_fn(shape, |o, _, _| self.bias.as_ref().map_or(0.0, |bias| f64::from(bias[o])));
        for (pair, weights) in self.weight.chunks(rows.kernel * columns.kernel).enumerate() {
            let o = pair / a_group;
            let i = o / out_group * a_group + pair % a_group;
            for (tap, &weight) in weights.iter().enumerate() {
                for &(y, iy) in &ys[tap / columns.kernel] {
                    for &(x, ix) in &xs[tap % columns.kernel] {
                        *output.at_mut(o, y, x) += f64::from(weight) * input.at(i, iy, ix);
                    }
                }
            }
        }
        if self.residual {
            output.data.iter_mut().zip(&inputs[1].data).for_each(|(sum, other)| *sum += other);
        }
        if let Some(max) = self.clamp {
            output.data.iter_mut().for_each(|sum| *sum = sum.clamp(0.0, f64::from(max)));
        }
        output
    }
}

impl ParameterGradient for WeightGradient {
    fn sums(&self) -> usize {
        self.sums()
    }

    fn add(&self, step: ParameterStep<'_>, sums: &mut [f32]) {
        self.add(step.isa, step.inputs.get(0), step.output_gradient, sums);
    }

    fn unpack(&self, sums: &[f32]) -> Vec<Vec<f32>> {
        self.unpack(sums)
    }
}

impl Prepared for PreparedConv {
    fn forward(&self, step: Forward<'_>) {
        let add = if self.residual { Add::Map(step.inputs.get(1)) } else { Add::Nothing };
        let then = self.clamp.map_or(Then::Store, |max| Then::Clamp(max, step.bits));
        self.forward.run(step.isa, step.inputs.get(0), step.output, add, then);
    }

    fn backward(&self, step: Backward<'_>) {
        if step.input == 1 {
            return super::add::pass_on(step.isa, step.output_gradient, step.target);
        }
        let Target { map, accumulate, mask } = step.target;
        let add = if accumulate { Add::Target } else { Add::Nothing };
        let then = mask.map_or(Then::Store, Then::Mask);
        let kernels = self.backward.as_ref().expect("prepared for gradients");
        kernels.run(step.isa, step.output_gradient, map, add, then);
    }

    fn applies_mask(&self) -> bool {
        self.masks
    }
}
