//! Ctrl-C: the first one stops the work at its next step, the second one ends the process.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::terminal::failure::Failure;

/// How often [`wait`] checks for Ctrl-C.
const POLL: Duration = Duration::from_millis(50);

static ASKED: AtomicBool = AtomicBool::new(false);
/// Files that are being saved. Ending the process before one is renamed would leave a temporary file behind.
static SAVING: AtomicUsize = AtomicUsize::new(0);

/// Makes Ctrl-C request a stop from now on. Before this call it ends the process, as usual for a program waiting for
/// input.
pub fn catch() {
    let handler = || {
        if ASKED.swap(true, Ordering::SeqCst) && SAVING.load(Ordering::SeqCst) == 0 {
            std::process::exit(130);
        }
    };
    // Without a handler Ctrl-C still ends the process; files are complete or absent in any case.
    let _ = ctrlc::set_handler(handler);
}

/// Returns `Break` after Ctrl-C.
pub fn check() -> ControlFlow<()> {
    if ASKED.load(Ordering::SeqCst) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
}

/// Waits this long, or until Ctrl-C.
pub fn wait(time: Duration) {
    let until = Instant::now() + time;
    while check().is_continue() && Instant::now() < until {
        thread::sleep(POLL);
    }
}

/// Runs `save` to its end, or not at all after Ctrl-C.
pub fn uninterrupted<T>(save: impl FnOnce() -> Result<T, Failure>) -> Result<T, Failure> {
    SAVING.fetch_add(1, Ordering::SeqCst);
    let saved = if check().is_break() { Err(Failure::stopped()) } else { save() };
    SAVING.fetch_sub(1, Ordering::SeqCst);
    saved
}
