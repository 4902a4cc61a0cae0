//! The rows that a kernel reads and writes.

use std::ops::Range;

use super::finish::Finish;
use crate::map::Map;
use crate::shape::Shape;

/// The input of a kernel: a map, or a window of its rows.
#[derive(Clone, Copy)]
pub(crate) struct InputRows<'a> {
    data: &'a [f32],
    /// Of the whole map.
    shape: Shape,
    stride: usize,
    /// The row that `data` begins with.
    first_row: usize,
    /// Rows that `data` holds. The row after the last of them is stored at the front.
    rows: usize,
}

impl<'a> From<Map<'a>> for InputRows<'a> {
    fn from(map: Map<'a>) -> Self {
        let shape = map.shape();
        Self { data: map.data(), shape, stride: map.stride(), first_row: 0, rows: shape.height }
    }
}

impl<'a> InputRows<'a> {
    /// The rows from `first_row` on of a map of `shape` without gaps, as many as `data` holds.
    pub fn window(data: &'a [f32], shape: Shape, first_row: usize) -> Self {
        Self { data, shape, stride: shape.stride(), first_row, rows: shape.height }
    }

    /// Some rows of a map of `shape` without gaps; row `y` is stored as row `y % rows`.
    pub fn ring(data: &'a [f32], shape: Shape, rows: usize) -> Self {
        Self { data, shape, stride: shape.stride(), first_row: 0, rows }
    }

    /// The same values as rows of `width` pixels of a picture, where each pixel has as its channels the run of `len`
    /// values that it begins.
    pub fn of_runs(self, width: usize, len: usize) -> Self {
        let (channels, height) = (self.shape.channels, self.shape.height);
        Self { shape: Shape::new(len, height, width), stride: channels, ..self }
    }

    /// The whole map's shape.
    pub fn shape(&self) -> Shape {
        self.shape
    }

    /// Values from one pixel to the next.
    pub fn stride(&self) -> usize {
        self.stride
    }

    /// The values.
    pub fn data(&self) -> &'a [f32] {
        self.data
    }

    /// Returns the index of the first value of row `y`, which `data` must hold.
    pub fn row(&self, y: usize) -> usize {
        debug_assert!(y >= self.first_row);
        (y - self.first_row) % self.rows * self.shape.width * self.stride
    }
}

/// The output of a kernel: rows of a map, and how results are finished.
pub(crate) struct OutputBand<'a, 'f> {
    /// The whole map's shape.
    pub shape: Shape,
    /// The rows of the band.
    pub rows: Range<usize>,
    /// Values from one pixel to the next.
    pub stride: usize,
    /// The values, from the band's first pixel on.
    pub out: &'a mut [f32],
    /// How results are finished.
    pub finish: Finish<'f>,
    /// The words to write bits into, from the band's first pixel on.
    pub record: Option<&'a mut [u16]>,
}

impl OutputBand<'_, '_> {
    /// Returns pointers for the inner loops: to the values, and to bits for every pixel or null.
    pub fn pointers(&mut self) -> (*mut f32, *mut u16) {
        let words = self.finish.record_len(self.rows.len() * self.shape.width, self.shape);
        assert!(self.rows.end <= self.shape.height && self.finish.is_for(self.shape), "rows of another map");
        assert!(self.record.as_ref().is_none_or(|record| record.len() >= words), "a word of bits for each vector");
        (self.out.as_mut_ptr(), self.record.as_deref_mut().map_or(std::ptr::null_mut(), <[u16]>::as_mut_ptr))
    }
}
