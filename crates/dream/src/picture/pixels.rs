//! A picture in memory.

use std::fmt;

use super::error::PictureError;
use super::limits::reserve;

/// A picture of red, green and blue, with or without transparency.
///
/// Pixels are `f32` in `[height][width][3]` order, upper left first. Values are sRGB-encoded, not linear light: 0 is black
/// and 1 is full. Decoded values are in that range. Values written with [`pixels_mut`](Self::pixels_mut) may leave it:
/// encoding clamps them.
///
/// Transparency is a separate plane, `[height][width]`, 0 transparent and 1 opaque. Colours are not multiplied by it: a
/// transparent pixel keeps the colour that the file has there.
#[derive(Clone, PartialEq)]
pub struct Picture {
    width: usize,
    height: usize,
    pixels: Vec<f32>,
    alpha: Option<Vec<f32>>,
}

impl Picture {
    /// An opaque picture from `[height][width][3]` values.
    ///
    /// # Errors
    /// [`PictureError::WrongSize`] unless both sides are at least 1 and `pixels` holds exactly
    /// `width * height * 3` values.
    pub fn new(width: usize, height: usize, pixels: Vec<f32>) -> Result<Self, PictureError> {
        Self::with_alpha(width, height, pixels, None)
    }

    /// A picture with a plane of transparency of `[height][width]` values, if there is one.
    ///
    /// # Errors
    /// [`PictureError::WrongSize`] unless both sides are at least 1 and both planes have that size.
    pub fn with_alpha(
        width: usize,
        height: usize,
        pixels: Vec<f32>,
        alpha: Option<Vec<f32>>,
    ) -> Result<Self, PictureError> {
        let area = width.checked_mul(height).filter(|&area| area > 0);
        let fits = area.is_some_and(|area| {
            area.checked_mul(3) == Some(pixels.len()) && alpha.as_ref().is_none_or(|plane| plane.len() == area)
        });
        if !fits {
            return Err(PictureError::WrongSize {
                width,
                height,
                values: pixels.len(),
                alpha: alpha.map(|plane| plane.len()),
            });
        }
        Ok(Self { width, height, pixels, alpha })
    }

    /// An opaque picture of one colour.
    ///
    /// # Errors
    /// [`PictureError::WrongSize`] if a side is 0 or the picture does not fit into the address space,
    /// [`PictureError::OutOfMemory`] if there is not enough memory.
    pub fn filled(width: usize, height: usize, colour: [f32; 3]) -> Result<Self, PictureError> {
        let area = width.saturating_mul(height);
        let mut pixels = reserve(area.saturating_mul(3))?;
        pixels.extend(std::iter::repeat_n(colour, area).flatten());
        Self::new(width, height, pixels)
    }

    /// Number of columns, at least 1.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Number of rows, at least 1.
    pub fn height(&self) -> usize {
        self.height
    }

    /// Colours, `[height][width][3]`, sRGB-encoded.
    pub fn pixels(&self) -> &[f32] {
        &self.pixels
    }

    /// Colours to write to, `[height][width][3]`, sRGB-encoded.
    pub fn pixels_mut(&mut self) -> &mut [f32] {
        &mut self.pixels
    }

    /// Transparency, `[height][width]`; `None` if every pixel is opaque.
    pub fn alpha(&self) -> Option<&[f32]> {
        self.alpha.as_deref()
    }

    /// Colours to write to, and the transparency.
    pub(crate) fn planes_mut(&mut self) -> (&mut [f32], Option<&[f32]>) {
        (&mut self.pixels, self.alpha.as_deref())
    }

    /// Returns the colours and the transparency.
    pub fn into_parts(self) -> (Vec<f32>, Option<Vec<f32>>) {
        (self.pixels, self.alpha)
    }
}

/// The size without the millions of values.
impl fmt::Debug for Picture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Picture")
            .field("width", &self.width)
            .field("height", &self.height)
            .field("has_alpha", &self.alpha.is_some())
            .finish_non_exhaustive()
    }
}
