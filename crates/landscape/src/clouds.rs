//! Cumulus: a volume of billows, marched along the view and lit by marching to the sun.

use crate::View;
use crate::maths::{V, exp, lerp, smoothstep};
use crate::noise::{Billows, Rng};
use crate::sky::Sky;
use rayon::prelude::*;

/// Height of the flat bases, in metres.
const BASE: f32 = 1000.0;
/// No cloud reaches higher than this above its base, in metres.
const TALLEST: f32 = 4600.0;
/// How far clouds are drawn, in metres.
const FAR: f32 = 42_000.0;
/// Voxels of the map of clouds: across, up and ahead; and their size in metres.
const MAP: [usize; 3] = [256, 30, 240];
const VOXEL: f32 = 175.0;
/// Depth below the surface of places far from any cloud, in metres.
const NOWHERE: f32 = -1000.0;
/// Light lost per metre inside a cloud.
const EXTINCTION: f32 = 0.015;
/// Distance at which air hides all but 1/e of a cloud, in metres.
const HAZE: f32 = 60_000.0;
/// Lengths of the steps toward the sun, in metres: those marched for every point of the picture,
/// and those marched once for every voxel.
const NEAR_STEPS: [f32; 2] = [55.0, 125.0];
const FAR_STEPS: [f32; 5] = [160.0, 220.0, 320.0, 500.0, 800.0];
/// Larger pictures march the clouds on a coarser grid than their own.
const MOST_RAYS: usize = 400_000;
/// Clouds are soft: pixels of the picture per ray, each way.
const LEAST_SHRINK: f32 = 1.2;

/// Light that reaches the eye from clouds along one ray, and the visible part of the background.
#[derive(Clone, Copy)]
pub(crate) struct Veil {
    pub light: V,
    pub clear: f32,
}

/// One voxel of the map.
#[derive(Clone, Copy)]
struct Place {
    /// Depth below the smooth surface, in metres; negative outside.
    depth: f32,
    /// How far billows may push that surface out or in, in metres.
    relief: f32,
    /// Metres of cloud between here and the sun.
    shade: f32,
}

/// The cloud at a point.
struct Matter {
    /// 0 in clear air to 1.
    density: f32,
    /// Metres to go before there may be any.
    free: f32,
    /// Height on the billows: 0 in creases, 1 on bulges.
    bulge: f32,
}

/// All clouds of one scene.
pub(crate) struct Clouds {
    billows: Billows,
    map: Vec<Place>,
    drift: V,
    /// Direction of the light. It is nearer to the viewer's back than the sun, a trick of painters,
    /// so that clouds before the sun still show their volume.
    sun: V,
}

impl Clouds {
    pub fn new(seed: u64, sky: &Sky) -> Self {
        let mut rng = Rng::new(seed, 2);
        let billows = Billows::new(rng.bits());
        let drift = V(rng.unit(), rng.unit(), rng.unit()) * 9000.0;
        let side = if sky.sun_dir.0 < 0.0 { -1.0 } else { 1.0 };
        let sun = (sky.sun_dir + V(0.35 * side, 0.12, -0.75 * sky.sun_dir.2.max(0.0))).unit();
        let mut clouds = Self { billows, map: survey(&strew(&mut rng, side)), drift, sun };
        clouds.map =
            clouds.map.par_iter().enumerate().with_min_len(MAP[0]).map(|(i, place)| clouds.shaded(i, place)).collect();
        clouds
    }

    /// `place` with the far part of its shade.
    fn shaded(&self, index: usize, place: &Place) -> Place {
        if place.depth < -1.2 * place.relief {
            return *place;
        }
        let p = centre(index);
        let (mut reach, mut shade) = (0.0, 0.0);
        for step in FAR_STEPS {
            shade += step * self.matter(p + self.sun * (reach + 0.5 * step), false).density;
            reach += step;
        }
        Place { shade, ..*place }
    }

    /// Trilinear sample of the map.
    fn place(&self, p: V) -> Place {
        let at = |metres: f32, most: usize| (metres / VOXEL).clamp(0.0, most as f32 - 1.01);
        let (x, y, z) = (at(p.0 + HALF, MAP[0]), at(p.1 - BASE + VOXEL, MAP[1]), at(p.2, MAP[2]));
        let (ix, iy, iz) = (x as usize, y as usize, z as usize);
        let (x, y, z) = (x - ix as f32, y - iy as f32, z - iz as f32);
        let mix = |a: Place, b: Place, t: f32| Place {
            depth: lerp(a.depth, b.depth, t),
            relief: lerp(a.relief, b.relief, t),
            shade: lerp(a.shade, b.shade, t),
        };
        let row = |dy: usize, dz: usize| {
            let start = ((iz + dz) * MAP[1] + iy + dy) * MAP[0] + ix;
            mix(self.map[start], self.map[start + 1], x)
        };
        mix(mix(row(0, 0), row(1, 0), y), mix(row(0, 1), row(1, 1), y), z)
    }

    /// Cloud at `p`. `fine` adds what only nearby points need.
    fn matter(&self, p: V, fine: bool) -> Matter {
        let Place { depth, relief, .. } = self.place(p);
        let depth = depth.min(2.2 * (p.1 - BASE) + 0.25 * relief);
        if depth < -0.9 * relief {
            return Matter { density: 0.0, free: -0.9 * relief - depth, bulge: 0.0 };
        }
        let q = p + self.drift;
        let mut bulge = 0.52 * self.billows.at(q * (1.0 / 4300.0));
        let most = depth + (bulge + 0.45 - 0.60) * 2.4 * relief;
        if most < 0.0 {
            return Matter { density: 0.0, free: -0.6 * most, bulge };
        }
        bulge += 0.30 * self.billows.at(V(q.2, q.1, q.0) * (1.0 / 1330.0));
        bulge += if fine { 0.15 * self.billows.at(V(q.1, q.0, q.2) * (1.0 / 410.0)) } else { 0.10 };
        let inside = depth + (bulge - 0.60) * 2.4 * relief;
        Matter { density: smoothstep(0.0, 120.0, inside), free: -0.45 * inside, bulge }
    }

    /// Marches one ray from the ground.
    fn march(&self, dir: V, sky: &Sky) -> Veil {
        let mut out = Veil { light: V::ZERO, clear: 1.0 };
        if dir.1 < 0.012 {
            return out;
        }
        let mut t = (BASE - 150.0) / dir.1;
        let end = ((BASE + TALLEST) / dir.1).min(FAR);
        let phase = phase(dir.dot(sky.sun_dir));
        let air = sky.air(dir);
        let (mut steps, mut lit) = (0, V::ZERO);
        while t < end && out.clear > 0.025 {
            let matter = self.matter(dir * t, true);
            let step = (22.0 + 0.0035 * t) * (1.8 - 0.8 * out.clear);
            if matter.density <= 0.0 {
                t += step.max(0.7 * matter.free);
                continue;
            }
            let lost = 1.0 - exp(-matter.density * EXTINCTION * step);
            if steps % 2 == 0 {
                lit = self.lit(dir * t, &matter, phase, sky);
            }
            steps += 1;
            out.light += air.mix(lit, exp(-t / HAZE)) * (out.clear * lost);
            out.clear *= 1.0 - lost;
            t += step;
        }
        out
    }

    /// Light scattered to the eye at `p`.
    fn lit(&self, p: V, matter: &Matter, phase: [f32; 3], sky: &Sky) -> V {
        let (mut reach, mut shade) = (0.0, 0.0);
        for step in NEAR_STEPS {
            shade += step * self.matter(p + self.sun * (reach + 0.5 * step), reach == 0.0).density;
            reach += step;
        }
        let thick = EXTINCTION * (shade + self.place(p + self.sun * reach).shade);
        // Many bounces as fainter, more even, less absorbed copies of one: M. Wrenninge et al.,
        // "Oz: The Great and Volumetric" (SIGGRAPH 2013).
        let direct =
            phase[0] * exp(-thick) + 0.5 * phase[1] * exp(-0.28 * thick) + 0.28 * phase[2] * exp(-0.07 * thick);
        let up = ((p.1 - BASE) / 1600.0).clamp(0.0, 1.0);
        let open = lerp(0.5, 1.0, up) * smoothstep(0.25, 0.95, matter.bulge);
        sky.sun * (direct * lerp(0.5, 1.05, matter.bulge)) + sky.ambient * (0.2 + 0.7 * open)
    }

    /// Marches the sky part of a picture and returns it as a grid to sample.
    pub fn render(&self, view: &View, sky: &Sky) -> Screen {
        let rows = (view.horizon.ceil() as usize).clamp(1, view.height);
        let shrink = ((view.width * rows) as f32 / MOST_RAYS as f32).sqrt().max(LEAST_SHRINK);
        let width = (view.width as f32 / shrink).ceil() as usize + 1;
        let height = (rows as f32 / shrink).ceil() as usize + 1;
        let rays = (0..width * height)
            .into_par_iter()
            .with_min_len(64)
            .map(|i| {
                let (x, y) = ((i % width) as f32 * shrink, (i / width) as f32 * shrink);
                self.march(view.ray(x, y), sky)
            })
            .collect();
        Screen { rays, width, height, shrink }
    }
}

/// Strengths of the direct, few-times and many-times scattered light at a cosine to the sun.
fn phase(cosine: f32) -> [f32; 3] {
    // Henyey and Greenstein (1941), scaled so that even scattering is 1.
    let lobe = |g: f32| {
        let d = 1.0 + g * g - 2.0 * g * cosine;
        (1.0 - g * g) / (d * d.sqrt())
    };
    [0.35 * lobe(0.7).min(4.0) + 0.65 * lobe(-0.12), 0.4 * lobe(0.35) + 0.6, 1.0].map(|p| 0.36 * p)
}

/// Half the map's width in metres.
const HALF: f32 = MAP[0] as f32 * VOXEL / 2.0;

/// The point of voxel `index`; the lowest layer is one voxel below the bases.
fn centre(index: usize) -> V {
    let [x, y, z] = [index % MAP[0], index / MAP[0] % MAP[1], index / MAP[0] / MAP[1]].map(|n| n as f32 * VOXEL);
    V(x - HALF, y + BASE - VOXEL, z)
}

/// A ball of cloud.
struct Puff {
    at: V,
    radius: f32,
}

/// Strews puffs where the eye sees their sides, not their undersides: a great cloud away from
/// the sun, a smaller one across from it, companies toward the horizon and shreds between.
fn strew(rng: &mut Rng, sun_side: f32) -> Vec<Puff> {
    let mut puffs = Vec::new();
    let plenty = rng.range(0.5, 1.4);
    let far = rng.range(9_000.0, 11_500.0);
    let side = -sun_side * rng.range(0.14, 0.30);
    let size = rng.range(1900.0, 2300.0);
    cumulus(&mut puffs, rng, [side * far, far, size], 26);
    let far = rng.range(13_000.0, 17_000.0);
    let side = sun_side * rng.range(0.3, 0.55);
    let size = rng.range(1500.0, 2100.0);
    cumulus(&mut puffs, rng, [side * far, far, size], 20);
    for _ in 0..(26.0 * plenty) as usize {
        let far = rng.range(15_000.0, 38_000.0);
        let (across, size) = (rng.range(-1.0, 1.0), rng.range(700.0, 1700.0));
        cumulus(&mut puffs, rng, [across * far, far, size], 12);
    }
    for _ in 0..(4.0 * plenty) as usize {
        let far = rng.range(11_000.0, 18_000.0);
        let (across, size) = (rng.range(-1.0, 1.0), rng.range(500.0, 900.0));
        cumulus(&mut puffs, rng, [across * far, far, size], 9);
    }
    puffs
}

/// One cloud about `size` metres in radius: large puffs low in the middle, smaller ones out to
/// the sides and up into towers.
fn cumulus(puffs: &mut Vec<Puff>, rng: &mut Rng, [x, z, size]: [f32; 3], count: usize) {
    let lean = rng.range(-0.35, 0.35);
    for _ in 0..count {
        let off = rng.range(-1.0, 1.0);
        let rise = rng.unit() * (1.0 - off * off) * 1.25;
        let radius = size * rng.range(0.30, 0.56) * (1.0 - 0.2 * rise) * (1.0 - 0.35 * off.abs());
        let across = 1.6 * size * off * (1.0 - 0.5 * rise) + lean * size * rise;
        let ahead = size * rng.range(-0.6, 0.6) * (1.0 - off.abs());
        puffs.push(Puff { at: V(x + across, BASE + size * rise + 0.3 * radius, z + ahead), radius });
    }
}

/// Draws the puffs on a map of voxels.
fn survey(puffs: &[Puff]) -> Vec<Place> {
    let slice = |n: usize| {
        let empty = Place { depth: NOWHERE, relief: 100.0, shade: 0.0 };
        let mut slice = vec![empty; MAP[0] * MAP[1]];
        let start = n * slice.len();
        for puff in puffs {
            let relief = (0.7 * puff.radius).clamp(230.0, 560.0);
            let reach = puff.radius + relief - 0.7 * NOWHERE;
            if (n as f32 * VOXEL - puff.at.2).abs() > reach {
                continue;
            }
            let span = |middle: f32, most: usize| {
                let at = |metres: f32| (metres / VOXEL).clamp(0.0, most as f32) as usize;
                at(middle - reach)..at(middle + reach + VOXEL)
            };
            for y in span(puff.at.1 - BASE + VOXEL, MAP[1]) {
                for x in span(puff.at.0 + HALF, MAP[0]) {
                    let i = y * MAP[0] + x;
                    let d = centre(start + i) - puff.at;
                    let depth = puff.radius - d.dot(d).sqrt();
                    if depth > slice[i].depth {
                        slice[i].depth = depth;
                        slice[i].relief = relief;
                    }
                }
            }
        }
        slice
    };
    (0..MAP[2]).into_par_iter().flat_map_iter(slice).collect()
}

/// Marched rays of the upper part of a picture.
pub(crate) struct Screen {
    rays: Vec<Veil>,
    width: usize,
    height: usize,
    shrink: f32,
}

impl Screen {
    /// Bilinear sample at a pixel of the picture.
    pub fn at(&self, x: f32, y: f32) -> Veil {
        let x = (x / self.shrink).clamp(0.0, self.width as f32 - 1.001);
        let y = (y / self.shrink).clamp(0.0, self.height as f32 - 1.001);
        let (ix, iy) = (x as usize, y as usize);
        let (x1, y1) = ((ix + 1).min(self.width - 1), (iy + 1).min(self.height - 1));
        let mix = |a: Veil, b: Veil, t: f32| Veil { light: a.light.mix(b.light, t), clear: lerp(a.clear, b.clear, t) };
        let get = |x: usize, y: usize| self.rays[y * self.width + x];
        let t = x - ix as f32;
        mix(mix(get(ix, iy), get(x1, iy), t), mix(get(ix, y1), get(x1, y1), t), y - iy as f32)
    }
}
