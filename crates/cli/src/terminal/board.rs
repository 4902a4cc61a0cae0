//! How far several dreams are: a bar over all where it can be drawn, else a line for each.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::terminal::progress::{Bar, seconds};
use crate::terminal::stderr::say;

/// Tells of several dreams that are made at once.
pub struct Board {
    bar: Bar,
    /// Whether each dream gets its line.
    lines: bool,
    all: usize,
    ended: AtomicUsize,
    parts: Mutex<Parts>,
}

/// The work of each dream and what is done of it.
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

impl Board {
    /// For so many dreams.
    pub fn new(quiet: bool, all: usize) -> Self {
        let bar = Bar::new(quiet);
        let lines = !quiet && !bar.is_shown();
        Self { bar, lines, all, ended: AtomicUsize::new(0), parts: Mutex::default() }
    }

    /// Those that are begun take so much work each.
    pub fn expect(&self, work: Vec<f64>) {
        let done = vec![0.0; work.len()];
        *self.parts.lock().expect("nothing panics while it holds the parts") = Parts { work, done };
    }

    /// Shows which dream is at work and how far it is.
    pub fn show(&self, index: usize, name: &str, done: f64) {
        let mut parts = self.parts.lock().expect("nothing panics while it holds the parts");
        parts.done[index] = parts.work[index] * done;
        let number = (self.ended.load(Ordering::Relaxed) + 1).min(self.all);
        self.bar.show_part(format!("{number}/{} {name}", self.all), parts.part());
    }

    /// Tells that a dream is made.
    pub fn dreamed(&self, index: usize, name: &str, time: f64) {
        self.line(&format!("{name} {}", seconds(time, 1)));
        self.show(index, name, 1.0);
    }

    /// Tells that one failed; why, is told at the end.
    pub fn failed(&self, name: &str) {
        self.line(&format!("{name} failed"));
    }

    fn line(&self, words: &str) {
        let number = self.ended.fetch_add(1, Ordering::Relaxed) + 1;
        if self.lines {
            say(&format!("{number}/{} {words}", self.all));
        }
    }

    /// Takes the bar away and tells the seconds since its beginning.
    pub fn finish(&self) -> f64 {
        self.bar.finish()
    }
}
