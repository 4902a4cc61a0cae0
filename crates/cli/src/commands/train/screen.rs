//! The live screen of a training.

use std::time::Instant;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use oneiric_train::{Evaluation, Progress};

use crate::terminal::progress::seconds;

/// The widest curve, in characters.
const WIDTH: usize = 40;
const STEPS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
/// Weight of the newest loss in the smoothed one.
const NEWEST: f64 = 0.1;

/// Progress, curves of loss and accuracy, time left.
pub struct Screen {
    bar: ProgressBar,
    begun: Instant,
    first: usize,
    losses: Vec<f64>,
    accuracies: Vec<f64>,
    smooth: Option<f64>,
}

impl Screen {
    /// The screen of a training that continues after step `first`.
    pub fn new(quiet: bool, steps: usize, first: usize, history: &[Evaluation]) -> Self {
        let target = if quiet { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr_with_hz(8) };
        let bar = ProgressBar::with_draw_target(Some(steps as u64), target);
        let style = "step {pos}/{len}  {wide_bar:.cyan/dim}  {percent:>3} %  {msg}\n{prefix}";
        bar.set_style(ProgressStyle::with_template(style).expect("the template is valid").progress_chars("━━─"));
        let losses = history.iter().map(|evaluation| evaluation.training_loss).collect();
        let accuracies = history.iter().map(|evaluation| evaluation.accuracy).collect();
        Self { bar, begun: Instant::now(), first, losses, accuracies, smooth: None }
    }

    /// Shows a step.
    pub fn show(&mut self, progress: &Progress) {
        let loss = progress.report.loss;
        let smooth = self.smooth.map_or(loss, |smooth| smooth + NEWEST * (loss - smooth));
        self.smooth = Some(smooth);
        self.losses.push(smooth);
        self.accuracies.extend(progress.evaluation.map(|evaluation| evaluation.accuracy));
        self.bar.set_position(progress.step as u64);
        let done = progress.step - self.first;
        let left = self.begun.elapsed().as_secs_f64() / done as f64 * (progress.steps - progress.step) as f64;
        self.bar.set_message(format!("{} left", seconds(left.ceil(), 0)));
        let accuracy = self.accuracies.last().map_or(String::new(), |accuracy| format!("{:.1} %", 100.0 * accuracy));
        self.bar.set_prefix(format!(
            "loss      {}  {smooth:.3}\naccuracy  {}  {accuracy}",
            curve(&self.losses, 0.0),
            curve(&self.accuracies, 0.0)
        ));
    }

    /// Removes the screen and returns the seconds since it was created.
    pub fn finish(&self) -> f64 {
        self.bar.finish_and_clear();
        self.begun.elapsed().as_secs_f64()
    }
}

/// Values from `least` to their maximum as bars, means of neighbours where there are too many.
fn curve(values: &[f64], least: f64) -> String {
    let group = values.len().div_ceil(WIDTH).max(1);
    let means: Vec<f64> = values.chunks(group).map(|chunk| chunk.iter().sum::<f64>() / chunk.len() as f64).collect();
    let most = means.iter().fold(least, |most, &value| most.max(value));
    let bar = |value: &f64| {
        let part = if most > least { (value - least) / (most - least) } else { 0.0 };
        STEPS[((part * STEPS.len() as f64) as usize).min(STEPS.len() - 1)]
    };
    let bars: String = means.iter().map(bar).collect();
    format!("{bars:WIDTH$}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn curves_fall_and_rise_and_fit_a_line() {
        assert_eq!(curve(&[1.0, 0.5, 0.0], 0.0).trim(), "█▅▁");
        let many: Vec<f64> = (0..1000).map(f64::from).collect();
        let curve = curve(&many, 0.0);
        assert_eq!(curve.chars().count(), WIDTH);
        assert!(curve.starts_with('▁') && curve.ends_with('█'));
    }
}
