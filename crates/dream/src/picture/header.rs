//! What the header of a file says about its picture.

use image::metadata::Orientation;

use super::upright::Upright;

/// The memory that a photo takes in addition to a dream of it, from the header of its file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PhotoMemory {
    /// Peak bytes while it is read: the file, the decoded samples and the picture. 0 for a picture in memory.
    pub reading: u64,
    /// Bytes of the file, which stays in memory. 0 for a picture in memory.
    pub file: u64,
    /// Width and height of the upright picture in the file, in pixels.
    pub size: (usize, usize),
    /// Whether it may have transparent pixels.
    pub has_alpha: bool,
}

impl PhotoMemory {
    /// Peak bytes while it is read and shrunk to `size`, width and height in pixels.
    pub fn reading_at(&self, size: (usize, usize)) -> u64 {
        if self.reading == 0 || size == self.size {
            return self.reading;
        }
        let pixels = |(width, height): (usize, usize)| width as u64 * height as u64;
        // The picture, its colours weighted by transparency, a copy of which one side is shrunk, and the results.
        let (whole, result) = if self.has_alpha { (28, 28) } else { (12, 12) };
        let half = (size.0, self.size.1);
        let shrinking = whole * pixels(self.size) + 12 * pixels(half) + result * pixels(size);
        self.reading.max(self.file + shrinking)
    }
}

/// Bytes of a pixel in a picture.
fn floats(has_alpha: bool) -> u64 {
    if has_alpha { 16 } else { 12 }
}

/// The header of a file, as its decoder reads it.
pub(super) struct Header {
    /// Columns in the file.
    pub width: u32,
    /// Rows in the file.
    pub height: u32,
    pub orientation: Orientation,
    pub has_alpha: bool,
    /// Bytes of a pixel of decoded samples.
    pub samples: u64,
    /// Bytes of a pixel in the decoder's own buffers.
    pub decoder: u64,
}

impl Header {
    /// The memory of the photo in a file of this many bytes.
    pub(super) fn of_file(&self, file_bytes: usize) -> PhotoMemory {
        let (width, height) = (self.width as usize, self.height as usize);
        let floats = floats(self.has_alpha);
        let pixel = self.samples + self.decoder.max(floats + BUFFERS);
        let pixels = u64::from(self.width) * u64::from(self.height);
        let size = Upright::new(self.orientation, width, height).size();
        let file = file_bytes as u64;
        let reading = pixels.saturating_mul(pixel).saturating_add(file);
        PhotoMemory { reading, file, size, has_alpha: self.has_alpha }
    }
}

/// Bytes of a pixel for small buffers while samples are converted.
const BUFFERS: u64 = 1;
