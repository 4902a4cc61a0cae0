//! One bit a value: where a clamping activation (ReLU, ReLU6) lets the gradient through.

use crate::shape::Shape;

/// Bits to read: one `u16` for each vector of a pixel, pixels `stride` words apart.
#[derive(Clone, Copy, Debug)]
pub struct Bits<'a> {
    pub(crate) words: &'a [u16],
    pub(crate) stride: usize,
}

/// Bits to write.
#[derive(Debug)]
pub struct BitsMut<'a> {
    pub(crate) words: &'a mut [u16],
    pub(crate) stride: usize,
}

impl Bits<'_> {
    /// Panics unless the bits cover `shape`.
    pub(crate) fn check(&self, shape: Shape) {
        check(self.words.len(), self.stride, shape);
    }
}

impl BitsMut<'_> {
    /// Panics unless the bits cover `shape`.
    pub(crate) fn check(&self, shape: Shape) {
        check(self.words.len(), self.stride, shape);
    }
}

fn check(words: usize, stride: usize, shape: Shape) {
    let vectors = shape.vectors();
    assert!(stride >= vectors && words >= (shape.pixels().max(1) - 1) * stride + vectors);
}
