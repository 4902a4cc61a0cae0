//! The memory that decoded pictures may take at the same time.

use std::sync::{Condvar, Mutex, MutexGuard};

use oneiric::picture::resize::fit_within;
use oneiric::picture::{PictureError, PictureFile};

use super::thumbnails::BASE;
use crate::wire::Problem;

/// A budget in bytes for decoded pictures. Work on them waits for its turn until its pictures fit, in the order of arrival.
pub struct DecodingMemory {
    budget: u64,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    /// Bytes in use.
    used: u64,
    /// The number of the next work that arrives, and of the next that begins.
    arriving: u64,
    beginning: u64,
}

impl DecodingMemory {
    /// Creates a budget of this many bytes.
    pub fn new(budget: u64) -> Self {
        Self { budget, state: Mutex::default(), changed: Condvar::new() }
    }

    /// Runs work that decodes this file and holds up to `pictures` pictures of its size, when there is memory for them.
    ///
    /// # Errors
    /// [`PictureError::OverMemoryLimit`] if the budget is too small, and those of the file's header and of the work.
    pub fn run<T>(
        &self,
        file: &PictureFile,
        pictures: u64,
        work: impl FnOnce() -> Result<T, Problem>,
    ) -> Result<T, Problem> {
        let photo = file.memory()?;
        let needed = photo.reading_at(fit_within(photo.size, Some(BASE)));
        let needed = needed.saturating_mul(pictures);
        if needed > self.budget {
            let ((width, height), megabytes) = (photo.size, |bytes| bytes / 1_000_000);
            let (needed, limit) = (megabytes(needed), megabytes(self.budget));
            return Err(PictureError::OverMemoryLimit { width, height, needed, limit }.into());
        }
        let _turn = self.turn(needed);
        work()
    }

    fn turn(&self, needed: u64) -> Turn<'_> {
        let mut state = self.state();
        let number = state.arriving;
        state.arriving += 1;
        let waits = |state: &mut State| state.beginning != number || state.used + needed > self.budget;
        let mut state = self.changed.wait_while(state, waits).expect("nothing panics while it counts");
        state.beginning += 1;
        state.used += needed;
        self.changed.notify_all();
        Turn { memory: self, needed }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("nothing panics while it counts")
    }
}

/// Gives its bytes back when it is dropped.
struct Turn<'a> {
    memory: &'a DecodingMemory,
    needed: u64,
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.memory.state().used -= self.needed;
        self.memory.changed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};
    use std::thread;

    use oneiric::{Format, Limits, Picture};

    use super::*;

    #[test]
    fn pictures_never_take_more_than_the_budget_and_each_gets_its_turn() {
        let picture = Picture::filled(100, 80, [0.5; 3]).unwrap().encode(Format::Png, 90).unwrap();
        let file = PictureFile::from_stream("grey.png", &picture[..], &Limits::default()).unwrap();
        let one = file.memory().unwrap().reading;
        let memory = DecodingMemory::new(5 * one / 2);
        let (running, most) = (AtomicU64::new(0), AtomicU64::new(0));
        thread::scope(|scope| {
            for number in 0..12 {
                let (memory, file, running, most) = (&memory, &file, &running, &most);
                scope.spawn(move || {
                    let pictures = 1 + number % 2;
                    let work = || {
                        let now = running.fetch_add(pictures, Ordering::SeqCst) + pictures;
                        most.fetch_max(now, Ordering::SeqCst);
                        thread::yield_now();
                        running.fetch_sub(pictures, Ordering::SeqCst);
                        Ok(())
                    };
                    memory.run(file, pictures, work).unwrap();
                });
            }
        });
        assert!(most.into_inner() <= 2);
        assert!(memory.run(&file, 3, || Ok(())).is_err());
    }
}
