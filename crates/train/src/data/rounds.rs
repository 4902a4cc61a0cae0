//! Work on many pictures at once that can be watched and stopped.

use std::ops::ControlFlow;

use rayon::prelude::*;

use crate::error::Error;

/// How far the reading or drawing of pictures is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DataProgress {
    /// The pictures that are done.
    pub done: usize,
    /// All of them.
    pub total: usize,
}

/// What is called between pictures; it may stop the work.
pub(crate) type Watch<'a> = &'a mut dyn FnMut(DataProgress) -> ControlFlow<()>;

/// Does `work` for all items on all threads and returns the results in order. `bytes` says how much memory an item takes
/// meanwhile: items run at the same time if they take `most` together. An item that takes more runs alone.
///
/// # Errors
/// [`Error::Cancelled`] if `watch` says so.
pub(crate) fn in_rounds<I: Sync, T: Send>(
    items: &[I],
    most: u64,
    bytes: impl Fn(&I) -> u64 + Sync,
    work: impl Fn(&I) -> T + Sync,
    watch: Watch<'_>,
) -> Result<Vec<T>, Error> {
    let mut results = Vec::with_capacity(items.len());
    // Some for each thread, so that a long one holds up few.
    for round in items.chunks(8 * rayon::current_num_threads()) {
        let bytes: Vec<u64> = round.par_iter().map(&bytes).collect();
        let mut begin = 0;
        while begin < round.len() {
            let end = begin + fitting(&bytes[begin..], most);
            results.extend(round[begin..end].par_iter().map(&work).collect::<Vec<_>>());
            begin = end;
            if watch(DataProgress { done: results.len(), total: items.len() }).is_break() {
                return Err(Error::Cancelled);
            }
        }
    }
    Ok(results)
}

/// How many of the first items fit together, at least 1.
fn fitting(bytes: &[u64], most: u64) -> usize {
    let sums = bytes.iter().scan(0u64, |sum, bytes| {
        *sum = sum.saturating_add(*bytes);
        Some(*sum)
    });
    sums.take_while(|sum| *sum <= most).count().max(1)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering::SeqCst};

    use super::*;

    #[test]
    fn results_are_in_order_and_memory_is_bounded() {
        let (items, running) = ((0..100).collect::<Vec<u64>>(), AtomicU64::new(0));
        let work = |item: &u64| {
            let together = running.fetch_add(*item, SeqCst) + item;
            assert!(together <= 60.max(*item), "{together} together");
            running.fetch_sub(*item, SeqCst);
            item * 2
        };
        let mut seen = Vec::new();
        let mut watch = |progress: DataProgress| {
            seen.push(progress.done);
            ControlFlow::Continue(())
        };
        let doubled = in_rounds(&items, 60, |item| *item, work, &mut watch).unwrap();
        assert_eq!(doubled, items.iter().map(|item| item * 2).collect::<Vec<_>>());
        assert!(seen.is_sorted() && seen.last() == Some(&100));
    }

    #[test]
    fn the_watcher_can_stop_the_work() {
        let mut watch = |progress: DataProgress| {
            if progress.done > 10 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        let stopped = in_rounds(&[0; 1000], 0, |_| 1, |item| *item, &mut watch);
        assert_eq!(stopped, Err(Error::Cancelled));
    }
}
