//! Ascent methods: how a step follows from the gradients.

use std::fmt;
use std::str::FromStr;

use crate::invalid::InvalidSetting;
use crate::render::adam::Adam;
use crate::view::jitter::{roll, step, within_headroom};

/// An ascent method.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Ascent {
    /// Along the current gradient.
    #[default]
    Plain,
    /// Along the running mean of the gradients, of which each step keeps this part, 0 to 0.999 (Polyak 1964, with Adam's
    /// correction of the first steps): v = m v + (1 - m) g, over 1 - m^t.
    Momentum(f32),
    /// Along the running mean over the root of the running mean square, value by value (Kingma and Ba 2015,
    /// arXiv:1412.6980): all values move about equally.
    Adam,
}

/// Adam's epsilon, far below the gradient's mean of about 1.
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
        let expected = "plain, momentum:0.9 (from 0 to 0.999) or adam";
        read.ok_or_else(|| InvalidSetting::unreadable("ascent", text, expected))
    }
}

/// The ascent of one picture of one size, with its state.
#[derive(Debug)]
pub struct Climb {
    size: (usize, usize),
    /// The change of a value where the gradient is 1.
    step: f32,
    headroom: f32,
    memory: Memory,
}

/// The state, for the unrolled picture.
#[derive(Debug)]
enum Memory {
    Nothing,
    Mean { kept: f32, steps: i32, mean: Vec<f32>, unrolled: Vec<f32> },
    Adam { adam: Adam, unrolled: Vec<f32> },
}

impl Climb {
    /// Begins an ascent. `size` is (width, height) of the picture, `step` the change of a value where the gradient is 1.
    /// Steps towards 0 or 1 from a distance below `headroom` are shorter, see [`step`].
    pub fn new(ascent: Ascent, size: (usize, usize), step: f32, headroom: f32) -> Self {
        let buffer = || vec![0.0; size.0 * size.1 * 3];
        let memory = match ascent {
            Ascent::Plain => Memory::Nothing,
            Ascent::Momentum(kept) => Memory::Mean { kept, steps: 0, mean: buffer(), unrolled: buffer() },
            Ascent::Adam => {
                let unrolled = buffer();
                Memory::Adam { adam: Adam::new(unrolled.len(), step, EPSILON), unrolled }
            }
        };
        Self { size, step, headroom, memory }
    }

    /// Returns the number of steps, if the method counts them, and the planes of its state.
    pub(crate) fn memory(&self) -> (i32, Vec<&[f32]>) {
        match &self.memory {
            Memory::Nothing => (0, Vec::new()),
            Memory::Mean { steps, mean, .. } => (*steps, vec![mean]),
            Memory::Adam { adam, .. } => {
                let (steps, planes) = adam.memory();
                (steps, planes.to_vec())
            }
        }
    }

    /// Continues from earlier [`memory`](Self::memory). Returns false if that belongs to another kind of ascent.
    pub(crate) fn restore(&mut self, steps: i32, planes: Vec<Vec<f32>>) -> bool {
        let values = self.size.0 * self.size.1 * 3;
        let fits = planes.iter().all(|plane| plane.len() == values);
        match (&mut self.memory, <[_; 1]>::try_from(planes)) {
            (Memory::Nothing, Err(planes)) => planes.is_empty(),
            (Memory::Mean { steps: now, mean, .. }, Ok([before])) if fits => {
                (*now, *mean) = (steps, before);
                true
            }
            (Memory::Adam { adam, .. }, Err(planes)) if fits => {
                <[_; 2]>::try_from(planes).map(|planes| adam.restore(steps, planes)).is_ok()
            }
            _ => false,
        }
    }

    /// Takes one step. `gradient` is that of the picture rolled by `offset`, see [`step`]; `picture` stays within 0…1.
    pub fn step(&mut self, picture: &mut [f32], gradient: &[f32], offset: (isize, isize)) {
        let back = (-offset.0, -offset.1);
        match &mut self.memory {
            Memory::Nothing => step(picture, gradient, self.size, offset, self.step, self.headroom),
            Memory::Mean { kept, steps, mean, unrolled } => {
                roll(gradient, unrolled, self.size, back);
                *steps += 1;
                mean.iter_mut().zip(unrolled).for_each(|(mean, g)| *mean = *kept * *mean + (1.0 - *kept) * *g);
                step(picture, mean, self.size, (0, 0), self.step / (1.0 - kept.powi(*steps)), self.headroom);
            }
            Memory::Adam { adam, unrolled } => {
                roll(gradient, unrolled, self.size, back);
                adam.climb_by(picture, unrolled, |value, change| within_headroom(value, change, self.headroom));
                picture.iter_mut().for_each(|value| *value = value.clamp(0.0, 1.0));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Climbs from the middle along the same gradient, one step after the other.
    fn climbed(ascent: &str, gradient: [f32; 3], steps: usize, headroom: f32) -> [f32; 3] {
        let mut climb = Climb::new(ascent.parse().unwrap(), (1, 1), 0.01, headroom);
        let mut picture = [0.5; 3];
        (0..steps).for_each(|_| climb.step(&mut picture, &gradient, (7, -3)));
        picture
    }

    fn near(got: [f32; 3], expected: [f32; 3]) -> bool {
        got.iter().zip(expected).all(|(got, expected)| (got - expected).abs() < 1e-5)
    }

    #[test]
    fn momentum_adds_up_and_adam_moves_all_values_by_the_same() {
        let gradient = [1.0, -2.0, 0.5];
        assert!(near(climbed("plain", gradient, 2, 0.0), [0.52, 0.46, 0.51]));
        // The mean of equal gradients is the gradient.
        assert!(near(climbed("momentum:0.5", gradient, 2, 0.0), [0.52, 0.46, 0.51]));
        assert!(near(climbed("adam", gradient, 2, 0.0), [0.52, 0.48, 0.52]));
        assert!(near(climbed("adam", [0.0; 3], 2, 0.0), [0.5; 3]));
    }

    #[test]
    fn headroom_keeps_values_from_black_and_white() {
        for ascent in ["plain", "momentum:0.5", "adam"] {
            let clipped = climbed(ascent, [3.0, -3.0, 0.0], 200, 0.0);
            assert!(near(clipped, [1.0, 0.0, 0.5]), "{ascent}: {clipped:?}");
            let [bright, dark, still] = climbed(ascent, [3.0, -3.0, 0.0], 200, 0.5);
            assert!((0.9..1.0).contains(&bright) && (1e-9..0.1).contains(&dark) && still == 0.5, "{ascent}");
            // Far from the bounds it changes nothing.
            assert_eq!(climbed(ascent, [1.0, -2.0, 0.5], 2, 0.2), climbed(ascent, [1.0, -2.0, 0.5], 2, 0.0));
        }
    }

    #[test]
    fn the_memory_belongs_to_the_unrolled_picture() {
        let mut climb = Climb::new(Ascent::Momentum(0.5), (2, 1), 0.1, 0.0);
        let mut picture = [0.5; 6];
        climb.step(&mut picture, &[0.0, 0.0, 0.0, 1.0, 1.0, 1.0], (1, 0));
        climb.step(&mut picture, &[0.0; 6], (0, 0));
        assert_eq!(picture[3..], [0.5; 3]);
        // A whole step, then one along the mean of 1 and 0, where the later counts twice.
        assert!((picture[0] - (0.6 + 0.1 / 3.0)).abs() < 1e-6);
    }

    #[test]
    fn an_ascent_method_is_written_as_it_is_read() {
        for text in ["plain", "momentum:0.8", "adam"] {
            assert_eq!(text.parse::<Ascent>().unwrap().to_string(), text);
        }
        for wrong in ["", "sgd", "momentum:1", "momentum:-1", "momentum:x", "adam:3"] {
            assert!(wrong.parse::<Ascent>().unwrap_err().to_string().contains("momentum:0.9"), "{wrong}");
        }
    }
}
