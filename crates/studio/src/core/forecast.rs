//! How long a dream will take.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;

use oneiric::{Dream, Settings};
use oneiric_zoo::Networks;

use crate::wire::Problem;

/// The most looks whose times are kept.
const KEPT: usize = 100;

/// Estimates the time of dreams.
#[derive(Default)]
pub struct Forecasts {
    /// The least seconds for each unit of [`Dream::work`], of the looks that have been measured.
    measured: Mutex<HashMap<String, f64>>,
}

impl Forecasts {
    /// Returns the time of a dream with these settings on a picture of this width and height, from a few steps on a small one.
    /// Other work at the same time makes steps longer, never shorter: the shortest of all measurements of a look counts.
    ///
    /// # Errors
    /// Settings that no dream can have.
    pub fn time(&self, settings: Settings, size: (usize, usize), networks: &Networks) -> Result<Duration, Problem> {
        let key = format!("{:?}", Settings { seed: 0, iterations: 0, ..settings.clone() });
        let dream = Dream::with_networks(settings, networks)?;
        let work = dream.work(size);
        let now = dream.estimate(size)?.as_secs_f64() / work.max(1.0);
        let mut measured = self.measured.lock().expect("nothing panics while it measures");
        if measured.len() >= KEPT && !measured.contains_key(&key) {
            measured.clear();
        }
        let least = measured.entry(key).or_insert(now);
        *least = least.min(now);
        Ok(Duration::from_secs_f64(*least * work))
    }
}
