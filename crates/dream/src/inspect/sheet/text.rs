//! Text on a picture.

use ab_glyph::{Font, FontRef, Glyph, Point, PxScale, ScaleFont, point};

use crate::picture::Picture;
use crate::picture::colour::{from_light, to_light};

/// Roboto Regular with the characters of Latin-1 and a few marks: see `assets/README.md`.
static ROBOTO: &[u8] = include_bytes!("../../../../../assets/fonts/Roboto-Regular.ttf");
/// The replacement of characters that the typeface lacks.
const UNKNOWN: char = '?';
const ELLIPSIS: char = '…';

/// The typeface of captions.
pub(super) struct Face(FontRef<'static>);

impl Face {
    pub fn new() -> Self {
        Self(FontRef::try_from_slice(ROBOTO).expect("the built-in font is complete"))
    }

    /// Width of a line of text whose letters have the size `em`, in pixels.
    pub fn width(&self, text: &str, em: f32) -> f32 {
        let font = self.0.as_scaled(self.scale(em));
        text.chars().map(|c| font.h_advance(self.glyph(c))).sum()
    }

    /// Returns the text, or as much of its beginning and end as fits into `width` pixels with an ellipsis between: similar names
    /// often differ at the end.
    pub fn shorten(&self, text: &str, em: f32, width: f32) -> String {
        if self.width(text, em) <= width {
            return text.into();
        }
        let all: Vec<char> = text.chars().collect();
        let short = |kept: usize| -> String {
            let (head, tail) = (&all[..kept.div_ceil(2)], &all[all.len() - kept / 2..]);
            let head = head.iter().collect::<String>();
            head.trim_end().chars().chain([ELLIPSIS]).chain(tail.iter().copied()).collect()
        };
        let fits = |kept: &usize| self.width(&short(*kept), em) <= width;
        (1..all.len()).rev().find(fits).map(short).unwrap_or_default()
    }

    /// Writes one line at `(left, baseline)`. Letters outside of the picture are cut off.
    pub fn write(&self, picture: &mut Picture, text: &str, em: f32, (left, baseline): (f32, f32), colour: [f32; 3]) {
        let scale = self.scale(em);
        let colour = colour.map(to_light);
        let mut at = left;
        for c in text.chars() {
            let id = self.glyph(c);
            self.draw(picture, id.with_scale_and_position(scale, point(at, baseline)), colour);
            at += self.0.as_scaled(scale).h_advance(id);
        }
    }

    fn draw(&self, picture: &mut Picture, glyph: Glyph, colour: [f32; 3]) {
        let Some(outline) = self.0.outline_glyph(glyph) else { return };
        let Point { x: left, y: top } = outline.px_bounds().min;
        let (width, height) = (picture.width() as i64, picture.height() as i64);
        outline.draw(|x, y, cover| {
            let (x, y) = (left as i64 + i64::from(x), top as i64 + i64::from(y));
            if (0..width).contains(&x) && (0..height).contains(&y) {
                let pixel = &mut picture.pixels_mut()[((y * width + x) * 3) as usize..][..3];
                blend(pixel, colour, cover.clamp(0.0, 1.0));
            }
        });
    }

    fn glyph(&self, c: char) -> ab_glyph::GlyphId {
        match self.0.glyph_id(c) {
            ab_glyph::GlyphId(0) => self.0.glyph_id(UNKNOWN),
            id => id,
        }
    }

    /// The library measures a font from ascender to descender, typography in em.
    fn scale(&self, em: f32) -> PxScale {
        PxScale::from(em * self.0.height_unscaled() / self.0.units_per_em().expect("the font has its em"))
    }
}

/// Blends a pixel in linear light: blended in sRGB values, edges would look thin.
fn blend(pixel: &mut [f32], light: [f32; 3], cover: f32) {
    for (value, light) in pixel.iter_mut().zip(light) {
        let below = to_light(*value);
        *value = from_light(below + (light - below) * cover);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_captions_lose_their_middle() {
        let face = Face::new();
        let text = "a caption that nobody would want to read to its end";
        for width in [10.0, 40.0, 100.0, 250.0] {
            let short = face.shorten(text, 17.0, width);
            assert!(face.width(&short, 17.0) <= width, "{short} in {width}");
            assert!(
                short.is_empty() || short.starts_with('a') && short.contains('…') && !short.contains(" …"),
                "{short}"
            );
            assert!(width < 100.0 || short.ends_with("end"), "{short}");
        }
        assert_eq!(face.shorten("dogs", 17.0, 100.0), "dogs");
        assert_eq!(face.shorten("dogs", 17.0, 3.0), "");
        assert_eq!(face.shorten("", 17.0, 0.0), "");
    }

    #[test]
    fn every_printable_character_has_a_glyph_and_others_show_a_question_mark() {
        let face = Face::new();
        for c in ('!'..='~').chain(['é', 'ß', '·', '…', '–', '’']) {
            assert!(c == UNKNOWN || face.glyph(c) != face.glyph(UNKNOWN), "{c}");
        }
        assert_eq!(face.glyph('猫'), face.glyph(UNKNOWN));
    }

    #[test]
    fn letters_stay_on_their_line_and_within_the_picture() {
        let face = Face::new();
        let mut picture = Picture::filled(60, 40, [0.0; 3]).unwrap();
        face.write(&mut picture, "Ågjy|", 16.0, (8.0, 24.0), [1.0; 3]);
        let ink = |picture: &Picture, y: usize| picture.pixels()[y * 180..][..180].iter().any(|v| *v > 0.0);
        assert!((0..40).all(|y| !ink(&picture, y) || (8..30).contains(&y)));
        assert!(ink(&picture, 20) && ink(&picture, 27));
        // Cut off on all sides.
        face.write(&mut picture, "WWWWWWWWWWWW", 90.0, (-30.0, 45.0), [1.0; 3]);
        assert!(picture.pixels().iter().all(|v| (0.0..=1.0).contains(v)));
    }
}
