//! What networks see in a picture: activations, classes, channels that respond more than usual; and contact sheets to
//! show them on.

pub mod heat;
pub mod look;
pub mod search;
#[cfg(feature = "fonts")]
pub mod sheet;
