//! EfficientNet-Lite0 (Google, 2020): inverted residuals with ReLU6 and no squeeze-and-excite.

use oneiric_engine::op::{Activation, Add, Op, Padding, Window};
use oneiric_engine::{Graph, NodeId};

use crate::builder::Builder;
use crate::error::Error;
use crate::weights::Weights;

const EPSILON: f32 = 1e-3;
const STEM: usize = 32;
const HEAD: usize = 1280;

/// Blocks that follow each other with the same shape.
struct Stage {
    repeat: usize,
    kernel: usize,
    /// Of the first block; the others have stride 1.
    stride: usize,
    expansion: usize,
    outputs: usize,
}

const fn stage(repeat: usize, kernel: usize, stride: usize, expansion: usize, outputs: usize) -> Stage {
    Stage { repeat, kernel, stride, expansion, outputs }
}

const STAGES: [Stage; 7] = [
    stage(1, 3, 1, 1, 16),
    stage(2, 3, 2, 6, 24),
    stage(2, 5, 2, 6, 40),
    stage(3, 3, 2, 6, 80),
    stage(3, 5, 1, 6, 112),
    stage(4, 5, 2, 6, 192),
    stage(1, 3, 1, 6, 320),
];

/// Layers `stem`, `block0`…`block15` (each with `.expand` and `.depthwise`), `head`, `classes`, `logits`.
pub(crate) fn lite0(weights: &Weights<'_>) -> Result<Graph, Error> {
    let mut builder = Builder::new(weights)?;
    // (x * 255 - 127) / 128
    let input = builder.input([255.0 / 128.0; 3], [-127.0 / 128.0; 3])?;
    let mut node = builder.conv_relu6("stem", "_conv_stem", "_bn0", input, [3, STEM], 1, same(3, 2))?;
    let mut channels = STEM;
    let mut index = 0;
    for stage in &STAGES {
        for repeat in 0..stage.repeat {
            let stride = if repeat == 0 { stage.stride } else { 1 };
            node = builder.block(index, stage, stride, channels, node)?;
            channels = stage.outputs;
            index += 1;
        }
    }
    node = builder.conv_relu6("head", "_conv_head", "_bn1", node, [channels, HEAD], 1, same(1, 1))?;
    builder.class_map("classes", "_fc", HEAD, node)?;
    builder.logits("logits", "_fc", HEAD, node)?;
    Ok(builder.graph)
}

/// TensorFlow's "same" padding.
fn same(kernel: usize, stride: usize) -> Window {
    Window::square(kernel, stride).padded(Padding::Same)
}

impl Builder<'_> {
    /// Convolution, batch norm, ReLU6.
    #[expect(clippy::too_many_arguments, reason = "one line a convolution reads best")]
    fn conv_relu6(
        &mut self,
        layer: &str,
        conv: &str,
        norm: &str,
        input: NodeId,
        channels: [usize; 2],
        groups: usize,
        window: Window,
    ) -> Result<NodeId, Error> {
        let conv = self.weights.conv_with_norm(conv, norm, channels, groups, window, EPSILON)?;
        self.activated(layer, conv, Activation::Relu6, input)
    }

    /// An inverted residual: expand, depthwise, project, and the input again where the shapes allow.
    fn block(
        &mut self,
        index: usize,
        stage: &Stage,
        stride: usize,
        channels: usize,
        input: NodeId,
    ) -> Result<NodeId, Error> {
        let (layer, of_block) = (format!("block{index}"), |part: &str| format!("_blocks.{index}.{part}"));
        let inner = channels * stage.expansion;
        let mut node = input;
        if stage.expansion != 1 {
            let (conv, norm) = (of_block("_expand_conv"), of_block("_bn0"));
            let window = same(1, 1);
            node = self.conv_relu6(&format!("{layer}.expand"), &conv, &norm, node, [channels, inner], 1, window)?;
        }
        let (conv, norm) = (of_block("_depthwise_conv"), of_block("_bn1"));
        let window = same(stage.kernel, stride);
        node = self.conv_relu6(&format!("{layer}.depthwise"), &conv, &norm, node, [inner; 2], inner, window)?;
        let (conv, norm) = (of_block("_project_conv"), of_block("_bn2"));
        let project = self.weights.conv_with_norm(&conv, &norm, [inner, stage.outputs], 1, same(1, 1), EPSILON)?;
        if stride == 1 && channels == stage.outputs {
            let project = self.graph.add(Op::Conv(project), &[node])?;
            Ok(self.graph.add_layer(layer, Op::Add(Add), &[project, input])?)
        } else {
            Ok(self.graph.add_layer(layer, Op::Conv(project), &[node])?)
        }
    }
}
