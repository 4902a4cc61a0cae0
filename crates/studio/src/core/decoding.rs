//! The memory that decoded pictures may take at the same time.

use std::fs;
use std::path::Path;
use std::sync::{Condvar, Mutex, MutexGuard};

use oneiric::Limits;
use oneiric::picture::resize::fit_within;
use oneiric::picture::{PictureError, PictureFile};

use super::thumbnails::BASE;
use crate::wire::Problem;

/// A budget in bytes for decoded pictures and their files. Work on them waits for its turn until its pictures fit, in the order
/// of arrival.
pub struct DecodingMemory {
    budget: u64,
    limits: Limits,
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
        let files = Limits::default();
        let limits = Limits { max_file_bytes: files.max_file_bytes.min(budget), ..files };
        Self { budget, limits, state: Mutex::default(), changed: Condvar::new() }
    }

    /// Runs work that opens the picture file at this path, decodes it, and holds up to `pictures` pictures of its size, when
    /// there is memory for them. While it waits, nothing of the file is in memory.
    ///
    /// # Errors
    /// [`PictureError::OverMemoryLimit`] if the budget is too small, and those of the file's header and of the work.
    pub fn run<T>(&self, path: &Path, pictures: u64, work: impl FnOnce() -> Result<T, Problem>) -> Result<T, Problem> {
        let first = self.first_in_line();
        // The header of a TIFF file may be at its end.
        drop(first.wait_for(fs::metadata(path)?.len().min(self.budget)));
        let needed = self.needed(path, pictures)?;
        let _memory = first.take(needed);
        work()
    }

    /// The bytes that such work takes.
    fn needed(&self, path: &Path, pictures: u64) -> Result<u64, Problem> {
        let photo = PictureFile::peek(path, &self.limits)?;
        let needed = photo.reading_at(fit_within(photo.size, Some(BASE))).saturating_mul(pictures);
        if needed > self.budget {
            let ((width, height), megabytes) = (photo.size, |bytes| bytes / 1_000_000);
            let (needed, limit) = (megabytes(needed), megabytes(self.budget));
            return Err(PictureError::OverMemoryLimit { width, height, needed, limit }.into());
        }
        Ok(needed)
    }

    /// Waits until all work that arrived before has begun.
    fn first_in_line(&self) -> First<'_> {
        let mut state = self.state();
        let number = state.arriving;
        state.arriving += 1;
        drop(self.wait_while(state, |state| state.beginning != number));
        First { memory: self }
    }

    fn wait_while<'a>(
        &self,
        state: MutexGuard<'a, State>,
        waits: impl FnMut(&mut State) -> bool,
    ) -> MutexGuard<'a, State> {
        self.changed.wait_while(state, waits).expect("nothing panics while it counts")
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("nothing panics while it counts")
    }
}

/// The first place in the line. The next work gets it when it is dropped.
struct First<'a> {
    memory: &'a DecodingMemory,
}

impl<'a> First<'a> {
    /// Waits until this many bytes are free.
    fn wait_for(&self, bytes: u64) -> MutexGuard<'a, State> {
        let memory = self.memory;
        memory.wait_while(memory.state(), |state| state.used + bytes > memory.budget)
    }

    /// Waits until this many bytes are free, and takes them.
    fn take(self, needed: u64) -> Taken<'a> {
        self.wait_for(needed).used += needed;
        Taken { memory: self.memory, needed }
    }
}

impl Drop for First<'_> {
    fn drop(&mut self) {
        self.memory.state().beginning += 1;
        self.memory.changed.notify_all();
    }
}

/// Bytes in use. Gives them back when it is dropped.
struct Taken<'a> {
    memory: &'a DecodingMemory,
    needed: u64,
}

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        self.memory.state().used -= self.needed;
        self.memory.changed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};
    use std::thread;

    use oneiric::{Format, Picture};

    use super::*;

    #[test]
    fn pictures_never_take_more_than_the_budget_and_each_gets_its_turn() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("grey.png");
        let picture = Picture::filled(100, 80, [0.5; 3]).unwrap();
        std::fs::write(&file, picture.encode(Format::Png, 90).unwrap()).unwrap();
        let one = PictureFile::peek(&file, &Limits::default()).unwrap().reading;
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
        assert!(memory.run(&folder.path().join("missing.png"), 1, || Ok(())).is_err());
        // Work that failed leaves its place in the line.
        assert!(memory.run(&file, 1, || Ok(())).is_ok());
    }
}
