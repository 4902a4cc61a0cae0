//! The settings of a picture from nothing.

use super::degrade::Degrader;
use super::parameterization::Parameterization;
use super::transform::Warper;
use crate::invalid::{InvalidSetting, count_in_range, decimal, in_range};
use crate::objective::Objective;

/// Shortest and longest side of a picture in pixels.
const SIDES: (usize, usize) = (16, 4096);

/// Most floats per pixel held at a time, for the three channels together: parameters, their gradient and
/// Adam's two means (a third more for a pyramid), planes, spectrum and scale, picture, and the network's input, its
/// gradient, and the input blurred along its rows.
const FLOATS: u64 = 37;

/// The settings of a picture from nothing, without network and objective.
#[derive(Clone, Debug, PartialEq)]
pub struct Imagine {
    /// Width and height in pixels: 16 to 4096 each.
    pub size: (usize, usize),
    /// Steps of the ascent: 0 to 10,000.
    pub steps: usize,
    /// Learning rate, by about which each parameter moves in a step: 1e-6 to 10.
    pub rate: f32,
    /// What the picture is made of.
    pub parameterization: Parameterization,
    /// How fast waves get weaker as they get finer: amplitude `1 / frequency ^ decay`, 0 to 3. Natural pictures have 1; more
    /// is smoother. Pixels and pyramids ignore it.
    pub decay: f32,
    /// Whether the parameters are brightness and colour differences, which are independent in natural pictures, instead of
    /// red, green and blue.
    pub decorrelate: bool,
    /// Whether the network sees the picture slightly transformed at each step. Without transforms, speckle grows.
    pub transforms: bool,
    /// How much the transforms enlarge the picture: at each step by a factor from 1 to this, 1 to 8. Parts of the picture must
    /// then look right as well, and what is seen enlarged cannot be speckle. Ignored without transforms.
    pub zoom: f32,
    /// How much the network's views are blurred: at each step by a Gaussian of another standard deviation from 0 to this, 0 to
    /// 8 pixels. Fine patterns that only this network takes for the object do not survive it. Ignored without transforms.
    pub blur: f32,
    /// Noise that is added to the network's views: its standard deviation, 0 to 1, where 1 is the way from black to white.
    /// Objects become fewer, clearer, and apart from the ground. Ignored without transforms.
    pub noise: f32,
    /// How much the parameters shrink: at each step by this times the rate, 0 to 1. What the network does not hold on to fades
    /// away: objects stand before a calm ground. Decoupled from the gradient as in AdamW (Loshchilov and Hutter, 2019).
    pub l2_decay: f32,
    /// The share of the steps, the last ones, in which the rate falls to zero, 0 to 1. The picture settles between what
    /// single views want.
    pub cooldown: f32,
    /// Whether the picture tiles without a seam.
    pub seamless: bool,
    /// Seed of the initial parameters and of the transforms.
    pub seed: u64,
}

impl Default for Imagine {
    fn default() -> Self {
        Self::of(Parameterization::default())
    }
}

impl Imagine {
    /// The settings that suit this parameterization, tuned by eye; those of lucid except for MaCo.
    pub fn of(parameterization: Parameterization) -> Self {
        let (rate, decay) = if parameterization == Parameterization::Maco { (0.1, 1.25) } else { (0.05, 1.0) };
        Self {
            size: (224, 224),
            steps: 256,
            rate,
            parameterization,
            decay,
            decorrelate: true,
            transforms: true,
            zoom: 1.0,
            blur: 0.0,
            noise: 0.0,
            l2_decay: 0.0,
            cooldown: 0.0,
            seamless: false,
            seed: 0,
        }
    }

    /// The settings that suit all of these objectives, tuned by eye. Classes need waves, many steps, and views of all sizes
    /// everywhere in the picture: with [`of`](Self::of) a network grows them at the border only, if at all, and without zoom as
    /// speckle that no other network recognises. Blur, noise and decay make it draw shapes that others recognise, and the
    /// cooldown keeps what all views agree on.
    pub fn of_objectives(objectives: &[Objective]) -> Self {
        if !objectives.is_empty() && objectives.iter().all(Objective::is_of_classes) {
            let waves = Self::of(Parameterization::Fourier);
            Self {
                rate: 0.03,
                steps: 1536,
                zoom: 3.0,
                blur: 1.0,
                noise: 0.06,
                l2_decay: 0.0333,
                cooldown: 0.5,
                seamless: true,
                ..waves
            }
        } else {
            Self::default()
        }
    }

    /// Checks that every setting is within its bounds.
    ///
    /// # Errors
    /// The first setting that is not.
    pub fn check(&self) -> Result<(), InvalidSetting> {
        for (part, side) in [("width", self.size.0), ("height", self.size.1)] {
            count_in_range("size", side, SIDES.0, SIDES.1).map_err(|error| error.of_part(part))?;
        }
        count_in_range("steps", self.steps, 0, 10_000)?;
        in_range("rate", decimal(self.rate), 1e-6, 10.0)?;
        in_range("decay", decimal(self.decay), 0.0, 3.0)?;
        in_range("zoom", decimal(self.zoom), 1.0, 8.0)?;
        in_range("blur", decimal(self.blur), 0.0, 8.0)?;
        in_range("noise", decimal(self.noise), 0.0, 1.0)?;
        in_range("l2-decay", decimal(self.l2_decay), 0.0, 1.0)?;
        in_range("cooldown", decimal(self.cooldown), 0.0, 1.0)
    }

    /// Returns the peak memory of one picture in bytes, without the network.
    pub fn memory(&self) -> u64 {
        let (width, height) = network_size(self);
        4 * FLOATS * width as u64 * height as u64
    }

    /// The rate of a step, counted from 0.
    pub(super) fn rate_of(&self, step: usize) -> f32 {
        let (left, cooldown) = ((self.steps - step) as f32, self.cooldown * self.steps as f32);
        self.rate * if left < cooldown { left / cooldown } else { 1.0 }
    }

    pub(super) fn degrader(&self) -> Degrader {
        let (blur, noise) = if self.transforms { (self.blur.into(), self.noise.into()) } else { (0.0, 0.0) };
        Degrader::new(network_size(self), blur, noise)
    }

    pub(super) fn warper(&self) -> Warper {
        Warper::new(self.size, self.transforms, self.seamless).with_zoom(self.zoom.into())
    }
}

/// Width and height in pixels of the network's input at each step: the picture, with a margin if there are
/// transforms.
pub fn network_size(settings: &Imagine) -> (usize, usize) {
    settings.warper().input_size()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_falls_over_the_last_steps() {
        let rates = |cooldown| {
            let settings = Imagine { rate: 0.8, steps: 8, cooldown, ..Imagine::default() };
            (0..8).map(|step| settings.rate_of(step)).collect::<Vec<_>>()
        };
        assert_eq!(rates(0.0), [0.8; 8]);
        assert_eq!(rates(0.5), [0.8, 0.8, 0.8, 0.8, 0.8, 0.6, 0.4, 0.2]);
    }

    #[test]
    fn only_classes_get_zoomed_and_degraded_waves_that_tile() {
        let of = |text: &str| Imagine::of_objectives(&[text.parse().unwrap()]);
        for classes in ["class('goldfish')", "lite0:everywhere('daisy') + squeezenet:everywhere('daisy') - 0.5*tv()"] {
            let settings = of(classes);
            assert_eq!((settings.parameterization, settings.seamless), (Parameterization::Fourier, true), "{classes}");
            assert!(settings.zoom > 1.0 && settings.blur > 0.0 && settings.noise > 0.0, "{classes}");
            assert!(settings.l2_decay > 0.0 && settings.cooldown > 0.0, "{classes}");
        }
        for other in ["block9", "class('goldfish') + block9", "tv()"] {
            assert_eq!(of(other), Imagine::default(), "{other}");
        }
    }
}
