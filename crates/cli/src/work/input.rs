//! Where a picture comes from, and its size.

use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};

use oneiric::picture::PictureFile;
use oneiric::recipe::{self, PhotoInfo};
use oneiric::{Error, LazyPhoto, Limits, PhotoSource, Picture, memory};

use crate::terminal::failure::Failure;

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
    ) -> Result<(Picture, PhotoInfo), Failure> {
        let photo = self.wait(seed, longest)?;
        let (width, height) = photo.size()?;
        memory::check((width, height), needs(width, height)?)?;
        Ok((photo.read()?.into_owned(), photo.about()))
    }

    /// A picture whose size is known, and which is neither decoded nor drawn yet. Its longer side will be at most `longest`;
    /// the landscape, which has no size of its own, gets exactly that.
    pub fn wait(&self, seed: u64, longest: Option<usize>) -> Result<LazyPhoto, Failure> {
        if let Self::Landscape = self {
            return Ok(LazyPhoto::landscape(seed, longest));
        }
        Ok(LazyPhoto::file(self.open()?, longest)?)
    }

    /// Reads the picture as it is, and tells how a recipe names it.
    pub fn read_named(&self) -> Result<(Picture, recipe::File), Failure> {
        let file = self.open()?;
        Ok((file.decode()?, recipe::File::new(self.name(), file.bytes())))
    }

    /// Reads the file, and tells its name.
    pub fn bytes(&self) -> Result<(String, Vec<u8>), Failure> {
        let name = self.name().file_name().unwrap_or_default().to_string_lossy().into_owned();
        Ok((name, self.open()?.bytes().to_vec()))
    }

    fn name(&self) -> &Path {
        match self {
            Self::File(path) => path,
            Self::Stdin | Self::Landscape => Path::new("standard input"),
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
