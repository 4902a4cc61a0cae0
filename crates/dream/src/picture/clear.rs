//! Clear pixels, which nobody sees. Their colours are often black, white or what an editor left there.

use std::borrow::Cow;

use super::pixels::Picture;

/// Whether a pixel of this transparency is invisible: it rounds to 0 in 8 bits.
pub(crate) fn is_clear(alpha: f32) -> bool {
    alpha < 0.5 / 255.0
}

/// Whether any pixel of the picture is clear.
pub(crate) fn has_clear(picture: &Picture) -> bool {
    picture.alpha().is_some_and(|alpha| alpha.iter().any(|alpha| is_clear(*alpha)))
}

/// Returns the picture as networks should see it: the colours of visible pixels continue into clear ones.
pub(crate) fn visible(picture: Cow<'_, Picture>) -> Cow<'_, Picture> {
    if has_clear(&picture) { Cow::Owned(filled(picture.into_owned())) } else { picture }
}

/// Continues the colours of visible pixels into clear ones, smoothly. A picture without visible pixels becomes grey.
fn filled(mut picture: Picture) -> Picture {
    let size = (picture.width(), picture.height());
    let (pixels, alpha) = picture.planes_mut();
    if let Some(alpha) = alpha {
        fill(pixels.as_chunks_mut().0, size, &|index| is_clear(alpha[index]));
    }
    picture
}

/// Gives clear pixels the mean colour of the visible ones around them: those of the picture in half the size, which is filled
/// first. (Gortler et al., The Lumigraph, 1996, 3.4, pull and push.)
fn fill(pixels: &mut [[f32; 3]], (width, height): (usize, usize), is_clear: &dyn Fn(usize) -> bool) {
    if !(0..pixels.len()).any(is_clear) {
        return;
    }
    if pixels.len() == 1 {
        pixels[0] = [0.5; 3];
        return;
    }
    let half = (width.div_ceil(2), height.div_ceil(2));
    let (mut sums, mut counts) = (vec![[0.0; 3]; half.0 * half.1], vec![0.0; half.0 * half.1]);
    for index in (0..pixels.len()).filter(|index| !is_clear(*index)) {
        let of_half = index / width / 2 * half.0 + index % width / 2;
        counts[of_half] += 1.0;
        sums[of_half].iter_mut().zip(pixels[index]).for_each(|(sum, value)| *sum += value);
    }
    for (sum, count) in sums.iter_mut().zip(&counts).filter(|(_, count)| **count > 0.0) {
        *sum = sum.map(|sum| sum / count);
    }
    fill(&mut sums, half, &|index| counts[index] == 0.0);
    for index in (0..pixels.len()).filter(|index| is_clear(*index)) {
        pixels[index] = between(&sums, half, (index % width, index / width));
    }
}

/// The colour at a pixel of a picture of twice the size, by linear interpolation.
fn between(pixels: &[[f32; 3]], (width, height): (usize, usize), (x, y): (usize, usize)) -> [f32; 3] {
    let along = |place: usize, length: usize| {
        let place = (place as f32 * 0.5 - 0.25).clamp(0.0, (length - 1) as f32);
        let before = place as usize;
        (before, (before + 1).min(length - 1), place - before as f32)
    };
    let ((left, right, across), (top, bottom, down)) = (along(x, width), along(y, height));
    let mix = |a: f32, b: f32, part: f32| a + (b - a) * part;
    std::array::from_fn(|channel| {
        let at = |x: usize, y: usize| pixels[y * width + x][channel];
        mix(mix(at(left, top), at(right, top), across), mix(at(left, bottom), at(right, bottom), across), down)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(width: usize, height: usize, pixel: impl Fn(usize, usize) -> ([f32; 3], f32)) -> Picture {
        let all: Vec<_> = (0..width * height).map(|index| pixel(index % width, index / width)).collect();
        let pixels = all.iter().flat_map(|(colour, _)| *colour).collect();
        Picture::with_alpha(width, height, pixels, Some(all.iter().map(|(_, alpha)| *alpha).collect())).unwrap()
    }

    #[test]
    fn clear_pixels_take_the_colours_around_them_and_visible_ones_stay() {
        for (width, height) in [(1, 1), (2, 1), (7, 5), (64, 33)] {
            let red = [0.9, 0.1, 0.2];
            let clear = |x: usize, y: usize| x + y > 0 && (x > width / 3 || y == 0);
            let dotted = picture(width, height, |x, y| if clear(x, y) { ([0.0, 1.0, 0.0], 0.0) } else { (red, 1.0) });
            for colour in filled(dotted).pixels().as_chunks::<3>().0 {
                colour.iter().zip(red).for_each(|(got, wanted)| assert!((got - wanted).abs() < 1e-6, "{colour:?}"));
            }
        }
        let shades = picture(50, 20, |x, _| ([x as f32 / 50.0; 3], f32::from(u8::from(x != 25))));
        let after = filled(shades.clone());
        for index in 0..50 * 20 {
            let (before, after) = (shades.pixels()[index * 3], after.pixels()[index * 3]);
            assert!(if index % 50 == 25 { (before - after).abs() < 0.03 } else { before == after });
        }
    }

    #[test]
    fn a_picture_without_visible_pixels_becomes_grey() {
        assert!(filled(picture(5, 4, |_, _| ([1.0; 3], 0.0))).pixels().iter().all(|value| *value == 0.5));
    }
}
