//! What a gradient maximises, as data: measures on the activations of layers.
//!
//! A [`Measure`] is a formula over the positions of a layer. The CPU computes its gradient with [`Measure::gradient`],
//! which is the reference for every other executor; those that have a kernel for the formula take its numbers from
//! [`Measure::data`].

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::map::{Map, MapMut};
use crate::shape::Shape;

/// A formula on the activations of one layer, or on the picture itself, which counts as a layer of three channels.
///
/// It is a mean over the positions of the layer, or looks at one of them, so that its value does not depend on the
/// picture's size. Sums run row by row in order: the bytes are the same on any number of threads.
pub trait Measure: fmt::Debug + Send + Sync {
    /// The formula's name and its numbers.
    fn data(&self) -> MeasureData<'_>;

    /// How many sums its tally has on a layer of so many channels.
    fn sums(&self, channels: usize) -> usize {
        let _ = channels;
        1
    }

    /// Whether it looks at one place of the whole picture, so that parts of the picture cannot be measured on their own.
    fn is_of_one_place(&self) -> bool {
        false
    }

    /// Sums over the positions of a picture, or of a part of it.
    fn tally(&self, seen: Seen<'_>) -> Tally;

    /// The value that follows from the sums over the whole picture, on a layer of so many channels.
    fn value(&self, whole: &Tally, channels: usize) -> f64;

    /// Adds the gradient times `weight` to `seed` and returns the sums over `seen`. `whole` has the sums over the whole
    /// picture if `seen` is a part of it.
    fn gradient(&self, seen: Seen<'_>, weight: f32, whole: Option<&Tally>, seed: Seed<'_>) -> Tally;

    /// The reference definition of the value in `f64`, for tests: `layer` and `photo` are positions row by row
    /// with their channels side by side.
    fn reference(&self, layer: &[f64], photo: &[f64], shape: Shape) -> f64;
}

/// A measure's formula and the numbers in it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MeasureData<'a> {
    /// The name of the formula, the same for all measures that share it.
    pub formula: &'static str,
    /// Weights or vectors, each a whole number of the layer's channels long.
    pub arrays: Vec<&'a [f32]>,
    /// Channels or positions.
    pub indices: Vec<usize>,
}

/// What a measure sees at a layer.
#[derive(Clone, Copy, Debug)]
pub struct Seen<'a> {
    /// The activations.
    pub activation: Map<'a>,
    /// Those of the photo: positions row by row with their channels side by side, without padding. Empty if no term
    /// on the layer needs them.
    pub photo: &'a [f32],
}

/// The terms on one layer, as data: what an executor needs to compute the gradient there.
#[derive(Clone, Copy, Debug)]
pub struct LayerTerms<'a> {
    /// Measures with their weights.
    pub terms: &'a [(f32, Arc<dyn Measure>)],
    /// The photo's activations at the layer, see [`Seen::photo`].
    pub photo: &'a [f32],
    /// The sums of each term over the whole picture, if the layer shows a part of it.
    pub whole: Option<&'a [Tally]>,
}

impl LayerTerms<'_> {
    /// Writes the gradient of the weighted sum at the layer, and returns the sums of each term. The CPU executor uses
    /// it, and it is the reference for other executors.
    pub fn write_gradient(&self, activation: Map<'_>, mut gradient: MapMut<'_>) -> Vec<Tally> {
        let seen = Seen { activation, photo: self.photo };
        let of_term = |(number, (weight, measure)): (usize, &(f32, Arc<dyn Measure>))| {
            let seed = Seed::new(gradient.reborrow(), number > 0);
            measure.gradient(seen, *weight, self.whole.map(|whole| &whole[number]), seed)
        };
        self.terms.iter().enumerate().map(of_term).collect()
    }

    /// The sums of each term.
    pub fn tally(&self, activation: Map<'_>) -> Vec<Tally> {
        let seen = Seen { activation, photo: self.photo };
        self.terms.iter().map(|(_, measure)| measure.tally(seen)).collect()
    }
}

/// Where the gradient at a layer is written.
#[derive(Debug)]
pub struct Seed<'a> {
    map: MapMut<'a>,
    accumulate: bool,
}

impl<'a> Seed<'a> {
    /// A gradient to overwrite, or to add to if something has been written before.
    pub fn new(map: MapMut<'a>, accumulate: bool) -> Self {
        Self { map, accumulate }
    }

    /// Lets `add(y, x, channels)` add to the gradient at every position, in parallel rows.
    pub fn for_each_pixel(mut self, add: impl Fn(usize, usize, &mut [f32]) + Sync) {
        let (channels, accumulate) = (self.map.shape().channels, self.accumulate);
        self.map.for_each_pixel(|y, x, to| {
            if !accumulate {
                to.fill(0.0);
            }
            add(y, x, &mut to[..channels]);
        });
    }
}

/// Sums over positions, from which the value of a measure follows. Those of the parts of a picture add up to that of the
/// whole.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Tally {
    /// How many positions.
    pub positions: f64,
    /// The sums, [`Measure::sums`] of them.
    pub sums: Vec<f64>,
}

impl Tally {
    /// Adds the sums over another part.
    pub fn add(&mut self, other: &Self) {
        self.positions += other.positions;
        self.sums.resize(other.sums.len(), 0.0);
        self.sums.iter_mut().zip(&other.sums).for_each(|(sum, other)| *sum += other);
    }

    /// The sums divided by the number of positions.
    pub fn means(&self) -> Vec<f32> {
        self.sums.iter().map(|sum| (sum / self.positions) as f32).collect()
    }

    /// Whether these can be sums of `measure` on a layer of so many channels.
    pub fn is_of(&self, measure: &dyn Measure, channels: usize) -> bool {
        self.sums.len() == measure.sums(channels) && self.positions >= 1.0
    }
}
