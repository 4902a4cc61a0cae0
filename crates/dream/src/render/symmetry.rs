//! Symmetry: one part of a picture is kept, and the rest becomes its mirror images.
//!
//! The picture of a symmetric dream is folded before the first step and after each step. Folding a folded picture changes
//! nothing, or almost nothing where a mirror crosses pixels.

use std::f64::consts::PI;
use std::fmt;
use std::str::FromStr;

use rayon::prelude::*;

use crate::invalid::{InvalidSetting, count_in_range};
use crate::picture::plane::{CHANNELS, floats, rows_per_band};

/// The largest number of segments of a kaleidoscope.
const MOST_SEGMENTS: usize = 24;

/// The largest number of reflections of a point. Only pictures a few pixels wide would need more; there it stays at the
/// border.
const MOST_FOLDS: usize = 16;

/// How a picture repeats itself about its centre.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Symmetry {
    /// No symmetry.
    #[default]
    None,
    /// The right half is the mirror image of the left one, to the byte.
    Mirror,
    /// The other three quarters are mirror images of the upper left one, to the byte.
    Quad,
    /// This many equal segments around the centre, 2 to 24, each its own mirror image. The half segment with the upper left
    /// corner is kept; where it is too short, the picture's border is a mirror too.
    Kaleidoscope(usize),
}

impl Symmetry {
    /// Checks the number of segments of a kaleidoscope.
    ///
    /// # Errors
    /// A number out of range.
    pub fn check(self) -> Result<(), InvalidSetting> {
        match self {
            Self::Kaleidoscope(segments) => {
                count_in_range("symmetry", segments, 2, MOST_SEGMENTS).map_err(|error| error.of_part("segments"))
            }
            _ => Ok(()),
        }
    }
}

impl fmt::Display for Symmetry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.pad("none"),
            Self::Mirror => f.pad("mirror"),
            Self::Quad => f.pad("quad"),
            Self::Kaleidoscope(segments) => f.pad(&format!("kaleidoscope:{segments}")),
        }
    }
}

impl FromStr for Symmetry {
    type Err = InvalidSetting;

    /// `none`, `mirror`, `quad` or `kaleidoscope:6`.
    fn from_str(text: &str) -> Result<Self, InvalidSetting> {
        let symmetry = match text {
            "none" => Some(Self::None),
            "mirror" => Some(Self::Mirror),
            "quad" => Some(Self::Quad),
            _ => text.strip_prefix("kaleidoscope:").and_then(|n| n.parse().ok()).map(Self::Kaleidoscope),
        };
        let expected = "none, mirror, quad or kaleidoscope:6";
        let symmetry = symmetry.ok_or_else(|| InvalidSetting::unreadable("symmetry", text, expected))?;
        symmetry.check()?;
        Ok(symmetry)
    }
}

/// A symmetry planned for one size of picture.
#[derive(Debug)]
pub struct Folding {
    size: (usize, usize),
    work: Work,
}

#[derive(Debug)]
enum Work {
    None,
    Mirror,
    Quad,
    Kaleidoscope {
        /// The source of each pixel.
        sources: Vec<Source>,
        /// The picture before.
        before: Vec<f32>,
    },
}

impl Folding {
    /// Plans for pictures of `[height][width][3]`. A kaleidoscope takes 24 bytes a pixel.
    ///
    /// # Panics
    /// When a side is zero, or a kaleidoscope has no segments.
    pub fn new(symmetry: Symmetry, width: usize, height: usize) -> Self {
        let len = floats(width, height);
        let work = match symmetry {
            Symmetry::None => Work::None,
            Symmetry::Mirror => Work::Mirror,
            Symmetry::Quad => Work::Quad,
            Symmetry::Kaleidoscope(segments) => {
                assert!(segments > 0, "a kaleidoscope has segments");
                let wedge = Wedge::new(segments, width, height);
                Work::Kaleidoscope { sources: wedge.sources(width, height), before: vec![0.0; len] }
            }
        };
        Self { size: (width, height), work }
    }

    /// Folds `plane`, a picture or a gradient of `[height][width][3]`, in place. A kaleidoscope samples bilinearly,
    /// except for the kept part, which stays the same. The same bytes on any number of threads.
    ///
    /// # Panics
    /// When the length of `plane` does not fit the size planned for.
    pub fn apply(&mut self, plane: &mut [f32]) {
        let (width, height) = self.size;
        assert_eq!(plane.len(), floats(width, height), "a plane of the size planned for");
        let row = width * CHANNELS;
        match &mut self.work {
            Work::None => {}
            Work::Mirror => plane.par_chunks_mut(row).for_each(mirror_row),
            Work::Quad => {
                let (upper, lower) = plane.split_at_mut(height.div_ceil(2) * row);
                upper.par_chunks_mut(row).for_each(mirror_row);
                let mirrored = upper.par_chunks(row).take(height / 2).rev();
                lower.par_chunks_mut(row).zip(mirrored).for_each(|(row, mirrored)| row.copy_from_slice(mirrored));
            }
            Work::Kaleidoscope { sources, before } => {
                before.copy_from_slice(plane);
                let (pixels, _) = before.as_chunks();
                let band = rows_per_band(height) * width;
                let bands = plane.par_chunks_mut(band * CHANNELS).zip(sources.par_chunks(band));
                bands.for_each(|(plane, sources)| {
                    for (pixel, source) in plane.as_chunks_mut().0.iter_mut().zip(sources) {
                        *pixel = source.sample(pixels, width);
                    }
                });
            }
        }
    }
}

fn mirror_row(row: &mut [f32]) {
    let (pixels, _) = row.as_chunks_mut::<CHANNELS>();
    let (left, right) = pixels.split_at_mut(pixels.len().div_ceil(2));
    for (right, left) in right.iter_mut().rev().zip(left) {
        *right = *left;
    }
}

/// The half segment that is kept.
struct Wedge {
    segments: usize,
    /// Its number, counted from straight up to the left.
    number: f64,
    /// Half the sides of the picture, borders of pixels included.
    half: (f64, f64),
}

impl Wedge {
    fn new(segments: usize, width: usize, height: usize) -> Self {
        let half = (width as f64 / 2.0, height as f64 / 2.0);
        let corner = half.0.atan2(half.1) / PI * segments as f64;
        Self { segments, number: corner.floor(), half }
    }

    fn sources(&self, width: usize, height: usize) -> Vec<Source> {
        let centre = ((width - 1) as f64 / 2.0, (height - 1) as f64 / 2.0);
        let mut sources = Vec::with_capacity(width * height);
        let source = |pixel: usize| {
            let (x, y) = ((pixel % width) as f64 - centre.0, (pixel / width) as f64 - centre.1);
            let (x, y) = self.inside(x, y);
            Source::new(x + centre.0, y + centre.1, width, height)
        };
        (0..width * height).into_par_iter().map(source).collect_into_vec(&mut sources);
        sources
    }

    /// Reflects a point, relative to the centre, at the mirrors and the border until it is in the kept part.
    fn inside(&self, mut x: f64, mut y: f64) -> (f64, f64) {
        for _ in 0..MOST_FOLDS {
            (x, y) = self.fold(x, y);
            if x.abs() <= self.half.0 && y.abs() <= self.half.1 {
                break;
            }
            (x, y) = (reflect(x, self.half.0), reflect(y, self.half.1));
        }
        (x, y)
    }

    /// The mirror image of a point in this half segment, or of one that would be if the picture were large enough. Images
    /// left and right, and with an even number of segments above and below, are exact.
    fn fold(&self, x: f64, y: f64) -> (f64, f64) {
        let x = -x.abs();
        let y = if self.segments.is_multiple_of(2) { -y.abs() } else { y };
        let turn = (-x).atan2(-y) / PI * self.segments as f64;
        let (number, into) = (turn.floor(), turn.fract());
        let away = number - self.number;
        if away == 0.0 {
            return (x, y);
        }
        let into = if away % 2.0 == 0.0 { into } else { 1.0 - into };
        let (sine, cosine) = ((self.number + into) * PI / self.segments as f64).sin_cos();
        let radius = x.hypot(y);
        (-radius * sine, -radius * cosine)
    }
}

/// Mirrors a coordinate at the borders `-half` and `half` if it is beyond.
fn reflect(at: f64, half: f64) -> f64 {
    let there_and_back = (at + half).rem_euclid(4.0 * half);
    if there_and_back <= 2.0 * half { there_and_back - half } else { 3.0 * half - there_and_back }
}

/// Four neighbouring pixels and their weights.
#[derive(Clone, Copy, Debug)]
struct Source {
    /// Index of the upper left pixel.
    pixel: u32,
    /// Weight of those on the right.
    right: f32,
    /// Weight of those below.
    lower: f32,
}

impl Source {
    /// A place between the centres of pixels; beyond those of the border, at the border.
    fn new(x: f64, y: f64, width: usize, height: usize) -> Self {
        let split = |at: f64, side: usize| {
            let at = at.clamp(0.0, (side - 1) as f64);
            let first = at.floor().min(side.saturating_sub(2) as f64);
            (first as usize, (at - first) as f32)
        };
        let ((x, right), (y, lower)) = (split(x, width), split(y, height));
        let pixel = u32::try_from(y * width + x).expect("a picture of fewer than 2^32 pixels");
        Self { pixel, right, lower }
    }

    fn sample(&self, pixels: &[[f32; CHANNELS]], width: usize) -> [f32; CHANNELS] {
        // In a picture of one column or row, the missing neighbour has no weight.
        let at = |step: usize| &pixels[(self.pixel as usize + step).min(pixels.len() - 1)];
        let (a, b, c, d) = (at(0), at(1), at(width), at(width + 1));
        let between = |a: f32, b: f32, part: f32| (1.0 - part) * a + part * b;
        std::array::from_fn(|i| between(between(a[i], b[i], self.right), between(c[i], d[i], self.right), self.lower))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;
    use proptest::prelude::*;

    fn noise(seed: u64, width: usize, height: usize) -> Vec<f32> {
        let mut random = Random::new(seed);
        (0..width * height * 3).map(|_| random.below(1 << 20) as f32 / (1 << 20) as f32).collect()
    }

    /// A picture without detail finer than some pixels.
    fn waves(width: usize, height: usize) -> Vec<f32> {
        let value = |i: usize| {
            let (x, y, c) = (i / 3 % width, i / 3 / width, i % 3);
            0.5 + 0.4 * (0.11 * x as f32 + c as f32).sin() * (0.13 * y as f32 - 0.05 * x as f32).cos()
        };
        (0..width * height * 3).map(value).collect()
    }

    fn folded(symmetry: Symmetry, plane: &[f32], width: usize, height: usize) -> Vec<f32> {
        let mut plane = plane.to_vec();
        Folding::new(symmetry, width, height).apply(&mut plane);
        plane
    }

    fn pixel(plane: &[f32], width: usize, x: usize, y: usize) -> &[f32] {
        &plane[(y * width + x) * 3..][..3]
    }

    #[test]
    fn symmetries_have_names() {
        let all = [Symmetry::None, Symmetry::Mirror, Symmetry::Quad, Symmetry::Kaleidoscope(6)];
        for symmetry in all {
            assert_eq!(symmetry.to_string().parse(), Ok(symmetry));
        }
        assert_eq!("kaleidoscope:24".parse(), Ok(Symmetry::Kaleidoscope(24)));
        for wrong in ["", "Mirror", "kaleidoscope", "kaleidoscope:", "kaleidoscope:six", "kaleidoscope:-2"] {
            assert!(wrong.parse::<Symmetry>().unwrap_err().to_string().contains("quad or kaleidoscope:6"), "{wrong}");
        }
        for wrong in ["kaleidoscope:1", "kaleidoscope:25"] {
            assert!(wrong.parse::<Symmetry>().unwrap_err().to_string().contains("between 2 and 24"), "{wrong}");
        }
    }

    #[test]
    fn a_mirror_shows_the_left_and_four_show_the_upper_left() {
        let plane: Vec<f32> = (0..9).flat_map(|i| [i as f32; 3]).collect();
        let numbers = |symmetry| folded(symmetry, &plane, 3, 3).into_iter().step_by(3).collect::<Vec<_>>();
        assert_eq!(numbers(Symmetry::None), [0., 1., 2., 3., 4., 5., 6., 7., 8.]);
        assert_eq!(numbers(Symmetry::Mirror), [0., 1., 0., 3., 4., 3., 6., 7., 6.]);
        assert_eq!(numbers(Symmetry::Quad), [0., 1., 0., 3., 4., 3., 0., 1., 0.]);
    }

    /// The source of a position from angles alone, by the usual formula `abs(mod(angle, 2 wedge) - wedge)`.
    fn polar(x: f64, y: f64, segments: usize, corner: f64) -> (f64, f64) {
        let wedge = PI / segments as f64;
        let kept = (corner / wedge).floor();
        let into = (x.abs().atan2(-y) + wedge).rem_euclid(2.0 * wedge) - wedge;
        let angle = if kept % 2.0 == 0.0 { kept * wedge + into.abs() } else { (kept + 1.0) * wedge - into.abs() };
        (-x.hypot(y) * angle.sin(), -x.hypot(y) * angle.cos())
    }

    #[test]
    fn a_kaleidoscope_keeps_one_half_segment_and_mirrors_it_everywhere() {
        let (width, height) = (161, 121);
        for segments in 2..=24 {
            let wedge = Wedge::new(segments, width, height);
            let (mut kept, mut mirrored) = (0, 0);
            for i in 0..width * height {
                let (x, y) = ((i % width) as f64 - 80.0, (i / width) as f64 - 60.0);
                let there = polar(x, y, segments, 80.5f64.atan2(60.5));
                let here = wedge.fold(x, y);
                assert!((here.0 - there.0).abs() + (here.1 - there.1).abs() < 1e-9, "{segments}: ({x}, {y})");
                kept += usize::from(here == (x, y));
                mirrored += usize::from(here.0 == x && here.1 == y || wedge.fold(-x, y) == here);
            }
            assert_eq!(mirrored, width * height, "left and right are exact");
            let share = kept as f64 / (width * height) as f64 * 2.0 * segments as f64;
            assert!((0.6..1.7).contains(&share), "{segments}: {share} of a half segment");
        }
    }

    /// Turned by a segment it is the same, except for the loss of sampling twice: waves of 50 pixels rise by up to 0.06 a
    /// pixel, and by half of that where a mirror reverses a slope.
    #[test]
    fn a_kaleidoscope_can_be_turned() {
        let (side, centre) = (161, 80.0);
        let original = waves(side, side);
        for segments in [3, 5, 6, 8] {
            let plane = folded(Symmetry::Kaleidoscope(segments), &original, side, side);
            let (sine, cosine) = (2.0 * PI / segments as f64).sin_cos();
            let (mut worst, mut changed) = (0f32, 0f32);
            for i in 0..side * side {
                let (x, y) = ((i % side) as f64 - centre, (i / side) as f64 - centre);
                if x.hypot(y) < 75.0 {
                    let (x, y) = (x * cosine - y * sine + centre, x * sine + y * cosine + centre);
                    let turned = Source::new(x, y, side, side).sample(plane.as_chunks().0, side);
                    worst = worst.max((turned[0] - plane[3 * i]).abs());
                    changed = changed.max((original[3 * i] - plane[3 * i]).abs());
                }
            }
            assert!(worst < 0.03 && changed > 0.2, "{segments}: {worst} off, {changed} changed");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(60))]

        #[test]
        fn opposite_pixels_are_the_same_bytes(w in 1..40usize, h in 1..40usize, seed: u64, segments in 1..13usize) {
            let plane = noise(seed, w, h);
            let mirror = folded(Symmetry::Mirror, &plane, w, h);
            let quad = folded(Symmetry::Quad, &plane, w, h);
            let odd = folded(Symmetry::Kaleidoscope(2 * segments + 1), &plane, w, h);
            let even = folded(Symmetry::Kaleidoscope(2 * segments), &plane, w, h);
            for (x, y) in (0..w * h).map(|i| (i % w, i / w)) {
                for plane in [&mirror, &quad, &odd, &even] {
                    prop_assert_eq!(pixel(plane, w, x, y), pixel(plane, w, w - 1 - x, y));
                }
                for plane in [&quad, &even] {
                    prop_assert_eq!(pixel(plane, w, x, y), pixel(plane, w, x, h - 1 - y));
                }
                if x < w.div_ceil(2) {
                    prop_assert_eq!(pixel(&mirror, w, x, y), pixel(&plane, w, x, y));
                }
            }
            prop_assert_eq!(folded(Symmetry::Kaleidoscope(2), &plane, w, h), quad);
        }

        #[test]
        fn folding_only_uses_values_of_the_picture(w in 1..60usize, h in 1..60usize, seed: u64, n in 2..25usize) {
            let plane: Vec<f32> = noise(seed, w, h).iter().map(|v| v - 2.0).collect();
            let folded = folded(Symmetry::Kaleidoscope(n), &plane, w, h);
            prop_assert!(folded.iter().all(|v| (-2.0 - 1e-6..-1.0 + 1e-6).contains(v)));
        }
    }

    /// A dream is folded after every step: it must not blur.
    #[test]
    fn folding_again_changes_almost_nothing() {
        let (width, height) = (150, 100);
        for segments in [2, 3, 6, 7, 24] {
            let mut folding = Folding::new(Symmetry::Kaleidoscope(segments), width, height);
            let mut plane = waves(width, height);
            folding.apply(&mut plane);
            let once = plane.clone();
            (0..50).for_each(|_| folding.apply(&mut plane));
            let off: f32 = once.iter().zip(&plane).map(|(a, b)| (a - b).abs()).sum();
            let mean = off / plane.len() as f32;
            assert!(mean < 0.002, "{segments} segments: {mean} a value");
        }
    }

    #[test]
    fn the_number_of_threads_changes_no_byte() {
        let plane = noise(5, 123, 77);
        for symmetry in [Symmetry::Mirror, Symmetry::Quad, Symmetry::Kaleidoscope(5)] {
            let with = |threads: usize| {
                let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
                pool.install(|| folded(symmetry, &plane, 123, 77))
            };
            let alone = with(1);
            assert!(alone == with(2) && alone == with(7), "{symmetry}");
        }
    }
}
