//! Wakes the worker when there may be work.

use std::sync::{Condvar, Mutex, MutexGuard};
use std::time::Duration;

/// How long the worker waits before it looks for jobs whose worker has died.
const LONGEST_WAIT: Duration = Duration::from_secs(10);

/// Counts notifications, so that none is lost between a look for work and the wait.
#[derive(Default)]
pub struct WorkSignal {
    count: Mutex<u64>,
    changed: Condvar,
}

impl WorkSignal {
    fn lock(&self) -> MutexGuard<'_, u64> {
        self.count.lock().expect("nothing panics while it counts")
    }

    /// Wakes the worker.
    pub fn notify(&self) {
        *self.lock() += 1;
        self.changed.notify_all();
    }

    /// Returns the number of notifications so far.
    pub fn count(&self) -> u64 {
        *self.lock()
    }

    /// Waits until there are more than `count` notifications, at most ten seconds.
    pub fn wait(&self, count: u64) {
        drop(self.changed.wait_timeout_while(self.lock(), LONGEST_WAIT, |now| *now == count));
    }
}
