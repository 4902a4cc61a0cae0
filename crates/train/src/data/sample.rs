//! A picture to train on.

use std::path::PathBuf;

use oneiric::Picture;
use oneiric::picture::resize::resized;

/// The longest side of a small picture, in its shorter sides. More is never seen at once: crops are squares.
const LONGEST: usize = 2;

/// Where a sample comes from.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Source {
    /// A file.
    File(PathBuf),
    /// What a drawing was made of. Drawings with the same number look alike.
    Drawing(u64),
}

/// A picture with its class.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    /// The class, from 0 on.
    pub class: usize,
    /// Where it comes from.
    pub source: Source,
    /// The picture.
    pub picture: SmallPicture,
}

/// A picture of 8 bits a channel, as small as training allows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SmallPicture {
    width: usize,
    height: usize,
    rgb: Vec<u8>,
    alpha: Option<Vec<u8>>,
}

impl SmallPicture {
    /// The most bytes that a picture takes whose shorter side is `side`.
    pub(crate) fn most_bytes(side: usize) -> u64 {
        let side = side as u64;
        LONGEST as u64 * side * side * 4
    }

    /// Shrinks a picture until its shorter side has `side` pixels; smaller ones stay as they are. If it is more than twice
    /// as long as wide, only its middle is kept.
    ///
    /// Transparency is kept too, since the ground behind it is chosen later: a new colour each time while training, so that
    /// the network cannot tell a class by its ground.
    ///
    /// # Panics
    /// When `side` is zero.
    pub fn of(picture: &Picture, side: usize) -> Self {
        let size = (picture.width(), picture.height());
        let shorter = size.0.min(size.1);
        if shorter > side {
            let scaled = |length: usize| (length as f64 * side as f64 / shorter as f64).round() as usize;
            Self::middle_of(&resized(picture, (scaled(size.0), scaled(size.1))))
        } else {
            Self::middle_of(picture)
        }
    }

    fn middle_of(picture: &Picture) -> Self {
        let (columns, rows) = (picture.width(), picture.height());
        let (width, height) = (columns.min(LONGEST * rows), rows.min(LONGEST * columns));
        let (left, top) = ((columns - width) / 2, (rows - height) / 2);
        let cut = |plane: &[f32], channels: usize| {
            let row = |y: usize| &plane[(y * columns + left) * channels..][..width * channels];
            (top..top + height).flat_map(row).map(|value| (value.clamp(0.0, 1.0) * 255.0).round() as u8).collect()
        };
        Self { width, height, rgb: cut(picture.pixels(), 3), alpha: picture.alpha().map(|alpha| cut(alpha, 1)) }
    }

    /// Number of columns, at least 1.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Number of rows, at least 1.
    pub fn height(&self) -> usize {
        self.height
    }

    /// Rows of interleaved RGB, without the transparency.
    pub fn rgb(&self) -> &[u8] {
        &self.rgb
    }

    /// The bytes that it takes.
    pub fn bytes(&self) -> usize {
        self.rgb.len() + self.alpha.as_ref().map_or(0, Vec::len)
    }

    /// Its pixels, 0 to 1, with `ground` behind transparent ones. A fourth value fills them up, because four take less time
    /// than three.
    pub(crate) fn on(&self, ground: [f32; 3]) -> Vec<[f32; 4]> {
        let colours = self.rgb.as_chunks::<3>().0.iter().map(|rgb| rgb.map(|value| f32::from(value) * (1.0 / 255.0)));
        match &self.alpha {
            None => colours.map(|[r, g, b]| [r, g, b, 0.0]).collect(),
            Some(alpha) => {
                let blended = |([r, g, b], alpha): ([f32; 3], &u8)| {
                    let alpha = f32::from(*alpha) / 255.0;
                    let over = |colour: f32, ground: f32| ground + (colour - ground) * alpha;
                    [over(r, ground[0]), over(g, ground[1]), over(b, ground[2]), 0.0]
                };
                colours.zip(alpha).map(blended).collect()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sizes(width: usize, height: usize, side: usize) -> (usize, usize) {
        let small = SmallPicture::of(&Picture::filled(width, height, [0.2, 0.4, 0.6]).unwrap(), side);
        assert_eq!(small.rgb()[..3], [51, 102, 153]);
        assert!(small.bytes() as u64 <= SmallPicture::most_bytes(side));
        (small.width(), small.height())
    }

    #[test]
    fn the_shorter_side_shrinks_and_the_longer_one_is_cut() {
        assert_eq!(sizes(600, 400, 140), (210, 140));
        assert_eq!(sizes(30, 40, 140), (30, 40), "small ones stay as they are");
        assert_eq!((sizes(2000, 200, 100), sizes(1, 5000, 140)), ((200, 100), (1, 2)));
    }

    #[test]
    fn the_middle_of_a_long_picture_stays() {
        let pixels = (0..10).flat_map(|x| [x as f32 / 10.0; 3]).collect();
        let small = SmallPicture::of(&Picture::new(10, 1, pixels).unwrap(), 8);
        assert_eq!(small.rgb(), [102, 102, 102, 128, 128, 128]);
    }

    #[test]
    fn the_ground_shows_through_transparent_pixels() {
        let picture = Picture::with_alpha(2, 1, vec![1.0; 6], Some(vec![0.0, 1.0])).unwrap();
        let on_red = SmallPicture::of(&picture, 8).on([1.0, 0.0, 0.0]);
        assert_eq!(on_red, [[1.0, 0.0, 0.0, 0.0], [1.0, 1.0, 1.0, 0.0]]);
    }
}
