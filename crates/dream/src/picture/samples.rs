//! Decoded samples -> colours in sRGB -> an upright [`Picture`].

use image::metadata::Orientation;

use super::colour::{Model, Profile, ToSrgb, within};
use super::error::PictureError;
use super::format::FileKind;
use super::limits::zeros;
use super::pixels::Picture;
use super::upright::Upright;
use super::warning::Warning;

/// Samples in the depth of the file.
#[derive(PartialEq)]
pub(super) enum Samples {
    /// 0 to 255.
    Bytes(Vec<u8>),
    /// 0 to 65,535.
    Words(Vec<u16>),
    /// 0 to 2^32 - 1.
    Longs(Vec<u32>),
    /// 0 to 1.
    Floats(Vec<f32>),
}

/// A file, decoded but not yet converted.
pub(super) struct Decoded {
    pub width: u32,
    pub height: u32,
    pub model: Model,
    pub coding: Coding,
    pub channels: Channels,
    pub samples: Samples,
    pub profile: Profile,
    pub orientation: Orientation,
}

/// How the samples of a pixel make up a colour of the model.
pub(super) enum Coding {
    /// They are its channels.
    Plain,
    /// 1 stands for 0, and 0 for 1.
    Inverted,
    /// Luma and two differences of colour; the model is RGB.
    YCbCr,
    /// CIE L*a*b*, where a* and b* are signed numbers of 8 or 16 bits.
    SignedLab {
        /// 8 or 16.
        bits: u32,
    },
    /// L*a*b* of 16 bits, whose 100 and 127 are 65,280 (ICC.1, version 2).
    LongLab,
    /// One sample is an index into these colours, scaled so that the last is 1; the model is RGB.
    Palette(Vec<[f32; 3]>),
}

/// How the channels of a pixel are stored.
pub(super) struct Channels {
    /// Samples of a pixel: those of the colour first, then transparency or others that are skipped.
    pub count: usize,
    pub alpha: Option<Alpha>,
    /// Whether each channel is a picture of its own, one after the other; else the channels of a pixel are neighbours.
    pub planar: bool,
}

/// Transparency.
pub(super) struct Alpha {
    /// The number of its channel.
    pub channel: usize,
    /// Whether the colours are multiplied by it.
    pub is_premultiplied: bool,
}

impl Channels {
    /// Interleaved, transparency last if there is any.
    pub(super) fn interleaved(model: Model, has_alpha: bool) -> Self {
        let channel = model.channels();
        let alpha = has_alpha.then_some(Alpha { channel, is_premultiplied: false });
        Self { count: channel + usize::from(has_alpha), alpha, planar: false }
    }
}

impl Coding {
    /// Samples of a colour as they are stored.
    pub(super) fn stored(&self, model: Model) -> usize {
        if let Self::Palette(_) = self { 1 } else { model.channels() }
    }

    /// Decodes a row of stored colours to channels of the model.
    fn decode(&self, stored: &[f32], row: &mut [f32], model: Model) {
        let colours = row.chunks_exact_mut(model.channels());
        for (colour, stored) in colours.zip(stored.chunks_exact(self.stored(model))) {
            match self {
                Self::Plain => colour.copy_from_slice(stored),
                Self::Inverted => {
                    for (value, stored) in colour.iter_mut().zip(stored) {
                        *value = 1.0 - stored;
                    }
                }
                Self::YCbCr => colour.copy_from_slice(&rgb(stored)),
                Self::SignedLab { bits } => {
                    let [a, b] = [stored[1], stored[2]].map(|value| from_signed(value, *bits));
                    colour.copy_from_slice(&[stored[0], a, b]);
                }
                Self::LongLab => {
                    for (value, stored) in colour.iter_mut().zip(stored) {
                        *value = stored * 65_535.0 / 65_280.0;
                    }
                }
                Self::Palette(colours) => {
                    let last = colours.len() - 1;
                    let index = (stored[0] * last as f32).round() as usize;
                    colour.copy_from_slice(&colours[index.min(last)]);
                }
            }
        }
    }
}

/// ITU-T T.871, 7.
fn rgb(stored: &[f32]) -> [f32; 3] {
    let (y, cb, cr) = (stored[0], stored[1] - 128.0 / 255.0, stored[2] - 128.0 / 255.0);
    [y + 1.402 * cr, y - 0.344_136 * cb - 0.714_136 * cr, y + 1.772 * cb]
}

/// a* or b* as a two's complement, in units of 1 (8 bits) or 1 / 256 (16 bits), to (a* + 128) / 255.
fn from_signed(value: f32, bits: u32) -> f32 {
    let (half, most) = ((1u32 << (bits - 1)) as f32, ((1u32 << bits) - 1) as f32);
    let raised = ((value * most).round() + half) % (2.0 * half);
    raised / (255.0 * half / 128.0)
}

/// Converts decoded samples to a picture. A profile that cannot be used is ignored with a warning, as browsers do.
pub(super) fn into_picture(kind: FileKind, decoded: Decoded) -> Result<(Picture, Option<Warning>), PictureError> {
    let by_profile = match &decoded.profile {
        Ok(profile) => ToSrgb::new(decoded.model, profile.as_ref()),
        Err(detail) => Err(detail.clone()),
    };
    let (to_srgb, warning) = match by_profile {
        Ok(to_srgb) => (to_srgb, None),
        Err(detail) => (ToSrgb::plain(decoded.model), Some(Warning::ProfileIgnored { kind, detail })),
    };
    let picture = match &decoded.samples {
        Samples::Bytes(samples) => convert(kind, &decoded, &to_srgb, samples, |value| f32::from(value) / 255.0),
        Samples::Words(samples) => convert(kind, &decoded, &to_srgb, samples, |value| f32::from(value) / 65535.0),
        Samples::Longs(samples) => {
            convert(kind, &decoded, &to_srgb, samples, |value| (f64::from(value) / f64::from(u32::MAX)) as f32)
        }
        Samples::Floats(samples) => convert(kind, &decoded, &to_srgb, samples, within),
    };
    Ok((picture?, warning))
}

/// Converts row by row, so that no second buffer is as large as the picture.
fn convert<T: Copy>(
    kind: FileKind,
    decoded: &Decoded,
    to_srgb: &ToSrgb,
    samples: &[T],
    to_float: impl Fn(T) -> f32,
) -> Result<Picture, PictureError> {
    let (width, height) = (decoded.width as usize, decoded.height as usize);
    let Channels { count, alpha: opacity, planar } = &decoded.channels;
    let (to_pixel, to_channel) = if *planar { (1, width * height) } else { (*count, 1) };
    let stored = decoded.coding.stored(decoded.model);
    let upright = Upright::new(decoded.orientation, width, height);

    let mut pixels = zeros::<f32>(width * height * 3)?;
    let mut alpha = zeros::<f32>(if opacity.is_some() { width * height } else { 0 })?;
    let mut stored_row = vec![0.0; width * stored];
    let mut row = vec![0.0; width * decoded.model.channels()];
    let mut rgb = vec![0.0; width * 3];
    for y in 0..height {
        for (x, colour) in stored_row.chunks_exact_mut(stored).enumerate() {
            let sample = |channel: usize| to_float(samples[(y * width + x) * to_pixel + channel * to_channel]);
            for (channel, value) in colour.iter_mut().enumerate() {
                *value = sample(channel);
            }
            if let Some(Alpha { channel, is_premultiplied }) = opacity {
                let covered = sample(*channel);
                alpha[upright.index(x, y)] = covered;
                if *is_premultiplied && covered > 0.0 {
                    colour.iter_mut().for_each(|value| *value = (*value / covered).min(1.0));
                }
            }
        }
        decoded.coding.decode(&stored_row, &mut row, decoded.model);
        to_srgb.row(&row, &mut rgb).map_err(|detail| PictureError::Damaged { kind, detail })?;
        for (x, rgb) in rgb.chunks_exact(3).enumerate() {
            pixels[upright.index(x, y) * 3..][..3].copy_from_slice(rgb);
        }
    }

    let see_through = alpha.iter().any(|&value| value < 1.0);
    let (width, height) = upright.size();
    Picture::with_alpha(width, height, pixels, see_through.then_some(alpha))
}
