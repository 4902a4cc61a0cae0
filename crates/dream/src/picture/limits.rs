//! What a picture may ask for before we refuse it.

use super::error::PictureError;
use crate::memory;

/// Bounds that are checked on a picture's header, before anything of that size is allocated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Most pixels, width times height. A [`Picture`](super::Picture) takes 12 bytes for each, 16 with
    /// transparency.
    pub max_pixels: u64,
    /// Most bytes of the file itself.
    pub max_file_bytes: u64,
    /// Most bytes of the decoded samples in the depth of the file: a pixel takes 3 bytes as 8-bit RGB, 8 as
    /// 16-bit RGBA. Decoders get the same bound for what they allocate aside.
    pub max_decoded_bytes: u64,
}

/// Below this many bytes it isn't worth while to ask the system what is free.
const LITTLE: u64 = 64 << 20;

impl Default for Limits {
    /// 200 megapixels (twice a medium-format camera), files of 1 GiB, 2 GiB of samples.
    fn default() -> Self {
        Self { max_pixels: 200_000_000, max_file_bytes: 1 << 30, max_decoded_bytes: 2 << 30 }
    }
}

impl Limits {
    pub(crate) fn check_file(&self, bytes: u64) -> Result<(), PictureError> {
        let limit = self.max_file_bytes;
        if bytes > limit {
            return Err(PictureError::FileTooLarge { limit });
        }
        Ok(())
    }

    pub(super) fn check_size(&self, width: u32, height: u32, bytes_per_pixel: u64) -> Result<(), PictureError> {
        let pixels = u64::from(width) * u64::from(height);
        if pixels == 0 {
            return Err(PictureError::NoPixels { width, height });
        }
        if pixels > self.max_pixels {
            let limit = self.max_pixels;
            return Err(PictureError::TooManyPixels { width, height, limit });
        }
        let limit = self.max_decoded_bytes;
        if pixels.saturating_mul(bytes_per_pixel) > limit {
            return Err(PictureError::TooManyBytes { limit });
        }
        Ok(())
    }
}

/// Whether the memory is there to read a picture: its samples, about as much in the decoder, and the floats of
/// the picture itself.
pub(super) fn check_memory(width: u32, height: u32, bytes_per_pixel: u64) -> Result<(), PictureError> {
    let needed = (u64::from(width) * u64::from(height)).saturating_mul(2 * bytes_per_pixel + 16);
    if needed < LITTLE {
        return Ok(());
    }
    match memory::available() {
        Some(available) if available < needed => {
            let (needed, available) = (needed / 1_000_000, available / 1_000_000);
            Err(PictureError::TooLargeForMemory { width, height, needed, available })
        }
        _ => Ok(()),
    }
}
