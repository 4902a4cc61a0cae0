//! A painter: repaints a picture with brush strokes.
//!
//! After A. Hertzmann, "Painterly rendering with curved brush strokes of multiple sizes" (SIGGRAPH 1998): layer upon
//! layer, from large brushes to small ones, strokes go where the canvas is not yet like the picture as it looks blurred
//! over the size of the brush, and they follow its contours. Here the contours are those of the smoothed structure tensor,
//! strokes run to both sides of their start, each has hairs and thickness, and a palette says which colours are seen.
//!
//! Only `+ - * / sqrt floor` and the crate libm are used, so that a seed gives the same picture on every machine.

mod brush;
mod canvas;
mod colour;
mod field;
mod image;
mod noise;
mod palette;
mod stroke;
mod style;

use brush::Brush;
use canvas::Canvas;
use field::Field;
use image::{Image, Pyramid};
use stroke::{Scene, Stroke};

pub use style::Style;

use crate::Drawing;
use crate::random::Random;
use colour::Lab;

/// The stream of random numbers.
const SUBJECT: u32 = 0x7041;

/// Pictures with a shorter side are returned as they are.
const SMALLEST: usize = 8;
/// Pixels of the longer side of the picture whose contours strokes follow, at most.
const CONTOURS: usize = 130;

/// Repaints a picture in a style, the same for the same seed. The size and the source stay.
pub fn paint(picture: &Drawing, seed: u64, style: &Style) -> Drawing {
    let Drawing { width, height, source, .. } = *picture;
    if width.min(height) < SMALLEST {
        return picture.clone();
    }
    let random = &mut Random::new(seed, SUBJECT);
    let see = |rgb: &[f32]| style.palette.seen(Lab::from_srgb([rgb[0], rgb[1], rgb[2]]));
    let pixels = picture.pixels.chunks_exact(3).map(see).collect();
    let seen = Pyramid::new(Image { width, height, pixels });
    let outline = seen.0.iter().find(|level| level.width.max(level.height) <= CONTOURS).unwrap_or(&seen.0[0]);
    let field = Field::new(outline, style, random);
    let scene = Scene { seen: &seen, field: &field, style, width: width as f32, height: height as f32 };

    let ground = seen.blurred(usize::MAX, 0.5 * scene.width, 0.5 * scene.height);
    let mut canvas = Canvas::new(width, height, ground.mix(Lab::new(0.7, 0.02, 0.06), 0.5));
    let mut brush = Brush::new(width * height, random);
    let mut radius = style.brush * (scene.width * scene.height).sqrt();
    for coarser in 0..style.layers {
        // A stroke covers about a cell a radius of its length. Small brushes leave alone what large ones did well.
        let restless = style.restless / (style.length * (1 + coarser) as f32);
        layer(&scene, &mut canvas, &mut brush, Hand { radius, restless }, random);
        radius = (0.55 * radius).max(1.2);
    }
    Drawing { width, height, pixels: canvas.lit(style.relief), source }
}

/// The brush of a layer.
struct Hand {
    /// In pixels.
    radius: f32,
    /// Part of the places that get a stroke whether they need one or not.
    restless: f32,
}

/// Strokes of one brush, where they are needed.
fn layer(scene: &Scene, canvas: &mut Canvas, brush: &mut Brush, hand: Hand, random: &mut Random) {
    let Hand { radius, restless } = hand;
    let level = (0..8).find(|n| (2 << n) as f32 > radius).unwrap_or(8);
    let grid = radius.max(2.0);
    let (columns, rows) = ((scene.width / grid) as usize + 1, (scene.height / grid) as usize + 1);
    let mut cells: Vec<_> = (0..columns * rows).collect();
    random.shuffle(&mut cells);
    for cell in cells {
        let corner = [(cell % columns) as f32 * grid, (cell / columns) as f32 * grid];
        let (start, off) = worst(scene, canvas, corner, grid, level, random);
        if off < scene.style.tolerance && random.unit() >= restless {
            continue;
        }
        let meant = scene.seen.blurred(level, start[0], start[1]);
        let points = scene.trace(start, level, radius, meant);
        let colour = scene.style.palette.stroke(meant, random);
        let radius = radius * random.range(0.8, 1.15);
        brush.lay(canvas, &Stroke { points, radius, colour }, scene.style, random);
    }
}

/// Where in a cell the canvas is farthest off, and how far off it is on the mean.
fn worst(
    scene: &Scene,
    canvas: &Canvas,
    corner: [f32; 2],
    grid: f32,
    level: usize,
    random: &mut Random,
) -> ([f32; 2], f32) {
    const SAMPLES: usize = 3;
    let (mut sum, mut most, mut start) = (0.0, -1.0, corner);
    for n in 0..SAMPLES * SAMPLES {
        let mut part = |n: usize| (n as f32 + random.unit()) / SAMPLES as f32 * grid;
        let x = (corner[0] + part(n % SAMPLES)).min(scene.width - 0.01);
        let y = (corner[1] + part(n / SAMPLES)).min(scene.height - 0.01);
        let index = y as usize * canvas.width + x as usize;
        let off = match canvas.bare[index] {
            true => 1.0,
            false => scene.seen.blurred(level, x, y).far(canvas.paint.pixels[index]).sqrt(),
        };
        sum += off;
        if off > most {
            (most, start) = (off, [x, y]);
        }
    }
    (start, sum / (SAMPLES * SAMPLES) as f32)
}

#[cfg(test)]
mod tests;
