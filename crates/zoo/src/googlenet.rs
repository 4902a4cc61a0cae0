//! GoogLeNet (Szegedy et al. 2014) as torchvision has it: batch norms behind the convolutions, 3x3 where the paper's
//! third branches have 5x5 ([pytorch/vision#906](https://github.com/pytorch/vision/issues/906)).

use oneiric_engine::op::{Activation, Concat, MaxPool, Op, Padding, Window};
use oneiric_engine::{Graph, NodeId};

use crate::builder::Builder;
use crate::error::Error;
use crate::weights::Weights;

const EPSILON: f32 = 1e-3;

const ONE: Window = Window::square(1, 1);
const THREE: Window = Window::square(3, 1).padded(Padding::all(1));

/// The channels of an inception module; its four branches are concatenated.
struct Inception {
    branch1: usize,
    /// Of the reducing convolution and of the one behind it.
    branch2: [usize; 2],
    /// The same.
    branch3: [usize; 2],
    branch4: usize,
}

const fn inception(branch1: usize, branch2: [usize; 2], branch3: [usize; 2], branch4: usize) -> Inception {
    Inception { branch1, branch2, branch3, branch4 }
}

impl Inception {
    const fn outputs(&self) -> usize {
        self.branch1 + self.branch2[1] + self.branch3[1] + self.branch4
    }
}

const MODULES: [(&str, Inception); 9] = [
    ("inception3a", inception(64, [96, 128], [16, 32], 32)),
    ("inception3b", inception(128, [128, 192], [32, 96], 64)),
    ("inception4a", inception(192, [96, 208], [16, 48], 64)),
    ("inception4b", inception(160, [112, 224], [24, 64], 64)),
    ("inception4c", inception(128, [128, 256], [24, 64], 64)),
    ("inception4d", inception(112, [144, 288], [32, 64], 64)),
    ("inception4e", inception(256, [160, 320], [32, 128], 128)),
    ("inception5a", inception(256, [160, 320], [32, 128], 128)),
    ("inception5b", inception(384, [192, 384], [48, 128], 128)),
];

/// Layers `conv1`, `maxpool1`, `conv2`, `conv3`, `maxpool2`, `inception3a`…`inception5b` (each with `.branch1`,
/// `.branch2.0`, `.branch2`, `.branch3.0`, `.branch3`, `.branch4`) with `maxpool3` and `maxpool4` between them, `fc`.
/// The auxiliary heads, which only training needs, are left out.
pub(crate) fn googlenet(weights: &Weights<'_>) -> Result<Graph, Error> {
    let mut builder = Builder::new(weights)?;
    let input = builder.torchvision_input()?;
    let seven = Window::square(7, 2).padded(Padding::all(3));
    let node = builder.basic_conv("conv1", "conv1", [3, 64], seven, input)?;
    let node = builder.pool("maxpool1", 3, node)?;
    let node = builder.basic_conv("conv2", "conv2", [64, 64], ONE, node)?;
    let node = builder.basic_conv("conv3", "conv3", [64, 192], THREE, node)?;
    let mut node = builder.pool("maxpool2", 3, node)?;
    let mut channels = 192;
    for (name, module) in &MODULES {
        node = match *name {
            "inception4a" => builder.pool("maxpool3", 3, node)?,
            "inception5a" => builder.pool("maxpool4", 2, node)?,
            _ => node,
        };
        node = builder.inception(name, module, channels, node)?;
        channels = module.outputs();
    }
    builder.logits("fc", "fc", channels, node)?;
    Ok(builder.graph)
}

impl Builder<'_> {
    /// torchvision's `BasicConv2d`: a convolution, its batch norm, ReLU.
    fn basic_conv(
        &mut self,
        layer: &str,
        key: &str,
        channels: [usize; 2],
        window: Window,
        input: NodeId,
    ) -> Result<NodeId, Error> {
        let (conv, norm) = (format!("{key}.conv"), format!("{key}.bn"));
        let conv = self.weights.conv_with_norm(&conv, &norm, channels, 1, window, EPSILON)?;
        self.activated(layer, conv, Activation::Relu, input)
    }

    /// Halves the map; the last window may reach over the edge.
    fn pool(&mut self, layer: &str, kernel: usize, input: NodeId) -> Result<NodeId, Error> {
        let window = Window::square(kernel, 2).ceil();
        Ok(self.graph.add_layer(layer, Op::MaxPool(MaxPool { window }), &[input])?)
    }

    fn inception(&mut self, name: &str, module: &Inception, inputs: usize, input: NodeId) -> Result<NodeId, Error> {
        let pooled = self.graph.add(Op::MaxPool(MaxPool { window: THREE }), &[input])?;
        let mut conv = |layer: &str, key: &str, channels: [usize; 2], window: Window, input: NodeId| {
            self.basic_conv(&format!("{name}.{layer}"), &format!("{name}.{key}"), channels, window, input)
        };
        let &Inception { branch1, branch2, branch3, branch4 } = module;
        let first = conv("branch1", "branch1", [inputs, branch1], ONE, input)?;
        let reduced = conv("branch2.0", "branch2.0", [inputs, branch2[0]], ONE, input)?;
        let second = conv("branch2", "branch2.1", branch2, THREE, reduced)?;
        let reduced = conv("branch3.0", "branch3.0", [inputs, branch3[0]], ONE, input)?;
        let third = conv("branch3", "branch3.1", branch3, THREE, reduced)?;
        let fourth = conv("branch4", "branch4.1", [inputs, branch4], ONE, pooled)?;
        Ok(self.graph.add_layer(name, Op::Concat(Concat), &[first, second, third, fourth])?)
    }
}
