//! Named networks: builders, sources of weights, labels, the registry.
//!
//! A [`Network`] takes a picture in RGB, 0…1: its own preprocessing is the first operation of its graph, so that gradients
//! are gradients of the picture. [`Networks`] finds networks by name: those of the zoo, and those that a program adds.
//!
//! [`trained`] reads and writes networks that people train themselves.
//!
//! [`models`] lists the built-in networks with trained weights, and [`load`] builds one. [`untrained`] lists architectures
//! without trained weights: [`load_or_random`] builds them with random ones, to measure and compare with other programs.

mod builder;
mod efficientnet_lite;
mod error;
mod googlenet;
mod labels;
mod network;
mod networks;
mod random;
mod registry;
mod resnet;
mod squeezenet;
pub mod trained;
mod vgg;
mod weights;
mod words;

pub use error::Error;
pub use labels::{class_names, wordnet_ids};
pub use network::{Classes, Classifier, Evaluation, Network};
pub use networks::Networks;
pub use registry::{Model, Training, load, load_or_random, model, models, untrained};
pub use words::{Meaning, UnknownWord, classes_under};
