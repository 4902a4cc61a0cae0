//! Where the photo comes from whenever a dream needs it.

use std::borrow::Cow;

use crate::picture::{Picture, PictureError, PictureFile};

/// A photo that can be looked at several times: kept in memory, or decoded anew each time, which spares the memory of a
/// picture as large as it.
pub trait Photo {
    /// Width and height in pixels.
    ///
    /// # Errors
    /// A file that is no picture.
    fn size(&self) -> Result<(usize, usize), PictureError>;

    /// The picture, always the same.
    ///
    /// # Errors
    /// A file that cannot be decoded.
    fn read(&self) -> Result<Cow<'_, Picture>, PictureError>;
}

impl Photo for Picture {
    fn size(&self) -> Result<(usize, usize), PictureError> {
        Ok((self.width(), self.height()))
    }

    fn read(&self) -> Result<Cow<'_, Picture>, PictureError> {
        Ok(Cow::Borrowed(self))
    }
}

impl Photo for PictureFile {
    fn size(&self) -> Result<(usize, usize), PictureError> {
        PictureFile::size(self)
    }

    fn read(&self) -> Result<Cow<'_, Picture>, PictureError> {
        self.decode().map(Cow::Owned)
    }
}
