//! A landscape drawn from a seed: hills and water under clouds, for dreams without a photograph.
//!
//! Everything is computed in linear light and in metres, so one seed is one scene at every size.
//! The result is the same to the bit on every machine and any number of threads: see `maths`.

mod clouds;
mod maths;
mod meadow;
mod noise;
mod sky;
mod terrain;
mod water;

/// Functions that give the same bits on every machine, for other drawings.
pub mod exact {
    pub use crate::maths::{floor, lerp, smoothstep};
    pub use crate::noise::{hash, hash2, perlin};
}

use maths::V;
use rayon::prelude::*;

/// Fraction of the picture above the horizon.
const HORIZON: f32 = 0.61;
/// Rows per piece of work when strokes are brushed.
const STRIP: usize = 24;

/// The view of the pixels.
struct View {
    width: usize,
    height: usize,
    /// Pixels per unit of the picture plane, which is one unit ahead.
    scale: f32,
    /// Row of the horizon.
    horizon: f32,
}

impl View {
    fn new(width: usize, height: usize) -> Self {
        let scale = (width as f32 * height as f32).sqrt() / 0.94;
        Self { width, height, scale, horizon: HORIZON * height as f32 }
    }

    /// Place of a pixel's middle across the picture plane.
    fn across(&self, x: f32) -> f32 {
        (x + 0.5 - 0.5 * self.width as f32) / self.scale
    }

    /// Direction from the eye through a pixel's middle.
    fn ray(&self, x: f32, y: f32) -> V {
        V(self.across(x), (self.horizon - y - 0.5) / self.scale, 1.0).unit()
    }
}

/// A picture in linear light.
struct Canvas {
    pixels: Vec<V>,
    width: usize,
}

impl Canvas {
    /// Bilinear sample; the borders repeat.
    fn at(&self, x: f32, y: f32) -> V {
        let height = self.pixels.len() / self.width;
        let x = (x - 0.5).clamp(0.0, (self.width - 1) as f32);
        let y = (y - 0.5).clamp(0.0, (height - 1) as f32);
        let (x0, y0) = (x as usize, y as usize);
        let (x1, y1) = ((x0 + 1).min(self.width - 1), (y0 + 1).min(height - 1));
        let row = |n: usize| self.pixels[n * self.width + x0].mix(self.pixels[n * self.width + x1], x - x0 as f32);
        row(y0).mix(row(y1), y - y0 as f32)
    }
}

/// Paints the landscape of `seed`.
///
/// Returns `height * width * 3` values in 0..=1: rows from the top, red, green and blue for each
/// pixel, encoded as sRGB. The same arguments give the same bytes on any machine.
pub fn paint(width: usize, height: usize, seed: u64) -> Vec<f32> {
    if width == 0 || height == 0 {
        return Vec::new();
    }
    let view = View::new(width, height);
    let sky = sky::Sky::new(seed);
    let mut canvas = scene(&view, &sky, seed);
    let meadow = meadow::Meadow::new(seed, &view, &sky);
    canvas
        .pixels
        .par_chunks_mut(STRIP * width)
        .enumerate()
        .for_each(|(n, rows)| meadow.paint(rows, n * STRIP, &view, &sky));
    let mut out = vec![0.0; width * height * 3];
    out.par_chunks_mut(3 * width).zip(canvas.pixels.par_chunks(width)).for_each(|(out, row)| {
        for (out, &light) in out.chunks_exact_mut(3).zip(row) {
            let V(r, g, b) = maths::develop(light);
            out.copy_from_slice(&[r, g, b]);
        }
    });
    out
}

/// Sky, land and water: everything except the foreground.
fn scene(view: &View, sky: &sky::Sky, seed: u64) -> Canvas {
    let width = view.width;
    let clouds = clouds::Clouds::new(seed, sky);
    let clouds = clouds.render(view, sky);
    let land = terrain::Land::new(seed, sky);
    let columns = land.render(view, sky);
    let above = |i: usize| {
        let (x, y) = (i % width, i / width);
        let pixel = columns[x][y];
        if pixel.land + pixel.water > 0.999 {
            return pixel.light;
        }
        let (fx, fy) = (x as f32, y as f32);
        let veil = clouds.at(fx, fy);
        let behind = sky.behind(view.ray(fx, fy)) * veil.clear + veil.light;
        pixel.light + behind * (1.0 - pixel.land)
    };
    let pixels = (0..width * view.height).into_par_iter().with_min_len(width).map(above).collect();
    let above = Canvas { pixels, width };
    let below = |i: usize| {
        let (x, y) = (i % width, i / width);
        let pixel = columns[x][y];
        if pixel.water <= 0.0 {
            return above.pixels[i];
        }
        let water = water::shade(view, &above, sky, land.eye, seed as u32, [x, y]);
        let share = pixel.water / (pixel.water + pixel.land).max(1.0e-6);
        let dry = pixel.light * (1.0 / pixel.land.max(1.0e-6));
        dry.mix(water, share)
    };
    let pixels = (0..width * view.height).into_par_iter().with_min_len(width).map(below).collect();
    Canvas { pixels, width }
}

#[cfg(test)]
mod tests;
