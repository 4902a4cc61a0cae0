//! Columns as inputs of a network.

use serde::{Deserialize, Serialize};

use super::cell::{is_missing, number, shown};
use super::error::TableError;

/// Numbers further from the mean than this many deviations are taken as if they were at this distance.
const FARTHEST: f64 = 10.0;

/// A column that a network sees.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// What its cells are.
    #[serde(flatten)]
    pub kind: ColumnKind,
    /// Whether cells were missing in the table that it was trained on: then one more input says whether the cell is missing.
    pub missing: bool,
}

/// What the cells of a column are.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum ColumnKind {
    /// Numbers: one input, the distance from the mean in deviations; 0 for a missing cell.
    Number {
        /// The mean of the rows that were trained on.
        mean: f64,
        /// Their standard deviation, or 1 if all are equal.
        deviation: f64,
    },
    /// Some texts: one input for each, 1 for that of the cell and 0 for the others.
    Category {
        /// The texts in natural order.
        values: Vec<String>,
    },
}

impl Column {
    /// The number of inputs.
    pub fn inputs(&self) -> usize {
        let of_kind = match &self.kind {
            ColumnKind::Number { .. } => 1,
            ColumnKind::Category { values } => values.len(),
        };
        of_kind + usize::from(self.missing)
    }

    /// The names of the inputs: `weight`, `colour = red`, `weight is missing`.
    pub fn input_names(&self) -> Vec<String> {
        let name = &self.name;
        let mut names: Vec<String> = match &self.kind {
            ColumnKind::Number { .. } => vec![name.clone()],
            ColumnKind::Category { values } => values.iter().map(|value| format!("{name} = {value}")).collect(),
        };
        names.extend(self.missing.then(|| format!("{name} is missing")));
        names
    }

    /// Appends the inputs for a cell of some line. Returns whether a column of categories does not have the value; its inputs
    /// are 0 then.
    ///
    /// # Errors
    /// [`TableError::NotANumber`].
    pub fn append(&self, cell: &str, line: u64, inputs: &mut Vec<f32>) -> Result<bool, TableError> {
        let absent = is_missing(cell);
        let mut unknown = false;
        match &self.kind {
            ColumnKind::Number { .. } if absent => inputs.push(0.0),
            ColumnKind::Number { mean, deviation } => {
                let not = || TableError::NotANumber { line, column: self.name.clone(), cell: shown(cell) };
                let distance = (number(cell).ok_or_else(not)? - mean) / deviation;
                inputs.push(distance.clamp(-FARTHEST, FARTHEST) as f32);
            }
            ColumnKind::Category { values } => {
                inputs.extend(values.iter().map(|value| f32::from(u8::from(value == cell))));
                unknown = !absent && !values.iter().any(|value| value == cell);
            }
        }
        if self.missing {
            inputs.push(f32::from(u8::from(absent)));
        }
        Ok(unknown)
    }
}

/// Mean and deviation of numbers; 0 and 1 if there are none.
///
/// # Errors
/// [`TableError::HugeNumbers`] of the column `name`.
pub(super) fn scale(name: &str, numbers: &[f64]) -> Result<ColumnKind, TableError> {
    let count = numbers.len().max(1) as f64;
    let mean = numbers.iter().map(|number| number / count).sum::<f64>();
    let deviation = numbers.iter().map(|number| (number - mean).powi(2) / count).sum::<f64>().sqrt();
    if !(mean.is_finite() && deviation.is_finite()) {
        return Err(TableError::HugeNumbers(name.into()));
    }
    // Rounding makes the deviation of equal numbers a little larger than 0.
    let equal = deviation <= 1e-12 * mean.abs();
    Ok(ColumnKind::Number { mean, deviation: if equal { 1.0 } else { deviation } })
}
