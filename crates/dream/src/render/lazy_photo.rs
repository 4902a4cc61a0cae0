//! A photo that is decoded or drawn when it is needed, or kept in memory in the size of a dream.

use std::borrow::Cow;
use std::sync::OnceLock;

use super::octaves::REFERENCE_SIDE;
use super::photo::PhotoSource;
#[cfg(feature = "landscape")]
use crate::landscape;
use crate::picture::resize::{fit, shrunk};
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
        let own = picture.width().max(picture.height());
        let longest = longest.filter(|&longest| longest < own).unwrap_or(own);
        let side = own.min(REFERENCE_SIDE);
        let reference = (longest != side).then(|| shrunk(&picture, side).into_owned());
        let picture = if longest < own { shrunk(&picture, longest).into_owned() } else { picture };
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

impl PhotoSource for HeldPhoto<'_> {
    fn size(&self) -> Result<(usize, usize), PictureError> {
        match self {
            Self::InMemory(photo) => photo.size(),
            Self::OnDemand(photo) => photo.size(),
        }
    }

    fn read(&self) -> Result<Cow<'_, Picture>, PictureError> {
        match self {
            Self::InMemory(photo) => photo.read(),
            Self::OnDemand(photo) => photo.read(),
        }
    }

    fn memory(&self) -> Result<PhotoMemory, PictureError> {
        match self {
            Self::InMemory(photo) => photo.memory(),
            Self::OnDemand(photo) => photo.memory(),
        }
    }

    fn reference(&self) -> Result<Option<Cow<'_, Picture>>, PictureError> {
        match self {
            Self::InMemory(photo) => photo.reference(),
            Self::OnDemand(photo) => photo.reference(),
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
            Origin::Seed(seed) => painted(self.size, *seed)?,
            Origin::File(file) => LoadedPhoto::new(self.decoded(file)?, self.longest).picture,
        };
        Ok(Cow::Owned(picture))
    }

    fn memory(&self) -> Result<PhotoMemory, PictureError> {
        match &self.from {
            #[cfg(feature = "landscape")]
            Origin::Seed(_) => Ok(PhotoMemory::default()),
            Origin::File(file) => Ok(file.header()?.memory),
        }
    }

    fn reference(&self) -> Result<Option<Cow<'_, Picture>>, PictureError> {
        let reference = match &self.from {
            #[cfg(feature = "landscape")]
            Origin::Seed(seed) => {
                let size = fit(LANDSCAPE, REFERENCE_SIDE);
                if size == self.size { None } else { Some(painted(size, *seed)?) }
            }
            Origin::File(file) => {
                let (own, size) = (file.size()?, self.size);
                let side = own.0.max(own.1).min(REFERENCE_SIDE);
                if size.0.max(size.1) == side { None } else { Some(shrunk(&self.decoded(file)?, side).into_owned()) }
            }
        };
        Ok(reference.map(Cow::Owned))
    }
}

#[cfg(feature = "landscape")]
fn painted((width, height): (usize, usize), seed: u64) -> Result<Picture, PictureError> {
    Picture::new(width, height, landscape::paint(width, height, seed))
}
