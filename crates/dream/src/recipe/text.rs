//! A recipe as TOML.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;

use oneiric_zoo::Networks;
use serde::{Deserialize, de};
use toml::{Spanned, Table};

use super::stamp::as_xml;
use super::{FORMAT, LONGEST, PhotoInfo, Places, Recipe, RecipeError, settings};

/// The largest number of characters of a line that a message quotes.
const LONGEST_CITED: usize = 60;

/// The comment at the top.
const HEADER: &str = "\
# How this picture was made, by Oneiric. To do the same to another photo, with this text or the picture as the recipe:
# oneiric dream --recipe RECIPE photo.jpg
";

impl Recipe {
    /// The text of the recipe.
    ///
    /// # Errors
    /// [`RecipeError::TooLongToWrite`].
    pub fn write(&self) -> Result<String, RecipeError> {
        let text = toml::to_string(self).map_err(RecipeError::invalid)?;
        let text = HEADER.to_owned() + &text;
        if as_xml(&text).len() > LONGEST { Err(RecipeError::TooLongToWrite) } else { Ok(text) }
    }

    /// Reads the text of a recipe, of this version's format or an older one, whose networks are those of the zoo.
    ///
    /// # Errors
    /// An invalid text or setting; [`RecipeError::TooLongToRead`]; [`RecipeError::Newer`].
    pub fn read(text: &str) -> Result<Self, RecipeError> {
        Self::read_with(text, &Networks::default())
    }

    /// The same with networks that a program added to those of the zoo. Whether they have the weights that the recipe was
    /// made with is for [`check_networks`](Self::check_networks).
    ///
    /// # Errors
    /// As [`read`](Self::read); [`RecipeError::NoNetwork`] for an unknown network that has a hash in the recipe.
    pub fn read_with(text: &str, networks: &Networks) -> Result<Self, RecipeError> {
        /// The key that all versions have.
        #[derive(Deserialize)]
        struct Version {
            format: Option<u32>,
        }
        if text.len() > LONGEST {
            return Err(RecipeError::TooLongToRead);
        }
        match from_toml::<Version>(text)?.format {
            Some(1..=FORMAT) => {}
            Some(newer) if newer > FORMAT => return Err(RecipeError::Newer(newer)),
            _ => {
                return Err(RecipeError::invalid(format!(
                    "this is not a recipe: it does not begin with format = {FORMAT}"
                )));
            }
        }
        let raw: RawRecipe = from_toml(text)?;
        let (networks, hashes) = find_networks(&raw.networks, networks)?;
        let settings = match &raw.settings {
            Some(given) => {
                settings::read(given.get_ref(), &networks).map_err(|error| in_line(text, Some(given.span()), &error))?
            }
            None => settings::defaults(),
        };
        let RawRecipe { format, program, instructions, preset, photo, networks: named, mut places, .. } = raw;
        if hashes != named {
            places.region.iter_mut().for_each(|region| region.name_networks(&settings.model, &networks));
        }
        let recipe = Self { format, program, instructions, preset, photo, networks: hashes, settings, places };
        recipe.check()?;
        Ok(recipe)
    }
}

/// Finds the networks of a recipe, each by its name, or else by the hash of its weights. Returns `networks`, in which the
/// latter also have the recipe's name, and the hashes of all by their own names.
fn find_networks(
    named: &BTreeMap<String, String>,
    networks: &Networks,
) -> Result<(Networks, BTreeMap<String, String>), RecipeError> {
    let (mut all, mut hashes) = (networks.clone(), BTreeMap::new());
    for (name, hash) in named {
        let mut own_name = name.clone();
        if networks.name(name).is_err() {
            let network = networks.with_sha256(hash).ok_or_else(|| RecipeError::NoNetwork(name.clone()))?;
            own_name.clone_from(&network.name);
            all = all.with_alias(name, network);
        }
        hashes.insert(own_name, hash.clone());
    }
    Ok((all, hashes))
}

/// A recipe as it is written, with settings that are not read yet.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRecipe {
    format: u32,
    program: Option<String>,
    instructions: Option<String>,
    preset: Option<String>,
    photo: Option<PhotoInfo>,
    #[serde(default)]
    networks: BTreeMap<String, String>,
    settings: Option<Spanned<Table>>,
    #[serde(default)]
    places: Places,
}

fn from_toml<T: de::DeserializeOwned>(text: &str) -> Result<T, RecipeError> {
    toml::from_str(text).map_err(|error: toml::de::Error| in_line(text, error.span(), error.message()))
}

/// An error with the line of the text in which `place` begins, or the first.
fn in_line(text: &str, place: Option<Range<usize>>, why: impl fmt::Display) -> RecipeError {
    let before = place.and_then(|place| text.get(..place.start)).unwrap_or_default();
    let number = before.matches('\n').count();
    let line: String = text.lines().nth(number).unwrap_or_default().chars().take(LONGEST_CITED).collect();
    RecipeError::invalid(format!("line {} of the recipe, '{line}': {why}", number + 1))
}
