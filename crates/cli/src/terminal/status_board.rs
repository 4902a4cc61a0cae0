//! The progress of several dreams: one bar for all on a terminal, otherwise a line for each.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::terminal::progress::{Bar, seconds};
use crate::terminal::stderr::say;

/// Reports the progress of several dreams that run at once.
pub struct StatusBoard {
    bar: Bar,
    /// Whether each dream gets a line of its own.
    lines: bool,
    all: usize,
    ended: AtomicUsize,
    parts: Mutex<Parts>,
}

/// The work of each dream, and how much of it is done.
#[derive(Default)]
struct Parts {
    work: Vec<f64>,
    done: Vec<f64>,
}

impl Parts {
    fn part(&self) -> f64 {
        self.done.iter().sum::<f64>() / self.work.iter().sum::<f64>()
    }
}

impl StatusBoard {
    /// A board for `all` dreams.
    pub fn new(quiet: bool, all: usize) -> Self {
        let bar = Bar::new(quiet);
        let lines = !quiet && !bar.is_shown();
        Self { bar, lines, all, ended: AtomicUsize::new(0), parts: Mutex::default() }
    }

    /// Sets the work of each dream, in any unit.
    pub fn expect(&self, work: Vec<f64>) {
        let done = vec![0.0; work.len()];
        *self.parts.lock().expect("nothing panics while it holds the parts") = Parts { work, done };
    }

    /// Shows the progress of a dream, 0…1.
    pub fn show(&self, index: usize, name: &str, done: f64) {
        let mut parts = self.parts.lock().expect("nothing panics while it holds the parts");
        parts.done[index] = parts.work[index] * done;
        let number = (self.ended.load(Ordering::Relaxed) + 1).min(self.all);
        self.bar.show_part(format!("{number}/{} {name}", self.all), parts.part());
    }

    /// Reports that a dream is done.
    pub fn dreamed(&self, index: usize, name: &str, time: f64) {
        self.line(&format!("{name} {}", seconds(time, 1)));
        self.show(index, name, 1.0);
    }

    /// Reports that a dream failed. The reason follows at the end of the batch.
    pub fn failed(&self, name: &str) {
        self.line(&format!("{name} failed"));
    }

    fn line(&self, text: &str) {
        let number = self.ended.fetch_add(1, Ordering::Relaxed) + 1;
        if self.lines {
            say(&format!("{number}/{} {text}", self.all));
        }
    }

    /// Removes the bar and returns the seconds since it was created.
    pub fn finish(&self) -> f64 {
        self.bar.finish()
    }
}
