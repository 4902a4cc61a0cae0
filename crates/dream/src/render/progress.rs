//! The progress of a dream.

/// The progress of a dream.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DreamProgress {
    /// The current octave, from 1 on.
    pub octave: usize,
    /// Number of octaves.
    pub octaves: usize,
    /// Steps done in this octave.
    pub iteration: usize,
    /// Steps of an octave.
    pub iterations: usize,
    /// Width and height of this octave in pixels.
    pub size: (usize, usize),
    /// The part of the work that is done, 0 to 1, by pixels.
    pub done: f64,
}
