//! An objective bound to its photo and guide, for any size of picture: measures on layers, as data.

use std::sync::Arc;

use oneiric_engine::objective::Measure;
use oneiric_engine::shape::Size;
use oneiric_engine::{Plan, Program, Purpose};

use super::terms::Unlike;
use crate::error::Error;

/// An objective bound to its photo and guide, for any size of picture.
#[derive(Debug)]
pub struct Bound {
    pub(super) networks: Vec<BoundNetwork>,
    pub(super) on_picture: Vec<WeightedMeasure>,
    pub(super) needs_photo: bool,
}

/// A measure with its weight in the sum.
pub(super) type WeightedMeasure = (f32, Arc<dyn Measure>);

#[derive(Clone, Debug)]
pub(super) struct BoundNetwork {
    pub program: Arc<Program>,
    /// In the order of the program's layers.
    pub layers: Vec<BoundLayer>,
}

/// The measures on one layer.
#[derive(Clone, Debug)]
pub(super) struct BoundLayer {
    pub terms: Vec<WeightedMeasure>,
    /// Whether one of them compares with the photo's activations.
    pub needs_photo: bool,
}

impl Bound {
    /// Adds a term that makes the first layer of the first network unlike each of `others`, which are [signatures](super::Evaluation::signature) of pictures.
    #[must_use]
    pub fn unlike(&self, others: &[Vec<f32>], weight: f32) -> Self {
        let mut networks = self.networks.clone();
        let first = networks.first_mut().and_then(|network| network.layers.first_mut());
        if let Some(layer) = first.filter(|_| !others.is_empty()) {
            layer.terms.push((weight, Arc::new(Unlike { others: others.to_vec() })));
        }
        Self { networks, on_picture: self.on_picture.clone(), needs_photo: self.needs_photo }
    }
}

/// Floats in a picture of these sides.
pub(super) fn floats((width, height): (usize, usize)) -> usize {
    width * height * 3
}

/// The plan for a picture of this width and height.
pub(super) fn plan(program: &Program, (width, height): (usize, usize), purpose: Purpose) -> Result<Plan, Error> {
    Ok(Plan::new(program, Size { height, width }, purpose)?)
}
