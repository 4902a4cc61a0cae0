//! What the layers of a network see in a picture.

use std::sync::{Arc, Mutex};

use oneiric::inspect::heat::{glow, heat};
use oneiric::inspect::look::{self, Activations};
use oneiric::picture::resize::resize_mask;
use oneiric::{Format, Picture};

use super::thumbnails::Thumbnails;
use crate::wire::Problem;

/// Longer side at which a picture is looked at, in pixels.
pub const SIDE: usize = 448;
/// Bytes of activations that are kept.
const KEPT: usize = 96 << 20;
/// Longer side of a map in the sheet, in pixels.
const CELL: usize = 48;
/// Quality of JPEG files.
const QUALITY: u8 = 88;

/// Looks at pictures, and remembers what it saw last.
#[derive(Default)]
pub struct Explorer {
    seen: Mutex<Vec<(Key, Arc<LayerActivations>)>>,
}

#[derive(Clone, PartialEq)]
struct Key {
    picture: String,
    model: String,
    layer: String,
}

/// A layer's activations on a picture.
pub struct LayerActivations {
    /// Channels, rows, columns.
    pub activations: Activations,
    /// Width and height at which the picture was looked at.
    pub size: (usize, usize),
    /// The largest value of each channel.
    pub largest: Vec<f32>,
}

impl Explorer {
    /// What a layer sees in a picture.
    ///
    /// # Errors
    /// A network or a layer that does not exist, a picture that cannot be decoded.
    pub fn activations(
        &self,
        thumbnails: &Thumbnails,
        picture: &str,
        model: &str,
        layer: &str,
    ) -> Result<Arc<LayerActivations>, Problem> {
        let network = oneiric_zoo::load(model)?;
        let key = Key { picture: picture.into(), model: network.name.clone(), layer: layer.into() };
        let lock = || self.seen.lock().expect("nothing panics while it holds what was seen");
        if let Some((_, seen)) = lock().iter().find(|(known, _)| *known == key) {
            return Ok(seen.clone());
        }
        let small = thumbnails.small(picture, SIDE)?;
        let activations = look::activations(&network, &small, layer)?;
        let area = (activations.shape.height * activations.shape.width).max(1);
        let largest = |map: &[f32]| map.iter().copied().fold(f32::MIN, f32::max);
        let largest = activations.values.chunks_exact(area).map(largest).collect();
        let seen = Arc::new(LayerActivations { activations, size: (small.width(), small.height()), largest });
        let mut kept = lock();
        kept.push((key, seen.clone()));
        let bytes = |kept: &[(Key, Arc<LayerActivations>)]| {
            kept.iter().map(|(_, seen)| 4 * seen.activations.values.len()).sum::<usize>()
        };
        while kept.len() > 1 && bytes(&kept) > KEPT {
            kept.remove(0);
        }
        Ok(seen)
    }
}

impl LayerActivations {
    fn cells(&self) -> (usize, usize) {
        (self.activations.shape.width, self.activations.shape.height)
    }

    /// The map of a channel, `[rows][columns]`.
    pub fn map(&self, channel: usize) -> Option<&[f32]> {
        let area = self.cells().0 * self.cells().1;
        self.activations.values.chunks_exact(area.max(1)).nth(channel)
    }

    /// Width and height of a map in the sheet, in pixels, and how many stand side by side.
    pub fn sheet_layout(&self) -> ((usize, usize), usize) {
        let (width, height) = self.size;
        let side = |side: usize| (side * CELL / width.max(height)).max(8);
        let columns = (self.largest.len() as f64).sqrt().ceil() as usize;
        ((side(width), side(height)), columns.max(1))
    }

    /// All maps in one PNG, in the order of the channels: dark where a channel is silent, bright where it answers most.
    ///
    /// # Errors
    /// What the encoder reports.
    pub fn sheet(&self) -> Result<Vec<u8>, Problem> {
        let ((width, height), columns) = self.sheet_layout();
        let rows = self.largest.len().div_ceil(columns);
        let mut sheet = Picture::filled(columns * width, rows * height, [0.0; 3])?;
        for (channel, largest) in self.largest.iter().enumerate() {
            let map = self.map(channel).unwrap_or_default();
            let scaled: Vec<f32> = map.iter().map(|value| value.max(0.0) / largest.max(f32::MIN_POSITIVE)).collect();
            let cell = resize_mask(&scaled, self.cells(), (width, height));
            let (left, top) = (channel % columns * width, channel / columns * height);
            let stride = columns * width * 3;
            for (y, row) in cell.chunks_exact(width).enumerate() {
                let begin = (top + y) * stride + left * 3;
                let pixels = sheet.pixels_mut()[begin..begin + width * 3].chunks_exact_mut(3);
                pixels.zip(row).for_each(|(pixel, strength)| pixel.copy_from_slice(&glow(*strength)));
            }
        }
        Ok(sheet.encode(Format::Png, QUALITY)?)
    }

    /// A channel's map as heat over the picture, as a JPEG file.
    ///
    /// # Errors
    /// A channel that does not exist.
    pub fn over(&self, picture: &Picture, channel: usize) -> Result<Vec<u8>, Problem> {
        let map = self.map(channel).ok_or_else(|| Problem::not_found("channel"))?;
        Ok(heat(picture, map, self.cells()).encode(Format::Jpeg, QUALITY)?)
    }

    /// The channels that answer most at a place, 0…1 from left to right and from top to bottom, with their values.
    pub fn spot(&self, x: f64, y: f64, count: usize) -> Vec<(usize, f32)> {
        let (columns, rows) = self.cells();
        let at = |part: f64, cells: usize| ((part * cells as f64) as usize).min(cells.saturating_sub(1));
        let place = at(y, rows) * columns + at(x, columns);
        let area = (columns * rows).max(1);
        let values = self.activations.values.chunks_exact(area).map(|map| map[place]);
        let mut strongest: Vec<(usize, f32)> = values.enumerate().collect();
        strongest.sort_by(|a, b| b.1.total_cmp(&a.1));
        strongest.truncate(count);
        strongest
    }
}
