//! `direction(block8, 17:1, 20:-0.5)`: a direction in the space of channels.

use std::fmt;
use std::sync::Arc;

use oneiric_engine::objective::Measure;

use super::{Binding, Declaration, Function, Place};
use crate::error::Error;
use crate::objective::measures::{Weighted, of_length_one};
use crate::objective::parse_error::ParseError;
use crate::objective::parser::{Name, Parser};

pub(super) static DECLARATION: Declaration = Declaration {
    name: "direction",
    forms: &["direction(block8, 17:1, 20:-0.5)"],
    grows: "a direction in the space of channels, scaled to length one",
    unit: "as `mean`",
    parse: |arguments| {
        let layer = arguments.layer()?;
        arguments.comma("channels with their parts, such as direction(block8, 17:1, 20:-0.5)")?;
        Ok(Arc::new(Direction { layer, parts: parts(arguments)? }))
    },
};

/// Channels with their parts of the direction.
fn parts(arguments: &mut Parser) -> Result<Vec<(usize, f32)>, ParseError> {
    let begin = arguments.begin();
    let mut parts = Vec::new();
    loop {
        let channel = arguments.channel()?;
        arguments.expect(':', "after the channel comes ':' and its part, such as 17:0.5")?;
        parts.push((channel, arguments.signed_number()?));
        if !arguments.take(',') {
            break;
        }
    }
    if parts.iter().all(|(_, part)| *part == 0.0) {
        return Err(arguments.error(begin, "a direction needs a part other than 0"));
    }
    Ok(parts)
}

/// The mean over all positions of the component along the direction.
#[derive(Debug)]
struct Direction {
    layer: String,
    parts: Vec<(usize, f32)>,
}

impl fmt::Display for Direction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "direction({}", Name(&self.layer))?;
        self.parts.iter().try_for_each(|(channel, part)| write!(f, ", {channel}:{part}"))?;
        f.write_str(")")
    }
}

impl Function for Direction {
    fn place(&self) -> Place<'_> {
        Place::Layer(&self.layer)
    }

    fn bind(&self, binding: &Binding<'_>) -> Result<Arc<dyn Measure>, Error> {
        Ok(Arc::new(Weighted { weights: of_length_one(binding.weights(&self.parts)) }))
    }

    fn channels(&self) -> Vec<usize> {
        self.parts.iter().map(|(channel, _)| *channel).collect()
    }
}
