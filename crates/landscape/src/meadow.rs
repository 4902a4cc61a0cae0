//! The foreground: a bank of stones, grass and flowers, brushed stroke by stroke.

use crate::View;
use crate::maths::{V, lerp, smoothstep};
use crate::noise::{Rng, fbm, perlin};
use crate::sky::Sky;

/// Strokes of grass per unit of the picture plane's width.
const BLADES: f32 = 9000.0;
/// The bank's edge below the horizon, on the picture plane.
const EDGE: f32 = -0.205;
/// Bounds the work on very long pictures.
const MOST_BLADES: f32 = 300_000.0;
/// Lowest the meadow is brushed on the picture plane, unless the picture reaches lower.
const FOOT: f32 = -0.46;

/// Outline of a stroke.
#[derive(Clone, Copy)]
enum Shape {
    /// Tapers to its tip.
    Blade,
    /// An ellipse.
    Round,
}

/// One brush stroke on the picture plane, from its root up to its tip.
struct Stroke {
    root: [f32; 2],
    tip: [f32; 2],
    width: f32,
    shape: Shape,
    dark: V,
    light: V,
}

/// A bank of meadow before the water.
pub(crate) struct Meadow {
    salt: u32,
    slope: f32,
    strokes: Vec<Stroke>,
    hue: V,
}

impl Meadow {
    pub fn new(seed: u64, view: &View, sky: &Sky) -> Self {
        let mut rng = Rng::new(seed, 4);
        let slope = rng.range(0.06, 0.16) * if rng.unit() < 0.5 { -1.0 } else { 1.0 };
        let hue = V(0.13, 0.165, 0.035).mix(V(0.26, 0.20, 0.06), rng.unit() * 0.7);
        let mut meadow = Self { salt: rng.bits(), slope, strokes: Vec::new(), hue };
        meadow.grow(&mut rng, view, sky);
        meadow
    }

    /// Height of the bank's edge on the picture plane.
    fn edge(&self, u: f32) -> f32 {
        EDGE + self.slope * u.clamp(-1.0, 1.0) + 0.05 * fbm(2.2 * u, 0.5, 4.0, self.salt)
    }

    fn light(&self, sky: &Sky) -> V {
        sky.sun * 0.42 + sky.ambient * 0.85
    }

    /// Strews the strokes from the far edge to the near foot.
    fn grow(&mut self, rng: &mut Rng, view: &View, sky: &Sky) {
        let half = view.across(view.width as f32) + 0.06;
        let foot = FOOT.min((view.horizon - view.height as f32) / view.scale - 0.06);
        let count = (BLADES * 2.0 * half * foot / FOOT).min(MOST_BLADES) as usize;
        let petals =
            [V(0.85, 0.82, 0.74), V(0.80, 0.52, 0.04), V(0.55, 0.10, 0.30), V(0.30, 0.20, 0.62), V(0.75, 0.09, 0.03)];
        let favourite = rng.bits() as usize;
        for n in 0..count {
            let depth = n as f32 / count as f32;
            let u = rng.range(-half, half);
            let edge = self.edge(u);
            let v = lerp(edge, foot, depth * (0.55 + 0.45 * depth));
            let size = 0.16 * (0.09 - v);
            if rng.unit() < 0.003 {
                self.stone(rng, [u, v], size, sky);
            }
            let tuft = smoothstep(-0.4, 0.5, fbm(5.0 * u, 16.0 * v, 3.0, self.salt ^ 1));
            let tall = size * lerp(0.35, 1.0, tuft) * rng.range(0.5, 1.25);
            let bend = tall * (rng.range(-0.5, 0.5) + 0.35 * perlin(2.0 * u, 9.0 * v, self.salt ^ 2));
            let tone = self.hue.mix(V(0.055, 0.11, 0.02), rng.unit()) * lerp(0.6, 1.25, tuft) * rng.range(0.7, 1.3);
            let light = tone * self.light(sky);
            let stroke = Stroke {
                root: [u, v],
                tip: [u + bend, v + tall],
                width: 0.024 * size * rng.range(0.7, 1.6) + 0.0004,
                shape: Shape::Blade,
                dark: light * 0.30,
                light: light * 1.5,
            };
            let tip = stroke.tip;
            self.strokes.push(stroke);
            let bloom = fbm(3.0 * u, 9.0 * v, 3.0, self.salt ^ 3);
            if rng.unit() < 0.16 * smoothstep(0.0, 0.5, bloom) {
                let colour = petals[(favourite + (rng.unit() * rng.unit() * 3.0) as usize) % petals.len()];
                self.flower(tip, size * rng.range(0.035, 0.06), colour * self.light(sky) * 1.25);
            }
        }
    }

    /// A stone: facets of stone and lichen laid over each other toward the light.
    fn stone(&mut self, rng: &mut Rng, [u, v]: [f32; 2], size: f32, sky: &Sky) {
        let wide = size * (0.5 + 1.3 * rng.unit() * rng.unit());
        let side = if sky.sun_dir.0 < 0.0 { -1.0 } else { 1.0 };
        let grey = V(0.17, 0.16, 0.15) * rng.range(0.6, 1.3) * self.light(sky);
        for n in 0..14 {
            let toward = n as f32 / 14.0;
            let part = 1.0 - 0.8 * toward;
            let (du, dv) =
                (0.30 * toward * side + 0.25 * toward * rng.range(-1.0, 1.0), 0.14 * toward * rng.range(0.2, 1.5));
            let light = grey * (0.25 + 1.2 * toward * rng.range(0.6, 1.2));
            let root = [u + du * wide, v + (dv - 0.28 * part) * wide];
            let tip = [root[0] + 0.06 * wide, v + (dv + 0.28 * part) * wide];
            self.strokes.push(Stroke { root, tip, width: wide * part, shape: Shape::Round, dark: light * 0.45, light });
        }
    }

    fn flower(&mut self, [u, v]: [f32; 2], size: f32, light: V) {
        let dot = |dy: f32, wide: f32, light: V| Stroke {
            root: [u, v - dy],
            tip: [u, v + dy],
            width: wide,
            shape: Shape::Round,
            dark: light * 0.75,
            light,
        };
        self.strokes.push(dot(0.55 * size, 1.6 * size, light * 0.8));
        self.strokes.push(dot(0.9 * size, 0.9 * size, light));
    }

    /// Paints the rows from `first` on, a part of the picture.
    pub fn paint(&self, rows: &mut [V], first: usize, view: &View, sky: &Sky) {
        let width = view.width;
        for (i, pixel) in rows.iter_mut().enumerate() {
            let (x, y) = ((i % width) as f32, (first + i / width) as f32);
            let (u, v) = (view.across(x), (view.horizon - y) / view.scale);
            if v > EDGE + 0.3 {
                continue;
            }
            let cover = ((self.edge(u) - v) * view.scale + 0.5).clamp(0.0, 1.0);
            if cover > 0.0 {
                let patch = 1.0 + 0.8 * fbm(24.0 * u, 60.0 * v, 5.0, self.salt ^ 4);
                *pixel = pixel.mix(self.hue * V(0.8, 0.62, 0.6) * self.light(sky) * (0.45 * patch), cover);
            }
        }
        for stroke in &self.strokes {
            brush(rows, first, view, stroke);
        }
    }
}

/// Draws one stroke on rows that start at `first`; a stroke thinner than a pixel covers its part.
fn brush(pixels: &mut [V], first: usize, view: &View, stroke: &Stroke) {
    let down = |v: f32| view.horizon - v * view.scale - first as f32;
    let (top, foot) = (down(stroke.tip[1]), down(stroke.root[1]));
    let rows = pixels.len() / view.width;
    if foot <= 0.0 || top >= rows as f32 {
        return;
    }
    let middle = 0.5 * view.width as f32;
    for y in top.max(0.0) as usize..(foot.ceil() as usize).min(rows) {
        let part = (foot.min(y as f32 + 1.0) - top.max(y as f32)).clamp(0.0, 1.0);
        let t = ((foot - y as f32 - 0.5) / (foot - top)).clamp(0.0, 1.0);
        let x = lerp(stroke.root[0], stroke.tip[0], t * t) * view.scale + middle;
        let girth = match stroke.shape {
            Shape::Blade => 1.0 - t,
            Shape::Round => (4.0 * t * (1.0 - t)).sqrt(),
        };
        let half = 0.5 * view.scale * stroke.width * girth;
        let colour = stroke.dark.mix(stroke.light, t);
        let (left, right) = (x - half, x + half);
        for px in left.max(0.0) as usize..(right.ceil().max(0.0) as usize).min(view.width) {
            let across = (right.min(px as f32 + 1.0) - left.max(px as f32)).clamp(0.0, 1.0);
            let pixel = &mut pixels[y * view.width + px];
            *pixel = pixel.mix(colour, across * part);
        }
    }
}
