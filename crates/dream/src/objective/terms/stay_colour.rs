//! `stay_colour()`: nearness to the photo's colours, of any brightness.

use std::fmt;
use std::sync::Arc;

use oneiric_engine::objective::Measure;

use super::stay::Nearness;
use super::{Binding, Declaration, Function, Place};
use crate::error::Error;

pub(super) static DECLARATION: Declaration = Declaration {
    name: "stay_colour",
    forms: &["stay_colour()"],
    grows: "nearness of the colours only",
    unit: "0.3 to 10",
    parse: |_| Ok(Arc::new(StayColour)),
};

#[derive(Debug)]
struct StayColour;

impl fmt::Display for StayColour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("stay_colour()")
    }
}

impl Function for StayColour {
    fn place(&self) -> Place<'_> {
        Place::Picture
    }

    fn bind(&self, _: &Binding<'_>) -> Result<Arc<dyn Measure>, Error> {
        Ok(Arc::new(Nearness { colour_only: true }))
    }

    fn needs_photo(&self) -> bool {
        true
    }
}
