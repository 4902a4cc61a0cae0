//! What a trained network is made of.

use std::fmt;
use std::str::FromStr;

use oneiric_engine::op::{Activation, Conv2d, GlobalAvgPool, Op, Padding, ScaleShift, Window};
use oneiric_engine::shape::Size;
use oneiric_engine::{Graph, NodeId};
use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::registry::load;

/// The layer of class scores at each position.
pub const SCORES: &str = "class_scores";
/// The layer of their means, which are the scores of a picture.
pub(super) const LOGITS: &str = "logits";

/// A size in which every network has its features.
const ANY_SIZE: Size = Size { height: 224, width: 224 };
/// The most convolutions of a network from scratch, and the most channels of one.
const MOST_LAYERS: usize = 16;
const MOST_CHANNELS: usize = 512;

/// The features that a network sees; behind them come the layers `class_scores` and `logits`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Architecture {
    /// A network of the zoo by its name, up to its last features.
    Zoo(String),
    /// Convolutions with ReLU, layers `conv1`, `conv2`…
    Scratch(Vec<Convolution>),
}

/// A convolution of 3x3 with ReLU.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Convolution {
    /// Channels of its output.
    pub channels: usize,
    /// Distance of two windows in pixels, 1 or 2.
    pub stride: usize,
}

impl Architecture {
    /// The features of SqueezeNet, EfficientNet-Lite0 or a network from scratch.
    ///
    /// # Errors
    /// A network of the zoo without trained weights.
    pub fn features(&self) -> Result<(Graph, String), Error> {
        let last = match self {
            Self::Zoo(name) => {
                let network = load(name)?;
                let last = if network.name == "squeezenet" { "fire9" } else { "head" };
                return Ok((network.graph.up_to(last)?, last.into()));
            }
            Self::Scratch(layers) => layers.len(),
        };
        Ok((self.scratch()?, format!("conv{last}")))
    }

    /// The whole network for this number of classes; weights that no parent has are zero.
    ///
    /// # Errors
    /// As [`features`](Self::features), and fewer than two classes.
    pub fn graph(&self, classes: usize) -> Result<Graph, Error> {
        let (mut graph, features) = self.features()?;
        let (layer, channels) = (graph.layer(&features)?, graph.layer_shape(&features, ANY_SIZE)?.channels);
        let weights = vec![0.0; channels * classes];
        let scores = Conv2d::new(channels, classes, 1, Window::square(1, 1), weights, Some(vec![0.0; classes].into()))?;
        let scores = graph.add_layer(SCORES, Op::Conv(scores), &[layer])?;
        graph.add_layer(LOGITS, Op::GlobalAvgPool(GlobalAvgPool), &[scores])?;
        Ok(graph)
    }

    fn scratch(&self) -> Result<Graph, Error> {
        let Self::Scratch(layers) = self else { return Ok(Graph::new(3)?) };
        let mut graph = Graph::new(3)?;
        let picture = graph.picture();
        let mut node = graph.add(Op::ScaleShift(ScaleShift::new([2.0; 3], [-1.0; 3])?), &[picture])?;
        let mut channels = 3;
        for (i, layer) in layers.iter().enumerate() {
            let window = Window::square(3, layer.stride).padded(Padding::all(1));
            let weights = vec![0.0; layer.channels * channels * 9];
            let conv =
                Conv2d::new(channels, layer.channels, 1, window, weights, Some(vec![0.0; layer.channels].into()))?;
            let conv = graph.add(Op::Conv(conv), &[node])?;
            node = graph.add_layer(format!("conv{}", i + 1), Op::Activation(Activation::Relu), &[conv])?;
            channels = layer.channels;
        }
        Ok(graph)
    }
}

/// The operations with weights that are trained or stored, each with the layer that it belongs to. The one that shifts and
/// scales the colours of the picture is not among them.
pub(super) fn weighted(graph: &Graph) -> Vec<(NodeId, String)> {
    let operations: Vec<_> = graph.operations().collect();
    let has_weights = |(_, op): &&(&str, &Op)| !op.parameters().is_empty();
    let layer = |from: usize| operations[from..].iter().map(|(layer, _)| *layer).find(|layer| !layer.is_empty());
    let nodes = operations.iter().enumerate().filter(|(_, operation)| has_weights(operation));
    nodes
        .zip(graph.trainable())
        .filter(|((_, (_, op)), _)| !matches!(op, Op::ScaleShift(_)))
        .map(|((i, _), node)| (node, layer(i).unwrap_or_default().to_owned()))
        .collect()
}

impl fmt::Display for Architecture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Zoo(name) => f.write_str(name),
            Self::Scratch(layers) => {
                let layer = |layer: &Convolution| match layer.stride {
                    1 => layer.channels.to_string(),
                    stride => format!("{}/{stride}", layer.channels),
                };
                f.write_str(&layers.iter().map(layer).collect::<Vec<_>>().join(" "))
            }
        }
    }
}

impl FromStr for Architecture {
    type Err = Error;

    /// Reads the name of a network, or the channels of each convolution: `16 32/2 64/2`, with `/2` for a stride of 2.
    fn from_str(text: &str) -> Result<Self, Error> {
        let wrong = |why: &str| Error::Weights(format!("unknown architecture '{text}': {why}"));
        if text.starts_with(|first: char| first.is_ascii_alphabetic()) {
            return Ok(Self::Zoo(load(text)?.name.clone()));
        }
        let layer = |word: &str| {
            let (channels, stride) = word.split_once('/').unwrap_or((word, "1"));
            let channels = channels.parse().ok().filter(|channels| (5..=MOST_CHANNELS).contains(channels))?;
            let stride = stride.parse().ok().filter(|stride| [1, 2].contains(stride))?;
            Some(Convolution { channels, stride })
        };
        let layers: Option<Vec<_>> = text.split_whitespace().map(layer).collect();
        let layers =
            layers.ok_or_else(|| wrong("write channels from 5 to 512, with /2 for a stride of 2: 16 32/2 64/2"))?;
        if layers.is_empty() || layers.len() > MOST_LAYERS {
            return Err(wrong("it needs 1 to 16 convolutions"));
        }
        Ok(Self::Scratch(layers))
    }
}

impl TryFrom<String> for Architecture {
    type Error = Error;

    fn try_from(text: String) -> Result<Self, Error> {
        text.parse()
    }
}

impl From<Architecture> for String {
    fn from(architecture: Architecture) -> Self {
        architecture.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layers_are_read_as_they_are_written() {
        for text in ["16 32/2 64/2", "8", "squeezenet", "lite0"] {
            assert_eq!(text.parse::<Architecture>().unwrap().to_string(), text);
        }
        for wrong in ["", "4", "16/3", "16 x", "1000", "resnet50", "elsewhere"] {
            assert!(wrong.parse::<Architecture>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn every_weight_belongs_to_a_layer() {
        let names = |text: &str| {
            let graph = text.parse::<Architecture>().unwrap().graph(3).unwrap();
            weighted(&graph).into_iter().map(|(_, name)| name).collect::<Vec<_>>()
        };
        assert_eq!(names("8 16/2"), ["conv1", "conv2", SCORES]);
        for zoo in ["squeezenet", "lite0"] {
            let mut names = names(zoo);
            assert_eq!(names.last().unwrap(), SCORES);
            let all = names.len();
            names.sort();
            names.dedup();
            assert_eq!(names.len(), all, "no name comes twice");
        }
    }
}
