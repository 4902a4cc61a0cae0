//! Ctrl-C: the first asks the work to end at its next step, the second ends the process.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::terminal::failure::Failure;

/// How soon an end that is asked for wakes who waits.
const NOD: Duration = Duration::from_millis(50);

static ASKED: AtomicBool = AtomicBool::new(false);
/// Files that are being saved. While one gets its name, an end of the process would leave the temporary file behind.
static SAVING: AtomicUsize = AtomicUsize::new(0);

/// From now on Ctrl-C asks for an end. Before, it ends the process, as for any program that waits for its input.
pub fn catch() {
    let handler = || {
        if ASKED.swap(true, Ordering::SeqCst) && SAVING.load(Ordering::SeqCst) == 0 {
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

/// Waits this long, or until Ctrl-C.
pub fn wait(time: Duration) {
    let until = Instant::now() + time;
    while check().is_continue() && Instant::now() < until {
        thread::sleep(NOD);
    }
}

/// Runs `save` to its end, or not at all.
pub fn whole<T>(save: impl FnOnce() -> Result<T, Failure>) -> Result<T, Failure> {
    SAVING.fetch_add(1, Ordering::SeqCst);
    let saved = if check().is_break() { Err(Failure::stopped()) } else { save() };
    SAVING.fetch_sub(1, Ordering::SeqCst);
    saved
}
