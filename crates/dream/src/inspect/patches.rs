//! The parts of pictures that excite a channel most.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::ops::Range;

use oneiric_engine::map::Map;
use oneiric_engine::shape::Size;
use oneiric_engine::{Plan, Program, Purpose, ReceptiveField, Session};
use oneiric_zoo::Network;

use super::look::size_of;
use crate::error::Error;
use crate::picture::Picture;

/// A position of a layer where a channel is excited.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spot {
    /// The number of the picture.
    pub picture: usize,
    /// Row of the position.
    pub row: usize,
    /// Column of the position.
    pub column: usize,
    /// The activation.
    pub value: f32,
}

/// Returns for every channel of a layer the spots where it is excited most, at most `count` and one a picture, the strongest
/// first. Among equal ones the first counts. The network sees each picture as it is.
///
/// # Errors
/// An unknown layer, or a picture that the network cannot take.
pub fn strongest_spots(
    network: &Network,
    layer: &str,
    pictures: impl IntoIterator<Item = Picture>,
    count: usize,
) -> Result<Vec<Vec<Spot>>, Error> {
    let program = Program::new(&network.graph, &[layer])?;
    let mut sessions: HashMap<Size, Session> = HashMap::new();
    let mut channels: Vec<Vec<Spot>> = Vec::new();
    for (number, picture) in pictures.into_iter().enumerate() {
        let size = size_of(&picture);
        let session = match sessions.entry(size) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => new.insert(Session::new(Plan::new(&program, size, Purpose::Activations)?)?),
        };
        session.activations(picture.pixels(), |_, map| {
            channels.resize(map.shape().channels, Vec::new());
            channels.iter_mut().zip(strongest(map, number)).for_each(|(spots, spot)| spots.push(spot));
        })?;
    }
    for spots in &mut channels {
        spots.sort_by(|one, other| other.value.total_cmp(&one.value));
        spots.truncate(count);
    }
    Ok(channels)
}

/// The strongest spot of every channel of a map.
fn strongest(map: Map<'_>, picture: usize) -> Vec<Spot> {
    let least = Spot { picture, row: 0, column: 0, value: f32::NEG_INFINITY };
    let mut spots = vec![least; map.shape().channels];
    for row in 0..map.shape().height {
        for (column, pixel) in map.row(row).enumerate() {
            for (spot, &value) in spots.iter_mut().zip(pixel) {
                if value > spot.value {
                    *spot = Spot { picture, row, column, value };
                }
            }
        }
    }
    spots
}

/// The side up to which a window shows the whole receptive field, and more around smaller ones, in pixels.
const WHOLE: f64 = 32.0;
/// How the side grows beyond it.
const GROWTH: f64 = 0.7;

/// Returns the rows and columns of a picture of `size` to show for a spot with this receptive field: a square around its middle,
/// moved into the picture. It is as large as the field, but at least 32 pixels; of a field of r > 32 pixels it is the middle
/// 32·(r/32)^0.7, since pixels near the edge of a large field hardly count (Luo et al., "Understanding the Effective Receptive
/// Field in Deep Convolutional Neural Networks", 2016).
pub fn window(field: &ReceptiveField, size: Size) -> [Range<usize>; 2] {
    let longest = field.endless_rows.len().max(field.endless_columns.len()) as f64;
    let side = (WHOLE * (longest / WHOLE).max(1.0).powf(GROWTH)).round() as usize;
    let side = side.min(size.height).min(size.width);
    let along = |field: &Range<isize>, length: usize| {
        let first = (field.start + field.end - side as isize) / 2;
        let first = first.clamp(0, (length - side) as isize) as usize;
        first..first + side
    };
    [along(&field.endless_rows, size.height), along(&field.endless_columns, size.width)]
}

#[cfg(all(test, feature = "landscape", feature = "weights"))]
mod tests {
    use super::*;
    use crate::inspect::look::activations;
    use crate::landscape;

    #[test]
    fn every_channel_has_its_largest_activation_in_the_best_pictures() {
        let network = oneiric_zoo::load("squeezenet").unwrap();
        let sizes = [(96, 64), (64, 96), (96, 64), (80, 80)];
        let picture = |(seed, (width, height)): (u64, (usize, usize))| {
            Picture::new(width, height, landscape::paint(width, height, seed)).unwrap()
        };
        let pictures: Vec<Picture> = (0..).zip(sizes).map(picture).collect();
        let best = strongest_spots(&network, "fire4", pictures.clone(), 3).unwrap();
        let maps: Vec<_> = pictures.iter().map(|picture| activations(&network, picture, "fire4").unwrap()).collect();
        assert_eq!(best.len(), 256);
        for (channel, spots) in best.iter().enumerate() {
            let map = |picture: usize| {
                let shape = maps[picture].shape;
                (&maps[picture].values[channel * shape.pixels()..][..shape.pixels()], shape.width)
            };
            let mut largest: Vec<f32> =
                (0..pictures.len()).map(|n| map(n).0.iter().copied().fold(f32::MIN, f32::max)).collect();
            for spot in spots {
                let (values, columns) = map(spot.picture);
                assert_eq!(values[spot.row * columns + spot.column], spot.value);
                assert_eq!(largest[spot.picture], spot.value);
            }
            largest.sort_by(|a, b| b.total_cmp(a));
            assert_eq!(spots.iter().map(|spot| spot.value).collect::<Vec<_>>(), largest[..3]);
        }
        assert!(strongest_spots(&network, "nothing", pictures, 3).is_err());
    }

    #[test]
    fn a_window_shows_small_fields_with_what_is_around_and_the_middle_of_large_ones() {
        let size = Size { height: 240, width: 320 };
        let window_of = |rows: Range<isize>, columns: Range<isize>| {
            let field = ReceptiveField { rows: 0..0, columns: 0..0, endless_rows: rows, endless_columns: columns };
            window(&field, size)
        };
        assert_eq!(window_of(100..107, 50..57), [87..119, 37..69]);
        assert_eq!(window_of(-3..4, 316..323), [0..32, 288..320], "inside of the picture");
        // 32 * 4^0.7 is 84.4.
        assert_eq!(window_of(50..178, 50..178), [72..156, 72..156]);
        assert_eq!(window_of(-900..1100, -900..1100), [0..240, 0..240], "no larger than the picture");
    }
}
