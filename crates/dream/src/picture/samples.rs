//! Decoded samples -> colours in sRGB -> an upright [`Picture`].

use image::metadata::Orientation;

use super::colour::{Model, ToSrgb, within};
use super::error::PictureError;
use super::limits::zeros;
use super::pixels::Picture;
use super::upright::Upright;

/// Samples in the depth of the file, interleaved.
pub(super) enum Samples {
    Bytes(Vec<u8>),
    Words(Vec<u16>),
    Floats(Vec<f32>),
}

/// A file, decoded but not yet converted.
pub(super) struct Decoded {
    pub width: u32,
    pub height: u32,
    pub model: Model,
    /// Whether there is one more channel, after those of the model.
    pub has_alpha: bool,
    pub samples: Samples,
    pub profile: Option<Vec<u8>>,
    pub orientation: Orientation,
}

/// Converts decoded samples to a picture.
pub(super) fn into_picture(decoded: Decoded) -> Result<Picture, PictureError> {
    match &decoded.samples {
        Samples::Bytes(samples) => convert(&decoded, samples, |value| f32::from(value) / 255.0),
        Samples::Words(samples) => convert(&decoded, samples, |value| f32::from(value) / 65535.0),
        Samples::Floats(samples) => convert(&decoded, samples, within),
    }
}

/// Converts row by row, so that no second buffer is as large as the picture.
fn convert<T: Copy>(decoded: &Decoded, samples: &[T], to_float: impl Fn(T) -> f32) -> Result<Picture, PictureError> {
    let (width, height) = (decoded.width as usize, decoded.height as usize);
    let colours = decoded.model.channels();
    let channels = colours + usize::from(decoded.has_alpha);
    let to_srgb = ToSrgb::new(decoded.model, decoded.profile.as_deref());
    let upright = Upright::new(decoded.orientation, width, height);

    let mut pixels = zeros::<f32>(width * height * 3)?;
    let mut alpha = zeros::<f32>(if decoded.has_alpha { width * height } else { 0 })?;
    let mut row = vec![0.0; width * colours];
    let mut rgb = vec![0.0; width * 3];
    for (y, samples) in samples.chunks_exact(width * channels).enumerate() {
        for (x, sample) in samples.chunks_exact(channels).enumerate() {
            for (value, sample) in row[x * colours..].iter_mut().zip(&sample[..colours]) {
                *value = to_float(*sample);
            }
            if decoded.has_alpha {
                alpha[upright.index(x, y)] = to_float(sample[colours]);
            }
        }
        to_srgb.row(&row, &mut rgb);
        for (x, rgb) in rgb.chunks_exact(3).enumerate() {
            pixels[upright.index(x, y) * 3..][..3].copy_from_slice(rgb);
        }
    }

    let see_through = alpha.iter().any(|&value| value < 1.0);
    let (width, height) = upright.size();
    Picture::with_alpha(width, height, pixels, see_through.then_some(alpha))
}
