//! How a picture was made: a text that people can read, kept in the picture itself, from which it can be made again.
//!
//! A [`Recipe`] is a value. `text.rs` writes it as TOML and reads it; `stamp.rs` puts that text into the bytes of a PNG,
//! JPEG or WebP file and finds it there. `docs/recipes.md` tells people what is in it.
//!
//! ```
//! use oneiric::recipe::Recipe;
//!
//! let recipe = Recipe::read("format = 1\n[settings]\nmodel = 'squeezenet'\nobjective = 'fire5'\noctaves = 4")?;
//! assert_eq!(recipe.settings.octaves, 4);
//! assert_eq!(Recipe::read(&recipe.write()?)?, recipe);
//! # Ok::<(), oneiric::recipe::RecipeError>(())
//! ```
//!
//! Recipes come from strangers: nothing in them is opened or run here, and what cannot be read is an error.

mod error;
mod file;
mod parts;
mod stamp;
mod text;

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::mask::{Length, Mask};
use crate::settings::{MOST_SIDE, Settings, in_range};

pub use error::RecipeError;
pub use stamp::{find, stamped};

/// The version of the text's format that is written. All up to it are read.
pub const FORMAT: u32 = 1;

/// Bytes that a recipe may be long as text, and as XML in a picture: one segment of a JPEG file holds little more.
pub const LONGEST: usize = 60_000;

/// What a dream was made of.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recipe {
    /// The version of its format: [`FORMAT`] when it is written.
    pub format: u32,
    /// The program that made the picture, see [`program`].
    pub program: Option<String>,
    /// The instruction set that it ran on, [`oneiric_engine::Isa::name`]: another one rounds otherwise.
    pub instructions: Option<String>,
    /// The name of the preset that the settings began with. It is told only: all settings are in the recipe.
    pub preset: Option<String>,
    /// What was dreamed on.
    pub photo: Option<Photo>,
    /// The networks' names with the [`sha256`] of their weights.
    #[serde(default)]
    pub networks: BTreeMap<String, String>,
    /// All settings. Those that a text leaves out are as in [`Settings::new`].
    #[serde(default = "text::defaults", with = "text")]
    pub settings: Settings,
    /// Where the dream grew, and towards what.
    #[serde(default, skip_serializing_if = "Places::are_everywhere")]
    pub places: Places,
}

/// What was dreamed on: a file, or a landscape drawn from the seed. Neither its name nor its folder is told.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Photo {
    /// The [`sha256`] of the file; none of a landscape.
    pub sha256: Option<String>,
    /// Whether it was a landscape.
    #[serde(default, skip_serializing_if = "is_false")]
    pub landscape: bool,
    /// Columns of the dream.
    pub width: usize,
    /// Rows of the dream.
    pub height: usize,
    /// The longer side in pixels that was asked for, if the photo had another one before.
    pub size: Option<usize>,
}

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

    fn check(&self) -> Result<(), RecipeError> {
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

impl Recipe {
    /// What the text allows and the program does not.
    fn check(&self) -> Result<(), RecipeError> {
        if self.photo.as_ref().is_some_and(|photo| photo.landscape == photo.sha256.is_some()) {
            return Err(RecipeError::invalid("the photo is a file with its sha256, or else landscape = true"));
        }
        let size = self.photo.as_ref().and_then(|photo| photo.size);
        in_range("size", size.unwrap_or(MOST_SIDE), 1, MOST_SIDE).map_err(RecipeError::invalid)?;
        let of_photo = self.photo.iter().filter_map(|photo| photo.sha256.as_ref());
        self.networks.values().chain(of_photo).try_for_each(|hash| check_hash(hash))?;
        self.settings.check().map_err(RecipeError::invalid)?;
        self.places.check()
    }
}

fn check_hash(hash: &str) -> Result<(), RecipeError> {
    if hash.len() == 64 && hash.bytes().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f')) {
        return Ok(());
    }
    Err(RecipeError::invalid(format!("'{hash}' is no SHA-256, which is 64 digits of 0…9 and a…f")))
}

/// The program with its version, as recipes tell it.
pub fn program() -> String {
    format!("oneiric {}", env!("CARGO_PKG_VERSION"))
}

/// SHA-256 of bytes, in hexadecimal digits.
pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The hashes of the weights of these networks, as recipes tell them; none for a name without trained weights.
pub fn networks<'a>(names: impl IntoIterator<Item = &'a str>) -> BTreeMap<String, String> {
    let hash = |name: &str| {
        let model = oneiric_zoo::model(name).ok()?;
        Some((model.name.to_owned(), sha256(model.training.as_ref()?.bytes())))
    };
    names.into_iter().filter_map(hash).collect()
}

fn is_false(flag: &bool) -> bool {
    !flag
}
