//! The networks that the user has trained: listed, shown, renamed, deleted, exported.

use std::path::Path;

use oneiric::picture::readable;
use oneiric_zoo::trained::{Card, export};
use serde::Serialize;

use crate::terminal::failure::Failure;
use crate::terminal::stderr::say;
use crate::terminal::stdout::{print, print_json};
use crate::terminal::table::table;
use crate::work::networks::folder;
use crate::work::{tables, whole_file};

/// A network with its card.
#[derive(Serialize)]
pub struct Own {
    name: String,
    #[serde(flatten)]
    card: Card,
}

/// Returns the user's networks; files that cannot be read are reported and left out.
pub fn all() -> Vec<Own> {
    let Ok(folder) = folder() else { return Vec::new() };
    let read = |entry: oneiric_zoo::trained::Entry| match entry.read() {
        Ok((network, card)) => Some(Own { name: network.name, card }),
        Err(e) => {
            say(&format!("warning: {e}"));
            None
        }
    };
    folder.entries().into_iter().filter_map(read).collect()
}

/// The list of them as a text, empty if there are none.
pub fn list(own: &[Own]) -> String {
    if own.is_empty() {
        return String::new();
    }
    let row = |Own { name, card }: &Own| {
        let accuracy = card.result.map_or("-".into(), |result| format!("{:.1}", 100.0 * result.accuracy));
        [name.clone(), card.architecture.to_string(), accuracy, card.title.clone()]
    };
    let rows: Vec<_> = own.iter().map(row).collect();
    format!("\nYour networks:\n\n{}", table(["model", "from", "right %", "classes"], &rows))
}

/// The card of a network as a text.
pub fn about(name: &str, card: &Card) -> String {
    let mut text = format!("{name}, trained here\n");
    let mut line = |what: &str, value: String| text += &format!("{what:<14} {value}\n");
    line("made of", card.architecture.to_string());
    if let Some(parent) = &card.parent {
        line("trained from", format!("{} of {}", parent.from, parent.name));
    }
    line("pictures", format!("{0} x {0} pixels", card.size));
    for class in &card.classes {
        line("class", format!("{}: {} pictures, {} held out", class.name, class.pictures, class.held_out));
    }
    if let Some(result) = &card.result {
        let (right, steps) = (100.0 * result.accuracy, result.steps);
        line("result", format!("{right:.1} % of held-out pictures right after {steps} steps"));
    }
    for (name, value) in card.training.iter().chain(&card.dream) {
        line(name, value.clone());
    }
    text
}

/// Gives a network another name.
pub fn rename(name: &str, new: &str) -> Result<(), Failure> {
    let folder = known(name)?;
    Ok(folder.rename(name, new)?)
}

/// Deletes a network.
pub fn delete(name: &str) -> Result<(), Failure> {
    Ok(known(name)?.delete(name)?)
}

/// Writes a network for PyTorch.
pub fn write(name: &str, path: &Path, overwrite: bool) -> Result<(), Failure> {
    let folder = known(name)?;
    if path.exists() && !overwrite {
        return Err(Failure::input(format!("{} exists already; replace it with --overwrite", readable(path))));
    }
    let file = match tables::network(name)? {
        Some((_, network)) => network.write()?,
        None => {
            let (network, card) = folder.read(name)?;
            export(&card, &network.graph)?
        }
    };
    let written = whole_file::write(path, &file);
    written.map_err(|e| Failure::internal(format!("{}: cannot write: {e}", readable(path))))
}

/// The card as JSON.
pub fn show_json(name: &str, card: Card) -> Result<(), Failure> {
    print_json(&Own { name: name.into(), card })
}

/// The card, then the layers.
pub fn show(name: &str, card: &Card, layers: &str) -> Result<(), Failure> {
    print(&format!("{}\n{layers}", about(name, card)))
}

fn known(name: &str) -> Result<oneiric_zoo::trained::Folder, Failure> {
    let folder = folder()?;
    let names: Vec<String> = folder.entries().into_iter().chain(folder.tables()).map(|entry| entry.name).collect();
    if names.iter().any(|known| known == name) {
        return Ok(folder);
    }
    let known = if names.is_empty() { "you have none yet".into() } else { format!("yours are {}", names.join(", ")) };
    Err(Failure::input(format!("you have no network '{name}'; {known}")))
}
