//! Pictures of colours, and pyramids of ever blurrier ones.

use super::colour::Lab;

/// Rows of colours.
#[derive(Clone, Debug)]
pub(crate) struct Image {
    pub width: usize,
    pub height: usize,
    pub pixels: Vec<Lab>,
}

impl Image {
    pub fn at(&self, x: usize, y: usize) -> Lab {
        self.pixels[y * self.width + x]
    }

    /// Bilinear sample at a point whose whole numbers are the corners of pixels; the borders repeat.
    pub fn sample(&self, x: f32, y: f32) -> Lab {
        let x = (x - 0.5).clamp(0.0, (self.width - 1) as f32);
        let y = (y - 0.5).clamp(0.0, (self.height - 1) as f32);
        let (x0, y0) = (x as usize, y as usize);
        let (x1, y1) = ((x0 + 1).min(self.width - 1), (y0 + 1).min(self.height - 1));
        let (fx, fy) = (x - x0 as f32, y - y0 as f32);
        let row = |y| self.at(x0, y).mix(self.at(x1, y), fx);
        row(y0).mix(row(y1), fy)
    }

    /// Half the size, through the filter 1 3 3 1 in each direction.
    fn halved(&self) -> Self {
        let (width, height) = (self.width.div_ceil(2), self.height.div_ceil(2));
        let taps = |n: usize, end: usize| {
            let at = |offset: isize| (2 * n as isize + offset).clamp(0, end as isize - 1) as usize;
            [at(-1), at(0), at(1), at(2)]
        };
        let blend = |[p, q, r, s]: [Lab; 4]| (p + s) * 0.125 + (q + r) * 0.375;
        let mut narrow = Vec::with_capacity(width * self.height);
        for row in self.pixels.chunks_exact(self.width) {
            narrow.extend((0..width).map(|x| blend(taps(x, self.width).map(|x| row[x]))));
        }
        let mut pixels = Vec::with_capacity(width * height);
        for y in 0..height {
            let rows = taps(y, self.height);
            pixels.extend((0..width).map(|x| blend(rows.map(|y| narrow[y * width + x]))));
        }
        Self { width, height, pixels }
    }
}

/// A picture, its half, the half of that and so on.
pub(crate) struct Pyramid(pub Vec<Image>);

impl Pyramid {
    pub fn new(image: Image) -> Self {
        let mut levels = vec![image];
        while let Some(last) = levels.last()
            && last.width.min(last.height) > 3
        {
            let next = last.halved();
            levels.push(next);
        }
        Self(levels)
    }

    /// The picture at a point of the full size as it looks blurred over about `radius` pixels.
    pub fn blurred(&self, level: usize, x: f32, y: f32) -> Lab {
        let level = level.min(self.0.len() - 1);
        let scale = 1.0 / (1u32 << level) as f32;
        self.0[level].sample(x * scale, y * scale)
    }
}
