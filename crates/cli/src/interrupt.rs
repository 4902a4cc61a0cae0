//! Ctrl-C: the first asks the work to end at its next step, the second ends the process.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::failure::Failure;

static ASKED: AtomicBool = AtomicBool::new(false);
/// While a file gets its name, an end of the process would leave the temporary file behind.
static SAVING: AtomicBool = AtomicBool::new(false);

/// From now on Ctrl-C asks for an end. Before, it ends the process, as for any program that waits for its input.
pub fn catch() {
    let handler = || {
        if ASKED.swap(true, Ordering::SeqCst) && !SAVING.load(Ordering::SeqCst) {
            std::process::exit(130);
        }
    };
    // Without a handler Ctrl-C still ends the process; files are whole or not there in any case.
    let _ = ctrlc::set_handler(handler);
}

/// Whether to go on.
pub fn check() -> ControlFlow<()> {
    if ASKED.load(Ordering::SeqCst) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
}

/// Runs `save` to its end, or not at all.
pub fn whole<T>(save: impl FnOnce() -> Result<T, Failure>) -> Result<T, Failure> {
    SAVING.store(true, Ordering::SeqCst);
    let saved = if check().is_break() { Err(Failure::stopped()) } else { save() };
    SAVING.store(false, Ordering::SeqCst);
    saved
}
