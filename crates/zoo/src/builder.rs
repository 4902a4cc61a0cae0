//! What the builders of all networks share.

use std::sync::Arc;

use oneiric_engine::op::{Activation, Conv2d, GlobalAvgPool, Linear, Op, ScaleShift, Window};
use oneiric_engine::{Graph, NodeId};

use crate::error::Error;
use crate::weights::Weights;

/// Classes of ImageNet (ILSVRC 2012).
pub(crate) const CLASSES: usize = 1000;

/// A network as far as it is built, and the tensors for the rest.
pub(crate) struct Builder<'a> {
    pub graph: Graph,
    pub weights: &'a Weights<'a>,
}

impl<'a> Builder<'a> {
    pub fn new(weights: &'a Weights<'a>) -> Result<Self, Error> {
        Ok(Self { graph: Graph::new(3)?, weights })
    }

    /// The preprocessed picture: every channel times its scale, plus its shift.
    pub fn input(&mut self, scale: [f32; 3], shift: [f32; 3]) -> Result<NodeId, Error> {
        let picture = self.graph.picture();
        Ok(self.graph.add(Op::ScaleShift(ScaleShift::new(scale, shift)?), &[picture])?)
    }

    /// The picture as torchvision's networks take it: less the mean of ImageNet, over its standard deviation.
    pub fn torchvision_input(&mut self) -> Result<NodeId, Error> {
        const MEAN: [f64; 3] = [0.485, 0.456, 0.406];
        const DEVIATION: [f64; 3] = [0.229, 0.224, 0.225];
        let scale = DEVIATION.map(|deviation| (1.0 / deviation) as f32);
        self.input(scale, std::array::from_fn(|c| (-MEAN[c] / DEVIATION[c]) as f32))
    }

    /// A convolution and the function behind it, which is the layer.
    pub fn activated(
        &mut self,
        layer: &str,
        conv: Conv2d,
        activation: Activation,
        input: NodeId,
    ) -> Result<NodeId, Error> {
        let conv = self.graph.add(Op::Conv(conv), &[input])?;
        Ok(self.graph.add_layer(layer, Op::Activation(activation), &[conv])?)
    }

    /// The class scores: the mean over all positions, fully connected to the classes by the tensors `{key}.weight`
    /// and `{key}.bias`.
    pub fn logits(&mut self, layer: &str, key: &str, channels: usize, input: NodeId) -> Result<(), Error> {
        let [weight, bias] = self.classifier(key, channels)?;
        let mean = self.graph.add(Op::GlobalAvgPool(GlobalAvgPool), &[input])?;
        let linear = Linear::new(channels, CLASSES, weight, Some(bias))?;
        self.graph.add_layer(layer, Op::Linear(linear), &[mean])?;
        Ok(())
    }

    /// The class scores at every position: the classifier of [`Self::logits`] as a 1x1 convolution. Their mean is what
    /// `logits` says.
    pub fn class_map(&mut self, layer: &str, key: &str, channels: usize, input: NodeId) -> Result<(), Error> {
        let [weight, bias] = self.classifier(key, channels)?;
        let conv = Conv2d::new(channels, CLASSES, 1, Window::square(1, 1), weight, Some(bias))?;
        self.graph.add_layer(layer, Op::Conv(conv), &[input])?;
        Ok(())
    }

    fn classifier(&self, key: &str, channels: usize) -> Result<[Arc<[f32]>; 2], Error> {
        let weight = self.weights.get(&format!("{key}.weight"), &[CLASSES, channels])?;
        Ok([weight.into(), self.weights.vector(&format!("{key}.bias"), CLASSES)?.into()])
    }
}
