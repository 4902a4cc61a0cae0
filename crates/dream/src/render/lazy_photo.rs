//! A photo that is decoded or drawn when it is needed.

use std::borrow::Cow;
use std::sync::OnceLock;

use super::photo::PhotoSource;
#[cfg(feature = "landscape")]
use crate::landscape;
use crate::picture::resize::{fit, resized};
use crate::picture::{Picture, PictureError, PictureFile, Warning};

/// Sides of the drawn landscape, in pixels.
#[cfg(feature = "landscape")]
const LANDSCAPE: (usize, usize) = (960, 640);

/// A photo of known size that is decoded, or drawn, each time it is read.
pub struct LazyPhoto {
    from: Origin,
    pub(crate) size: (usize, usize),
    /// What it is shrunk to, if it is.
    pub(crate) longest: Option<usize>,
    warnings: OnceLock<Vec<Warning>>,
}

enum Origin {
    File(PictureFile),
    #[cfg(feature = "landscape")]
    Seed(u64),
}

impl LazyPhoto {
    /// The picture in a file, shrunk to `longest` pixels on its longer side if it is larger.
    ///
    /// # Errors
    /// Those of [`PictureFile::size`].
    pub fn file(file: PictureFile, longest: Option<usize>) -> Result<Self, PictureError> {
        let own = file.size()?;
        let longest = longest.filter(|&longest| longest < own.0.max(own.1));
        let size = longest.map_or(own, |longest| fit(own, longest));
        Ok(Self { from: Origin::File(file), size, longest, warnings: OnceLock::new() })
    }

    /// The landscape of this seed. Its longer side is `longest` pixels, or 960.
    #[cfg(feature = "landscape")]
    pub fn landscape(seed: u64, longest: Option<usize>) -> Self {
        let size = longest.map_or(LANDSCAPE, |longest| fit(LANDSCAPE, longest));
        Self { from: Origin::Seed(seed), size, longest, warnings: OnceLock::new() }
    }

    /// What is odd about the file. Empty before it was read for the first time.
    pub fn warnings(&self) -> &[Warning] {
        self.warnings.get().map(Vec::as_slice).unwrap_or_default()
    }

    /// Reads it once and keeps it `in_memory`, or else leaves it to be read whenever it is needed.
    ///
    /// # Errors
    /// A file that cannot be decoded.
    pub fn held(&self, in_memory: bool) -> Result<HeldPhoto<'_>, PictureError> {
        Ok(if in_memory { HeldPhoto::InMemory(self.read()?) } else { HeldPhoto::OnDemand(self) })
    }

    /// The bytes of its file; `None` for a landscape.
    pub(crate) fn bytes(&self) -> Option<&[u8]> {
        match &self.from {
            Origin::File(file) => Some(file.bytes()),
            #[cfg(feature = "landscape")]
            Origin::Seed(_) => None,
        }
    }
}

/// A [`LazyPhoto`] that stays in memory, or is read whenever it is needed.
pub enum HeldPhoto<'a> {
    /// The photo itself.
    InMemory(Cow<'a, Picture>),
    /// The photo as it can be read again.
    OnDemand(&'a LazyPhoto),
}

impl PhotoSource for HeldPhoto<'_> {
    fn size(&self) -> Result<(usize, usize), PictureError> {
        match self {
            Self::InMemory(picture) => picture.as_ref().size(),
            Self::OnDemand(photo) => photo.size(),
        }
    }

    fn read(&self) -> Result<Cow<'_, Picture>, PictureError> {
        match self {
            Self::InMemory(picture) => Ok(Cow::Borrowed(picture)),
            Self::OnDemand(photo) => photo.read(),
        }
    }
}

impl PhotoSource for LazyPhoto {
    fn size(&self) -> Result<(usize, usize), PictureError> {
        Ok(self.size)
    }

    fn read(&self) -> Result<Cow<'_, Picture>, PictureError> {
        let picture = match &self.from {
            #[cfg(feature = "landscape")]
            Origin::Seed(seed) => {
                let (width, height) = self.size;
                Picture::new(width, height, landscape::paint(width, height, *seed))?
            }
            Origin::File(file) => {
                let (picture, warnings) = file.decode_with_warnings()?;
                let _ = self.warnings.set(warnings);
                if self.longest.is_some() { resized(&picture, self.size) } else { picture }
            }
        };
        Ok(Cow::Owned(picture))
    }
}
