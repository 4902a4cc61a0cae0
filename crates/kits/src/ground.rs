//! What things are drawn on: skin, fur, plain colours, photos.

use crate::canvas::{Canvas, Hair};
use crate::colour::{Rgb, any as any_colour, between};
use crate::noise::{fbm, smoothstep, turn};
use crate::paintings::photo;
use crate::random::Random;

/// From dark to light.
const SKINS: [u32; 7] = [0x3b2318, 0x5a3825, 0x80553a, 0xa9744f, 0xc99873, 0xe3bd9d, 0xf0d5c2];
/// The coats of animals, from black over brown to white, and grey.
pub(crate) const FURS: [u32; 8] = [0x14110f, 0x3a2a1d, 0x6b4a2c, 0xa8763f, 0xd0a56a, 0xe9dcc4, 0xf3f0ea, 0x777470];

/// A ground with its main colour.
pub(crate) struct Ground {
    pub canvas: Canvas,
    pub colour: Rgb,
}

/// Skin of any tone under soft light.
pub(crate) fn skin(random: &mut Random) -> Ground {
    let colour = between(random, &SKINS).varied(random, 0.15);
    let (salt, light) = (random.bits(), shading(random));
    let flush = Rgb::hex(0xb4604e);
    let canvas = Canvas::new(|x, y| {
        let pores = 0.05 * fbm(40.0 * x, 40.0 * y, 2, salt);
        let blotches = smoothstep(0.0, 1.0, fbm(3.0 * x, 3.0 * y, 3, salt ^ 1));
        colour.mix(colour * flush * 2.2, 0.3 * blotches) * (light(x, y) * (1.0 + pores))
    });
    Ground { canvas, colour }
}

/// Fur of one or two colours, combed one way.
pub(crate) fn fur(random: &mut Random) -> Ground {
    let colour = between(random, &FURS).varied(random, 0.2);
    let second = if random.chance(0.4) { between(random, &FURS) } else { colour * 0.55 };
    let (salt, light) = (random.bits(), shading(random));
    let patches = random.range(1.0, 3.0);
    let tone = |x: f32, y: f32| colour.mix(second, smoothstep(-0.2, 0.4, fbm(patches * x, patches * y, 3, salt)));
    let mut canvas = Canvas::new(|x, y| tone(x, y) * (0.8 * light(x, y)));
    let (combed, long) = (random.range(0.0, 6.2), random.range(0.04, 0.1));
    for _ in 0..1100 {
        let root = [random.range(-0.05, 1.05), random.range(-0.05, 1.05)];
        let [dx, dy] = turn(combed + 1.2 * fbm(2.0 * root[0], 2.0 * root[1], 2, salt ^ 2) + 0.3 * random.about_zero());
        let length = long * random.range(0.6, 1.2);
        let tip = [root[0] + length * dx, root[1] + length * dy];
        let bend = [root[0] + 0.5 * length * dx + 0.01 * random.about_zero(), root[1] + 0.5 * length * dy];
        let shine = light(root[0], root[1]) * random.range(0.55, 1.5);
        let hair = Hair { root, bend, tip, width: 0.009, colour: tone(root[0], root[1]) * shine, cover: 0.8 };
        canvas.draw(&hair);
    }
    Ground { canvas, colour }
}

/// A colour or two, smooth or rough.
pub(crate) fn plain(random: &mut Random) -> Ground {
    let (colour, second) = (any_colour(random), any_colour(random));
    let (salt, light) = (random.bits(), shading(random));
    let (mixed, rough, scale) = (random.unit(), 0.3 * random.unit() * random.unit(), random.range(2.0, 14.0));
    let canvas = Canvas::new(|x, y| {
        let wave = fbm(scale * x, scale * y, 3, salt);
        colour.mix(second, mixed * smoothstep(-0.5, 0.5, wave)) * (light(x, y) * (1.0 + rough * wave))
    });
    Ground { canvas, colour }
}

/// A photo or a drawn landscape, often out of focus.
pub(crate) fn scene(random: &mut Random) -> Ground {
    let mut canvas = Canvas::of_photo(&photo(random.next()));
    if random.chance(0.6) {
        canvas.blur(random.range(0.5, 6.0));
    }
    let colour = canvas.at(0.5, 0.5);
    Ground { canvas, colour }
}

/// Skin, fur or a plain ground.
pub(crate) fn any(random: &mut Random) -> Ground {
    match random.below(3) {
        0 => skin(random),
        1 => fur(random),
        _ => plain(random),
    }
}

/// A plain ground or a scene.
pub(crate) fn anything(random: &mut Random) -> Ground {
    if random.chance(0.5) { plain(random) } else { scene(random) }
}

/// Light that falls off across the picture.
fn shading(random: &mut Random) -> impl Fn(f32, f32) -> f32 + use<> {
    let ([dx, dy], strength, base) = (turn(random.range(0.0, 6.3)), random.range(0.0, 0.9), random.range(0.7, 1.15));
    move |x, y| (base * (1.0 + strength * (dx * (x - 0.5) + dy * (y - 0.5)))).max(0.05)
}
