//! The kit `dogs`: drawn dogs, and cats, rabbits and birds, which are not dogs, on grass, snow, sand or a floor.
//!
//! The place can be chosen, so that one can show what a network learns that has seen dogs on grass only. All animals have
//! the same coats, so that a colour alone tells nothing.

use crate::canvas::Canvas;
use crate::colour::{Rgb, between};
use crate::ground::FURS;
use crate::noise::{fbm, length, lerp, smoothstep, turn};
use crate::random::Random;
use crate::{Class, Drawing, Kit};

const SUBJECT: u32 = 0xd09;

/// Dogs against other animals.
pub static DOGS: Kit = Kit {
    name: "dogs",
    about: "drawn dogs against drawn cats, rabbits and birds: the lesson of chapter 4 in the studio's Learn",
    classes: &[
        Class { name: "dog", draw: |seed| draw(seed, Animal::Dog, Place::any(seed)) },
        Class { name: "other", draw: |seed| draw(seed, Animal::other(seed), Place::any(seed)) },
    ],
    pictures: 200,
};

/// What is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Animal {
    /// Long legs, a snout, hanging or pointed ears.
    Dog,
    /// A round head with pointed ears, a long tail.
    Cat,
    /// Long ears, a round body.
    Rabbit,
    /// A beak, a wing, two thin legs.
    Bird,
}

/// Where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// A green meadow under a sky.
    Grass,
    /// White ground under a pale sky.
    Snow,
    /// A beach.
    Sand,
    /// A floor and a wall.
    Room,
}

impl Animal {
    /// A cat, rabbit or bird.
    pub fn other(seed: u64) -> Self {
        [Self::Cat, Self::Rabbit, Self::Bird][Random::new(seed, SUBJECT + 1).below(3)]
    }
}

impl Place {
    /// All places.
    pub const ALL: [Self; 4] = [Self::Grass, Self::Snow, Self::Sand, Self::Room];

    /// Any place.
    pub fn any(seed: u64) -> Self {
        Self::ALL[Random::new(seed, SUBJECT + 2).below(4)]
    }

    /// The colours of the ground and of what is behind it, each between two that are next to each other.
    fn colours(self) -> [&'static [u32]; 2] {
        match self {
            Self::Grass => [&[0x3f6b25, 0x5c8a32, 0x7ba046], &[0x7fb2dd, 0xa9cbe6, 0xc9d6dc]],
            Self::Snow => [&[0xdfe6ee, 0xf2f4f7, 0xe6e4ee], &[0x9fb4c9, 0xc3cdd8, 0xb0b6c4]],
            Self::Sand => [&[0xcdb07c, 0xe2c997, 0xb89a6b], &[0x4f9fc2, 0x7cc0d6, 0xa8d5df]],
            Self::Room => [&[0x7b4f33, 0x9c6b47, 0x5b4a45], &[0xd9c9b0, 0xb7c1c9, 0xc9a79b]],
        }
    }
}

/// Draws an animal in a place.
pub fn draw(seed: u64, animal: Animal, place: Place) -> Drawing {
    let random = &mut Random::new(seed, SUBJECT + 3);
    let (mut canvas, horizon) = scene(place, random);
    let parts = match animal {
        Animal::Dog => dog(random),
        Animal::Cat => cat(random),
        Animal::Rabbit => rabbit(random),
        Animal::Bird => bird(random),
    };
    let figure = Figure::standing(&parts, horizon, random);
    figure.shadow(&mut canvas);
    let salt = random.bits();
    parts.iter().for_each(|part| figure.paint(&mut canvas, part, salt));
    if random.chance(0.3) {
        canvas.blur(random.range(0.3, 0.9));
    }
    canvas.develop(random, seed)
}

/// A place, and how far down its ground begins.
fn scene(place: Place, random: &mut Random) -> (Canvas, f32) {
    let [ground, behind] = place.colours().map(|colours| between(random, colours).varied(random, 0.12));
    let (horizon, salt, light) = (random.range(0.35, 0.6), random.bits(), random.range(0.85, 1.1));
    let hilly = if place == Place::Room { 0.0 } else { 0.05 };
    // Grass has blades, the sea waves, boards lie along the floor.
    let [wide, fine] = match place {
        Place::Grass => [70.0, 14.0],
        Place::Room => [3.0, 40.0],
        Place::Snow | Place::Sand => [8.0, 14.0],
    };
    let canvas = Canvas::new(|x, y| {
        let edge = horizon + hilly * fbm(2.0 * x, 0.5, 2, salt);
        let near = ((y - edge) / (1.0 - edge)).clamp(0.0, 1.0);
        let rough = fbm(wide * x, fine * y * (1.4 - 0.6 * near), 3, salt ^ 1);
        let below = ground * ((0.8 + 0.25 * near + 0.3 * rough) * light).max(0.05);
        let cloud = smoothstep(0.0, 0.7, fbm(3.0 * x, 6.0 * y, 3, salt ^ 2));
        let above = behind.mix(Rgb::WHITE, 0.25 * cloud) * (light * (1.05 - 0.2 * y));
        above.mix(below, smoothstep(-0.006, 0.006, y - edge))
    });
    (canvas, horizon)
}

/// A round piece of an animal from `from` to `to`, its radius changing on the way. Lengths are in units of the animal, which
/// looks to the right and stands at y = 0; up is negative.
struct Part {
    from: [f32; 2],
    to: [f32; 2],
    radii: [f32; 2],
    colour: Rgb,
    /// A second colour in patches.
    patches: Option<Rgb>,
}

fn part(from: [f32; 2], to: [f32; 2], radii: [f32; 2], coat: &Coat) -> Part {
    Part { from, to, radii, colour: coat.colour, patches: coat.patches }
}

fn plain(from: [f32; 2], to: [f32; 2], radii: [f32; 2], colour: Rgb) -> Part {
    Part { from, to, radii, colour, patches: None }
}

fn dot(at: [f32; 2], radius: f32, colour: Rgb) -> Part {
    plain(at, at, [radius; 2], colour)
}

/// Fur or feathers.
struct Coat {
    colour: Rgb,
    patches: Option<Rgb>,
}

impl Coat {
    fn any(random: &mut Random) -> Self {
        let colour = between(random, &FURS).varied(random, 0.2);
        let patches = random.chance(0.35).then(|| between(random, &FURS));
        Self { colour, patches }
    }

    fn darker(&self) -> Rgb {
        self.colour * 0.62
    }
}

const BLACK: u32 = 0x12100f;

/// Four legs below a body that reaches from x = `back` to `front`; the far ones are darker.
fn legs(parts: &mut Vec<Part>, coat: &Coat, back: f32, front: f32, hip: f32, radii: [f32; 2], random: &mut Random) {
    for far in [true, false] {
        for x in [back, front] {
            let shift = if far { 0.07 } else { -0.02 };
            let step = 0.12 * random.about_zero();
            let colour = if far { coat.colour * 0.6 } else { coat.colour * 0.9 };
            let (hip, foot) = ([x + shift, -hip], [x + shift + step, -radii[1]]);
            parts.push(plain(hip, foot, radii, colour));
            parts.push(plain(foot, [foot[0] + 0.07, foot[1]], [radii[1]; 2], colour));
        }
    }
}

fn dog(random: &mut Random) -> Vec<Part> {
    let coat = Coat::any(random);
    let (tall, long) = (random.range(0.5, 0.85), random.range(0.42, 0.62));
    let (thick, neck) = (random.range(0.19, 0.27), random.range(0.2, 0.42));
    let (head, snout) = (random.range(0.17, 0.22), random.range(0.22, 0.38));
    let back = -(tall + 0.4 * thick);
    let mut parts = Vec::new();
    let wag = random.range(0.1, 0.45);
    parts.push(part([-long, back], [-long - 0.32, back - wag], [0.07, 0.035], &coat));
    legs(&mut parts, &coat, -long + 0.05, long - 0.05, tall, [0.1, 0.065], random);
    parts.push(part([-long, back], [long, back - 0.02], [thick * 0.95, thick], &coat));
    let skull = [long + 0.24, back - neck];
    parts.push(part([long, back - 0.05], skull, [thick * 0.8, head * 0.8], &coat));
    if random.chance(0.3) {
        let collar = Rgb::hsv(random.unit(), 0.8, 0.8);
        parts.push(plain([long + 0.04, back - 0.3 * neck], [long + 0.22, back - 0.25 * neck], [0.05; 2], collar));
    }
    parts.push(part(skull, skull, [head; 2], &coat));
    let nose = [skull[0] + head * 0.6 + snout, skull[1] + 0.1];
    parts.push(part([skull[0] + 0.06, skull[1] + 0.04], nose, [head * 0.75, 0.085], &coat));
    parts.push(dot([nose[0] + 0.06, nose[1] - 0.04], 0.052, Rgb::hex(BLACK)));
    parts.push(dot([skull[0] + 0.1, skull[1] - 0.05], 0.034, Rgb::hex(BLACK)));
    let ear = [skull[0] - 0.07, skull[1] - head * 0.7];
    parts.push(if random.chance(0.65) {
        plain(ear, [ear[0] - 0.05, ear[1] + random.range(0.26, 0.4)], [0.07, 0.1], coat.darker())
    } else {
        plain([ear[0], ear[1] + 0.06], [ear[0] - 0.03, ear[1] - 0.2], [0.1, 0.012], coat.darker())
    });
    parts
}

fn cat(random: &mut Random) -> Vec<Part> {
    let coat = Coat::any(random);
    let (tall, long) = (random.range(0.34, 0.5), random.range(0.4, 0.56));
    let (thick, head) = (random.range(0.16, 0.22), random.range(0.2, 0.25));
    let back = -(tall + 0.4 * thick);
    let mut parts = Vec::new();
    // The tail goes up and bends.
    let up = random.range(0.35, 0.7);
    let bend = [-long - 0.22, back - 0.6 * up];
    parts.push(part([-long, back], bend, [0.06, 0.05], &coat));
    parts.push(part(bend, [bend[0] + random.range(-0.2, 0.12), back - up - 0.25], [0.05, 0.035], &coat));
    legs(&mut parts, &coat, -long + 0.05, long - 0.06, tall, [0.085, 0.055], random);
    parts.push(part([-long, back], [long, back], [thick, thick * 0.92], &coat));
    let skull = [long + 0.2, back - random.range(0.18, 0.3)];
    parts.push(part([long, back], skull, [thick * 0.8, head * 0.7], &coat));
    for side in [-0.55, 0.5] {
        let root = [skull[0] + side * head, skull[1] - 0.6 * head];
        parts.push(plain(
            root,
            [root[0] + 0.25 * side * head, root[1] - 0.75 * head],
            [0.5 * head, 0.01],
            coat.darker(),
        ));
    }
    parts.push(part(skull, skull, [head; 2], &coat));
    parts.push(dot([skull[0] + 0.75 * head, skull[1] + 0.3 * head], 0.4 * head, coat.colour * 1.15));
    parts.push(dot([skull[0] + 1.08 * head, skull[1] + 0.18 * head], 0.035, Rgb::hex(0xc77f7a)));
    parts.push(dot([skull[0] + 0.42 * head, skull[1] - 0.15 * head], 0.045, Rgb::hex(0xa5b53c)));
    parts.push(dot([skull[0] + 0.46 * head, skull[1] - 0.15 * head], 0.022, Rgb::hex(BLACK)));
    parts
}

fn rabbit(random: &mut Random) -> Vec<Part> {
    let coat = Coat::any(random);
    let (body, head) = (random.range(0.33, 0.42), random.range(0.19, 0.24));
    let long = random.range(0.45, 0.7);
    let skull = [body + 0.12, -1.35 * body - random.range(0.05, 0.2)];
    let mut parts = vec![dot([-1.25 * body, -0.75 * body], 0.12, Rgb::hex(0xf3f0ea))];
    for (lean, colour) in [(-0.22, coat.darker()), (-0.05, coat.colour)] {
        let root = [skull[0] - 0.06 + lean * 0.3, skull[1] - 0.7 * head];
        let tip = [root[0] + lean, root[1] - long];
        parts.push(plain(root, tip, [0.055, 0.075], colour));
        parts.push(plain(root, tip, [0.02, 0.035], Rgb::hex(0xd9a29a)));
    }
    parts.push(part([-0.45 * body, -body], [0.5 * body, -0.92 * body], [body, 0.75 * body], &coat));
    parts.push(plain([-0.5 * body, -0.45 * body], [-0.1 * body, -0.08], [0.5 * body, 0.09], coat.colour * 0.85));
    parts.push(plain([0.75 * body, -0.5 * body], [0.95 * body, -0.06], [0.12, 0.06], coat.colour * 0.9));
    parts.push(part(skull, [skull[0] + 0.12, skull[1] + 0.06], [head, head * 0.72], &coat));
    parts.push(dot([skull[0] + 0.29, skull[1] + 0.04], 0.032, Rgb::hex(0xc77f7a)));
    parts.push(dot([skull[0] + 0.06, skull[1] - 0.05], 0.04, Rgb::hex(BLACK)));
    parts
}

fn bird(random: &mut Random) -> Vec<Part> {
    let coat = Coat::any(random);
    let (body, tall, head) = (random.range(0.26, 0.36), random.range(0.3, 0.5), random.range(0.15, 0.2));
    let middle = -tall - body * 0.8;
    let orange = Rgb::hex(0xd98a2b).varied(random, 0.25);
    let mut parts = Vec::new();
    for x in [0.02, 0.16] {
        parts.push(plain([x, middle + body * 0.6], [x + 0.03, -0.02], [0.025; 2], orange * 0.8));
        parts.push(plain([x + 0.03, -0.02], [x + 0.15, -0.015], [0.022; 2], orange * 0.8));
    }
    let tail = random.range(0.3, 0.55);
    parts.push(plain(
        [-0.6 * body, middle],
        [-body - tail, middle + random.range(-0.2, 0.22)],
        [0.12, 0.06],
        coat.darker(),
    ));
    parts.push(part([-0.5 * body, middle], [0.55 * body, middle - 0.12], [0.85 * body, body], &coat));
    let skull = [0.95 * body, middle - body - random.range(0.05, 0.3)];
    parts.push(part([0.6 * body, middle - 0.2], skull, [0.6 * body, head * 0.85], &coat));
    let beak = [skull[0] + head + random.range(0.12, 0.24), skull[1] + 0.05];
    parts.push(plain([skull[0] + head * 0.7, skull[1] + 0.02], beak, [0.08, 0.012], orange));
    parts.push(part(skull, skull, [head; 2], &coat));
    parts.push(dot([skull[0] + 0.07, skull[1] - 0.04], 0.034, Rgb::hex(BLACK)));
    parts.push(plain([0.25 * body, middle - 0.05], [-0.95 * body, middle + 0.1], [0.55 * body, 0.08], coat.darker()));
    parts
}

/// Where and how large an animal is in the picture.
struct Figure {
    feet: [f32; 2],
    size: f32,
    mirrored: bool,
    /// Its turn, in radians.
    lean: f32,
}

impl Figure {
    /// Somewhere on the ground, all of it in the picture.
    fn standing(parts: &[Part], horizon: f32, random: &mut Random) -> Self {
        let ends = || parts.iter().flat_map(|part| [(part.from, part.radii[0]), (part.to, part.radii[1])]);
        let left = ends().map(|(at, radius)| at[0] - radius).fold(0.0, f32::min);
        let right = ends().map(|(at, radius)| at[0] + radius).fold(0.0, f32::max);
        let wide = right - left;
        let size = random.range(0.28, 0.42).min(0.9 / wide);
        let mirrored = random.chance(0.5);
        let middle = 0.5 * (left + right) * if mirrored { -size } else { size };
        let across = 0.5 * (0.94 - size * wide) * random.about_zero();
        let feet = [0.5 + across - middle, (horizon + random.range(0.18, 0.4)).clamp(0.66, 0.93)];
        Self { feet, size, mirrored, lean: 0.06 * random.about_zero() }
    }

    /// A place of the animal in the picture.
    fn place(&self, [x, y]: [f32; 2]) -> [f32; 2] {
        let [c, s] = turn(self.lean);
        let (x, y) = (x * c - y * s, x * s + y * c);
        [self.feet[0] + self.size * if self.mirrored { -x } else { x }, self.feet[1] + self.size * y]
    }

    fn shadow(&self, canvas: &mut Canvas) {
        let reach = 0.95 * self.size;
        canvas.repaint(self.feet, reach, |x, y, there| {
            let far = length((x - self.feet[0]) / reach, (y - self.feet[1]) / (0.16 * reach));
            there * (1.0 - 0.45 * smoothstep(1.0, 0.3, far))
        });
    }

    fn paint(&self, canvas: &mut Canvas, part: &Part, salt: u32) {
        let (from, to) = (self.place(part.from), self.place(part.to));
        let [thick, thin] = part.radii.map(|radius| radius * self.size);
        let along = [to[0] - from[0], to[1] - from[1]];
        let long = (along[0] * along[0] + along[1] * along[1]).max(1.0e-9);
        let middle = [0.5 * (from[0] + to[0]), 0.5 * (from[1] + to[1])];
        let (pixel, hair) = (canvas.pixel(), 24.0 / self.size * 0.3);
        canvas.repaint(middle, 0.5 * long.sqrt() + thick.max(thin) + 2.0 * pixel, |x, y, there| {
            let t = (((x - from[0]) * along[0] + (y - from[1]) * along[1]) / long).clamp(0.0, 1.0);
            let [dx, dy] = [x - from[0] - t * along[0], y - from[1] - t * along[1]];
            let radius = lerp(thick, thin, t);
            let cover = smoothstep(-0.6 * pixel, 0.6 * pixel, radius - length(dx, dy));
            // Light comes from above.
            let lit = 0.82 - 0.3 * dy / radius.max(pixel) + 0.22 * fbm(hair * x, hair * y, 3, salt);
            let patch = part.patches.map_or(0.0, |_| smoothstep(0.0, 0.12, fbm(9.0 * x, 9.0 * y, 2, salt ^ 5)));
            let colour = part.colour.mix(part.patches.unwrap_or(part.colour), patch);
            there.mix(colour * lit.max(0.2), cover)
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_shows_in_the_colours_of_the_ground() {
        // The mean of the lowest rows: green for grass, bright for snow.
        let ground = |place| {
            let Drawing { width, height, pixels, .. } = draw(5, Animal::Dog, place);
            let rows = &pixels[(height - 6) * width * 3..];
            let mean = |c: usize| rows.iter().skip(c).step_by(3).sum::<f32>() / (rows.len() / 3) as f32;
            [0, 1, 2].map(mean)
        };
        let ([r, g, b], snow) = (ground(Place::Grass), ground(Place::Snow));
        assert!(g > r && g > b, "{:?}", [r, g, b]);
        assert!(snow.iter().all(|&value| value > 0.6), "{snow:?}");
    }

    #[test]
    fn each_animal_and_place_is_another_picture() {
        let animals = [Animal::Dog, Animal::Cat, Animal::Rabbit, Animal::Bird];
        let all: Vec<_> = animals.iter().flat_map(|&a| Place::ALL.map(|place| draw(3, a, place).pixels)).collect();
        for (n, one) in all.iter().enumerate() {
            assert!(all[..n].iter().all(|other| other != one));
        }
    }
}
