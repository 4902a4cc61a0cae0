//! The canvas: colours, and how thick the paint lies.

use super::colour::Lab;
use super::image::Image;

pub(super) struct Canvas {
    pub width: usize,
    pub height: usize,
    pub paint: Image,
    /// Where the ground still shows.
    pub bare: Vec<bool>,
    /// Thickness of the paint, in pixels.
    pub relief: Vec<f32>,
}

impl Canvas {
    pub fn new(width: usize, height: usize, ground: Lab) -> Self {
        let pixels = vec![ground; width * height];
        let paint = Image { width, height, pixels };
        Self { width, height, paint, bare: vec![true; width * height], relief: vec![0.0; width * height] }
    }

    /// The picture as sRGB, its relief lit from the upper left.
    pub fn lit(&self, strength: f32) -> Vec<f32> {
        let mut out = Vec::with_capacity(self.relief.len() * 3);
        for y in 0..self.height {
            let (above, below) = (y.saturating_sub(1), (y + 1).min(self.height - 1));
            for x in 0..self.width {
                let (left, right) = (x.saturating_sub(1), (x + 1).min(self.width - 1));
                let at = |x: usize, y: usize| self.relief[y * self.width + x];
                let slope = 0.35 * (at(right, y) - at(left, y) + at(x, below) - at(x, above));
                let light = slope / (1.0 + slope * slope).sqrt();
                let mut colour = self.paint.at(x, y);
                colour.l *= 1.0 + 0.2 * strength * light;
                out.extend(colour.to_srgb());
            }
        }
        out
    }
}
