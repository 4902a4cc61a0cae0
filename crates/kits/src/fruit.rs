//! The kit `fruit`: a table of fruit, measured as if on a kitchen table.
//!
//! Typical values and their spread are those of the trade: about 170 g for an apple, 65 g for a plum. Diameters follow from
//! weights and densities. Apples are red or green, and oranges, lemons, kiwis and peaches lie between in colour, so that a
//! linear classifier cannot name them all.

use std::fmt;

use crate::random::Random;

const SUBJECT: u32 = 0xf2017;

/// A piece of fruit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fruit {
    /// What it is, one of [`KINDS`].
    pub kind: &'static str,
    /// In grams.
    pub weight: f32,
    /// The longest one, in centimetres.
    pub diameter: f32,
    /// The hue in degrees: 0 is red, 60 yellow, 120 green; purple is below 0.
    pub colour: f32,
    /// The shortest diameter as a part of the longest one.
    pub roundness: f32,
    /// 0 for a smooth skin, 1 for a furry one.
    pub fuzziness: f32,
}

/// The kinds of fruit.
pub const KINDS: [&str; 6] = ["apple", "kiwi", "lemon", "orange", "peach", "plum"];
/// The names of the columns of a table of fruit.
pub const COLUMNS: [&str; 6] = ["weight", "diameter", "colour", "roundness", "fuzziness", "kind"];

/// What the pieces of one kind have in common: means and deviations.
struct Kind {
    weight: [f32; 2],
    /// In grams a cubic centimetre.
    density: f32,
    /// Several where a kind has several colours.
    colours: &'static [[f32; 2]],
    roundness: [f32; 2],
    fuzziness: [f32; 2],
}

/// In the order of [`KINDS`].
static TYPICAL: [Kind; 6] = [
    Kind {
        weight: [170.0, 32.0],
        density: 0.86,
        colours: &[[6.0, 7.0], [88.0, 13.0]],
        roundness: [0.92, 0.03],
        fuzziness: [0.08, 0.04],
    },
    Kind {
        weight: [92.0, 14.0],
        density: 1.03,
        colours: &[[46.0, 8.0]],
        roundness: [0.8, 0.05],
        fuzziness: [0.7, 0.13],
    },
    Kind {
        weight: [112.0, 20.0],
        density: 0.94,
        colours: &[[56.0, 5.0]],
        roundness: [0.74, 0.06],
        fuzziness: [0.07, 0.04],
    },
    Kind {
        weight: [176.0, 32.0],
        density: 0.88,
        colours: &[[33.0, 5.0]],
        roundness: [0.93, 0.03],
        fuzziness: [0.08, 0.04],
    },
    Kind {
        weight: [152.0, 25.0],
        density: 0.97,
        colours: &[[26.0, 9.0]],
        roundness: [0.9, 0.035],
        fuzziness: [0.5, 0.14],
    },
    Kind {
        weight: [66.0, 12.0],
        density: 1.03,
        colours: &[[-35.0, 16.0]],
        roundness: [0.88, 0.05],
        fuzziness: [0.12, 0.05],
    },
];

impl Fruit {
    /// Picks a piece of fruit of a kind, by its place in [`KINDS`]. The same seed gives the same piece.
    ///
    /// # Panics
    /// If there is no such kind.
    pub fn pick(kind: usize, seed: u64) -> Self {
        let (typical, random) = (&TYPICAL[kind], &mut Random::new(seed, SUBJECT + kind as u32));
        let weight = around(typical.weight, random).max(10.0);
        let roundness = around(typical.roundness, random).clamp(0.4, 1.0);
        // A spheroid with one shorter or two shorter axes has the roundness to the power 1 or 2 of the volume of a ball.
        let volume = weight / (typical.density * around([1.0, 0.03], random)) / (roundness * roundness.sqrt());
        let diameter = libm::cbrtf(volume * 6.0 / std::f32::consts::PI);
        let colour = around(typical.colours[random.below(typical.colours.len())], random);
        let fuzziness = around(typical.fuzziness, random).clamp(0.0, 1.0);
        Self {
            kind: KINDS[kind],
            weight: rounded(weight, 1.0),
            diameter: rounded(diameter, 10.0),
            colour: rounded(colour, 1.0),
            roundness: rounded(roundness, 100.0),
            fuzziness: rounded(fuzziness, 100.0),
        }
    }

    /// Picks `each` pieces of every kind; the kinds take turns.
    pub fn basket(each: usize, seed: u64) -> Vec<Self> {
        let piece = |i: usize| Self::pick(i % KINDS.len(), (seed << 32) ^ (i / KINDS.len()) as u64);
        (0..each * KINDS.len()).map(piece).collect()
    }
}

/// A line of a table of comma-separated values.
impl fmt::Display for Fruit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, weight, diameter, colour, roundness, fuzziness } = self;
        write!(f, "{weight:.0},{diameter:.1},{colour:.0},{roundness:.2},{fuzziness:.2},{kind}")
    }
}

/// The table of some fruit: comma-separated values, with the names of the columns first.
pub fn table(fruit: &[Fruit]) -> String {
    let line = |fruit: &Fruit| format!("{fruit}\n");
    format!("{}\n{}", COLUMNS.join(","), fruit.iter().map(line).collect::<String>())
}

/// A number about normally distributed (Irwin and Hall: a sum of twelve), from its mean and deviation.
fn around([mean, deviation]: [f32; 2], random: &mut Random) -> f32 {
    mean + deviation * ((0..12).map(|_| random.unit()).sum::<f32>() - 6.0)
}

fn rounded(value: f32, parts: f32) -> f32 {
    (value * parts).round() / parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_basket() {
        let basket = Fruit::basket(20, 3);
        assert_eq!((basket.len(), &Fruit::basket(20, 3)), (120, &basket));
        assert_ne!(Fruit::basket(20, 4), basket);
        assert_eq!(basket[..6].iter().map(|fruit| fruit.kind).collect::<Vec<_>>(), KINDS);
    }

    #[test]
    fn fruit_is_as_large_and_round_as_fruit() {
        for fruit in Fruit::basket(500, 1) {
            let Fruit { weight, diameter, colour, roundness, fuzziness, .. } = fruit;
            assert!((10.0..350.0).contains(&weight) && (3.0..13.0).contains(&diameter), "{fruit:?}");
            assert!((-120.0..160.0).contains(&colour), "{fruit:?}");
            assert!((0.4..=1.0).contains(&roundness) && (0.0..=1.0).contains(&fuzziness), "{fruit:?}");
        }
    }

    #[test]
    fn a_table_has_a_line_for_each_piece() {
        let text = table(&Fruit::basket(1, 1));
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!((lines.len(), lines[0]), (7, "weight,diameter,colour,roundness,fuzziness,kind"));
        assert!(lines[1].ends_with(",apple") && lines.iter().all(|line| line.split(',').count() == 6), "{text}");
    }
}
