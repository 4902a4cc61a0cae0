//! Hills: a field of heights, walked column by column from near to far.

use crate::View;
use crate::maths::{V, exp, floor, lerp, log2, smoothstep};
use crate::noise::{Rng, fbm, hash, hash2, octaves, perlin, ridged, unit};
use crate::sky::Sky;
use rayon::prelude::*;

/// Nearest and farthest land, in metres.
const NEAR: f32 = 90.0;
const FAR: f32 = 26_000.0;
/// Distance at which air hides all but 1/e of the land, in metres.
const HAZE: f32 = 9_500.0;
/// Spacing of trees, in metres, and the distance beyond which woods are only texture.
const TREES: f32 = 13.0;
const WOODS: f32 = 4200.0;
/// Trees on the valley's floor stay below this, in metres.
const TALLEST: f32 = 45.0;
/// No tree is higher than this, in metres.
const CROWN: f32 = 24.0;
/// Shortest stride of the walk, as a share of the distance.
const FINEST: f32 = 0.0012;

/// One range of hills.
struct Range {
    /// Distance of the crest and depth of the range, in metres.
    far: f32,
    deep: f32,
    /// Height of the crest in metres.
    height: f32,
    salt: u32,
}

/// The land of one scene.
pub(crate) struct Land {
    ranges: Vec<Range>,
    /// Height of the eye above the water, in metres.
    pub eye: f32,
    river: bool,
    /// Sideways slope at which the valley opens.
    valley: f32,
    autumn: f32,
    snow: f32,
    salt: u32,
}

/// One pixel of land: light times cover, and the covers of land and of water.
#[derive(Clone, Copy, Default)]
pub(crate) struct Pixel {
    pub light: V,
    pub land: f32,
    pub water: f32,
}

impl Land {
    pub fn new(seed: u64, sky: &Sky) -> Self {
        let mut rng = Rng::new(seed, 13);
        let bold = rng.range(0.8, 1.4);
        let ranges = [(1100.0, 95.0), (2100.0, 250.0), (4200.0, 640.0), (8200.0, 1500.0), (15_500.0, 2900.0)]
            .map(|(far, height): (f32, f32)| {
                let far = far * rng.range(0.85, 1.2);
                Range { far, deep: 0.36 * far, height: height * bold * rng.range(0.75, 1.15), salt: rng.bits() }
            })
            .into();
        let river = seed % 3 == 1;
        Self {
            ranges,
            eye: if river { 46.0 } else { 27.0 },
            river,
            valley: sky.sun_dir.0.clamp(-0.4, 0.4) * 0.6 + rng.range(-0.1, 0.1),
            autumn: rng.range(0.0, 1.0) * rng.unit(),
            snow: rng.range(900.0, 2800.0),
            salt: rng.bits(),
        }
    }

    /// Height of the ground above the water, in metres; `grain` is the size of what can be seen.
    fn ground(&self, x: f32, z: f32, grain: f32) -> f32 {
        let mut h = self.shore(x, z);
        for range in &self.ranges {
            let off = (z - range.far) / range.deep;
            if off.abs() >= 1.0 {
                continue;
            }
            let wave = 0.55 * range.far;
            let detail = octaves(wave, 1.6 * grain, 9.0);
            let rock = smoothstep(500.0, 1500.0, range.height);
            let (px, pz) = (x / wave, z / wave);
            let round = 0.5 + 0.62 * fbm(px, pz, detail, range.salt);
            let sharp = if rock > 0.0 { 1.05 * ridged(1.3 * px, 1.3 * pz, detail, range.salt) } else { 0.0 };
            let open = (x / z - self.valley) / 0.20;
            let crest = lerp(round, sharp, 0.75 * rock) * (1.0 - 0.72 / (1.0 + open * open));
            let swell = (1.0 - off * off) * (1.0 - off * off);
            h = h.max(h * 0.3 + range.height * swell * crest);
        }
        h
    }

    /// No land at distance `z` is higher than this.
    fn most(&self, z: f32) -> f32 {
        let most = self.ranges.iter().map(|range| {
            let off = ((z - range.far) / range.deep).clamp(-1.0, 1.0);
            range.height * (1.0 - off * off) * (1.0 - off * off) * 1.25
        });
        most.fold(0.0, f32::max) + TALLEST
    }

    /// The floor of the valley: a lake with headlands, or a plain with a river.
    fn shore(&self, x: f32, z: f32) -> f32 {
        if self.river {
            let rolling = 3.5 + 4.0 * fbm(x / 260.0, z / 260.0, 4.0, self.salt);
            // Bends that grow with distance look alike from the eye's place.
            let bend = perlin(1.9 * log2(z), 0.5, self.salt ^ 5);
            let middle = z * (self.valley + 0.36 * bend);
            let across = (x - middle) / (16.0 + 0.055 * z);
            return rolling - 11.0 * smoothstep(1.25, 0.75, across.abs());
        }
        let head = fbm(x / 420.0, z / 420.0, 5.0, self.salt ^ 6);
        let sides = (x / z - self.valley).abs() - 0.45;
        14.0 * (head - 0.22) + 9.0 * sides.max(0.0) + 0.02 * (z - 850.0).max(0.0)
    }

    /// Woods stand where this is positive.
    fn wood(&self, x: f32, z: f32) -> f32 {
        fbm(x / 330.0, z / 330.0, 4.0, self.salt ^ 9) + 0.10
    }

    /// Height of the tree crown over a point, and a separate number for each tree.
    fn tree(&self, x: f32, z: f32) -> (f32, u32) {
        let (cx, cz) = (floor(x / TREES).0, floor(z / TREES).0);
        let mut best = (0.0, 0);
        for n in 0..9 {
            let (ix, iz) = (cx + n % 3 - 1, cz + n / 3 - 1);
            let h = hash2(ix, iz, self.salt ^ 11);
            let [a, b, c] = [h, hash(h), hash(h ^ 3)].map(unit);
            let (dx, dz) = ((ix as f32 + a) * TREES - x, (iz as f32 + b) * TREES - z);
            let (tall, wide) = (lerp(6.0, 15.0, c * c), lerp(5.0, 8.5, b));
            let d = (dx * dx + dz * dz) / (wide * wide);
            // Oaks are domes; every third tree is a fir.
            let shape = if h.is_multiple_of(3) { 1.25 * (1.0 - d.sqrt()) } else { (1.0 - d).max(0.0).sqrt() };
            if shape * tall > best.0 {
                best = (shape * tall, h);
            }
        }
        best
    }

    /// Ground with its trees: height, crown height and the tree's number.
    fn wooded(&self, x: f32, z: f32, ground: f32) -> (f32, f32, u32) {
        if z > WOODS || ground < 1.2 {
            return (ground, 0.0, 0);
        }
        let wood = self.wood(x, z);
        if wood <= 0.0 {
            return (ground, 0.0, 0);
        }
        let (crown, id) = self.tree(x, z);
        let leaf = 1.0 + 0.35 * perlin(x / 2.3, z / 2.3 + crown / 2.0, self.salt ^ 12);
        let young = smoothstep(0.0, 0.12, wood) * smoothstep(320.0, 400.0, z) * smoothstep(WOODS, 0.6 * WOODS, z);
        (ground + crown * leaf * young, crown * young, id)
    }

    /// Light from the land at a point that can be seen.
    fn shade(&self, [x, z]: [f32; 2], surface: (f32, f32, u32), grain: f32, sky: &Sky) -> V {
        let (h, crown, id) = surface;
        let e = (1.5 * grain).max(0.9);
        let near = |x: f32, z: f32| self.wooded(x, z, self.ground(x, z, grain)).0;
        let (hx, hz) = (near(x + e, z), near(x, z + e));
        let normal = V(h - hx, e, h - hz).unit();
        let albedo = self.albedo(V(x, h, z), normal, crown, id);
        // Light wraps around leaves and comes through them.
        let facing = (normal.dot((sky.sun_dir + V(0.0, 0.25, -0.45)).unit()) + 0.25).max(0.0) / 1.25;
        let cloud = smoothstep(-0.25, 0.15, fbm(x / 900.0, z / 900.0, 3.0, self.salt ^ 14) + 0.12);
        let open = 0.45 + 0.55 * normal.1 * if crown > 0.0 { lerp(0.35, 1.0, (crown / 12.0).min(1.0)) } else { 1.0 };
        let light = sky.sun * (facing * lerp(0.22, 1.0, cloud)) + sky.ambient * (0.9 * open);
        let dir = V(x, h - self.eye, z);
        let away = dir.dot(dir).sqrt();
        let clear = exp(-away / HAZE * exp(-h.max(0.0) / 2600.0));
        let level = V(dir.0, away * 0.03, dir.2).unit();
        sky.air(level).mix(albedo * light, clear)
    }

    /// Colour of the ground, woods, rock or snow.
    fn albedo(&self, p: V, normal: V, crown: f32, id: u32) -> V {
        let patch = fbm(p.0 / 120.0, p.2 / 120.0, 5.0, self.salt ^ 15);
        if crown > 0.4 {
            let hue = unit(hash(id ^ 21));
            let green = V(0.032, 0.060, 0.024).mix(V(0.075, 0.095, 0.030), hue * hue);
            let turned = V(0.22, 0.105, 0.028).mix(V(0.17, 0.048, 0.022), unit(hash(id ^ 22)));
            let share = smoothstep(0.85, 0.35, hue + 0.55 * (1.0 - self.autumn) + 0.3 * patch) * self.autumn;
            return green.mix(turned, share) * (0.7 + 0.05 * crown.min(12.0));
        }
        let meadow = V(0.088, 0.125, 0.042).mix(V(0.22, 0.18, 0.085), smoothstep(-0.25, 0.4, patch));
        let tussock = 1.0 + 0.9 * fbm(p.0 / 9.0, p.2 / 9.0, 4.0, self.salt ^ 16) * smoothstep(2500.0, 300.0, p.2);
        let meadow = meadow * tussock;
        let far_wood = smoothstep(0.0, 0.10, self.wood(p.0, p.2)) * smoothstep(0.55 * WOODS, WOODS, p.2);
        let mut c = meadow.mix(V(0.045, 0.075, 0.028), far_wood);
        c = c.mix(V(0.30, 0.26, 0.19), smoothstep(1.6, 0.4, p.1 + 0.8 * patch));
        let rock = V(0.23, 0.205, 0.185) * (1.0 + 0.5 * patch);
        c = c.mix(rock, smoothstep(0.84, 0.62, normal.1).max(smoothstep(420.0, 900.0, p.1 + 250.0 * patch)));
        let snow = smoothstep(-120.0, 160.0, p.1 - self.snow + 320.0 * patch) * smoothstep(0.35, 0.62, normal.1);
        c.mix(V(0.86, 0.88, 0.92), snow)
    }

    /// Walks one column of the picture and fills it from below.
    fn column(&self, view: &View, across: f32, sky: &Sky) -> Vec<Pixel> {
        let mut out = vec![Pixel::default(); view.height];
        let row = |h: f32, z: f32| view.horizon - (h - self.eye) / z * view.scale;
        let stride = (2.2 / view.scale).max(FINEST);
        let (mut z, mut low) = (NEAR, view.height as f32);
        while z < FAR {
            let (x, grain) = (across * z, z / view.scale);
            z *= 1.0 + if z < WOODS { stride } else { 1.5 * stride };
            // Skip what nearer land hides without working out its detail.
            let hidden = self.eye + z * (view.horizon - low) / view.scale;
            if self.most(z) < hidden {
                continue;
            }
            if z > 0.4 * WOODS && self.ground(x, z, 0.03 * z) + 0.012 * z + CROWN < hidden {
                continue;
            }
            let ground = self.ground(x, z, grain);
            if ground + CROWN < hidden {
                continue;
            }
            let surface = self.wooded(x, z, ground);
            let h = surface.0;
            let top = row(h.max(0.0), z).max(0.0);
            if top < low {
                let mut pixel = Pixel { water: 1.0, ..Pixel::default() };
                if h > 0.0 {
                    pixel = Pixel { light: self.shade([x, z], surface, grain, sky), land: 1.0, water: 0.0 };
                }
                cover(&mut out, top, low, pixel);
                low = top;
            }
        }
        out
    }

    /// The land as the view sees it, column after column.
    pub fn render(&self, view: &View, sky: &Sky) -> Vec<Vec<Pixel>> {
        let column = |x: usize| self.column(view, view.across(x as f32), sky);
        (0..view.width).into_par_iter().map(column).collect()
    }
}

/// Adds a pixel to the rows from `top` to `low`, weighted by the covered part of each.
fn cover(column: &mut [Pixel], top: f32, low: f32, with: Pixel) {
    for y in top as usize..(low.ceil() as usize).min(column.len()) {
        let part = (low.min(y as f32 + 1.0) - top.max(y as f32)).max(0.0);
        let pixel = &mut column[y];
        pixel.light += with.light * part;
        pixel.land += with.land * part;
        pixel.water += with.water * part;
    }
}
