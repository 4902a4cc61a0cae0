//! Messages on standard error.

use std::fmt::Display;
use std::io::Write;
use std::path::Path;

use oneiric::picture::readable;

/// Prints a message to standard error. A failure to write is ignored.
pub fn say(message: &str) {
    let _ = writeln!(anstream::stderr(), "{message}");
}

/// Prints warnings about the picture of this name.
pub fn warn(name: &Path, warnings: &[impl Display]) {
    for warning in warnings {
        say(&format!("warning: {}: {warning}", readable(name)));
    }
}
