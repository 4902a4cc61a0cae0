//! A network to dream with: its graph, name, classifier and default layer.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::OnceLock;

use oneiric_engine::Graph;
use sha2::{Digest, Sha256};

use crate::labels;
use crate::words::{self, Meaning, UnknownWord};

/// A built network. The first operations of its graph prepare the picture, which is RGB in 0…1.
///
/// ```
/// use oneiric_engine::{Graph, op::{Activation, Conv2d, Op, Window}};
/// use oneiric_zoo::{Network, Networks};
///
/// let mut graph = Graph::new(3)?;
/// let picture = graph.picture();
/// let conv = Conv2d::new(3, 8, 1, Window::square(1, 1), vec![0.1; 24], None)?;
/// let conv = graph.add(Op::Conv(conv), &[picture])?;
/// graph.add_layer("first", Op::Activation(Activation::Relu), &[conv])?;
///
/// let mut networks = Networks::default();
/// networks.insert(Network::new("mine", graph, "first"))?;
/// assert_eq!(networks.get("mine")?.default_layer, "first");
/// # Ok::<(), oneiric_zoo::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Network {
    /// Its name in settings and objectives.
    pub name: String,
    /// Its operations; the picture is RGB in 0…1.
    pub graph: Graph,
    /// The layer to dream of by default.
    pub default_layer: String,
    /// How photos are prepared for classification.
    pub evaluation: Evaluation,
    /// Its classifier, if it has one.
    pub classifier: Option<Classifier>,
    /// Options of a dream that suits it, by their names; empty where the defaults do.
    pub suggested: BTreeMap<String, String>,
    hash: OnceLock<String>,
}

/// How photos are prepared for classification: the middle of the shorter side is resized to a square.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Evaluation {
    /// The fraction of the shorter side that is kept.
    pub crop: f32,
    /// Side of the network's input in pixels.
    pub input: usize,
}

/// The layers of a network with class scores.
#[derive(Clone, Debug, PartialEq)]
pub struct Classifier {
    /// The layer of the scores before the softmax, one channel a class.
    pub scores: String,
    /// The layer of scores at every position, if there is one: their mean over all positions is the layer `scores`.
    pub map: Option<String>,
    /// The names of the channels.
    pub classes: Classes,
}

/// The classes of a network.
#[derive(Clone, Debug, PartialEq)]
pub enum Classes {
    /// The 1000 classes of ImageNet (ILSVRC 2012), which have synsets in WordNet.
    ImageNet,
    /// Classes of these names, in the order of the scores.
    Named(Vec<String>),
}

impl Network {
    /// A network without a classifier. Photos are prepared as for most networks, 224 pixels wide.
    pub fn new(name: impl Into<String>, graph: Graph, default_layer: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            graph,
            default_layer: default_layer.into(),
            evaluation: Evaluation { crop: 224.0 / 256.0, input: 224 },
            classifier: None,
            suggested: BTreeMap::new(),
            hash: OnceLock::new(),
        }
    }

    /// Identifies the network by the file of its weights.
    pub(crate) fn with_file(self, file: &[u8]) -> Self {
        Self { hash: OnceLock::from(hex::encode(Sha256::digest(file))), ..self }
    }

    /// Returns the SHA-256 of its weights, 64 hexadecimal digits. For a network of the zoo it is that of the file of weights.
    /// For another one it is that of its operations in the graph's order: for each its name, its layer's name, and for each
    /// array of weights the number of values and the values. Numbers have 64 or 32 bits, little-endian; texts end in a zero
    /// byte.
    pub fn sha256(&self) -> &str {
        self.hash.get_or_init(|| {
            let mut hash = Sha256::new();
            for (layer, op) in self.graph.operations() {
                [op.name(), layer].iter().for_each(|text| hash.update([text.as_bytes(), &[0]].concat()));
                for values in op.parameters() {
                    hash.update((values.len() as u64).to_le_bytes());
                    values.iter().for_each(|value| hash.update(value.to_le_bytes()));
                }
            }
            hex::encode(hash.finalize())
        })
    }

    /// The layer of class scores at every position, if there is one.
    pub fn class_map(&self) -> Option<&str> {
        self.classifier.as_ref()?.map.as_deref()
    }

    /// Returns the names of the channels of a layer, in order: those of the classes for the scores and the map of scores, an
    /// empty list for other layers.
    pub fn channel_names(&self, layer: &str) -> Vec<&str> {
        let scores = |classifier: &&Classifier| classifier.scores == layer || classifier.map.as_deref() == Some(layer);
        self.classifier.as_ref().filter(scores).map_or_else(Vec::new, |classifier| classifier.classes.names())
    }

    /// Returns what a word stands for among its classes.
    ///
    /// # Errors
    /// [`UnknownWord`]; for every word if the network has no classifier.
    pub fn classes_under(&self, word: &str) -> Result<Cow<'static, Meaning>, UnknownWord> {
        match &self.classifier {
            Some(classifier) => classifier.classes.under(word),
            None => Err(UnknownWord { word: word.into(), nearest: Vec::new() }),
        }
    }
}

impl Classes {
    /// Their names, in the order of the scores.
    pub fn names(&self) -> Vec<&str> {
        match self {
            Self::ImageNet => labels::class_names(),
            Self::Named(names) => names.iter().map(String::as_str).collect(),
        }
    }

    /// Their synsets in WordNet, in the same order; an empty list for classes other than ImageNet's.
    pub fn wordnet_ids(&self) -> Vec<&'static str> {
        match self {
            Self::ImageNet => labels::wordnet_ids(),
            Self::Named(_) => Vec::new(),
        }
    }

    /// Returns the classes with `word` as a whole word in their names, in the singular or plural, upper or lower case, in
    /// order. The meaning does not matter: *dogs* finds the hot dog, but not the Shetland Sheepdog.
    pub fn named(&self, word: &str) -> Vec<usize> {
        words::classes_named(word, &self.names())
    }

    /// Returns what a word stands for: all of ImageNet's classes under it in WordNet, or the other classes with this name, in
    /// the singular or plural, upper or lower case.
    ///
    /// # Errors
    /// [`UnknownWord`], with the nearest words.
    pub fn under(&self, word: &str) -> Result<Cow<'static, Meaning>, UnknownWord> {
        match self {
            Self::ImageNet => words::classes_under(word).map(Cow::Borrowed),
            Self::Named(names) => words::classes_called(word, names).map(Cow::Owned),
        }
    }
}
