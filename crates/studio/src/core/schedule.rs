//! Lets short requests run before long work.
//!
//! Someone at the page waits for previews and the explorer, so these run at once, on the free processors. The running dream
//! pauses for them before its next step, for a short time. There are three lanes, so that what someone has clicked on does not
//! wait for the previews of others. In a class, a visitor has one request at a time in each lane, so that nobody waits for all
//! that one visitor wants.

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
    lanes: Lanes,
    pending: Arc<PendingCount>,
    /// The permits of this visitor, one in each lane.
    own: Option<Lanes>,
}

/// Permits to begin.
#[derive(Clone)]
struct Lanes {
    /// Of previews, of which a page shows many.
    preview: Arc<Semaphore>,
    /// Of computations.
    compute: Arc<Semaphore>,
    /// Of decoding, encoding and checks.
    encode: Arc<Semaphore>,
}

impl Lanes {
    /// Creates lanes with this many permits each.
    fn new(permits: usize) -> Self {
        let lane = || Arc::new(Semaphore::new(permits));
        Self { preview: lane(), compute: lane(), encode: lane() }
    }
}

/// Whether the client has gone.
#[derive(Clone, Default)]
pub struct CancelToken(Arc<AtomicBool>);

impl CancelToken {
    /// Returns `Break` if the client has gone.
    pub fn check(&self) -> ControlFlow<()> {
        if self.0.load(Ordering::Relaxed) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    /// The token of a client that has gone.
    #[cfg(test)]
    pub fn of_gone_client() -> Self {
        Self(Arc::new(AtomicBool::new(true)))
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
    /// Creates a scheduler that runs as many requests of each lane at once as there are processors.
    pub fn new() -> Self {
        let processors = thread::available_parallelism().map_or(1, usize::from);
        Self { processors, lanes: Lanes::new(processors), pending: Arc::default(), own: None }
    }

    /// Creates the scheduler of a visitor, who shares the processors with all others and takes one turn at a time.
    pub fn of_visitor(&self) -> Self {
        let Self { processors, lanes, pending, .. } = self;
        Self { processors: *processors, lanes: lanes.clone(), pending: pending.clone(), own: Some(Lanes::new(1)) }
    }

    /// Computes a preview. It can check whether the client still waits.
    ///
    /// # Errors
    /// The error of the work.
    pub async fn preview<T: Send + 'static>(
        &self,
        work: impl FnOnce(&CancelToken) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        self.take_turn(|lanes| &lanes.preview, work).await
    }

    /// Runs a short computation that someone has clicked on. It can check whether the client still waits.
    ///
    /// # Errors
    /// The error of the work.
    pub async fn compute<T: Send + 'static>(
        &self,
        work: impl FnOnce(&CancelToken) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        self.take_turn(|lanes| &lanes.compute, work).await
    }

    /// Runs what takes hardly any time: the decoding or encoding of a picture, the check of a request.
    ///
    /// # Errors
    /// The error of the work.
    pub async fn encode<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        self.take_turn(|lanes| &lanes.encode, |_| work()).await
    }

    async fn take_turn<T: Send + 'static>(
        &self,
        lane: impl Fn(&Lanes) -> &Arc<Semaphore>,
        work: impl FnOnce(&CancelToken) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        let own = match &self.own {
            Some(own) => Some(lane(own).clone().acquire_owned().await.map_err(Problem::internal)?),
            None => None,
        };
        let waiting = PendingRequest::new(&self.pending);
        let permit = lane(&self.lanes).clone().acquire_owned().await.map_err(Problem::internal)?;
        let guard = CancelOnDrop(CancelToken::default());
        let cancel = guard.0.clone();
        // A single request gets all processors; the result is the same with any number of threads.
        let threads = (self.processors / *self.pending.count()).max(1);
        let done = spawn_blocking(move || {
            let _turn = (own, waiting, permit);
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
