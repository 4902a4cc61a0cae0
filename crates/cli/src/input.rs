//! Where a picture comes from, and its size.

use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};

use oneiric::picture::PictureFile;
use oneiric::recipe::{self, Photo};
use oneiric::resize::{fit, resized};
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

    /// Reads the picture, or draws it from `seed`, and tells what a recipe tells of it. Its longer side will be at most
    /// `longest`; the landscape, which has no size of its own, gets exactly that.
    ///
    /// `needs` tells the bytes that the work on a picture of some size takes: what will not fit is neither drawn
    /// nor decoded.
    pub fn picture(
        &self,
        seed: u64,
        longest: Option<usize>,
        needs: impl Fn(usize, usize) -> Result<u64, Error>,
    ) -> Result<(Picture, Photo), Failure> {
        match self {
            Self::Landscape => {
                let (width, height) = longest.map_or(LANDSCAPE, |longest| fit(LANDSCAPE, longest));
                memory::check((width, height), needs(width, height)?)?;
                let picture = Picture::new(width, height, landscape::paint(width, height, seed))?;
                Ok((picture, Photo { sha256: None, landscape: true, width, height, size: longest }))
            }
            _ => {
                let file = self.open()?;
                let own = file.size()?;
                let size = longest.filter(|&longest| longest < own.0.max(own.1));
                let (width, height) = size.map_or(own, |longest| fit(own, longest));
                memory::check((width, height), needs(width, height)?)?;
                let picture = file.decode()?;
                let picture = if size.is_some() { resized(&picture, (width, height)) } else { picture };
                let sha256 = Some(recipe::sha256(file.bytes()));
                Ok((picture, Photo { sha256, landscape: false, width, height, size }))
            }
        }
    }

    /// Reads the picture as it is, and tells how a recipe names it.
    pub fn read_named(&self) -> Result<(Picture, recipe::File), Failure> {
        let name = match self {
            Self::File(path) => path,
            Self::Stdin | Self::Landscape => Path::new("standard input"),
        };
        let file = self.open()?;
        Ok((file.decode()?, recipe::File::new(name, file.bytes())))
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
