//! Eyes: human and animal ones between lids, and bare eyeballs.

mod ball;
mod lids;

use crate::Drawing;
use crate::canvas::Canvas;
use crate::ground;
use crate::noise::{Rng, turn};
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
    let rng = &mut Rng::new(seed, SUBJECT);
    let kind = [Kind::Human, Kind::Human, Kind::Animal, Kind::Animal, Kind::Ball][rng.below(5)];
    let anywhere = rng.chance(0.25);
    let ground = match kind {
        _ if anywhere => ground::anything(rng),
        Kind::Human => ground::skin(rng),
        Kind::Animal => ground::fur(rng),
        Kind::Ball => ground::any(rng),
    };
    let mut canvas = ground.canvas.doubled();
    let ball = Ball::random(rng, kind == Kind::Animal);
    let lids = (kind != Kind::Ball).then(|| Lids::random(rng, kind == Kind::Animal, &ground));
    for place in places(rng, kind) {
        eye(&mut canvas, &ball, lids.as_ref(), place, rng);
    }
    let mut canvas = canvas.halved();
    if rng.chance(0.3) {
        canvas.blur(rng.range(0.3, 1.1));
    }
    canvas.develop(rng, seed)
}

/// One place, or two side by side.
fn places(rng: &mut Rng, kind: Kind) -> Vec<Place> {
    let angle = if kind == Kind::Ball { rng.range(-0.6, 0.6) } else { 0.45 * rng.about_zero() };
    let turn = turn(angle);
    let mirrored = rng.chance(0.5);
    if rng.chance(0.15) {
        let radius = rng.range(0.13, 0.18);
        let (x, y, apart) = (rng.range(0.46, 0.54), rng.range(0.4, 0.6), rng.range(1.5, 1.8) * radius);
        let place = |side: f32| Place {
            centre: [x + side * apart * turn[0], y + side * apart * turn[1]],
            radius,
            turn,
            mirrored: side > 0.0,
        };
        return vec![place(-1.0), place(1.0)];
    }
    let large = rng.unit();
    let radius = 0.14 + 0.28 * large * (if kind == Kind::Ball { 1.0 } else { 0.85 });
    let room = (0.5 - radius).max(0.05) * 0.7;
    let centre = [0.5 + room * rng.about_zero(), 0.5 + room * rng.about_zero()];
    vec![Place { centre, radius, turn, mirrored }]
}

fn eye(canvas: &mut Canvas, ball: &Ball, lids: Option<&Lids>, place: Place, rng: &mut Rng) {
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
    lids.hairs(canvas, &|p| place.outside(p), place.radius, rng);
}
