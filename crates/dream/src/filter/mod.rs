//! Filters: one layer of a convolutional network, with a kernel that a person chose.
//!
//! A [`Filter`] does to each colour channel by itself what such a layer does to its input: a convolution with a [`Kernel`],
//! perhaps a ReLU, perhaps max pooling. As in networks, the convolution is a cross-correlation: the kernel is not mirrored.
//!
//! ```
//! use oneiric::{Picture, filter::{Filter, signed}};
//!
//! let photo = Picture::filled(32, 20, [0.8, 0.1, 0.1])?;
//! let edges = Filter::new("edges".parse()?).apply(&photo)?;
//! // One colour has no edges. Where values have a sign, 0 is shown as grey.
//! assert!(edges.pixels().iter().all(|value| value.abs() < 1e-6));
//! let visible = signed(&edges);
//! # Ok::<(), oneiric::Error>(())
//! ```

mod convolve;
mod kernel;
mod padding;
mod pool;

use std::borrow::Cow;

pub use kernel::{Kernel, LONGEST_SIDE, NamedKernel, kernels};
pub use padding::Padding;

use crate::error::Error;
use crate::invalid::{InvalidSetting, count_in_range};
use crate::picture::Picture;
use crate::picture::clear::visible;
use convolve::{convolve, middles, output_size};
use pool::{max_pool, pooled_size};

/// The largest stride, and the largest side of the squares of the pooling.
pub const LARGEST_STRIDE: usize = 64;
/// The largest number of repetitions.
pub const MOST_REPEATS: usize = 100;
/// Memory that a filter takes: the values before and after, and the photo with the colours of clear pixels changed.
const PLANES: u64 = 3;

/// A convolution, then perhaps a ReLU; both perhaps several times; then perhaps max pooling.
#[derive(Clone, Debug, PartialEq)]
pub struct Filter {
    /// The kernel.
    pub kernel: Kernel,
    /// What is beyond the border of the picture.
    pub padding: Padding,
    /// Distance of neighbouring windows in pixels, 1 to [`LARGEST_STRIDE`].
    pub stride: usize,
    /// How often convolution and ReLU are done, each on the result before, 1 to [`MOST_REPEATS`].
    pub repeat: usize,
    /// Whether negative results become 0.
    pub relu: bool,
    /// Side of the squares of which only the largest value is kept, 1 to [`LARGEST_STRIDE`]; 1 for no pooling. Squares do
    /// not overlap; pixels at the right and at the bottom that fill no square are left out.
    pub pool: usize,
}

impl Filter {
    /// A single convolution, whose result has the size of the picture.
    pub fn new(kernel: Kernel) -> Self {
        Self { kernel, padding: Padding::default(), stride: 1, repeat: 1, relu: false, pool: 1 }
    }

    /// Returns width and height of the result for a picture of this width and height.
    ///
    /// # Errors
    /// [`InvalidSetting`] for a number out of its range, or if the picture is too small.
    pub fn size(&self, size: (usize, usize)) -> Result<(usize, usize), InvalidSetting> {
        count_in_range("stride", self.stride, 1, LARGEST_STRIDE)?;
        count_in_range("repeat", self.repeat, 1, MOST_REPEATS)?;
        count_in_range("pool", self.pool, 1, LARGEST_STRIDE)?;
        let mut sides = size;
        for _ in 0..self.repeat {
            sides = output_size(sides, &self.kernel, self.padding, self.stride).ok_or_else(|| {
                let (rows, columns) = (self.kernel.rows(), self.kernel.columns());
                let why = format!(
                    "a kernel of {rows} rows and {columns} columns does not fit into {}x{} pixels without padding",
                    sides.0, sides.1
                );
                InvalidSetting::unusable("padding", why)
            })?;
        }
        pooled_size(sides, self.pool).ok_or_else(|| {
            let why = format!("squares of {0}x{0} pixels do not fit into {1}x{2}", self.pool, sides.0, sides.1);
            InvalidSetting::unusable("pool", why)
        })
    }

    /// Bytes that [`apply`](Self::apply) takes for a picture of this width and height, without the picture.
    pub fn memory((width, height): (usize, usize)) -> u64 {
        PLANES * 4 * 4 * (width as u64) * (height as u64)
    }

    /// Returns the filtered picture. Its values, sRGB-encoded as those of the picture, are not clamped: they may be
    /// negative or larger than 1. Each is a sum in `f64`, rounded once to `f32` for each convolution.
    ///
    /// Transparency is that of the pixel in the middle of each window, and the largest of each square of the pooling. Colours
    /// of clear pixels do not count.
    ///
    /// # Errors
    /// Those of [`size`](Self::size), and [`Error::Setting`] if values become larger than an `f32` holds.
    pub fn apply(&self, picture: &Picture) -> Result<Picture, Error> {
        let mut size = (picture.width(), picture.height());
        let expected = self.size(size)?;
        let mut alpha = picture.alpha().map(Cow::Borrowed);
        let mut pixels = visible(Cow::Borrowed(picture)).into_owned().into_parts().0;
        for _ in 0..self.repeat {
            let next = output_size(size, &self.kernel, self.padding, self.stride).expect("checked above");
            alpha = alpha.map(|alpha| middles(&alpha, size, &self.kernel, self.padding, self.stride, next).into());
            pixels = convolve(&pixels, size, &self.kernel, self.padding, self.stride, next);
            if pixels.iter().any(|value| !value.is_finite()) {
                let why = "the values become too large; repeat the kernel less often, or divide its numbers";
                return Err(InvalidSetting::unusable("repeat", why).into());
            }
            if self.relu {
                pixels.iter_mut().for_each(|value| *value = value.max(0.0));
            }
            size = next;
        }
        if self.pool > 1 {
            pixels = max_pool::<3>(&pixels, size, self.pool);
            alpha = alpha.map(|alpha| max_pool::<1>(&alpha, size, self.pool).into());
        }
        Ok(Picture::with_alpha(expected.0, expected.1, pixels, alpha.map(Cow::into_owned))?)
    }
}

/// Returns the smallest and the largest value of a picture.
pub fn range(picture: &Picture) -> (f32, f32) {
    let extend = |(least, most): (f32, f32), &value: &f32| (least.min(value), most.max(value));
    picture.pixels().iter().fold((f32::INFINITY, f32::NEG_INFINITY), extend)
}

/// Makes negative values visible: 0 becomes middle grey, 0.5, and the value that is farthest from 0 becomes black or
/// white. One factor for all pixels and colours, so that equal values look equal.
pub fn signed(picture: &Picture) -> Picture {
    let (least, most) = range(picture);
    let farthest = most.max(-least);
    let mut shown = picture.clone();
    // A picture of zeros is grey.
    let part = |value: f32| if farthest > 0.0 { value / farthest } else { 0.0 };
    shown.pixels_mut().iter_mut().for_each(|value| *value = 0.5 + 0.5 * part(*value));
    shown
}

#[cfg(test)]
mod tests;
