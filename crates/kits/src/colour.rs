//! Colours in linear light.

use crate::noise::lerp;
use crate::random::Random;
use std::ops::{Add, Mul};
use std::sync::OnceLock;

/// A colour in linear light: red, green and blue.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Rgb(pub f32, pub f32, pub f32);

impl Rgb {
    pub const BLACK: Rgb = Rgb(0.0, 0.0, 0.0);
    pub const WHITE: Rgb = Rgb(1.0, 1.0, 1.0);

    /// From sRGB written as 0xrrggbb.
    pub fn hex(code: u32) -> Rgb {
        let part = |shift: u32| decode(((code >> shift) & 255) as f32 / 255.0);
        Rgb(part(16), part(8), part(0))
    }

    /// From a hue in turns, saturation and value, each 0 to 1, as in sRGB.
    pub fn hsv(hue: f32, saturation: f32, value: f32) -> Rgb {
        let part = |offset: f32| {
            let k = (offset + 6.0 * hue) % 6.0;
            decode(value * (1.0 - saturation * k.min(4.0 - k).clamp(0.0, 1.0)))
        };
        Rgb(part(5.0), part(3.0), part(1.0))
    }

    pub fn mix(self, other: Rgb, t: f32) -> Rgb {
        Rgb(lerp(self.0, other.0, t), lerp(self.1, other.1, t), lerp(self.2, other.2, t))
    }

    /// A little brighter or darker, warmer or colder.
    pub fn varied(self, random: &mut Random, by: f32) -> Rgb {
        let light = 1.0 + by * random.about_zero();
        let warm = 0.4 * by * random.about_zero();
        self * Rgb(light * (1.0 + warm), light, light * (1.0 - warm))
    }
}

impl Add for Rgb {
    type Output = Rgb;
    fn add(self, o: Rgb) -> Rgb {
        Rgb(self.0 + o.0, self.1 + o.1, self.2 + o.2)
    }
}

impl Mul<f32> for Rgb {
    type Output = Rgb;
    fn mul(self, k: f32) -> Rgb {
        Rgb(self.0 * k, self.1 * k, self.2 * k)
    }
}

impl Mul for Rgb {
    type Output = Rgb;
    fn mul(self, o: Rgb) -> Rgb {
        Rgb(self.0 * o.0, self.1 * o.1, self.2 * o.2)
    }
}

/// One of the colours, or one between two that are next to each other.
pub(crate) fn between(random: &mut Random, colours: &[u32]) -> Rgb {
    let place = random.unit() * (colours.len() - 1) as f32;
    let first = (place as usize).min(colours.len() - 2);
    Rgb::hex(colours[first]).mix(Rgb::hex(colours[first + 1]), place - first as f32)
}

/// Any colour a thing may have, from pale and grey to full.
pub(crate) fn any(random: &mut Random) -> Rgb {
    let saturation = random.unit();
    Rgb::hsv(random.unit(), saturation * (2.0 - saturation) * 0.9, random.range(0.12, 0.98))
}

/// sRGB to linear light, IEC 61966-2-1.
pub(crate) fn decode(x: f32) -> f32 {
    if x <= 0.040_45 { x / 12.92 } else { libm::powf((x + 0.055) / 1.055, 2.4) }
}

/// Entries of the table of [`encode`]; between them it is linear, and exact to a thousandth.
const STEPS: usize = 4096;

/// Linear light to sRGB; what is brighter than 1 is white.
pub(crate) fn encode(x: f32) -> f32 {
    static TABLE: OnceLock<Vec<f32>> = OnceLock::new();
    // Steps even in the square root, as dark tones need finer ones.
    let table = TABLE.get_or_init(|| {
        let exact = |n: usize| {
            let root = n as f32 / STEPS as f32;
            let x = root * root;
            if x <= 0.003_130_8 { 12.92 * x } else { 1.055 * libm::powf(x, 1.0 / 2.4) - 0.055 }
        };
        (0..=STEPS + 1).map(exact).collect()
    });
    let place = x.clamp(0.0, 1.0).sqrt() * STEPS as f32;
    let n = place as usize;
    lerp(table[n], table[n + 1], place - n as f32).clamp(0.0, 1.0)
}
