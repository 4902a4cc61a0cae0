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
//! Functions of objectives are in `terms/`, one file each; `grammar.rs` reads an objective's text and `text.rs` checks it.
//! Three steps lead from an objective to its gradient: an `Evaluator` has the networks, a `Bound` is bound to photo and guide,
//! and an `Evaluation` has the buffers for one size of picture.

mod bound;
mod channels;
mod evaluation;
mod evaluator;
mod function;
mod grammar;
mod measures;
mod parse_error;
mod parser;
mod term;
mod terms;
#[cfg(all(test, feature = "landscape", feature = "weights"))]
mod tests;
mod text;

use std::fmt;
use std::ops::{Add, Mul, Neg, Sub};
use std::sync::Arc;

#[doc(hidden)]
pub use bound::Bound;
pub use channels::Channels;
#[doc(hidden)]
pub use evaluation::Evaluation;
pub(crate) use evaluation::{RESCUED_STEPS, Tallies};
pub(crate) use evaluator::GUIDE_SIDE;
#[doc(hidden)]
pub use evaluator::{Evaluator, References};
pub use function::Declaration;
use function::Place;
pub use parse_error::ParseError;
use parser::LARGEST_WEIGHT;
pub use term::Term;
pub use terms::FUNCTIONS;
use terms::Guide;
#[doc(hidden)]
pub use terms::strengthen;

use crate::invalid::InvalidSetting;
use oneiric_zoo::{Network, Networks};

/// A sum of weighted terms.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Objective {
    /// The terms, each with its weight.
    pub terms: Vec<(f32, Term)>,
}

impl From<Term> for Objective {
    fn from(term: Term) -> Self {
        Self { terms: vec![(1.0, term)] }
    }
}

impl Objective {
    /// Replaces every layer that grows as a whole by `guide(LAYER)`.
    #[must_use]
    pub fn guided(mut self) -> Self {
        for (_, Term { function, .. }) in &mut self.terms {
            if let Some(layer) = function.whole_layer() {
                *function = Arc::new(Guide { layer: layer.into() });
            }
        }
        self
    }

    /// The terms that name no network, and so belong to the settings' own.
    #[must_use]
    pub(crate) fn of_default_network(mut self) -> Self {
        self.terms.retain(|(_, term)| term.network.is_none());
        self
    }

    /// Checks that every weight can be written and read again.
    ///
    /// # Errors
    /// The first weight that cannot.
    pub fn check(&self) -> Result<(), InvalidSetting> {
        let wrong = self.terms.iter().find(|(weight, _)| weight.is_nan() || weight.abs() > LARGEST_WEIGHT);
        match wrong {
            Some((weight, term)) => {
                let why = format!("the weight of {term} is {weight}, and weights are at most {LARGEST_WEIGHT}");
                Err(InvalidSetting::unusable("objective", why))
            }
            None => Ok(()),
        }
    }

    /// The sum of `everywhere(word)` for all networks that have class scores at every position and the word: people see what they
    /// agree on; what only one of them sees is often just fur or feathers.
    ///
    /// # Errors
    /// A word that stands for no class; the error names the nearest words.
    pub fn of_word(word: &str, networks: &Networks) -> Result<Self, InvalidSetting> {
        let found = networks_with_word(word, networks)?;
        let term = |found: &WordClasses| Self::from(Term::everywhere(word).of_network(&found.network.name));
        Ok(found.iter().map(term).fold(Self::default(), |sum, term| sum + term))
    }

    /// The words of its terms.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        self.terms.iter().filter_map(|(_, term)| term.function.word())
    }

    /// Whether it consists of classes: `class()` and `everywhere()`, perhaps with terms on the picture itself.
    pub(crate) fn is_of_classes(&self) -> bool {
        let on_picture = |term: &Term| term.function.place() == Place::Picture;
        self.terms.iter().any(|(_, term)| term.is_of_class())
            && self.terms.iter().all(|(_, term)| term.is_of_class() || on_picture(term))
    }

    /// Whether a term needs a guide image.
    pub fn needs_guide(&self) -> bool {
        self.terms.iter().any(|(_, term)| term.function.needs_guide())
    }
}

/// A network, and the numbers of its classes under a word.
pub(crate) struct WordClasses {
    pub network: Arc<Network>,
    pub classes: Vec<usize>,
}

/// Returns the networks that have class scores at every position and classes under a word.
///
/// # Errors
/// An unknown word; the error names the nearest words.
pub(crate) fn networks_with_word(word: &str, networks: &Networks) -> Result<Vec<WordClasses>, InvalidSetting> {
    let (mut found, mut unknown) = (Vec::new(), None);
    for name in networks.with_class_map() {
        let network = networks.get(name).map_err(|e| InvalidSetting::unusable("objective", e))?;
        match network.classes_under(word) {
            Ok(meaning) => found.push(WordClasses { classes: meaning.classes.clone(), network }),
            Err(error) => unknown = unknown.or(Some(error)),
        }
    }
    match unknown {
        Some(unknown) if found.is_empty() => Err(InvalidSetting::unusable("objective", unknown)),
        _ => Ok(found),
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
    /// Writes it so that it can be read again.
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
