//! Gradients as pictures.

use crate::picture::{Picture, PictureError};

/// The part of all values that the scale shows in full; the few larger ones would leave all others grey.
const SHOWN: f32 = 0.99;
/// The value of no change.
const GREY: f32 = 0.5;

/// Draws a gradient on mid-grey: brighter where a value should grow, darker where it should shrink, each colour for itself.
/// Returns the factor of the gradient as well: the one that brings 99 % of its values into 0…1; the others are clamped.
///
/// `gradient` is `[height][width][3]` of any scale, without NaN; `size` is its width and height.
///
/// # Errors
/// A gradient of another length than `size` says.
pub fn drawn(gradient: &[f32], size: (usize, usize)) -> Result<(Picture, f32), PictureError> {
    let mut strengths: Vec<f32> = gradient.iter().map(|value| value.abs()).collect();
    let at = (strengths.len().saturating_sub(1) as f32 * SHOWN) as usize;
    let strongest = match strengths.get(at) {
        Some(_) => *strengths.select_nth_unstable_by(at, f32::total_cmp).1,
        None => 0.0,
    };
    let factor = if strongest > 0.0 { GREY / strongest } else { 0.0 };
    let pixels = gradient.iter().map(|value| (GREY + factor * value).clamp(0.0, 1.0)).collect();
    Ok((Picture::new(size.0, size.1, pixels)?, factor))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_change_is_grey_and_most_values_are_shown_in_full() {
        let mut gradient = [2.0, -2.0].repeat(150);
        gradient[..3].copy_from_slice(&[0.0, 1.0, 1000.0]);
        let (picture, factor) = drawn(&gradient, (10, 10)).unwrap();
        assert_eq!((&picture.pixels()[..5], factor), (&[0.5, 0.75, 1.0, 0.0, 1.0][..], 0.25));
    }

    #[test]
    fn a_gradient_of_zeros_is_grey() {
        let (picture, factor) = drawn(&[0.0; 6], (2, 1)).unwrap();
        assert_eq!((picture.pixels(), factor), (&[0.5; 6][..], 0.0));
        assert!(drawn(&[0.0; 5], (2, 1)).is_err());
    }
}
