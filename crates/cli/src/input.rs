//! Where a picture comes from, and its size.

use std::borrow::Cow;
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};

use oneiric::picture::PictureFile;
use oneiric::recipe::{self, Photo as About};
use oneiric::resize::{fit, resized};
use oneiric::{Error, Limits, Photo, Picture, PictureError, landscape, memory};

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

    /// Reads the picture, or draws it from `seed`, and tells what a recipe tells of it, as [`wait`](Self::wait) has it.
    ///
    /// `needs` tells the bytes that the work on a picture of some size takes: what will not fit is neither drawn
    /// nor decoded.
    pub fn picture(
        &self,
        seed: u64,
        longest: Option<usize>,
        needs: impl Fn(usize, usize) -> Result<u64, Error>,
    ) -> Result<(Picture, About), Failure> {
        let photo = self.wait(seed, longest)?;
        let (width, height) = photo.size()?;
        memory::check((width, height), needs(width, height)?)?;
        Ok((photo.read()?.into_owned(), photo.about()))
    }

    /// A picture whose size is known, and which is neither decoded nor drawn yet. Its longer side will be at most `longest`;
    /// the landscape, which has no size of its own, gets exactly that.
    pub fn wait(&self, seed: u64, longest: Option<usize>) -> Result<Waiting, Failure> {
        if let Self::Landscape = self {
            let size = longest.map_or(LANDSCAPE, |longest| fit(LANDSCAPE, longest));
            return Ok(Waiting { from: Origin::Seed(seed), size, longest });
        }
        let file = self.open()?;
        let own = file.size()?;
        let longest = longest.filter(|&longest| longest < own.0.max(own.1));
        let size = longest.map_or(own, |longest| fit(own, longest));
        Ok(Waiting { from: Origin::File(file), size, longest })
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

/// A picture that is decoded, or drawn, whenever it is needed.
pub struct Waiting {
    from: Origin,
    size: (usize, usize),
    /// What it is shrunk to, if it is.
    longest: Option<usize>,
}

enum Origin {
    File(PictureFile),
    Seed(u64),
}

impl Waiting {
    /// What a recipe tells of it.
    pub fn about(&self) -> About {
        let (sha256, landscape) = match &self.from {
            Origin::File(file) => (Some(recipe::sha256(file.bytes())), false),
            Origin::Seed(_) => (None, true),
        };
        About { sha256, landscape, width: self.size.0, height: self.size.1, size: self.longest }
    }
}

impl Photo for Waiting {
    fn size(&self) -> Result<(usize, usize), PictureError> {
        Ok(self.size)
    }

    fn read(&self) -> Result<Cow<'_, Picture>, PictureError> {
        let (width, height) = self.size;
        let picture = match &self.from {
            Origin::Seed(seed) => Picture::new(width, height, landscape::paint(width, height, *seed))?,
            Origin::File(file) if self.longest.is_some() => resized(&file.decode()?, self.size),
            Origin::File(file) => file.decode()?,
        };
        Ok(Cow::Owned(picture))
    }
}

fn open_stdin() -> Result<PictureFile, Failure> {
    let stdin = io::stdin();
    if stdin.is_terminal() {
        return Err(Failure::input("'-' reads a picture from a pipe, and nothing is piped in: name a file instead"));
    }
    Ok(PictureFile::from_stream("standard input", stdin.lock(), &Limits::default())?)
}
