//! What a trained network knows already about the names of new classes.

use oneiric::zoo::trained::{Architecture, SCORES};
use oneiric_engine::Graph;

use crate::error::Error;

/// Lets the classifier of a new network begin with what its parent knows: the weights of a class with a name such as `bird` are
/// the means of those of all classes of the parent that are birds. Other classes keep their weights. So few pictures are enough
/// for things that the parent has seen.
///
/// # Errors
/// If the parent cannot be built.
pub(crate) fn begin_with_words(graph: &mut Graph, architecture: &Architecture, names: &[String]) -> Result<(), Error> {
    let Architecture::Zoo(parent) = architecture else { return Ok(()) };
    let parent = oneiric::zoo::load(parent)?;
    let Some(map) = parent.class_map() else { return Ok(()) };
    let last = parent.graph.layer(map)?;
    let Some(known) = parent.graph.trainable().into_iter().rfind(|&node| node <= last) else { return Ok(()) };
    let known = parent.graph.parameters(&[known])?;
    let scores = graph.layer(SCORES)?;
    let mut own = graph.parameters(&[scores])?;
    let ((_, known), (_, mut own_arrays)) = match (known.iter().next(), own.iter_mut().next()) {
        (Some(known), Some(own)) => (known, own),
        _ => return Ok(()),
    };
    let ([known_weights, known_bias], Some(weights), Some(bias)) = (known, own_arrays.next(), own_arrays.next()) else {
        return Ok(());
    };
    let features = weights.len() / bias.len();
    let mean_of = |classes: &[usize], value: &dyn Fn(usize) -> f32| {
        classes.iter().map(|&class| f64::from(value(class))).sum::<f64>() / classes.len() as f64
    };
    let all: Vec<usize> = (0..known_bias.len()).collect();
    for (class, name) in names.iter().enumerate() {
        let Ok(meaning) = parent.classes_under(name) else { continue };
        let classes = &meaning.classes;
        for feature in 0..features {
            let value = |class: usize| known_weights[class * features + feature];
            weights[class * features + feature] = (mean_of(classes, &value) - mean_of(&all, &value)) as f32;
        }
        bias[class] = (mean_of(classes, &|class| known_bias[class]) - mean_of(&all, &|class| known_bias[class])) as f32;
    }
    drop(own_arrays);
    Ok(graph.set_parameters(&own)?)
}
