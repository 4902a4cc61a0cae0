//! Where a picture comes from, and its size.

use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};

use oneiric::picture::PictureFile;
use oneiric::resize::{resize, resize_mask};
use oneiric::{Error, Limits, Picture, landscape, memory};

use crate::failure::Failure;

/// Sides of the drawn landscape.
const LANDSCAPE: (usize, usize) = (960, 640);

/// Where the picture comes from.
#[derive(Clone, Debug, PartialEq)]
pub enum Source {
    /// A file.
    File(PathBuf),
    /// The standard input.
    Stdin,
    /// It is drawn.
    Landscape,
}

impl Source {
    /// A path, `-` for the standard input, or nothing for the landscape.
    pub fn from_argument(path: Option<&Path>) -> Self {
        match path {
            None => Self::Landscape,
            Some(path) if path == Path::new("-") => Self::Stdin,
            Some(path) => Self::File(path.to_owned()),
        }
    }

    /// Reads the picture, or draws it from `seed`. Its longer side will be at most `longest`; the landscape, which
    /// has no size of its own, gets exactly that.
    ///
    /// `needs` tells the bytes that the work on a picture of some size takes: what will not fit is neither drawn
    /// nor decoded.
    pub fn picture(
        &self,
        seed: u64,
        longest: Option<usize>,
        needs: impl Fn(usize, usize) -> Result<u64, Error>,
    ) -> Result<Picture, Failure> {
        match self {
            Self::Landscape => {
                let (width, height) = longest.map_or(LANDSCAPE, |longest| fit(LANDSCAPE, longest));
                memory::check((width, height), needs(width, height)?)?;
                Ok(Picture::new(width, height, landscape::paint(width, height, seed))?)
            }
            _ => {
                let file = self.open()?;
                let size = file.size()?;
                let to = match longest {
                    Some(longest) if longest < size.0.max(size.1) => fit(size, longest),
                    _ => size,
                };
                memory::check(to, needs(to.0, to.1)?)?;
                let picture = file.decode()?;
                Ok(if to == size { picture } else { resized(&picture, to) })
            }
        }
    }

    /// Reads the picture as it is.
    pub fn read(&self) -> Result<Picture, Failure> {
        Ok(self.open()?.decode()?)
    }

    fn open(&self) -> Result<PictureFile, Failure> {
        match self {
            Self::File(path) => Ok(PictureFile::open(path, &Limits::default())?),
            Self::Stdin => open_stdin(),
            Self::Landscape => unreachable!("there is no file of the landscape"),
        }
    }
}

fn open_stdin() -> Result<PictureFile, Failure> {
    let stdin = io::stdin();
    if stdin.is_terminal() {
        return Err(Failure::input("'-' reads a picture from a pipe, and nothing is piped in: name a file instead"));
    }
    Ok(PictureFile::from_stream("standard input", stdin.lock(), &Limits::default())?)
}

/// The sides of a picture of the same shape whose longer side is `longest`.
pub fn fit((width, height): (usize, usize), longest: usize) -> (usize, usize) {
    let scale = longest as f64 / width.max(height) as f64;
    let side = |side: usize| ((side as f64 * scale).round() as usize).max(1);
    (side(width), side(height))
}

/// The picture with other sides.
pub fn resized(picture: &Picture, to: (usize, usize)) -> Picture {
    let from = (picture.width(), picture.height());
    let clamped = |mut values: Vec<f32>| {
        // Bicubic overshoots at edges.
        values.iter_mut().for_each(|value| *value = value.clamp(0.0, 1.0));
        values
    };
    let alpha = picture.alpha().map(|alpha| clamped(resize_mask(alpha, from, to)));
    let pixels = clamped(resize(picture.pixels(), from, to));
    Picture::with_alpha(to.0, to.1, pixels, alpha).expect("both planes were resized to these sides")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longer_side_fits_and_none_vanishes() {
        assert_eq!(fit((640, 427), 320), (320, 214));
        assert_eq!(fit((427, 640), 320), (214, 320));
        assert_eq!(fit((5000, 1), 100), (100, 1));
        assert_eq!(fit((960, 640), 1500), (1500, 1000));
    }

    #[test]
    fn a_resized_picture_keeps_its_transparency_and_range() {
        let edge: Vec<f32> = (0..8 * 4 * 3).map(|i| f32::from(u8::from(i % 24 > 11))).collect();
        let picture = Picture::with_alpha(8, 4, edge, Some(vec![0.5; 32])).unwrap();
        let resized = resized(&picture, (19, 9));
        assert_eq!((resized.width(), resized.height()), (19, 9));
        assert!(resized.pixels().iter().all(|value| (0.0..=1.0).contains(value)));
        assert!(resized.alpha().unwrap().iter().all(|value| (value - 0.5).abs() < 1e-5));
    }
}
