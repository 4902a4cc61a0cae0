//! Random transforms: the network sees the picture slightly different at each step, so that shapes do not depend on
//! the network's grid.
//!
//! lucid's `standard_transforms` (`optvis/transform.py`): 12 pixels of grey around the picture, shifted, scaled,
//! rotated, shifted again. Here all of it is one affine map from the pixels that the network sees to places in
//! the picture, read bilinearly, so that the network's input keeps its size.

use rayon::prelude::*;

use super::draw::uniform;
use crate::picture::plane::{CHANNELS, rows_per_band};
use crate::random::Random;

/// Pixels by which the network's input is larger than the picture: 12 pixels of padding on each side, less
/// the pixels that the shifts of 8 and of 4 pixels cut off.
const MARGIN: usize = 2 * 12 - 8 - 4;

/// Largest shift of the picture either way, in its pixels.
const SHIFT: u32 = 4;

/// Largest shift of the network's input, in its pixels.
const SHIFT_AFTER: u32 = 2;

/// Scales are from 1 - this to 1 + this.
const SCALE: f64 = 0.1;

/// Largest rotation either way, in degrees.
const ROTATION: f64 = 10.0;

/// The value outside of a picture that does not tile.
const GREY: f32 = 0.5;

/// One transform: the picture's position `(u, v)` of the network's pixel `(x, y)`, centres at whole
/// numbers: `u = across.0 + across.1 x + across.2 y`, and `v` likewise from `down`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Warp {
    across: [f64; 3],
    down: [f64; 3],
}

/// Transforms pictures of one size into the network's input.
#[derive(Clone, Debug)]
pub(super) struct Warper {
    picture: (usize, usize),
    input: (usize, usize),
    moves: bool,
    tiles: bool,
    zoom: f64,
}

impl Warper {
    /// For pictures of this size; without `moves` there is no transform. If the picture `tiles`, positions
    /// beyond its border wrap to the other side.
    pub(super) fn new(picture: (usize, usize), moves: bool, tiles: bool) -> Self {
        let margin = if moves { MARGIN } else { 0 };
        Self { picture, input: (picture.0 + margin, picture.1 + margin), moves, tiles, zoom: 1.0 }
    }

    /// Enlarges the picture in addition, each time by another factor from 1 to `zoom`, about any place.
    pub(super) fn with_zoom(self, zoom: f64) -> Self {
        Self { zoom, ..self }
    }

    /// Width and height of the network's input.
    pub(super) fn input_size(&self) -> (usize, usize) {
        self.input
    }

    /// Draws the next transform.
    pub(super) fn draw(&self, random: &mut Random) -> Warp {
        if !self.moves {
            return self.warp((0, 0), 1.0, 0.0, (0, 0));
        }
        let zoom = if self.zoom > 1.0 { self.zoom.powf(uniform(random)) } else { 1.0 };
        let shift = if self.tiles {
            let mut anywhere = |side: usize| random.below(side as u64) as isize;
            (anywhere(self.picture.0), anywhere(self.picture.1))
        } else {
            let beyond = |side: usize| (side as f64 * (1.0 - 1.0 / zoom)) as u64;
            let mut inside = |side: usize| random.below(beyond(side) + 1) as isize - beyond(side) as isize / 2;
            let (right, down) = if zoom > 1.0 { (inside(self.picture.0), inside(self.picture.1)) } else { (0, 0) };
            let (x, y) = random.offset(SHIFT);
            (x + right, y + down)
        };
        let mut either_way = || 2.0 * uniform(random) - 1.0;
        let scale = zoom * (1.0 + SCALE * either_way());
        let rotation = (ROTATION * either_way()).to_radians();
        self.warp(shift, scale, rotation, random.offset(SHIFT_AFTER))
    }

    /// Shifted, enlarged and rotated (radians) about the middle, then shifted again.
    fn warp(&self, shift: (isize, isize), scale: f64, rotation: f64, after: (isize, isize)) -> Warp {
        let middle = |side: usize| (side as f64 - 1.0) / 2.0;
        let (sine, cosine) = rotation.sin_cos();
        let (sine, cosine) = (sine / scale, cosine / scale);
        let (x, y) = (middle(self.input.0) + after.0 as f64, middle(self.input.1) + after.1 as f64);
        let (u, v) = (middle(self.picture.0) + shift.0 as f64, middle(self.picture.1) + shift.1 as f64);
        Warp { across: [u - cosine * x + sine * y, cosine, -sine], down: [v - sine * x - cosine * y, sine, cosine] }
    }

    /// Transforms the picture, `[height][width][3]`, into the network's input, `[height][width][3]`.
    pub(super) fn apply(&self, warp: &Warp, picture: &[f32], seen: &mut [f32]) {
        let row = self.input.0 * CHANNELS;
        let band = rows_per_band(self.input.1);
        seen.par_chunks_mut(band * row).enumerate().for_each(|(index, rows)| {
            for (y, row) in rows.chunks_exact_mut(row).enumerate() {
                for (taps, pixel) in self.taps(warp, index * band + y).zip(row.chunks_exact_mut(CHANNELS)) {
                    let inside: f32 = taps.iter().map(|(_, weight)| weight).sum();
                    pixel.fill(GREY * (1.0 - inside));
                    for (at, weight) in taps {
                        let from = &picture[at * CHANNELS..][..CHANNELS];
                        pixel.iter_mut().zip(from).for_each(|(to, from)| *to += weight * from);
                    }
                }
            }
        });
    }

    /// The adjoint for one channel: from the gradient of the network's input, `[height][width][3]`, to that of the
    /// picture's plane, `[height][width]`.
    pub(super) fn gradient(&self, warp: &Warp, seen: &[f32], channel: usize, plane: &mut [f32]) {
        plane.fill(0.0);
        for (y, row) in seen.chunks_exact(self.input.0 * CHANNELS).enumerate() {
            for (taps, pixel) in self.taps(warp, y).zip(row.chunks_exact(CHANNELS)) {
                taps.iter().for_each(|(at, weight)| plane[*at] += weight * pixel[channel]);
            }
        }
    }

    /// For each pixel of row `y` of the network's input, the four pixels of the picture that it is interpolated from and
    /// their weights. Pixels outside have none.
    fn taps(&self, warp: &Warp, y: usize) -> impl Iterator<Item = [(usize, f32); 4]> {
        let start = |line: &[f64; 3]| (line[0] + line[2] * y as f64) as f32;
        let (u, v) = (start(&warp.across), start(&warp.down));
        let (right, down) = (warp.across[1] as f32, warp.down[1] as f32);
        let (width, height) = self.picture;
        (0..self.input.0).map(move |x| {
            let [left, right] = self.between(u + right * x as f32, width);
            let [upper, lower] = self.between(v + down * x as f32, height);
            let tap = |row: (usize, f32), column: (usize, f32)| (row.0 * width + column.0, row.1 * column.1);
            [tap(upper, left), tap(upper, right), tap(lower, left), tap(lower, right)]
        })
    }

    /// The two whole numbers about a place along a side, and their weights.
    fn between(&self, place: f32, side: usize) -> [(usize, f32); 2] {
        let first = place.floor();
        let share = place - first;
        [self.inside(first as isize, side, 1.0 - share), self.inside(first as isize + 1, side, share)]
    }

    fn inside(&self, index: isize, side: usize, weight: f32) -> (usize, f32) {
        if (0..side as isize).contains(&index) {
            (index as usize, weight)
        } else if self.tiles {
            (index.rem_euclid(side as isize) as usize, weight)
        } else {
            (0, 0.0)
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::fft::tests::{assert_adjoint, noise};
    use super::*;

    fn seen(warper: &Warper, warp: &Warp, picture: &[f32]) -> Vec<f32> {
        let mut seen = vec![9.0; warper.input.0 * warper.input.1 * CHANNELS];
        warper.apply(warp, picture, &mut seen);
        seen
    }

    #[test]
    fn without_transforms_the_network_sees_the_picture() {
        let (warper, picture) = (Warper::new((23, 17), false, false), noise(1, 23 * 17 * CHANNELS));
        assert_eq!(warper.input_size(), (23, 17));
        let warp = warper.draw(&mut Random::new(3));
        assert_eq!(seen(&warper, &warp, &picture), picture);
    }

    /// Away from the border, a transformed ramp has the value of the ramp at the mapped position.
    #[test]
    fn the_map_turns_and_enlarges_about_the_middle() {
        let warper = Warper::new((60, 40), true, false);
        let ramp: Vec<f32> = (0..60 * 40).flat_map(|i| [(i % 60) as f32, (i / 60) as f32, 1.0]).collect();
        let (scale, turn) = (1.1f64, 0.15f64);
        let seen = seen(&warper, &warper.warp((3, -2), scale, turn, (1, 2)), &ramp);
        for (x, y) in [(36usize, 26usize), (30, 20), (40, 31)] {
            let (right, down) = (x as f64 - 35.5 - 1.0, y as f64 - 25.5 - 2.0);
            let expected = [
                29.5 + 3.0 + (turn.cos() * right - turn.sin() * down) / scale,
                19.5 - 2.0 + (turn.sin() * right + turn.cos() * down) / scale,
                1.0,
            ];
            let got = &seen[(y * warper.input.0 + x) * CHANNELS..][..CHANNELS];
            for (got, expected) in got.iter().zip(expected) {
                assert!((f64::from(*got) - expected).abs() < 1e-4, "({x}, {y}): {got}, not {expected}");
            }
        }
    }

    #[test]
    fn outside_of_the_picture_is_grey_or_the_other_side() {
        let picture = [vec![1.0; 20 * 20 * CHANNELS]].concat();
        let corner = |around| {
            let warper = Warper::new((20, 20), true, around);
            seen(&warper, &warper.warp((0, 0), 1.0, 0.0, (0, 0)), &picture)[0]
        };
        assert_eq!((corner(false), corner(true)), (0.5, 1.0));

        let warper = Warper::new((20, 20), true, true);
        let numbers: Vec<f32> = (0..20 * 20).flat_map(|i| [i as f32; CHANNELS]).collect();
        let seen = seen(&warper, &warper.warp((0, 0), 1.0, 0.0, (0, 0)), &numbers);
        assert_eq!(seen[0], (14 * 20 + 14) as f32, "six pixels before the upper left corner");
    }

    /// The middles of the views are all over the picture; if it does not tile, half of each view or more is inside it.
    #[test]
    fn zoomed_views_lie_anywhere_in_the_picture() {
        for tiles in [false, true] {
            let warper = Warper::new((100, 80), true, tiles).with_zoom(4.0);
            let mut random = Random::new(8);
            let warps: Vec<Warp> = (0..500).map(|_| warper.draw(&mut random)).collect();
            let scales = warps.iter().map(|v| 1.0 / v.across[1].hypot(v.down[1]));
            let (least, most) = scales.fold((f64::MAX, f64::MIN), |(least, most), v| (least.min(v), most.max(v)));
            assert!((0.9..1.05).contains(&least) && (3.9..4.4).contains(&most), "scales from {least} to {most}");
            let middles = warps.iter().map(|v| v.across[0] + v.across[1] * 55.5 + v.across[2] * 45.5);
            let (least, most) = middles.fold((f64::MAX, f64::MIN), |(least, most), v| (least.min(v), most.max(v)));
            assert!(most - least > 50.0, "views about {least} to {most}");
            assert!(tiles || (least > 12.5 - 7.0 && most < 87.5 + 7.0), "views about {least} to {most}");
        }
    }

    #[test]
    fn transforms_stay_within_their_bounds() {
        let warper = Warper::new((100, 80), true, false);
        let mut random = Random::new(8);
        let warps: Vec<Warp> = (0..500).map(|_| warper.draw(&mut random)).collect();
        let of = |value: fn(&Warp) -> f64| {
            let values = warps.iter().map(value);
            (values.clone().fold(f64::MAX, f64::min), values.fold(f64::MIN, f64::max))
        };
        let (least, most) = of(|v| 1.0 / v.across[1].hypot(v.down[1]));
        assert!((0.9..0.91).contains(&least) && (1.09..1.1).contains(&most), "scales from {least} to {most}");
        let (least, most) = of(|v| v.down[1].atan2(v.across[1]).to_degrees());
        assert!((-10.0..-9.8).contains(&least) && (9.8..10.0).contains(&most), "rotations from {least} to {most}");
        let (least, most) = of(|v| v.across[0] + v.across[1] * 55.5 + v.across[2] * 45.5 - 49.5);
        assert!((-6.7..-5.0).contains(&least) && (5.0..6.7).contains(&most), "shifts from {least} to {most}");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(40))]

        #[test]
        fn the_gradient_is_the_adjoint(
            width in 1..70usize, height in 1..70usize, around: bool, zoom in 1.0..4.0f64, seed: u64,
        ) {
            let warper = Warper::new((width, height), true, around).with_zoom(zoom);
            let warp = warper.draw(&mut Random::new(seed));
            let picture = noise(1, width * height * CHANNELS);
            // The grey margin does not depend on the picture.
            let grey = seen(&warper, &warp, &vec![0.0; picture.len()]);
            let linear: Vec<f32> = seen(&warper, &warp, &picture).iter().zip(grey).map(|(s, g)| s - g).collect();
            let slope = noise(2, linear.len());
            let mut back = vec![0.0; picture.len()];
            for channel in 0..CHANNELS {
                let mut plane = vec![7.0; width * height];
                warper.gradient(&warp, &slope, channel, &mut plane);
                plane.iter().enumerate().for_each(|(at, value)| back[at * CHANNELS + channel] = *value);
            }
            assert_adjoint((&linear, &slope), (&picture, &back));
        }

        #[test]
        fn a_tiling_picture_of_one_colour_stays_the_same(width in 1..40usize, height in 1..40usize, seed: u64) {
            let warper = Warper::new((width, height), true, true);
            let warp = warper.draw(&mut Random::new(seed));
            let seen = seen(&warper, &warp, &vec![0.25; width * height * CHANNELS]);
            prop_assert!(seen.iter().all(|v| (v - 0.25).abs() < 1e-6));
        }
    }
}
