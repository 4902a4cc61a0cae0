//! Colours as luma and an offset from it.

use super::pixels::Pixel;

/// Luma of Rec. 601.
pub(super) fn luma([r, g, b]: Pixel) -> f32 {
    0.299 * r + 0.587 * g + 0.114 * b
}

/// A colour of the hue of `colour`, its chroma times `factor`, and the luma `wanted`.
///
/// If a channel would leave 0..1, the chroma is reduced to the largest that fits: *SetLum*
/// and *ClipColor* of the W3C's "Compositing and Blending Level 1", with one factor in place of two cases.
pub(super) fn recolour(colour: Pixel, factor: f32, wanted: f32) -> Pixel {
    let (from, wanted) = (luma(colour), wanted.clamp(0.0, 1.0));
    let offset = colour.map(|value| factor * (value - from));
    let room = |offset: f32| {
        if offset > 0.0 { (1.0 - wanted) / offset } else { wanted / -offset.min(-f32::MIN_POSITIVE) }
    };
    let keep = offset.into_iter().map(room).fold(1.0, f32::min);
    offset.map(|offset| (wanted + keep * offset).clamp(0.0, 1.0))
}
