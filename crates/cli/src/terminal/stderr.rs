//! Messages on the standard error.

use std::io::Write;

/// Says something on the standard error. Whether anyone can hear it changes nothing.
pub fn say(words: &str) {
    let _ = writeln!(anstream::stderr(), "{words}");
}
