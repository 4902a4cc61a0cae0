//! Eyes: human and animal ones between lids, and bare eyeballs.

mod ball;
mod lids;

use crate::Drawing;
use crate::canvas::Canvas;
use crate::ground;
use crate::noise::turn;
use crate::random::Random;
use ball::Ball;
use lids::Lids;

/// The stream of random numbers.
const SUBJECT: u32 = 0x0e7e;

/// Where an eye is, in units of the picture's side.
#[derive(Clone, Copy)]
struct Place {
    centre: [f32; 2],
    /// Radius of the ball.
    radius: f32,
    /// Cosine and sine of its turn.
    turn: [f32; 2],
    mirrored: bool,
}

impl Place {
    /// A point of the picture, seen from the eye in radii.
    fn inside(&self, x: f32, y: f32) -> [f32; 2] {
        let (x, y) = ((x - self.centre[0]) / self.radius, (y - self.centre[1]) / self.radius);
        let [c, s] = self.turn;
        let (u, v) = (c * x + s * y, c * y - s * x);
        [if self.mirrored { -u } else { u }, v]
    }

    /// A point of the eye in the picture.
    fn outside(&self, [u, v]: [f32; 2]) -> [f32; 2] {
        let u = if self.mirrored { -u } else { u };
        let [c, s] = self.turn;
        [self.centre[0] + self.radius * (c * u - s * v), self.centre[1] + self.radius * (s * u + c * v)]
    }
}

/// How an eye is set into its ground.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Human,
    Animal,
    Ball,
}

/// Draws an eye or a pair of them.
pub(crate) fn draw(seed: u64) -> Drawing {
    let random = &mut Random::new(seed, SUBJECT);
    let kind = [Kind::Human, Kind::Human, Kind::Animal, Kind::Animal, Kind::Ball][random.below(5)];
    let anywhere = random.chance(0.25);
    let ground = match kind {
        _ if anywhere => ground::anything(random),
        Kind::Human => ground::skin(random),
        Kind::Animal => ground::fur(random),
        Kind::Ball => ground::any(random),
    };
    let mut canvas = ground.canvas.doubled();
    let ball = Ball::random(random, kind == Kind::Animal);
    let lids = (kind != Kind::Ball).then(|| Lids::random(random, kind == Kind::Animal, &ground));
    for place in places(random, kind) {
        eye(&mut canvas, &ball, lids.as_ref(), place, random);
    }
    let mut canvas = canvas.halved();
    if random.chance(0.3) {
        canvas.blur(random.range(0.3, 1.1));
    }
    canvas.develop(random, seed)
}

/// One place, or two side by side.
fn places(random: &mut Random, kind: Kind) -> Vec<Place> {
    let angle = if kind == Kind::Ball { random.range(-0.6, 0.6) } else { 0.45 * random.about_zero() };
    let turn = turn(angle);
    let mirrored = random.chance(0.5);
    if random.chance(0.15) {
        let radius = random.range(0.13, 0.18);
        let (x, y, apart) = (random.range(0.46, 0.54), random.range(0.4, 0.6), random.range(1.5, 1.8) * radius);
        let place = |side: f32| Place {
            centre: [x + side * apart * turn[0], y + side * apart * turn[1]],
            radius,
            turn,
            mirrored: side > 0.0,
        };
        return vec![place(-1.0), place(1.0)];
    }
    let large = random.unit();
    let radius = 0.14 + 0.28 * large * (if kind == Kind::Ball { 1.0 } else { 0.85 });
    let room = (0.5 - radius).max(0.05) * 0.7;
    let centre = [0.5 + room * random.about_zero(), 0.5 + room * random.about_zero()];
    vec![Place { centre, radius, turn, mirrored }]
}

fn eye(canvas: &mut Canvas, ball: &Ball, lids: Option<&Lids>, place: Place, random: &mut Random) {
    let Some(lids) = lids else {
        ball.cast_shadow(canvas, place);
        let pixel = canvas.pixel() / place.radius;
        return canvas.repaint(place.centre, 1.05 * place.radius, |x, y, there| {
            let p = place.inside(x, y);
            let edge = 1.0 - (p[0] * p[0] + p[1] * p[1]).sqrt();
            there.mix(ball.colour(p, true), (edge / pixel + 0.5).clamp(0.0, 1.0))
        });
    };
    canvas.repaint(place.centre, 2.6 * place.radius, |x, y, there| lids.around(place.inside(x, y), there));
    let pixel = canvas.pixel() / place.radius;
    canvas.repaint(place.centre, 1.7 * place.radius, |x, y, there| {
        let p = place.inside(x, y);
        let open = (lids.depth(p) / pixel + 0.5).clamp(0.0, 1.0);
        if open == 0.0 {
            return there;
        }
        there.mix(lids.shade(p, ball.colour(p, false)), open)
    });
    lids.hairs(canvas, &|p| place.outside(p), place.radius, random);
}
