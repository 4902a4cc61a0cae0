//! Dense networks that answer rows of a table.
//!
//! The way of a table: [`Table::read`] reads its texts. [`TableData`] finds out what each [`Column`] is, numbers or categories,
//! and holds out some rows. A [`TableTraining`] trains a small dense network, one step at a time, and
//! [`TableTraining::network`] returns it as it is after any step: a [`TableNetwork`], whose weights and activations can be
//! looked at. Its file has a [`TableCard`] with all that is needed to answer other tables.
//!
//! ```
//! use oneiric_train::table::{Roles, Table, TableBounds, TableData, TableSettings, TableTraining};
//!
//! let mut text = String::from("length,kind\n");
//! for i in 0..40 {
//!     text += &format!("{},{}\n", i, if (10..30).contains(&i) { "middle" } else { "end" });
//! }
//! let table = Table::parse(text.as_bytes(), &TableBounds::default())?;
//! let roles = Roles { target: "kind".into(), ..Roles::default() };
//! let settings = TableSettings { hidden: vec![8], steps: 1000, ..TableSettings::default() };
//! let mut training = TableTraining::new(&table, &roles, settings)?;
//! while !training.is_over() {
//!     training.step()?;
//! }
//! let network = training.network()?;
//! assert_eq!(network.layers()?[0].weights.len(), 8, "one weight for each hidden neuron");
//! let answer = &network.probabilities(&[network.reader(&table)?.inputs(20)?.values])?[0];
//! assert!(answer[1] > 0.8, "20 is in the middle");
//! # Ok::<(), oneiric_train::Error>(())
//! ```

mod card;
mod cell;
mod column;
mod data;
mod dense;
mod error;
mod file;
mod network;
mod parse;
mod settings;
mod training;

pub use card::{TableCard, TableClass};
pub use column::{Column, ColumnKind};
pub use data::{LEAST_ROWS, MOST_CLASSES, MOST_VALUES, Roles, TableData};
pub use dense::{DenseLayer, hidden_layers};
pub use error::TableError;
pub use network::{RowInputs, RowReader, TableNetwork};
pub use parse::{Table, TableBounds};
pub use settings::TableSettings;
pub use training::{TableTraining, TrainedTable};
