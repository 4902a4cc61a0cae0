//! Encodes a picture as the bytes of a file.

use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::codecs::webp::WebPEncoder;
use image::{ExtendedColorType, ImageEncoder, ImageError, ImageResult};

use super::colour::within;
use super::error::PictureError;
use super::format::Format;
use super::limits::reserve;
use super::pixels::Picture;

/// The profile of sRGB that every file is tagged with, made by Little CMS (`assets/README.md`): other
/// programs complain about the one that moxcms writes.
const SRGB_PROFILE: &[u8] = include_bytes!("../../../../assets/srgb.icc");

/// The JPEG quality at which the loss is invisible.
pub const DEFAULT_QUALITY: u8 = 95;

impl Format {
    /// Checks that a picture of this size can be written.
    ///
    /// # Errors
    /// [`PictureError::SideTooLong`].
    pub fn check_size(self, width: usize, height: usize) -> Result<(), PictureError> {
        let (side, limit) = (width.max(height), self.longest_side());
        if side > limit { Err(PictureError::SideTooLong { format: self, side, limit }) } else { Ok(()) }
    }

    fn longest_side(self) -> usize {
        match self {
            Self::Png => i32::MAX as usize,
            Self::Jpeg => 65_535,
            Self::WebP => 16_384,
        }
    }
}

pub(super) fn encode(picture: &Picture, format: Format, quality: u8) -> Result<Vec<u8>, PictureError> {
    if !(1..=100).contains(&quality) {
        return Err(PictureError::BadQuality { quality });
    }
    format.check_size(picture.width(), picture.height())?;

    let (samples, colour) = match (picture.alpha(), format) {
        (None, _) => (opaque(picture)?, ExtendedColorType::Rgb8),
        (Some(alpha), Format::Jpeg) => (on_white(picture, alpha)?, ExtendedColorType::Rgb8),
        (Some(alpha), _) => (see_through(picture, alpha)?, ExtendedColorType::Rgba8),
    };
    let mut file = Vec::new();
    let raw = Raw { samples: &samples, width: picture.width() as u32, height: picture.height() as u32, colour };
    let written = match format {
        Format::Png => {
            // Stronger compression takes ten times as long for a few per cent.
            let (compression, filter) = (CompressionType::Fast, FilterType::Adaptive);
            raw.write(PngEncoder::new_with_quality(&mut file, compression, filter))
        }
        // This encoder keeps the full colour resolution (4:4:4).
        Format::Jpeg => raw.write(JpegEncoder::new_with_quality(&mut file, quality)),
        Format::WebP => raw.write(WebPEncoder::new_lossless(&mut file)),
    };
    written.map_err(|error| PictureError::EncodingFailed { format, detail: error.to_string() })?;
    Ok(file)
}

struct Raw<'a> {
    samples: &'a [u8],
    width: u32,
    height: u32,
    colour: ExtendedColorType,
}

impl Raw<'_> {
    fn write(&self, mut encoder: impl ImageEncoder) -> ImageResult<()> {
        encoder.set_icc_profile(SRGB_PROFILE.to_vec()).map_err(ImageError::Unsupported)?;
        encoder.write_image(self.samples, self.width, self.height, self.colour)
    }
}

/// Rounds to the nearest of 256 steps; NaN becomes 0. The inverse of dividing a byte by 255.
fn byte(value: f32) -> u8 {
    (within(value) * 255.0).round() as u8
}

fn opaque(picture: &Picture) -> Result<Vec<u8>, PictureError> {
    let mut samples = reserve(picture.pixels().len())?;
    samples.extend(picture.pixels().iter().map(|&value| byte(value)));
    Ok(samples)
}

fn see_through(picture: &Picture, alpha: &[f32]) -> Result<Vec<u8>, PictureError> {
    let mut samples = reserve(alpha.len().saturating_mul(4))?;
    let (colours, _) = picture.pixels().as_chunks::<3>();
    for (&[red, green, blue], &alpha) in colours.iter().zip(alpha) {
        samples.extend([red, green, blue, alpha].map(byte));
    }
    Ok(samples)
}

/// Blends with white in encoded values, as viewers and browsers do.
fn on_white(picture: &Picture, alpha: &[f32]) -> Result<Vec<u8>, PictureError> {
    let mut samples = reserve(picture.pixels().len())?;
    let (colours, _) = picture.pixels().as_chunks::<3>();
    for (colour, &alpha) in colours.iter().zip(alpha) {
        let alpha = within(alpha);
        samples.extend(colour.map(|value| byte(within(value) * alpha + 1.0 - alpha)));
    }
    Ok(samples)
}
