//! The binary `oneiric`.
//!
//! - [`command`]: the grammar of the command line and its sub-commands;
//! - [`commands`]: one file or folder a sub-command, its arguments and what it does;
//! - [`args`]: arguments that several sub-commands share;
//! - [`work`]: what several sub-commands do: read pictures, dream on one or many, write files;
//! - [`terminal`]: what the user sees: messages, tables, progress, and Ctrl-C.
//!
//! Results go to the standard output, everything else to the standard error. An error becomes a
//! [`Failure`](terminal::failure::Failure), which has a message and an exit code.

mod args;
mod command;
mod commands;
mod terminal;
mod work;

use std::process::ExitCode;

fn main() -> ExitCode {
    match command::parse().and_then(command::Command::run) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}
