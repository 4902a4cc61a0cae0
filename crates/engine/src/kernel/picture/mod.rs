//! Convolutions of pictures, which have few channels, stored without padding to vectors, and the most pixels of the
//! network.
//!
//! Neighbouring pixels are stored side by side, so a row of a kernel's taps is one run of values: 9 for a 3x3 kernel
//! over three channels, 21 for a 7x7. Both directions work on such runs, on top of the dense kernel: forward takes a
//! run for the channels of one tap, the gradient adds the shares of a run's taps at once.

mod convolution;
mod gradient;

pub(crate) use convolution::{PaddedRows, PictureConvolution};
pub(crate) use gradient::{Gradient, PictureGradient};

/// The maximum number of channels of a picture.
pub(crate) const MAX_CHANNELS: usize = 4;

/// The runs of values in a picture that a kernel's rows of taps read.
#[derive(Clone, Debug)]
pub(crate) struct Runs {
    /// Channels of the picture.
    pub channels: usize,
    /// The picture's row of each row of taps, relative to `step` times the row of the window.
    pub rows: Vec<isize>,
    /// Columns of a run, with those that a dilated kernel skips.
    pub columns: usize,
    /// Columns of the first window's run to the left of the picture.
    pub before: usize,
    /// Pixels of the picture from one window to the next.
    pub step: [usize; 2],
}

impl Runs {
    /// Values of a run.
    fn len(&self) -> usize {
        self.columns * self.channels
    }

    /// Returns the first row of taps, and the number of rows from there to the last, both included.
    fn reach(&self) -> (isize, usize) {
        let (first, last) = (self.rows[0], self.rows[self.rows.len() - 1]);
        (first, first.abs_diff(last) + 1)
    }
}
