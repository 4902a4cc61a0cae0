//! The activations of a network's layers on a picture.

use std::sync::{Arc, Mutex};

use oneiric::inspect::heat::{glow, heat};
use oneiric::inspect::look::{self, Activations};
use oneiric::picture::resize::resize_mask;
use oneiric::{Format, Picture};
use oneiric_zoo::Network;

use super::thumbnails::Thumbnails;
use crate::wire::Problem;

/// The longer side of the picture that the network sees, in pixels.
pub const SIDE: usize = 448;
/// The most bytes of cached activations.
const CACHE_BYTES: usize = 96 << 20;
/// The longer side of a map in the sheet, in pixels.
const CELL: usize = 48;
/// The quality of JPEG files, 1 to 100.
const QUALITY: u8 = 88;

/// Computes activations, and caches the latest.
#[derive(Default)]
pub struct Explorer {
    seen: Mutex<Vec<(Key, Arc<LayerActivations>)>>,
}

#[derive(Clone, PartialEq)]
struct Key {
    picture: String,
    /// The SHA-256 of its weights.
    network: String,
    layer: String,
}

/// A layer's activations on a picture.
pub struct LayerActivations {
    /// The activations, `[channels][rows][columns]`.
    pub activations: Activations,
    /// The width and height of the picture that the network saw, in pixels.
    pub size: (usize, usize),
    /// The largest value of each channel.
    pub largest: Vec<f32>,
}

impl Explorer {
    /// Forgets all activations.
    pub fn clear(&self) {
        self.seen.lock().expect("nothing panics while it holds the cache").clear();
    }

    /// Returns the activations of a layer on a picture.
    ///
    /// # Errors
    /// A layer that does not exist, a picture that cannot be decoded.
    pub fn activations(
        &self,
        thumbnails: &Thumbnails,
        picture: &str,
        network: &Network,
        layer: &str,
    ) -> Result<Arc<LayerActivations>, Problem> {
        let key = Key { picture: picture.into(), network: network.sha256().into(), layer: layer.into() };
        let lock = || self.seen.lock().expect("nothing panics while it holds the cache");
        if let Some((_, seen)) = lock().iter().find(|(known, _)| *known == key) {
            return Ok(seen.clone());
        }
        let small = thumbnails.small(picture, SIDE)?;
        let activations = look::activations(network, &small, layer)?;
        let area = (activations.shape.height * activations.shape.width).max(1);
        let largest = |map: &[f32]| map.iter().copied().fold(f32::MIN, f32::max);
        let largest = activations.values.chunks_exact(area).map(largest).collect();
        let seen = Arc::new(LayerActivations { activations, size: (small.width(), small.height()), largest });
        let mut kept = lock();
        kept.push((key, seen.clone()));
        let bytes = |kept: &[(Key, Arc<LayerActivations>)]| {
            kept.iter().map(|(_, seen)| 4 * seen.activations.values.len()).sum::<usize>()
        };
        while kept.len() > 1 && bytes(&kept) > CACHE_BYTES {
            kept.remove(0);
        }
        Ok(seen)
    }
}

impl LayerActivations {
    fn cells(&self) -> (usize, usize) {
        (self.activations.shape.width, self.activations.shape.height)
    }

    /// Returns the map of a channel, `[rows][columns]`.
    pub fn map(&self, channel: usize) -> Option<&[f32]> {
        let area = self.cells().0 * self.cells().1;
        self.activations.values.chunks_exact(area.max(1)).nth(channel)
    }

    /// Returns the width and height of a map in the sheet, in pixels, and the number of maps in a row.
    pub fn sheet_layout(&self) -> ((usize, usize), usize) {
        let (width, height) = self.size;
        let side = |side: usize| (side * CELL / width.max(height)).max(8);
        let columns = (self.largest.len() as f64).sqrt().ceil() as usize;
        ((side(width), side(height)), columns.max(1))
    }

    /// Returns all maps in one PNG file, in the order of the channels: dark where a channel is 0, bright at its largest value.
    ///
    /// # Errors
    /// An error of the encoder.
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

    /// Returns a channel's map as a heat map over the picture, as a JPEG file.
    ///
    /// # Errors
    /// A channel that does not exist.
    pub fn over(&self, picture: &Picture, channel: usize) -> Result<Vec<u8>, Problem> {
        let map = self.map(channel).ok_or_else(|| Problem::not_found("channel"))?;
        Ok(heat(picture, map, self.cells()).encode(Format::Jpeg, QUALITY)?)
    }

    /// Returns the `count` strongest channels at a place, with their values. `x` and `y` are 0 to 1, from left to right and from
    /// top to bottom.
    pub fn strongest_at(&self, x: f64, y: f64, count: usize) -> Vec<(usize, f32)> {
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
