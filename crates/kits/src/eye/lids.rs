//! Lids, lashes and brows.

use crate::canvas::{Canvas, Hair};
use crate::colour::Rgb;
use crate::ground::Ground;
use crate::noise::smoothstep;
use crate::random::Random;

/// The opening between two lids, in radii of the ball.
pub(super) struct Lids {
    /// Half the width.
    width: f32,
    upper: f32,
    lower: f32,
    /// How far the middle of the upper lid lies from the inner corner.
    peak: f32,
    /// How much higher the outer corner is.
    tilt: f32,
    rim: Rgb,
    hair: Rgb,
    lashes: usize,
    brow: bool,
    crease: f32,
    animal: bool,
}

impl Lids {
    pub fn random(random: &mut Random, animal: bool, ground: &Ground) -> Self {
        let open = random.range(0.75, 1.1);
        let dark = ground.colour * 0.12;
        let (upper, lower) = if animal { (0.82, 0.72) } else { (0.62, 0.42) };
        Self {
            width: if animal { random.range(1.0, 1.2) } else { random.range(1.25, 1.5) },
            upper: upper * open,
            lower: lower * open,
            peak: random.range(-0.2, 0.1),
            tilt: random.range(-0.04, 0.14),
            rim: if animal { dark } else { ground.colour.mix(Rgb::hex(0xc98a80), 0.5) },
            hair: dark.varied(random, 0.3),
            lashes: if animal { random.below(14) } else { 26 + random.below(30) },
            brow: !animal && random.chance(0.75),
            crease: random.range(0.16, 0.34),
            animal,
        }
    }

    /// The edge of the upper and of the lower lid at a place along the eye.
    fn edges(&self, u: f32) -> [f32; 2] {
        let t = (u / self.width).clamp(-1.0, 1.0);
        let bent = t - self.peak * (1.0 - t * t);
        let arch = (1.0 - bent * bent).max(0.0);
        // Pointed at the corners, round in the middle.
        let arch = arch * (0.55 + 0.45 * arch.sqrt());
        let line = -self.tilt * t;
        [line - self.upper * arch, line + self.lower * arch]
    }

    /// How deep a place lies in the opening; negative on the lids.
    pub fn depth(&self, [u, v]: [f32; 2]) -> f32 {
        let [upper, lower] = self.edges(u);
        let aside = 0.7 * (self.width - u.abs());
        (v - upper).min(lower - v).min(aside)
    }

    /// The ball under the shadow of the lids.
    pub fn shade(&self, p: [f32; 2], ball: Rgb) -> Rgb {
        let [upper, _] = self.edges(p[0]);
        let below = p[1] - upper;
        let shadow = 1.0 - 0.6 * smoothstep(0.3, 0.0, below);
        let corner = 1.0 - 0.45 * smoothstep(0.7, 1.0, p[0].abs() / self.width);
        let pink = if self.animal { 0.0 } else { smoothstep(-0.82, -0.98, p[0] / self.width) };
        (ball * (shadow * corner)).mix(Rgb::hex(0xc47a70), 0.8 * pink)
    }

    /// The skin around the opening: rim, crease and soft shadows.
    pub fn around(&self, p: [f32; 2], skin: Rgb) -> Rgb {
        let outside = -self.depth(p);
        let [upper, _] = self.edges(p[0]);
        let above = upper - p[1];
        let along = 1.0 - smoothstep(0.9, 1.25, p[0].abs() / self.width);
        let mut colour = skin * (1.0 - 0.35 * smoothstep(0.9, 0.0, outside) * along.max(0.3));
        if !self.animal {
            let crease = 1.0 - ((above - self.crease) / 0.06).abs();
            colour = colour * (1.0 - 0.5 * crease.max(0.0) * along);
            let lid = smoothstep(0.0, 0.05, above) * smoothstep(self.crease, 0.8 * self.crease, above) * along;
            colour = colour * (1.0 + 0.22 * lid);
        }
        let width = if self.animal { 0.16 } else { 0.07 };
        colour.mix(self.rim, smoothstep(width, 0.6 * width, outside) * smoothstep(1.03, 0.97, p[0].abs() / self.width))
    }

    /// Lashes and a brow.
    pub fn hairs(&self, canvas: &mut Canvas, place: &dyn Fn([f32; 2]) -> [f32; 2], radius: f32, random: &mut Random) {
        let line = 1.0 - 0.04;
        for n in 0..40 {
            let u = self.width * line * (2.0 * n as f32 / 39.0 - 1.0);
            let next = self.width * line * (2.0 * (n + 1).min(39) as f32 / 39.0 - 1.0);
            let [root, tip] = [u, next].map(|u| place([u, self.edges(u)[0]]));
            let bend = [0.5 * (root[0] + tip[0]), 0.5 * (root[1] + tip[1])];
            canvas.draw(&Hair { root, bend, tip, width: 0.06 * radius, colour: self.hair, cover: 0.8 });
        }
        for side in [0, 1] {
            let lashes = if side == 0 { self.lashes } else { self.lashes / 2 };
            for _ in 0..lashes {
                let u = self.width * random.range(-0.9, 0.97);
                let root = [u, self.edges(u)[side]];
                let out = if side == 0 { -1.0 } else { 1.0 };
                let long = random.range(0.2, 0.36) * (if side == 0 { 1.0 } else { 0.55 });
                let lean = 0.9 * u / self.width + 0.15 * random.about_zero();
                let bend = [root[0] + 0.35 * long * lean, root[1] + 0.35 * out * long];
                let tip = [root[0] + long * lean, root[1] + out * long];
                let [root, bend, tip] = [root, bend, tip].map(place);
                canvas.draw(&Hair { root, bend, tip, width: 0.035 * radius, colour: self.hair, cover: 0.9 });
            }
        }
        if self.brow {
            self.brow(canvas, place, radius, random);
        }
    }

    fn brow(&self, canvas: &mut Canvas, place: &dyn Fn([f32; 2]) -> [f32; 2], radius: f32, random: &mut Random) {
        let (height, thick) = (random.range(1.0, 1.35), random.range(0.1, 0.22));
        for _ in 0..150 {
            let t = random.range(-1.0, 1.0);
            let arch = height + 0.2 * (1.0 - (t - 0.3) * (t - 0.3));
            let across = thick * (1.0 - 0.6 * smoothstep(0.2, 1.0, t)) * random.about_zero();
            let root = [1.1 * self.width * t, -arch + across];
            let long = random.range(0.15, 0.3);
            let tip = [root[0] + long, root[1] + long * (0.55 * t - 0.1 - 0.8 * across)];
            let bend = [0.5 * (root[0] + tip[0]), 0.5 * (root[1] + tip[1]) - 0.03];
            let [root, bend, tip] = [root, bend, tip].map(place);
            canvas.draw(&Hair { root, bend, tip, width: 0.03 * radius, colour: self.hair, cover: 0.7 });
        }
    }
}
