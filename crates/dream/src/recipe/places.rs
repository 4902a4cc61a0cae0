//! Where a dream grows: in places of a picture, each with a look of its own if need be.

use std::borrow::Cow;
use std::fmt;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::{RecipeError, check_hash, is_false, sha256};
use crate::error::Error;
use crate::invalid::InvalidSetting;
use crate::objective::Objective;
use crate::picture::Picture;
use crate::picture::mask::{Length, Mask};
use crate::render::{Dream, PhotoSource};
use crate::settings::Settings;
use crate::settings::preset;

/// Over how much of the shorter side one region turns into the next unless a length is given.
const REGION_FEATHER: Length = Length::Part(0.1);

/// Where a dream grows, and the guide that it follows.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Places {
    /// It grows where the networks see this.
    pub r#where: Option<String>,
    /// It grows where the mask is dark, or the thing is not.
    #[serde(skip_serializing_if = "is_false")]
    pub invert_mask: bool,
    /// What is in no region stays as it is in the photo.
    #[serde(skip_serializing_if = "is_false")]
    pub only_regions: bool,
    /// Over what [`Length`] the borders are softened.
    pub feather: Option<String>,
    /// It grows only here.
    pub mask: Option<Place>,
    /// The picture whose shapes grow.
    pub guide: Option<File>,
    /// Other looks in places of their own, later ones above earlier ones.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub region: Vec<Region>,
}

/// A place with a look of its own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Region {
    /// The name of a preset, or an objective.
    pub look: String,
    /// Where.
    pub place: Place,
}

impl Region {
    /// The settings of its look in the dream `main`.
    fn settings(&self, main: &Dream) -> Result<Settings, Error> {
        let (networks, main) = (main.networks(), main.settings());
        let settings = match preset::preset(&self.look) {
            Ok(preset) => preset.settings(),
            Err(unknown) => {
                let why = |e| InvalidSetting::unusable("region", format!("{unknown}; as an objective:\n{e}"));
                let objective = Objective::read(&self.look, &main.model, networks).map_err(why)?;
                Settings { objective, ..main.clone() }
            }
        };
        Ok(Settings { octave_changes: Vec::new(), octaves: main.octaves, ..settings })
    }
}

/// A place in a picture.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Place {
    /// A shape as [`Mask`] reads it.
    Shape(String),
    /// Where this picture is bright.
    File(File),
}

/// A file that a recipe needs and does not hold.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// Its name without folders.
    pub name: String,
    /// The [`sha256`] of its bytes.
    pub sha256: String,
}

impl Places {
    /// Whether there is nothing to tell.
    pub fn are_everywhere(&self) -> bool {
        *self == Self::default()
    }

    /// The files that are needed.
    pub fn files(&self) -> impl Iterator<Item = &File> {
        let of_places = self.all().filter_map(|place| match place {
            Place::File(file) => Some(file),
            Place::Shape(_) => None,
        });
        of_places.chain(&self.guide)
    }

    /// The dream in these places and towards this guide, but for the thing that has to be [found](Self::find) in each photo.
    /// `picture` gives the picture of a file.
    ///
    /// # Errors
    /// Those of `picture`; a shape, a length or a look that cannot be read.
    pub fn apply<E: From<Error>>(
        &self,
        mut dream: Dream,
        mut picture: impl FnMut(&File) -> Result<Picture, E>,
    ) -> Result<Dream, E> {
        let mut mask = |place: &Place| match place {
            Place::Shape(shape) => Ok(shape.parse().map_err(Error::from)?),
            Place::File(file) => picture(file).map(|picture| Mask::of_picture(&picture)),
        };
        let feather = self.length()?;
        if let Some(place) = &self.mask {
            dream = dream.masked_by(self.finished(mask(place)?)?);
        } else if self.only_regions && self.r#where.is_none() {
            dream = dream.masked_by(Mask::nowhere());
        }
        for region in &self.region {
            let look = Dream::with_networks(region.settings(&dream)?, dream.networks())?;
            let mask = mask(&region.place)?.feathered(feather.unwrap_or(REGION_FEATHER));
            dream = dream.with_region(look.masked_by(mask));
        }
        match &self.guide {
            Some(guide) => Ok(dream.guided_by(picture(guide)?)),
            None => Ok(dream),
        }
    }

    /// The dream where the photo shows what it is asked to grow in, if it is.
    ///
    /// # Errors
    /// A word that stands for nothing, a photo that cannot be read.
    pub fn find<'a>(&self, dream: &'a Dream, photo: &impl PhotoSource) -> Result<Cow<'a, Dream>, Error> {
        let Some(word) = &self.r#where else { return Ok(Cow::Borrowed(dream)) };
        let mask = self.finished(Mask::of_word(word, &*photo.read()?, dream.networks())?)?;
        Ok(Cow::Owned(dream.clone().masked_by(mask)))
    }

    fn finished(&self, mask: Mask) -> Result<Mask, Error> {
        let mask = if self.invert_mask { mask.inverted() } else { mask };
        Ok(match self.length()? {
            Some(feather) => mask.feathered(feather),
            None => mask,
        })
    }

    fn length(&self) -> Result<Option<Length>, Error> {
        Ok(self.feather.as_deref().map(str::parse).transpose()?)
    }

    /// The place of the mask and those of the regions.
    fn all(&self) -> impl Iterator<Item = &Place> {
        self.mask.iter().chain(self.region.iter().map(|region| &region.place))
    }

    /// The shapes that have to be read.
    fn shapes(&self) -> impl Iterator<Item = &str> {
        self.all().filter_map(|place| match place {
            Place::Shape(shape) => Some(shape.as_str()),
            Place::File(_) => None,
        })
    }

    /// Whether they can be.
    ///
    /// # Errors
    /// A mask beside a `where`; a shape, a length or the name of a file that cannot be.
    pub fn check(&self) -> Result<(), RecipeError> {
        if self.mask.is_some() && self.r#where.is_some() {
            return Err(RecipeError::invalid("the places have both a mask and a `where`; only one of them can be"));
        }
        self.shapes().try_for_each(|shape| shape.parse::<Mask>().map(|_| ()).map_err(RecipeError::invalid))?;
        self.feather.iter().try_for_each(|text| text.parse::<Length>().map(|_| ()).map_err(RecipeError::invalid))?;
        self.files().try_for_each(File::check)
    }
}

/// What names of files have on no system, or lead elsewhere on some.
const NOT_IN_NAMES: [char; 4] = ['/', '\\', ':', '\0'];

impl File {
    /// A file of these bytes. Of its path only the name is told; what no name may have becomes `_` in it.
    pub fn new(path: &Path, bytes: &[u8]) -> Self {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        Self { name: name.replace(NOT_IN_NAMES, "_"), sha256: sha256(bytes) }
    }

    /// A recipe is nobody's way to a file elsewhere.
    fn check(&self) -> Result<(), RecipeError> {
        let plain = !self.name.contains(NOT_IN_NAMES) && !["", ".", ".."].contains(&self.name.as_str());
        if !plain {
            let why = format!("a recipe names files without folders, and '{}' is no such name", self.name);
            return Err(RecipeError::invalid(why));
        }
        check_hash(&self.sha256)
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Shape(shape) => shape,
            Self::File(file) => &file.name,
        })
    }
}
