//! Turning a picture as its EXIF orientation asks.

use image::metadata::Orientation;

/// Where the pixels of a file go in the upright picture.
pub(super) struct Upright {
    orientation: Orientation,
    /// Size as in the file.
    width: usize,
    height: usize,
}

impl Upright {
    pub(super) fn new(orientation: Orientation, width: usize, height: usize) -> Self {
        Self { orientation, width, height }
    }

    /// Width and height of the upright picture.
    pub(super) fn size(&self) -> (usize, usize) {
        use Orientation::*;
        match self.orientation {
            Rotate90 | Rotate270 | Rotate90FlipH | Rotate270FlipH => (self.height, self.width),
            NoTransforms | Rotate180 | FlipHorizontal | FlipVertical => (self.width, self.height),
        }
    }

    /// Position in the upright picture of the pixel in column `x` and row `y` of the file.
    pub(super) fn index(&self, x: usize, y: usize) -> usize {
        let (right, below) = (self.width - 1 - x, self.height - 1 - y);
        let (x, y) = match self.orientation {
            Orientation::NoTransforms => (x, y),
            Orientation::FlipHorizontal => (right, y),
            Orientation::Rotate180 => (right, below),
            Orientation::FlipVertical => (x, below),
            Orientation::Rotate90FlipH => (y, x),
            Orientation::Rotate90 => (below, x),
            Orientation::Rotate270FlipH => (below, right),
            Orientation::Rotate270 => (y, right),
        };
        y * self.size().0 + x
    }
}
