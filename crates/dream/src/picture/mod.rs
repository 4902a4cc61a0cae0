//! A picture in memory, and its way in from a file and out to one.
//!
//! In: bytes -> [`sniff`](FileKind) says what they are by their content -> a decoder reads the header, which
//! is held against [`Limits`] -> samples in the depth of the file -> colours converted to sRGB and
//! turned upright -> [`Picture`].
//!
//! Out: [`Picture`] -> 8-bit samples -> a [`Format`] tagged as sRGB, without any metadata -> a temporary
//! file beside the wanted one, renamed when it is whole.

mod colour;
mod decode;
mod encode;
mod error;
mod file;
mod format;
mod jpeg;
mod limits;
pub mod mask;
pub(crate) mod plane;
pub mod resize;
mod save;
mod sniff;
mod upright;

use std::fmt;
use std::io::Read;
use std::path::Path;

pub use encode::DEFAULT_QUALITY;
pub use error::{Blame, PictureError, readable};
pub use file::PictureFile;
pub use format::Format;
pub use limits::Limits;
pub use save::{SaveMode, check_destination, write_file};
pub use sniff::FileKind;

/// A picture of red, green and blue, with or without transparency.
///
/// Pixels are `f32` in `[height][width][3]` order, upper left first. Values are encoded as in sRGB (not linear
/// light), 0 is black and 1 is full; decoded values stay in that range, and whoever writes to
/// [`pixels_mut`](Self::pixels_mut) may leave it, because encoding clamps.
///
/// Transparency is a plane of its own, `[height][width]`, 0 clear and 1 opaque. Colours are not multiplied by
/// it: below a clear pixel stays whatever colour the file had there.
#[derive(Clone, PartialEq)]
pub struct Picture {
    width: usize,
    height: usize,
    pixels: Vec<f32>,
    alpha: Option<Vec<f32>>,
}

impl Picture {
    /// An opaque picture from `[height][width][3]` values.
    ///
    /// # Errors
    /// [`PictureError::WrongSize`] unless both sides are at least 1 and `pixels` holds exactly
    /// `width * height * 3` values.
    pub fn new(width: usize, height: usize, pixels: Vec<f32>) -> Result<Self, PictureError> {
        Self::with_alpha(width, height, pixels, None)
    }

    /// A picture with a plane of transparency of `[height][width]` values, if there is one.
    ///
    /// # Errors
    /// [`PictureError::WrongSize`] unless both sides are at least 1 and both planes have the size that
    /// they ask for.
    pub fn with_alpha(
        width: usize,
        height: usize,
        pixels: Vec<f32>,
        alpha: Option<Vec<f32>>,
    ) -> Result<Self, PictureError> {
        let area = width.checked_mul(height).filter(|&area| area > 0);
        let fits = area.is_some_and(|area| {
            area.checked_mul(3) == Some(pixels.len()) && alpha.as_ref().is_none_or(|plane| plane.len() == area)
        });
        if !fits {
            return Err(PictureError::WrongSize {
                width,
                height,
                values: pixels.len(),
                alpha: alpha.map(|plane| plane.len()),
            });
        }
        Ok(Self { width, height, pixels, alpha })
    }

    /// An opaque picture of one colour.
    ///
    /// # Errors
    /// [`PictureError::WrongSize`] if a side is 0 or the picture doesn't fit the address space,
    /// [`PictureError::OutOfMemory`] if the memory isn't there.
    pub fn filled(width: usize, height: usize, colour: [f32; 3]) -> Result<Self, PictureError> {
        let area = width.saturating_mul(height);
        let mut pixels = decode::reserve(area.saturating_mul(3))?;
        pixels.extend(std::iter::repeat_n(colour, area).flatten());
        Self::new(width, height, pixels)
    }

    /// Reads a picture file of any kind in [`FileKind`]. Its content decides what it is, not its name.
    ///
    /// # Errors
    /// [`PictureError::InFile`] names the path and holds what went wrong.
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

    /// Reads a picture from the bytes of a file: the first frame of an animation, turned upright as its EXIF
    /// orientation says, its ICC profile converted to sRGB. A profile that can't be used is ignored.
    ///
    /// # Errors
    /// Bytes that are no picture, are of a kind we don't read, are cut short or damaged, or ask for more than
    /// `limits` allow: each has its own [`PictureError`].
    pub fn read(bytes: &[u8], limits: &Limits) -> Result<Self, PictureError> {
        limits.check_file(bytes.len() as u64)?;
        decode::decode(bytes, limits)
    }

    /// Number of columns, at least 1.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Number of rows, at least 1.
    pub fn height(&self) -> usize {
        self.height
    }

    /// Colours, `[height][width][3]`, sRGB-encoded.
    pub fn pixels(&self) -> &[f32] {
        &self.pixels
    }

    /// Colours to write to, `[height][width][3]`, sRGB-encoded.
    pub fn pixels_mut(&mut self) -> &mut [f32] {
        &mut self.pixels
    }

    /// Transparency, `[height][width]`; `None` if every pixel is opaque.
    pub fn alpha(&self) -> Option<&[f32]> {
        self.alpha.as_deref()
    }

    /// Gives up the picture for its colours and its transparency.
    pub fn into_parts(self) -> (Vec<f32>, Option<Vec<f32>>) {
        (self.pixels, self.alpha)
    }

    /// The bytes of a file of this picture: 8 bits a channel, tagged as sRGB, without other metadata.
    ///
    /// `quality` runs from 1 to 100 and matters for JPEG only; PNG and WebP are lossless. JPEG has no
    /// transparency, so the picture is laid on white for it.
    ///
    /// # Errors
    /// [`PictureError::BadQuality`]; [`PictureError::SideTooLong`] if the format can't hold the size;
    /// [`PictureError::EncodingFailed`] for what the encoder itself reports.
    pub fn encode(&self, format: Format, quality: u8) -> Result<Vec<u8>, PictureError> {
        encode::encode(self, format, quality)
    }

    /// Writes the picture in the format that the ending of `path` names. The file is either whole or not
    /// there: see [`write_file`].
    ///
    /// # Errors
    /// Those of [`check_destination`], [`encode`](Self::encode) and [`write_file`].
    pub fn save(&self, path: impl AsRef<Path>, quality: u8, mode: SaveMode) -> Result<(), PictureError> {
        let path = path.as_ref();
        let format = check_destination(path, mode)?;
        write_file(path, &self.encode(format, quality)?, mode)
    }
}

/// The size without the millions of values.
impl fmt::Debug for Picture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Picture")
            .field("width", &self.width)
            .field("height", &self.height)
            .field("has_alpha", &self.alpha.is_some())
            .finish_non_exhaustive()
    }
}
