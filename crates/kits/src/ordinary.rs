//! Ordinary pictures: what a network tells its things from.

use crate::Drawing;
use crate::canvas::{Canvas, Hair};
use crate::colour::{Rgb, any as any_colour};
use crate::ground;
use crate::noise::{fbm, length, smoothstep};
use crate::paintings::photo;
use crate::random::Random;
use crate::shapes::{self, Shape};

const SUBJECT: u32 = 0x07de;

/// Draws an ordinary picture: half of them are pieces of photos and landscapes, the others things on any ground, patches of
/// skin and fur with brows and moles, and discs, rings and rectangles, so that neither skin nor a disc makes an eye.
pub fn ordinary(seed: u64) -> Drawing {
    let random = &mut Random::new(seed, SUBJECT);
    match random.below(8) {
        0..4 => photo(seed),
        4 => things(random).develop(random, seed),
        5 => patch(random).develop(random, seed),
        _ => forms(random).develop(random, seed),
    }
}

/// A lump or two with light on them.
fn things(random: &mut Random) -> Canvas {
    let mut canvas = ground::anything(random).canvas;
    for _ in 0..1 + random.below(3) {
        let (centre, size) = ([random.range(0.2, 0.8), random.range(0.2, 0.8)], random.range(0.12, 0.4));
        let (colour, salt) = (any_colour(random), random.bits());
        let (lumps, rough) = (random.range(1.0, 3.0), random.range(0.1, 0.6));
        let light = [random.range(-1.0, 1.0), random.range(-1.0, 0.2)];
        canvas.repaint(centre, 1.6 * size, |x, y, there| {
            let (u, v) = ((x - centre[0]) / size, (y - centre[1]) / size);
            let edge = 1.0 + rough * fbm(lumps * u, lumps * v, 2, salt) - length(u, v);
            let lit = 0.65 + 0.45 * (u * light[0] + v * light[1]) + 0.3 * fbm(6.0 * u, 6.0 * v, 3, salt ^ 1);
            there.mix(colour * lit.max(0.05), smoothstep(0.0, 0.06, edge))
        });
    }
    canvas
}

/// Skin with moles and a brow, or fur.
fn patch(random: &mut Random) -> Canvas {
    if random.chance(0.4) {
        return ground::fur(random).canvas;
    }
    let ground::Ground { mut canvas, colour } = ground::skin(random);
    for _ in 0..random.below(9) {
        let (centre, size) = ([random.unit(), random.unit()], random.range(0.005, 0.04));
        canvas.repaint(centre, size, |x, y, there| {
            let far = length(x - centre[0], y - centre[1]) / size;
            there.mix(colour * Rgb::hex(0x6b3a28), 0.8 * smoothstep(1.0, 0.6, far))
        });
    }
    let brows = random.below(3);
    for _ in 0..brows {
        brow(&mut canvas, colour * 0.1, random);
    }
    canvas
}

fn brow(canvas: &mut Canvas, colour: Rgb, random: &mut Random) {
    let (x, y, wide) = (random.range(0.1, 0.6), random.range(0.15, 0.85), random.range(0.2, 0.4));
    let lean = 0.3 * random.about_zero();
    for _ in 0..140 {
        let t = random.unit();
        let root = [x + wide * t, y + wide * lean * t - 0.3 * wide * t * (1.0 - t) + 0.03 * random.about_zero()];
        let tip = [root[0] + 0.05, root[1] + 0.05 * (t - 0.6)];
        let bend = [root[0] + 0.02, root[1] - 0.008];
        canvas.draw(&Hair { root, bend, tip, width: 0.006, colour, cover: 0.7 });
    }
}

/// Discs, rings and other shapes.
fn forms(random: &mut Random) -> Canvas {
    let mut canvas = ground::any(random).canvas;
    for _ in 0..1 + random.below(3) {
        let shape = [Shape::Circle, Shape::Ring, Shape::Square, Shape::Triangle][random.below(4)];
        shapes::place(&mut canvas, shape, random);
    }
    canvas
}
