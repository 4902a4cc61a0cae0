//! SqueezeNet 1.1 (Iandola et al. 2016, DeepScale): fire modules that squeeze and expand.

use oneiric_engine::op::{Activation, Concat, Conv2d, GlobalAvgPool, MaxPool, Op, Padding, Window};
use oneiric_engine::{Graph, NodeId};

use crate::builder::{Builder, CLASSES};
use crate::error::Error;
use crate::weights::Weights;

const STEM: usize = 64;
/// The means that are subtracted from red, green and blue, on a scale of 0…255.
const MEAN: [f32; 3] = [123.0, 117.0, 104.0];

/// Channels that `fire2`…`fire9` squeeze to, and that each of their two expansions makes.
const FIRES: [[usize; 2]; 8] = [[16, 64], [16, 64], [32, 128], [32, 128], [48, 192], [48, 192], [64, 256], [64, 256]];

/// Layers `conv1`, `fire2`…`fire9` (each with `.squeeze`, `.expand1x1`, `.expand3x3`), `conv10`, `logits`.
pub(crate) fn squeezenet1_1(weights: &Weights<'_>) -> Result<Graph, Error> {
    let mut builder = Builder::new(weights)?;
    let input = builder.input([255.0; 3], MEAN.map(|mean| -mean))?;
    let mut node = builder.activated("conv1", first_conv(weights)?, Activation::Relu, input)?;
    let mut channels = STEM;
    for (i, [squeezed, expanded]) in FIRES.into_iter().enumerate() {
        let name = format!("fire{}", i + 2);
        if matches!(name.as_str(), "fire2" | "fire4" | "fire6") {
            let window = Window::square(3, 2).ceil();
            node = builder.graph.add(Op::MaxPool(MaxPool { window }), &[node])?;
        }
        node = builder.fire(&name, [channels, squeezed, expanded], node)?;
        channels = 2 * expanded;
    }
    let conv = weights.conv("conv10", channels, CLASSES, Window::square(1, 1))?;
    node = builder.activated("conv10", conv, Activation::Relu, node)?;
    builder.graph.add_layer("logits", Op::GlobalAvgPool(GlobalAvgPool), &[node])?;
    Ok(builder.graph)
}

/// The published kernels take blue, green, red; turned round they take RGB.
fn first_conv(weights: &Weights<'_>) -> Result<Conv2d, Error> {
    const TAPS: usize = 9;
    let mut weight = weights.get("conv1.weight", &[STEM, 3, 3, 3])?;
    for kernel in weight.chunks_mut(3 * TAPS) {
        let (blue, rest) = kernel.split_at_mut(TAPS);
        blue.swap_with_slice(&mut rest[TAPS..]);
    }
    let bias = weights.vector("conv1.bias", STEM)?;
    let window = Window::square(3, 2).padded(Padding::all(1));
    Ok(Conv2d::new(3, STEM, 1, window, weight, Some(bias.into()))?)
}

impl Builder<'_> {
    /// Squeezes the channels, then expands them twice, side by side.
    fn fire(&mut self, name: &str, [inputs, squeezed, expanded]: [usize; 3], input: NodeId) -> Result<NodeId, Error> {
        let mut part = |part: &str, channels: [usize; 2], window: Window, input: NodeId| {
            let layer = format!("{name}.{part}");
            let conv = self.weights.conv(&layer, channels[0], channels[1], window)?;
            self.activated(&layer, conv, Activation::Relu, input)
        };
        let squeeze = part("squeeze", [inputs, squeezed], Window::square(1, 1), input)?;
        let one = part("expand1x1", [squeezed, expanded], Window::square(1, 1), squeeze)?;
        let padded = Window::square(3, 1).padded(Padding::all(1));
        let three = part("expand3x3", [squeezed, expanded], padded, squeeze)?;
        Ok(self.graph.add_layer(name, Op::Concat(Concat), &[one, three])?)
    }
}
