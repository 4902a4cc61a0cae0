//! Plain f64 arrays for the reference versions of the operations.

use crate::map::{Buffer, Map};
use crate::shape::Shape;

/// Channels, rows, columns in f64.
#[derive(Clone, Debug, PartialEq)]
pub struct Tensor {
    /// The shape.
    pub shape: Shape,
    /// The values in the order channels, rows, columns.
    pub data: Vec<f64>,
}

impl Tensor {
    /// A tensor whose values are computed from channel, row and column.
    pub fn from_fn(shape: Shape, mut value: impl FnMut(usize, usize, usize) -> f64) -> Self {
        let mut data = Vec::with_capacity(shape.values());
        for c in 0..shape.channels {
            for y in 0..shape.height {
                for x in 0..shape.width {
                    data.push(value(c, y, x));
                }
            }
        }
        Self { shape, data }
    }

    /// The value at channel, row and column.
    pub fn at(&self, c: usize, y: usize, x: usize) -> f64 {
        self.data[(c * self.shape.height + y) * self.shape.width + x]
    }

    /// The value at channel, row and column, to change it.
    pub fn at_mut(&mut self, c: usize, y: usize, x: usize) -> &mut f64 {
        &mut self.data[(c * self.shape.height + y) * self.shape.width + x]
    }

    /// The value at channel, row and column, or nothing outside the map.
    pub fn get(&self, c: usize, y: isize, x: isize) -> Option<f64> {
        let inside = y >= 0 && x >= 0 && (y as usize) < self.shape.height && (x as usize) < self.shape.width;
        inside.then(|| self.at(c, y as usize, x as usize))
    }

    /// The same values rounded to f32 in a padded buffer, as the engine stores them.
    pub fn to_buffer(&self) -> Buffer {
        let stride = self.shape.stride();
        let mut buffer = Buffer::zeroed(self.shape.buffer_len());
        for c in 0..self.shape.channels {
            for y in 0..self.shape.height {
                for x in 0..self.shape.width {
                    let at = (y * self.shape.width + x) * stride + c;
                    buffer.as_mut_slice()[at] = self.at(c, y, x) as f32;
                }
            }
        }
        buffer
    }

    /// The values of a map.
    pub fn from_map(map: &Map<'_>) -> Self {
        Self { shape: map.shape(), data: map.to_chw().iter().map(|&v| f64::from(v)).collect() }
    }
}
