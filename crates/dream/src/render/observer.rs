//! Callbacks of a dream.

use std::ops::ControlFlow;

use super::checkpoint::Checkpoint;
use super::progress::DreamProgress;
use crate::view::jitter::roll;

/// A callback at every step of a dream, which may stop it. Any closure with the two arguments of [`step`](Self::step) is one.
pub trait Observer {
    /// Called before the first step and after every step, with the current picture: rows of RGB in 0…1.
    fn step(&mut self, progress: &DreamProgress, picture: &[f32]) -> ControlFlow<()>;

    /// Called before every step, and before [`step`](Self::step), with all that is needed to resume the dream from there.
    fn checkpoint(&mut self, _checkpoint: &Checkpoint<'_>) {}

    /// Called in every step, between the two calls of [`step`](Self::step), with what the picture is about to follow.
    fn gradient(&mut self, _gradient: &StepGradient<'_>) {}
}

impl<F: FnMut(&DreamProgress, &[f32]) -> ControlFlow<()>> Observer for F {
    fn step(&mut self, progress: &DreamProgress, picture: &[f32]) -> ControlFlow<()> {
        self(progress, picture)
    }
}

/// What the picture follows in one step.
#[derive(Clone, Copy, Debug)]
pub struct StepGradient<'a> {
    /// The value of the objective on the picture before the step, in the units of its terms; the sum over the dream and its
    /// regions. The networks see the picture shifted by the jitter.
    pub value: f64,
    /// Of the rolled picture.
    pub(super) rolled: &'a [f32],
    /// Width and height of the octave.
    pub(super) size: (usize, usize),
    pub(super) offset: (isize, isize),
}

impl StepGradient<'_> {
    /// The normalized gradient of the picture, `[height][width][3]`: where it is 1, a plain step adds
    /// [`Settings::step`](crate::Settings::step) to the value. With masks it is weighted by them.
    pub fn values(&self) -> Vec<f32> {
        let mut values = vec![0.0; self.rolled.len()];
        roll(self.rolled, &mut values, self.size, (-self.offset.0, -self.offset.1));
        values
    }
}
