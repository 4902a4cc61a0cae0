//! Where a picture comes from.

use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};

use oneiric::picture::PictureFile;
use oneiric::recipe::{self, PhotoInfo};
use oneiric::render::LoadedPhoto;
use oneiric::{Error, LazyPhoto, Limits, PhotoSource, Picture, memory};

use crate::terminal::failure::Failure;
use crate::terminal::stderr::warn;
use crate::work::converter;

/// The source of a picture.
#[derive(Clone, Debug, PartialEq)]
pub enum Source {
    /// A file.
    File(PathBuf),
    /// Standard input.
    Stdin,
    /// A generated landscape.
    Landscape,
}

/// How pictures are read.
#[derive(Clone, Copy, Debug)]
pub struct Reading {
    /// Whether warnings about them are not printed.
    pub quiet: bool,
    /// How large they may be.
    pub limits: Limits,
}

impl Reading {
    /// Within the default limits.
    pub fn new(quiet: bool) -> Self {
        Self { quiet, limits: Limits::default() }
    }

    /// Within `memory` bytes, if that is given.
    pub fn within(self, memory: Option<u64>) -> Self {
        Self { limits: Limits { max_memory: memory.unwrap_or(u64::MAX), ..self.limits }, ..self }
    }
}

impl Source {
    /// The source for a path, `-` (standard input) or no argument (landscape).
    pub fn from_argument(path: Option<&Path>) -> Self {
        match path {
            None => Self::Landscape,
            Some(path) if path == Path::new("-") => Self::Stdin,
            Some(path) => Self::File(path.to_owned()),
        }
    }

    /// Decodes or draws an opened photo, and returns it with its entry for a recipe.
    ///
    /// `needs` returns the bytes that the work on a picture of some width and height takes; a picture that does not fit
    /// into memory is neither drawn nor decoded.
    pub fn load(
        &self,
        photo: &LazyPhoto,
        quiet: bool,
        needs: impl Fn((usize, usize)) -> Result<u64, Error>,
    ) -> Result<(LoadedPhoto, PhotoInfo), Error> {
        memory::check(photo.size()?, needs)?;
        let loaded = photo.load()?;
        if !quiet {
            warn(self.name(), photo.warnings());
        }
        Ok((loaded, photo.about()))
    }

    /// Opens a picture without decoding or drawing it; its size is known. Its longer side will be at most `longest`
    /// pixels; that of the landscape, which has no size of its own, exactly `longest`. With `partial`, the file may be cut
    /// short or damaged.
    pub fn lazy(
        &self,
        seed: u64,
        longest: Option<usize>,
        partial: bool,
        limits: &Limits,
    ) -> Result<LazyPhoto, Failure> {
        if let Self::Landscape = self {
            return Ok(LazyPhoto::landscape(seed, longest));
        }
        Ok(LazyPhoto::file(self.open(limits)?.partial(partial), longest)?)
    }

    /// Reads the picture in its own size, and returns it with its entry for a recipe.
    pub fn read_named(&self, reading: &Reading) -> Result<(Picture, recipe::File), Failure> {
        let file = self.open(&reading.limits)?;
        let (picture, warnings) = file.decode_with_warnings()?;
        if !reading.quiet {
            warn(self.name(), &warnings);
        }
        Ok((picture, recipe::File::new(self.name(), file.bytes())))
    }

    /// Reads the file and returns its name and bytes.
    pub fn bytes(&self) -> Result<(String, Vec<u8>), Failure> {
        let name = self.name().file_name().unwrap_or_default().to_string_lossy().into_owned();
        Ok((name, self.open(&Limits::default())?.bytes().to_vec()))
    }

    /// The name of the picture, for messages.
    pub fn name(&self) -> &Path {
        match self {
            Self::File(path) => path,
            Self::Stdin | Self::Landscape => Path::new("standard input"),
        }
    }

    /// Reads the picture in its own size, within the default limits. Warnings are printed unless `quiet`.
    pub fn read(&self, quiet: bool) -> Result<Picture, Failure> {
        Ok(self.read_named(&Reading::new(quiet))?.0)
    }

    fn open(&self, limits: &Limits) -> Result<PictureFile, Failure> {
        match self {
            Self::File(path) => converter::open(path, limits),
            Self::Stdin => open_stdin(limits),
            Self::Landscape => unreachable!("the landscape is not a file"),
        }
    }
}

fn open_stdin(limits: &Limits) -> Result<PictureFile, Failure> {
    let stdin = io::stdin();
    if stdin.is_terminal() {
        return Err(Failure::input(
            "'-' reads a picture from standard input, but nothing is piped in; name a file instead",
        ));
    }
    Ok(PictureFile::from_stream("standard input", stdin.lock(), limits)?)
}
