//! ResNet50 (He et al. 2015) as torchvision has it, version 1.5: where a block halves the map, its 3x3 convolution
//! does.

use oneiric_engine::op::{Activation, Add, Conv2d, MaxPool, Op, Padding, Window};
use oneiric_engine::{Graph, NodeId};

use crate::builder::Builder;
use crate::error::Error;
use crate::weights::Weights;

const EPSILON: f32 = 1e-5;
const STEM: usize = 64;
/// Channels that a block makes for each channel of its 3x3 convolution.
const EXPANSION: usize = 4;

/// Blocks of `layer1`…`layer4`, channels of their 3x3 convolutions, stride of the first block.
const STAGES: [(usize, usize, usize); 4] = [(3, 64, 1), (4, 128, 2), (6, 256, 2), (3, 512, 2)];

const ONE: Window = Window::square(1, 1);

/// Layers `relu` (of the stem), `maxpool`, `layer1.0`…`layer1.2`, `layer2.0`…`layer2.3`, `layer3.0`…`layer3.5`,
/// `layer4.0`…`layer4.2`, `fc`.
pub(crate) fn resnet50(weights: &Weights<'_>) -> Result<Graph, Error> {
    let mut builder = Builder::new(weights)?;
    let input = builder.torchvision_input()?;
    let window = Window::square(7, 2).padded(Padding::all(3));
    let conv = weights.conv_with_norm("conv1", "bn1", [3, STEM], 1, window, EPSILON)?;
    let node = builder.activated("relu", conv, Activation::Relu, input)?;
    let window = Window::square(3, 2).padded(Padding::all(1));
    let mut node = builder.graph.add_layer("maxpool", Op::MaxPool(MaxPool { window }), &[node])?;
    let mut channels = STEM;
    for (stage, (blocks, width, stride)) in (1..).zip(STAGES) {
        for block in 0..blocks {
            let stride = if block == 0 { stride } else { 1 };
            node = builder.bottleneck(&format!("layer{stage}.{block}"), [channels, width], stride, node)?;
            channels = EXPANSION * width;
        }
    }
    builder.logits("fc", "fc", channels, node)?;
    Ok(builder.graph)
}

impl Builder<'_> {
    /// Reduces, convolves, expands, adds the input, ReLU. Where the shapes differ, a convolution brings the input to
    /// that of the output.
    fn bottleneck(
        &mut self,
        name: &str,
        [inputs, width]: [usize; 2],
        stride: usize,
        input: NodeId,
    ) -> Result<NodeId, Error> {
        let outputs = EXPANSION * width;
        let weights = self.weights;
        let conv = |conv: &str, norm: &str, channels: [usize; 2], window: Window| {
            weights.conv_with_norm(&format!("{name}.{conv}"), &format!("{name}.{norm}"), channels, 1, window, EPSILON)
        };
        let three = Window::square(3, stride).padded(Padding::all(1));
        let node = self.relu(conv("conv1", "bn1", [inputs, width], ONE)?, input)?;
        let node = self.relu(conv("conv2", "bn2", [width; 2], three)?, node)?;
        let expand = conv("conv3", "bn3", [width, outputs], ONE)?;
        let expanded = self.graph.add(Op::Conv(expand), &[node])?;
        let shortcut = if inputs == outputs {
            input
        } else {
            let conv = conv("downsample.0", "downsample.1", [inputs, outputs], Window::square(1, stride))?;
            self.graph.add(Op::Conv(conv), &[input])?
        };
        let sum = self.graph.add(Op::Add(Add), &[expanded, shortcut])?;
        Ok(self.graph.add_layer(name, Op::Activation(Activation::Relu), &[sum])?)
    }

    /// A convolution and ReLU without a layer's name.
    fn relu(&mut self, conv: Conv2d, input: NodeId) -> Result<NodeId, Error> {
        let conv = self.graph.add(Op::Conv(conv), &[input])?;
        Ok(self.graph.add(Op::Activation(Activation::Relu), &[conv])?)
    }
}
