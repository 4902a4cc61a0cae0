//! `guide_channels(block8)`: the channels that respond to a guide image.

use std::fmt;
use std::sync::Arc;

use oneiric_engine::objective::Measure;

use super::{Binding, Declaration, Function, Place};
use crate::error::Error;
use crate::objective::measures::Weighted;
use crate::objective::parser::Name;

pub(super) static DECLARATION: Declaration = Declaration {
    name: "guide_channels",
    forms: &["guide_channels(block8)"],
    grows: "each channel in proportion to its mean on the guide image",
    unit: "as `mean`",
    parse: |arguments| Ok(Arc::new(GuideChannels { layer: arguments.layer()? })),
};

/// The mean of the layer's channels, each weighted by its share in the guide.
#[derive(Debug)]
struct GuideChannels {
    layer: String,
}

impl fmt::Display for GuideChannels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "guide_channels({})", Name(&self.layer))
    }
}

impl Function for GuideChannels {
    fn place(&self) -> Place<'_> {
        Place::Layer(&self.layer)
    }

    fn bind(&self, binding: &Binding<'_>) -> Result<Arc<dyn Measure>, Error> {
        Ok(Arc::new(Weighted { weights: shares(&binding.guide()?.means) }))
    }

    fn needs_guide(&self) -> bool {
        true
    }
}

/// Means scaled to a sum of magnitudes of one.
fn shares(means: &[f32]) -> Vec<f32> {
    let sum = means.iter().map(|mean| mean.abs()).sum::<f32>().max(f32::MIN_POSITIVE);
    means.iter().map(|mean| mean / sum).collect()
}
