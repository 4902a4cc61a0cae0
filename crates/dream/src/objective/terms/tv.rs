//! `tv()`: the roughness of the picture.

use std::fmt;
use std::sync::Arc;

use oneiric_engine::map::Map;
use oneiric_engine::objective::{Measure, MeasureData, Seed, Seen, Tally};
use oneiric_engine::shape::Shape;

use super::{Binding, Declaration, Function, Place};
use crate::error::Error;
use crate::objective::measures::{LEVELS, pixels, sum_rows};

pub(super) static DECLARATION: Declaration = Declaration {
    name: "tv",
    forms: &["tv()"],
    grows: "roughness. Subtract it to smooth: `block10 - 3*tv()`",
    unit: "levels of 0 to 255; 1 to 10",
    parse: |_| Ok(Arc::new(TotalVariation)),
};

/// Total variation: the mean over all values of the length of the step to the right and down,
/// sqrt(dx² + dy² + ε) (Rudin, Osher and Fatemi 1992), in levels of 0 to 255.
#[derive(Debug)]
struct TotalVariation;

impl fmt::Display for TotalVariation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("tv()")
    }
}

impl Function for TotalVariation {
    fn place(&self) -> Place<'_> {
        Place::Picture
    }

    fn bind(&self, _: &Binding<'_>) -> Result<Arc<dyn Measure>, Error> {
        Ok(Arc::new(Self))
    }
}

/// Keeps the slope finite where the picture is flat.
const EPSILON: f64 = 1e-6;

/// The steps from channel `c` at column `x` of row `y` to the right and down, none over the border.
fn steps(map: Map<'_>, y: usize, x: usize, c: usize) -> (f64, f64) {
    let Shape { height, width, .. } = map.shape();
    let value = |y: usize, x: usize| f64::from(map.pixel(y, x)[c]);
    let right = if x + 1 < width { value(y, x + 1) - value(y, x) } else { 0.0 };
    let down = if y + 1 < height { value(y + 1, x) - value(y, x) } else { 0.0 };
    (right, down)
}

fn length((dx, dy): (f64, f64)) -> f64 {
    (dx * dx + dy * dy + EPSILON).sqrt()
}

/// The slope at one value, gathered from the three steps that it is part of.
fn slope(map: Map<'_>, y: usize, x: usize, c: usize) -> f64 {
    let own = steps(map, y, x, c);
    let mut slope = -(own.0 + own.1) / length(own);
    if x > 0 {
        let left = steps(map, y, x - 1, c);
        slope += left.0 / length(left);
    }
    if y > 0 {
        let above = steps(map, y - 1, x, c);
        slope += above.1 / length(above);
    }
    slope
}

impl Measure for TotalVariation {
    fn data(&self) -> MeasureData<'_> {
        MeasureData { formula: "total variation", ..MeasureData::default() }
    }

    fn tally(&self, Seen { activation: picture, .. }: Seen<'_>) -> Tally {
        let of_pixel = |y, x, pixel: &[f32]| (0..pixel.len()).map(|c| length(steps(picture, y, x, c))).sum();
        Tally { positions: pixels(picture), sums: vec![sum_rows(picture, of_pixel)] }
    }

    fn value(&self, whole: &Tally, channels: usize) -> f64 {
        whole.sums[0] * LEVELS / (whole.positions * channels as f64)
    }

    fn gradient(&self, seen: Seen<'_>, weight: f32, whole: Option<&Tally>, seed: Seed<'_>) -> Tally {
        let (own, picture) = (self.tally(seen), seen.activation);
        let values = whole.unwrap_or(&own).positions * picture.shape().channels as f64;
        let share = f64::from(weight) * LEVELS / values;
        seed.for_each_pixel(|y, x, to| {
            to.iter_mut().enumerate().for_each(|(c, to)| *to += (share * slope(picture, y, x, c)) as f32);
        });
        own
    }

    fn reference(&self, layer: &[f64], _: &[f64], shape: Shape) -> f64 {
        let Shape { channels, height, width } = shape;
        let mut sum = 0.0;
        for (i, value) in layer.iter().enumerate() {
            let (x, y) = (i / channels % width, i / channels / width);
            let dx = if x + 1 < width { layer[i + channels] - value } else { 0.0 };
            let dy = if y + 1 < height { layer[i + channels * width] - value } else { 0.0 };
            sum += (dx * dx + dy * dy + EPSILON).sqrt();
        }
        sum * 255.0 / layer.len() as f64
    }
}
