//! The way of a training on a table: rows, steps, the test.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use oneiric::picture::readable;
use oneiric_kits::fruit::{self, Fruit};
use oneiric_train::table::{
    ColumnKind, Roles, Table, TableBounds, TableCard, TableNetwork, TableSettings, TableTraining, TrainedTable,
    hidden_layers,
};
use oneiric_zoo::trained::Folder;

use super::Args;
use super::lines::{self, json};
use super::outputs::{STOPPED, check_out, exists, name};
use super::screen::Screen;
use crate::terminal::failure::Failure;
use crate::terminal::interrupt;
use crate::terminal::progress::seconds;
use crate::terminal::stderr::say;
use crate::terminal::stdout::print;
use crate::work::networks::folder;
use crate::work::trained_report::{Tested, summary};
use crate::work::{tables, whole_file};

type Line<'a> = lines::Line<'a, TableCard>;

/// The kit that is a table, its column with the classes, and the rows of each class.
pub const KIT: &str = "fruit";
const KIT_TARGET: &str = "kind";
const KIT_ROWS: usize = 200;
const MOST_KIT_ROWS: usize = 100_000;
/// How often rows are seen, and the least and most steps.
const EPOCHS: f64 = 30.0;
const STEPS: (usize, usize) = (1000, 20_000);
/// Time between two pictures of the screen: a step takes much less.
const SHOWN: Duration = Duration::from_millis(50);

/// Trains a network on a table.
pub fn run(args: &Args) -> Result<(), Failure> {
    check_options(args)?;
    let name = name(args)?;
    let folder = folder()?;
    if !args.overwrite && folder.has(&name) && !was_stopped(&folder, &name) {
        return Err(exists(&name));
    }
    let begun = Instant::now();
    interrupt::catch();
    let (path, table) = table(args, &name)?;
    let roles = roles(args, &path, &table)?;
    let settings = settings(args, table.rows())?;
    let training = TableTraining::new(&table, &roles, settings);
    let mut training = training.map_err(|e| tables::training_failure(&path, e))?;
    if !args.quiet {
        introduce(&path, &table, &training);
    }
    train(args, &path, &mut training)?;
    let stopped = !training.is_over();
    let TrainedTable { mut network, metrics } = training.finish()?;
    if stopped {
        network = network.with_note(STOPPED, format!("{} of {} steps", training.steps(), training.settings().steps));
    }
    folder.save_table(&name, &network.write()?, true)?;
    let (took, card) = (begun.elapsed().as_secs_f64(), network.card());
    if args.json {
        let steps = training.steps();
        json(&Line::Result { name: &name, seconds: took, steps, stopped, metrics: &metrics, card })?;
    } else {
        print(&summary(&metrics, &card.class_names(), Tested::Rows))?;
    }
    if stopped {
        let kept = format!("the network is kept as '{name}' as it is; the same command begins anew");
        return Err(Failure::stopped_with(kept));
    }
    if !args.quiet && !args.json {
        say(&format!("trained '{name}' in {}", seconds(took, 1)));
        say(&format!("answer rows with it: oneiric test {name} TABLE.csv"));
    }
    Ok(())
}

/// Options for pictures do nothing for a table.
fn check_options(args: &Args) -> Result<(), Failure> {
    let given = [
        ("from", args.from.is_some()),
        ("size", args.size.is_some()),
        ("minutes", args.minutes.is_some()),
        ("robust", args.robust.is_some()),
        ("no-augmentation", args.no_augmentation),
        ("photo", args.photo.is_some()),
        ("no-dream", args.no_dream),
        ("no-first", args.no_first),
        ("memory", args.memory.is_some()),
    ];
    match given.iter().find(|(_, given)| *given) {
        Some((option, _)) => Err(Failure::input(format!("--{option} is for pictures, not for tables"))),
        None => Ok(()),
    }
}

fn was_stopped(folder: &Folder, name: &str) -> bool {
    let entry = folder.tables().into_iter().find(|entry| entry.name == name);
    let network = entry.and_then(|entry| tables::load(&entry).ok());
    network.is_some_and(|network: TableNetwork| network.card().training.contains_key(STOPPED))
}

/// The table with the name of its file. That of the kit is drawn and written to NAME.csv.
fn table(args: &Args, name: &str) -> Result<(PathBuf, Table), Failure> {
    if let Some(path) = &args.path {
        return Ok((path.clone(), tables::read(path)?));
    }
    check_out(&args.out)?;
    let path = args.out.join(format!("{name}.csv"));
    let rows = args.pictures.unwrap_or(KIT_ROWS);
    if !(1..=MOST_KIT_ROWS).contains(&rows) {
        return Err(Failure::input(format!("--pictures must be from 1 to {MOST_KIT_ROWS}, not {rows}")));
    }
    let text = fruit::table(&Fruit::basket(rows, args.seed));
    // The same command gives the same table, so that it may be there already.
    let is_same = fs::read(&path).is_ok_and(|old| old == text.as_bytes());
    if path.exists() && !args.overwrite && !is_same {
        return Err(Failure::input(format!("{} exists already; replace it with --overwrite", readable(&path))));
    }
    whole_file::write(&path, text.as_bytes())
        .map_err(|e| Failure::internal(format!("{}: cannot write: {e}", readable(&path))))?;
    let table = Table::parse(text.as_bytes(), &TableBounds::default()).map_err(|e| tables::failure(&path, e))?;
    Ok((path, table))
}

fn roles(args: &Args, path: &Path, table: &Table) -> Result<Roles, Failure> {
    let target = args.target.clone().or_else(|| args.kit.as_ref().map(|_| KIT_TARGET.into()));
    let target = target.ok_or_else(|| {
        let names: Vec<&str> = table.columns().iter().map(String::as_str).filter(|name| !name.is_empty()).collect();
        let columns = names.join(", ");
        Failure::input(format!("{}: add --target with the column to learn, one of {columns}", readable(path)))
    })?;
    Ok(Roles { target, left_out: args.leave_out.clone(), categories: args.category.clone() })
}

fn settings(args: &Args, rows: usize) -> Result<TableSettings, Failure> {
    let layers = args.layers.as_deref().map(hidden_layers).transpose()?;
    let default = layers.map_or_else(TableSettings::default, TableSettings::with_layers);
    let settings = TableSettings {
        batch: args.batch,
        steps: args.steps(rows, EPOCHS, STEPS),
        rate: args.rate.unwrap_or(default.rate),
        held_out: args.held_out,
        seed: args.seed,
        ..default
    };
    settings.check()?;
    Ok(settings)
}

/// Says what the table has, and what is left out.
fn introduce(path: &Path, table: &Table, training: &TableTraining) {
    let data = training.data();
    let (rows, columns) = (data.rows.len(), data.columns.len());
    say(&format!("{}: {rows} rows, {columns} columns, {} classes", readable(path), data.classes.len()));
    let unnamed = table.columns().iter().filter(|name| name.is_empty()).count();
    if unnamed > 0 {
        say(&format!("warning: {unnamed} columns without a name were left out"));
    }
    if rows < table.rows() {
        say(&format!("warning: {} rows without a class were left out", table.rows() - rows));
    }
    for column in &data.columns {
        if let ColumnKind::Category { values } = &column.kind {
            say(&format!("{:>6} different texts in the column {}", values.len(), column.name));
        }
    }
    for (class, name) in data.classes.iter().enumerate() {
        say(&format!("{:>6} rows of {name}", data.labels.iter().filter(|&&label| label == class).count()));
    }
}

fn train(args: &Args, path: &Path, training: &mut TableTraining) -> Result<(), Failure> {
    let mut screen = Screen::new(args.quiet, training.settings().steps, 0, &[]);
    let mut shown = Instant::now();
    while !training.is_over() && interrupt::check().is_continue() {
        let progress = training.step().map_err(|e| tables::training_failure(path, e))?;
        if shown.elapsed() > SHOWN || progress.evaluation.is_some() {
            screen.show(&progress);
            shown = Instant::now();
        }
        if let (true, Some(evaluation)) = (args.json, &progress.evaluation) {
            json(&Line::Evaluation(evaluation))?;
        }
    }
    screen.finish();
    Ok(())
}
