//! How a network is trained: what a person chooses.

use std::collections::BTreeMap;

use oneiric::zoo::trained::Architecture;

use crate::adversary::{Adversary, Norm};
use crate::data::Augmentation;
use crate::error::Error;
use crate::optimizer::Method;
use crate::schedule::Schedule;
use crate::trainer::TrainerSettings;

/// How a network is trained.
#[derive(Clone, Debug, PartialEq)]
pub struct TrainingSettings {
    /// What it is made of.
    pub architecture: Architecture,
    /// The first layer that is trained; every layer if it is empty, only the classifier if it is
    /// [`SCORES`](crate::SCORES).
    pub from: String,
    /// Side of the pictures in pixels, 8 to 512.
    pub size: usize,
    /// Pictures of a step, 1 to 256.
    pub batch: usize,
    /// Steps of the training, 1 to 1,000,000.
    pub steps: usize,
    /// The highest rate.
    pub rate: f32,
    /// The largest L2 change of the adversary for pictures of 112 x 112 pixels; for other sizes it grows with the root of the
    /// number of values. 0 for none.
    pub robust: f32,
    /// Random changes of the pictures.
    pub augmentation: Augmentation,
    /// The part of the pictures that is held out, above 0 and below 1.
    pub held_out: f64,
    /// Evaluations without a better one after which a training ends; it applies without an adversary only, since what a
    /// network dreams gets better while its accuracy stays. 0 to never end early.
    pub patience: usize,
    /// How often the network is evaluated in all.
    pub evaluations: usize,
    /// Seed of everything random.
    pub seed: u64,
}

/// The side for which adversarial bounds are given.
const BOUND_SIDE: f32 = 112.0;
/// The part of the training over which the bound grows.
const RAMP: f64 = 0.25;
/// The longest gradient of a step.
const LONGEST_GRADIENT: f32 = 5.0;

/// A network of many layers forgets what it knows at a higher rate; one that knows nothing learns slowly at a lower one.
const LITE0_RATE: f32 = 1e-4;
const SCRATCH_RATE: f32 = 2e-3;
/// How often each picture is seen, and the fewest and most steps, where nobody chooses them.
const EPOCHS: f64 = 12.0;
const STEPS: (usize, usize) = (400, 2000);

impl TrainingSettings {
    /// What suits a network that begins with `start`: a network of the zoo with the first layer to train, such as
    /// `squeezenet:fire6`, a network alone for all of its layers, or the layers of one from scratch, such as `16 32/2 64/2`.
    ///
    /// # Errors
    /// [`Error::Network`] for an unknown network or layers that cannot be.
    pub fn of_start(start: &str) -> Result<Self, Error> {
        let (network, from) = start.split_once(':').unwrap_or((start, ""));
        let architecture: Architecture = network.parse()?;
        let Self { rate, robust, .. } = Self::dreaming();
        let (rate, robust) = match &architecture {
            Architecture::Scratch(_) => (SCRATCH_RATE, 0.0),
            Architecture::Zoo(name) if name == "lite0" => (LITE0_RATE, robust),
            Architecture::Zoo(_) => (rate, robust),
        };
        Ok(Self { architecture, from: from.into(), rate, robust, ..Self::dreaming() })
    }

    /// The steps in which each of so many pictures is seen `epochs` times, or as often as suits their number.
    pub fn steps_for(&self, pictures: usize, epochs: Option<usize>) -> usize {
        let epoch = (pictures as f64 * (1.0 - self.held_out) / self.batch.max(1) as f64).max(1.0);
        match epochs {
            Some(epochs) => (epoch * epochs as f64).ceil() as usize,
            None => ((EPOCHS * epoch) as usize).clamp(STEPS.0, STEPS.1),
        }
    }

    /// What suits a network that is to be dreamed with: SqueezeNet from `fire6` on, against an adversary.
    pub fn dreaming() -> Self {
        Self {
            architecture: Architecture::Zoo("squeezenet".into()),
            from: "fire6".into(),
            size: 112,
            batch: 16,
            steps: 400,
            rate: 5e-4,
            robust: 1.5,
            augmentation: Augmentation::default(),
            held_out: 0.2,
            patience: 8,
            evaluations: 20,
            seed: 1,
        }
    }

    /// Checks the numbers.
    ///
    /// # Errors
    /// [`Error::Setting`].
    pub fn check(&self) -> Result<(), Error> {
        let check = |name, range, value: f64, fits: bool| {
            if fits { Ok(()) } else { Err(Error::Setting { name, range, value }) }
        };
        let within = |value: usize, least: usize, most: usize| (least..=most).contains(&value);
        check("size", "from 8 to 512", self.size as f64, within(self.size, 8, 512))?;
        check("batch", "from 1 to 256", self.batch as f64, within(self.batch, 1, 256))?;
        check("steps", "from 1 to 1000000", self.steps as f64, within(self.steps, 1, 1_000_000))?;
        check("rate", "above 0, up to 1", self.rate.into(), self.rate > 0.0 && self.rate <= 1.0)?;
        check("robust", "from 0 to 20", self.robust.into(), (0.0..=20.0).contains(&self.robust))?;
        let part = self.held_out;
        check("held-out part", "above 0 and up to 0.9", part, part > 0.0 && part <= 0.9)?;
        self.augmentation.check()
    }

    /// The settings of the trainer.
    pub(crate) fn trainer(&self) -> TrainerSettings {
        let adversary = Adversary {
            norm: Norm::L2,
            bound: self.robust * self.size as f32 / BOUND_SIDE,
            steps: 1,
            ramp: (RAMP * self.steps as f64) as usize,
        };
        TrainerSettings {
            method: Method::AdamW,
            schedule: Schedule { rate: self.rate, warm_up: 20.min(self.steps / 5), steps: self.steps },
            weight_decay: 0.01,
            smoothing: 0.0,
            longest_gradient: LONGEST_GRADIENT,
            adversary: (self.robust > 0.0).then_some(adversary),
        }
    }

    /// Steps from one evaluation to the next.
    pub(crate) fn evaluation_interval(&self) -> usize {
        self.steps.div_ceil(self.evaluations.max(1)).max(1)
    }

    /// The numbers for the card of the network.
    pub(crate) fn report(&self) -> BTreeMap<String, String> {
        let pairs: [(&str, String); 8] = [
            ("steps", self.steps.to_string()),
            ("batch", self.batch.to_string()),
            ("rate", self.rate.to_string()),
            ("method", "adamw".into()),
            ("robust", self.robust.to_string()),
            ("held-out", self.held_out.to_string()),
            ("augmentation", if self.augmentation == Augmentation::NONE { "none" } else { "yes" }.into()),
            ("seed", self.seed.to_string()),
        ];
        pairs.into_iter().map(|(name, value)| (name.into(), value)).collect()
    }
}
