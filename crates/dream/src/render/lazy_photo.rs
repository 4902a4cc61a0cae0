//! A photo that is decoded or drawn when it is needed, or kept in memory in the size of a dream.

use std::borrow::Cow;
use std::sync::OnceLock;

use super::photo::{PhotoSource, reference_side};
#[cfg(feature = "landscape")]
use crate::landscape;
#[cfg(feature = "landscape")]
use crate::picture::resize::fit;
use crate::picture::resize::{fit_within, resized, shrunk};
use crate::picture::{Metadata, PhotoMemory, Picture, PictureError, PictureFile, Warning};

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
        let size = fit_within(own, longest);
        let longest = longest.filter(|_| size != own);
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
        Ok(if in_memory { HeldPhoto::InMemory(self.load()?) } else { HeldPhoto::OnDemand(self) })
    }

    /// Reads it.
    ///
    /// # Errors
    /// A file that cannot be decoded.
    pub fn load(&self) -> Result<LoadedPhoto, PictureError> {
        match &self.from {
            #[cfg(feature = "landscape")]
            Origin::Seed(_) => Ok(LoadedPhoto {
                reference: self.reference()?.map(Cow::into_owned),
                picture: self.read()?.into_owned(),
            }),
            Origin::File(file) => Ok(LoadedPhoto::new(self.decoded(file)?, self.longest)),
        }
    }

    fn decoded(&self, file: &PictureFile) -> Result<Picture, PictureError> {
        let (picture, warnings) = file.decode_with_warnings()?;
        let _ = self.warnings.set(warnings);
        Ok(picture)
    }

    /// What a dream may keep of its metadata.
    ///
    /// # Errors
    /// Those of [`Metadata::of_photo`]; [`Warning::NoMetadata`] for a landscape.
    pub fn metadata(&self) -> Result<Metadata, Warning> {
        self.bytes().map_or(Err(Warning::NoMetadata), Metadata::of_photo)
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

/// A photo in memory, in the size of a dream.
#[derive(Clone, Debug)]
pub struct LoadedPhoto {
    picture: Picture,
    /// The photo in the size of references, if that is another.
    reference: Option<Picture>,
}

impl LoadedPhoto {
    /// The picture, shrunk to `longest` pixels on its longer side if it is larger.
    pub fn new(picture: Picture, longest: Option<usize>) -> Self {
        let own = (picture.width(), picture.height());
        let size = fit_within(own, longest);
        let reference = reference_side(own, size).map(|side| shrunk(&picture, side).into_owned());
        let picture = if size == own { picture } else { resized(&picture, size) };
        Self { picture, reference }
    }

    /// The photo in the size of the dream.
    pub fn picture(&self) -> &Picture {
        &self.picture
    }
}

/// A [`LazyPhoto`] that stays in memory, or is read whenever it is needed.
pub enum HeldPhoto<'a> {
    /// The photo itself.
    InMemory(LoadedPhoto),
    /// The photo as it can be read again.
    OnDemand(&'a LazyPhoto),
}

impl PhotoSource for LoadedPhoto {
    fn size(&self) -> Result<(usize, usize), PictureError> {
        self.picture.size()
    }

    fn read(&self) -> Result<Cow<'_, Picture>, PictureError> {
        Ok(Cow::Borrowed(&self.picture))
    }

    fn memory(&self) -> Result<PhotoMemory, PictureError> {
        self.picture.memory()
    }

    fn reference(&self) -> Result<Option<Cow<'_, Picture>>, PictureError> {
        Ok(self.reference.as_ref().map(Cow::Borrowed))
    }
}

impl HeldPhoto<'_> {
    fn source(&self) -> &dyn PhotoSource {
        match self {
            Self::InMemory(photo) => photo,
            Self::OnDemand(photo) => *photo,
        }
    }
}

impl PhotoSource for HeldPhoto<'_> {
    fn size(&self) -> Result<(usize, usize), PictureError> {
        self.source().size()
    }

    fn read(&self) -> Result<Cow<'_, Picture>, PictureError> {
        self.source().read()
    }

    fn memory(&self) -> Result<PhotoMemory, PictureError> {
        self.source().memory()
    }

    fn reference(&self) -> Result<Option<Cow<'_, Picture>>, PictureError> {
        self.source().reference()
    }
}

impl PhotoSource for LazyPhoto {
    fn size(&self) -> Result<(usize, usize), PictureError> {
        Ok(self.size)
    }

    fn read(&self) -> Result<Cow<'_, Picture>, PictureError> {
        let picture = match &self.from {
            #[cfg(feature = "landscape")]
            Origin::Seed(seed) => painted(self.size, *seed)?,
            Origin::File(file) => {
                let picture = self.decoded(file)?;
                if self.longest.is_some() { resized(&picture, self.size) } else { picture }
            }
        };
        Ok(Cow::Owned(picture))
    }

    fn memory(&self) -> Result<PhotoMemory, PictureError> {
        match &self.from {
            #[cfg(feature = "landscape")]
            Origin::Seed(_) => Ok(PhotoMemory::default()),
            Origin::File(file) => file.memory(),
        }
    }

    fn reference(&self) -> Result<Option<Cow<'_, Picture>>, PictureError> {
        let own = match &self.from {
            #[cfg(feature = "landscape")]
            Origin::Seed(_) => LANDSCAPE,
            Origin::File(file) => file.size()?,
        };
        let Some(side) = reference_side(own, self.size) else { return Ok(None) };
        let reference = match &self.from {
            #[cfg(feature = "landscape")]
            Origin::Seed(seed) => painted(fit(LANDSCAPE, side), *seed)?,
            Origin::File(file) => shrunk(&self.decoded(file)?, side).into_owned(),
        };
        Ok(Some(Cow::Owned(reference)))
    }
}

#[cfg(feature = "landscape")]
fn painted((width, height): (usize, usize), seed: u64) -> Result<Picture, PictureError> {
    Picture::new(width, height, landscape::paint(width, height, seed))
}
