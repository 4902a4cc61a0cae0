//! The photo of a dream: in memory, or decoded when it is needed.

use std::borrow::Cow;

use super::octaves::REFERENCE_SIDE;
use crate::picture::clear::visible;
use crate::picture::resize::shrunk;
use crate::picture::{PhotoMemory, Picture, PictureError, PictureFile};

/// A photo that can be read several times: kept in memory, or decoded each time, which needs less memory.
pub trait PhotoSource {
    /// Width and height in pixels.
    ///
    /// # Errors
    /// A file that is not a picture.
    fn size(&self) -> Result<(usize, usize), PictureError>;

    /// The picture, always the same.
    ///
    /// # Errors
    /// A file that cannot be decoded.
    fn read(&self) -> Result<Cow<'_, Picture>, PictureError>;

    /// The memory that reading it takes.
    ///
    /// # Errors
    /// A file that is not a picture.
    fn memory(&self) -> Result<PhotoMemory, PictureError>;

    /// The photo, shrunk to 640 pixels on its longer side from the picture in its own size. `None` if that is the photo
    /// itself.
    ///
    /// # Errors
    /// A file that cannot be decoded.
    fn reference(&self) -> Result<Option<Cow<'_, Picture>>, PictureError> {
        let size = self.size()?;
        let Some(side) = reference_side(size, size) else { return Ok(None) };
        Ok(Some(Cow::Owned(shrunk(&*self.read()?, side).into_owned())))
    }
}

/// The longer side of the reference of a photo whose own size is `own`, for a dream of another size. `None` if the dream has
/// the size of the reference.
pub(super) fn reference_side(own: (usize, usize), dream: (usize, usize)) -> Option<usize> {
    let side = own.0.max(own.1).min(REFERENCE_SIDE);
    (side != dream.0.max(dream.1)).then_some(side)
}

impl PhotoSource for Picture {
    fn size(&self) -> Result<(usize, usize), PictureError> {
        Ok((self.width(), self.height()))
    }

    fn read(&self) -> Result<Cow<'_, Picture>, PictureError> {
        Ok(Cow::Borrowed(self))
    }

    fn memory(&self) -> Result<PhotoMemory, PictureError> {
        Ok(PhotoMemory { has_alpha: self.alpha().is_some(), ..PhotoMemory::default() })
    }
}

impl PhotoSource for PictureFile {
    fn size(&self) -> Result<(usize, usize), PictureError> {
        PictureFile::size(self)
    }

    fn read(&self) -> Result<Cow<'_, Picture>, PictureError> {
        self.decode().map(Cow::Owned)
    }

    fn memory(&self) -> Result<PhotoMemory, PictureError> {
        PictureFile::memory(self)
    }
}

/// A photo whose clear pixels have the colours of visible ones around them, so that hidden colours do not steer the dream.
pub(super) struct Visible<'a, P>(pub &'a P);

impl<P: PhotoSource> PhotoSource for Visible<'_, P> {
    fn size(&self) -> Result<(usize, usize), PictureError> {
        self.0.size()
    }

    fn read(&self) -> Result<Cow<'_, Picture>, PictureError> {
        self.0.read().map(visible)
    }

    fn memory(&self) -> Result<PhotoMemory, PictureError> {
        self.0.memory()
    }

    fn reference(&self) -> Result<Option<Cow<'_, Picture>>, PictureError> {
        Ok(self.0.reference()?.map(visible))
    }
}
