//! Tests a network on pictures.

use oneiric::zoo::Network;
use oneiric_engine::shape::Size;
use oneiric_engine::{Batch, Plan, Program, Purpose};
use rayon::prelude::*;

use crate::cross_entropy::CrossEntropy;
use crate::data::{SmallPicture, prepare};
use crate::error::Error;
use crate::trainer::PICTURES_AT_ONCE;

/// Returns the probabilities of the classes of a network for each picture, which is cropped to a square and resized to the
/// network's input.
///
/// # Errors
/// A network without a classifier.
pub fn probabilities(network: &Network, pictures: &[&SmallPicture]) -> Result<Vec<Vec<f64>>, Error> {
    let classifier = network.classifier.as_ref();
    let classifier = classifier.ok_or_else(|| Error::NoClasses { network: network.name.clone() })?;
    let side = network.evaluation.input;
    let program = Program::new(&network.graph, &[classifier.scores.as_str()])?;
    let size = Size { height: side, width: side };
    let mut batch = Batch::new(Plan::for_pictures(&program, size, Purpose::Activations, PICTURES_AT_ONCE)?)?;
    let mut probabilities = Vec::with_capacity(pictures.len());
    for some in pictures.chunks(PICTURES_AT_ONCE) {
        let some: Vec<Vec<f32>> = some.par_iter().map(|picture| prepare(picture, side)).collect();
        let some: Vec<&[f32]> = some.iter().map(Vec::as_slice).collect();
        batch.activations(&some, |_, _, scores| probabilities.push(CrossEntropy::probabilities_of(scores)))?;
    }
    Ok(probabilities)
}
