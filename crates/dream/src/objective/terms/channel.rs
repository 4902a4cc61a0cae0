//! `channel(block8, 17)`: the mean of a channel.

use std::fmt;
use std::sync::Arc;

use oneiric_engine::objective::Measure;

use super::{Binding, Declaration, Function, Place};
use crate::error::Error;
use crate::objective::measures::Weighted;
use crate::objective::parser::Name;

pub(super) static DECLARATION: Declaration = Declaration {
    name: "channel",
    forms: &["channel(block8, 17)"],
    grows: "the mean of one channel",
    unit: "as `mean`",
    parse: |arguments| {
        let layer = arguments.layer()?;
        arguments.comma("the number of a channel, such as channel(block8, 17)")?;
        Ok(Arc::new(Channel { layer, channel: arguments.channel()? }))
    },
};

#[derive(Debug)]
pub(in crate::objective) struct Channel {
    pub layer: String,
    pub channel: usize,
}

impl fmt::Display for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "channel({}, {})", Name(&self.layer), self.channel)
    }
}

impl Function for Channel {
    fn place(&self) -> Place<'_> {
        Place::Layer(&self.layer)
    }

    fn bind(&self, binding: &Binding<'_>) -> Result<Arc<dyn Measure>, Error> {
        Ok(Arc::new(Weighted { weights: binding.weights(&[(self.channel, 1.0)]) }))
    }

    fn channels(&self) -> Vec<usize> {
        vec![self.channel]
    }
}
