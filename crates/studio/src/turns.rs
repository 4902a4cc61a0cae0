//! Whoever waits for an answer comes before long work.
//!
//! Previews and the explorer are asked for by someone who looks at the page: they run at once, one thread each. The dream
//! that runs lets them pass before its next step.

use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread;
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

use crate::problem::Problem;

/// How long a step of a dream waits at most, so that it goes on under any load.
const PATIENCE: Duration = Duration::from_secs(1);

/// Shares the processors.
pub struct Turns {
    permits: Arc<Semaphore>,
    asked: Arc<Asked>,
}

#[derive(Default)]
struct Asked {
    count: Mutex<usize>,
    changed: Condvar,
}

impl Asked {
    fn count(&self) -> MutexGuard<'_, usize> {
        self.count.lock().expect("nothing panics while it counts")
    }
}

/// One who is waiting for an answer.
struct Waiting(Arc<Asked>);

impl Waiting {
    fn new(asked: &Arc<Asked>) -> Self {
        *asked.count() += 1;
        Self(asked.clone())
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        *self.0.count() -= 1;
        self.0.changed.notify_all();
    }
}

impl Turns {
    /// As many at once as there are processors.
    pub fn new() -> Self {
        let processors = thread::available_parallelism().map_or(1, usize::from);
        Self { permits: Arc::new(Semaphore::new(processors)), asked: Arc::default() }
    }

    /// Does a small piece of work for someone who waits for it.
    ///
    /// # Errors
    /// Those of the work.
    pub async fn ask<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        let waiting = Waiting::new(&self.asked);
        let permit = self.permits.clone().acquire_owned().await.map_err(Problem::ours)?;
        let done = spawn_blocking(move || {
            let _here = (waiting, permit);
            let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().map_err(Problem::ours)?;
            pool.install(work)
        });
        done.await.map_err(Problem::ours)?
    }

    /// Lets those pass who wait, called between two steps of long work.
    pub fn let_pass(&self) {
        let count = self.asked.count();
        drop(self.asked.changed.wait_timeout_while(count, PATIENCE, |count| *count > 0));
    }
}
