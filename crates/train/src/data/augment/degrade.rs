//! What bad cameras and files do to pictures.

use image::codecs::jpeg::JpegEncoder;
use image::{ExtendedColorType, ImageFormat};

use super::super::draws::Draws;

/// Blurs a square picture by a Gaussian of this standard deviation in pixels. The border goes on outside.
pub(super) fn blur(pixels: &mut [f32], size: usize, deviation: f32) {
    let reach = (3.0 * deviation).ceil() as usize;
    if reach == 0 {
        return;
    }
    let weight = |distance: usize| (-0.5 * (distance as f32 / deviation).powi(2)).exp();
    let weights: Vec<f32> = (0..=2 * reach).map(|i| weight(i.abs_diff(reach))).collect();
    let sum: f32 = weights.iter().sum();
    let weights: Vec<f32> = weights.iter().map(|weight| weight / sum).collect();

    let source = pixels.to_vec();
    let mut padded = vec![0.0; (size + 2 * reach) * 3];
    let mut blurred = vec![0.0; source.len()];
    for (y, blurred) in blurred.chunks_mut(size * 3).enumerate() {
        for (x, pixel) in padded.as_chunks_mut::<3>().0.iter_mut().enumerate() {
            let x = x.saturating_sub(reach).min(size - 1);
            pixel.copy_from_slice(&source[(y * size + x) * 3..][..3]);
        }
        for (i, weight) in weights.iter().enumerate() {
            add(blurred, &padded[i * 3..], *weight);
        }
    }
    for (y, row) in pixels.chunks_mut(size * 3).enumerate() {
        row.fill(0.0);
        for (i, weight) in weights.iter().enumerate() {
            let from = (y + i).saturating_sub(reach).min(size - 1);
            add(row, &blurred[from * size * 3..], *weight);
        }
        row.iter_mut().for_each(|value| *value = value.min(1.0));
    }
}

fn add(to: &mut [f32], from: &[f32], weight: f32) {
    to.iter_mut().zip(from).for_each(|(to, from)| *to += from * weight);
}

/// Adds noise of this standard deviation to every value. The sum of four uniform numbers, which has the variance 1/3, is
/// near enough to a normal one.
pub(super) fn add_noise(pixels: &mut [f32], deviation: f32, draws: &mut Draws) {
    let scale = deviation * 3f32.sqrt() / f32::from(u16::MAX);
    for value in pixels {
        let bits = draws.bits();
        let sum: i32 = [0, 16, 32, 48].map(|shift| (bits >> shift) as i32 & 0xffff).iter().sum();
        *value = (*value + (sum - 2 * i32::from(u16::MAX)) as f32 * scale).clamp(0.0, 1.0);
    }
}

/// Compresses a square picture as JPEG and reads it again.
pub(super) fn compress(pixels: &mut [f32], size: usize, quality: u8) {
    let samples: Vec<u8> = pixels.iter().map(|value| (value * 255.0).round() as u8).collect();
    let mut file = Vec::new();
    JpegEncoder::new_with_quality(&mut file, quality)
        .encode(&samples, size as u32, size as u32, ExtendedColorType::Rgb8)
        .expect("a small picture can be written to memory");
    let read = image::load_from_memory_with_format(&file, ImageFormat::Jpeg).expect("it was written just now");
    pixels.iter_mut().zip(read.into_rgb8().iter()).for_each(|(to, from)| *to = f32::from(*from) / 255.0);
}
