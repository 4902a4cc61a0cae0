//! `caricature(block8)`: the photo's own activations, exaggerated.

use std::fmt;
use std::sync::Arc;

use oneiric_engine::objective::{Measure, MeasureData, Seed, Seen, Tally};
use oneiric_engine::shape::Shape;

use super::{Binding, Declaration, Function, Place};
use crate::error::Error;
use crate::objective::measures::{add_scaled, dot, pixel_of, pixels, squares, sum_rows};
use crate::objective::parser::Name;

pub(super) static DECLARATION: Declaration = Declaration {
    name: "caricature",
    forms: &["caricature(block8)"],
    grows: "the photo's own activations, exaggerated at every position",
    unit: "root mean squares; 1 alone",
    parse: |arguments| Ok(Arc::new(Caricature { layer: arguments.layer()? })),
};

/// The component of the layer along the photo's own activations, in root mean squares (lucid).
#[derive(Debug)]
struct Caricature {
    layer: String,
}

impl fmt::Display for Caricature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "caricature({})", Name(&self.layer))
    }
}

impl Function for Caricature {
    fn place(&self) -> Place<'_> {
        Place::Layer(&self.layer)
    }

    fn bind(&self, _: &Binding<'_>) -> Result<Arc<dyn Measure>, Error> {
        Ok(Arc::new(AlongPhoto))
    }

    fn needs_photo(&self) -> bool {
        true
    }
}

/// The component along the activations of the photo over the root of their number (lucid's caricatures: a dot product). For
/// the photo itself it is the root mean square of the activations.
#[derive(Debug)]
struct AlongPhoto;

/// 1 / (|photo| sqrt(values)).
fn factor(whole: &Tally, channels: usize) -> f64 {
    let norm = whole.sums[1].sqrt().max(f64::from(f32::MIN_POSITIVE));
    1.0 / (norm * (whole.positions * channels as f64).sqrt())
}

impl Measure for AlongPhoto {
    fn data(&self) -> MeasureData<'_> {
        MeasureData { formula: "along the photo", ..MeasureData::default() }
    }

    /// The product with the photo, and the photo's squares.
    fn sums(&self, _: usize) -> usize {
        2
    }

    fn tally(&self, Seen { activation, photo }: Seen<'_>) -> Tally {
        let width = activation.shape().width;
        let along = sum_rows(activation, |y, x, pixel| dot(pixel, pixel_of(photo, pixel.len(), y * width + x)));
        Tally { positions: pixels(activation), sums: vec![along, squares(photo)] }
    }

    fn value(&self, whole: &Tally, channels: usize) -> f64 {
        whole.sums[0] * factor(whole, channels)
    }

    fn gradient(&self, seen: Seen<'_>, weight: f32, whole: Option<&Tally>, seed: Seed<'_>) -> Tally {
        let (own, shape) = (self.tally(seen), seen.activation.shape());
        let factor = weight * factor(whole.unwrap_or(&own), shape.channels) as f32;
        seed.for_each_pixel(|y, x, to| add_scaled(to, pixel_of(seen.photo, to.len(), y * shape.width + x), factor));
        own
    }

    fn reference(&self, layer: &[f64], photo: &[f64], _: Shape) -> f64 {
        let product = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
        product(layer, photo) / product(photo, photo).sqrt() / (layer.len() as f64).sqrt()
    }
}
