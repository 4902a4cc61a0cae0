//! Expand, filter, project: the block of MobileNetV2 and EfficientNet as one operation.
//!
//! (Sandler et al. 2018, arXiv:1801.04381.) A plan makes it of three convolutions if the maps between
//! them are large, see [`Program::fitted`](crate::program::Program::fitted).

use std::sync::Arc;

use super::conv::{Conv2d, Direction, Kernels};
use super::{Backward, Forward, Operation, Prepared, Purpose, Target};
use crate::error::ShapeMismatch;
use crate::kernel::bits::{Bits, BitsMut};
use crate::kernel::finish::{Add, Then};
use crate::kernel::inverted_residual::{self as kernel, Between, Chain};
use crate::shape::Shape;
use crate::tensor::Tensor;

/// The fewest values of the expanded map for which it is faster not to store it as a whole.
const LARGE_VALUES: usize = 1 << 18;
/// The map must be at least this many times as high as the depthwise kernel, since bands compute their halos twice.
const HEIGHT_OF_KERNELS: usize = 16;

/// A pointwise, a depthwise and a pointwise convolution; a second input is added where the last one
/// was fused with an addition.
#[derive(Clone, Debug)]
pub struct InvertedResidual {
    expand: Conv2d,
    depthwise: Conv2d,
    project: Conv2d,
}

impl InvertedResidual {
    /// The three convolutions in order. The last one adds the second input if there is one.
    pub fn convolutions(&self) -> [&Conv2d; 3] {
        [&self.expand, &self.depthwise, &self.project]
    }

    /// Makes one operation of the three convolutions, if they are of the right kinds.
    pub(crate) fn new(expand: &Conv2d, depthwise: &Conv2d, project: &Conv2d) -> Option<Self> {
        let fits = expand.is_pointwise()
            && !expand.adds()
            && depthwise.is_depthwise()
            && !depthwise.adds()
            && project.is_pointwise()
            && project.clamp().is_none();
        fits.then(|| Self { expand: expand.clone(), depthwise: depthwise.clone(), project: project.clone() })
    }

    /// Whether it is faster than the three convolutions one after the other, for an expanded map of this shape.
    pub(crate) fn is_faster_for(&self, expanded: Shape) -> bool {
        expanded.buffer_len() >= LARGE_VALUES && expanded.height >= HEIGHT_OF_KERNELS * self.depthwise.kernel_rows()
    }

    /// The shapes of the two maps between.
    pub(crate) fn between(&self, input: Shape) -> Result<[Shape; 2], ShapeMismatch> {
        let expanded = self.expand.output_shape(&[input])?;
        Ok([expanded, self.depthwise.output_shape(&[expanded])?])
    }
}

/// Words of bits for a map of this shape.
fn words(shape: Shape) -> usize {
    shape.pixels() * shape.vectors()
}

impl Operation for InvertedResidual {
    fn name(&self) -> &'static str {
        if self.project.adds() { "inverted residual+add" } else { "inverted residual" }
    }

    fn output_shape(&self, inputs: &[Shape]) -> Result<Shape, ShapeMismatch> {
        ShapeMismatch::inputs(if self.project.adds() { 2 } else { 1 }, inputs)?;
        let mut project_inputs = inputs.to_vec();
        project_inputs[0] = self.between(inputs[0])?[1];
        self.project.output_shape(&project_inputs)
    }

    /// The bits of both maps between.
    fn kept_bytes(&self, inputs: &[Shape]) -> usize {
        self.between(inputs[0]).map_or(0, |between| between.map(words).iter().sum::<usize>() * size_of::<u16>())
    }

    fn flops(&self, inputs: &[Shape]) -> u64 {
        self.between(inputs[0]).map_or(0, |[expanded, filtered]| {
            let project = self.project.flops_a_pixel().saturating_mul(filtered.pixels() as u64);
            self.expand.flops(&inputs[..1]).saturating_add(self.depthwise.flops(&[expanded])).saturating_add(project)
        })
    }

    fn prepare(&self, inputs: &[Shape], purpose: Purpose) -> Arc<dyn Prepared> {
        let [expanded, filtered] = self.between(inputs[0]).expect("the shape was accepted");
        let kernels = |direction| {
            [
                self.expand.kernels(direction, inputs[0]),
                self.depthwise.kernels(direction, expanded),
                self.project.kernels(direction, filtered),
            ]
        };
        Arc::new(PreparedInvertedResidual {
            forward: kernels(Direction::Forward),
            backward: Direction::back(purpose).map(kernels),
            between: [expanded, filtered],
            clamps: [self.expand.clamp(), self.depthwise.clamp()],
            adds: self.project.adds(),
        })
    }

    fn reference(&self, inputs: &[&Tensor]) -> Tensor {
        let expanded = self.expand.reference(&inputs[..1]);
        let filtered = self.depthwise.reference(&[&expanded]);
        let mut project_inputs = inputs.to_vec();
        project_inputs[0] = &filtered;
        self.project.reference(&project_inputs)
    }
}

#[derive(Debug)]
struct PreparedInvertedResidual {
    forward: [Arc<Kernels>; 3],
    /// Absent without a gradient.
    backward: Option<[Arc<Kernels>; 3]>,
    /// The shapes of the maps between.
    between: [Shape; 2],
    clamps: [Option<f32>; 2],
    adds: bool,
}

impl Prepared for PreparedInvertedResidual {
    fn forward(&self, step: Forward<'_>) {
        let [first, middle, last] = &self.forward;
        let chain = Chain { first: first.dense(), middle: middle.depthwise(), last: last.dense() };
        let add = if self.adds { Add::Map(step.inputs.get(1)) } else { Add::Nothing };
        let mut kept: &mut [u16] = bytemuck::cast_slice_mut(step.bytes);
        let mut between = |i: usize| {
            let shape = self.between[i];
            let taken = kept.split_off_mut(..words(shape).min(kept.len())).expect("no more than there are");
            let bits = (!taken.is_empty()).then_some(BitsMut { words: taken, stride: shape.vectors() });
            Between { shape, then: self.clamps[i].map_or(Then::Store, |max| Then::Clamp(max, bits)) }
        };
        let between = [between(0), between(1)];
        kernel::run(step.isa, chain, step.inputs.get(0), between, step.output, add, Then::Store);
    }

    fn backward(&self, step: Backward<'_>) {
        if step.input == 1 {
            return super::add::pass_on(step.isa, step.output_gradient, step.target);
        }
        let [first, middle, last] = self.backward.as_ref().expect("prepared for gradients");
        let chain = Chain { first: last.dense(), middle: middle.depthwise(), last: first.dense() };
        let Target { map, accumulate, mask } = step.target;
        let add = if accumulate { Add::Target } else { Add::Nothing };
        let kept: &[u16] = bytemuck::cast_slice(step.bytes);
        let (expanded, filtered) = kept.split_at(words(self.between[0]));
        let between = |i: usize, words| {
            let shape: Shape = self.between[i];
            let bits = Bits { words, stride: shape.vectors() };
            Between { shape, then: self.clamps[i].map_or(Then::Store, |_| Then::Mask(bits)) }
        };
        let between = [between(1, filtered), between(0, expanded)];
        kernel::run(step.isa, chain, step.output_gradient, between, map, add, mask.map_or(Then::Store, Then::Mask));
    }

    fn applies_mask(&self) -> bool {
        !self.adds
    }
}
