//! Lets short requests run before long work.
//!
//! Someone at the page waits for previews and the explorer, so these run at once, on the free processors. The running dream
//! pauses for them before its next step, for a short time.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread;
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

use crate::wire::Problem;

/// How long a step of a dream waits at most, so that it continues under any load.
const LONGEST_PAUSE: Duration = Duration::from_millis(50);

/// Shares the processors among requests and the running dream.
pub struct Scheduler {
    processors: usize,
    /// The permits of computations.
    computed: Arc<Semaphore>,
    /// The permits of decoding and encoding, which does not wait for computations.
    encoded: Arc<Semaphore>,
    pending: Arc<PendingCount>,
}

/// Whether the client has gone.
#[derive(Clone, Default)]
pub struct CancelToken(Arc<AtomicBool>);

impl CancelToken {
    /// Returns `Break` if the client has gone.
    pub fn check(&self) -> ControlFlow<()> {
        if self.0.load(Ordering::Relaxed) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}

/// Cancels the work when it is dropped, with the request.
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

/// Counts a request that waits for its answer.
struct PendingRequest(Arc<PendingCount>);

impl PendingRequest {
    fn new(pending: &Arc<PendingCount>) -> Self {
        *pending.count() += 1;
        Self(pending.clone())
    }
}

impl Drop for PendingRequest {
    fn drop(&mut self) {
        *self.0.count() -= 1;
        self.0.changed.notify_all();
    }
}

impl Scheduler {
    /// Creates a scheduler that runs as many computations at once as there are processors.
    pub fn new() -> Self {
        let processors = thread::available_parallelism().map_or(1, usize::from);
        let lane = || Arc::new(Semaphore::new(processors));
        Self { processors, computed: lane(), encoded: lane(), pending: Arc::default() }
    }

    /// Runs a short computation. It can check whether the client still waits.
    ///
    /// # Errors
    /// The error of the work.
    pub async fn compute<T: Send + 'static>(
        &self,
        work: impl FnOnce(&CancelToken) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        self.take_turn(&self.computed, work).await
    }

    /// Runs the decoding or encoding of a picture, which takes hardly any time.
    ///
    /// # Errors
    /// The error of the work.
    pub async fn encode<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        self.take_turn(&self.encoded, |_| work()).await
    }

    async fn take_turn<T: Send + 'static>(
        &self,
        lane: &Arc<Semaphore>,
        work: impl FnOnce(&CancelToken) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        let waiting = PendingRequest::new(&self.pending);
        let permit = lane.clone().acquire_owned().await.map_err(Problem::internal)?;
        let guard = CancelOnDrop(CancelToken::default());
        let cancel = guard.0.clone();
        // A single request gets all processors; the result is the same with any number of threads.
        let threads = (self.processors / *self.pending.count()).max(1);
        let done = spawn_blocking(move || {
            let _turn = (waiting, permit);
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().map_err(Problem::internal)?;
            pool.install(|| work(&cancel))
        });
        let done = done.await.map_err(Problem::internal)?;
        drop(guard);
        done
    }

    /// Waits until no request is pending, at most 50 ms. To be called between two steps of long work.
    pub fn yield_to_requests(&self) {
        let count = self.pending.count();
        drop(self.pending.changed.wait_timeout_while(count, LONGEST_PAUSE, |count| *count > 0));
    }
}
