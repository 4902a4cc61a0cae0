//! The kit `shapes`: plain shapes on any ground.

use crate::canvas::Canvas;
use crate::colour::any as any_colour;
use crate::ground;
use crate::noise::{fbm, length, smoothstep, turn};
use crate::random::Random;
use crate::{Class, Drawing, Kit};

const SUBJECT: u32 = 0x54a9;

/// Six shapes.
pub static SHAPES: Kit = Kit {
    name: "shapes",
    about: "circles, squares, triangles, stars, crosses and rings in all colours: trains in a minute",
    classes: &[
        Class { name: "circle", draw: |seed| draw(seed, Shape::Circle) },
        Class { name: "square", draw: |seed| draw(seed, Shape::Square) },
        Class { name: "triangle", draw: |seed| draw(seed, Shape::Triangle) },
        Class { name: "star", draw: |seed| draw(seed, Shape::Star) },
        Class { name: "cross", draw: |seed| draw(seed, Shape::Cross) },
        Class { name: "ring", draw: |seed| draw(seed, Shape::Ring) },
    ],
    pictures: 150,
};

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Shape {
    Circle,
    Square,
    Triangle,
    Star,
    Cross,
    Ring,
}

impl Shape {
    /// How far inside the shape a place is; about 1 is the distance from the middle to a corner.
    fn depth(self, x: f32, y: f32) -> f32 {
        let r = length(x, y);
        match self {
            Self::Circle => 0.9 - r,
            Self::Square => 0.75 - x.abs().max(y.abs()),
            Self::Triangle => polygon(x, y, 3),
            Self::Star => star(x, y),
            Self::Cross => (0.3 - x.abs().min(y.abs())).min(0.95 - x.abs().max(y.abs())),
            Self::Ring => 0.22 - (r - 0.68).abs(),
        }
    }
}

/// Inside of a regular polygon with corners at distance 1.
fn polygon(x: f32, y: f32, corners: usize) -> f32 {
    let half = std::f32::consts::PI / corners as f32;
    let inner = turn(half)[0];
    let side = |n: usize| {
        let [c, s] = turn(half * (2 * n + 1) as f32);
        inner - (x * s - y * c)
    };
    (0..corners).map(side).fold(f32::INFINITY, f32::min)
}

/// A star of five points: a place is inside it if it is inside enough of the five lines between its points.
fn star(x: f32, y: f32) -> f32 {
    let line = |n: usize| {
        let [c, s] = turn(std::f32::consts::TAU * n as f32 / 5.0);
        0.309 - (x * s + y * c)
    };
    let mut lines: [f32; 5] = std::array::from_fn(line);
    lines.sort_by(f32::total_cmp);
    // Points lie beyond one line, the rest of the star beyond none.
    lines[1].min(1.0 - length(x, y) + 0.05)
}

fn draw(seed: u64, shape: Shape) -> Drawing {
    let random = &mut Random::new(seed, SUBJECT + shape as u32);
    let mut canvas = ground::anything(random).canvas.doubled();
    place(&mut canvas, shape, random);
    let mut canvas = canvas.halved();
    if random.chance(0.3) {
        canvas.blur(random.range(0.3, 1.5));
    }
    canvas.develop(random, seed)
}

/// Draws a shape of any colour, size and turn.
pub(crate) fn place(canvas: &mut Canvas, shape: Shape, random: &mut Random) {
    let size = random.range(0.15, 0.42);
    let room = (0.5 - size).max(0.02);
    let centre = [0.5 + room * random.about_zero(), 0.5 + room * random.about_zero()];
    let ([c, s], salt, rough) = (turn(random.range(0.0, 6.3)), random.bits(), 0.4 * random.unit());
    // A colour that is unlike the ground.
    let there = canvas.at(centre[0], centre[1]);
    let colours: Vec<_> = (0..4).map(|_| any_colour(random)).collect();
    let unlike = |colour: &crate::colour::Rgb| {
        (colour.0 - there.0).abs() + (colour.1 - there.1).abs() + (colour.2 - there.2).abs()
    };
    let colour = colours.into_iter().max_by(|a, b| unlike(a).total_cmp(&unlike(b))).expect("four colours");
    let pixel = canvas.pixel() / size;
    let light = [random.range(-0.3, 0.3), random.range(-0.3, 0.3)];
    canvas.repaint(centre, 1.1 * size, |x, y, there| {
        let (x, y) = ((x - centre[0]) / size, (y - centre[1]) / size);
        let (u, v) = (c * x + s * y, c * y - s * x);
        let lit = 1.0 + x * light[0] + y * light[1] + rough * fbm(4.0 * u, 4.0 * v, 2, salt);
        there.mix(colour * lit.max(0.1), smoothstep(-pixel, pixel, shape.depth(u, v)))
    });
}
