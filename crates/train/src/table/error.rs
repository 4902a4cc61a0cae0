//! What is wrong with a table.

use super::data::{LEAST_ROWS, MOST_CLASSES, MOST_VALUES};
use super::dense::{MOST_LAYERS, MOST_NEURONS};

/// Why a table cannot be read, trained on or answered. Lines are counted from 1, the names of the columns being the first one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TableError {
    /// The file cannot be read.
    #[error("cannot read the table: {0}")]
    Unreadable(String),
    /// The table is larger than what is read.
    #[error("the table has more than {most} {what}; use a part of it")]
    TooLarge {
        /// Bytes, rows or columns.
        what: &'static str,
        /// How many there may be.
        most: u64,
    },
    /// A line that is not text.
    #[error("line {line}: the text is not UTF-8; save the table as CSV in UTF-8")]
    NotText {
        /// The line.
        line: u64,
    },
    /// A row that does not have a cell for each column.
    #[error(
        "line {line}: the row has {cells} cells, not {columns}, one for each column; is a quote or a separator missing?"
    )]
    Ragged {
        /// The line.
        line: u64,
        /// The cells of the row.
        cells: u64,
        /// The number of columns.
        columns: u64,
    },
    /// A cell that is too long for a value.
    #[error("line {line}, column '{column}': the cell has more than {most} bytes; is a quote missing?")]
    LongCell {
        /// The line.
        line: u64,
        /// The name of the column.
        column: String,
        /// How many bytes it may have.
        most: usize,
    },
    /// No line with the names of columns.
    #[error("the table is empty; its first line must name the columns")]
    NoColumns,
    /// Two columns of the same name.
    #[error("two columns have the name '{0}'; rename one")]
    SameName(String),
    /// A column that the table does not have.
    #[error("the table has no column '{name}'; its columns are {}", columns.join(", "))]
    UnknownColumn {
        /// The name that was asked for.
        name: String,
        /// The names of the columns.
        columns: Vec<String>,
    },
    /// No column besides the target.
    #[error("the table has no column besides '{0}' to learn from")]
    NoInputs(String),
    /// A column without values.
    #[error("the column '{0}' is empty; fill it, or leave it out")]
    EmptyColumn(String),
    /// A column with more different values than a network can tell apart.
    #[error(
        "line {line}, column '{column}': '{cell}' is not a number, and the column has more than {MOST_VALUES} different values; \
         write a number in each cell, or leave the column out"
    )]
    ManyValues {
        /// The column.
        column: String,
        /// The line of the first cell that is not a number.
        line: u64,
        /// The cell.
        cell: String,
    },
    /// A column of categories with more values than a network can tell apart.
    #[error("the column '{0}' has more than {MOST_VALUES} different values, too many for categories; leave it out")]
    ManyCategories(String),
    /// A cell of a column of numbers that is not a number.
    #[error("line {line}, column '{column}': '{cell}' is not a number")]
    NotANumber {
        /// The line.
        line: u64,
        /// The column.
        column: String,
        /// The cell.
        cell: String,
    },
    /// Numbers whose mean or deviation is not finite.
    #[error("the numbers of the column '{0}' are too large")]
    HugeNumbers(String),
    /// More inputs than a network has.
    #[error("the columns make {inputs} inputs of a network, and at most {most} are possible; leave some out")]
    ManyInputs {
        /// The number of inputs.
        inputs: usize,
        /// How many there may be.
        most: usize,
    },
    /// Fewer than two classes.
    #[error("the column '{column}' has {}; a network needs two classes to tell apart", only.as_deref().map_or("no value".into(), |only| format!("only the value '{only}'")))]
    OneClass {
        /// The target.
        column: String,
        /// Its only value.
        only: Option<String>,
    },
    /// More classes than a network has.
    #[error("the column '{column}' has {classes} different values; a network names at most {MOST_CLASSES} classes")]
    ManyClasses {
        /// The target.
        column: String,
        /// The number of its values.
        classes: usize,
    },
    /// A class with too few rows.
    #[error("the class '{class}' has {rows} rows that differ and needs at least {LEAST_ROWS}; add more")]
    FewRows {
        /// The class.
        class: String,
        /// The number of its rows.
        rows: usize,
    },
    /// A class in a table to test on that the network does not have.
    #[error("line {line}: '{class}' is not a class of the network; its classes are {}", classes.join(", "))]
    UnknownClass {
        /// The line.
        line: u64,
        /// The class.
        class: String,
        /// The classes of the network.
        classes: Vec<String>,
    },
    /// No rows to answer.
    #[error("the table has no rows")]
    NoRows,
    /// The loss stayed at that of guessing.
    #[error(
        "nothing was learnt in {step} steps: the loss stays at {loss}, as if the network guessed among {classes} classes; \
         use more neurons, another seed or rate, or columns that differ between the classes"
    )]
    NothingLearnt {
        /// The steps.
        step: usize,
        /// The loss.
        loss: String,
        /// The number of classes.
        classes: usize,
    },
    /// Hidden layers that a network cannot have.
    #[error(
        "the layers cannot be '{0}'; write the neurons of 1 to {MOST_LAYERS} hidden layers, 1 to {MOST_NEURONS} each: 16 16; or none"
    )]
    Layers(String),
    /// A file that is not that of a network for tables.
    #[error("it is not a network for tables: {0}")]
    File(String),
}
