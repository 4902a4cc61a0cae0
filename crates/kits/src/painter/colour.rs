//! Colours as a painter mixes them: Oklab (B. Ottosson, "A perceptual color space for image processing", 2020).

use std::ops::{Add, Mul, Sub};

use crate::colour::{decode, encode};

/// Lightness from 0 to 1, green to red, and blue to yellow.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Lab {
    pub l: f32,
    pub a: f32,
    pub b: f32,
}

impl Lab {
    pub fn new(l: f32, a: f32, b: f32) -> Self {
        Self { l, a, b }
    }

    pub fn from_srgb(rgb: [f32; 3]) -> Self {
        let [r, g, b] = rgb.map(decode);
        let l = libm::cbrtf(0.412_221_46 * r + 0.536_332_55 * g + 0.051_445_995 * b);
        let m = libm::cbrtf(0.211_903_5 * r + 0.680_699_5 * g + 0.107_396_96 * b);
        let s = libm::cbrtf(0.088_302_46 * r + 0.281_718_85 * g + 0.629_978_7 * b);
        Self {
            l: 0.210_454_26 * l + 0.793_617_8 * m - 0.004_072_047 * s,
            a: 1.977_998_5 * l - 2.428_592_2 * m + 0.450_593_7 * s,
            b: 0.025_904_037 * l + 0.782_771_77 * m - 0.808_675_77 * s,
        }
    }

    pub fn from_hex(hex: u32) -> Self {
        Self::from_srgb([16, 8, 0].map(|shift| ((hex >> shift) & 255) as f32 / 255.0))
    }

    fn to_linear(self) -> [f32; 3] {
        let l = self.l + 0.396_337_78 * self.a + 0.215_803_76 * self.b;
        let m = self.l - 0.105_561_346 * self.a - 0.063_854_17 * self.b;
        let s = self.l - 0.089_484_18 * self.a - 1.291_485_5 * self.b;
        let (l, m, s) = (l * l * l, m * m * m, s * s * s);
        [
            4.076_741_7 * l - 3.307_711_6 * m + 0.230_969_93 * s,
            -1.268_438 * l + 2.609_757_4 * m - 0.341_319_4 * s,
            -0.004_196_086_3 * l - 0.703_418_6 * m + 1.707_614_7 * s,
        ]
    }

    /// Clamped to what a screen shows.
    pub fn to_srgb(self) -> [f32; 3] {
        self.to_linear().map(encode)
    }

    /// The same lightness with no more colour than a screen shows.
    pub fn in_gamut(self) -> Self {
        let l = self.l.clamp(0.0, 1.0);
        let grey = Self::new(l, 0.0, 0.0);
        let shown = |colour: Self| colour.to_linear().iter().all(|x| (-0.001..=1.001).contains(x));
        let full = Self { l, ..self };
        if shown(full) {
            return full;
        }
        let (mut low, mut high) = (0.0, 1.0);
        for _ in 0..6 {
            let middle = 0.5 * (low + high);
            if shown(grey.mix(full, middle)) { low = middle } else { high = middle }
        }
        grey.mix(full, low)
    }

    pub fn mix(self, other: Self, share: f32) -> Self {
        self + (other - self) * share
    }

    /// The same lightness with a part of another colour's hue.
    pub fn tinted(self, other: Self, share: f32) -> Self {
        Self { l: self.l, ..self.mix(other, share) }
    }

    /// Square of the distance to another colour.
    pub fn far(self, other: Self) -> f32 {
        let d = self - other;
        d.l * d.l + d.a * d.a + d.b * d.b
    }
}

impl Add for Lab {
    type Output = Self;
    fn add(self, o: Self) -> Self {
        Self::new(self.l + o.l, self.a + o.a, self.b + o.b)
    }
}

impl Sub for Lab {
    type Output = Self;
    fn sub(self, o: Self) -> Self {
        Self::new(self.l - o.l, self.a - o.a, self.b - o.b)
    }
}

impl Mul<f32> for Lab {
    type Output = Self;
    fn mul(self, k: f32) -> Self {
        Self::new(self.l * k, self.a * k, self.b * k)
    }
}
