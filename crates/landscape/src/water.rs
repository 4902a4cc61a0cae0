//! Water: ripples that mirror the picture above them.

use crate::maths::{V, exp, lerp, pow, smoothstep};
use crate::noise::{fbm, octaves, perlin};
use crate::sky::Sky;
use crate::{Canvas, View};

/// Colour of deep water under the open sky.
const DEEP: V = V(0.012, 0.032, 0.038);
/// Looks into the mirror per pixel: a wave wider than a pixel's view smears it downward.
const LOOKS: usize = 5;

/// Light from the water at a pixel, mirroring `above`, the picture without water.
pub(crate) fn shade(view: &View, above: &Canvas, sky: &Sky, eye: f32, salt: u32, [px, py]: [usize; 2]) -> V {
    let (x, y) = (px as f32, py as f32 + 0.5);
    let down = ((y - view.horizon) / view.scale).max(0.0008);
    let z = eye / down;
    let at = view.across(x) * z;
    let grain = z * z / (eye * view.scale);
    // Gusts roughen some reaches and leave others smooth.
    let gust = smoothstep(-0.3, 0.35, fbm(at / 170.0, z / 420.0, 3.0, salt ^ 1));
    let wave = |shift: f32| fbm(at / 3.4 + shift, z / 7.5, octaves(12.0, 0.35 * grain, 5.0), salt ^ 2);
    let swell = perlin(at / 26.0, z / 60.0, salt ^ 3);
    let (tilt, lean) = (wave(0.0) + 0.35 * swell, wave(41.7));
    let rough = lerp(0.25, 1.0, gust);
    let reach = down * (0.30 + 0.55 * rough) + 0.012 * rough;
    let mut mirror = V::ZERO;
    for n in 0..LOOKS {
        let spread = (n as f32 + 0.5) / LOOKS as f32 - 0.5;
        let rise = (down + reach * (1.1 * tilt + 0.55 * spread)).abs();
        let side = view.across(x) + 0.035 * rough * lean;
        mirror += above.at(side * view.scale + 0.5 * view.width as f32, view.horizon - rise * view.scale);
    }
    let mirror = mirror * (1.0 / LOOKS as f32);
    // Fresnel after C. Schlick (1994); waves that face the eye mirror less.
    let facing = (down + 0.10 * rough * (0.5 + tilt.max(-0.3))).min(1.0);
    let fresnel = 0.03 + 0.97 * pow(1.0 - facing, 4.0);
    let body = DEEP * (sky.ambient + sky.sun * 0.25) * 3.0;
    body.mix(mirror * 0.94, fresnel) + glint(view, sky, x, down, [tilt, lean])
}

/// The sun's path: sparks where a wave tilts just so.
fn glint(view: &View, sky: &Sky, x: f32, down: f32, [tilt, lean]: [f32; 2]) -> V {
    if sky.sun_dir.2 <= 0.1 {
        return V::ZERO;
    }
    let (sun_x, sun_y) = (sky.sun_dir.0 / sky.sun_dir.2, sky.sun_dir.1 / sky.sun_dir.2);
    let side = (view.across(x) - sun_x + 0.05 * lean) / (0.05 + 0.22 * down);
    let rise = (down - sun_y) / 0.22;
    let path = exp(-side * side - rise * rise);
    let spark = smoothstep(0.12, 0.42, tilt + 0.5 * lean);
    sky.sun * (path * (0.10 + 2.4 * spark))
}
