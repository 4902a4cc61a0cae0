//! What a convolution reads beyond the border of a picture.

use crate::named::named;

/// What is beyond the border of the picture.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Padding {
    /// The pixel at the border, repeated: the result has the size of the picture, divided by the stride.
    #[default]
    Edge,
    /// Zeros, black: the same size, with a dark or bright frame. Most networks do this; their term is "same".
    Zero,
    /// Nothing: only windows within the picture count, and the result is smaller. The term of networks is "valid".
    None,
}

named!(Padding, "padding", Edge => "edge", Zero => "zero", None => "none");

impl Padding {
    /// How many pixels are added on each side for a kernel of this many rows or columns.
    pub(super) fn width(self, taps: usize) -> usize {
        match self {
            Self::Zero | Self::Edge => taps / 2,
            Self::None => 0,
        }
    }

    /// The pixel that a tap reads: `at` counts from the first pixel of the padding, which is `before` pixels wide. None if
    /// it reads a zero.
    pub(super) fn source(self, at: usize, before: usize, length: usize) -> Option<usize> {
        match self {
            Self::Edge => Some(at.saturating_sub(before).min(length - 1)),
            Self::Zero | Self::None => at.checked_sub(before).filter(|&at| at < length),
        }
    }
}
