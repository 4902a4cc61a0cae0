//! The progress bar of a dream.

use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use oneiric::DreamProgress;

/// Length of the bar's scale; `DreamProgress::done` is 0…1.
const SCALE: u64 = 1000;
/// The remaining time is not estimated before this much time has passed.
const MIN_ELAPSED: Duration = Duration::from_millis(700);

/// A bar on standard error, if that is a terminal that can move its cursor.
pub struct Bar {
    bar: ProgressBar,
    begun: Instant,
}

impl Bar {
    /// A bar at 0 %.
    pub fn new(quiet: bool) -> Self {
        let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        let target = if quiet || dumb { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
        let bar = ProgressBar::with_draw_target(Some(SCALE), target);
        let style = ProgressStyle::with_template("{prefix}  {wide_bar:.cyan/dim}  {percent:>3} %  {msg}");
        bar.set_style(style.expect("the template is valid").progress_chars("━━─"));
        Self { bar, begun: Instant::now() }
    }

    /// Whether the bar is visible.
    pub fn is_shown(&self) -> bool {
        !self.bar.is_hidden()
    }

    /// Shows the progress of a dream.
    pub fn show(&self, progress: &DreamProgress) {
        let DreamProgress { octave, octaves, iteration, iterations, done, .. } = *progress;
        self.show_part(format!("octave {octave}/{octaves}, step {iteration}/{iterations}"), done);
    }

    /// Shows a label, and the part of all work that is done, 0…1.
    pub fn show_part(&self, work: String, done: f64) {
        self.show_work(work, done);
        let elapsed = self.begun.elapsed();
        if elapsed > MIN_ELAPSED && done > 0.0 {
            let left = elapsed.mul_f64((1.0 - done) / done);
            self.bar.set_message(format!("{} left", seconds(left.as_secs_f64().ceil(), 0)));
        }
    }

    /// The same without an estimate of the remaining time.
    pub fn show_work(&self, work: String, done: f64) {
        self.bar.set_prefix(work);
        self.bar.set_position((done * SCALE as f64) as u64);
    }

    /// Removes the bar and returns the seconds since it was created.
    pub fn finish(&self) -> f64 {
        self.bar.finish_and_clear();
        self.begun.elapsed().as_secs_f64()
    }
}

/// Formats a time: `2.1 s`, `1 min 15 s`, `2 h 1 min`.
pub fn seconds(seconds: f64, digits: usize) -> String {
    let whole = seconds.round() as u64;
    match whole {
        0..60 => format!("{seconds:.digits$} s"),
        60..3600 => format!("{} min {} s", whole / 60, whole % 60),
        _ => format!("{} h {} min", whole / 3600, whole % 3600 / 60),
    }
}

#[cfg(test)]
mod tests {
    use super::seconds;

    #[test]
    fn times_are_short() {
        assert_eq!(seconds(2.07, 1), "2.1 s");
        assert_eq!(seconds(75.2, 1), "1 min 15 s");
        assert_eq!(seconds(7265.0, 0), "2 h 1 min");
    }
}
