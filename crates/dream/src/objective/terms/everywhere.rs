//! `everywhere('dog')`: the score of the classes that a word stands for, at every position.

use std::fmt;
use std::sync::Arc;

use oneiric_engine::objective::Measure;

use super::{Binding, Declaration, Function, Place};
use crate::error::Error;
use crate::objective::measures::Score;
use crate::objective::parser::Quoted;

pub(super) static DECLARATION: Declaration = Declaration {
    name: "everywhere",
    forms: &["everywhere('dog')"],
    grows: "the same at every position: creatures all over the picture",
    unit: "1 to 5 with a layer",
    parse: |arguments| Ok(Arc::new(Everywhere { word: arguments.word()? })),
};

/// The classifier applied at every position, and the mean of these scores. At each position mostly the class with the
/// highest score there grows, so that creatures appear all over the picture. (Probabilities would stop growing long before
/// anything is visible.)
#[derive(Debug)]
pub(in crate::objective) struct Everywhere {
    pub word: String,
}

impl fmt::Display for Everywhere {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "everywhere({})", Quoted(&self.word))
    }
}

impl Function for Everywhere {
    fn place(&self) -> Place<'_> {
        Place::ScoreMap
    }

    fn bind(&self, binding: &Binding<'_>) -> Result<Arc<dyn Measure>, Error> {
        Ok(Arc::new(Score { classes: (binding.classes)(&self.word)? }))
    }

    fn word(&self) -> Option<&str> {
        Some(&self.word)
    }
}
