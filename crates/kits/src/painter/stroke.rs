//! The path of a stroke: from a place along the contours, as long as its colour fits.

use super::colour::Lab;
use super::field::Field;
use super::image::Pyramid;
use super::style::Style;

pub(crate) struct Stroke {
    /// In pixels.
    pub points: Vec<[f32; 2]>,
    /// Of the brush, in pixels.
    pub radius: f32,
    pub colour: Lab,
}

/// What a stroke is traced in.
pub(super) struct Scene<'a> {
    pub seen: &'a Pyramid,
    pub field: &'a Field,
    pub style: &'a Style,
    pub width: f32,
    pub height: f32,
}

impl Scene<'_> {
    /// Follows the contours to both sides of `start`, which is of the colour `meant`.
    pub fn trace(&self, start: [f32; 2], level: usize, radius: f32, meant: Lab) -> Vec<[f32; 2]> {
        let half = self.style.length * 0.5;
        let mut back = self.walk(start, -1.0, level, radius, meant, half);
        back.reverse();
        back.push(start);
        back.extend(self.walk(start, 1.0, level, radius, meant, half));
        back
    }

    fn walk(&self, start: [f32; 2], sign: f32, level: usize, radius: f32, meant: Lab, length: f32) -> Vec<[f32; 2]> {
        let step = radius.max(2.5);
        let [mut x, mut y] = start;
        let first = self.field.direction(x / self.width, y / self.height);
        let mut last = [first[0] * sign, first[1] * sign];
        let mut points = Vec::new();
        let mut gone = 0.0;
        while gone < length * radius {
            let mut ahead = self.field.direction(x / self.width, y / self.height);
            if ahead[0] * last[0] + ahead[1] * last[1] < 0.0 {
                ahead = [-ahead[0], -ahead[1]];
            }
            let bend = self.style.bend;
            let turned = [0, 1].map(|i| bend * ahead[i] + (1.0 - bend) * last[i]);
            let size = (turned[0] * turned[0] + turned[1] * turned[1]).sqrt().max(1.0e-6);
            last = [turned[0] / size, turned[1] / size];
            (x, y) = (x + step * last[0], y + step * last[1]);
            gone += step;
            let outside = x < -radius || y < -radius || x > self.width + radius || y > self.height + radius;
            if outside || self.seen.blurred(level, x, y).far(meant) > self.strays() {
                break;
            }
            points.push([x, y]);
        }
        points
    }

    /// Square of how far the picture may be from the stroke's colour along the stroke.
    fn strays(&self) -> f32 {
        let off = 1.1 * self.style.tolerance;
        off * off
    }
}
