//! Whoever waits for an answer comes before long work.
//!
//! Previews and the explorer are asked for by someone who looks at the page: they run at once, with the processors that are
//! free. The dream that runs lets them pass before its next step, for a moment.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread;
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

use crate::wire::Problem;

/// How long a step of a dream waits at most, so that it goes on under any load.
const PATIENCE: Duration = Duration::from_millis(50);

/// Shares the processors.
pub struct Scheduler {
    processors: usize,
    /// For what is computed, and for what is but decoded or encoded: that is not to wait for previews.
    computed: Arc<Semaphore>,
    shown: Arc<Semaphore>,
    asked: Arc<PendingCount>,
}

/// Tells whether whoever asked has gone.
#[derive(Clone, Default)]
pub struct CancelToken(Arc<AtomicBool>);

impl CancelToken {
    /// To go on, or not.
    pub fn check(&self) -> ControlFlow<()> {
        if self.0.load(Ordering::Relaxed) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}

/// Says so when it is dropped.
struct CancelOnDrop(CancelToken);

impl Drop for CancelOnDrop {
    fn drop(&mut self) {
        self.0.0.store(true, Ordering::Relaxed);
    }
}

#[derive(Default)]
struct PendingCount {
    count: Mutex<usize>,
    changed: Condvar,
}

impl PendingCount {
    fn count(&self) -> MutexGuard<'_, usize> {
        self.count.lock().expect("nothing panics while it counts")
    }
}

/// One who is waiting for an answer.
struct PendingRequest(Arc<PendingCount>);

impl PendingRequest {
    fn new(asked: &Arc<PendingCount>) -> Self {
        *asked.count() += 1;
        Self(asked.clone())
    }
}

impl Drop for PendingRequest {
    fn drop(&mut self) {
        *self.0.count() -= 1;
        self.0.changed.notify_all();
    }
}

impl Scheduler {
    /// As many at once as there are processors.
    pub fn new() -> Self {
        let processors = thread::available_parallelism().map_or(1, usize::from);
        let lane = || Arc::new(Semaphore::new(processors));
        Self { processors, computed: lane(), shown: lane(), asked: Arc::default() }
    }

    /// Computes something small for someone who waits for it. The work may ask whether that still holds.
    ///
    /// # Errors
    /// Those of the work.
    pub async fn compute<T: Send + 'static>(
        &self,
        work: impl FnOnce(&CancelToken) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        self.take_turn(&self.computed, work).await
    }

    /// The same for what takes hardly any time.
    ///
    /// # Errors
    /// Those of the work.
    pub async fn encode<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        self.take_turn(&self.shown, |_| work()).await
    }

    async fn take_turn<T: Send + 'static>(
        &self,
        lane: &Arc<Semaphore>,
        work: impl FnOnce(&CancelToken) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        let waiting = PendingRequest::new(&self.asked);
        let permit = lane.clone().acquire_owned().await.map_err(Problem::internal)?;
        let here = CancelOnDrop(CancelToken::default());
        let gone = here.0.clone();
        // Who is alone has all processors: the result is the same with any number of threads.
        let threads = (self.processors / *self.asked.count()).max(1);
        let done = spawn_blocking(move || {
            let _turn = (waiting, permit);
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().map_err(Problem::internal)?;
            pool.install(|| work(&gone))
        });
        let done = done.await.map_err(Problem::internal)?;
        drop(here);
        done
    }

    /// Lets those pass who wait, called between two steps of long work.
    pub fn yield_to_requests(&self) {
        let count = self.asked.count();
        drop(self.asked.changed.wait_timeout_while(count, PATIENCE, |count| *count > 0));
    }
}
