//! How a picture is painted.

use super::palette::Palette;
use crate::random::Random;

/// The stream of random numbers.
const SUBJECT: u32 = 0x7374;

/// A painter's manner: paints, brushes and hand.
#[derive(Clone, Debug, PartialEq)]
pub struct Style {
    pub(super) palette: Palette,
    /// Radius of the largest brush as a part of the picture's side.
    pub(super) brush: f32,
    /// How many sizes of brush, each 0.55 times the one before.
    pub(super) layers: usize,
    /// Longest stroke, in radii of its brush.
    pub(super) length: f32,
    /// How exact the picture must be: strokes go where it is farther off than this.
    pub(super) tolerance: f32,
    /// Part of the picture that gets strokes though it is exact enough.
    pub(super) restless: f32,
    /// How quickly a stroke follows bends, from 0 to 1.
    pub(super) bend: f32,
    /// Where the picture has no contours: twice the angle of the strokes, as a vector.
    pub(super) direction: [f32; 2],
    /// How much `direction` counts beside contours.
    pub(super) flow: f32,
    /// How much strokes swirl there.
    pub(super) swirl: f32,
    /// How much the hairs of the brush show, from 0 to 1.
    pub(super) bristles: f32,
    /// How early the brush runs dry, from 0 to 1.
    pub(super) dry: f32,
    /// How much of the paint below a stroke picks up, from 0 to 1.
    pub(super) wet: f32,
    /// How thick the paint lies, from 0 to 1.
    pub(super) relief: f32,
}

impl Style {
    /// One of many manners.
    pub fn random(seed: u64) -> Self {
        let random = &mut Random::new(seed, SUBJECT);
        Self {
            palette: Palette::random(random),
            brush: random.range(0.02, 0.038),
            layers: 3 + random.below(2),
            length: random.range(3.5, 12.0),
            tolerance: random.range(0.05, 0.09),
            restless: random.range(0.2, 0.8),
            bend: random.range(0.3, 0.9),
            direction: [random.bell(), random.bell()],
            flow: random.range(0.2, 0.8),
            swirl: random.range(0.1, 1.0),
            bristles: random.range(0.4, 1.0),
            dry: random.range(0.0, 0.8),
            wet: random.range(0.05, 0.3),
            relief: random.range(0.3, 1.0),
        }
    }
}
