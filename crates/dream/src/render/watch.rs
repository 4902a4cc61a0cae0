//! Who is told how a dream goes.

use std::ops::ControlFlow;

use super::{Moment, Progress};

/// Is told of every step, and may stop the dream. Any closure of the two arguments of [`step`](Self::step) is one.
pub trait Watch {
    /// Called before the first and after every step, with the picture as it is: rows of RGB in 0…1.
    fn step(&mut self, progress: &Progress, picture: &[f32]) -> ControlFlow<()>;

    /// Called before every step, and before [`step`](Self::step), with all that is needed to go on from there.
    fn moment(&mut self, _moment: &Moment<'_>) {}
}

impl<F: FnMut(&Progress, &[f32]) -> ControlFlow<()>> Watch for F {
    fn step(&mut self, progress: &Progress, picture: &[f32]) -> ControlFlow<()> {
        self(progress, picture)
    }
}
