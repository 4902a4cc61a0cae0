//! Tiles: a network sees a large picture part by part.
//!
//! The sides are split evenly, so that there are no slivers. Neighbours overlap and are blended in the middle of the
//! overlap, far from the ends of the tiles. Before every step the inner tiles are shifted at random, so that no border stays
//! in one place. A tile returns a part of the gradient of the whole picture. The parts are added up first and normalised
//! afterwards: otherwise each tile would have its own contrast.

use rayon::prelude::*;

use crate::picture::plane::{CHANNELS, FEWEST_ROWS};
use crate::random::Random;
use crate::view::jitter::roll_part;

/// Tiles begin at multiples of this many pixels, the largest stride of any network, so that each tile has the
/// same grid as the whole picture.
const GRID: usize = 32;
/// The smallest overlap of two neighbours, in pixels.
const OVERLAP: usize = 128;
/// The largest shift of tiles either way, in pixels.
const SHIFT: usize = 64;
/// Pixels at the ends of a tile that do not count: there the network sees its padding.
const MARGIN: usize = 32;
/// The largest width of the blend between two tiles, in pixels.
const FADE: usize = 128;

/// Shortest side of a tile, in pixels.
pub const LEAST_SIDE: usize = 384;

/// The offsets at which the networks see a picture in one step.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct View {
    /// The roll of the picture in pixels, (x, y).
    pub offset: (isize, isize),
    /// The shift of the tiles in pixels, (x, y).
    pub(crate) shift: (isize, isize),
}

impl View {
    /// A picture rolled by `offset`, without a shift of tiles.
    pub fn rolled(offset: (isize, isize)) -> Self {
        Self { offset, shift: (0, 0) }
    }
}

/// A picture of one size split into tiles of one size.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tiling {
    across: Split,
    down: Split,
}

/// A side of a picture split into tiles.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Split {
    side: usize,
    tile: usize,
    tiles: usize,
}

/// Where a tile begins along one side, and how much each of its pixels counts.
#[derive(Clone, Debug, PartialEq)]
struct Span {
    start: usize,
    weights: Vec<f32>,
}

/// A tile of a picture.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Tile {
    across: Span,
    down: Span,
}

impl Tiling {
    /// Splits a picture of `size` (width, height) into tiles of at most `largest` (width, height), at least
    /// [`LEAST_SIDE`] each way.
    pub fn new(size: (usize, usize), largest: (usize, usize)) -> Self {
        Self { across: Split::new(size.0, largest.0), down: Split::new(size.1, largest.1) }
    }

    /// The whole picture as one tile.
    pub fn whole(size: (usize, usize)) -> Self {
        Self::new(size, size)
    }

    /// Width and height of the picture.
    pub fn size(&self) -> (usize, usize) {
        (self.across.side, self.down.side)
    }

    /// Width and height of each tile.
    pub fn tile(&self) -> (usize, usize) {
        (self.across.tile, self.down.tile)
    }

    /// The number of tiles.
    pub fn tiles(&self) -> usize {
        self.across.tiles * self.down.tiles
    }

    /// Draws the offsets of the next step, a roll of up to `reach` pixels each way.
    pub(crate) fn view(&self, random: &mut Random, reach: usize) -> View {
        let offset = random.offset(reach as u32);
        // A picture in one piece draws no shift.
        let shift = if self.tiles() > 1 { random.offset((SHIFT / GRID) as u32) } else { (0, 0) };
        View { offset, shift: (shift.0 * GRID as isize, shift.1 * GRID as isize) }
    }

    /// The tiles, row by row.
    pub(crate) fn places(&self, view: View) -> Vec<Tile> {
        let (across, down) = (self.across.spans(view.shift.0), self.down.spans(view.shift.1));
        let tile =
            |down: &Span| across.iter().map(|across| Tile { across: across.clone(), down: down.clone() }).collect();
        down.iter().flat_map(|down: &Span| -> Vec<Tile> { tile(down) }).collect()
    }
}

impl Split {
    fn new(side: usize, largest: usize) -> Self {
        let largest = largest.max(LEAST_SIDE);
        if side <= largest {
            return Self { side, tile: side, tiles: 1 };
        }
        // The last tile ends with the side: it begins on the grid if tiles and side differ by a multiple of the grid.
        let on_grid = |length: usize| length - (length + GRID - side % GRID) % GRID;
        let shared = OVERLAP + SHIFT + GRID;
        let longest = on_grid(largest);
        let tiles = (side - shared).div_ceil(longest - shared);
        let even = (side + (tiles - 1) * shared).div_ceil(tiles);
        let tile = on_grid(even + GRID - 1).min(longest);
        Self { side, tile, tiles }
    }

    /// The tiles along this side; the first and the last stay at its ends.
    fn spans(&self, shift: isize) -> Vec<Span> {
        let last = self.tiles - 1;
        let start = |i: usize| match i {
            0 => 0,
            i if i == last => self.side - self.tile,
            i => (i * (self.side - self.tile) / last / GRID * GRID).saturating_add_signed(shift),
        };
        let starts: Vec<usize> = (0..self.tiles).map(start).collect();
        let weight = |i: usize, at: usize| {
            let begun = if i == 0 { 1.0 } else { self.faded(starts[i - 1], starts[i], at) };
            let over = if i == last { 0.0 } else { self.faded(starts[i], starts[i + 1], at) };
            begun - over
        };
        let span = |i: usize| {
            let start = starts[i];
            Span { start, weights: (start..start + self.tile).map(|at| weight(i, at)).collect() }
        };
        (0..self.tiles).map(span).collect()
    }

    /// The weight, 0…1, of the tile that begins at `next` against the one that begins at `start`.
    fn faded(&self, start: usize, next: usize, at: usize) -> f32 {
        let shared = start + self.tile - next;
        let fade = (shared - 2 * MARGIN).min(FADE) as f32;
        let middle = next as f32 + shared as f32 / 2.0;
        let part = ((at as f32 + 0.5 - middle) / fade + 0.5).clamp(0.0, 1.0);
        // Smooth at both ends.
        part * part * (3.0 - 2.0 * part)
    }
}

impl Tile {
    /// Copies the tile out of `picture` (`[height][width][3]`, `size` its width and height) rolled by `offset`.
    pub fn cut(&self, picture: &[f32], size: (usize, usize), offset: (isize, isize), to: &mut [f32]) {
        let part = [self.across.start, self.down.start, self.across.weights.len(), self.down.weights.len()];
        roll_part(picture, size, offset, part, to);
    }

    /// Adds the weighted values of the tile to a plane of `width` pixels a row.
    pub fn add(&self, values: &[f32], plane: &mut [f32], width: usize) {
        let row = self.across.weights.len() * CHANNELS;
        let rows = plane.par_chunks_mut(width * CHANNELS).skip(self.down.start);
        let rows = rows.zip(values.par_chunks(row)).zip(&self.down.weights).with_min_len(FEWEST_ROWS);
        rows.for_each(|((to, values), down)| {
            let to = to[self.across.start * CHANNELS..][..row].as_chunks_mut::<CHANNELS>().0;
            for ((to, values), across) in to.iter_mut().zip(values.as_chunks::<CHANNELS>().0).zip(&self.across.weights)
            {
                let weight = across * down;
                to.iter_mut().zip(values).for_each(|(to, value)| *to += weight * value);
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::view::jitter::roll;

    #[test]
    fn a_side_is_split_evenly() {
        let split = Split::new(6000, 3400);
        assert_eq!((split.tiles, split.tile), (2, 3120));
        assert_eq!(Split::new(3000, 3400).tiles, 1);
        assert_eq!((Split::new(385, 100).tiles, Split::new(385, 100).tile), (2, 321));
    }

    proptest! {
        /// For any shift each pixel counts once, and a tile has no weight where it ends within the picture.
        #[test]
        fn the_weights_of_all_tiles_add_up_to_one(side in 1..9000usize, largest in 384..2000usize, cells in -2..=2isize) {
            let split = Split::new(side, largest);
            prop_assert!(split.tile <= largest.max(LEAST_SIDE));
            let mut sums = vec![0.0f32; side];
            for span in split.spans(cells * GRID as isize) {
                prop_assert!(span.start + split.tile <= side);
                let inner = |at: usize| span.start + at > 0 && span.start + at + 1 < side;
                prop_assert!(!inner(0) || span.weights[0] == 0.0);
                prop_assert!(!inner(split.tile - 1) || span.weights[split.tile - 1] == 0.0);
                prop_assert!(span.weights.iter().all(|weight| *weight >= 0.0));
                sums[span.start..].iter_mut().zip(&span.weights).for_each(|(sum, weight)| *sum += weight);
            }
            prop_assert!(sums.iter().all(|sum| (sum - 1.0).abs() < 1e-6), "{sums:?}");
        }

        /// The sum of the tiles cut out of a picture is the rolled picture.
        #[test]
        fn tiles_add_up_to_the_picture(w in 300..900usize, h in 1..900usize, dx in -99..99isize, dy in -99..99isize) {
            let picture: Vec<f32> = (0..w * h * 3).map(|i| (i % 251) as f32).collect();
            let tiling = Tiling::new((w, h), (400, 390));
            let view = View { offset: (dx, dy), shift: (-32, 64) };
            let (mut whole, mut rolled) = (vec![0.0; picture.len()], vec![0.0; picture.len()]);
            let mut seen = vec![0.0; tiling.tile().0 * tiling.tile().1 * 3];
            for tile in tiling.places(view) {
                tile.cut(&picture, (w, h), view.offset, &mut seen);
                tile.add(&seen, &mut whole, w);
            }
            roll(&picture, &mut rolled, (w, h), view.offset);
            prop_assert!(whole.iter().zip(&rolled).all(|(a, b)| (a - b).abs() < 1e-3));
        }
    }
}
