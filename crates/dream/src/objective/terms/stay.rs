//! `stay()`: nearness to the photo.

use std::fmt;
use std::sync::Arc;

use oneiric_engine::objective::{Measure, MeasureData, Seed, Seen, Tally};
use oneiric_engine::shape::Shape;

use super::{Binding, Declaration, Function, Place};
use crate::error::Error;
use crate::objective::measures::{LEVELS, pixel_of, pixels, sum_rows};

pub(super) static DECLARATION: Declaration = Declaration {
    name: "stay",
    forms: &["stay()"],
    grows: "nearness to the photo. Add it: `block10 + 0.1*stay()`",
    unit: "minus squared levels; 0.03 to 1",
    parse: |_| Ok(Arc::new(Stay)),
};

#[derive(Debug)]
struct Stay;

impl fmt::Display for Stay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("stay()")
    }
}

impl Function for Stay {
    fn place(&self) -> Place<'_> {
        Place::Picture
    }

    fn bind(&self, _: &Binding<'_>) -> Result<Arc<dyn Measure>, Error> {
        Ok(Arc::new(Nearness { colour_only: false }))
    }

    fn needs_photo(&self) -> bool {
        true
    }
}

/// Minus the mean square of the difference from the photo, in levels of 0 to 255. The force grows with the
/// difference.
#[derive(Debug)]
pub(super) struct Nearness {
    /// Whether only colours count: differences without their luma.
    pub colour_only: bool,
}

/// Luma of sRGB values (Rec. 601), as in [`NormalizeOptions::chroma`](crate::normalize::NormalizeOptions::chroma).
const LUMA: [f32; 3] = [0.299, 0.587, 0.114];

impl Nearness {
    /// The difference that counts at one pixel.
    fn difference(&self, now: &[f32], photo: &[f32]) -> [f32; 3] {
        let difference = [0, 1, 2].map(|c| now[c] - photo[c]);
        if !self.colour_only {
            return difference;
        }
        let luma: f32 = difference.iter().zip(LUMA).map(|(v, weight)| v * weight).sum();
        difference.map(|v| v - luma)
    }

    /// Its slope.
    fn slope(&self, difference: [f32; 3]) -> [f32; 3] {
        let slope = difference.map(|d| -2.0 * d);
        if !self.colour_only {
            return slope;
        }
        // The transpose of subtracting the luma.
        let all: f32 = slope.iter().sum();
        [0, 1, 2].map(|c| slope[c] - LUMA[c] * all)
    }
}

impl Measure for Nearness {
    fn data(&self) -> MeasureData<'_> {
        let formula = if self.colour_only { "nearness of colours" } else { "nearness" };
        MeasureData { formula, ..MeasureData::default() }
    }

    fn tally(&self, Seen { activation: picture, photo }: Seen<'_>) -> Tally {
        let width = picture.shape().width;
        let of_pixel = |y: usize, x: usize, pixel: &[f32]| {
            let difference = self.difference(pixel, pixel_of(photo, pixel.len(), y * width + x));
            -difference.iter().map(|d| f64::from(*d).powi(2)).sum::<f64>()
        };
        Tally { positions: pixels(picture), sums: vec![sum_rows(picture, of_pixel)] }
    }

    fn value(&self, whole: &Tally, channels: usize) -> f64 {
        whole.sums[0] * (LEVELS * LEVELS) / (whole.positions * channels as f64)
    }

    fn gradient(&self, seen: Seen<'_>, weight: f32, whole: Option<&Tally>, seed: Seed<'_>) -> Tally {
        let (own, picture) = (self.tally(seen), seen.activation);
        let Shape { channels, width, .. } = picture.shape();
        let values = whole.unwrap_or(&own).positions * channels as f64;
        let share = f64::from(weight) * (LEVELS * LEVELS) / values;
        seed.for_each_pixel(|y, x, to| {
            let difference = self.difference(picture.pixel(y, x), pixel_of(seen.photo, channels, y * width + x));
            let slope = self.slope(difference);
            to.iter_mut().zip(slope).for_each(|(to, slope)| *to += (share * f64::from(slope)) as f32);
        });
        own
    }

    fn reference(&self, layer: &[f64], photo: &[f64], shape: Shape) -> f64 {
        let mut sum = 0.0;
        for (now, before) in layer.chunks(shape.channels).zip(photo.chunks(shape.channels)) {
            let difference: Vec<f64> = now.iter().zip(before).map(|(now, before)| now - before).collect();
            let luma: f64 = difference.iter().zip(LUMA).map(|(d, weight)| d * f64::from(weight)).sum();
            let less = if self.colour_only { luma } else { 0.0 };
            sum -= difference.iter().map(|d| (d - less).powi(2)).sum::<f64>();
        }
        sum * 255.0 * 255.0 / layer.len() as f64
    }
}
