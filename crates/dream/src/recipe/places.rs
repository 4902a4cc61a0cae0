//! Where a dream grows: a mask, a thing in the photo, and regions with other looks.

use std::borrow::Cow;
use std::fmt;
use std::path::Path;

use oneiric_zoo::Networks;
use serde::{Deserialize, Serialize};

use super::RecipeError;
use super::hash::{check_hash, sha256};
use crate::error::Error;
use crate::inspect::mask_of_word;
use crate::invalid::InvalidSetting;
use crate::objective::Objective;
use crate::picture::Picture;
use crate::picture::mask::{Length, Mask};
use crate::render::{Dream, PhotoSource};
use crate::settings::Settings;
use crate::settings::preset;

/// The default width of the border of a region, as a part of the shorter side.
const REGION_FEATHER: Length = Length::Part(0.1);

/// Where a dream grows, and the guide that it follows.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Places {
    /// A word: the dream grows where the networks see what it stands for.
    pub r#where: Option<String>,
    /// Whether it grows everywhere except there.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub invert_mask: bool,
    /// Whether the photo stays unchanged outside of the regions.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub only_regions: bool,
    /// The [`Length`] over which borders are softened.
    pub feather: Option<String>,
    /// The mask of the dream.
    pub mask: Option<Place>,
    /// The guide image.
    pub guide: Option<File>,
    /// Regions with other looks, later ones above earlier ones.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub region: Vec<Region>,
}

/// A region with another look.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Region {
    /// The name of a preset, or an objective.
    pub look: String,
    /// Where it is.
    pub place: Place,
}

impl Region {
    /// Writes the networks of its objective with their own names, if it has one.
    pub(super) fn name_networks(&mut self, model: &str, networks: &Networks) {
        if preset::preset(&self.look).is_err()
            && let Ok(objective) = Objective::read(&self.look, model, networks)
        {
            self.look = objective.to_string();
        }
    }

    /// Returns the settings of its look in the dream `main`.
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
        Ok(Settings { octave_changes: Vec::new(), octaves: main.octaves, smallest: main.smallest, ..settings })
    }
}

/// A place in a picture.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Place {
    /// A shape in the form that [`Mask`] reads.
    Shape(String),
    /// The brightness of a picture.
    File(File),
}

/// A file that a recipe needs but does not contain.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// Its name without folders.
    pub name: String,
    /// The [`sha256`] of its bytes.
    pub sha256: String,
}

impl Places {
    /// Whether the dream grows everywhere, without a guide.
    pub fn are_everywhere(&self) -> bool {
        *self == Self::default()
    }

    /// The files that it needs.
    pub fn files(&self) -> impl Iterator<Item = &File> {
        let of_places = self.all().filter_map(|place| match place {
            Place::File(file) => Some(file),
            Place::Shape(_) => None,
        });
        of_places.chain(&self.guide)
    }

    /// Returns the dream with these masks, regions and guide. The thing of `where` is [found](Self::find) in each photo.
    /// `picture` returns the picture of a file.
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

    /// Returns the dream with the mask of the thing of `where` in `photo`, if there is one.
    ///
    /// # Errors
    /// A word that stands for no class or for nothing in the photo; a photo that cannot be read.
    pub fn find<'a>(&self, dream: &'a Dream, photo: &impl PhotoSource) -> Result<Cow<'a, Dream>, Error> {
        let Some(word) = &self.r#where else { return Ok(Cow::Borrowed(dream)) };
        let mask = self.finished(mask_of_word(word, &*photo.read()?, dream.networks())?)?;
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

    /// Checks them.
    ///
    /// # Errors
    /// Both a mask and a `where`; an invalid shape, length or file name.
    pub fn check(&self) -> Result<(), RecipeError> {
        if self.mask.is_some() && self.r#where.is_some() {
            return Err(RecipeError::invalid("the places have both a mask and a `where`; use one of them"));
        }
        if let Some(Place::Shape(shape)) = &self.mask {
            shape.parse::<Mask>()?;
        }
        for region in &self.region {
            if let Place::Shape(shape) = &region.place {
                shape.parse::<Mask>().map_err(|e| e.in_setting("region"))?;
            }
        }
        if let Some(feather) = &self.feather {
            feather.parse::<Length>()?;
        }
        self.files().try_for_each(File::check)
    }
}

/// Characters that file names do not have, or that lead to another folder on some system.
const NOT_IN_NAMES: [char; 4] = ['/', '\\', ':', '\0'];

impl File {
    /// A file with these bytes. Of its path only the name is kept; invalid characters become `_`.
    pub fn new(path: &Path, bytes: &[u8]) -> Self {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        Self { name: name.replace(NOT_IN_NAMES, "_"), sha256: sha256(bytes) }
    }

    /// Checks the name, so that a recipe cannot name a file in another folder.
    fn check(&self) -> Result<(), RecipeError> {
        let plain = !self.name.contains(NOT_IN_NAMES) && !["", ".", ".."].contains(&self.name.as_str());
        if !plain {
            let why = format!("invalid file name '{}': a recipe names files without folders", self.name);
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
