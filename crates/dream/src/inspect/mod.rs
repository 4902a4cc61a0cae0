//! What networks see in a picture: activations of layers, classes, channels that fire more than they usually do, and
//! contact sheets to show them on.

pub mod look;
pub mod search;
pub mod sheet;
