//! The brush: lays a stroke of paint on the canvas, hair by hair.

use super::canvas::Canvas;
use super::noise::Noise;
use super::stroke::Stroke;
use super::style::Style;
use crate::random::Random;

/// Where a pixel lies in a stroke.
#[derive(Clone, Copy, Default)]
struct Place {
    /// Square of the distance from the middle line, in pixels.
    square: f32,
    /// Distance from the middle line, negative to the right.
    across: f32,
    /// Distance from the start of the stroke, in pixels.
    along: f32,
    /// Which stroke wrote this.
    stroke: u32,
}

pub(super) struct Brush {
    noise: Noise,
    places: Vec<Place>,
    touched: Vec<u32>,
    strokes: u32,
}

/// One stroke's own look.
struct Look {
    offset: [f32; 2],
    /// Hairs from the middle to the edge.
    hairs: f32,
    /// Changes of a hair over a pixel along.
    grain: f32,
    length: f32,
    radius: f32,
}

impl Brush {
    pub fn new(pixels: usize, random: &mut Random) -> Self {
        Self { noise: Noise::new(random), places: vec![Place::default(); pixels], touched: Vec::new(), strokes: 0 }
    }

    pub fn lay(&mut self, canvas: &mut Canvas, stroke: &Stroke, style: &Style, random: &mut Random) {
        self.strokes += 1;
        self.touched.clear();
        let mut along = 0.0;
        if let [point] = stroke.points[..] {
            self.measure(canvas, point, [point[0] + 0.5, point[1]], 0.0, stroke.radius);
        }
        for pair in stroke.points.windows(2) {
            along += self.measure(canvas, pair[0], pair[1], along, stroke.radius);
        }
        let look = Look {
            offset: [random.range(0.0, 64.0), random.range(0.0, 64.0)],
            hairs: (stroke.radius / 1.5).clamp(1.0, 6.0),
            grain: 0.35 / stroke.radius.max(2.0),
            length: along.max(1.0),
            radius: stroke.radius,
        };
        for &index in &self.touched {
            let place = self.places[index as usize];
            paint_pixel(canvas, index as usize, place, &look, &self.noise, stroke, style);
        }
    }

    /// Notes the place of each pixel near a piece of the stroke, and returns the length of the piece.
    fn measure(&mut self, canvas: &Canvas, from: [f32; 2], to: [f32; 2], along: f32, radius: f32) -> f32 {
        let reach = radius + 1.0;
        let (dx, dy) = (to[0] - from[0], to[1] - from[1]);
        let length = (dx * dx + dy * dy).sqrt().max(1.0e-6);
        let (ux, uy) = (dx / length, dy / length);
        let span = |a: f32, b: f32, end: usize| {
            let low = (a.min(b) - reach).max(0.0) as usize;
            low..((a.max(b) + reach + 1.0).max(0.0) as usize).min(end)
        };
        for y in span(from[1], to[1], canvas.height) {
            for x in span(from[0], to[0], canvas.width) {
                let (px, py) = (x as f32 + 0.5 - from[0], y as f32 + 0.5 - from[1]);
                let forth = (px * ux + py * uy).clamp(0.0, length);
                let (ox, oy) = (px - forth * ux, py - forth * uy);
                let square = ox * ox + oy * oy;
                if square > reach * reach {
                    continue;
                }
                let index = y * canvas.width + x;
                let place = &mut self.places[index];
                let new = place.stroke != self.strokes;
                if new {
                    self.touched.push(index as u32);
                }
                if new || square < place.square {
                    let across = px * uy - py * ux;
                    *place = Place { square, across, along: along + forth, stroke: self.strokes };
                }
            }
        }
        length
    }
}

fn paint_pixel(
    canvas: &mut Canvas,
    index: usize,
    place: Place,
    look: &Look,
    noise: &Noise,
    stroke: &Stroke,
    style: &Style,
) {
    let part = place.along / look.length;
    let across = place.across / look.radius;
    let hair = noise.at(look.offset[0] + across * look.hairs, look.offset[1] + place.along * look.grain);
    // Pressed at once, lifted slowly.
    let pressed = (0.7 + 2.0 * part).min(1.0) * (0.45 + 1.6 * (1.0 - part)).min(1.0);
    let radius = look.radius * pressed * (0.85 + 0.3 * hair);
    let distance = place.square.sqrt();
    let inside = (radius - distance + 0.5).clamp(0.0, 1.0);
    let dry = style.dry * ((part - 0.45) * 1.8).clamp(0.0, 1.0);
    let covered = inside * ((hair - dry + 0.25) * 4.0).clamp(0.0, 1.0);
    if covered <= 0.0 {
        return;
    }
    let below = canvas.paint.pixels[index];
    let wet = if canvas.bare[index] { 0.0 } else { style.wet * (0.4 + 0.6 * part) };
    let mut colour = stroke.colour.mix(below, wet);
    colour.l += (hair - 0.5) * 0.09 * style.bristles;
    canvas.paint.pixels[index] = below.mix(colour, covered);
    canvas.bare[index] &= covered < 0.5;
    // Paint is pushed to the edges, and lies thicker under large brushes.
    let edge = (distance / radius.max(0.5)).min(1.0);
    let ridge = edge * edge * (1.0 - edge * edge) * 1.2;
    let thick = look.radius.sqrt() * (0.55 + style.bristles * (hair - 0.5) + ridge);
    let height = &mut canvas.relief[index];
    *height += (0.35 * *height + thick - *height) * covered;
}
