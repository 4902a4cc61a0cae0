//! A term of an objective, and what every function of objectives declares.

use std::fmt;
use std::sync::Arc;

use oneiric_engine::objective::Measure;
use oneiric_zoo::Network;

use super::Channels;
use super::measures::LayerSums;
use super::parser::{Name, ParseError, Parser};
use super::terms::{Channel, Everywhere, Layer};
use crate::error::Error;
use crate::invalid::InvalidSetting;

/// A function of the activations of a network, or of the picture itself.
#[derive(Clone, Debug)]
pub struct Term {
    /// The network's name; the dream's own if there is none.
    pub network: Option<String>,
    pub(super) function: Arc<dyn Function>,
}

impl Term {
    pub(super) fn new(function: impl Function + 'static) -> Self {
        Self { network: None, function: Arc::new(function) }
    }

    /// `block10`: what is strong in a layer of the dream's own network grows stronger.
    pub fn layer(layer: impl Into<String>) -> Self {
        Self::new(Layer { layer: layer.into() })
    }

    /// `channel(block8, 17)`: the mean of a channel of the dream's own network.
    pub fn channel(layer: impl Into<String>, channel: usize) -> Self {
        Self::new(Channel { layer: layer.into(), channel })
    }

    /// `everywhere('dog')`: what a word stands for, at every position, as the dream's own network sees it.
    pub fn everywhere(word: impl Into<String>) -> Self {
        Self::new(Everywhere { word: word.into() })
    }

    /// The same term of the network with this name.
    #[must_use]
    pub fn of_network(self, network: impl Into<String>) -> Self {
        Self { network: Some(network.into()), ..self }
    }
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(network) = &self.network {
            write!(f, "{}:", Name(network))?;
        }
        write!(f, "{}", self.function)
    }
}

impl PartialEq for Term {
    /// The text says all about a term.
    fn eq(&self, other: &Self) -> bool {
        self.network == other.network && self.function.to_string() == other.function.to_string()
    }
}

/// A function of objectives, read and checked as far as its text goes. `Display` writes it as it is read.
pub(crate) trait Function: fmt::Debug + fmt::Display + Send + Sync {
    /// Where it is measured.
    fn place(&self) -> Place<'_>;

    /// Finds out all that its measure needs.
    ///
    /// # Errors
    /// A guide that is missing; a word that stands for nothing.
    fn bind(&self, binding: &Binding<'_>) -> Result<Arc<dyn Measure>, Error>;

    /// The channels that it names, in the order of its text.
    fn channels(&self) -> Vec<usize> {
        Vec::new()
    }

    /// The word that it takes for classes, if it takes one.
    fn word(&self) -> Option<&str> {
        None
    }

    /// The layer, if it is one that grows as a whole: the only kind of term that lets settings choose among its channels.
    fn whole_layer(&self) -> Option<&str> {
        None
    }

    /// Whether it compares with a guide picture.
    fn needs_guide(&self) -> bool {
        false
    }

    /// Whether it compares with the photo in every size of the dream.
    fn needs_photo(&self) -> bool {
        false
    }
}

/// Where a function is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place<'a> {
    /// On this layer.
    Layer(&'a str),
    /// On the layer of class scores.
    Scores,
    /// On the layer with class scores at every position.
    ScoreMap,
    /// On the picture itself, in levels of 0 to 255.
    Picture,
}

impl<'a> Place<'a> {
    /// The layer of `network`, unless it is one of scores and the network has none.
    pub fn layer(self, network: &'a Network) -> Option<&'a str> {
        match self {
            Self::Layer(layer) => Some(layer),
            Self::Scores => network.classifier.as_ref().map(|classifier| classifier.scores.as_str()),
            Self::ScoreMap => network.class_map(),
            Self::Picture => None,
        }
    }
}

/// How a function is named, read and explained. [`FUNCTIONS`](super::terms::FUNCTIONS) lists all.
#[derive(Debug)]
pub struct Declaration {
    /// Its name.
    pub name: &'static str,
    /// The ways to write it, the plainest first.
    pub forms: &'static [&'static str],
    /// What grows when it is maximised.
    pub grows: &'static str,
    /// The unit of its value, and weights to begin with.
    pub unit: &'static str,
    /// Reads what stands between its brackets.
    pub(crate) parse: fn(&mut Parser) -> Result<Arc<dyn Function>, ParseError>,
}

impl Declaration {
    /// An example with brackets.
    pub fn call(&self) -> &'static str {
        self.forms.iter().find(|form| form.contains('(')).unwrap_or(&self.name)
    }
}

/// What a function is bound to.
pub(crate) struct Binding<'a> {
    /// Channels of the layer.
    pub channels: usize,
    /// Which channels of a whole layer count, if not all do.
    pub choice: Option<&'a Choice>,
    /// Looks at a picture at the layer; none if there is no such picture.
    pub look: &'a dyn Fn(Reference) -> Result<Option<LayerSums>, Error>,
    /// Finds the classes that a word stands for.
    pub classes: &'a dyn Fn(&str) -> Result<Vec<usize>, Error>,
}

/// A picture that a function compares with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reference {
    /// The photo that is dreamed on.
    Photo,
    /// The guide.
    Guide,
}

/// The channels of a whole layer that count.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Choice {
    pub channels: Channels,
    /// Whether they are chosen again for every gradient, or once on the photo.
    pub again: bool,
}

impl Binding<'_> {
    /// What the layer shows of the guide.
    pub fn guide(&self) -> Result<LayerSums, Error> {
        let missing = || InvalidSetting::missing("guide", "the objective follows a guide image, and none is given");
        Ok((self.look)(Reference::Guide)?.ok_or_else(missing)?)
    }

    /// Weights of the layer's channels, zero for those that are not in `parts`.
    pub fn weights(&self, parts: &[(usize, f32)]) -> Vec<f32> {
        let mut weights = vec![0.0; self.channels];
        parts.iter().for_each(|&(channel, part)| weights[channel] += part);
        weights
    }
}
