//! Where a training starts: a trained network with a new classifier.

use oneiric::internals::Random;
use oneiric_engine::op::{Conv2d, Op, Window};
use oneiric_engine::shape::Size;
use oneiric_engine::{Graph, NodeId};

use crate::error::Error;

pub use oneiric::zoo::trained::SCORES;

/// A size in which every network has its features.
const ANY_SIZE: Size = Size { height: 224, width: 224 };

/// Adds a classifier behind the layer `features`: the layer [`SCORES`] has the score of every class at each position, a linear
/// function of the features there. Its weights are [random](randomize).
///
/// # Errors
/// A layer that does not exist, fewer than two classes, or a graph that has a layer of this name.
pub fn add_classifier(graph: &mut Graph, features: &str, classes: usize, seed: u64) -> Result<NodeId, Error> {
    if classes < 2 {
        return Err(Error::Setting { name: "number of classes", range: "2 or more", value: classes as f64 });
    }
    let (layer, channels) = (graph.layer(features)?, graph.layer_shape(features, ANY_SIZE)?.channels);
    let weights = vec![0.0; channels * classes];
    let conv = Conv2d::new(channels, classes, 1, Window::square(1, 1), weights, Some(vec![0.0; classes].into()))?;
    let node = graph.add_layer(SCORES, Op::Conv(conv), &[layer])?;
    randomize(graph, &[node], 1.0, seed)?;
    Ok(node)
}

/// Sets weights to random values, uniform within `reach` over the root of the number of values that each output sums up, and
/// biases to zero. A reach of √6 keeps the strength of activations over many layers with ReLU (He et al., "Delving Deep into
/// Rectifiers", 2015).
///
/// # Errors
/// An operation without weights and bias.
pub fn randomize(graph: &mut Graph, nodes: &[NodeId], reach: f64, seed: u64) -> Result<(), Error> {
    let mut random = Random::new(seed);
    let mut parameters = graph.parameters(nodes)?;
    for (_, mut arrays) in parameters.iter_mut() {
        let (Some(weights), Some(bias)) = (arrays.next(), arrays.next()) else { continue };
        let reach = reach / ((weights.len() / bias.len()) as f64).sqrt();
        // 53 bits are as many as an f64 has.
        let mut weight = || (((random.bits() >> 11) as f64 / (1u64 << 52) as f64 - 1.0) * reach) as f32;
        weights.iter_mut().for_each(|value| *value = weight());
        bias.fill(0.0);
    }
    Ok(graph.set_parameters(&parameters)?)
}

/// The operations with parameters from the layer `from` on, its parts (`from.NAME`) included. The one that shifts and scales
/// the colours of the picture for the network is not among them.
///
/// # Errors
/// A layer that does not exist.
pub fn operations_from(graph: &Graph, from: &str) -> Result<Vec<NodeId>, Error> {
    graph.layer(from)?;
    let is_part = |layer: &str| layer.strip_prefix(from).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
    let before = graph.layers().take_while(|layer| !is_part(layer)).last();
    let before = before.map_or(Ok(graph.picture()), |layer| graph.layer(layer))?;
    let prepares = graph.operations().next().is_some_and(|(_, op)| matches!(op, Op::ScaleShift(_)));
    Ok(graph.trainable().into_iter().skip(usize::from(prepares)).filter(|&node| node > before).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn squeezenet() -> Graph {
        oneiric_zoo::load("squeezenet").unwrap().graph.clone()
    }

    #[test]
    fn a_block_begins_with_its_first_part() {
        let graph = squeezenet();
        let all = operations_from(&graph, "conv1").unwrap();
        // Eight blocks of three convolutions, one before them and one after.
        assert_eq!(all.len(), 1 + 8 * 3 + 1);
        assert_eq!(operations_from(&graph, "fire6").unwrap().len(), 4 * 3 + 1);
        assert_eq!(operations_from(&graph, "fire6").unwrap(), all[1 + 4 * 3..]);
        assert!(operations_from(&graph, "fire").is_err());
    }

    #[test]
    fn a_new_classifier_has_a_score_for_every_class_at_each_position() {
        let mut graph = squeezenet();
        let node = add_classifier(&mut graph, "fire9", 5, 1).unwrap();
        assert_eq!(graph.layer_shape(SCORES, ANY_SIZE).unwrap().channels, 5);
        let parameters = graph.parameters(&[node]).unwrap();
        let [weights, bias] = parameters.get(node).unwrap() else { panic!("weights and bias") };
        let reach = 1.0 / 512f32.sqrt();
        let largest = weights.iter().fold(0f32, |most, weight| most.max(weight.abs()));
        assert!(largest <= reach && largest > 0.99 * reach && bias[..] == [0.0; 5]);
        let mean = weights.iter().sum::<f32>() / weights.len() as f32;
        assert!(mean.abs() < 0.05 * reach, "{mean}");
        assert!(add_classifier(&mut graph, "fire9", 5, 1).is_err(), "the name is taken");
        assert!(matches!(add_classifier(&mut squeezenet(), "fire9", 1, 1), Err(Error::Setting { .. })));
    }
}
