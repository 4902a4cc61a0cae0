//! The ball: white, iris, pupil, highlights.

use super::Place;
use crate::canvas::Canvas;
use crate::colour::{Rgb, between};
use crate::noise::{around, fbm, length, perlin, smoothstep};
use crate::random::Random;

const BLUE: [u32; 5] = [0x2b4a6f, 0x3f74a8, 0x6a9cc4, 0x9bb7c9, 0x7f95a3];
const BROWN: [u32; 5] = [0x2a1408, 0x4b2a12, 0x6f431d, 0x8f5f2a, 0xa57a3c];
const GREEN: [u32; 5] = [0x3d4a22, 0x5b7135, 0x7c8f45, 0x8fa86a, 0x4f7a5a];
/// Of animals: amber, yellow, orange, bright green, red.
const WILD: [u32; 6] = [0x7a3d0a, 0xc07a12, 0xe0a81c, 0xd9c83a, 0x9fbf2a, 0xb0401a];

/// An eyeball, the same wherever it looks from.
pub(super) struct Ball {
    /// Middle of the iris.
    gaze: [f32; 2],
    iris: f32,
    pupil: f32,
    /// Width of the pupil in its height; 1 if it is round.
    slit: f32,
    inner: Rgb,
    outer: Rgb,
    ring: Rgb,
    white: Rgb,
    veins: f32,
    /// Towards the light.
    light: [f32; 2],
    /// Middle and size of the highlight, and whether it is a window.
    glint: [f32; 3],
    window: bool,
    salt: u32,
}

impl Ball {
    pub fn random(random: &mut Random, wild: bool) -> Self {
        let outer = match random.below(if wild { 5 } else { 3 }) {
            0 => between(random, &BLUE),
            1 => between(random, &BROWN),
            2 => between(random, &GREEN),
            _ => between(random, &WILD),
        }
        .varied(random, 0.25);
        let inner = if random.chance(0.5) {
            between(random, &BROWN).mix(between(random, &WILD), random.unit())
        } else {
            outer * 1.5
        };
        let iris = if wild { random.range(0.58, 0.95) } else { random.range(0.44, 0.58) };
        let slit = if wild && random.chance(0.4) { random.range(0.18, 0.45) } else { 1.0 };
        let pupil = if slit < 1.0 { random.range(0.55, 0.85) } else { random.range(0.28, 0.58) };
        let reach = if wild { 0.12 } else { 0.3 };
        let light = [random.range(-0.8, 0.8), random.range(-1.0, -0.2)];
        let gaze = [reach * random.about_zero(), 0.6 * reach * random.about_zero()];
        let near = iris * random.range(0.3, 0.55);
        let long = length(light[0], light[1]);
        let glint =
            [gaze[0] + near * light[0] / long, gaze[1] + near * light[1] / long, iris * random.range(0.12, 0.26)];
        Self {
            gaze,
            iris,
            pupil,
            slit,
            inner: outer.mix(inner, 0.65),
            outer,
            ring: outer * 0.16,
            white: Rgb::hex(0xf1ece6).varied(random, 0.08),
            veins: if random.chance(0.5) { random.range(0.15, 0.7) } else { 0.0 },
            light,
            glint,
            window: random.chance(0.4),
            salt: random.bits(),
        }
    }

    /// The colour at a place in radii; a bare ball is seen to its edge.
    pub fn colour(&self, p: [f32; 2], bare: bool) -> Rgb {
        let (x, y) = (p[0] - self.gaze[0], p[1] - self.gaze[1]);
        let t = length(x, y) / self.iris;
        let edge = smoothstep(1.04, 0.96, t);
        let mut colour = self.of_white(p, bare);
        if edge > 0.0 {
            colour = colour.mix(self.of_iris(x, y, t), edge);
        }
        let glint = self.of_glint(p);
        colour.mix(Rgb::WHITE * 1.3, glint)
    }

    fn of_white(&self, p: [f32; 2], bare: bool) -> Rgb {
        let r = length(p[0], p[1]).min(1.0);
        let height = (1.0 - r * r).sqrt();
        let lit = (p[0] * self.light[0] + p[1] * self.light[1]) * 0.55 + height * 0.75;
        let (least, most) = if bare { (0.1, 0.95) } else { (0.45, 0.9) };
        let light = least + (most - least) * lit.clamp(0.0, 1.0);
        let pink = Rgb::hex(0xd9a59a);
        let mut colour = self.white.mix(pink, 0.35 * smoothstep(0.55, 1.1, r));
        if self.veins > 0.0 {
            let bent = 0.5 * fbm(3.0 * p[0], 3.0 * p[1], 2, self.salt);
            let vein = perlin(2.2 * p[0] + bent, 5.0 * p[1] + 3.0 * bent, self.salt ^ 1).abs();
            let far = smoothstep(self.iris, 1.0, length(p[0] - self.gaze[0], p[1] - self.gaze[1]));
            colour = colour.mix(Rgb::hex(0xb03a34), self.veins * far * smoothstep(0.09, 0.0, vein));
        }
        colour * light
    }

    /// The iris at `x`, `y` from its middle, `t` of the way to its edge.
    fn of_iris(&self, x: f32, y: f32, t: f32) -> Rgb {
        const SPOKES: i32 = 46;
        // A number that grows evenly along a square round the middle, 0 to 1.
        let (ax, ay) = (x.abs(), y.abs());
        let octant = 0.5 * ax.min(ay) / ax.max(ay).max(1e-6);
        let quarter = if ay > ax { 1.0 - octant } else { octant };
        let half = if x < 0.0 { 2.0 - quarter } else { quarter };
        let round = if y < 0.0 { 4.0 - half } else { half } / 4.0;
        let place = round * SPOKES as f32;
        let spokes =
            around(place, 2.0 * t, SPOKES, self.salt) + 0.6 * around(2.0 * place, 5.0 * t, 2 * SPOKES, self.salt ^ 2);
        let collar = 0.42 + 0.05 * around(place, 0.0, SPOKES, self.salt ^ 3);
        let mut colour = self.inner.mix(self.outer, smoothstep(collar - 0.1, collar + 0.12, t));
        colour = colour * (1.0 + 0.45 * spokes).max(0.2);
        colour = colour * (1.0 + 0.5 * smoothstep(0.09, 0.0, (t - collar).abs()));
        // Light gathers in the half that is away from the light.
        let away = -(x * self.light[0] + y * self.light[1]) / self.iris;
        colour = colour * (0.85 + 0.7 * away.clamp(-0.6, 1.0)).max(0.25);
        colour = colour.mix(self.ring, smoothstep(0.78, 1.0, t));
        let outside = if self.slit < 1.0 {
            // A lens: pointed above and below.
            let open = (1.0 - (y / (self.pupil * self.iris)) * (y / (self.pupil * self.iris))).max(0.0);
            x.abs() - self.slit * self.pupil * self.iris * open
        } else {
            length(x, y) - self.pupil * self.iris
        };
        let inside = smoothstep(0.03, -0.02, outside);
        colour.mix(Rgb(0.003, 0.003, 0.004), inside)
    }

    fn of_glint(&self, p: [f32; 2]) -> f32 {
        let [gx, gy, size] = self.glint;
        let (x, y) = (p[0] - gx, p[1] - gy);
        let small =
            smoothstep(0.45, 0.15, length(x + 2.4 * (gx - self.gaze[0]), y + 2.4 * (gy - self.gaze[1])) / size) * 0.5;
        if !self.window {
            return smoothstep(1.05, 0.8, length(x, y) / size).max(small);
        }
        let pane = |x: f32| smoothstep(1.0, 0.9, x.abs() / size) * smoothstep(0.04, 0.1, x.abs() / size);
        (0.9 * pane(x + 0.15 * y) * pane(y)).max(small)
    }

    /// Darkens the ground behind a bare ball.
    pub fn cast_shadow(&self, canvas: &mut Canvas, place: Place) {
        let away = place.outside([-0.35 * self.light[0], -0.35 * self.light[1]]);
        canvas.repaint(away, 1.5 * place.radius, |x, y, there| {
            let far = length(x - away[0], y - away[1]) / place.radius;
            there * (1.0 - 0.6 * smoothstep(1.45, 0.8, far))
        });
    }
}
