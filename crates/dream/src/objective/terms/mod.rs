//! The functions of objectives, one file each. `docs/adding-a-term.md` shows how to write one.

mod caricature;
mod channel;
mod class;
mod direction;
mod everywhere;
mod guide;
mod guide_channels;
mod layer;
mod mean;
mod neuron;
mod stay;
mod stay_colour;
#[cfg(test)]
mod tests;
mod tv;
mod unlike;

pub(super) use channel::Channel;
pub(super) use everywhere::Everywhere;
pub(super) use guide::Guide;
pub(super) use layer::Layer;
pub use layer::strengthen;
pub(super) use unlike::Unlike;

use super::function::{Binding, Choice, Declaration, Function, Place, Reference};

/// All functions, in the order in which help and docs show them.
pub static FUNCTIONS: &[&Declaration] = &[
    &layer::DECLARATION,
    &mean::DECLARATION,
    &channel::DECLARATION,
    &neuron::DECLARATION,
    &direction::DECLARATION,
    &class::DECLARATION,
    &everywhere::DECLARATION,
    &guide::DECLARATION,
    &guide_channels::DECLARATION,
    &caricature::DECLARATION,
    &tv::DECLARATION,
    &stay::DECLARATION,
    &stay_colour::DECLARATION,
];
