//! The lines of `oneiric train --json`.

use oneiric_train::{Evaluation, Metrics};
use serde::Serialize;

use crate::terminal::failure::Failure;
use crate::terminal::stdout::print;

/// A line of `--json`; `C` is the card of the network.
#[derive(Serialize)]
#[serde(tag = "event", rename_all = "lowercase")]
pub enum Line<'a, C> {
    /// The results on held-out examples at some step.
    Evaluation(&'a Evaluation),
    /// The network of the first look.
    First { name: &'a str, accuracy: f64, seconds: f64 },
    /// The trained network.
    Result { name: &'a str, seconds: f64, steps: usize, stopped: bool, metrics: &'a Metrics, card: &'a C },
}

/// Prints a line.
pub fn json(line: &Line<'_, impl Serialize>) -> Result<(), Failure> {
    let text = serde_json::to_string(line).map_err(|e| Failure::internal(e.to_string()))?;
    print(&(text + "\n"))
}
