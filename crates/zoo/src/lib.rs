//! Named networks: builders, sources of weights, labels, the registry.
//!
//! [`models`] lists those with trained weights inside, [`load`] builds one. [`untrained`] lists architectures
//! whose trained weights are not there yet: [`load_or_random`] gives them random ones, to measure and compare with
//! other programs. A [`Network`] takes a picture in RGB, 0…1: its own preprocessing is the first operation of its
//! graph, so that gradients are gradients of the picture.

mod builder;
mod efficientnet_lite;
mod googlenet;
mod labels;
mod random;
mod registry;
mod resnet;
mod squeezenet;
mod vgg;
mod weights;
mod words;

pub use labels::{class_names, wordnet_ids};
pub use registry::{Error, Evaluation, Model, Network, Training, load, load_or_random, model, models, untrained};
pub use words::{Meaning, UnknownWord, classes_named, classes_under};
