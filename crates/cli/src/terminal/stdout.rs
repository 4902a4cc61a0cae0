//! Results on standard output: text, paths and JSON.

use std::io::{self, ErrorKind, Write};
use std::path::Path;

use serde::Serialize;

use super::failure::Failure;

/// Prints text, with styles on a terminal. A closed pipe is not an error.
pub fn print(text: &str) -> Result<(), Failure> {
    let mut stdout = anstream::stdout().lock();
    accept_closed(stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()))
}

/// Prints the exact bytes of a path, for the next program.
pub fn print_path(path: &Path) -> Result<(), Failure> {
    let mut stdout = io::stdout().lock();
    let line = [path.as_os_str().as_encoded_bytes(), b"\n"].concat();
    accept_closed(stdout.write_all(&line).and_then(|()| stdout.flush()))
}

/// Prints one JSON object.
pub fn print_json(object: &impl Serialize) -> Result<(), Failure> {
    let text = serde_json::to_string_pretty(object)
        .map_err(|e| Failure::internal(format!("cannot write this as JSON: {e}")))?;
    print(&(text + "\n"))
}

fn accept_closed(written: io::Result<()>) -> Result<(), Failure> {
    match written {
        Err(e) if e.kind() != ErrorKind::BrokenPipe => Err(Failure::stdout(&e)),
        _ => Ok(()),
    }
}
