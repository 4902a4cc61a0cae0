//! Which channels feed a channel.

use crate::error::Error;
use crate::graph::Graph;
use crate::node::NodeId;
use crate::op::{Op, Operation};
use crate::shape::{Shape, Size};

/// Where a channel comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FeedSource {
    /// The picture: red, green, blue.
    Picture,
    /// A layer.
    Layer(String),
    /// An operation that is not a layer.
    Unnamed,
}

/// A channel that feeds another one.
#[derive(Clone, Debug, PartialEq)]
pub struct Feed {
    /// What it is a channel of.
    pub source: FeedSource,
    /// Its number there.
    pub channel: usize,
    /// Rows and columns of the window.
    pub kernel: [usize; 2],
    /// The weights of the window, rows of columns.
    pub weights: Vec<f32>,
}

impl Feed {
    /// The root of the sum of its squared weights.
    pub fn strength(&self) -> f32 {
        self.weights.iter().map(|weight| weight * weight).sum::<f32>().sqrt()
    }
}

/// A channel of a node.
#[derive(Clone, Copy)]
struct Channel {
    node: NodeId,
    index: usize,
}

impl Graph {
    /// Returns the channels that feed a channel of a layer, with their weights, the strongest first.
    ///
    /// They are the inputs of the convolution or fully connected operation that makes the channel. Operations that keep channels
    /// apart (activations, pools, concatenations, normalisations) have no weights between channels, so the way leads
    /// through them, both up to that operation and behind it to a layer. A sum has the inputs of all its parts; a part
    /// that is a layer, as in a residual block, is an input of weight 1. A scale and shift on the way scales the weights.
    /// Of a product, only the first factor counts.
    ///
    /// For EfficientNet-Lite0 the inputs of `block3.depthwise` are so a single channel of `block3.expand`, those of `block3`
    /// all channels of `block3.depthwise` and one of `block2`; for SqueezeNet those of `fire3` are channels of
    /// `fire3.squeeze`.
    ///
    /// `size` is that of a picture, on which the windows of fully connected operations depend.
    ///
    /// # Errors
    /// [`Error::UnknownLayer`]; [`Error::Shape`] or [`Error::TooLarge`] if a map up to it is too small or large;
    /// [`Error::InvalidOperation`] for a channel that the layer does not have.
    pub fn feeds(&self, layer: &str, channel: usize, size: Size) -> Result<Vec<Feed>, Error> {
        let node = self.layer(layer)?;
        let shapes = self.shapes_up_to(size, node.0 + 1)?;
        if channel >= shapes[node.0].channels {
            let channels = shapes[node.0].channels;
            return Err(Error::invalid(
                "channel",
                format!("{layer} has {channels} channels, none of number {channel}"),
            ));
        }
        let mut feeds = Vec::new();
        self.add_feeds(Channel { node, index: channel }, &shapes, 1.0, &mut feeds);
        feeds.sort_by(|a, b| b.strength().total_cmp(&a.strength()));
        Ok(feeds)
    }

    /// Adds the inputs of the weighted operation behind a channel, whose values are multiplied by `scale`.
    fn add_feeds(&self, at: Channel, shapes: &[Shape], scale: f32, feeds: &mut Vec<Feed>) {
        let node = &self.nodes[at.node.0];
        match &node.op {
            Op::Conv(conv) => {
                let group = conv.channels()[0] / conv.groups();
                let first = at.index / (conv.channels()[1] / conv.groups()) * group;
                let kernel = conv.window().kernel;
                let weights = conv.weight().chunks_exact(kernel[0] * kernel[1]).skip(at.index * group).take(group);
                for (input, weights) in (first..).zip(weights) {
                    let from = Channel { node: node.inputs[0], index: input };
                    self.add_feed(from, shapes, (kernel, weights), scale, feeds);
                }
            }
            Op::Linear(linear) => {
                let Shape { channels, height, width } = shapes[node.inputs[0].0];
                let weight = linear.parameters()[0];
                let weights = weight.chunks_exact(height * width).skip(at.index * channels).take(channels);
                for (input, weights) in weights.enumerate() {
                    let from = Channel { node: node.inputs[0], index: input };
                    self.add_feed(from, shapes, ([height, width], weights), scale, feeds);
                }
            }
            Op::Add(_) => {
                for &node in &node.inputs {
                    let part = Channel { node, ..at };
                    if node == self.picture() || !self.nodes[node.0].name.is_empty() {
                        self.add_feed(part, shapes, ([1, 1], &[1.0]), scale, feeds);
                    } else {
                        self.add_feeds(part, shapes, scale, feeds);
                    }
                }
            }
            Op::Input => self.add_feed(at, shapes, ([1, 1], &[1.0]), scale, feeds),
            _ => {
                let (before, factor) = self.before(at, shapes);
                self.add_feeds(before, shapes, scale * factor, feeds);
            }
        }
    }

    /// Adds one input, from the layer behind the operations that keep channels apart.
    fn add_feed(
        &self,
        mut from: Channel,
        shapes: &[Shape],
        (kernel, weights): ([usize; 2], &[f32]),
        mut scale: f32,
        feeds: &mut Vec<Feed>,
    ) {
        let source = loop {
            let node = &self.nodes[from.node.0];
            match &node.op {
                Op::Input => break FeedSource::Picture,
                _ if !node.name.is_empty() => break FeedSource::Layer(node.name.clone()),
                Op::Conv(_) | Op::Linear(_) | Op::Add(_) => break FeedSource::Unnamed,
                _ => {
                    let (before, factor) = self.before(from, shapes);
                    (from, scale) = (before, scale * factor);
                }
            }
        };
        let weights = weights.iter().map(|weight| weight * scale).collect();
        feeds.push(Feed { source, channel: from.index, kernel, weights });
    }

    /// The channel before an operation that keeps channels apart, and the factor between them.
    fn before(&self, Channel { node, index }: Channel, shapes: &[Shape]) -> (Channel, f32) {
        let node = &self.nodes[node.0];
        let mut before = Channel { node: node.inputs[0], index };
        let factor = match &node.op {
            Op::ScaleShift(scaled) => scaled.scale()[index],
            _ => 1.0,
        };
        if matches!(node.op, Op::Concat(_)) {
            for &part in &node.inputs {
                before.node = part;
                match before.index.checked_sub(shapes[part.0].channels) {
                    Some(rest) => before.index = rest,
                    None => break,
                }
            }
        }
        (before, factor)
    }
}
