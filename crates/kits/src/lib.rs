//! Kits: pictures to train a network on that the program draws itself, each from a seed, and a table of fruit.
//!
//! A [`Kit`] names classes and draws pictures of each. The same seed gives the same picture to the bit, on any number of
//! threads.

pub mod animals;
mod canvas;
mod colour;
mod eye;
pub mod fruit;
mod ground;
mod noise;
mod ordinary;
pub mod painter;
mod paintings;
mod random;
mod shapes;

pub use animals::DOGS;
pub use ordinary::ordinary;
pub use paintings::{BuiltIn, IMPRESSIONIST, built_in, photo_named};
pub use shapes::SHAPES;

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

/// Eyes of all kinds against ordinary pictures.
pub static EYEBALLS: Kit = Kit {
    name: "eyeballs",
    about: "eyes of people and animals, and bare eyeballs, against ordinary pictures: dreams in which eyes open everywhere",
    classes: &[Class { name: "eyeball", draw: eye::draw }, Class { name: "other", draw: ordinary }],
    pictures: 300,
};

/// Ordinary pictures, to tell one thing from. It has one class, so it is not among [`kits`].
pub static ORDINARY: Kit = Kit {
    name: "other",
    about: "ordinary pictures",
    classes: &[Class { name: "other", draw: ordinary }],
    pictures: 200,
};

/// All kits.
pub fn kits() -> &'static [&'static Kit] {
    static KITS: [&Kit; 4] = [&EYEBALLS, &IMPRESSIONIST, &SHAPES, &DOGS];
    &KITS
}

/// The kit of this name, if there is one.
pub fn kit(name: &str) -> Option<&'static Kit> {
    kits().iter().find(|kit| kit.name == name).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_picture_follows_from_its_seed() {
        for class in kits().iter().flat_map(|kit| kit.classes) {
            let [first, again, other] = [7, 7, 8].map(class.draw);
            assert!(first == again && first.pixels != other.pixels, "{}", class.name);
        }
    }

    #[test]
    fn pictures_have_their_size_and_colours_from_0_to_1() {
        for kit in kits() {
            assert!(kit.classes.len() >= 2 && crate::kit(kit.name).is_some());
            for class in kit.classes {
                for seed in 0..20 {
                    let Drawing { width, height, pixels, .. } = (class.draw)((seed << 40) | (3 * seed));
                    assert_eq!(pixels.len(), width * height * 3);
                    assert!(pixels.iter().all(|value| (0.0..=1.0).contains(value)), "{} {seed}", class.name);
                    let spread = |values: &[f32]| values.iter().fold(0f32, |most, v| most.max((v - values[0]).abs()));
                    assert!(spread(&pixels) > 0.02, "{} {seed} shows something", class.name);
                }
            }
        }
    }
}
