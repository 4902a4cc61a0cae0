//! Which part of the picture a position of a layer sees.

use std::ops::Range;

use crate::error::Error;
use crate::graph::Graph;
use crate::op::{AvgPool, MaxPool, Op, Window};
use crate::shape::{Shape, Size};

/// The part of the picture that a position of a layer depends on: a rectangle, the smallest one that holds all of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceptiveField {
    /// Rows of the picture. Both ranges are empty if the position depends on padding only.
    pub rows: Range<usize>,
    /// Columns of the picture.
    pub columns: Range<usize>,
    /// Rows with those outside of the picture, as if it went on without end: as many at every position of most layers.
    pub endless_rows: Range<isize>,
    /// Columns with those outside of the picture.
    pub endless_columns: Range<isize>,
}

/// Positions of a map, along rows and columns.
#[derive(Clone, Debug)]
struct Field {
    /// Whether each row and each column has some of them: windows may leave gaps.
    inside: [Vec<bool>; 2],
    /// From the first to behind the last, as if the map went on without end.
    endless: [Range<isize>; 2],
}

impl Field {
    fn position(shape: Shape, row: usize, column: usize) -> Self {
        let at = [row, column];
        let sides = [shape.height, shape.width];
        Self {
            inside: std::array::from_fn(|axis| (0..sides[axis]).map(|i| i == at[axis]).collect()),
            endless: at.map(|i| i as isize..i as isize + 1),
        }
    }

    fn whole(shape: Shape) -> Self {
        let sides = [shape.height, shape.width];
        Self { inside: sides.map(|side| vec![true; side]), endless: sides.map(|side| 0..side as isize) }
    }

    /// The positions of both.
    fn with(mut self, other: Self) -> Self {
        for axis in 0..2 {
            self.inside[axis].iter_mut().zip(&other.inside[axis]).for_each(|(seen, other)| *seen |= other);
            let (one, other) = (&self.endless[axis], &other.endless[axis]);
            self.endless[axis] = one.start.min(other.start)..one.end.max(other.end);
        }
        self
    }

    /// The positions of a map of shape `input` that the windows at these positions see.
    fn through(&self, window: Window, input: Shape) -> Self {
        let axes = window.axes(input).expect("the shapes were accepted");
        let mut inside = axes.map(|axis| vec![false; axis.input]);
        for i in 0..2 {
            for output in (0..axes[i].output).filter(|&output| self.inside[i][output]) {
                let positions = axes[i].taps(output).filter_map(|tap| axes[i].position(output, tap));
                positions.for_each(|at| inside[i][at] = true);
            }
        }
        // Windows that see nothing along one axis see nothing.
        if inside.iter().any(|seen| !seen.contains(&true)) {
            inside.iter_mut().for_each(|seen| seen.fill(false));
        }
        let endless = std::array::from_fn(|i| {
            let (axis, Range { start, end }) = (axes[i], self.endless[i].clone());
            let tap = |position: isize, tap: usize| position * axis.stride as isize + axis.offset(tap);
            tap(start, 0)..tap(end - 1, axis.kernel - 1) + 1
        });
        Self { inside, endless }
    }

    /// The rows and columns from the first to behind the last in the map.
    fn bounds(&self) -> [Range<usize>; 2] {
        self.inside.each_ref().map(|seen| {
            let first = seen.iter().position(|&seen| seen);
            let last = seen.iter().rposition(|&seen| seen);
            first.zip(last).map_or(0..0, |(first, last)| first..last + 1)
        })
    }
}

/// What these positions of a node see of an input of this shape.
fn seen(op: &Op, input: Shape, field: &Field) -> Field {
    match op {
        Op::Conv(conv) => field.through(conv.window(), input),
        Op::MaxPool(MaxPool { window }) | Op::AvgPool(AvgPool { window, .. }) => field.through(*window, input),
        Op::GlobalAvgPool(_) | Op::Linear(_) => Field::whole(input),
        // One factor for all positions.
        Op::Mul(_) if (input.height, input.width) == (1, 1) => Field::position(input, 0, 0),
        Op::Stem(_) | Op::InvertedResidual(_) => unreachable!("only programs have fused operations"),
        Op::Input
        | Op::Activation(_)
        | Op::Concat(_)
        | Op::Add(_)
        | Op::Mul(_)
        | Op::LocalResponseNorm(_)
        | Op::ScaleShift(_)
        | Op::Softmax(_) => field.clone(),
    }
}

impl Graph {
    /// Returns the part of a picture of `size` that the position (`row`, `column`) of a layer sees, through the windows of
    /// convolutions and pools with their strides, dilations and padding, and through all branches: Araujo, Norris and Sim,
    /// "Computing Receptive Fields of Convolutional Neural Networks", Distill, 2019.
    ///
    /// # Errors
    /// [`Error::UnknownLayer`]; [`Error::Shape`] or [`Error::TooLarge`] if a map up to it is too small or large;
    /// [`Error::InvalidOperation`] for a position outside of the layer.
    pub fn receptive_field(
        &self,
        layer: &str,
        size: Size,
        (row, column): (usize, usize),
    ) -> Result<ReceptiveField, Error> {
        let last = self.layer(layer)?.0;
        let shapes = self.shapes_up_to(size, last + 1)?;
        let shape = shapes[last];
        if row >= shape.height || column >= shape.width {
            return Err(Error::invalid(
                "receptive field",
                format!("{layer} has {} x {} positions, none at ({row}, {column})", shape.height, shape.width),
            ));
        }
        let mut fields: Vec<Option<Field>> = vec![None; last + 1];
        fields[last] = Some(Field::position(shape, row, column));
        for (i, node) in self.nodes[..=last].iter().enumerate().skip(1).rev() {
            let Some(field) = fields[i].take() else { continue };
            for id in &node.inputs {
                let more = seen(&node.op, shapes[id.0], &field);
                fields[id.0] = Some(match fields[id.0].take() {
                    Some(known) => known.with(more),
                    None => more,
                });
            }
        }
        let field = fields[0].take().expect("every node depends on the picture");
        let ([rows, columns], [endless_rows, endless_columns]) = (field.bounds(), field.endless);
        Ok(ReceptiveField { rows, columns, endless_rows, endless_columns })
    }
}
