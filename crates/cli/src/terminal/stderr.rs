//! Messages on standard error.

use std::io::Write;

/// Prints a message to standard error. A failure to write is ignored.
pub fn say(message: &str) {
    let _ = writeln!(anstream::stderr(), "{message}");
}
