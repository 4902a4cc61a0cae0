//! The operations, one file each: shape rule, forward pass, gradient of the input, plain reference.
//!
//! An [`Op`] is data. `Operation::prepare` turns it into a `Prepared` one for given input shapes:
//! weights packed, padding resolved. How to add an operation: `docs/adding-an-operation.md`.

mod activation;
mod add;
mod avg_pool;
mod concat;
mod conv;
mod global_avg_pool;
mod inverted_residual;
mod linear;
mod lrn;
mod max_pool;
mod mul;
mod scale_shift;
mod softmax;
mod stem;
#[cfg(test)]
mod tests;
mod window;

use std::fmt::Debug;
use std::sync::Arc;

pub use activation::Activation;
pub use add::Add;
pub use avg_pool::AvgPool;
pub use concat::Concat;
pub use conv::Conv2d;
pub use global_avg_pool::GlobalAvgPool;
pub use inverted_residual::InvertedResidual;
pub use linear::Linear;
pub use lrn::LocalResponseNorm;
pub use max_pool::MaxPool;
pub use mul::Mul;
pub use scale_shift::ScaleShift;
pub use softmax::Softmax;
pub use stem::Stem;
pub use window::{Padding, Window};

use crate::error::{Error, ShapeMismatch};
use crate::kernel::Isa;
use crate::kernel::bits::{Bits, BitsMut};
use crate::map::{Map, MapMut};
use crate::shape::Shape;
use crate::tensor::Tensor;

/// An operation of a network.
#[derive(Clone, Debug)]
pub enum Op {
    /// The picture, RGB in 0…1: the first node of every graph.
    Input,
    /// Convolution, grouped and depthwise too.
    Conv(Conv2d),
    /// Three convolutions run as one, made by the plan where that is faster.
    InvertedResidual(Box<InvertedResidual>),
    /// First convolution and pooling run as one, made by the plan where that is faster.
    Stem(Box<Stem>),
    /// Largest value of a window.
    MaxPool(MaxPool),
    /// Mean of a window.
    AvgPool(AvgPool),
    /// Mean over all positions.
    GlobalAvgPool(GlobalAvgPool),
    /// A function of every value.
    Activation(Activation),
    /// Maps side by side.
    Concat(Concat),
    /// Sum of maps.
    Add(Add),
    /// Product of two maps, the second one broadcast over space where it is a single pixel.
    Mul(Mul),
    /// Normalisation over neighbouring channels.
    LocalResponseNorm(LocalResponseNorm),
    /// One factor and one offset a channel.
    ScaleShift(ScaleShift),
    /// Fully connected layer.
    Linear(Linear),
    /// Softmax over channels at every position.
    Softmax(Softmax),
}

impl Op {
    /// The operation's behaviour; the picture has none.
    pub(crate) fn operation(&self) -> Option<&dyn Operation> {
        Some(match self {
            Self::Input => return None,
            Self::Conv(op) => op,
            Self::InvertedResidual(op) => &**op,
            Self::Stem(op) => &**op,
            Self::MaxPool(op) => op,
            Self::AvgPool(op) => op,
            Self::GlobalAvgPool(op) => op,
            Self::Activation(op) => op,
            Self::Concat(op) => op,
            Self::Add(op) => op,
            Self::Mul(op) => op,
            Self::LocalResponseNorm(op) => op,
            Self::ScaleShift(op) => op,
            Self::Linear(op) => op,
            Self::Softmax(op) => op,
        })
    }

    /// The operation's plain definition in f64, which its fast path is checked against. Slow.
    ///
    /// # Panics
    /// If the operation cannot take the shapes of `inputs`, or is the picture.
    pub fn reference(&self, inputs: &[&Tensor]) -> Tensor {
        self.operation().expect("the picture is given, not computed").reference(inputs)
    }

    /// The operation's weights, the bias last; none for operations without any.
    pub fn parameters(&self) -> Vec<&[f32]> {
        self.operation().map_or_else(Vec::new, Operation::parameters)
    }

    /// The same operation with other parameters, arrays in the order of [`Op::parameters`].
    ///
    /// # Errors
    /// [`Error::InvalidOperation`] if there are more or fewer arrays, or if one has another length.
    pub fn with_parameters<A: AsRef<[f32]>>(&self, parameters: &[A]) -> Result<Self, Error> {
        let lengths = |arrays: &[&[f32]]| arrays.iter().map(|array| array.len()).collect::<Vec<_>>();
        let given: Vec<&[f32]> = parameters.iter().map(AsRef::as_ref).collect();
        let (expected, got) = (lengths(&self.parameters()), lengths(&given));
        let fitting = || given.into_iter().map(Arc::from).collect();
        let replaced = (expected == got).then(|| self.operation()?.with_parameters(fitting())).flatten();
        let why = || format!("its parameters have {expected:?} values, the new ones {got:?}");
        replaced.ok_or_else(|| Error::invalid(self.name(), why()))
    }

    /// What the operation is called in errors and plans.
    pub fn name(&self) -> &'static str {
        self.operation().map_or("input", Operation::name)
    }
}

/// What operations are prepared for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Only the activations of the layers.
    Activations,
    /// The gradient of the picture as well.
    Gradient,
    /// The gradient, with the products of 1x1 convolutions in the backward pass (and those of the first convolution) in
    /// bf16, summed in f32: faster and less exact. For machines with AVX512-BF16, see [`Isa::has_bf16`].
    GradientBf16,
    /// The gradients of the parameters that the program trains, instead of that of the picture.
    Parameters,
}

/// An operation, for pictures of any size.
pub(crate) trait Operation: Debug + Send + Sync {
    /// Its name in errors and plans.
    fn name(&self) -> &'static str;
    /// The shape of its output.
    fn output_shape(&self, inputs: &[Shape]) -> Result<Shape, ShapeMismatch>;
    /// Its weights, the bias last.
    fn parameters(&self) -> Vec<&[f32]> {
        Vec::new()
    }
    /// What the backward pass needs.
    fn keeps(&self) -> Keeps {
        Keeps::default()
    }
    /// Additional bytes that the forward pass stores for the backward pass.
    fn kept_bytes(&self, _: &[Shape]) -> usize {
        0
    }
    /// Multiplications and additions of a forward pass; only convolutions are counted.
    fn flops(&self, _: &[Shape]) -> u64 {
        0
    }
    /// The same operation with other parameters, as many and as long as those of [`Self::parameters`], and with no
    /// packed copy of the old ones.
    fn with_parameters(&self, parameters: Vec<Arc<[f32]>>) -> Option<Op> {
        let _ = parameters;
        None
    }
    /// The gradient of its parameters for input shapes that `output_shape` has accepted. It needs the operation's inputs.
    fn parameter_gradient(&self, inputs: &[Shape]) -> Option<Box<dyn ParameterGradient>> {
        let _ = inputs;
        None
    }
    /// Prepares it for input shapes that `output_shape` has accepted.
    fn prepare(&self, inputs: &[Shape], purpose: Purpose) -> Arc<dyn Prepared>;
    /// The plain definition in f64, against which the fast path is checked.
    fn reference(&self, inputs: &[&Tensor]) -> Tensor;
}

/// The results of the forward pass that the backward pass of an operation needs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Keeps {
    /// The values of its inputs.
    pub inputs: bool,
    /// The values of its output.
    pub output: bool,
    /// One bit for every output value. The step that completes the gradient of the output sets it to zero where the bit
    /// is not set, before the operation reads it.
    pub bits: bool,
}

/// An operation ready to run on maps of known shape.
pub(crate) trait Prepared: Debug + Send + Sync {
    /// Computes the output.
    fn forward(&self, step: Forward<'_>);
    /// Computes the gradient of one input.
    fn backward(&self, step: Backward<'_>);
    /// Whether it runs on the maps of several pictures one below the other; otherwise it runs for each picture.
    fn takes_stacks(&self) -> bool {
        false
    }
    /// Whether `backward` applies the target's mask itself.
    fn applies_mask(&self) -> bool {
        false
    }
}

/// The gradient of an operation's parameters on maps of known shape, summed over pictures.
pub(crate) trait ParameterGradient: Debug + Send + Sync {
    /// How many sums it has: the parameters in an order that suits the kernel, with padding.
    fn sums(&self) -> usize;
    /// Adds the gradient for some pictures. The order of additions depends only on the shapes.
    fn add(&self, step: ParameterStep<'_>, sums: &mut [f32]);
    /// The sums in the order of [`Operation::parameters`].
    fn unpack(&self, sums: &[f32]) -> Vec<Vec<f32>>;
}

/// One step of the backward pass: the gradient of the parameters.
pub(crate) struct ParameterStep<'a> {
    pub isa: Isa,
    /// All maps are of this many pictures, one below the other.
    pub pictures: usize,
    pub inputs: &'a dyn Inputs,
    pub output_gradient: Map<'a>,
}

/// The inputs of an operation.
pub(crate) trait Inputs: Sync {
    /// The input of this number.
    fn get(&self, index: usize) -> Map<'_>;
}

/// One step of the forward pass.
pub(crate) struct Forward<'a> {
    pub isa: Isa,
    /// All maps are of this many pictures, one below the other: one unless [`Prepared::takes_stacks`].
    pub pictures: usize,
    pub inputs: &'a dyn Inputs,
    pub output: MapMut<'a>,
    /// If [`Keeps`] requests them; absent without a gradient.
    pub bits: Option<BitsMut<'a>>,
    /// [`Operation::kept_bytes`] bytes, aligned for `u16`; empty without a gradient.
    pub bytes: &'a mut [u8],
}

/// One step of the backward pass: the gradient of input number `input`.
pub(crate) struct Backward<'a> {
    pub isa: Isa,
    /// As in [`Forward`].
    pub pictures: usize,
    pub input: usize,
    /// Valid if [`Keeps`] requests them.
    pub inputs: &'a dyn Inputs,
    /// Present if [`Keeps`] requests it.
    pub output: Option<Map<'a>>,
    pub output_gradient: Map<'a>,
    pub bytes: &'a [u8],
    pub target: Target<'a>,
}

/// Where the gradient of an input goes.
pub(crate) struct Target<'a> {
    pub map: MapMut<'a>,
    /// Whether to add to the existing values.
    pub accumulate: bool,
    /// The bits of the node that made the input, if this completes its gradient.
    pub mask: Option<Bits<'a>>,
}

impl Target<'_> {
    /// Runs `work(y, x, gradient)` for every pixel, in parallel rows; `gradient` holds the channels
    /// with their padding, zero or the values so far; `work` adds to it.
    pub fn add_each_pixel(mut self, work: impl Fn(usize, usize, &mut [f32]) + Sync) {
        let accumulate = self.accumulate;
        self.map.for_each_pixel(|y, x, gradient| {
            if !accumulate {
                gradient.fill(0.0);
            }
            work(y, x, gradient);
        });
    }
}

/// The padded channels of one pixel of `map`.
pub(crate) fn padded_pixel<'a>(map: &Map<'a>, y: usize, x: usize) -> &'a [f32] {
    let shape = map.shape();
    &map.data()[(y * shape.width + x) * map.stride()..][..shape.stride()]
}
