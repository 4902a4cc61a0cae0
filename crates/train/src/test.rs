//! Tests a network on pictures.

use oneiric::zoo::Network;
use oneiric_engine::shape::Size;
use oneiric_engine::{Batch, Plan, Program, Purpose};

use crate::cross_entropy::CrossEntropy;
use crate::data::{SmallPicture, prepare};
use crate::error::Error;
use crate::trainer::TrainerSettings;

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
    let plan = Plan::new(&program, Size { height: side, width: side }, Purpose::Activations)?;
    let mut batch = Batch::new(plan, TrainerSettings::default().shares)?;
    let mut seen: Vec<_> = pictures.iter().map(|&picture| (picture, CrossEntropy::new(0, 0.0, 1.0))).collect();
    batch.for_each(&mut seen, |session, (picture, loss)| {
        session.activations(&prepare(picture, side), |_, scores| loss.see(scores))
    })?;
    Ok(seen.into_iter().map(|(_, loss)| loss.probabilities().to_vec()).collect())
}
