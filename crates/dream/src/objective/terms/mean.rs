//! `mean(block10)`: the mean of a layer.

use std::fmt;
use std::sync::Arc;

use oneiric_engine::objective::Measure;

use super::{Binding, Declaration, Function, Place};
use crate::error::Error;
use crate::objective::Channels;
use crate::objective::measures::Weighted;
use crate::objective::parser::Name;

pub(super) static DECLARATION: Declaration = Declaration {
    name: "mean",
    forms: &["mean(block10)"],
    grows: "the mean of the layer",
    unit: "activations of the layer; 1 alone, 10 to 100 with other terms",
    parse: |arguments| Ok(Arc::new(Mean { layer: arguments.layer()? })),
};

#[derive(Debug)]
struct Mean {
    layer: String,
}

impl fmt::Display for Mean {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "mean({})", Name(&self.layer))
    }
}

impl Function for Mean {
    fn place(&self) -> Place<'_> {
        Place::Layer(&self.layer)
    }

    fn bind(&self, binding: &Binding<'_>) -> Result<Arc<dyn Measure>, Error> {
        let weights = Channels::All.weights(&vec![0.0; binding.channels]);
        Ok(Arc::new(Weighted { weights }))
    }
}
