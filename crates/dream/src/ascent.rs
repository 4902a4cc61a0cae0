//! How a step follows from the gradients so far.

use std::fmt;
use std::str::FromStr;

use crate::jitter::{roll, step};
use crate::settings::InvalidSetting;

/// A way to climb.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Ascent {
    /// Along the gradient of the moment.
    #[default]
    Plain,
    /// Along the running mean of the gradients, of which each step keeps this part, 0 to 0.999: v = m v + (1 - m) g
    /// (Polyak 1964).
    Momentum(f32),
    /// Along the running mean over the root of the running mean square, value by value (Kingma and Ba 2015,
    /// arXiv:1412.6980, with beta 0.9 and 0.999): every value moves about as far.
    Adam,
}

/// Adam's factors of what came before, and what keeps its quotient finite: the gradient has a mean of about 1.
const BETA: [f32; 2] = [0.9, 0.999];
const EPSILON: f32 = 1e-8;

impl fmt::Display for Ascent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Plain => f.write_str("plain"),
            Self::Momentum(kept) => write!(f, "momentum:{kept}"),
            Self::Adam => f.write_str("adam"),
        }
    }
}

impl FromStr for Ascent {
    type Err = InvalidSetting;

    /// `plain`, `momentum`, `momentum:0.9` or `adam`.
    fn from_str(text: &str) -> Result<Self, InvalidSetting> {
        let kept = |text: &str| text.parse().ok().filter(|kept: &f32| (0.0..=0.999).contains(kept));
        let read = match text.trim().split_once(':') {
            None if text.trim() == "plain" => Some(Self::Plain),
            None if text.trim() == "momentum" => Some(Self::Momentum(0.9)),
            None if text.trim() == "adam" => Some(Self::Adam),
            Some(("momentum", number)) => kept(number).map(Self::Momentum),
            _ => None,
        };
        let forms = "write plain, momentum:0.9 (from 0 to 0.999) or adam";
        read.ok_or_else(|| InvalidSetting(format!("'{text}' is no way to climb; {forms}")))
    }
}

/// A climb of one picture of one size, with what it remembers.
#[derive(Debug)]
pub struct Climb {
    ascent: Ascent,
    size: (usize, usize),
    steps: i32,
    unrolled: Vec<f32>,
    mean: Vec<f32>,
    square: Vec<f32>,
}

impl Climb {
    /// Begins; `size` is (width, height) of the picture.
    pub fn new(ascent: Ascent, size: (usize, usize)) -> Self {
        let values = size.0 * size.1 * 3;
        let buffer = |needed: bool| vec![0.0; if needed { values } else { 0 }];
        let remembers = ascent != Ascent::Plain;
        let square = buffer(ascent == Ascent::Adam);
        Self { ascent, size, steps: 0, unrolled: buffer(remembers), mean: buffer(remembers), square }
    }

    /// Takes one step, of `size_of_step` where the gradient is 1. `gradient` is that of the picture rolled by `offset`,
    /// see [`step`]; `picture` stays within 0…1.
    pub fn step(&mut self, picture: &mut [f32], gradient: &[f32], offset: (isize, isize), size_of_step: f32) {
        if self.ascent == Ascent::Plain {
            return step(picture, gradient, self.size, offset, size_of_step);
        }
        roll(gradient, &mut self.unrolled, self.size, (-offset.0, -offset.1));
        self.steps += 1;
        match self.ascent {
            Ascent::Plain => {}
            Ascent::Momentum(kept) => {
                follow(&mut self.mean, &self.unrolled, kept, |g| g);
                step(picture, &self.mean, self.size, (0, 0), size_of_step);
            }
            Ascent::Adam => {
                follow(&mut self.mean, &self.unrolled, BETA[0], |g| g);
                follow(&mut self.square, &self.unrolled, BETA[1], |g| g * g);
                let [mean, square] = BETA.map(|beta| 1.0 / (1.0 - beta.powi(self.steps)));
                for ((to, m), s) in self.unrolled.iter_mut().zip(&self.mean).zip(&self.square) {
                    *to = m * mean / ((s * square).sqrt() + EPSILON);
                }
                step(picture, &self.unrolled, self.size, (0, 0), size_of_step);
            }
        }
    }
}

/// Moves a running mean on.
fn follow(mean: &mut [f32], values: &[f32], kept: f32, of: impl Fn(f32) -> f32) {
    mean.iter_mut().zip(values).for_each(|(mean, value)| *mean = kept * *mean + (1.0 - kept) * of(*value));
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Climbs from the middle along the same gradient, one step after the other.
    fn climbed(ascent: &str, gradient: [f32; 3], steps: usize) -> [f32; 3] {
        let mut climb = Climb::new(ascent.parse().unwrap(), (1, 1));
        let mut picture = [0.5; 3];
        (0..steps).for_each(|_| climb.step(&mut picture, &gradient, (7, -3), 0.01));
        picture
    }

    fn near(got: [f32; 3], expected: [f32; 3]) -> bool {
        got.iter().zip(expected).all(|(got, expected)| (got - expected).abs() < 1e-5)
    }

    #[test]
    fn momentum_gathers_way_and_adam_moves_all_values_alike() {
        let gradient = [1.0, -2.0, 0.5];
        assert!(near(climbed("plain", gradient, 2), [0.52, 0.46, 0.51]));
        // 0.5 of the gradient, then 0.75.
        assert!(near(climbed("momentum:0.5", gradient, 2), [0.5125, 0.475, 0.50625]));
        assert!(near(climbed("adam", gradient, 2), [0.52, 0.48, 0.52]));
        assert!(near(climbed("adam", [0.0; 3], 2), [0.5; 3]));
    }

    #[test]
    fn the_memory_belongs_to_the_picture_not_to_the_rolled_one() {
        let mut climb = Climb::new(Ascent::Momentum(0.5), (2, 1));
        let mut picture = [0.5; 6];
        climb.step(&mut picture, &[0.0, 0.0, 0.0, 1.0, 1.0, 1.0], (1, 0), 0.1);
        climb.step(&mut picture, &[0.0; 6], (0, 0), 0.1);
        assert_eq!(picture[3..], [0.5; 3]);
        assert!((picture[0] - 0.575).abs() < 1e-6);
    }

    #[test]
    fn a_way_is_written_as_it_is_read() {
        for text in ["plain", "momentum:0.8", "adam"] {
            assert_eq!(text.parse::<Ascent>().unwrap().to_string(), text);
        }
        for wrong in ["", "sgd", "momentum:1", "momentum:-1", "momentum:x", "adam:3"] {
            assert!(wrong.parse::<Ascent>().unwrap_err().to_string().contains("momentum:0.9"), "{wrong}");
        }
    }
}
