//! Reads recipes from files: texts, and pictures that contain one.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use oneiric_zoo::Networks;

use crate::picture::{FileKind, Limits, PictureError};

use super::{LONGEST, Recipe, RecipeError, stamp};

impl Recipe {
    /// Reads the recipe in a file: a text, or a picture that contains it. The content decides, not the name. `networks` are
    /// those that it may name.
    ///
    /// # Errors
    /// Within [`RecipeError::InFile`]: those of [`read_stream`](Self::read_stream), and a file that cannot be opened.
    pub fn open(path: impl AsRef<Path>, limits: &Limits, networks: &Networks) -> Result<Self, RecipeError> {
        let path = path.as_ref();
        let file = File::open(path).map_err(|e| PictureError::from_open(e).into());
        file.and_then(|file| Self::read_stream(file, limits, networks))
            .map_err(|problem: RecipeError| problem.in_file(path))
    }

    /// Reads the recipe in a stream: a text, or a picture that contains it. A text is read up to [`LONGEST`] bytes, a picture
    /// up to [`Limits::max_file_bytes`].
    ///
    /// # Errors
    /// Those of [`read_with`](Self::read_with) and [`of_picture`](Self::of_picture), and a stream that cannot be read.
    pub fn read_stream(mut stream: impl Read, limits: &Limits, networks: &Networks) -> Result<Self, RecipeError> {
        let mut bytes = Vec::new();
        let mut read = |bytes: &mut Vec<u8>, most: u64| {
            stream.by_ref().take(most).read_to_end(bytes).map_err(PictureError::from_read)
        };
        read(&mut bytes, LONGEST as u64 + 1)?;
        if FileKind::of(&bytes).is_err() {
            return Self::of_text(&bytes, networks);
        }
        let left = limits.max_file_bytes.saturating_add(1).saturating_sub(bytes.len() as u64);
        read(&mut bytes, left)?;
        limits.check_file(bytes.len() as u64)?;
        Self::of_picture(&bytes, networks)
    }

    /// Reads the recipe in the bytes of a picture file.
    ///
    /// # Errors
    /// [`RecipeError::None`]; those of [`find`](stamp::find) and [`read_with`](Self::read_with).
    pub fn of_picture(file: &[u8], networks: &Networks) -> Result<Self, RecipeError> {
        Self::read_with(&stamp::find(file)?.ok_or(RecipeError::None)?, networks)
    }

    fn of_text(bytes: &[u8], networks: &Networks) -> Result<Self, RecipeError> {
        if bytes.len() > LONGEST {
            return Err(RecipeError::TooLongToRead);
        }
        Self::read_with(std::str::from_utf8(bytes).map_err(|_| RecipeError::Foreign)?, networks)
    }
}
