//! The state of the running job: progress and the latest frame.

use std::sync::{Arc, Mutex, MutexGuard};

use crate::wire::{ProgressView, TrainingRun};

/// The job that is running, if one is.
#[derive(Default)]
pub struct RunningJob(Mutex<Option<RunningState>>);

/// The state of a running job.
#[derive(Clone, Default)]
pub struct RunningState {
    job: i64,
    /// Its progress.
    pub progress: Option<ProgressView>,
    /// How far it is, if it is a training.
    pub training: Option<TrainingRun>,
    /// The number of the latest frame, from 1; 0 if there is none.
    pub version: u64,
    /// The latest frame, a JPEG file.
    pub frame: Arc<[u8]>,
}

impl RunningJob {
    fn lock(&self) -> MutexGuard<'_, Option<RunningState>> {
        self.0.lock().expect("nothing panics while it holds the running job")
    }

    /// Returns the state of this job, if it is the running one.
    pub fn get(&self, job: i64) -> Option<RunningState> {
        self.lock().clone().filter(|running| running.job == job)
    }

    /// Sets the progress of this job.
    pub fn set_progress(&self, job: i64, progress: ProgressView) {
        self.change(job, |running| running.progress = Some(progress));
    }

    /// Sets how far this training is.
    pub fn set_training(&self, job: i64, run: TrainingRun) {
        let TrainingRun { step, steps, done, seconds_left, .. } = run;
        let progress = ProgressView { octave: 1, octaves: 1, iteration: step, iterations: steps, done, seconds_left };
        self.change(job, |running| {
            running.progress = Some(progress);
            running.training = Some(run);
        });
    }

    /// Sets the latest frame of this job. Returns the frame's number.
    pub fn set_frame(&self, job: i64, frame: Vec<u8>) -> u64 {
        self.change(job, |running| {
            running.version += 1;
            running.frame = frame.into();
            running.version
        })
    }

    fn change<T>(&self, job: i64, change: impl FnOnce(&mut RunningState) -> T) -> T {
        let mut running = self.lock();
        if running.as_ref().is_none_or(|running| running.job != job) {
            *running = None;
        }
        change(running.get_or_insert_with(|| RunningState { job, ..RunningState::default() }))
    }

    /// Forgets the running job.
    pub fn clear(&self) {
        *self.lock() = None;
    }
}
