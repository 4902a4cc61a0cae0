//! Dense networks as graphs of the engine: the inputs are the pixels of a picture of one row and one channel.

use oneiric_engine::op::{Activation, Linear, Op};
use oneiric_engine::shape::Size;
use oneiric_engine::{Graph, NodeId};

use super::error::TableError;
use crate::error::Error;
use crate::start::{SCORES, randomize};
use crate::training::HE_REACH;

/// The most hidden layers, and the most neurons of one.
pub(super) const MOST_LAYERS: usize = 8;
pub(super) const MOST_NEURONS: usize = 1024;
/// What stands for no hidden layer.
const NONE: &str = "none";

/// A layer of a dense network: each neuron has the weighted sum of all inputs of the layer, plus its bias; in hidden layers, 0 if
/// that is negative.
#[derive(Clone, Debug, PartialEq)]
pub struct DenseLayer<'a> {
    /// Its name: `dense1`, `dense2`… and `class_scores`.
    pub name: &'a str,
    /// The weights of the first neuron, one for each input, then those of the second one…
    pub weights: &'a [f32],
    /// The bias of each neuron.
    pub bias: &'a [f32],
}

/// Reads the numbers of neurons of the hidden layers: `16 16`, or `none`.
///
/// # Errors
/// [`Error::Setting`] and [`TableError::Layers`].
pub fn hidden_layers(text: &str) -> Result<Vec<usize>, Error> {
    if text.trim() == NONE {
        return Ok(Vec::new());
    }
    let layers: Option<Vec<usize>> = text.split_whitespace().map(|word| word.parse().ok()).collect();
    let layers = layers.filter(|layers| !layers.is_empty() && fits(layers));
    layers.ok_or_else(|| TableError::Layers(text.into()).into())
}

/// Whether a network can have these hidden layers.
pub(super) fn fits(hidden: &[usize]) -> bool {
    hidden.len() <= MOST_LAYERS && hidden.iter().all(|neurons| (1..=MOST_NEURONS).contains(neurons))
}

/// The size of the picture that stands for a row.
pub(super) fn size(inputs: usize) -> Size {
    Size { height: 1, width: inputs }
}

/// A network whose weights are zero.
pub(super) fn graph(inputs: usize, hidden: &[usize], classes: usize) -> Result<Graph, Error> {
    let mut graph = Graph::new(1)?;
    let (mut node, mut before) = (graph.picture(), inputs);
    let linear = |inputs: usize, outputs: usize| {
        Linear::new(inputs, outputs, vec![0.0; inputs * outputs], Some(vec![0.0; outputs].into())).map(Op::Linear)
    };
    for (i, &neurons) in hidden.iter().enumerate() {
        let sums = graph.add(linear(before, neurons)?, &[node])?;
        node = graph.add_layer(format!("dense{}", i + 1), Op::Activation(Activation::Relu), &[sums])?;
        before = neurons;
    }
    graph.add_layer(SCORES, linear(before, classes)?, &[node])?;
    Ok(graph)
}

/// A network with random weights.
pub(super) fn random(inputs: usize, hidden: &[usize], classes: usize, seed: u64) -> Result<Graph, Error> {
    let mut graph = graph(inputs, hidden, classes)?;
    let nodes = graph.trainable();
    let (scores, hidden) = nodes.split_last().expect("a network has scores");
    randomize(&mut graph, hidden, HE_REACH, seed)?;
    randomize(&mut graph, &[*scores], 1.0, seed ^ 1 << 63)?;
    Ok(graph)
}

/// The layers with their weights, from the inputs on.
pub(super) fn layers(graph: &Graph) -> Result<Vec<DenseLayer<'_>>, Error> {
    let layer = |(name, node): (_, &NodeId)| match graph.op(*node)?.parameters()[..] {
        [weights, bias] => Ok(DenseLayer { name, weights, bias }),
        _ => unreachable!("a dense layer has weights and biases"),
    };
    graph.layers().zip(&graph.trainable()).map(layer).collect()
}
