//! Views of feature maps in their buffers, and buffers aligned for vectors.

use crate::bands;
use crate::kernel::huge_pages;
use crate::shape::{LANES, Shape, channel_stride};

/// One cache line: the alignment of every buffer.
#[derive(Clone, Copy, bytemuck::Zeroable, bytemuck::Pod)]
#[repr(C, align(64))]
pub(crate) struct Line([f32; LANES]);

/// A buffer of `f32` values that starts on a cache line.
#[derive(Clone, Default)]
pub struct Buffer {
    lines: Vec<Line>,
}

impl Buffer {
    /// A buffer of at least `len` zeros.
    pub fn zeroed(len: usize) -> Self {
        let lines = len.div_ceil(LANES);
        let mut buffer = Self { lines: Vec::with_capacity(lines) };
        huge_pages::advise(buffer.lines.spare_capacity_mut());
        buffer.lines.resize(lines, bytemuck::Zeroable::zeroed());
        buffer
    }

    /// Makes it hold at least `len` values; their contents are unspecified.
    pub(crate) fn fit(&mut self, len: usize) {
        if self.as_slice().len() < len {
            *self = Self::zeroed(len);
        }
    }

    /// The values.
    pub fn as_slice(&self) -> &[f32] {
        bytemuck::cast_slice(&self.lines)
    }

    /// The values, to be written.
    pub fn as_mut_slice(&mut self) -> &mut [f32] {
        bytemuck::cast_slice_mut(&mut self.lines)
    }
}

impl std::fmt::Debug for Buffer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Buffer({} values)", self.lines.len() * LANES)
    }
}

impl FromIterator<f32> for Buffer {
    fn from_iter<I: IntoIterator<Item = f32>>(values: I) -> Self {
        let values: Vec<f32> = values.into_iter().collect();
        let mut buffer = Self::zeroed(values.len());
        buffer.as_mut_slice()[..values.len()].copy_from_slice(&values);
        buffer
    }
}

/// A feature map to read: pixels row by row, the channels of a pixel side by side.
#[derive(Clone, Copy, Debug)]
pub struct Map<'a> {
    data: &'a [f32],
    shape: Shape,
    stride: usize,
}

/// A feature map to write.
#[derive(Debug)]
pub struct MapMut<'a> {
    data: &'a mut [f32],
    shape: Shape,
    stride: usize,
}

fn check(len: usize, shape: Shape, stride: usize) {
    let needed =
        shape.checked_len().and_then(|_| (shape.pixels() - 1).checked_mul(stride)?.checked_add(shape.stride()));
    assert!(
        needed.is_some_and(|needed| stride >= shape.stride() && needed <= len),
        "{len} values, {stride} a pixel, do not hold {shape}"
    );
}

impl<'a> Map<'a> {
    /// A view of `data`, whose pixels lie `stride` values apart.
    ///
    /// # Panics
    /// If `data` is too short, `stride` is less than [`Shape::stride`], or the map has no values.
    pub fn new(data: &'a [f32], shape: Shape, stride: usize) -> Self {
        check(data.len(), shape, stride);
        Self { data, shape, stride }
    }

    /// The shape of the map.
    pub fn shape(&self) -> Shape {
        self.shape
    }

    /// Values from one pixel to the next.
    pub fn stride(&self) -> usize {
        self.stride
    }

    /// All values from the first channel of the first pixel on, padding included.
    pub fn data(&self) -> &'a [f32] {
        self.data
    }

    /// The channels of one pixel.
    pub fn pixel(&self, y: usize, x: usize) -> &'a [f32] {
        &self.data[(y * self.shape.width + x) * self.stride..][..self.shape.channels]
    }

    /// The pixels of row `y`, each a slice of its channels.
    pub fn row(&self, y: usize) -> impl Iterator<Item = &'a [f32]> + use<'a> {
        let (stride, channels) = (self.stride, self.shape.channels);
        let row = &self.data[y * self.shape.width * stride..];
        row.chunks(stride).take(self.shape.width).map(move |pixel| &pixel[..channels])
    }

    /// A copy in the order channels, rows, columns (as NumPy and PyTorch have it).
    pub fn to_chw(&self) -> Vec<f32> {
        let Shape { height, width, .. } = self.shape;
        let mut chw = vec![0.0; self.shape.values()];
        for y in 0..height {
            for (x, pixel) in self.row(y).enumerate() {
                for (c, &value) in pixel.iter().enumerate() {
                    chw[(c * height + y) * width + x] = value;
                }
            }
        }
        chw
    }
}

impl<'a> MapMut<'a> {
    /// A view of `data`, whose pixels lie `stride` values apart.
    ///
    /// # Panics
    /// If `data` is too short, `stride` is less than [`Shape::stride`], or the map has no values.
    pub fn new(data: &'a mut [f32], shape: Shape, stride: usize) -> Self {
        check(data.len(), shape, stride);
        let len = data.len().min(shape.pixels().saturating_mul(stride));
        Self { data: &mut data[..len], shape, stride }
    }

    /// The shape of the map.
    pub fn shape(&self) -> Shape {
        self.shape
    }

    /// Values from one pixel to the next.
    pub fn stride(&self) -> usize {
        self.stride
    }

    /// Values that belong to one pixel of this map, padding included.
    pub fn padded_channels(&self) -> usize {
        channel_stride(self.shape.channels)
    }

    /// All values from the first channel of the first pixel on.
    pub fn data_mut(&mut self) -> &mut [f32] {
        self.data
    }

    /// The same map to read.
    pub fn as_map(&self) -> Map<'_> {
        Map { data: self.data, shape: self.shape, stride: self.stride }
    }

    /// Runs `work(y, x, values)` for every pixel, in parallel rows; `values` holds the channels with
    /// their padding, which must stay or become zero.
    pub fn for_each_pixel(&mut self, work: impl Fn(usize, usize, &mut [f32]) + Sync) {
        let (shape, stride, padded) = (self.shape, self.stride, self.padded_channels());
        bands::for_each_row(self.data, shape.width * stride, shape.height, |y, row| {
            for (x, pixel) in row.chunks_mut(stride).enumerate() {
                work(y, x, &mut pixel[..padded]);
            }
        });
    }

    /// The same map for a shorter time.
    pub fn reborrow(&mut self) -> MapMut<'_> {
        MapMut { data: self.data, shape: self.shape, stride: self.stride }
    }
}
