//! Windows that slide over a map: kernel, stride, dilation, padding.

use std::ops::Range;

use crate::error::ShapeMismatch;
use crate::shape::{MAX_SIDE, Shape};

/// The padding around a map.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Padding {
    /// A number of pixels on each side.
    Explicit {
        /// Rows above.
        top: usize,
        /// Rows below.
        bottom: usize,
        /// Columns to the left.
        left: usize,
        /// Columns to the right.
        right: usize,
    },
    /// TensorFlow's "SAME": the output has `ceil(input / stride)` pixels, and an odd pixel of padding is below or to
    /// the right.
    Same,
}

impl Padding {
    /// The same number of pixels on all sides.
    pub const fn all(pixels: usize) -> Self {
        Self::Explicit { top: pixels, bottom: pixels, left: pixels, right: pixels }
    }
}

/// A sliding window; pairs are rows, columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Size of the window.
    pub kernel: [usize; 2],
    /// Pixels from one window to the next.
    pub stride: [usize; 2],
    /// Pixels from one tap to the next.
    pub dilation: [usize; 2],
    /// The padding around the map.
    pub padding: Padding,
    /// Round the number of windows up instead of down; a window that would begin in the padding
    /// below or to the right is dropped (PyTorch and Caffe).
    pub ceil: bool,
}

/// A window along one axis of a map of known size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Axis {
    pub kernel: usize,
    pub stride: usize,
    pub dilation: usize,
    /// Padding before the first pixel.
    pub before: usize,
    /// Padding after the last pixel.
    pub after: usize,
    pub input: usize,
    pub output: usize,
}

impl Window {
    /// A square window with neither dilation nor padding.
    pub const fn square(kernel: usize, stride: usize) -> Self {
        Self { kernel: [kernel; 2], stride: [stride; 2], dilation: [1; 2], padding: Padding::all(0), ceil: false }
    }

    /// The same window with other padding.
    pub const fn padded(mut self, padding: Padding) -> Self {
        self.padding = padding;
        self
    }

    /// The same window, the number of windows rounded up.
    pub const fn ceil(mut self) -> Self {
        self.ceil = true;
        self
    }

    /// The window along rows and columns of a map.
    pub(crate) fn axes(&self, input: Shape) -> Result<[Axis; 2], ShapeMismatch> {
        Ok([self.axis(0, input.height)?, self.axis(1, input.width)?])
    }

    fn axis(&self, axis: usize, input: usize) -> Result<Axis, ShapeMismatch> {
        let (kernel, stride, dilation) = (self.kernel[axis], self.stride[axis], self.dilation[axis]);
        if kernel == 0 || stride == 0 || dilation == 0 {
            return Err(ShapeMismatch("kernel, stride and dilation must be at least 1".into()));
        }
        let large = || ShapeMismatch(format!("a window or its padding takes more than {MAX_SIDE} pixels"));
        let reach = (kernel - 1).checked_mul(dilation).filter(|&reach| reach < MAX_SIDE).ok_or_else(large)? + 1;
        if input > MAX_SIDE || stride > MAX_SIDE {
            return Err(large());
        }
        let (before, after) = match self.padding {
            Padding::Explicit { top, bottom, left, right } => [(top, bottom), (left, right)][axis],
            Padding::Same => {
                let output = input.div_ceil(stride);
                let total = ((output.max(1) - 1) * stride + reach).saturating_sub(input);
                (total / 2, total - total / 2)
            }
        };
        if before > MAX_SIDE || after > MAX_SIDE {
            return Err(large());
        }
        let padded = input + before + after;
        if padded < reach && !self.ceil {
            return Err(ShapeMismatch(format!("a window of {reach} does not fit into {padded} pixels")));
        }
        let room = padded.saturating_sub(reach);
        let mut output = if self.ceil { room.div_ceil(stride) } else { room / stride } + 1;
        if self.ceil && (output - 1) * stride >= input + before {
            output -= 1;
        }
        if output == 0 {
            return Err(ShapeMismatch("nothing is left of the map".into()));
        }
        if output > MAX_SIDE {
            return Err(large());
        }
        Ok(Axis { kernel, stride, dilation, before, after, input, output })
    }
}

impl Axis {
    /// The input position of tap `tap` of window `output`, if it is inside the map.
    pub fn position(&self, output: usize, tap: usize) -> Option<usize> {
        (output * self.stride + tap * self.dilation).checked_sub(self.before).filter(|&at| at < self.input)
    }

    /// The taps of window `output` that are inside the map.
    pub fn taps(&self, output: usize) -> Range<usize> {
        let start = output * self.stride;
        let first = self.before.saturating_sub(start).div_ceil(self.dilation);
        let end = (self.before + self.input).saturating_sub(start).div_ceil(self.dilation).min(self.kernel);
        first..end.max(first)
    }

    /// The windows that see input position `input`, with the tap that does.
    pub fn windows(&self, input: usize) -> impl Iterator<Item = (usize, usize)> + '_ {
        let from_padding = input + self.before;
        let first = from_padding.saturating_sub((self.output - 1) * self.stride).div_ceil(self.dilation);
        (first..self.kernel.min(from_padding / self.dilation + 1)).filter_map(move |tap| {
            let start = (input + self.before).checked_sub(tap * self.dilation)?;
            let output = start / self.stride;
            (start % self.stride == 0 && output < self.output).then_some((output, tap))
        })
    }

    /// The first tap's offset from `stride` times the output position.
    pub fn offset(&self, tap: usize) -> isize {
        (tap * self.dilation) as isize - self.before as isize
    }
}
