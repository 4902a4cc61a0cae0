//! How a network for tables is trained: what a person chooses.

use std::collections::BTreeMap;

use super::dense;
use super::error::TableError;
use crate::error::Error;
use crate::optimizer::Method;
use crate::schedule::Schedule;
use crate::trainer::TrainerSettings;

/// How a network for tables is trained.
#[derive(Clone, Debug, PartialEq)]
pub struct TableSettings {
    /// The neurons of each hidden layer; none for a linear classifier.
    pub hidden: Vec<usize>,
    /// Rows of a step, 1 to 1024.
    pub batch: usize,
    /// Steps of the training, 1 to 10,000,000.
    pub steps: usize,
    /// The highest rate.
    pub rate: f32,
    /// The part of the rows that is held out, above 0 and up to 0.9.
    pub held_out: f64,
    /// How often the network is evaluated in all.
    pub evaluations: usize,
    /// Seed of everything random.
    pub seed: u64,
}

/// The highest rate for networks with hidden layers, and for linear classifiers: their loss has one minimum only.
const RATE: f32 = 5e-3;
const LINEAR_RATE: f32 = 0.05;

impl Default for TableSettings {
    fn default() -> Self {
        Self::with_layers(vec![16, 16])
    }
}

impl TableSettings {
    /// What suits a network with these hidden layers.
    pub fn with_layers(hidden: Vec<usize>) -> Self {
        let rate = if hidden.is_empty() { LINEAR_RATE } else { RATE };
        Self { hidden, batch: 16, steps: 2000, rate, held_out: 0.2, evaluations: 20, seed: 1 }
    }

    /// Checks the numbers.
    ///
    /// # Errors
    /// [`Error::Setting`] and [`TableError::Layers`].
    pub fn check(&self) -> Result<(), Error> {
        let check = |name, range, value: f64, fits: bool| {
            if fits { Ok(()) } else { Err(Error::Setting { name, range, value }) }
        };
        let within = |value: usize, most: usize| (1..=most).contains(&value);
        check("batch", "from 1 to 1024", self.batch as f64, within(self.batch, 1024))?;
        check("steps", "from 1 to 10000000", self.steps as f64, within(self.steps, 10_000_000))?;
        check("rate", "above 0, up to 1", self.rate.into(), self.rate > 0.0 && self.rate <= 1.0)?;
        let part = self.held_out;
        check("held-out part", "above 0 and up to 0.9", part, part > 0.0 && part <= 0.9)?;
        match dense::fits(&self.hidden) {
            true => Ok(()),
            false => {
                let text = self.hidden.iter().map(usize::to_string).collect::<Vec<_>>().join(" ");
                Err(TableError::Layers(text).into())
            }
        }
    }

    pub(super) fn trainer(&self) -> TrainerSettings {
        TrainerSettings {
            method: Method::AdamW,
            schedule: Schedule { rate: self.rate, warm_up: 20.min(self.steps / 5), steps: self.steps },
            weight_decay: 0.1,
            longest_gradient: 5.0,
            ..TrainerSettings::default()
        }
    }

    /// The numbers for the card of the network.
    pub(super) fn report(&self) -> BTreeMap<String, String> {
        let pairs = [
            ("steps", self.steps.to_string()),
            ("batch", self.batch.to_string()),
            ("rate", self.rate.to_string()),
            ("method", "adamw".into()),
            ("held-out", self.held_out.to_string()),
            ("seed", self.seed.to_string()),
        ];
        pairs.into_iter().map(|(name, value)| (name.into(), value)).collect()
    }
}
