//! What is known about a network for tables, in its file.

use std::collections::BTreeMap;

use oneiric::zoo::trained::TestResult;
use serde::{Deserialize, Serialize};

use super::column::{Column, ColumnKind};
use super::data::{MOST_CLASSES, MOST_INPUTS, MOST_VALUES};
use super::dense;
use super::error::TableError;

/// What is known about a network for tables: all that it needs to answer rows of other tables. It has no names of files.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TableCard {
    /// The column that it answers.
    pub target: String,
    /// The neurons of each hidden layer.
    pub layers: Vec<usize>,
    /// The result on held-out rows.
    pub result: TestResult,
    /// How it was trained.
    pub training: BTreeMap<String, String>,
    /// The columns that it sees.
    pub columns: Vec<Column>,
    /// The classes in the order of the scores.
    pub classes: Vec<TableClass>,
}

/// A class, and how many rows of it there were.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableClass {
    /// Its name.
    pub name: String,
    /// Rows that the network was trained on.
    pub rows: usize,
    /// Rows that were held out.
    pub held_out: usize,
}

impl TableCard {
    /// Reads a card.
    ///
    /// # Errors
    /// [`TableError::File`].
    pub fn read(text: &str) -> Result<Self, TableError> {
        let wrong = |why: &str| Err(TableError::File(format!("its card has {why}")));
        let card: Self = toml::from_str(text).map_err(|e| TableError::File(format!("its card: {}", e.message())))?;
        let is_sound = |column: &Column| match &column.kind {
            ColumnKind::Number { mean, deviation } => mean.is_finite() && deviation.is_finite() && *deviation > 0.0,
            ColumnKind::Category { values } => (1..=MOST_VALUES).contains(&values.len()),
        };
        if !(2..=MOST_CLASSES).contains(&card.classes.len()) {
            return wrong("too few or too many classes");
        }
        if !dense::fits(&card.layers) {
            return wrong("too many layers or neurons");
        }
        if !(card.columns.iter().all(is_sound) && (1..=MOST_INPUTS).contains(&card.inputs())) {
            return wrong("columns that make no inputs");
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

    /// The number of inputs of the network.
    pub fn inputs(&self) -> usize {
        self.columns.iter().map(Column::inputs).sum()
    }

    /// The names of the inputs: `weight`, `colour = red`.
    pub fn input_names(&self) -> Vec<String> {
        self.columns.iter().flat_map(Column::input_names).collect()
    }
}
