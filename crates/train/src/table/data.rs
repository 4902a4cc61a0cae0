//! The rows of a table as examples: inputs, classes, and which are held out.

use std::collections::{HashMap, HashSet};

use alphanumeric_sort::compare_str;

use super::cell::{is_missing, number, shown};
use super::column::{Column, ColumnKind, scale};
use super::error::TableError;
use super::parse::Table;
use crate::data::{Split, split};
use crate::error::Error;

/// The most classes of a network for tables.
pub const MOST_CLASSES: usize = 100;
/// The least number of different rows of a class.
pub const LEAST_ROWS: usize = 3;
/// The most values of a column of categories.
pub const MOST_VALUES: usize = 100;
/// The most inputs of a network, and the most input values of all rows.
pub(super) const MOST_INPUTS: usize = 4096;
const MOST_INPUT_VALUES: usize = 64_000_000;

/// What the columns of a table are for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Roles {
    /// The column with the classes.
    pub target: String,
    /// Columns that the network does not see.
    pub left_out: Vec<String>,
    /// Columns that are categories although their cells are numbers.
    pub categories: Vec<String>,
}

/// The rows of a table with their classes. Rows without a class and columns without a name are left out.
#[derive(Clone, Debug)]
pub struct TableData {
    /// What the network sees, in the order of the table.
    pub columns: Vec<Column>,
    /// The classes in natural order.
    pub classes: Vec<String>,
    /// The row of the table that each example is.
    pub rows: Vec<usize>,
    /// The class of each example.
    pub labels: Vec<usize>,
    /// Which examples are trained on and which are held out. Equal rows are on the same side.
    pub split: Split,
    /// The inputs of all examples, one after the other.
    inputs: Vec<f32>,
}

impl TableData {
    /// Prepares a table: finds out what its columns are, holds out about the part `held_out` of each class, chosen by the seed,
    /// and brings numbers to mean 0 and deviation 1 in the rows that are trained on.
    ///
    /// # Errors
    /// What is wrong with the table or the roles.
    pub fn new(table: &Table, roles: &Roles, held_out: f64, seed: u64) -> Result<Self, Error> {
        let target = place(table, &roles.target)?;
        let others = others(table, roles, target)?;
        let rows: Vec<usize> = (0..table.rows()).filter(|&row| !is_missing(table.cell(row, target))).collect();
        let (classes, labels) = classes(table, target, &rows)?;
        let mut columns = Vec::with_capacity(others.len());
        for &at in &others {
            columns.push((at, column(table, at, &rows, roles.categories.contains(&table.columns()[at]))?));
        }
        let inputs = columns.iter().map(|(_, column)| column.inputs()).sum::<usize>();
        let most = MOST_INPUTS.min(MOST_INPUT_VALUES / rows.len().max(1));
        if inputs > most {
            return Err(TableError::ManyInputs { inputs, most }.into());
        }
        let groups = groups(table, &columns, &rows);
        enough(&classes, &labels, &groups)?;
        let split = split(&labels, &groups, held_out, seed)?;
        for (at, column) in &mut columns {
            if let ColumnKind::Number { .. } = column.kind {
                let cells = split.train.iter().map(|&example| table.cell(rows[example], *at));
                column.kind = scale(&column.name, &cells.filter_map(number).collect::<Vec<_>>())?;
            }
        }
        let mut values = Vec::with_capacity(inputs * rows.len());
        for &row in &rows {
            for (at, column) in &columns {
                column.append(table.cell(row, *at), table.line(row), &mut values)?;
            }
        }
        let columns = columns.into_iter().map(|(_, column)| column).collect();
        Ok(Self { columns, classes, rows, labels, split, inputs: values })
    }

    /// The number of inputs of the network.
    pub fn inputs(&self) -> usize {
        self.columns.iter().map(Column::inputs).sum()
    }

    /// The inputs of an example.
    pub fn example(&self, example: usize) -> &[f32] {
        let inputs = self.inputs();
        &self.inputs[example * inputs..][..inputs]
    }
}

fn place(table: &Table, name: &str) -> Result<usize, TableError> {
    let unknown = || TableError::UnknownColumn { name: name.into(), columns: table.named() };
    table.column(name).ok_or_else(unknown)
}

/// The columns that the network sees.
fn others(table: &Table, roles: &Roles, target: usize) -> Result<Vec<usize>, TableError> {
    roles.left_out.iter().chain(&roles.categories).try_for_each(|name| place(table, name).map(|_| ()))?;
    let is_seen = |(at, name): (usize, &String)| {
        (at != target && !name.is_empty() && !roles.left_out.contains(name)).then_some(at)
    };
    let others: Vec<usize> = table.columns().iter().enumerate().filter_map(is_seen).collect();
    if others.is_empty() { Err(TableError::NoInputs(roles.target.clone())) } else { Ok(others) }
}

/// The classes, and that of each row.
fn classes(table: &Table, target: usize, rows: &[usize]) -> Result<(Vec<String>, Vec<usize>), TableError> {
    let column = || table.columns()[target].clone();
    let cell = |&row: &usize| table.cell(row, target);
    let classes = values(rows.iter().map(cell));
    match classes.len() {
        0 | 1 => return Err(TableError::OneClass { column: column(), only: classes.into_iter().next() }),
        classes if classes > MOST_CLASSES => return Err(TableError::ManyClasses { column: column(), classes }),
        _ => {}
    }
    let places: HashMap<&str, usize> = classes.iter().enumerate().map(|(i, class)| (class.as_str(), i)).collect();
    let labels = rows.iter().map(|row| places[cell(row)]).collect();
    Ok((classes, labels))
}

/// Different texts in natural order.
fn values<'a>(cells: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut values: Vec<String> = cells.collect::<HashSet<_>>().into_iter().map(String::from).collect();
    // Texts such as 1 and 01 are equal in natural order.
    values.sort_by(|a, b| compare_str(a, b).then_with(|| a.cmp(b)));
    values
}

/// What a column is. Numbers get their scale later.
fn column(table: &Table, at: usize, rows: &[usize], category: bool) -> Result<Column, TableError> {
    let name = table.columns()[at].clone();
    let present = || rows.iter().filter(|&&row| !is_missing(table.cell(row, at)));
    let count = present().count();
    if count == 0 {
        return Err(TableError::EmptyColumn(name));
    }
    let other = present().find(|&&row| number(table.cell(row, at)).is_none());
    let kind = if other.is_none() && !category {
        ColumnKind::Number { mean: 0.0, deviation: 1.0 }
    } else {
        let values = values(present().map(|&row| table.cell(row, at)));
        match other {
            _ if values.len() <= MOST_VALUES => {}
            Some(&row) if !category => {
                let (line, cell) = (table.line(row), shown(table.cell(row, at)));
                return Err(TableError::ManyValues { column: name, line, cell });
            }
            _ => return Err(TableError::ManyCategories(name)),
        }
        ColumnKind::Category { values }
    };
    Ok(Column { name, kind, missing: count < rows.len() })
}

/// The group of each row: equal rows have the same, whatever their class.
fn groups(table: &Table, columns: &[(usize, Column)], rows: &[usize]) -> Vec<usize> {
    let mut groups = HashMap::new();
    let key = |row: usize| {
        let mut key = Vec::new();
        for (at, column) in columns {
            let cell = table.cell(row, *at);
            match (&column.kind, number(cell)) {
                // 1 and 1.0 are equal, and so are 0 and -0.
                (ColumnKind::Number { .. }, Some(number)) => {
                    key.push(b'#');
                    key.extend((number + 0.0).to_le_bytes());
                }
                _ if is_missing(cell) => key.push(b'?'),
                // A cell has no control characters.
                _ => key.extend([b"=", cell.as_bytes(), b"\n"].concat()),
            }
        }
        key
    };
    rows.iter()
        .map(|&row| {
            let next = groups.len();
            *groups.entry(key(row)).or_insert(next)
        })
        .collect()
}

/// Each class needs some rows that differ.
fn enough(classes: &[String], labels: &[usize], groups: &[usize]) -> Result<(), TableError> {
    let mut different = vec![HashSet::new(); classes.len()];
    labels.iter().zip(groups).for_each(|(&class, group)| {
        different[class].insert(group);
    });
    match different.iter().position(|rows| rows.len() < LEAST_ROWS) {
        Some(few) => Err(TableError::FewRows { class: classes[few].clone(), rows: different[few].len() }),
        None => Ok(()),
    }
}
