//! Encodes a picture as the bytes of a file.

use bytemuck::NoUninit;
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
    write(
        picture,
        format,
        quality,
        &samples(picture, format, byte)?,
        [ExtendedColorType::Rgb8, ExtendedColorType::Rgba8],
    )
}

/// Encodes with 16 bits a channel.
pub(super) fn encode_deep(picture: &Picture, format: Format) -> Result<Vec<u8>, PictureError> {
    if !format.has_16_bits() {
        return Err(PictureError::Only8Bits { format });
    }
    let colours = [ExtendedColorType::Rgb16, ExtendedColorType::Rgba16];
    write(picture, format, DEFAULT_QUALITY, &samples(picture, format, word)?, colours)
}

/// Writes the samples of a picture, which have one of two colour types: without and with transparency.
fn write<T: NoUninit>(
    picture: &Picture,
    format: Format,
    quality: u8,
    samples: &[T],
    [opaque, see_through]: [ExtendedColorType; 2],
) -> Result<Vec<u8>, PictureError> {
    format.check_size(picture.width(), picture.height())?;
    let colour = if picture.alpha().is_some() && format.has_transparency() { see_through } else { opaque };
    let samples = bytemuck::cast_slice(samples);
    let raw = Raw { samples, width: picture.width() as u32, height: picture.height() as u32, colour };
    let mut file = Vec::new();
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

/// Rounds to the nearest of 65,536 steps; NaN becomes 0.
fn word(value: f32) -> u16 {
    (within(value) * 65_535.0).round() as u16
}

/// The samples of a picture, with its transparency if the format has any. Otherwise it is blended with white, in encoded
/// values, as viewers and browsers do.
fn samples<T>(picture: &Picture, format: Format, sample: impl Fn(f32) -> T) -> Result<Vec<T>, PictureError> {
    let (colours, _) = picture.pixels().as_chunks::<3>();
    let Some(alpha) = picture.alpha() else {
        let mut samples = reserve(picture.pixels().len())?;
        samples.extend(picture.pixels().iter().map(|&value| sample(value)));
        return Ok(samples);
    };
    let channels = if format.has_transparency() { 4 } else { 3 };
    let mut samples = reserve(alpha.len().saturating_mul(channels))?;
    for (&[red, green, blue], &alpha) in colours.iter().zip(alpha) {
        if format.has_transparency() {
            samples.extend([red, green, blue, alpha].map(&sample));
        } else {
            let alpha = within(alpha);
            samples.extend([red, green, blue].map(|value| sample(within(value) * alpha + 1.0 - alpha)));
        }
    }
    Ok(samples)
}
