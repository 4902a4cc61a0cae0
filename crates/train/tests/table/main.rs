//! Dense networks on tables: from the bytes of a file to answers.

mod answers;
mod page;
mod reading;
mod rows;
mod training;

use oneiric_kits::fruit::{self, Fruit};
use oneiric_train::table::{Roles, Table, TableBounds, TableError, TableSettings, TableTraining};

fn parse(text: &str) -> Result<Table, TableError> {
    Table::parse(text.as_bytes(), &TableBounds::default())
}

/// The table of some fruit.
fn fruit(each: usize) -> Table {
    parse(&fruit::table(&Fruit::basket(each, 5))).unwrap()
}

/// To learn the column `kind`.
fn kind() -> Roles {
    Roles { target: "kind".into(), ..Roles::default() }
}

/// A training that has taken all its steps.
fn trained(table: &Table, settings: TableSettings) -> TableTraining {
    let mut training = TableTraining::new(table, &kind(), settings).unwrap();
    while !training.is_over() {
        training.step().unwrap();
    }
    training
}
