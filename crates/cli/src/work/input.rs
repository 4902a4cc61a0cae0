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

impl Source {
    /// The source for a path, `-` (standard input) or no argument (landscape).
    pub fn from_argument(path: Option<&Path>) -> Self {
        match path {
            None => Self::Landscape,
            Some(path) if path == Path::new("-") => Self::Stdin,
            Some(path) => Self::File(path.to_owned()),
        }
    }

    /// Decodes or draws an opened photo, and returns it with its entry for a recipe. Warnings are printed unless `quiet`.
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
    pub fn lazy(&self, seed: u64, longest: Option<usize>, partial: bool) -> Result<LazyPhoto, Failure> {
        if let Self::Landscape = self {
            return Ok(LazyPhoto::landscape(seed, longest));
        }
        Ok(LazyPhoto::file(self.open()?.partial(partial), longest)?)
    }

    /// Reads the picture in its own size, and returns it with its entry for a recipe. Warnings are printed unless `quiet`.
    pub fn read_named(&self, quiet: bool) -> Result<(Picture, recipe::File), Failure> {
        let file = self.open()?;
        let (picture, warnings) = file.decode_with_warnings()?;
        if !quiet {
            warn(self.name(), &warnings);
        }
        Ok((picture, recipe::File::new(self.name(), file.bytes())))
    }

    /// Reads the file and returns its name and bytes.
    pub fn bytes(&self) -> Result<(String, Vec<u8>), Failure> {
        let name = self.name().file_name().unwrap_or_default().to_string_lossy().into_owned();
        Ok((name, self.open()?.bytes().to_vec()))
    }

    /// The name of the picture, for messages.
    pub fn name(&self) -> &Path {
        match self {
            Self::File(path) => path,
            Self::Stdin | Self::Landscape => Path::new("standard input"),
        }
    }

    /// Reads the picture in its own size. Warnings are printed unless `quiet`.
    pub fn read(&self, quiet: bool) -> Result<Picture, Failure> {
        Ok(self.read_named(quiet)?.0)
    }

    fn open(&self) -> Result<PictureFile, Failure> {
        match self {
            Self::File(path) => converter::open(path),
            Self::Stdin => open_stdin(),
            Self::Landscape => unreachable!("the landscape is not a file"),
        }
    }
}

fn open_stdin() -> Result<PictureFile, Failure> {
    let stdin = io::stdin();
    if stdin.is_terminal() {
        return Err(Failure::input(
            "'-' reads a picture from standard input, but nothing is piped in; name a file instead",
        ));
    }
    Ok(PictureFile::from_stream("standard input", stdin.lock(), &Limits::default())?)
}
