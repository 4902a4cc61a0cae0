//! Convolution: any kernel, stride, dilation, groups and padding; depthwise by its own kernel.

mod packing;

use std::sync::Arc;

use packing::{Cache, forward_taps};
pub(super) use packing::{Direction, Kernels};

use super::scale_shift::ScaleShift;
use super::window::{Axis, Padding, Window};
use super::{Backward, Forward, Keeps, Op, Operation, ParameterGradient, ParameterStep, Prepared, Purpose, Target};
use crate::error::{Error, ShapeMismatch};
use crate::kernel::finish::{Add, Then};
use crate::kernel::picture;
use crate::kernel::weight_gradient::WeightGradient;
use crate::shape::{LANES, Shape, channel_stride};
use crate::tensor::Tensor;

/// No padding.
const NO_PADDING: Padding = Padding::all(0);
/// The most channels of a picture: maps of so few are stored without padding.
const PICTURE_CHANNELS: usize = picture::MAX_CHANNELS;

/// The most phases of a stride; the gradient has one kernel for each.
const MAX_PHASES: usize = 1 << 16;
/// The most values of these kernels, or a few times the number of weights if that is more.
const MAX_PHASE_VALUES: usize = 1 << 22;
/// The largest stride, dilation and padding that the kernels for pictures take: they copy the rows that a row of windows
/// covers.
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
    /// Set in a program: the weights change at every step.
    trained: bool,
    packed: Arc<Cache>,
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
        let (clamp, residual, preprocessing, trained) = (None, false, None, false);
        Ok(Self { inputs, outputs, groups, window, weight, bias, clamp, residual, preprocessing, trained, packed })
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

    /// In a plan: the upper bound of the output, if the output is clamped to 0 and this bound.
    pub fn clamp(&self) -> Option<f32> {
        self.clamp
    }

    /// In a plan: whether a second input is added before the clamp.
    pub fn adds(&self) -> bool {
        self.residual
    }

    /// In a plan: the scale and shift of the input, before the padding.
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
    /// the weights and the offsets into the bias, and the padding gets the value that the preprocessing
    /// maps to zero.
    pub(crate) fn with_preprocessing(&self, preprocessing: ScaleShift) -> Option<Self> {
        let fits = self.takes_a_picture() && preprocessing.is_invertible();
        fits.then(|| Self { preprocessing: Some(preprocessing), packed: Arc::default(), ..self.clone() })
    }

    /// The same convolution with weights that change at every step.
    pub(crate) fn trained(&self) -> Self {
        Self { trained: true, ..self.clone() }
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

    pub(super) fn is_depthwise(&self) -> bool {
        self.groups == self.inputs && self.inputs == self.outputs && self.outputs > PICTURE_CHANNELS
    }
}

/// A convolution ready for one size.
#[derive(Debug)]
struct PreparedConv {
    forward: Arc<Kernels>,
    /// Absent without a gradient.
    backward: Option<Arc<Kernels>>,
    clamp: Option<f32>,
    residual: bool,
    /// Whether the backward kernel can apply a mask: not while it writes a picture.
    masks: bool,
}

/// The windows along an axis whose tap of this number is inside the map, each with the tap's position.
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
        self.add(step.isa, step.pictures, step.inputs.get(0), step.output_gradient, sums);
    }

    fn unpack(&self, sums: &[f32]) -> Vec<Vec<f32>> {
        self.unpack(sums)
    }
}

impl Prepared for PreparedConv {
    fn takes_stacks(&self) -> bool {
        self.forward.take_stacks() && self.backward.as_ref().is_none_or(|kernels| kernels.take_stacks())
    }

    fn forward(&self, step: Forward<'_>) {
        let add = if self.residual { Add::Map(step.inputs.get(1)) } else { Add::Nothing };
        let then = self.clamp.map_or(Then::Store, |max| Then::Clamp(max, step.bits));
        self.forward.run(step.isa, step.pictures, step.inputs.get(0), step.output, add, then);
    }

    fn backward(&self, step: Backward<'_>) {
        if step.input == 1 {
            return super::add::pass_on(step.isa, step.output_gradient, step.target);
        }
        let Target { map, accumulate, mask } = step.target;
        let add = if accumulate { Add::Target } else { Add::Nothing };
        let then = mask.map_or(Then::Store, Then::Mask);
        let kernels = self.backward.as_ref().expect("prepared for gradients");
        kernels.run(step.isa, step.pictures, step.output_gradient, map, add, then);
    }

    fn applies_mask(&self) -> bool {
        self.masks
    }
}
