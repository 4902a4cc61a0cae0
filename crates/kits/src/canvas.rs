//! Where pictures are painted: linear light, places in units of the picture's side.

use crate::Drawing;
use crate::colour::{Rgb, decode, encode};
use crate::noise::{hash, length, lerp};
use crate::random::Random;

/// Side of a finished picture, in pixels.
pub(crate) const SIDE: usize = 160;

/// A square picture in linear light.
pub(crate) struct Canvas {
    side: usize,
    pixels: Vec<Rgb>,
    /// The source of the photo that it is painted on, if it is.
    source: Option<u64>,
}

/// A hair: a bent line that thins to its tip.
pub(crate) struct Hair {
    pub root: [f32; 2],
    /// The curve's middle control point.
    pub bend: [f32; 2],
    pub tip: [f32; 2],
    /// At the root.
    pub width: f32,
    pub colour: Rgb,
    /// Share of the light from the ground that it hides.
    pub cover: f32,
}

impl Canvas {
    /// Paints every pixel of a finished picture's size.
    pub fn new(mut colour: impl FnMut(f32, f32) -> Rgb) -> Self {
        let place = |n: usize| (n as f32 + 0.5) / SIDE as f32;
        let pixels = (0..SIDE * SIDE).map(|i| colour(place(i % SIDE), place(i / SIDE))).collect();
        Self { side: SIDE, pixels, source: None }
    }

    /// Paints a photo on the canvas.
    pub fn of_photo(photo: &Drawing) -> Self {
        let colour = |n: usize| decode(photo.pixels[n]);
        let place = |x: f32, side: usize| ((x * side as f32) as usize).min(side - 1);
        let canvas = Self::new(|x, y| {
            let n = 3 * (place(y, photo.height) * photo.width + place(x, photo.width));
            Rgb(colour(n), colour(n + 1), colour(n + 2))
        });
        Self { source: Some(photo.source), ..canvas }
    }

    /// Side of a pixel.
    pub fn pixel(&self) -> f32 {
        1.0 / self.side as f32
    }

    /// Bilinear sample; the borders repeat.
    pub fn at(&self, x: f32, y: f32) -> Rgb {
        let last = self.side - 1;
        let place = |x: f32| (x * self.side as f32 - 0.5).clamp(0.0, last as f32);
        let (x, y) = (place(x), place(y));
        let (x0, y0) = (x as usize, y as usize);
        let (x1, y1) = ((x0 + 1).min(last), (y0 + 1).min(last));
        let row = |n: usize| self.pixels[n * self.side + x0].mix(self.pixels[n * self.side + x1], x - x0 as f32);
        row(y0).mix(row(y1), y - y0 as f32)
    }

    /// Repaints the pixels at most `reach` from `centre` each way; `colour` takes the place and what is there.
    pub fn repaint(&mut self, centre: [f32; 2], reach: f32, mut colour: impl FnMut(f32, f32, Rgb) -> Rgb) {
        let range = |c: f32| {
            let edge = |x: f32| (x * self.side as f32).clamp(0.0, self.side as f32) as usize;
            edge(c - reach)..(edge(c + reach) + 1).min(self.side)
        };
        let (columns, rows) = (range(centre[0]), range(centre[1]));
        let pixel = self.pixel();
        for y in rows {
            for x in columns.clone() {
                let there = &mut self.pixels[y * self.side + x];
                *there = colour((x as f32 + 0.5) * pixel, (y as f32 + 0.5) * pixel, *there);
            }
        }
    }

    /// Draws a hair as a chain of short straight pieces.
    pub fn draw(&mut self, hair: &Hair) {
        let side = self.side as f32;
        let [root, bend, tip] = [hair.root, hair.bend, hair.tip].map(|p| [p[0] * side, p[1] * side]);
        let long = length(bend[0] - root[0], bend[1] - root[1]) + length(tip[0] - bend[0], tip[1] - bend[1]);
        let pieces = (0.2 * long).clamp(2.0, 12.0) as usize;
        let at = |t: f32| {
            let part = |n: usize| lerp(lerp(root[n], bend[n], t), lerp(bend[n], tip[n], t), t);
            [part(0), part(1)]
        };
        let half = |t: f32| 0.5 * hair.width * side * (1.0 - 0.85 * t * t);
        let mut from = root;
        for n in 1..=pieces {
            let t = n as f32 / pieces as f32;
            let to = at(t);
            self.piece(from, to, half(t - 0.5 / pieces as f32), hair);
            from = to;
        }
    }

    /// A straight piece in pixels; thinner than a pixel it covers its part.
    fn piece(&mut self, from: [f32; 2], to: [f32; 2], half: f32, hair: &Hair) {
        let (dx, dy) = (to[0] - from[0], to[1] - from[1]);
        let long = length(dx, dy).max(1.0e-3);
        let (dx, dy) = (dx / long, dy / long);
        let edge = |x: f32| x.clamp(0.0, self.side as f32) as usize;
        let range = |a: f32, b: f32| edge(a.min(b) - half - 1.0)..edge(a.max(b) + half + 1.0);
        let columns = range(from[0], to[0]);
        for y in range(from[1], to[1]) {
            for x in columns.clone() {
                let (px, py) = (x as f32 + 0.5 - from[0], y as f32 + 0.5 - from[1]);
                let along = px * dx + py * dy;
                if !(0.0..long).contains(&along) {
                    continue;
                }
                let cover = (half + 0.5 - (px * dy - py * dx).abs()).clamp(0.0, (2.0 * half).min(1.0));
                let there = &mut self.pixels[y * self.side + x];
                *there = there.mix(hair.colour, cover * hair.cover);
            }
        }
    }

    /// Twice as many pixels each way, for what is drawn finely.
    pub fn doubled(&self) -> Canvas {
        let side = 2 * self.side;
        let place = |n: usize| (n as f32 + 0.5) / side as f32;
        let pixels = (0..side * side).map(|i| self.at(place(i % side), place(i / side))).collect();
        Canvas { side, pixels, source: self.source }
    }

    /// Half as many pixels each way: means of four.
    pub fn halved(&self) -> Canvas {
        let side = self.side / 2;
        let mean = |i: usize| {
            let n = 2 * (i / side) * self.side + 2 * (i % side);
            let [a, b, c, d] = [n, n + 1, n + self.side, n + self.side + 1].map(|n| self.pixels[n]);
            (a + b + c + d) * 0.25
        };
        Canvas { side, pixels: (0..side * side).map(mean).collect(), source: self.source }
    }

    /// Blurs by a bell whose standard deviation is `sigma` pixels.
    pub fn blur(&mut self, sigma: f32) {
        if sigma < 0.2 {
            return;
        }
        let reach = (2.5 * sigma).ceil() as usize;
        let weight = |n: usize| libm::expf(-0.5 * (n as f32 / sigma) * (n as f32 / sigma));
        let weights: Vec<f32> = (0..=reach).map(weight).collect();
        let total = weights[0] + 2.0 * weights[1..].iter().sum::<f32>();
        // Once along the rows, turning the picture, and once more: rows and columns are done and it lies as before.
        for _ in 0..2 {
            let (side, last) = (self.side, self.side - 1);
            let mut turned = vec![Rgb::BLACK; self.pixels.len()];
            for (y, row) in self.pixels.chunks_exact(side).enumerate() {
                for x in 0..side {
                    let mut sum = row[x] * weights[0];
                    for (n, &weight) in weights.iter().enumerate().skip(1) {
                        sum = sum + (row[x.saturating_sub(n)] + row[(x + n).min(last)]) * weight;
                    }
                    turned[x * side + y] = sum * (1.0 / total);
                }
            }
            self.pixels = turned;
        }
    }

    /// The finished picture, with a camera's grain. Its source is the photo that it is painted on, or else its own `seed`.
    pub fn develop(&self, random: &mut Random, seed: u64) -> Drawing {
        let (salt, grain) = (random.bits(), random.range(0.0, 0.022));
        let mut pixels = Vec::with_capacity(3 * self.pixels.len());
        for (i, &Rgb(r, g, b)) in self.pixels.iter().enumerate() {
            let h = hash(i as u32 ^ salt);
            let noise = |shift: u32| grain * (((h >> shift) & 1023) as f32 / 511.5 - 1.0);
            let values = [(r, 0), (g, 10), (b, 20)].map(|(v, shift)| (encode(v) + noise(shift)).clamp(0.0, 1.0));
            pixels.extend(values);
        }
        Drawing { width: self.side, height: self.side, pixels, source: self.source.unwrap_or(seed) }
    }
}
