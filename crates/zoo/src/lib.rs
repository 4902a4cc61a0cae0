//! Named networks with trained weights inside: builders, weight readers, labels, the registry.
//!
//! [`models`] lists what there is, [`load`] builds one. A [`Network`] takes a picture in RGB, 0…1:
//! its own preprocessing is the first operation of its graph, so that gradients are gradients of the
//! picture.

mod efficientnet_lite;
mod labels;
mod registry;
mod squeezenet;
mod weights;

pub use labels::{class_names, wordnet_ids};
pub use registry::{Error, Evaluation, Model, Network, load, model, models};
