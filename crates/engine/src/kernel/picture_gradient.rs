//! The gradient of a picture, whose few channels would waste most lanes of a vector.
//!
//! The channels of all taps side by side fill vectors: every pixel of the gradient behind the convolution is
//! multiplied once, row by row, by the weights of all taps (the dense kernel as a product), and each tap's share is
//! added to the pixel of the picture that it came from. For a 3x3 kernel over three channels 27 of 32 lanes work.
//! The way before this one, the dense kernel over blocks of 2x2 pixels as the channels of one, multiplied by zeros
//! where a tap does not reach a pixel of the block and took twice as long: `docs/performance.md`.
//!
//! A pixel of the picture gets its shares in the order of the gradient's rows and taps, on any number of threads:
//! the rows that reach two bands are multiplied for both.

use std::cell::Cell;
use std::ops::Range;

use super::dense::{self, DenseKernel, DenseSpec, Placement, Tap};
use super::finish::{Add, Finish, Then};
use super::rows::{InputRows, OutputBand, band_rows, for_each_band};
use crate::kernel::Isa;
use crate::map::{Buffer, Map, MapMut};
use crate::shape::{LANES, Shape};

/// Most channels of a picture.
pub(crate) const MAX_CHANNELS: usize = 4;

/// A convolution's weights as a product from its output channels to the picture's channels of every tap.
#[derive(Debug)]
pub(crate) struct PictureKernel {
    product: DenseKernel,
    taps: Vec<Tap>,
    /// Pixels of the picture from one window to the next.
    step: [usize; 2],
    /// Channels of the picture.
    channels: usize,
}

impl PictureKernel {
    /// Packs a convolution from `picture` channels to `inputs`, which the gradient comes in;
    /// `weight(input, channel, tap)`.
    pub fn pack(
        inputs: usize,
        picture: usize,
        taps: Vec<Tap>,
        step: [usize; 2],
        weight: impl Fn(usize, usize, usize) -> f32,
    ) -> Self {
        let spec = DenseSpec {
            inputs,
            outputs: taps.len() * picture,
            groups: 1,
            taps: vec![Tap { dy: 0, dx: 0 }],
            step: [1; 2],
            placement: Placement::WHOLE,
            bias: None,
            outside: None,
            narrow: false,
        };
        let product = DenseKernel::pack(spec, |output, input, _| weight(input, output % picture, output / picture));
        Self { product, taps, step, channels: picture }
    }

    /// The same with its products in bf16.
    pub fn in_bf16(self) -> Self {
        Self { product: self.product.in_pairs().unwrap_or(self.product), ..self }
    }

    /// The rows of a gradient of `height` rows that reach the picture's `rows`.
    fn reaching(&self, rows: &Range<usize>, height: usize) -> Range<usize> {
        let offsets = || self.taps.iter().map(|tap| tap.dy);
        let (first, last) = (offsets().min().unwrap_or(0), offsets().max().unwrap_or(0));
        let step = self.step[0] as isize;
        let clip = |y: isize| y.clamp(0, height as isize) as usize;
        clip((rows.start as isize - last + step - 1).div_euclid(step))
            ..clip((rows.end as isize - 1 - first).div_euclid(step) + 1)
    }
}

/// The gradient behind the convolution.
#[derive(Clone, Copy)]
pub(crate) enum Gradient<'a> {
    /// A map.
    Map(Map<'a>),
    /// A map of this shape without gaps that exists a row at a time: the function writes row `y` anew.
    Rows(Shape, &'a (dyn Fn(usize, &mut [f32]) + Sync)),
}

impl<'a> From<Map<'a>> for Gradient<'a> {
    fn from(map: Map<'a>) -> Self {
        Self::Map(map)
    }
}

impl Gradient<'_> {
    fn shape(&self) -> Shape {
        match self {
            Self::Map(map) => map.shape(),
            Self::Rows(shape, _) => *shape,
        }
    }
}

/// Memory that a thread keeps from band to band.
#[derive(Default)]
struct Scratch {
    /// One row of the gradient that exists a row at a time.
    row: Buffer,
    /// One row of shares.
    shares: Buffer,
}

thread_local! {
    static SCRATCH: Cell<Scratch> = Cell::default();
}

/// Writes the gradient of the picture into `out`, or adds it, from the gradient `input` behind the convolution.
pub(crate) fn run(isa: Isa, kernel: &PictureKernel, input: Gradient<'_>, mut out: MapMut<'_>, accumulate: bool) {
    let (shape, stride) = (out.shape(), out.stride());
    assert_eq!((shape.channels, stride), (kernel.channels, kernel.channels), "pictures are stored without padding");
    let band = band_rows(shape.height, 1);
    for_each_band::<_, ()>(out.data_mut(), shape.width * stride, None, band, |first_row, out, _| {
        if !accumulate {
            out.fill(0.0);
        }
        let rows = first_row..(first_row + band).min(shape.height);
        match kernel.channels {
            1 => run_band::<1>(isa, kernel, input, shape, rows, out),
            2 => run_band::<2>(isa, kernel, input, shape, rows, out),
            3 => run_band::<3>(isa, kernel, input, shape, rows, out),
            _ => run_band::<MAX_CHANNELS>(isa, kernel, input, shape, rows, out),
        }
    });
}

fn run_band<const C: usize>(
    isa: Isa,
    kernel: &PictureKernel,
    input: Gradient<'_>,
    picture: Shape,
    rows: Range<usize>,
    out: &mut [f32],
) {
    let shares = Shape::new(kernel.taps.len() * C, input.shape().height, input.shape().width);
    let a_pixel = shares.vectors() * LANES;
    let a_row = shares.width * a_pixel;
    let (finish, _) = Finish::new(Add::Nothing, Then::Store, shares);
    let mut scratch = SCRATCH.take();
    scratch.shares.fit(a_row);
    for y in kernel.reaching(&rows, shares.height) {
        let input = match input {
            Gradient::Map(map) => InputRows::from(map),
            Gradient::Rows(shape, make) => {
                let len = shape.width * shape.stride();
                scratch.row.fit(len);
                make(y, &mut scratch.row.as_mut_slice()[..len]);
                InputRows::window(&scratch.row.as_slice()[..len], shape, y)
            }
        };
        let to = &mut scratch.shares.as_mut_slice()[..a_row];
        let band = OutputBand { shape: shares, rows: y..y + 1, stride: a_pixel, out: to, finish, record: None };
        dense::run_band(isa, std::slice::from_ref(&kernel.product), input, band);
        for (tap, &Tap { dy, dx }) in kernel.taps.iter().enumerate() {
            let picture_row = (y * kernel.step[0]).wrapping_add_signed(dy);
            if rows.contains(&picture_row) {
                let row = &mut out[(picture_row - rows.start) * picture.width * C..][..picture.width * C];
                add_shares::<C>(&scratch.shares.as_slice()[tap * C..a_row], a_pixel, row, dx, kernel.step[1]);
            }
        }
    }
    SCRATCH.set(scratch);
}

/// Adds one tap's shares, `a_pixel` values apart, to a row of the picture, `step` pixels apart from column `dx` on.
fn add_shares<const C: usize>(shares: &[f32], a_pixel: usize, row: &mut [f32], dx: isize, step: usize) {
    // Columns to the left of the picture get nothing.
    let skipped = (-dx).max(0).unsigned_abs().div_ceil(step);
    let first = (skipped * step).wrapping_add_signed(dx) * C;
    let (Some(shares), Some(row)) = (shares.get(skipped * a_pixel..), row.get_mut(first..)) else { return };
    for (share, pixel) in shares.chunks(a_pixel).zip(row.chunks_mut(step * C)) {
        let (Some(share), Some(pixel)) = (share.first_chunk::<C>(), pixel.first_chunk_mut::<C>()) else { return };
        for c in 0..C {
            pixel[c] += share[c];
        }
    }
}
