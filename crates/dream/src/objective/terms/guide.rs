//! `guide(block8)`: the best match with a guide image.

use std::fmt;
use std::sync::Arc;

use oneiric_engine::map::Map;
use oneiric_engine::objective::{Measure, MeasureData, Seed, Seen, Tally};
use oneiric_engine::shape::Shape;
use rayon::prelude::*;

use super::{Binding, Declaration, Function, Place};
use crate::error::Error;
use crate::objective::measures::{add_scaled, dot, pixel_of, pixels};
use crate::objective::parser::Name;

pub(super) static DECLARATION: Declaration = Declaration {
    name: "guide",
    forms: &["guide(block8)"],
    grows: "the similarity of every position to the most similar position of the guide image",
    unit: "products of activations; 1 alone",
    parse: |arguments| Ok(Arc::new(Guide { layer: arguments.layer()? })),
};

/// The mean over all positions of the dot product with the most similar position of the guide (google/deepdream, 2015).
#[derive(Debug)]
pub(in crate::objective) struct Guide {
    pub layer: String,
}

impl fmt::Display for Guide {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "guide({})", Name(&self.layer))
    }
}

impl Function for Guide {
    fn place(&self) -> Place<'_> {
        Place::Layer(&self.layer)
    }

    fn bind(&self, binding: &Binding<'_>) -> Result<Arc<dyn Measure>, Error> {
        Ok(Arc::new(BestMatch { vectors: binding.guide()?.positions }))
    }

    fn needs_guide(&self) -> bool {
        true
    }
}

/// The mean over all positions of the largest dot product with one of the vectors, which are stored one after the other.
#[derive(Debug)]
struct BestMatch {
    vectors: Vec<f32>,
}

impl BestMatch {
    /// The number of the vector that has the largest dot product with `pixel`, and that product.
    fn nearest(&self, pixel: &[f32]) -> (usize, f64) {
        let products = self.vectors.chunks_exact(pixel.len()).map(|vector| dot(pixel, vector)).enumerate();
        products.fold((0, f64::NEG_INFINITY), |best, next| if next.1 > best.1 { next } else { best })
    }

    /// [`nearest`](Self::nearest) for every pixel, row by row.
    fn all_nearest(&self, activation: Map<'_>) -> Vec<Vec<(usize, f64)>> {
        let of_row = |y: usize| activation.row(y).map(|pixel| self.nearest(pixel)).collect();
        (0..activation.shape().height).into_par_iter().map(of_row).collect()
    }
}

fn tally_of(activation: Map<'_>, nearest: &[Vec<(usize, f64)>]) -> Tally {
    Tally { positions: pixels(activation), sums: vec![nearest.iter().flatten().map(|(_, product)| product).sum()] }
}

impl Measure for BestMatch {
    fn data(&self) -> MeasureData<'_> {
        MeasureData { formula: "best match", arrays: vec![&self.vectors], indices: Vec::new() }
    }

    fn tally(&self, seen: Seen<'_>) -> Tally {
        tally_of(seen.activation, &self.all_nearest(seen.activation))
    }

    fn value(&self, whole: &Tally, _: usize) -> f64 {
        whole.sums[0] / whole.positions
    }

    fn gradient(&self, seen: Seen<'_>, weight: f32, whole: Option<&Tally>, seed: Seed<'_>) -> Tally {
        let nearest = self.all_nearest(seen.activation);
        let own = tally_of(seen.activation, &nearest);
        let share = weight / whole.unwrap_or(&own).positions as f32;
        seed.for_each_pixel(|y, x, to| add_scaled(to, pixel_of(&self.vectors, to.len(), nearest[y][x].0), share));
        own
    }

    fn reference(&self, layer: &[f64], _: &[f64], shape: Shape) -> f64 {
        let product = |a: &[f64], b: &[f32]| a.iter().zip(b).map(|(a, b)| a * f64::from(*b)).sum::<f64>();
        let best = |pixel: &[f64]| {
            let products = self.vectors.chunks(pixel.len()).map(|vector| product(pixel, vector));
            products.fold(f64::NEG_INFINITY, f64::max)
        };
        layer.chunks(shape.channels).map(best).sum::<f64>() / shape.pixels() as f64
    }
}
