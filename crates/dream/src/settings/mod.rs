//! The settings of a dream: network, objective, octaves, steps and the rest.

mod check;
mod choices;
pub mod options;
pub mod preset;
#[cfg(test)]
mod tests;
mod values;

pub use crate::finish::{Colours, Finish};
#[doc(hidden)]
pub use crate::invalid::short;
pub use crate::invalid::{InvalidSetting, Reason};
pub use crate::normalize::Normalize;
pub use crate::render::ascent::Ascent;
pub use crate::render::symmetry::Symmetry;
pub use choices::Choices;
#[doc(hidden)]
pub use values::split_outside_brackets;
pub use values::{Backward, OctaveChange, Settings};
pub(crate) use values::{MOST_OCTAVES, MOST_SIDE};
