//! The trait and the declaration of a function of objectives.

use std::fmt;
use std::sync::Arc;

use oneiric_engine::objective::Measure;
use oneiric_zoo::Network;

use super::channels::Channels;
use super::measures::LayerSums;
use super::parse_error::ParseError;
use super::parser::Parser;
use crate::error::Error;
use crate::invalid::InvalidSetting;

/// A function of objectives, read and checked as far as its text goes. `Display` writes it as it is read.
pub(crate) trait Function: fmt::Debug + fmt::Display + Send + Sync {
    /// Where it is measured.
    fn place(&self) -> Place<'_>;

    /// Makes its measure.
    ///
    /// # Errors
    /// A missing guide; a word that stands for no class.
    fn bind(&self, binding: &Binding<'_>) -> Result<Arc<dyn Measure>, Error>;

    /// The channels that it names, in the order of its text.
    fn channels(&self) -> Vec<usize> {
        Vec::new()
    }

    /// The word that it takes for classes, if it takes one.
    fn word(&self) -> Option<&str> {
        None
    }

    /// The layer, if it grows as a whole. Only for such terms settings can choose channels.
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
    /// The layer of `network`; `None` if the network has no such scores.
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
    /// The forms in which it is written, the simplest first.
    pub forms: &'static [&'static str],
    /// What grows when it is maximised.
    pub grows: &'static str,
    /// The unit of its value, and weights to begin with.
    pub unit: &'static str,
    /// Reads its arguments.
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
    /// Returns the sums of the layer on a picture; `None` if there is no such picture.
    pub look: &'a dyn Fn(Reference) -> Result<Option<LayerSums>, Error>,
    /// Finds the classes that a word stands for.
    pub classes: &'a dyn Fn(&str) -> Result<Vec<usize>, Error>,
}

/// A picture that a function compares with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reference {
    /// The photo.
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
    /// The sums of the layer on the guide.
    pub fn guide(&self) -> Result<LayerSums, Error> {
        let missing = || InvalidSetting::missing("guide", "the objective needs a guide image, and none is given");
        Ok((self.look)(Reference::Guide)?.ok_or_else(missing)?)
    }

    /// Weights of the layer's channels, zero for those that are not in `parts`.
    pub fn weights(&self, parts: &[(usize, f32)]) -> Vec<f32> {
        let mut weights = vec![0.0; self.channels];
        parts.iter().for_each(|&(channel, part)| weights[channel] += part);
        weights
    }
}
