//! What networks see in a picture: activations, classes, channels that respond more than usual, gradients, masks of a word,
//! spots of pictures that excite a channel most; and contact sheets to show them.

pub mod first_layer;
pub mod gradient;
mod guided_filter;
pub mod heat;
pub mod look;
pub mod patches;
pub mod search;
#[cfg(feature = "fonts")]
pub mod sheet;
pub mod steps;
mod word_mask;

pub use word_mask::mask_of_word;
