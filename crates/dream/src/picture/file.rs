//! A picture file in memory, before it is decoded.

use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::decode;
use super::error::PictureError;
use super::format::FileKind;
use super::header::PhotoMemory;
use super::limits::Limits;
use super::pixels::Picture;
use super::warning::Warning;

/// Bytes that are enough to recognise the kind of a file.
const START: u64 = 4096;

/// Bytes that hold the header of nearly every file, with the thumbnail and the colour profile before it.
const HEADER: u64 = 1 << 18;

/// The bytes of a picture file. Its [`size`](Self::size) is known before anything as large as the picture is allocated,
/// so that a picture that is too large need not be decoded.
pub struct PictureFile {
    name: PathBuf,
    bytes: Vec<u8>,
    limits: Limits,
    partial: bool,
}

impl PictureFile {
    /// Reads a file. The content decides the kind, not the name.
    ///
    /// # Errors
    /// [`PictureError::InFile`], with the path and the reason.
    pub fn open(path: impl AsRef<Path>, limits: &Limits) -> Result<Self, PictureError> {
        let path = path.as_ref();
        let bytes = read_file(path, limits).map_err(|problem| problem.in_file(path))?;
        Ok(Self { name: path.to_owned(), bytes, limits: *limits, partial: false })
    }

    /// Returns the size of the picture in a file and the memory that reading it takes, and reads only the header. Use it for planning: the rest of the
    /// file may be damaged, or turn the picture.
    ///
    /// # Errors
    /// Those of [`open`](Self::open) and [`memory`](Self::memory).
    pub fn peek(path: impl AsRef<Path>, limits: &Limits) -> Result<PhotoMemory, PictureError> {
        let path = path.as_ref();
        let start = || {
            let (file, mut start) = (File::open(path)?, Vec::new());
            let length = usize::try_from(file.metadata()?.len()).unwrap_or(usize::MAX);
            file.take(HEADER).read_to_end(&mut start)?;
            Ok::<_, io::Error>((start, length))
        };
        match start().map(|(start, length)| decode::memory(&start, length, limits)) {
            Ok(Ok(memory)) => Ok(memory),
            _ => Self::open(path, limits)?.memory(),
        }
    }

    /// Reads a stream up to [`Limits::max_file_bytes`], or only its start if that is not a picture. `name` is for messages.
    ///
    /// # Errors
    /// [`PictureError::InFile`], with the name and the reason.
    pub fn from_stream(name: impl AsRef<Path>, stream: impl Read, limits: &Limits) -> Result<Self, PictureError> {
        let name = name.as_ref();
        let bytes = read_bytes(stream, None, limits).map_err(|problem| problem.in_file(name))?;
        Ok(Self { name: name.to_owned(), bytes, limits: *limits, partial: false })
    }

    /// Sets whether a file that is cut short or damaged is decoded as far as its pixels are there. The others are
    /// grey, in JPEG XL files perhaps black or blurred. WebP and TIFF files are decoded whole or not at all.
    #[must_use]
    pub fn partial(self, partial: bool) -> Self {
        Self { partial, ..self }
    }

    /// The bytes of the file.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Width and height of the upright picture, from the header.
    ///
    /// # Errors
    /// Within [`PictureError::InFile`]: a header that is cut short or damaged, a picture larger than
    /// the limits.
    pub fn size(&self) -> Result<(usize, usize), PictureError> {
        Ok(self.memory()?.size)
    }

    /// The size of the upright picture, and the memory that reading it takes, from the header.
    ///
    /// # Errors
    /// As [`size`](Self::size).
    pub fn memory(&self) -> Result<PhotoMemory, PictureError> {
        let memory = decode::memory(&self.bytes, self.bytes.len(), &self.limits);
        memory.map_err(|problem| problem.in_file(&self.name))
    }

    /// Decodes the picture.
    ///
    /// # Errors
    /// Within [`PictureError::InFile`]: those of [`Picture::read`].
    pub fn decode(&self) -> Result<Picture, PictureError> {
        self.decode_with_warnings().map(|(picture, _)| picture)
    }

    /// Decodes the picture, and returns it with what is odd about the file.
    ///
    /// # Errors
    /// Those of [`decode`](Self::decode).
    pub fn decode_with_warnings(&self) -> Result<(Picture, Vec<Warning>), PictureError> {
        decode::decode(&self.bytes, &self.limits, self.partial).map_err(|problem| problem.in_file(&self.name))
    }
}

impl fmt::Debug for PictureFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PictureFile")
            .field("name", &self.name)
            .field("length", &self.bytes.len())
            .finish_non_exhaustive()
    }
}

fn read_file(path: &Path, limits: &Limits) -> Result<Vec<u8>, PictureError> {
    let file = File::open(path).map_err(PictureError::from_open)?;
    let about = file.metadata().map_err(PictureError::ReadFailed)?;
    if about.is_dir() {
        return Err(PictureError::IsFolder);
    }
    read_bytes(file, about.is_file().then_some(about.len()), limits)
}

/// Reads a stream. `length` is its whole length, if it is known.
pub(super) fn read_bytes(mut stream: impl Read, length: Option<u64>, limits: &Limits) -> Result<Vec<u8>, PictureError> {
    let most = limits.max_file_bytes.saturating_add(1);
    let mut bytes = Vec::new();
    let mut read = |bytes: &mut Vec<u8>, most: u64| {
        stream.by_ref().take(most).read_to_end(bytes).map_err(PictureError::from_read)?;
        limits.check_file(bytes.len() as u64)
    };
    read(&mut bytes, START.min(most))?;
    // A stream that is not a picture may be long or endless.
    FileKind::of(&bytes)?;
    limits.check_file(length.unwrap_or(0))?;
    let left = most - bytes.len() as u64;
    read(&mut bytes, left)?;
    Ok(bytes)
}
