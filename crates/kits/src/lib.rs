//! Kits: pictures to train a network on that the program draws itself, each from a seed.
//!
//! A [`Kit`] names classes and draws pictures of each. The same seed gives the same picture to the bit, on any number of
//! threads.

pub mod painter;
mod paintings;

pub use paintings::IMPRESSIONIST;

/// A picture of a kit.
#[derive(Clone, Debug, PartialEq)]
pub struct Drawing {
    /// In pixels.
    pub width: usize,
    /// In pixels.
    pub height: usize,
    /// Rows of interleaved RGB, sRGB-encoded, 0 to 1.
    pub pixels: Vec<f32>,
    /// What it was made of: drawings of one source belong on the same side of a split.
    pub source: u64,
}

/// A class of a kit.
#[derive(Debug)]
pub struct Class {
    /// Its name, such as `eyeball`.
    pub name: &'static str,
    /// Draws one picture.
    pub draw: fn(seed: u64) -> Drawing,
}

/// Classes to tell apart, and how their pictures are drawn.
#[derive(Debug)]
pub struct Kit {
    /// Its name on the command line.
    pub name: &'static str,
    /// One line about it.
    pub about: &'static str,
    /// Its classes, in the order of a network's scores.
    pub classes: &'static [Class],
    /// How many pictures of a class make a good network.
    pub pictures: usize,
}

/// All kits.
pub fn kits() -> &'static [&'static Kit] {
    &[]
}

/// The kit of this name, if there is one.
pub fn kit(name: &str) -> Option<&'static Kit> {
    kits().iter().find(|kit| kit.name == name).copied()
}

/// Draws an ordinary picture.
pub fn ordinary(seed: u64) -> Drawing {
    Drawing { width: 8, height: 8, pixels: vec![0.5; 192], source: seed }
}
