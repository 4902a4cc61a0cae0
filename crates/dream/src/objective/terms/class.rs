//! `class('golden retriever')`: the score of the classes that a word stands for.

use std::fmt;
use std::sync::Arc;

use oneiric_engine::objective::Measure;

use super::{Binding, Declaration, Function, Place};
use crate::error::Error;
use crate::objective::measures::Score;
use crate::objective::parser::Quoted;

pub(super) static DECLARATION: Declaration = Declaration {
    name: "class",
    forms: &["class('golden retriever')", "class('dog')"],
    grows: "the score of a class before the softmax; for a word, the soft maximum over its classes",
    unit: "scores; 1 to 5 with a layer",
    parse: |arguments| Ok(Arc::new(Class { word: arguments.word()? })),
};

/// The score (logit) of the classes. Of several classes the logarithm of the sum of their exponentials, so that mostly
/// the highest one grows.
#[derive(Debug)]
struct Class {
    word: String,
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "class({})", Quoted(&self.word))
    }
}

impl Function for Class {
    fn place(&self) -> Place<'_> {
        Place::Scores
    }

    fn bind(&self, binding: &Binding<'_>) -> Result<Arc<dyn Measure>, Error> {
        Ok(Arc::new(Score { classes: (binding.classes)(&self.word)? }))
    }

    fn word(&self) -> Option<&str> {
        Some(&self.word)
    }
}
