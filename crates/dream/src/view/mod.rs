//! How the networks see a picture in one step: rolled by a random offset, and in tiles if it is large.

pub mod jitter;
pub mod tile;
