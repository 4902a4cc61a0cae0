//! Resamples a square part of a picture.

use super::sample::SmallPicture;

/// A square in a picture, in pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Square {
    pub(crate) centre: [f32; 2],
    pub(crate) side: f32,
    /// In radians.
    pub(crate) angle: f32,
    pub(crate) mirrored: bool,
}

impl Square {
    /// The largest square in the middle.
    pub(crate) fn middle(picture: &SmallPicture) -> Self {
        let [width, height] = [picture.width(), picture.height()].map(|side| side as f32);
        Self { centre: [width / 2.0, height / 2.0], side: width.min(height), angle: 0.0, mirrored: false }
    }

    /// The side of the upright square around it, relative to its own side.
    pub(crate) fn reach(angle: f32) -> f32 {
        angle.cos().abs() + angle.sin().abs()
    }
}

/// The distance of bilinear samples, in pixels, at which every pixel still counts nearly as much as its neighbours.
const COVERED: f32 = 1.25;

/// Returns the square as `size` x `size` pixels, RGB, 0 to 1, with `ground` behind transparent pixels.
///
/// Every pixel is the mean of so many bilinear samples that together they cover all pixels of the picture in it: nothing
/// aliases when the square is shrunk.
pub(crate) fn warp(picture: &SmallPicture, ground: [f32; 3], square: &Square, size: usize) -> Vec<f32> {
    let pixels = Pixels { pixels: picture.on(ground), width: picture.width(), height: picture.height() };
    let many = ((square.side / size as f32 / COVERED - 1e-3).ceil() as usize).max(1);
    let step = square.side / (size * many) as f32;
    let (sin, cos) = square.angle.sin_cos();
    let along = if square.mirrored { [-cos * step, -sin * step] } else { [cos * step, sin * step] };
    let down = [-sin * step, cos * step];
    // The sample at (i, j) is at `begin + i along + j down`, and the middle ones are around the centre.
    let middle = ((size * many) as f32 - 1.0) / 2.0;
    let begin = [0, 1].map(|axis| square.centre[axis] - 0.5 - middle * (along[axis] + down[axis]));
    let share = 1.0 / (many * many) as f32;
    let mut result = Vec::with_capacity(size * size * 3);
    for row in 0..size {
        let starts = (row * many..(row + 1) * many).map(|j| [0, 1].map(|axis| begin[axis] + j as f32 * down[axis]));
        for column in 0..size {
            let mut sum = [0.0; 4];
            for start in starts.clone() {
                for i in column * many..(column + 1) * many {
                    let value = pixels.at(start[0] + i as f32 * along[0], start[1] + i as f32 * along[1]);
                    sum.iter_mut().zip(value).for_each(|(sum, value)| *sum += value);
                }
            }
            result.extend(sum[..3].iter().map(|sum| (sum * share).min(1.0)));
        }
    }
    result
}

struct Pixels {
    pixels: Vec<[f32; 4]>,
    width: usize,
    height: usize,
}

impl Pixels {
    /// The value between four pixels; that of the border outside.
    fn at(&self, x: f32, y: f32) -> [f32; 4] {
        let (x, y) = (x.clamp(0.0, (self.width - 1) as f32), y.clamp(0.0, (self.height - 1) as f32));
        let (left, top) = (x as u32 as usize, y as u32 as usize);
        let (right, bottom) = ((left + 1).min(self.width - 1), (top + 1).min(self.height - 1));
        let (dx, dy) = (x - left as f32, y - top as f32);
        let row = |y: usize| {
            let (a, b) = (self.pixels[y * self.width + left], self.pixels[y * self.width + right]);
            mix(a, b, dx)
        };
        mix(row(top), row(bottom), dy)
    }
}

fn mix(a: [f32; 4], b: [f32; 4], part: f32) -> [f32; 4] {
    [0, 1, 2, 3].map(|i| a[i] + (b[i] - a[i]) * part)
}

#[cfg(test)]
mod tests {
    use oneiric::Picture;

    use super::*;

    /// Red grows to the right and green downwards, by a tenth a pixel.
    fn ramp() -> SmallPicture {
        let pixels = (0..100).flat_map(|i| [(i % 10) as f32 / 10.0, (i / 10) as f32 / 10.0, 0.5]).collect();
        SmallPicture::of(&Picture::new(10, 10, pixels).unwrap(), 10)
    }

    fn close(got: &[f32], expected: &[f32]) -> bool {
        got.len() == expected.len() && got.iter().zip(expected).all(|(a, b)| (a - b).abs() < 0.01)
    }

    #[test]
    fn the_whole_picture_in_its_own_size_is_the_picture() {
        let picture = ramp();
        let expected: Vec<f32> = picture.rgb().iter().map(|&value| f32::from(value) / 255.0).collect();
        assert!(close(&warp(&picture, [0.0; 3], &Square::middle(&picture), 10), &expected));
    }

    #[test]
    fn a_square_is_cut_mirrored_and_turned() {
        let square = Square { centre: [5.0, 4.0], side: 4.0, angle: 0.0, mirrored: false };
        let cut = |square: Square| warp(&ramp(), [0.0; 3], &square, 2);
        assert!(close(&cut(square), &[0.35, 0.25, 0.5, 0.55, 0.25, 0.5, 0.35, 0.45, 0.5, 0.55, 0.45, 0.5]));
        let mirrored = cut(Square { mirrored: true, ..square });
        assert!(close(&mirrored, &[0.55, 0.25, 0.5, 0.35, 0.25, 0.5, 0.55, 0.45, 0.5, 0.35, 0.45, 0.5]));
        let turned = cut(Square { angle: std::f32::consts::FRAC_PI_2, ..square });
        assert!(close(&turned, &[0.55, 0.25, 0.5, 0.55, 0.45, 0.5, 0.35, 0.25, 0.5, 0.35, 0.45, 0.5]));
    }

    #[test]
    fn fine_patterns_shrink_to_their_mean() {
        let checks = (0..64 * 64).flat_map(|i| [((i % 64 + i / 64) % 2) as f32; 3]).collect();
        let picture = SmallPicture::of(&Picture::new(64, 64, checks).unwrap(), 64);
        let small = warp(&picture, [0.0; 3], &Square::middle(&picture), 16);
        assert!(small.iter().all(|value| (value - 0.5).abs() < 0.02));
    }
}
