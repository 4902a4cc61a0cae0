//! Hours of the day, and the clear sky above the clouds.

use crate::maths::{V, exp, smoothstep};
use crate::noise::{Rng, fbm, perlin};

/// Colours of one hour in linear light.
struct Hour {
    zenith: V,
    horizon: V,
    glow: V,
    sun: V,
    ambient: V,
    /// Sun's place on the picture plane: sideways, up, and forward (negative: behind the viewer).
    place: [f32; 3],
}

const HOURS: [Hour; 5] = [
    // Golden evening, the sun low and in view.
    Hour {
        zenith: V(0.032, 0.16, 0.41),
        horizon: V(0.80, 0.60, 0.36),
        glow: V(1.5, 0.70, 0.20),
        sun: V(5.0, 2.5, 0.88),
        ambient: V(0.20, 0.30, 0.48),
        place: [0.47, 0.13, 1.0],
    },
    // Fresh morning, the sun at the side of the viewer.
    Hour {
        zenith: V(0.06, 0.19, 0.52),
        horizon: V(0.62, 0.66, 0.68),
        glow: V(0.7, 0.55, 0.35),
        sun: V(3.6, 2.8, 1.9),
        ambient: V(0.26, 0.36, 0.54),
        place: [1.0, 0.45, -0.15],
    },
    // Noon, deep blue.
    Hour {
        zenith: V(0.03, 0.13, 0.44),
        horizon: V(0.42, 0.58, 0.74),
        glow: V(0.3, 0.3, 0.3),
        sun: V(3.2, 2.95, 2.5),
        ambient: V(0.25, 0.37, 0.58),
        place: [1.0, 0.75, 0.05],
    },
    // Dawn, rose and lavender.
    Hour {
        zenith: V(0.06, 0.17, 0.40),
        horizon: V(0.74, 0.50, 0.44),
        glow: V(1.2, 0.50, 0.30),
        sun: V(3.6, 2.0, 1.35),
        ambient: V(0.27, 0.28, 0.44),
        place: [0.38, 0.09, 1.0],
    },
    // Dusk, embers under violet.
    Hour {
        zenith: V(0.025, 0.065, 0.21),
        horizon: V(0.60, 0.29, 0.17),
        glow: V(1.5, 0.42, 0.10),
        sun: V(3.6, 1.45, 0.55),
        ambient: V(0.14, 0.15, 0.28),
        place: [0.30, 0.05, 1.0],
    },
];

/// Half the sun's apparent width, in radians; twice nature's, as painters draw it.
const SUN_RADIUS: f32 = 0.011;

/// The light of one scene.
pub(crate) struct Sky {
    zenith: V,
    horizon: V,
    glow: V,
    /// Sunlight.
    pub sun: V,
    /// Light from the whole sky on shaded things.
    pub ambient: V,
    /// Direction to the sun.
    pub sun_dir: V,
    cirrus: f32,
    salt: u32,
}

impl Sky {
    pub fn new(seed: u64) -> Self {
        let mut rng = Rng::new(seed, 1);
        // Neighbouring seeds are neighbours on a contact sheet: give them different hours.
        let hour = &HOURS[(seed % HOURS.len() as u64) as usize];
        let side = if rng.unit() < 0.5 && seed != 0 { -1.0 } else { 1.0 };
        let [across, up, ahead] = hour.place;
        let sun_dir = V(side * across * rng.range(0.75, 1.1), up * rng.range(0.8, 1.3), ahead).unit();
        let mut tint = |c: V| c * V(rng.range(0.9, 1.1), rng.range(0.94, 1.06), rng.range(0.9, 1.1));
        Self {
            zenith: tint(hour.zenith),
            horizon: tint(hour.horizon),
            glow: tint(hour.glow),
            sun: tint(hour.sun),
            ambient: tint(hour.ambient),
            sun_dir,
            cirrus: rng.range(0.15, 0.8),
            salt: rng.bits(),
        }
    }

    /// Clear air in direction `dir`: what distance fades into.
    pub fn air(&self, dir: V) -> V {
        let rise = 1.0 - exp(-11.0 * dir.1.max(0.0));
        let toward = dir.dot(self.sun_dir).max(0.0);
        let wide = exp(-(1.0 - toward) * 5.0);
        let near = exp(-(1.0 - toward) * 24.0);
        // Glow is along the horizon: light from there crosses the most air.
        let low = 1.0 - 0.75 * smoothstep(0.0, 0.6, dir.1);
        self.horizon.mix(self.zenith, rise) + self.glow * ((0.16 * wide + 0.45 * near) * low)
    }

    /// The sky behind the clouds: air, high ice clouds and the sun itself.
    pub fn behind(&self, dir: V) -> V {
        let air = self.air(dir);
        let toward = dir.dot(self.sun_dir);
        let off = (2.0 - 2.0 * toward).max(0.0).sqrt();
        let disc = smoothstep(1.15 * SUN_RADIUS, 0.85 * SUN_RADIUS, off) + 0.10 * exp(-off / (2.2 * SUN_RADIUS));
        let veil = self.veil(dir);
        let forward = 0.25 + 0.35 * exp((toward - 1.0) * 6.0);
        air.mix(self.sun * forward + self.ambient * 0.5, veil) + self.sun * (disc * 5.0)
    }

    /// Cover of cirrus combed by the wind, on a plane far above.
    fn veil(&self, dir: V) -> f32 {
        let (x, z) = (dir.0 / (dir.1 + 0.06), dir.2 / (dir.1 + 0.06));
        let bend = perlin(0.35 * x, 0.35 * z, self.salt ^ 1);
        let (x, z) = (0.9 * x + 0.5 * z + 0.7 * bend, 0.24 * z - 0.12 * x + 0.5 * bend);
        let patch = smoothstep(-0.35, 0.5, fbm(0.5 * x, z, 3.0, self.salt ^ 2));
        let hair = smoothstep(-0.45, 0.75, fbm(1.1 * x, 3.4 * z, 6.0, self.salt ^ 3));
        self.cirrus * patch * hair * smoothstep(0.01, 0.16, dir.1)
    }
}
