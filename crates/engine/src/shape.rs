//! Sizes of pictures and of feature maps, and how a feature map lies in memory.

use std::fmt;

/// Channels are stored in vectors of this many `f32` values.
pub const LANES: usize = 16;

/// The `f32` values from one pixel to the next in a map of `channels` channels.
///
/// Up to four channels (pictures) lie tightly packed; more are padded with zeros to whole vectors,
/// so that every kernel works on aligned vectors and needs no remainder.
pub const fn channel_stride(channels: usize) -> usize {
    if channels <= 4 { channels } else { channels.div_ceil(LANES).saturating_mul(LANES) }
}

/// Most bytes of one map and of all maps of a network: more than any machine has, and few enough that no product of
/// sizes overflows.
pub const MAX_BYTES: usize = if usize::BITS >= 64 { 1 << 46 } else { 1 << 30 };

/// Most rows or columns of a map, and most pixels that a window reaches, moves on, or is padded with.
pub const MAX_SIDE: usize = 1 << 24;

/// Height and width in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Size {
    /// Rows.
    pub height: usize,
    /// Columns.
    pub width: usize,
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}x{}", self.width, self.height)
    }
}

/// The shape of the feature map of one picture.
///
/// Numbers that do not fit into a `usize` are returned as its largest value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Shape {
    /// Channels.
    pub channels: usize,
    /// Rows.
    pub height: usize,
    /// Columns.
    pub width: usize,
}

impl Shape {
    /// A shape from channels, rows and columns.
    pub const fn new(channels: usize, height: usize, width: usize) -> Self {
        Self { channels, height, width }
    }

    /// Rows times columns.
    pub const fn pixels(self) -> usize {
        self.height.saturating_mul(self.width)
    }

    /// Channels times pixels: the number of values without padding.
    pub const fn values(self) -> usize {
        self.channels.saturating_mul(self.pixels())
    }

    /// The `f32` values from one pixel to the next when the map has a buffer of its own.
    pub const fn stride(self) -> usize {
        channel_stride(self.channels)
    }

    /// The `f32` values of a buffer that holds this map, padding included.
    pub const fn buffer_len(self) -> usize {
        self.stride().saturating_mul(self.pixels())
    }

    /// The `f32` values of a buffer that holds this map, padding included, if it has any and its bytes are no more than
    /// [`MAX_BYTES`].
    pub fn checked_len(self) -> Option<usize> {
        let stride = if self.channels <= 4 { self.channels } else { self.channels.checked_next_multiple_of(LANES)? };
        let len = stride.checked_mul(self.height)?.checked_mul(self.width)?;
        (len > 0 && len <= MAX_BYTES / size_of::<f32>()).then_some(len)
    }

    /// The shape of the maps of several pictures one below the other.
    pub(crate) const fn stack(self, pictures: usize) -> Self {
        Self { height: self.height.saturating_mul(pictures), ..self }
    }

    /// Vectors of [`LANES`] channels a pixel.
    pub const fn vectors(self) -> usize {
        self.channels.div_ceil(LANES)
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}x{}x{}", self.channels, self.height, self.width)
    }
}

#[test]
fn numbers_that_do_not_fit_are_the_largest() {
    let huge = Shape::new(usize::MAX, 1 << 33, 1 << 33);
    assert_eq!([huge.pixels(), huge.values(), huge.stride(), huge.buffer_len()], [usize::MAX; 4]);
    assert_eq!(Shape::new(17, 2, 3).buffer_len(), 192);
}
