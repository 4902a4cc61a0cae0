//! Noise from an integer hash: the same on every machine.

use crate::maths::{V, floor, lerp};
use rayon::prelude::*;

/// `lowbias32` by Chris Wellons, <https://github.com/skeeto/hash-prospector> (public domain).
pub fn hash(mut h: u32) -> u32 {
    h ^= h >> 16;
    h = h.wrapping_mul(0x7feb_352d);
    h ^= h >> 15;
    h = h.wrapping_mul(0x846c_a68b);
    h ^ (h >> 16)
}

/// Hash of a lattice point; the multipliers are the primes of xxHash32.
pub fn hash2(x: i32, y: i32, salt: u32) -> u32 {
    hash((x as u32).wrapping_mul(0x9e37_79b1) ^ (y as u32).wrapping_mul(0x85eb_ca77).wrapping_add(salt))
}

/// The top 24 bits as a number in 0..1.
pub(crate) fn unit(h: u32) -> f32 {
    (h >> 8) as f32 / (1u32 << 24) as f32
}

/// A small generator: the hash of a counter.
pub(crate) struct Rng {
    state: u32,
    count: u32,
}

impl Rng {
    pub fn new(seed: u64, stream: u32) -> Self {
        let high = hash((seed >> 32) as u32 ^ stream.wrapping_mul(0xc2b2_ae3d));
        Self { state: hash(seed as u32 ^ high), count: 0 }
    }

    pub fn bits(&mut self) -> u32 {
        self.count = self.count.wrapping_add(0x9e37_79b1);
        hash(self.state ^ hash(self.count))
    }

    pub fn unit(&mut self) -> f32 {
        unit(self.bits())
    }

    pub fn range(&mut self, low: f32, high: f32) -> f32 {
        lerp(low, high, self.unit())
    }
}

fn fade(t: f32) -> f32 {
    t * t * t * (t * (t * 6.0 - 15.0) + 10.0)
}

/// Gradient noise in about -1..1 (K. Perlin, "Improving Noise", 2002, with hashed gradients).
pub fn perlin(x: f32, y: f32, salt: u32) -> f32 {
    let ((ix, fx), (iy, fy)) = (floor(x), floor(y));
    let (x, y) = (x - fx, y - fy);
    let corner = |cx: i32, cy: i32| {
        let h = hash2(ix.wrapping_add(cx), iy.wrapping_add(cy), salt);
        let gx = (h & 0xffff) as f32 * (2.0 / 65535.0) - 1.0;
        let gy = (h >> 16) as f32 * (2.0 / 65535.0) - 1.0;
        gx * (x - cx as f32) + gy * (y - cy as f32)
    };
    let (u, v) = (fade(x), fade(y));
    let n = lerp(lerp(corner(0, 0), corner(1, 0), u), lerp(corner(0, 1), corner(1, 1), u), v);
    n * 1.5
}

/// Sum of octaves of [`perlin`], each turned so that the lattices do not line up. `octaves` may
/// be fractional: the last one fades in, so that detail grows smoothly with resolution.
pub(crate) fn fbm(mut x: f32, mut y: f32, octaves: f32, salt: u32) -> f32 {
    let (mut sum, mut gain, mut left, mut salt) = (0.0, 0.5, octaves, salt);
    while left > 0.0 {
        sum += gain * left.min(1.0) * perlin(x, y, salt);
        (x, y) = (1.6 * x - 1.2 * y + 3.7, 1.2 * x + 1.6 * y - 1.3);
        gain *= 0.5;
        left -= 1.0;
        salt = salt.wrapping_add(0x27d4_eb2f);
    }
    sum
}

/// Sum of folded octaves in about 0..1: sharp crests, round valleys.
pub(crate) fn ridged(mut x: f32, mut y: f32, octaves: f32, salt: u32) -> f32 {
    let (mut sum, mut gain, mut left, mut weight, mut salt) = (0.0, 0.5, octaves, 1.0, salt);
    while left > 0.0 {
        let fold = 1.0 - perlin(x, y, salt).abs();
        let crest = fold * fold * weight;
        sum += gain * left.min(1.0) * crest;
        weight = (crest * 1.6).min(1.0);
        (x, y) = (1.6 * x - 1.2 * y + 3.7, 1.2 * x + 1.6 * y - 1.3);
        gain *= 0.5;
        left -= 1.0;
        salt = salt.wrapping_add(0x27d4_eb2f);
    }
    sum
}

/// How many octaves are larger than `footprint` when the first has wavelength `wave`.
pub(crate) fn octaves(wave: f32, footprint: f32, most: f32) -> f32 {
    (crate::maths::log2(wave / footprint.max(1e-6)) - 0.5).clamp(1.0, most)
}

/// Side of the tiling volume.
const SIDE: usize = 64;

/// A tiling volume of billows, 0..1: round bulges with sharp creases between, as on a cauliflower.
///
/// Octaves of inverted cellular noise, after A. Schneider, "The Real-Time Volumetric Cloudscapes
/// of Horizon Zero Dawn" (SIGGRAPH 2015).
pub(crate) struct Billows {
    voxels: Vec<f32>,
}

impl Billows {
    pub fn new(salt: u32) -> Self {
        let layers = [(4, 0.55), (9, 0.30), (18, 0.15)].map(|(cells, gain)| (Cells::new(cells, salt), gain));
        let voxels = (0..SIDE * SIDE * SIDE)
            .into_par_iter()
            .with_min_len(SIDE * SIDE)
            .map(|i| {
                let at = |n: usize| (n % SIDE) as f32 / SIDE as f32;
                let p = V(at(i), at(i / SIDE), at(i / SIDE / SIDE));
                layers.iter().map(|(cells, gain)| gain * cells.dome(p)).sum()
            })
            .collect();
        Self { voxels }
    }

    /// Trilinear sample; the volume repeats every unit.
    pub fn at(&self, p: V) -> f32 {
        let p = p * SIDE as f32;
        let ((ix, fx), (iy, fy), (iz, fz)) = (floor(p.0), floor(p.1), floor(p.2));
        let (x, y, z) = (p.0 - fx, p.1 - fy, p.2 - fz);
        let wrap = |n: i32| (n as usize) & (SIDE - 1);
        let (x0, x1) = (wrap(ix), wrap(ix + 1));
        let row = |dy: i32, dz: i32| {
            let start = (wrap(iz + dz) * SIDE + wrap(iy + dy)) * SIDE;
            lerp(self.voxels[start + x0], self.voxels[start + x1], x)
        };
        lerp(lerp(row(0, 0), row(1, 0), y), lerp(row(0, 1), row(1, 1), y), z)
    }
}

/// One jittered point in each cell of a tiling cube, with a border of its own repeats.
struct Cells {
    side: usize,
    points: Vec<V>,
}

impl Cells {
    fn new(side: usize, salt: u32) -> Self {
        let edge = side + 2;
        let points = (0..edge * edge * edge)
            .map(|i| {
                let [x, y, z] = [i % edge, i / edge % edge, i / edge / edge];
                let home = [x, y, z].map(|c| (c + side - 1) % side);
                let h = hash2((home[2] * side + home[1]) as i32, home[0] as i32, salt ^ side as u32);
                let jitter = V(unit(h), unit(hash(h)), unit(hash(h ^ 0x51ed)));
                V(x as f32, y as f32, z as f32) + jitter - V::ONE
            })
            .collect();
        Self { side, points }
    }

    /// 1 at a point, falling like a sphere's cap to 0 a cell away.
    fn dome(&self, p: V) -> f32 {
        let p = p * self.side as f32;
        let (x, y, z) = (p.0 as usize, p.1 as usize, p.2 as usize);
        let edge = self.side + 2;
        let mut nearest = 1.0f32;
        for (dz, dy) in [0, 1, 2].into_iter().flat_map(|dz| [(dz, 0), (dz, 1), (dz, 2)]) {
            let start = ((z + dz) * edge + y + dy) * edge + x;
            for &point in &self.points[start..start + 3] {
                let d = point - p;
                nearest = nearest.min(d.dot(d));
            }
        }
        1.0 - nearest
    }
}
