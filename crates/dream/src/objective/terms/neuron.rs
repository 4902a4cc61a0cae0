//! `neuron(block8, 17)`: one channel at one position.

use std::fmt;
use std::sync::Arc;

use oneiric_engine::map::Map;
use oneiric_engine::objective::{Measure, MeasureData, Seed, Seen, Tally};
use oneiric_engine::shape::Shape;

use super::{Binding, Declaration, Function, Place};
use crate::error::Error;
use crate::objective::measures::pixels;
use crate::objective::parser::Name;

pub(super) static DECLARATION: Declaration = Declaration {
    name: "neuron",
    forms: &["neuron(block8, 17)", "neuron(block8, 17, COLUMN, ROW)"],
    grows: "one channel at one position: the middle, or the given one",
    unit: "as `mean`",
    parse: |arguments| {
        let layer = arguments.layer()?;
        arguments.comma("the number of a channel, such as neuron(block8, 17)")?;
        let channel = arguments.channel()?;
        let at = if arguments.take(',') {
            let x = arguments.index()?;
            arguments.comma("the row: neuron(block8, 17, COLUMN, ROW)")?;
            Some((x, arguments.index()?))
        } else {
            None
        };
        Ok(Arc::new(Neuron { layer, channel, at }))
    },
};

/// A channel in the middle of the layer's map, or at a column and row. A position beyond a small octave's map is
/// moved to its border.
#[derive(Debug)]
struct Neuron {
    layer: String,
    channel: usize,
    at: Option<(usize, usize)>,
}

impl fmt::Display for Neuron {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "neuron({}, {}", Name(&self.layer), self.channel)?;
        if let Some((x, y)) = self.at {
            write!(f, ", {x}, {y}")?;
        }
        f.write_str(")")
    }
}

impl Function for Neuron {
    fn place(&self) -> Place<'_> {
        Place::Layer(&self.layer)
    }

    fn bind(&self, _: &Binding<'_>) -> Result<Arc<dyn Measure>, Error> {
        Ok(Arc::new(OneValue { channel: self.channel, at: self.at }))
    }

    fn channels(&self) -> Vec<usize> {
        vec![self.channel]
    }
}

/// One channel at one position, column and row; in the middle if there is none.
#[derive(Debug)]
struct OneValue {
    channel: usize,
    at: Option<(usize, usize)>,
}

impl OneValue {
    /// The position within the map, as column and row.
    fn position(&self, shape: Shape) -> (usize, usize) {
        let (x, y) = self.at.unwrap_or((shape.width / 2, shape.height / 2));
        (x.min(shape.width - 1), y.min(shape.height - 1))
    }

    fn value_on(&self, activation: Map<'_>) -> f64 {
        let (x, y) = self.position(activation.shape());
        f64::from(activation.pixel(y, x)[self.channel])
    }
}

impl Measure for OneValue {
    fn data(&self) -> MeasureData<'_> {
        let indices = std::iter::once(self.channel).chain(self.at.into_iter().flat_map(<[usize; 2]>::from)).collect();
        MeasureData { formula: "one value", indices, ..MeasureData::default() }
    }

    fn is_of_one_place(&self) -> bool {
        true
    }

    fn tally(&self, seen: Seen<'_>) -> Tally {
        Tally { positions: pixels(seen.activation), sums: vec![self.value_on(seen.activation)] }
    }

    fn value(&self, whole: &Tally, _: usize) -> f64 {
        whole.sums[0]
    }

    fn gradient(&self, seen: Seen<'_>, weight: f32, _: Option<&Tally>, seed: Seed<'_>) -> Tally {
        let place = self.position(seen.activation.shape());
        seed.for_each_pixel(|y, x, to| to[self.channel] += if (x, y) == place { weight } else { 0.0 });
        self.tally(seen)
    }

    fn reference(&self, layer: &[f64], _: &[f64], shape: Shape) -> f64 {
        let (x, y) = self.at.unwrap_or((shape.width / 2, shape.height / 2));
        let at = y.min(shape.height - 1) * shape.width + x.min(shape.width - 1);
        layer[at * shape.channels + self.channel]
    }
}
