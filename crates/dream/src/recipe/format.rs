//! The version and the length of recipes.

/// The version of the format that is written. All versions up to it are read.
pub const FORMAT: u32 = 1;

/// The largest length of a recipe in bytes, as text and as XML in a picture: a JPEG segment holds little more.
pub const LONGEST: usize = 60_000;
