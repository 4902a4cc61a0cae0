//! Files of trained networks: safetensors with a card.

use std::borrow::Cow;
use std::collections::HashMap;

use oneiric_engine::op::{Conv2d, Op};
use oneiric_engine::{Graph, NodeId, Parameters};
use safetensors::tensor::{Metadata, TensorView};
use safetensors::{Dtype, SafeTensors};

use super::architecture::{Architecture, LOGITS, SCORES, weighted};
use super::card::Card;
use crate::error::Error;
use crate::network::{Classes, Classifier, Evaluation, Network};
use crate::weights::Weights;

/// The key of the card in the file's metadata.
const CARD: &str = "oneiric";
/// The parts of a layer, in the order of its parameters.
const PARTS: [&str; 2] = ["weight", "bias"];
/// The end of the name of a difference to the parent's weights.
const DIFFERENCE: &str = "difference";

/// Returns the file of a network: for every layer with weights the tensors `LAYER.weight` and `LAYER.bias`, f32, in PyTorch's
/// shapes, and the card in the metadata. The same network gives the same bytes.
///
/// # Errors
/// A graph that does not have the weights of the card's architecture.
pub fn write(card: &Card, graph: &Graph) -> Result<Vec<u8>, Error> {
    tensors(card, graph, |layer| layer.to_owned())
}

/// Returns the same file with the names that torchvision's SqueezeNet has for its layers; other networks keep theirs.
///
/// # Errors
/// As [`write()`].
pub fn export(card: &Card, graph: &Graph) -> Result<Vec<u8>, Error> {
    match &card.architecture {
        Architecture::Zoo(name) if name == "squeezenet" => tensors(card, graph, torchvision_name),
        _ => write(card, graph),
    }
}

/// Returns a smaller file: for every layer that was trained the difference to the weights of the parent, `LAYER.weight.difference`
/// and `LAYER.bias.difference`, in f16, with the parent's zeros where it has no such layer. [`read`] reads it.
///
/// # Errors
/// As [`write()`].
pub fn write_difference(card: &Card, graph: &Graph) -> Result<Vec<u8>, Error> {
    let parent = card.architecture.graph(card.classes.len())?;
    let mut views = Vec::new();
    for (node, layer) in weighted(graph) {
        let (own, parents) = (graph.parameters(&[node])?, parent.parameters(&[node])?);
        let arrays = own.get(node).into_iter().flatten().zip(parents.get(node).into_iter().flatten());
        for (part, ((own, parent), shape)) in PARTS.iter().zip(arrays.zip(shapes(graph, node)?)) {
            if own != parent {
                let difference = own.iter().zip(parent).map(|(own, parent)| half::f16::from_f32(own - parent));
                let bytes: Vec<u8> = difference.flat_map(half::f16::to_le_bytes).collect();
                views.push((format!("{layer}.{part}.{DIFFERENCE}"), shape, bytes));
            }
        }
    }
    serialized(card, views, Dtype::F16)
}

fn tensors(card: &Card, graph: &Graph, name: impl Fn(&str) -> String) -> Result<Vec<u8>, Error> {
    let mut views = Vec::new();
    for (node, layer) in weighted(graph) {
        let parameters = graph.parameters(&[node])?;
        let arrays = parameters.get(node).expect("it has weights");
        for (part, (values, shape)) in PARTS.iter().zip(arrays.iter().zip(shapes(graph, node)?)) {
            let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
            views.push((format!("{}.{part}", name(&layer)), shape, bytes));
        }
    }
    serialized(card, views, Dtype::F32)
}

fn serialized(card: &Card, tensors: Vec<(String, Vec<usize>, Vec<u8>)>, dtype: Dtype) -> Result<Vec<u8>, Error> {
    let failed = |e: safetensors::SafeTensorError| Error::Weights(e.to_string());
    let mut views = Vec::with_capacity(tensors.len());
    for (name, shape, bytes) in &tensors {
        views.push((name, TensorView::new(dtype, shape.clone(), bytes).map_err(failed)?));
    }
    let metadata = HashMap::from([(CARD.to_owned(), card.text())]);
    safetensors::serialize(views, Some(metadata)).map_err(failed)
}

/// Reads the card from the header of a file, the JSON after the [`LENGTH`] bytes that say how long it is. The whole file has
/// `length` bytes.
///
/// # Errors
/// [`Error::Weights`] if the file is damaged, or has no card.
pub(super) fn read_card(header: &[u8], length: u64) -> Result<Card, Error> {
    let wrong = |e: &dyn std::fmt::Display| Error::Weights(format!("it is not a file of a network: {e}"));
    let metadata: Metadata = serde_json::from_slice(header).map_err(|e| wrong(&e))?;
    let weights = metadata.tensors().values().map(|tensor| tensor.data_offsets.1 as u64).max().unwrap_or(0);
    if (LENGTH + header.len()) as u64 + weights != length {
        return Err(Error::Weights("its length is not the one that it says; it may be incomplete".into()));
    }
    card_of(&metadata)
}

/// The bytes of the length of the header, which every file begins with.
pub(super) const LENGTH: usize = 8;

fn card_of(metadata: &Metadata) -> Result<Card, Error> {
    let card = metadata.metadata().as_ref().and_then(|metadata| metadata.get(CARD));
    Card::read(card.ok_or_else(|| Error::Weights("it has no card, so it was not trained here".into()))?)
}

/// Reads the network of a file, with its card.
///
/// # Errors
/// [`Error::Weights`] if the file is damaged, has no card, or lacks weights of the card's architecture.
pub fn read(name: &str, file: &[u8]) -> Result<(Network, Card), Error> {
    let wrong = |e: safetensors::SafeTensorError| Error::Weights(format!("it is not a file of a network: {e}"));
    let (_, metadata) = SafeTensors::read_metadata(file).map_err(wrong)?;
    let card = card_of(&metadata)?;
    let mut graph = card.architecture.graph(card.classes.len())?;
    let weights = Weights::read(file)?;
    let is_difference = metadata.tensors().keys().any(|name| name.ends_with(DIFFERENCE));
    let of_layer = |(node, layer): (NodeId, String)| {
        let parents = graph.parameters(&[node])?;
        let parents = parents.get(node).into_iter().flatten();
        let array = |((part, shape), parents): ((&&str, Vec<usize>), &Vec<f32>)| {
            let name = format!("{layer}.{part}");
            let values = match is_difference {
                true => weights.added_to(parents, &format!("{name}.{DIFFERENCE}"), &shape)?,
                false => weights.get(&name, &shape)?,
            };
            finite(&layer, values)
        };
        let parts = PARTS.iter().zip(shapes(&graph, node)?).zip(parents);
        Ok((node, parts.map(array).collect::<Result<Vec<_>, Error>>()?))
    };
    let parameters: Parameters = weighted(&graph).into_iter().map(of_layer).collect::<Result<_, Error>>()?;
    graph.set_parameters(&parameters)?;
    Ok((network(name, graph, &card)?.with_file(file), card))
}

/// The network of a card and a graph.
fn network(name: &str, graph: Graph, card: &Card) -> Result<Network, Error> {
    let (_, features) = card.architecture.features()?;
    let mut network = Network::new(name, graph, features);
    network.evaluation = Evaluation { crop: 1.0, input: card.size };
    network.classifier = Some(Classifier {
        scores: LOGITS.into(),
        map: Some(SCORES.into()),
        classes: Classes::Named(card.class_names()),
    });
    network.suggested = card.dream.clone();
    Ok(network)
}

fn finite(layer: &str, values: Vec<f32>) -> Result<Vec<f32>, Error> {
    match values.iter().all(|value| value.is_finite()) {
        true => Ok(values),
        false => Err(Error::Weights(format!("{layer} has weights that are not finite"))),
    }
}

/// The shapes of a node's weights and bias in PyTorch.
fn shapes(graph: &Graph, node: NodeId) -> Result<Vec<Vec<usize>>, Error> {
    let op = graph.op(node)?;
    let weight = match op {
        Op::Conv(conv) => {
            let (inputs, outputs, [ky, kx]) = (inputs_of_a_group(conv), conv.channels()[1], conv.window().kernel);
            vec![outputs, inputs, ky, kx]
        }
        _ => return Err(Error::Weights(format!("weights of {} are not stored", op.name()))),
    };
    let outputs = weight[0];
    Ok(op.parameters().iter().zip([weight, vec![outputs]]).map(|(_, shape)| shape).collect())
}

fn inputs_of_a_group(conv: &Conv2d) -> usize {
    conv.channels()[0] / conv.groups()
}

/// The name of a layer of SqueezeNet 1.1 in torchvision.
fn torchvision_name(layer: &str) -> String {
    const FIRES: [usize; 8] = [3, 4, 6, 7, 9, 10, 11, 12];
    let place = |fire: usize| FIRES.get(fire.checked_sub(2)?);
    let fire = || {
        let (fire, part) = layer.strip_prefix("fire")?.split_once('.')?;
        Some(format!("features.{}.{part}", place(fire.parse().ok()?)?))
    };
    let named: Cow<'_, str> = match layer {
        "conv1" => "features.0".into(),
        SCORES => "classifier.1".into(),
        _ => fire().map_or(layer.into(), Cow::Owned),
    };
    named.into_owned()
}
