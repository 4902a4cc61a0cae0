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
mod places;
mod stamp;
mod text;

use std::collections::BTreeMap;

use oneiric_engine::Isa;
use oneiric_zoo::Networks;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::invalid::count_in_range;
use crate::render::Dream;
use crate::settings::{MOST_SIDE, Settings};

pub use error::RecipeError;
pub use places::{File, Place, Places, Region};
pub use stamp::{find, stamped};

/// The version of the text's format that is written. All up to it are read.
pub const FORMAT: u32 = 1;

/// Bytes that a recipe may be long as text, and as XML in a picture: one segment of a JPEG file holds little more.
pub const LONGEST: usize = 60_000;

/// What a dream was made of.
#[derive(Clone, Debug, PartialEq, Serialize)]
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
    pub photo: Option<PhotoInfo>,
    /// The networks' names with the [`sha256`] of their weights.
    pub networks: BTreeMap<String, String>,
    /// All settings. Those that a text leaves out are as in [`Settings::new`].
    #[serde(serialize_with = "text::serialize")]
    pub settings: Settings,
    /// Where the dream grew, and towards what.
    #[serde(skip_serializing_if = "Places::are_everywhere")]
    pub places: Places,
}

/// What was dreamed on: a file, or a landscape drawn from the seed. Neither its name nor its folder is told.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PhotoInfo {
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

impl Recipe {
    /// How a dream with these settings in these places is made on this machine.
    pub fn new(preset: Option<String>, photo: PhotoInfo, dream: &Dream, places: Places) -> Self {
        // A thing is looked for with all networks that score classes at every position.
        let seeing = dream.networks().with_class_map().filter(|_| places.r#where.is_some());
        Self {
            format: FORMAT,
            program: Some(program()),
            instructions: Some(Isa::detect().name().into()),
            preset,
            photo: Some(photo),
            networks: hashes(dream.network_names().into_iter().chain(seeing), dream.networks()),
            settings: dream.settings().clone(),
            places,
        }
    }

    /// Checks that `networks` has every network that the recipe names, with the same weights. A recipe may name some without
    /// their hashes.
    ///
    /// # Errors
    /// [`RecipeError::NoNetwork`], [`RecipeError::OtherWeights`].
    pub fn check_networks(&self, networks: &Networks) -> Result<(), RecipeError> {
        for (name, hash) in &self.networks {
            let network = networks.get(name).map_err(|_| RecipeError::NoNetwork(name.clone()))?;
            if network.sha256() != hash {
                return Err(RecipeError::OtherWeights(name.clone()));
            }
        }
        Ok(())
    }

    /// What the text allows and the program does not.
    fn check(&self) -> Result<(), RecipeError> {
        if self.photo.as_ref().is_some_and(|photo| photo.landscape == photo.sha256.is_some()) {
            return Err(RecipeError::invalid("the photo is a file with its sha256, or else landscape = true"));
        }
        let size = self.photo.as_ref().and_then(|photo| photo.size);
        count_in_range("size", size.unwrap_or(MOST_SIDE), 1, MOST_SIDE).map_err(RecipeError::invalid)?;
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

/// The names of these networks with the hashes of their weights, [`Network::sha256`](oneiric_zoo::Network::sha256); none
/// for a network that is unknown or has no trained weights.
pub fn hashes<'a>(names: impl IntoIterator<Item = &'a str>, networks: &Networks) -> BTreeMap<String, String> {
    let found = names.into_iter().filter_map(|name| networks.get(name).ok());
    found.map(|network| (network.name.clone(), network.sha256().to_owned())).collect()
}

fn is_false(flag: &bool) -> bool {
    !flag
}
