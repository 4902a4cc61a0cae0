//! Limits of the size of a picture.

use super::error::PictureError;
use super::header::PhotoMemory;
use crate::memory;

/// Limits that are checked against the header of a file, before anything of that size is allocated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Most pixels, width times height. A [`Picture`](super::Picture) takes 12 bytes for each, 16 with
    /// transparency.
    pub max_pixels: u64,
    /// Most bytes of the file itself.
    pub max_file_bytes: u64,
    /// Most bytes of the decoded samples in the depth of the file: a pixel takes 3 bytes as 8-bit RGB, 8 as
    /// 16-bit RGBA. Decoders have the same limit for their own buffers.
    pub max_decoded_bytes: u64,
    /// Most bytes of memory while a picture is read: the file, its samples and the [`Picture`](super::Picture). The free
    /// memory is a limit too.
    pub max_memory: u64,
}

/// Below this many bytes the free memory is not checked.
const LITTLE: u64 = 64 << 20;

impl Default for Limits {
    /// 200 megapixels (twice a medium-format camera), files of 1 GiB, 2 GiB of samples, the free memory.
    fn default() -> Self {
        Self { max_pixels: 200_000_000, max_file_bytes: 1 << 30, max_decoded_bytes: 2 << 30, max_memory: u64::MAX }
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

    /// Checks that there is memory to read a picture.
    pub(super) fn check_memory(&self, photo: &PhotoMemory) -> Result<(), PictureError> {
        let ((width, height), needed) = (photo.size, photo.reading);
        let megabytes = |bytes| bytes / 1_000_000;
        if needed > self.max_memory {
            let (needed, limit) = (megabytes(needed), megabytes(self.max_memory));
            return Err(PictureError::OverMemoryLimit { width, height, needed, limit });
        }
        if needed < LITTLE {
            return Ok(());
        }
        match memory::available() {
            Some(available) if available < needed => {
                let (needed, available) = (megabytes(needed), megabytes(available));
                Err(PictureError::TooLargeForMemory { width, height, needed, available })
            }
            _ => Ok(()),
        }
    }
}

/// Allocates an empty vector with room for `len` values.
pub(super) fn reserve<T>(len: usize) -> Result<Vec<T>, PictureError> {
    let mut values = Vec::new();
    values.try_reserve_exact(len).map_err(|_| out_of_memory::<T>(len))?;
    Ok(values)
}

/// Allocates zeros. They take no memory until they are written, so a header with a false size costs nothing.
pub(super) fn zeros<T: bytemuck::Zeroable>(len: usize) -> Result<Vec<T>, PictureError> {
    bytemuck::try_zeroed_vec(len).map_err(|()| out_of_memory::<T>(len))
}

fn out_of_memory<T>(len: usize) -> PictureError {
    PictureError::OutOfMemory { bytes: len.saturating_mul(size_of::<T>()) }
}
