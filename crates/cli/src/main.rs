//! The binary `oneiric`: one file a sub-command, and what they share.
//!
//! A command line is parsed in [`args`], which knows the grammar; each sub-command checks the rest of its arguments
//! before the work begins. Results go to the standard output, everything else to the standard error. What goes
//! wrong becomes a [`Failure`], which knows its message and exit code.

mod args;
mod base;
mod batch;
mod bench;
mod blend;
mod board;
mod checkpoint;
mod dream;
mod failure;
mod forecast;
mod imagine;
mod imagine_atlas;
mod input;
mod interrupt;
mod jobs;
mod look;
mod look_sheet;
mod maker;
mod models;
mod npy;
mod output;
mod plan;
mod presets;
mod progress;
mod recipe;
mod remote;
mod search;
mod sheet;
mod shell;
mod studio;
mod sweep;
mod table;
mod watch;
mod words;

use std::process::ExitCode;

use args::Command;
use failure::Failure;

fn main() -> ExitCode {
    match args::parse().and_then(run) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}

fn run(command: Command) -> Result<(), Failure> {
    match command {
        Command::Dream(args) => dream::run(&args),
        Command::Studio(args) => studio::run(&args),
        Command::Watch(args) => watch::run(&args),
        Command::Recipe(args) => recipe::run(&args),
        Command::Imagine(args) => imagine::run(&args),
        Command::Blend(args) => blend::run(&args),
        Command::Sheet(args) => sheet::run(&args),
        Command::Look(args) => look::run(&args),
        Command::Search(args) => search::run(&args),
        Command::Models(args) => models::run(&args),
        Command::Presets(args) => presets::run(&args),
        Command::Bench(args) => bench::run(&args),
        Command::Completions(args) => shell::completions(&args),
        Command::Man(args) => shell::man(&args),
    }
}
