//! A training from a table to a network.

use oneiric::zoo::trained::TestResult;

use super::card::{TableCard, TableClass};
use super::data::{Roles, TableData};
use super::dense;
use super::error::TableError;
use super::network::TableNetwork;
use super::parse::Table;
use super::settings::TableSettings;
use crate::data::Batches;
use crate::early_stop::{EarlyStop, Evaluation};
use crate::error::Error;
use crate::metrics::Metrics;
use crate::start::SCORES;
use crate::trainer::{Example, Trainer};
use crate::training::Progress;

/// Evaluations without any progress after which a training is given up.
const PATIENCE: usize = 8;
/// The most held-out rows of an evaluation during the training; the last one sees all.
const MOST_EVALUATED: usize = 1000;

/// A dense network that learns from a table.
///
/// The rows of a step are drawn as often as they come in the table, so that the probabilities are right for a class that is
/// rare. All steps are taken, and the network after the last one is the result: held-out rows choose nothing, so that the
/// accuracy on them is honest.
#[derive(Debug)]
pub struct TableTraining {
    data: TableData,
    target: String,
    settings: TableSettings,
    batches: Batches,
    trainer: Trainer,
    stop: EarlyStop,
    history: Vec<Evaluation>,
    /// Sum and number of the losses since the last evaluation.
    losses: (f64, usize),
}

/// A trained network.
#[derive(Clone, Debug)]
pub struct TrainedTable {
    /// The network.
    pub network: TableNetwork,
    /// The results on all held-out rows.
    pub metrics: Metrics,
}

impl TableTraining {
    /// Prepares the training on a table.
    ///
    /// # Errors
    /// Settings out of range, and what is wrong with the table.
    pub fn new(table: &Table, roles: &Roles, settings: TableSettings) -> Result<Self, Error> {
        settings.check()?;
        let data = TableData::new(table, roles, settings.held_out, settings.seed)?;
        let (inputs, classes) = (data.inputs(), data.classes.len());
        let graph = dense::random(inputs, &settings.hidden, classes, settings.seed)?;
        let trained = graph.trainable();
        // One class of all rows: each comes as often as any other.
        let batches = Batches::new(&vec![0; data.rows.len()], &data.split.train, settings.batch, settings.seed)?;
        Ok(Self {
            trainer: Trainer::new(graph, SCORES, &trained, dense::size(inputs), settings.trainer())?,
            batches,
            stop: EarlyStop::new(PATIENCE, classes)?,
            target: roles.target.clone(),
            history: Vec::new(),
            losses: (0.0, 0),
            settings,
            data,
        })
    }

    /// The rows.
    pub fn data(&self) -> &TableData {
        &self.data
    }

    /// The settings.
    pub fn settings(&self) -> &TableSettings {
        &self.settings
    }

    /// The evaluations so far.
    pub fn history(&self) -> &[Evaluation] {
        &self.history
    }

    /// The steps so far.
    pub fn steps(&self) -> usize {
        self.trainer.steps()
    }

    /// Whether all steps are taken.
    pub fn is_over(&self) -> bool {
        self.trainer.steps() >= self.settings.steps
    }

    /// Takes one step, and evaluates the network when that is due.
    ///
    /// # Errors
    /// [`Error::Diverged`] and [`TableError::NothingLearnt`].
    pub fn step(&mut self) -> Result<Progress, Error> {
        let rows = self.batches.batch(self.trainer.steps());
        let example = |&row: &usize| Example { picture: self.data.example(row), class: self.data.labels[row] };
        let report = self.trainer.step(&rows.iter().map(example).collect::<Vec<_>>())?;
        self.losses = (self.losses.0 + report.loss, self.losses.1 + 1);
        let (step, steps) = (self.trainer.steps(), self.settings.steps);
        let interval = steps.div_ceil(self.settings.evaluations.max(1)).max(1);
        let due = step.is_multiple_of(interval) || step == steps;
        let evaluation = if due { Some(self.evaluate(step)?) } else { None };
        Ok(Progress { step, steps, report, evaluation })
    }

    fn evaluate(&mut self, step: usize) -> Result<Evaluation, Error> {
        let held_out = &self.data.split.held_out;
        let every = held_out.len().div_ceil(MOST_EVALUATED).max(1);
        let rows: Vec<usize> = held_out.iter().copied().step_by(every).collect();
        let metrics = self.measure(&rows)?;
        let training_loss = self.losses.0 / self.losses.1.max(1) as f64;
        self.losses = (0.0, 0);
        let evaluation = Evaluation { step, accuracy: metrics.accuracy, loss: metrics.loss, training_loss };
        self.history.push(evaluation);
        self.stop.see(evaluation).map_err(|error| match error {
            Error::Stuck { step, loss, classes } => {
                TableError::NothingLearnt { step, loss: format!("{loss:.3}"), classes }.into()
            }
            error => error,
        })?;
        Ok(evaluation)
    }

    /// Measures the answers for some rows.
    fn measure(&mut self, rows: &[usize]) -> Result<Metrics, Error> {
        let inputs: Vec<&[f32]> = rows.iter().map(|&row| self.data.example(row)).collect();
        let labels: Vec<usize> = rows.iter().map(|&row| self.data.labels[row]).collect();
        Metrics::new(&labels, &self.trainer.classify(&inputs)?)
    }

    /// The network as it is now, with its results on all held-out rows.
    ///
    /// # Errors
    /// None for a training that was made.
    pub fn finish(&mut self) -> Result<TrainedTable, Error> {
        let metrics = self.measure(&self.data.split.held_out.clone())?;
        let result = TestResult {
            accuracy: metrics.accuracy,
            loss: metrics.loss,
            calibration: metrics.calibration.error,
            steps: self.trainer.steps(),
        };
        let network = TableNetwork::new(self.card(result), self.trainer.graph()?);
        Ok(TrainedTable { network, metrics })
    }

    /// The network as it is now.
    ///
    /// # Errors
    /// None for a training that was made.
    pub fn network(&mut self) -> Result<TableNetwork, Error> {
        Ok(self.finish()?.network)
    }

    fn card(&self, result: TestResult) -> TableCard {
        let of_class =
            |rows: &[usize], class: usize| rows.iter().filter(|&&row| self.data.labels[row] == class).count();
        let class = |(class, name): (usize, &String)| TableClass {
            name: name.clone(),
            rows: of_class(&self.data.split.train, class),
            held_out: of_class(&self.data.split.held_out, class),
        };
        TableCard {
            target: self.target.clone(),
            layers: self.settings.hidden.clone(),
            result,
            training: self.settings.report(),
            columns: self.data.columns.clone(),
            classes: self.data.classes.iter().enumerate().map(class).collect(),
        }
    }
}
