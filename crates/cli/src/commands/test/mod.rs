//! `oneiric test`: how well a network names pictures or rows of a table.

mod pictures;
mod table;

use std::path::PathBuf;

use crate::args::{Threads, bytes, tested_names};
use crate::terminal::failure::Failure;
use crate::terminal::interrupt;
use crate::work::tables;

const AFTER_HELP: &str = "\
Examples:
  oneiric test pets more-pets                  the folder has a sub-folder for each class
  oneiric test pets more-pets --mistakes wrong.png
                                               draw what it names wrong
  oneiric test pets more-pets --json           print all numbers
  oneiric test fruit more.csv                  test it on the rows of a table; without the
                                               column of the classes, answer each row
  oneiric test fruit more.csv --answers        answer each row in any case

Answers are CSV: the line of the row, its class, and the probability of each class.";

/// Test a network on pictures, with one sub-folder for each class, or on the rows of a table
#[derive(clap::Args, Debug)]
#[command(after_help = AFTER_HELP)]
pub struct Args {
    /// The network
    #[arg(value_name = "NAME", value_parser = tested_names(), ignore_case = true)]
    model: String,
    /// The folder; the names of its sub-folders are classes of the network. Or a table; - reads it from standard input
    #[arg(value_name = "FOLDER|TABLE.csv")]
    path: PathBuf,
    /// Draw the pictures that it names wrong
    #[arg(long, value_name = "FILE.png")]
    mistakes: Option<PathBuf>,
    /// Of a table: print the answer to each row, although the table has the classes
    #[arg(long)]
    answers: bool,
    /// Memory for the pictures
    #[arg(long, value_name = "SIZE", value_parser = bytes)]
    memory: Option<u64>,
    /// Replace existing files
    #[arg(long)]
    overwrite: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
    /// Print no progress
    #[arg(long, short)]
    quiet: bool,
    #[command(flatten)]
    threads: Threads,
}

pub fn run(args: &Args) -> Result<(), Failure> {
    args.threads.apply()?;
    interrupt::catch();
    match tables::network(&args.model)? {
        Some((_, network)) => table::run(args, &network),
        None => pictures::run(args),
    }
}
