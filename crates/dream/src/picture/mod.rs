//! A picture in memory, and its way in from a file and out to one.
//!
//! In: bytes -> [`FileKind`], by their content -> the header, checked against [`Limits`] -> samples in the depth of the
//! file -> colours converted to sRGB, rows turned upright -> [`Picture`].
//!
//! Out: [`Picture`] -> 8-bit samples -> a [`Format`] tagged as sRGB, without other metadata ([`Metadata`] keeps some) -> a temporary file in the
//! same folder, renamed when it is complete.

mod bmp;
pub(crate) mod clear;
pub(crate) mod colour;
mod container;
mod decode;
mod encode;
mod error;
mod file;
mod format;
mod header;
mod jpeg;
mod jxl;
mod limits;
pub mod mask;
mod metadata;
pub(crate) mod parts;
mod pixels;
pub(crate) mod plane;
mod png_colours;
pub mod resize;
mod samples;
mod save;
mod sniff;
mod tiff;
mod upright;
mod warning;

use std::io::Read;
use std::path::Path;

pub use encode::DEFAULT_QUALITY;
pub use error::{Blame, PictureError, readable};
pub use file::PictureFile;
pub use format::{FileKind, Format};
pub use header::PhotoMemory;
pub use limits::Limits;
pub use metadata::Metadata;
pub use pixels::Picture;
pub use save::{SaveMode, check_destination, write_file};
pub use warning::Warning;

impl Picture {
    /// Reads a picture file of any [`FileKind`]. The content decides the kind, not the name.
    ///
    /// # Errors
    /// [`PictureError::InFile`], with the path and the reason.
    pub fn open(path: impl AsRef<Path>, limits: &Limits) -> Result<Self, PictureError> {
        PictureFile::open(path, limits)?.decode()
    }

    /// Reads a picture from a stream such as the standard input, no further than
    /// [`Limits::max_file_bytes`].
    ///
    /// # Errors
    /// Those of [`read`](Self::read), and [`PictureError::ReadFailed`].
    pub fn read_stream(stream: impl Read, limits: &Limits) -> Result<Self, PictureError> {
        Self::read(&file::read_bytes(stream, None, limits)?, limits)
    }

    /// Reads a picture from the bytes of a file: the first frame of an animation or the first page of a TIFF, turned
    /// upright as its EXIF orientation says, its colours converted to sRGB by its colour profile. [`PictureFile`] has
    /// warnings about the file too.
    ///
    /// # Errors
    /// A [`PictureError`] of its own for each: not a picture, an unsupported kind, a file cut short or damaged, a picture
    /// larger than `limits`.
    pub fn read(bytes: &[u8], limits: &Limits) -> Result<Self, PictureError> {
        limits.check_file(bytes.len() as u64)?;
        Ok(decode::decode(bytes, limits, false)?.0)
    }

    /// Encodes the picture as a file: 8 bits a channel, tagged as sRGB, without other metadata.
    ///
    /// `quality`, 1 to 100, applies to JPEG only; PNG, WebP and TIFF are lossless. JPEG has no transparency: the picture is
    /// blended with white.
    ///
    /// # Errors
    /// [`PictureError::BadQuality`]; [`PictureError::SideTooLong`] if the format does not allow the size;
    /// [`PictureError::EncodingFailed`] if the encoder fails.
    pub fn encode(&self, format: Format, quality: u8) -> Result<Vec<u8>, PictureError> {
        encode::encode(self, format, quality)
    }

    /// Encodes the picture with 16 bits a channel, otherwise as [`encode`](Self::encode).
    ///
    /// # Errors
    /// [`PictureError::Only8Bits`] unless the format [has 16 bits](Format::has_16_bits), and those of
    /// [`encode`](Self::encode).
    pub fn encode_deep(&self, format: Format) -> Result<Vec<u8>, PictureError> {
        encode::encode_deep(self, format)
    }

    /// Writes the picture in the format of the ending of `path`, completely or not at all: see [`write_file`].
    ///
    /// # Errors
    /// Those of [`check_destination`], [`encode`](Self::encode) and [`write_file`].
    pub fn save(&self, path: impl AsRef<Path>, quality: u8, mode: SaveMode) -> Result<(), PictureError> {
        let path = path.as_ref();
        let format = check_destination(path, mode)?;
        write_file(path, &self.encode(format, quality)?, mode)
    }
}
