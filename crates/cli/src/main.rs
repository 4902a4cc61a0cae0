//! The binary `oneiric`.
//!
//! - [`command`]: the grammar of the command line and its sub-commands;
//! - [`commands`]: one file or folder for each sub-command: its arguments and its code;
//! - [`args`]: arguments that several sub-commands share;
//! - [`work`]: what several sub-commands share: reading pictures, dreaming on one or many, writing files;
//! - [`terminal`]: messages, tables, progress and Ctrl-C.
//!
//! Results go to standard output, everything else to standard error. An error becomes a
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
