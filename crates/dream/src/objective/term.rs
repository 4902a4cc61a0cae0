//! A term of an objective.

use std::fmt;
use std::sync::Arc;

use super::function::Function;
use super::parser::Name;
use super::terms::{Channel, Everywhere, Layer};

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

    /// Whether it is the score of a class.
    pub(crate) fn is_of_class(&self) -> bool {
        self.function.word().is_some()
    }

    /// `block10`: strong activations of a layer of the dream's own network grow stronger.
    pub fn layer(layer: impl Into<String>) -> Self {
        Self::new(Layer { layer: layer.into() })
    }

    /// `channel(block8, 17)`: the mean of a channel of the dream's own network.
    pub fn channel(layer: impl Into<String>, channel: usize) -> Self {
        Self::new(Channel { layer: layer.into(), channel })
    }

    /// `everywhere('dog')`: the score of a word's classes at every position, by the dream's own network.
    pub fn everywhere(word: impl Into<String>) -> Self {
        Self::new(Everywhere { word: word.into() })
    }

    /// Sets the network by its name.
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
    /// Two terms are equal if their texts are.
    fn eq(&self, other: &Self) -> bool {
        self.network == other.network && self.function.to_string() == other.function.to_string()
    }
}
