//! Several pieces of work at once, each on its own share of the processor threads.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use oneiric::memory;
use rayon::{ThreadPool, ThreadPoolBuilder};

use crate::terminal::failure::Failure;
use crate::terminal::interrupt;

/// How many pieces are done at once: no more than there are threads, than there are pieces, and than the `budget`, or else
/// the free memory, holds if each takes up to `memory` bytes. One small dream a thread is faster than one after the other
/// on all.
pub fn parallel_jobs(pieces: usize, threads: usize, memory: u64, budget: Option<u64>) -> usize {
    let budget = budget.or_else(memory::available);
    let fitting = budget.map_or(usize::MAX, |budget| (budget / memory.max(1)) as usize);
    threads.min(pieces).min(fitting).max(1)
}

/// Does pieces 0, 1, 2… of the work, `jobs` at once. After Ctrl-C no more are begun: of those there is no result.
pub fn run_parallel<T: Send>(
    pieces: usize,
    jobs: usize,
    threads: usize,
    work: impl Fn(usize) -> T + Sync,
) -> Result<Vec<Option<T>>, Failure> {
    let pools = (0..jobs).map(|job| pool(threads / jobs + usize::from(job < threads % jobs)));
    let pools = pools.collect::<Result<Vec<_>, _>>()?;
    let next = AtomicUsize::new(0);
    let results = Mutex::new((0..pieces).map(|_| None).collect::<Vec<_>>());
    let work_on = || {
        while interrupt::check().is_continue() {
            let piece = next.fetch_add(1, Ordering::Relaxed);
            if piece >= pieces {
                break;
            }
            let result = work(piece);
            results.lock().expect("nothing panics while it holds the results")[piece] = Some(result);
        }
    };
    thread::scope(|scope| {
        for pool in &pools {
            scope.spawn(|| pool.install(work_on));
        }
    });
    Ok(results.into_inner().expect("nothing panics while it holds the results"))
}

fn pool(threads: usize) -> Result<ThreadPool, Failure> {
    let pool = ThreadPoolBuilder::new().num_threads(threads).build();
    pool.map_err(|e| Failure::internal(format!("{threads} threads could not be started: {e}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_piece_is_done_once_on_its_share_of_the_threads() {
        let done = run_parallel(20, 2, 5, |piece| (piece, rayon::current_num_threads())).unwrap();
        let done: Vec<_> = done.into_iter().map(Option::unwrap).collect();
        assert!(done.iter().enumerate().all(|(i, (piece, threads))| i == *piece && [2, 3].contains(threads)));
    }

    #[test]
    fn memory_and_the_work_there_is_limit_what_is_done_at_once() {
        assert_eq!(
            [
                parallel_jobs(9, 4, 1, None),
                parallel_jobs(3, 4, 1, None),
                parallel_jobs(9, 4, u64::MAX, None),
                parallel_jobs(9, 4, 10, Some(25))
            ],
            [4, 3, 1, 2]
        );
    }
}
