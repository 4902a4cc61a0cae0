//! The networks that answer rows of tables: listed and shown.

use oneiric_train::table::{ColumnKind, TableCard, TableNetwork};
use serde::Serialize;

use crate::terminal::failure::Failure;
use crate::terminal::stderr::say;
use crate::terminal::stdout::{print, print_json};
use crate::terminal::table::table;
use crate::work::networks::networks;
use crate::work::tables;

/// A network with its card.
#[derive(Serialize)]
pub struct Own {
    name: String,
    #[serde(flatten)]
    card: TableCard,
}

/// Whether a network of this name answers rows of tables.
pub fn is_one(name: &str) -> bool {
    networks().tables().any(|table| table.eq_ignore_ascii_case(name))
}

/// Returns the networks; files that cannot be read are reported and left out.
pub fn all() -> Vec<Own> {
    let read = |entry: oneiric_zoo::trained::Entry| match tables::load(&entry) {
        Ok(network) => Some(Own { name: entry.name, card: network.card().clone() }),
        Err(e) => {
            say(&format!("warning: {}", e.message()));
            None
        }
    };
    tables::networks().into_iter().filter_map(read).collect()
}

/// The list of them as a text, empty if there are none.
pub fn list(own: &[Own]) -> String {
    if own.is_empty() {
        return String::new();
    }
    let row = |Own { name, card }: &Own| {
        let right = format!("{:.1}", 100.0 * card.result.accuracy);
        [name.clone(), layers(card), right, card.target.clone(), card.class_names().join(", ")]
    };
    let rows: Vec<_> = own.iter().map(row).collect();
    let head = ["network", "hidden layers", "right %", "answers", "classes"];
    format!("\nYour networks for tables, for `oneiric test` only:\n\n{}", table(head, &rows))
}

/// Prints the card of a network and its layers.
pub fn show(name: &str, json: bool) -> Result<(), Failure> {
    let Some((name, network)) = tables::network(name)? else {
        return Err(Failure::input(format!("there is no network '{name}' for tables")));
    };
    match json {
        true => print_json(&Own { name, card: network.card().clone() }),
        false => print(&about(&name, &network)?),
    }
}

fn about(name: &str, network: &TableNetwork) -> Result<String, Failure> {
    let card = network.card();
    let mut text = format!("{name}, trained here\n");
    let mut line = |what: &str, value: String| text += &format!("{what:<14} {value}\n");
    line("answers", card.target.clone());
    line("hidden layers", layers(card));
    for column in &card.columns {
        let kind = match &column.kind {
            ColumnKind::Number { mean, deviation } => format!("about {mean:.4}, deviation {deviation:.4}"),
            ColumnKind::Category { values } => values.join(", "),
        };
        line("column", format!("{}: {kind}{}", column.name, if column.missing { ", or missing" } else { "" }));
    }
    for class in &card.classes {
        line("class", format!("{}: {} rows, {} held out", class.name, class.rows, class.held_out));
    }
    let (right, steps) = (100.0 * card.result.accuracy, card.result.steps);
    line("result", format!("{right:.1} % of held-out rows right after {steps} steps"));
    for (name, value) in &card.training {
        line(name, value.clone());
    }
    let rows: Vec<_> = network
        .layers()?
        .iter()
        .map(|layer| [layer.name, &layer.bias.len().to_string(), &layer.weights.len().to_string()].map(String::from))
        .collect();
    Ok(format!("{text}\n{}", table(["layer", "neurons", "weights"], &rows)))
}

fn layers(card: &TableCard) -> String {
    match &card.layers[..] {
        [] => "none".into(),
        layers => layers.iter().map(usize::to_string).collect::<Vec<_>>().join(" "),
    }
}
