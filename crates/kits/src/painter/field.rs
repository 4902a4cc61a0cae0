//! Which way strokes run: along the contours of the picture, and where it has none, along a slow flow.

use super::image::Image;
use super::style::Style;
use crate::random::Random;

/// Directions as vectors of twice their angle, so that a line and its opposite are one, and blurring them gives the mean:
/// the structure tensor without its trace.
pub(crate) struct Field {
    width: usize,
    height: usize,
    doubled: Vec<[f32; 2]>,
}

impl Field {
    pub fn new(image: &Image, style: &Style, random: &mut Random) -> Self {
        let mut field = Self::contours(image);
        for _ in 0..3 {
            field.blur();
        }
        let mean = field.doubled.iter().map(|v| length(*v)).sum::<f32>() / field.doubled.len() as f32;
        field.add_flow(mean * style.flow + 1.0e-6, style, random);
        field
    }

    /// Across the gradient of the lightness (I. Sobel and G. Feldman, 1968), at the root of its strength, so that strong
    /// contours do not rule all around them.
    fn contours(image: &Image) -> Self {
        let Image { width, height, .. } = *image;
        let mut doubled = Vec::with_capacity(width * height);
        for y in 0..height {
            let rows = [y.saturating_sub(1), y, (y + 1).min(height - 1)];
            for x in 0..width {
                let columns = [x.saturating_sub(1), x, (x + 1).min(width - 1)];
                let at = |column: usize, row: usize| {
                    let colour = image.at(columns[column], rows[row]);
                    colour.l + 0.5 * (colour.b - colour.a)
                };
                let gx = at(2, 0) - at(0, 0) + 2.0 * (at(2, 1) - at(0, 1)) + at(2, 2) - at(0, 2);
                let gy = at(0, 2) - at(0, 0) + 2.0 * (at(1, 2) - at(1, 0)) + at(2, 2) - at(2, 0);
                let across = [gy * gy - gx * gx, -2.0 * gx * gy];
                let root = (length(across) + 1.0e-9).sqrt();
                doubled.push(across.map(|v| v / root));
            }
        }
        Self { width, height, doubled }
    }

    /// With 1 2 3 2 1 in each direction.
    fn blur(&mut self) {
        for (count, end, stride, step) in
            [(self.height, self.width, self.width, 1), (self.width, self.height, 1, self.width)]
        {
            for line in 0..count {
                let index = |n: isize| line * stride + n.clamp(0, end as isize - 1) as usize * step;
                let old: Vec<_> = (-2..end as isize + 2).map(|n| self.doubled[index(n)]).collect();
                for (n, taps) in old.windows(5).enumerate() {
                    let blend =
                        |i: usize| (taps[0][i] + taps[4][i] + 2.0 * (taps[1][i] + taps[3][i]) + 3.0 * taps[2][i]) / 9.0;
                    self.doubled[index(n as isize)] = [blend(0), blend(1)];
                }
            }
        }
    }

    /// A main direction and a few slow bends.
    fn add_flow(&mut self, strength: f32, style: &Style, random: &mut Random) {
        const KNOTS: usize = 5;
        let main = style.direction;
        let knots: Vec<[f32; 2]> = (0..KNOTS * KNOTS)
            .map(|_| [main[0] + style.swirl * random.bell() * 2.0, main[1] + style.swirl * random.bell() * 2.0])
            .collect();
        for y in 0..self.height {
            let v = y as f32 / self.height as f32 * (KNOTS - 1) as f32;
            for x in 0..self.width {
                let u = x as f32 / self.width as f32 * (KNOTS - 1) as f32;
                let flow = bilinear(&knots, KNOTS, u, v);
                let here = &mut self.doubled[y * self.width + x];
                *here = [here[0] + strength * flow[0], here[1] + strength * flow[1]];
            }
        }
    }

    /// The direction at a place from 0 to 1 in each direction, of length 1.
    pub fn direction(&self, u: f32, v: f32) -> [f32; 2] {
        let x = (u * self.width as f32 - 0.5).clamp(0.0, (self.width - 1) as f32 - 0.001);
        let y = (v * self.height as f32 - 0.5).clamp(0.0, (self.height - 1) as f32 - 0.001);
        let doubled = bilinear(&self.doubled, self.width, x, y);
        let size = length(doubled);
        if size < 1.0e-12 {
            return [1.0, 0.0];
        }
        let cosine = (doubled[0] / size).clamp(-1.0, 1.0);
        let sine = (0.5 * (1.0 - cosine)).sqrt();
        [(0.5 * (1.0 + cosine)).sqrt(), if doubled[1] < 0.0 { -sine } else { sine }]
    }
}

fn length(v: [f32; 2]) -> f32 {
    (v[0] * v[0] + v[1] * v[1]).sqrt()
}

fn bilinear(values: &[[f32; 2]], width: usize, x: f32, y: f32) -> [f32; 2] {
    let (x0, y0) = (x as usize, y as usize);
    let (fx, fy) = (x - x0 as f32, y - y0 as f32);
    let i = y0 * width + x0;
    let at = |n: usize| {
        let top = values[i][n] * (1.0 - fx) + values[i + 1][n] * fx;
        let bottom = values[i + width][n] * (1.0 - fx) + values[i + width + 1][n] * fx;
        top * (1.0 - fy) + bottom * fy
    };
    [at(0), at(1)]
}
