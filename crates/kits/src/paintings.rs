//! The kit `impressionist`: paintings against photos.
//!
//! Half of the paintings are pieces of real ones by Vincent van Gogh, half are photos or drawn landscapes that
//! [`painter`](crate::painter) repaints, each in another style. A photo and its repainting have one source.

mod built_in;
mod crop;

use std::sync::OnceLock;

use crate::painter::{Style, paint};
use crate::random::Random;
use crate::{Class, Drawing, Kit};
pub use built_in::BuiltIn;
use built_in::{PAINTINGS, PHOTOS, decode};
use crop::Crop;

/// The photos and paintings in the program: animals, buildings and landscapes, and works of Vincent van Gogh.
pub fn built_in() -> impl Iterator<Item = &'static BuiltIn> {
    PHOTOS.iter().chain(&PAINTINGS)
}

/// Paintings against photos.
pub static IMPRESSIONIST: Kit = Kit {
    name: "impressionist",
    about: "paintings, real ones by Van Gogh and photos repainted, against photos: dreams in brush strokes",
    classes: &[Class { name: "painting", draw: painting }, Class { name: "photo", draw: photo }],
    pictures: 300,
};

/// The stream of random numbers.
const SUBJECT: u32 = 0x9a17;

/// Pixels of a picture's side.
const SIDE: usize = 160;
/// Pixels of the side of a canvas: more, so that hairs and edges may be finer than a pixel.
const CANVAS: usize = 256;
/// The first source of each kind of picture.
const FIRST_PHOTO: usize = 100;
const FIRST_LANDSCAPE: usize = 1000;
/// How many landscapes there are, and their size.
const LANDSCAPES: usize = 16;
const LANDSCAPE: [usize; 2] = [320, 240];
/// Parts of the shorter side that crops of photos and of paintings take.
const PHOTO_CROPS: [f32; 2] = [0.65, 1.0];
const PAINTING_CROPS: [f32; 2] = [0.4, 0.95];

fn painting(seed: u64) -> Drawing {
    let random = &mut Random::new(seed, SUBJECT);
    if random.unit() < 0.5 {
        let source = random.below(PAINTINGS.len());
        let real = decode(PAINTINGS[source], source as u64);
        return Crop::random(&real, PAINTING_CROPS, random).cut(&real, SIDE);
    }
    let canvas = with_scene(random, |scene, random| Crop::random(scene, PHOTO_CROPS, random).cut(scene, CANVAS));
    let painted = paint(&canvas, random.next(), &Style::random(random.next()));
    Crop { left: 0.0, top: 0.0, side: CANVAS as f32, mirrored: false }.cut(&painted, SIDE)
}

/// The built-in photo of this name, such as `dog`.
pub fn photo_named(name: &str) -> Option<Drawing> {
    let n = PHOTOS.iter().position(|photo| photo.name() == name)?;
    Some(decode(PHOTOS[n], (FIRST_PHOTO + n) as u64))
}

pub(crate) fn photo(seed: u64) -> Drawing {
    let random = &mut Random::new(seed, SUBJECT);
    with_scene(random, |scene, random| Crop::random(scene, PHOTO_CROPS, random).cut(scene, SIDE))
}

/// Uses a photo, or now and then a landscape.
fn with_scene<T>(random: &mut Random, use_it: impl FnOnce(&Drawing, &mut Random) -> T) -> T {
    if random.unit() < 0.2 {
        return use_it(landscape(random.below(LANDSCAPES)), random);
    }
    let n = random.below(PHOTOS.len());
    use_it(&decode(PHOTOS[n], (FIRST_PHOTO + n) as u64), random)
}

/// One of the landscapes, which take longer to draw than to keep.
fn landscape(n: usize) -> &'static Drawing {
    static DRAWN: [OnceLock<Drawing>; LANDSCAPES] = [const { OnceLock::new() }; LANDSCAPES];
    if let Some(drawn) = DRAWN[n].get() {
        return drawn;
    }
    // Outside of the lock: while it draws, this thread may take up other work that wants the same landscape.
    let [width, height] = LANDSCAPE;
    let source = FIRST_LANDSCAPE + n;
    let pixels = oneiric_landscape::paint(width, height, source as u64);
    DRAWN[n].get_or_init(|| Drawing { width, height, pixels, source: source as u64 })
}

#[cfg(test)]
mod tests;
