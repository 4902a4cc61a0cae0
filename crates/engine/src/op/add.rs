//! Sum of maps of one shape.

use std::sync::Arc;

use super::{Backward, Forward, Operation, Prepared, Purpose, Target, padded_pixel};
use crate::error::ShapeMismatch;
use crate::kernel::{Isa, elementwise};
use crate::map::Map;
use crate::shape::Shape;
use crate::tensor::Tensor;

/// Adds two or more maps.
#[derive(Clone, Copy, Debug, Default)]
pub struct Add;

/// Adds `gradient` to the target unchanged.
pub(super) fn pass_on(isa: Isa, gradient: Map<'_>, target: Target<'_>) {
    target.add_each_pixel(|y, x, to| elementwise::add(isa, to, padded_pixel(&gradient, y, x)));
}

impl Operation for Add {
    fn name(&self) -> &'static str {
        "add"
    }

    fn output_shape(&self, inputs: &[Shape]) -> Result<Shape, ShapeMismatch> {
        match inputs {
            [first, rest @ ..] if !rest.is_empty() && rest.iter().all(|shape| shape == first) => Ok(*first),
            _ => Err(ShapeMismatch("it needs two or more maps of one shape".into())),
        }
    }

    fn prepare(&self, inputs: &[Shape], _: Purpose) -> Arc<dyn Prepared> {
        Arc::new(PreparedAdd { inputs: inputs.len() })
    }

    fn reference(&self, inputs: &[&Tensor]) -> Tensor {
        Tensor::from_fn(inputs[0].shape, |c, y, x| inputs.iter().map(|t| t.at(c, y, x)).sum())
    }
}

#[derive(Debug)]
struct PreparedAdd {
    inputs: usize,
}

impl Prepared for PreparedAdd {
    fn takes_stacks(&self) -> bool {
        true
    }

    fn forward(&self, mut step: Forward<'_>) {
        let (isa, inputs) = (step.isa, self.inputs);
        let maps: [Map<'_>; 2] = [step.inputs.get(0), step.inputs.get(1)];
        step.output.for_each_pixel(|y, x, to| {
            to.copy_from_slice(padded_pixel(&maps[0], y, x));
            elementwise::add(isa, to, padded_pixel(&maps[1], y, x));
        });
        for more in 2..inputs {
            let map = step.inputs.get(more);
            step.output.for_each_pixel(|y, x, to| elementwise::add(isa, to, padded_pixel(&map, y, x)));
        }
    }

    fn backward(&self, step: Backward<'_>) {
        pass_on(step.isa, step.output_gradient, step.target);
    }
}
