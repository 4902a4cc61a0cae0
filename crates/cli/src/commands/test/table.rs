//! The test on the rows of a table, and the answers to them.

use oneiric_train::Metrics;
use oneiric_train::table::{RowReader, Table, TableNetwork};
use serde::Serialize;

use super::Args;
use crate::terminal::failure::Failure;
use crate::terminal::interrupt;
use crate::terminal::progress::Bar;
use crate::terminal::stderr::say;
use crate::terminal::stdout::{print, print_json};
use crate::work::tables;
use crate::work::trained_report::{Tested, summary};

/// Rows that are answered in one go.
const CHUNK: usize = 4096;

#[derive(Serialize)]
struct Report<'a> {
    network: &'a str,
    classes: &'a [String],
    /// None if no row has a class.
    metrics: Option<Metrics>,
    answers: Vec<Answer<'a>>,
}

/// The answer to a row.
#[derive(Serialize)]
struct Answer<'a> {
    line: u64,
    /// The class in the table, if it has one.
    class: Option<&'a str>,
    /// The class that the network names.
    named: &'a str,
    /// The probability of each class.
    probabilities: Vec<f64>,
}

/// Tests a network on the rows of a table, or answers them if the table has no column of classes.
pub fn run(args: &Args, network: &TableNetwork) -> Result<(), Failure> {
    if args.mistakes.is_some() || args.memory.is_some() {
        return Err(Failure::input("--mistakes and --memory are for pictures, not for tables"));
    }
    let table = tables::read(&args.path)?;
    let reader = network.reader(&table).map_err(|e| tables::failure(&args.path, e))?;
    let classes = network.card().class_names();
    let rows = rows(args, network, &table, &reader)?;
    let metrics = metrics(&rows)?;
    let answer = |row: Row| Answer {
        line: row.line,
        class: row.class.map(|class| classes[class].as_str()),
        named: &classes[highest(&row.probabilities)],
        probabilities: row.probabilities,
    };
    let answers = rows.into_iter().map(answer);
    match metrics {
        metrics if args.json => {
            print_json(&Report { network: &args.model, classes: &classes, metrics, answers: answers.collect() })
        }
        Some(metrics) if !args.answers => print(&summary(&metrics, &classes, Tested::Rows)),
        _ => print(&csv(&network.card().target, &classes, answers)?),
    }
}

/// A row that was answered.
struct Row {
    line: u64,
    class: Option<usize>,
    probabilities: Vec<f64>,
}

fn rows(args: &Args, network: &TableNetwork, table: &Table, reader: &RowReader<'_>) -> Result<Vec<Row>, Failure> {
    let (bar, all) = (Bar::new(args.quiet), table.rows());
    let (mut rows, mut unknown) = (Vec::with_capacity(all), None);
    let wrong = |e| tables::failure(&args.path, e);
    for begin in (0..all).step_by(CHUNK) {
        if interrupt::check().is_break() {
            return Err(Failure::stopped());
        }
        bar.show_part("testing".into(), begin as f64 / all as f64);
        let chunk = begin..all.min(begin + CHUNK);
        let mut inputs = Vec::with_capacity(CHUNK);
        for row in chunk.clone() {
            let read = reader.inputs(row).map_err(wrong)?;
            unknown = unknown.or_else(|| read.unknown.map(|column| (table.line(row), column)));
            inputs.push(read.values);
        }
        for (row, probabilities) in chunk.zip(network.probabilities(&inputs)?) {
            rows.push(Row { line: table.line(row), class: reader.class(row).map_err(wrong)?, probabilities });
        }
    }
    bar.finish();
    if let (Some((line, column)), false) = (unknown, args.quiet) {
        say(&format!("warning: line {line}: the network has not seen this value of the column '{column}'"));
    }
    Ok(rows)
}

/// The results on the rows that have a class, if there are any.
fn metrics(rows: &[Row]) -> Result<Option<Metrics>, Failure> {
    let tested = || rows.iter().filter_map(|row| Some((row.class?, row.probabilities.clone())));
    let (classes, probabilities): (Vec<usize>, Vec<_>) = tested().unzip();
    Ok(if classes.is_empty() { None } else { Some(Metrics::new(&classes, &probabilities)?) })
}

fn highest(probabilities: &[f64]) -> usize {
    let best = |best: usize, class: usize| if probabilities[class] > probabilities[best] { class } else { best };
    (0..probabilities.len()).fold(0, best)
}

/// The answers as comma-separated values.
fn csv<'a>(target: &str, classes: &[String], answers: impl Iterator<Item = Answer<'a>>) -> Result<String, Failure> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let head = ["line", target].into_iter().chain(classes.iter().map(String::as_str));
    let failed = |e: csv::Error| Failure::internal(e.to_string());
    writer.write_record(head).map_err(failed)?;
    for Answer { line, named, probabilities, .. } in answers {
        let probabilities = probabilities.iter().map(|probability| format!("{probability:.4}"));
        let cells = [line.to_string(), named.to_owned()].into_iter().chain(probabilities);
        writer.write_record(cells).map_err(failed)?;
    }
    let bytes = writer.into_inner().map_err(|e| Failure::internal(e.to_string()))?;
    String::from_utf8(bytes).map_err(|e| Failure::internal(e.to_string()))
}
