//! What a dream maximises, as a value: a sum of weighted terms that can be added, scaled, written and read.
//!
//! ```
//! use oneiric::objective::{Objective, Term};
//!
//! let built = Objective::from(Term::layer("block10")) + Objective::from(Term::channel("block8", 17)) * -0.3;
//! let read: Objective = "block10 - 0.3*channel(block8, 17)".parse()?;
//! assert_eq!(built, read);
//! assert_eq!(read.to_string(), "block10 - 0.3*channel(block8, 17)");
//! # Ok::<(), oneiric::objective::ParseError>(())
//! ```
//!
//! `text.rs` reads the text form. `evaluator.rs` binds an objective to its networks and computes its gradient on a
//! picture: with `measure.rs` on the activations of a layer, with `on_picture.rs` on the picture itself.

mod channels;
mod evaluator;
mod measure;
mod on_picture;
mod text;

use std::fmt;
use std::ops::{Add, Mul, Neg, Sub};

pub use channels::Channels;
pub use evaluator::{Bound, Evaluation, Evaluator, RESCUED_STEPS, References};
pub(crate) use evaluator::{GUIDE_SIDE, Tallies};
pub use measure::strengthen;
use on_picture::OnPicture;
pub use text::ParseError;

use crate::invalid::InvalidSetting;

/// What is measured, and where.
#[derive(Clone, Debug, PartialEq)]
pub struct Term {
    /// The network's name; the dream's own if there is none.
    pub network: Option<String>,
    /// What is measured.
    pub value: Value,
}

/// What a term measures.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// The logarithm of the root mean square of a layer, `block10`, in per cent: what is strong there grows stronger. For a
    /// single layer it is the classic L2 objective (google/deepdream, 2015), whose gradient has the same direction; as a
    /// logarithm it counts by how much of itself the layer grows, so that layers and networks of any scale add up alike.
    Layer(String),
    /// The mean of a layer, `mean(block10)`.
    Mean(String),
    /// The mean of a channel, `channel(block8, 17)`.
    Channel(String, usize),
    /// A channel at one position, `neuron(block8, 17)` for the middle or `neuron(block8, 17, 3, 5)` for column 3 and
    /// row 5 of the layer's map; a position outside of a small octave's map is its last.
    Neuron(String, usize, Option<(usize, usize)>),
    /// The mean over all positions of the component along a direction in the space of channels,
    /// `direction(block8, 17:1, 20:-0.5)`; the direction is brought to length one.
    Direction(String, Vec<(usize, f32)>),
    /// The score (logit) of the classes that a word stands for, before the softmax: `class('golden retriever')`. Of
    /// several classes the logarithm of the sum of their exponentials, so that the one that is nearest grows.
    Class(String),
    /// The same with the classifier applied at every position, and the mean of these scores taken over all:
    /// `everywhere('dog')`. At each position the class that is nearest there grows, so that creatures appear all over
    /// and not once. (Probabilities instead of scores would stop growing long before anything can be seen.)
    Everywhere(String),
    /// Best match with a guide picture, `guide(block8)`: every position of the layer grows towards the position of the
    /// guide that it is most like, by dot product (google/deepdream, 2015). The mean of these products.
    Guide(String),
    /// The mean of the layer's channels, each weighted by its share in the guide picture, `guide_channels(block8)`.
    GuideChannels(String),
    /// Caricature, `caricature(block8)`: what the network sees in the photo, exaggerated, place by place. The
    /// component of the layer along the photo's own activations, in root mean squares (lucid).
    Caricature(String),
    /// Total variation of the picture, `tv()`: the mean step from a value to its neighbours, in levels of 0…255. Taken
    /// away, it smooths.
    TotalVariation,
    /// `stay()`: minus the mean square of the difference from the photo, in levels of 0…255. Added, it keeps the picture
    /// near the photo.
    Stay,
    /// `stay_colour()`: the same for colours only, whatever their brightness.
    StayColour,
}

/// A sum of weighted terms.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Objective {
    /// The terms, each with its weight.
    pub terms: Vec<(f32, Term)>,
}

/// The largest weight of a term.
pub(crate) const LARGEST_WEIGHT: f32 = 1e9;
/// The layer of class scores.
const LOGITS: &str = "logits";

impl Term {
    /// [`Value::Layer`] of the dream's own network.
    pub fn layer(layer: impl Into<String>) -> Self {
        Value::Layer(layer.into()).into()
    }

    /// [`Value::Channel`] of the dream's own network.
    pub fn channel(layer: impl Into<String>, channel: usize) -> Self {
        Value::Channel(layer.into(), channel).into()
    }

    /// [`Value::Everywhere`] of the dream's own network.
    pub fn everywhere(word: impl Into<String>) -> Self {
        Value::Everywhere(word.into()).into()
    }
}

impl Value {
    /// The layer of `model` on whose activations it is measured, if it is measured on one.
    fn layer<'a>(&'a self, model: &'a oneiric_zoo::Model) -> Option<&'a str> {
        match self {
            Self::Layer(layer)
            | Self::Mean(layer)
            | Self::Channel(layer, _)
            | Self::Neuron(layer, ..)
            | Self::Direction(layer, _)
            | Self::Guide(layer)
            | Self::GuideChannels(layer)
            | Self::Caricature(layer) => Some(layer),
            Self::Class(_) => Some(LOGITS),
            Self::Everywhere(_) => model.class_map,
            Self::TotalVariation | Self::Stay | Self::StayColour => None,
        }
    }

    /// The channels that it names, in order.
    fn channels(&self) -> Vec<usize> {
        match self {
            Self::Channel(_, channel) | Self::Neuron(_, channel, _) => vec![*channel],
            Self::Direction(_, parts) => parts.iter().map(|(channel, _)| *channel).collect(),
            _ => Vec::new(),
        }
    }

    /// What it measures on the picture itself, if it does.
    fn on_picture(&self) -> Option<OnPicture> {
        match self {
            Self::TotalVariation => Some(OnPicture::TotalVariation),
            Self::Stay => Some(OnPicture::Stay),
            Self::StayColour => Some(OnPicture::StayColour),
            _ => None,
        }
    }
}

impl From<Value> for Term {
    fn from(value: Value) -> Self {
        Self { network: None, value }
    }
}

impl From<Term> for Objective {
    fn from(term: Term) -> Self {
        Self { terms: vec![(1.0, term)] }
    }
}

impl Objective {
    /// The same with every layer that is strengthened replaced by what `term` makes of its name.
    pub fn map_layers(mut self, term: impl Fn(String) -> Value) -> Self {
        for (_, Term { value, .. }) in &mut self.terms {
            if let Value::Layer(layer) = value {
                *value = term(std::mem::take(layer));
            }
        }
        self
    }

    /// Whether every weight is a number that can be written and read again.
    ///
    /// # Errors
    /// The first that is not.
    pub fn check(&self) -> Result<(), InvalidSetting> {
        let wrong = self.terms.iter().find(|(weight, _)| weight.is_nan() || weight.abs() > LARGEST_WEIGHT);
        match wrong {
            Some((weight, term)) => {
                Err(InvalidSetting(format!("the weight of {term} is {weight}; it takes up to {LARGEST_WEIGHT}")))
            }
            None => Ok(()),
        }
    }

    /// What a word stands for, asked of every network that has class scores at each position: what they agree on, people
    /// see as well; what one of them sees alone is often but fur or feathers.
    ///
    /// # Errors
    /// A word that stands for nothing; the nearest ones are named.
    pub fn of_word(word: &str) -> Result<Self, InvalidSetting> {
        oneiric_zoo::classes_under(word).map_err(|e| InvalidSetting(e.to_string()))?;
        let models = oneiric_zoo::models().iter().filter(|model| model.class_map.is_some());
        let term = |model: &oneiric_zoo::Model| {
            let term = Term { network: Some(model.name.into()), value: Value::Everywhere(word.into()) };
            Self::from(term)
        };
        Ok(models.map(term).fold(Self::default(), |sum, term| sum + term))
    }

    /// The words in it that stand for classes.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        self.terms.iter().filter_map(|(_, term)| match &term.value {
            Value::Class(word) | Value::Everywhere(word) => Some(word.as_str()),
            _ => None,
        })
    }

    /// Whether a term is measured against a guide picture.
    pub fn needs_guide(&self) -> bool {
        self.terms.iter().any(|(_, term)| matches!(term.value, Value::Guide(_) | Value::GuideChannels(_)))
    }
}

impl Add for Objective {
    type Output = Self;

    fn add(mut self, mut other: Self) -> Self {
        self.terms.append(&mut other.terms);
        self
    }
}

impl Sub for Objective {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        self + -other
    }
}

impl Mul<f32> for Objective {
    type Output = Self;

    fn mul(mut self, factor: f32) -> Self {
        self.terms.iter_mut().for_each(|(weight, _)| *weight *= factor);
        self
    }
}

impl Neg for Objective {
    type Output = Self;

    fn neg(self) -> Self {
        self * -1.0
    }
}

impl fmt::Display for Objective {
    /// As it can be read again.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, (weight, term)) in self.terms.iter().enumerate() {
            f.write_str(match (i, weight.is_sign_negative()) {
                (0, false) => "",
                (0, true) => "-",
                (_, false) => " + ",
                (_, true) => " - ",
            })?;
            if weight.abs() != 1.0 {
                write!(f, "{}*", weight.abs())?;
            }
            write!(f, "{term}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(network) = &self.network {
            write!(f, "{}:", text::Name(network))?;
        }
        match &self.value {
            Value::Layer(layer) => write!(f, "{}", text::Name(layer)),
            Value::Mean(layer) => write!(f, "mean({})", text::Name(layer)),
            Value::Channel(layer, channel) => write!(f, "channel({}, {channel})", text::Name(layer)),
            Value::Neuron(layer, channel, None) => write!(f, "neuron({}, {channel})", text::Name(layer)),
            Value::Neuron(layer, channel, Some((x, y))) => {
                write!(f, "neuron({}, {channel}, {x}, {y})", text::Name(layer))
            }
            Value::Direction(layer, parts) => {
                write!(f, "direction({}", text::Name(layer))?;
                parts.iter().try_for_each(|(channel, part)| write!(f, ", {channel}:{part}"))?;
                f.write_str(")")
            }
            Value::Class(word) => write!(f, "class({})", text::Quoted(word)),
            Value::Everywhere(word) => write!(f, "everywhere({})", text::Quoted(word)),
            Value::Guide(layer) => write!(f, "guide({})", text::Name(layer)),
            Value::GuideChannels(layer) => write!(f, "guide_channels({})", text::Name(layer)),
            Value::Caricature(layer) => write!(f, "caricature({})", text::Name(layer)),
            Value::TotalVariation => f.write_str("tv()"),
            Value::Stay => f.write_str("stay()"),
            Value::StayColour => f.write_str("stay_colour()"),
        }
    }
}
