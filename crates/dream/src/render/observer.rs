//! Callbacks of a dream.

use std::ops::ControlFlow;

use super::checkpoint::Checkpoint;
use super::progress::DreamProgress;

/// A callback at every step of a dream, which may stop it. Any closure with the two arguments of [`step`](Self::step) is one.
pub trait Observer {
    /// Called before the first step and after every step, with the current picture: rows of RGB in 0…1.
    fn step(&mut self, progress: &DreamProgress, picture: &[f32]) -> ControlFlow<()>;

    /// Called before every step, and before [`step`](Self::step), with all that is needed to resume the dream from there.
    fn checkpoint(&mut self, _checkpoint: &Checkpoint<'_>) {}
}

impl<F: FnMut(&DreamProgress, &[f32]) -> ControlFlow<()>> Observer for F {
    fn step(&mut self, progress: &DreamProgress, picture: &[f32]) -> ControlFlow<()> {
        self(progress, picture)
    }
}
