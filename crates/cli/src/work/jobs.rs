//! Runs several jobs in parallel, each on its own share of the processor threads.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use oneiric::memory;
use rayon::{ThreadPool, ThreadPoolBuilder};

use crate::terminal::failure::Failure;
use crate::terminal::interrupt;

/// The number of jobs to run in parallel: at most one a thread, at most `pieces`, and at most as many as fit into
/// `budget` bytes, or else into the free memory, if each takes up to `memory` bytes. One small dream a thread is faster
/// than one dream after the other on all threads.
pub fn parallel_jobs(pieces: usize, threads: usize, memory: u64, budget: Option<u64>) -> usize {
    let budget = budget.or_else(memory::available);
    let fitting = budget.map_or(usize::MAX, |budget| (budget / memory.max(1)) as usize);
    threads.min(pieces).min(fitting).max(1)
}

/// Runs `work` with the numbers 0, 1… up to `pieces`, `jobs` in parallel. Each job has a state, which `work` may use from one
/// piece to the next. After Ctrl-C no more pieces are started; their results are `None`.
pub fn run_parallel<S: Default, T: Send>(
    pieces: usize,
    jobs: usize,
    threads: usize,
    work: impl Fn(&mut S, usize) -> T + Sync,
) -> Result<Vec<Option<T>>, Failure> {
    let pools = (0..jobs).map(|job| pool(threads / jobs + usize::from(job < threads % jobs)));
    let pools = pools.collect::<Result<Vec<_>, _>>()?;
    let next = AtomicUsize::new(0);
    let results = Mutex::new((0..pieces).map(|_| None).collect::<Vec<_>>());
    let work_on = || {
        let mut state = S::default();
        while interrupt::check().is_continue() {
            let piece = next.fetch_add(1, Ordering::Relaxed);
            if piece >= pieces {
                break;
            }
            let result = work(&mut state, piece);
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
    pool.map_err(|e| Failure::internal(format!("cannot start {threads} threads: {e}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_job_runs_once_on_its_share_of_the_threads() {
        let done = run_parallel(20, 2, 5, |(): &mut (), piece| (piece, rayon::current_num_threads())).unwrap();
        let done: Vec<_> = done.into_iter().map(Option::unwrap).collect();
        assert!(done.iter().enumerate().all(|(i, (piece, threads))| i == *piece && [2, 3].contains(threads)));
    }

    #[test]
    fn threads_work_and_memory_limit_the_parallel_jobs() {
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
