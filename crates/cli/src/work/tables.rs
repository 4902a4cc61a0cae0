//! Tables: read from files, and what is wrong with them.

use std::fs::File;
use std::io;
use std::path::Path;

use oneiric::picture::readable;
use oneiric_train::table::{Table, TableBounds, TableError, TableNetwork};
use oneiric_zoo::trained::Entry;

use crate::terminal::failure::Failure;
use crate::work::networks::folder;

/// Reads the table in a file, or from standard input if the path is `-`.
pub fn read(path: &Path) -> Result<Table, Failure> {
    let table = if path == Path::new("-") {
        Table::read(io::stdin().lock(), &TableBounds::default())
    } else {
        let file = File::open(path).map_err(|e| failure(path, TableError::Unreadable(e.to_string())))?;
        Table::read(file, &TableBounds::default())
    };
    table.map_err(|e| failure(path, e))
}

/// An error of the table in a file, with the options that help.
pub fn failure(path: &Path, error: TableError) -> Failure {
    let advice = match &error {
        TableError::EmptyColumn(_)
        | TableError::ManyCategories(_)
        | TableError::ManyValues { .. }
        | TableError::ManyInputs { .. } => " with --leave-out",
        _ => "",
    };
    let file = if path == Path::new("-") { "standard input".into() } else { readable(path) };
    Failure::input(format!("{file}: {error}{advice}"))
}

/// The same for any error of a training.
pub fn training_failure(path: &Path, error: oneiric_train::Error) -> Failure {
    match error {
        oneiric_train::Error::Table(error) => failure(path, error),
        error => error.into(),
    }
}

/// The user's networks that answer rows of tables.
pub fn networks() -> Vec<Entry> {
    folder().map_or_else(|_| Vec::new(), |folder| folder.tables())
}

/// The network of this name that answers rows of tables, if there is one.
pub fn network(name: &str) -> Result<Option<(String, TableNetwork)>, Failure> {
    let entry = networks().into_iter().find(|entry| entry.name.eq_ignore_ascii_case(name));
    entry.map(|entry| Ok((entry.name.clone(), load(&entry)?))).transpose()
}

/// Reads the network of a file.
pub fn load(entry: &Entry) -> Result<TableNetwork, Failure> {
    let network = TableNetwork::read(&entry.bytes()?);
    network.map_err(|e| Failure::internal(format!("{}: {e}", readable(&entry.path))))
}
