//! Encodes a picture as the bytes of a file.

use std::io::Cursor;

use ::tiff::TiffResult;
use ::tiff::encoder::colortype::{ColorType, RGB8, RGB16, RGBA8, RGBA16};
use ::tiff::encoder::{Compression, DeflateLevel, Predictor, TiffEncoder, TiffValue};
use ::tiff::tags::{ExtraSamples, Tag};
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
            Self::Png | Self::Tiff => i32::MAX as usize,
            Self::Jpeg => 65_535,
            Self::WebP => 16_384,
        }
    }
}

/// A value of a channel in a file: 8 or 16 bits.
trait Sample: NoUninit {
    /// Without and with transparency.
    const COLOURS: [ExtendedColorType; 2];
    type Opaque: ColorType<Inner = Self>;
    type SeeThrough: ColorType<Inner = Self>;

    /// Rounds to the nearest step; NaN becomes 0. The inverse of reading a sample.
    fn of(value: f32) -> Self;
}

impl Sample for u8 {
    const COLOURS: [ExtendedColorType; 2] = [ExtendedColorType::Rgb8, ExtendedColorType::Rgba8];
    type Opaque = RGB8;
    type SeeThrough = RGBA8;

    fn of(value: f32) -> Self {
        (within(value) * 255.0).round() as Self
    }
}

impl Sample for u16 {
    const COLOURS: [ExtendedColorType; 2] = [ExtendedColorType::Rgb16, ExtendedColorType::Rgba16];
    type Opaque = RGB16;
    type SeeThrough = RGBA16;

    fn of(value: f32) -> Self {
        (within(value) * 65_535.0).round() as Self
    }
}

pub(super) fn encode(picture: &Picture, format: Format, quality: u8) -> Result<Vec<u8>, PictureError> {
    if !(1..=100).contains(&quality) {
        return Err(PictureError::BadQuality { quality });
    }
    encode_as::<u8>(picture, format, quality)
}

/// Encodes with 16 bits a channel.
pub(super) fn encode_deep(picture: &Picture, format: Format) -> Result<Vec<u8>, PictureError> {
    if !format.has_16_bits() {
        return Err(PictureError::Only8Bits { format });
    }
    encode_as::<u16>(picture, format, DEFAULT_QUALITY)
}

fn encode_as<T: Sample>(picture: &Picture, format: Format, quality: u8) -> Result<Vec<u8>, PictureError>
where
    [T]: TiffValue,
{
    format.check_size(picture.width(), picture.height())?;
    let samples = samples::<T>(picture, format)?;
    let (width, height) = (picture.width() as u32, picture.height() as u32);
    let has_alpha = picture.alpha().is_some() && format.has_transparency();
    let raw =
        Raw { samples: bytemuck::cast_slice(&samples), width, height, colour: T::COLOURS[usize::from(has_alpha)] };
    let mut file = Vec::new();
    let written = match format {
        Format::Png => {
            // Stronger compression takes ten times as long for a few per cent.
            let (compression, filter) = (CompressionType::Fast, FilterType::Adaptive);
            raw.write(PngEncoder::new_with_quality(&mut file, compression, filter)).map_err(|e| e.to_string())
        }
        // This encoder keeps the full colour resolution (4:4:4).
        Format::Jpeg => raw.write(JpegEncoder::new_with_quality(&mut file, quality)).map_err(|e| e.to_string()),
        Format::WebP => raw.write(WebPEncoder::new_lossless(&mut file)).map_err(|e| e.to_string()),
        Format::Tiff if has_alpha => {
            write_tiff::<T::SeeThrough>(&mut file, (width, height), &samples, true).map_err(|e| e.to_string())
        }
        Format::Tiff => write_tiff::<T::Opaque>(&mut file, (width, height), &samples, false).map_err(|e| e.to_string()),
    };
    written.map_err(|detail| PictureError::EncodingFailed { format, detail })?;
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

/// Compresses with Deflate, which nearly all programs read. The `image` crate's encoder does not compress.
fn write_tiff<C: ColorType>(
    file: &mut Vec<u8>,
    (width, height): (u32, u32),
    samples: &[C::Inner],
    has_alpha: bool,
) -> TiffResult<()>
where
    [C::Inner]: TiffValue,
{
    let encoder = TiffEncoder::new(Cursor::new(file))?.with_compression(Compression::Deflate(DeflateLevel::Fast));
    let mut encoder = encoder.with_predictor(Predictor::Horizontal);
    let mut image = encoder.new_image::<C>(width, height)?;
    image.encoder().write_tag(Tag::IccProfile, SRGB_PROFILE)?;
    if has_alpha {
        image.encoder().write_tag(Tag::ExtraSamples, ExtraSamples::UnassociatedAlpha.to_u16())?;
    }
    image.write_data(samples)
}

/// The samples of a picture, with its transparency if the format has any. Otherwise it is blended with white, in encoded
/// values, as viewers and browsers do.
fn samples<T: Sample>(picture: &Picture, format: Format) -> Result<Vec<T>, PictureError> {
    let (colours, _) = picture.pixels().as_chunks::<3>();
    let Some(alpha) = picture.alpha() else {
        let mut samples = reserve(picture.pixels().len())?;
        samples.extend(picture.pixels().iter().map(|&value| T::of(value)));
        return Ok(samples);
    };
    let channels = if format.has_transparency() { 4 } else { 3 };
    let mut samples = reserve(alpha.len().saturating_mul(channels))?;
    for (&[red, green, blue], &alpha) in colours.iter().zip(alpha) {
        if format.has_transparency() {
            samples.extend([red, green, blue, alpha].map(T::of));
        } else {
            let alpha = within(alpha);
            samples.extend([red, green, blue].map(|value| T::of(within(value) * alpha + 1.0 - alpha)));
        }
    }
    Ok(samples)
}
