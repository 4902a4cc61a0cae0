//! How far a round of pictures is: a bar over all where it can be drawn, else a line for each.

use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use oneiric::picture::readable;

use super::Task;
use crate::output::say;
use crate::progress::{Bar, seconds};

pub(super) struct Board {
    bar: Bar,
    /// Whether each picture gets its line.
    lines: bool,
    all: usize,
    ended: AtomicUsize,
    parts: Mutex<Parts>,
}

/// The work of each picture and what is done of it.
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
    /// For a round of so many pictures.
    pub fn new(quiet: bool, all: usize) -> Self {
        let bar = Bar::new(quiet);
        let lines = !quiet && !bar.is_shown();
        Self { bar, lines, all, ended: AtomicUsize::new(0), parts: Mutex::default() }
    }

    /// The pictures that will be dreamed on take so much work each.
    pub fn expect(&self, work: Vec<f64>) {
        let done = vec![0.0; work.len()];
        *self.parts.lock().expect("nothing panics while it holds the parts") = Parts { work, done };
    }

    /// Shows which picture is at work and how far it is.
    pub fn show(&self, task: &Task, index: usize, done: f64) {
        let mut parts = self.parts.lock().expect("nothing panics while it holds the parts");
        parts.done[index] = parts.work[index] * done;
        let number = (self.ended.load(Ordering::Relaxed) + 1).min(self.all);
        self.bar.show_part(format!("{number}/{} {}", self.all, name(&task.photo)), parts.part());
    }

    /// Tells that a picture is done.
    pub fn dreamed(&self, task: &Task, index: usize, time: f64) {
        self.line(|| format!("{} {}", name(&task.output), seconds(time, 1)));
        self.show(task, index, 1.0);
    }

    /// Tells that a picture failed; why, is told at the end.
    pub fn failed(&self, task: &Task) {
        self.line(|| format!("{} failed", name(&task.photo)));
    }

    fn line(&self, words: impl FnOnce() -> String) {
        let number = self.ended.fetch_add(1, Ordering::Relaxed) + 1;
        if self.lines {
            say(&format!("{number}/{} {}", self.all, words()));
        }
    }

    /// Takes the bar away.
    pub fn finish(&self) {
        self.bar.finish();
    }
}

fn name(path: &Path) -> String {
    readable(path.file_name().unwrap_or(path.as_os_str()).as_ref()).to_string()
}
