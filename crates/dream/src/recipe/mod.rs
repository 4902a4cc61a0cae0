//! Recipes: readable texts that record how a picture was made, kept in the picture itself. They make it again.
//!
//! A [`Recipe`] is a value. `text.rs` writes it as TOML and reads it; `stamp.rs` puts that text into the bytes of a PNG,
//! JPEG, WebP or TIFF file and finds it there. `docs/recipes.md` describes the format.
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
//! Recipes may come from anyone: reading one opens and runs nothing, and what cannot be read is an error.

mod error;
mod file;
mod format;
mod hash;
mod photo;
mod places;
mod settings;
mod stamp;
mod text;
mod tiff;

use std::collections::BTreeMap;

use oneiric_engine::executor;
use oneiric_zoo::Networks;
use serde::Serialize;

use crate::invalid::count_in_range;
use crate::render::Dream;
use crate::settings::{MOST_SIDE, Settings};

pub use error::RecipeError;
pub use format::{FORMAT, LONGEST};
use hash::check_hash;
pub use hash::{hashes, sha256};
pub use photo::PhotoInfo;
pub use places::{File, Place, Places, Region};
pub use stamp::{find, stamped};

/// Everything that made a picture.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Recipe {
    /// The version of its format: [`FORMAT`] when it is written.
    pub format: u32,
    /// The program that made the picture, see [`program`].
    pub program: Option<String>,
    /// The device that it ran on, [`Executor::device`](oneiric_engine::Executor::device): others round differently. On a
    /// processor it is the instruction set.
    pub instructions: Option<String>,
    /// The name of the preset that the settings began with, for people: the recipe has all settings.
    pub preset: Option<String>,
    /// The photo.
    pub photo: Option<PhotoInfo>,
    /// The networks' names with the [`sha256`] of their weights.
    pub networks: BTreeMap<String, String>,
    /// All settings. Those that a text leaves out are those of [`Settings::new`].
    #[serde(serialize_with = "settings::serialize")]
    pub settings: Settings,
    /// Where the dream grew, and its guide.
    #[serde(skip_serializing_if = "Places::are_everywhere")]
    pub places: Places,
}

impl Recipe {
    /// The recipe of a dream in these places on this machine.
    pub fn new(preset: Option<String>, photo: PhotoInfo, dream: &Dream, places: Places) -> Self {
        // All networks with class scores at every position look for the thing of `where`.
        let seeing = dream.networks().with_class_map().filter(|_| places.r#where.is_some());
        Self {
            format: FORMAT,
            program: Some(program()),
            instructions: Some(executor::default().device().into()),
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

    /// Checks values that the format allows and the program does not.
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

/// Returns the name and version of the program, as recipes have them.
pub fn program() -> String {
    format!("oneiric {}", env!("CARGO_PKG_VERSION"))
}
