//! How many steps a training takes within some time.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::data::Dataset;
use crate::error::Error;
use crate::settings::TrainingSettings;
use crate::training::Training;

/// Steps of the trial.
const TRIAL: usize = 8;
/// The fewest and the most steps.
const STEPS: (usize, usize) = (50, 100_000);

/// Returns how many steps a training takes within about this time, from the time of a few steps. The number is rounded, so that
/// a machine that is a little faster or slower the next time finds the same one.
///
/// # Errors
/// As [`Training::new`] and [`Training::step`].
pub fn steps_within(time: Duration, data: &Arc<Dataset>, settings: &TrainingSettings) -> Result<usize, Error> {
    let trial = TrainingSettings { steps: TRIAL, evaluations: 1, ..settings.clone() };
    let mut trial = Training::new(data.clone(), trial)?;
    trial.step()?;
    let begun = Instant::now();
    for _ in 2..TRIAL {
        trial.step()?;
    }
    let a_step = begun.elapsed().as_secs_f64() / (TRIAL - 2) as f64;
    let steps = ((time.as_secs_f64() / a_step) as usize).clamp(STEPS.0, STEPS.1);
    let unit = 10usize.pow(steps.ilog10().saturating_sub(1));
    Ok(steps / unit * unit)
}
