//! What is known about a trained network, in its file.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::architecture::Architecture;
use crate::error::Error;

/// What is known about a trained network. It has no names of files or folders.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Card {
    /// One line about it, such as `eyeball or other`.
    pub title: String,
    /// What it is made of.
    pub architecture: Architecture,
    /// The side of the pictures that it was trained on, in pixels.
    pub size: usize,
    /// The network that it began with, unless it began from scratch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<Parent>,
    /// The classes in the order of the scores.
    pub classes: Vec<ClassCard>,
    /// How it did on pictures that were held out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result: Option<TestResult>,
    /// How it was trained.
    #[serde(default)]
    pub training: BTreeMap<String, String>,
    /// The options of a dream that suits it, by their names.
    #[serde(default)]
    pub dream: BTreeMap<String, String>,
}

/// The network that a trained one began with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parent {
    /// Its name.
    pub name: String,
    /// The SHA-256 of its weights.
    pub sha256: String,
    /// The first layer that was trained.
    pub from: String,
}

/// A class, and how many pictures of it there were.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClassCard {
    /// Its name.
    pub name: String,
    /// Pictures that it was trained on.
    pub pictures: usize,
    /// Pictures that were held out.
    pub held_out: usize,
}

/// The result on held-out pictures.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct TestResult {
    /// The part of the pictures that is named right, 0 to 1.
    pub accuracy: f64,
    /// The mean cross-entropy.
    pub loss: f64,
    /// The expected calibration error, 0 to 1.
    pub calibration: f64,
    /// The steps of the training.
    pub steps: usize,
}

/// The most classes of a network.
const MOST_CLASSES: usize = 1000;
const MOST_BYTES: usize = 1 << 20;

impl Card {
    /// Reads a card.
    ///
    /// # Errors
    /// [`Error::Weights`] if it is not a card, or has fewer than two classes.
    pub fn read(text: &str) -> Result<Self, Error> {
        if text.len() > MOST_BYTES {
            return Err(Error::Weights("its card is too long".into()));
        }
        let card: Self = toml::from_str(text).map_err(|e| Error::Weights(format!("its card: {}", e.message())))?;
        if !(2..=MOST_CLASSES).contains(&card.classes.len()) {
            return Err(Error::Weights(format!(
                "its card has {} classes, not 2 to {MOST_CLASSES}",
                card.classes.len()
            )));
        }
        if !(8..=1024).contains(&card.size) {
            return Err(Error::Weights(format!("its pictures have {} pixels, not 8 to 1024", card.size)));
        }
        Ok(card)
    }

    /// The card as TOML.
    ///
    /// # Panics
    /// Never: everything in a card has a form in TOML.
    pub fn text(&self) -> String {
        toml::to_string(self).expect("a card can be written")
    }

    /// The names of the classes.
    pub fn class_names(&self) -> Vec<String> {
        self.classes.iter().map(|class| class.name.clone()).collect()
    }
}
