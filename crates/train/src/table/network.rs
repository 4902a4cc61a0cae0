//! A trained network for tables, and its answers.

use oneiric_engine::{Batch, Graph, Plan, Program, Purpose, Session};

use super::card::TableCard;
use super::cell::is_missing;
use super::column::Column;
use super::dense::{DenseLayer, layers, size};
use super::error::TableError;
use super::parse::Table;
use crate::cross_entropy::CrossEntropy;
use crate::error::Error;
use crate::start::SCORES;
use crate::trainer::PICTURES_AT_ONCE;

/// A dense network with its card.
#[derive(Clone, Debug)]
pub struct TableNetwork {
    card: TableCard,
    graph: Graph,
}

impl TableNetwork {
    pub(super) fn new(card: TableCard, graph: Graph) -> Self {
        Self { card, graph }
    }

    /// Its card.
    pub fn card(&self) -> &TableCard {
        &self.card
    }

    /// The same network with entries added to how it was trained.
    #[must_use]
    pub fn with_note(mut self, name: &str, value: String) -> Self {
        self.card.training.insert(name.into(), value);
        self
    }

    /// Its layers with all weights, from the inputs on.
    ///
    /// # Errors
    /// None for a network that was trained or read.
    pub fn layers(&self) -> Result<Vec<DenseLayer<'_>>, Error> {
        layers(&self.graph)
    }

    /// The value of each neuron of each layer for some inputs; those of the last layer are the scores of the classes.
    ///
    /// # Errors
    /// Another number of inputs than the network has.
    pub fn activations(&self, inputs: &[f32]) -> Result<Vec<Vec<f32>>, Error> {
        let names: Vec<&str> = self.graph.layers().collect();
        let mut values = vec![Vec::new(); names.len()];
        Session::new(self.plan(&names, 1)?)?
            .activations(inputs, |layer, map| values[layer] = map.pixel(0, 0).to_vec())?;
        Ok(values)
    }

    /// The probabilities of the classes for the inputs of each row.
    ///
    /// # Errors
    /// Another number of inputs than the network has.
    pub fn probabilities(&self, rows: &[Vec<f32>]) -> Result<Vec<Vec<f64>>, Error> {
        let mut batch = Batch::new(self.plan(&[SCORES], PICTURES_AT_ONCE)?)?;
        let rows: Vec<&[f32]> = rows.iter().map(Vec::as_slice).collect();
        let mut probabilities = Vec::with_capacity(rows.len());
        batch.activations(&rows, |_, _, scores| probabilities.push(CrossEntropy::probabilities_of(scores)))?;
        Ok(probabilities)
    }

    /// Reads the inputs of the network from the rows of a table with the same columns, in any order; others are ignored.
    ///
    /// # Errors
    /// [`TableError::UnknownColumn`] and [`TableError::NoRows`].
    pub fn reader<'a>(&'a self, table: &'a Table) -> Result<RowReader<'a>, TableError> {
        if table.rows() == 0 {
            return Err(TableError::NoRows);
        }
        let place = |column: &'a Column| {
            let unknown = || TableError::UnknownColumn { name: column.name.clone(), columns: table.named() };
            Ok((table.column(&column.name).ok_or_else(unknown)?, column))
        };
        let columns = self.card.columns.iter().map(place).collect::<Result<_, TableError>>()?;
        Ok(RowReader { table, columns, target: table.column(&self.card.target), card: &self.card })
    }

    fn plan(&self, layers: &[&str], rows: usize) -> Result<Plan, Error> {
        let program = Program::new(&self.graph, layers)?;
        Ok(Plan::for_pictures(&program, size(self.card.inputs()), Purpose::Activations, rows)?)
    }
}

/// Turns the rows of a table into inputs of a network.
#[derive(Clone, Debug)]
pub struct RowReader<'a> {
    table: &'a Table,
    /// The columns of the network with their places in the table.
    columns: Vec<(usize, &'a Column)>,
    target: Option<usize>,
    card: &'a TableCard,
}

/// The inputs for a row.
#[derive(Clone, Debug, PartialEq)]
pub struct RowInputs {
    /// The inputs.
    pub values: Vec<f32>,
    /// The first column of categories whose value the network has never seen.
    pub unknown: Option<String>,
}

impl RowReader<'_> {
    /// The inputs for a row.
    ///
    /// # Errors
    /// [`TableError::NotANumber`].
    pub fn inputs(&self, row: usize) -> Result<RowInputs, TableError> {
        let (mut values, mut unknown) = (Vec::with_capacity(self.card.inputs()), None);
        for (at, column) in &self.columns {
            let is_unknown = column.append(self.table.cell(row, *at), self.table.line(row), &mut values)?;
            unknown = unknown.or_else(|| is_unknown.then(|| column.name.clone()));
        }
        Ok(RowInputs { values, unknown })
    }

    /// The class of a row; none if it has none.
    ///
    /// # Errors
    /// [`TableError::UnknownClass`].
    pub fn class(&self, row: usize) -> Result<Option<usize>, TableError> {
        let cell = self.target.map(|target| self.table.cell(row, target)).filter(|cell| !is_missing(cell));
        let Some(cell) = cell else { return Ok(None) };
        let unknown = || TableError::UnknownClass {
            line: self.table.line(row),
            class: cell.into(),
            classes: self.card.class_names(),
        };
        let place = self.card.classes.iter().position(|class| class.name == cell);
        place.map(Some).ok_or_else(unknown)
    }
}
