//! A recipe as TOML. What settings there are, and how each is written and read, [`options`] declares.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;

use oneiric_zoo::Networks;
use serde::ser::Error as _;
use serde::{Deserialize, Serialize, Serializer, de};
use toml::{Spanned, Table, Value as Toml};

use crate::settings::Settings;
use crate::settings::options::{SettingValue, options};

use super::stamp::as_xml;
use super::{FORMAT, LONGEST, PhotoInfo, Places, Recipe, RecipeError};

/// Characters of a line that a message cites.
const LONGEST_CITED: usize = 60;

/// What people read first.
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
    /// What the text or a setting has wrong, [`RecipeError::TooLongToRead`], [`RecipeError::Newer`].
    pub fn read(text: &str) -> Result<Self, RecipeError> {
        Self::read_with(text, &Networks::default())
    }

    /// The same with networks that a program added to those of the zoo. Whether they have the weights that the recipe was
    /// made with is for [`check_networks`](Self::check_networks).
    ///
    /// # Errors
    /// As [`read`](Self::read); [`RecipeError::NoNetwork`] for a network with a hash in the recipe that is not there.
    pub fn read_with(text: &str, networks: &Networks) -> Result<Self, RecipeError> {
        /// What all versions have in common.
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
                    "this is no recipe: it does not begin with format = {FORMAT}"
                )));
            }
        }
        let raw: RawRecipe = from_toml(text)?;
        if let Some(name) = raw.networks.keys().find(|name| networks.name(name).is_err()) {
            return Err(RecipeError::NoNetwork(name.clone()));
        }
        let settings = match &raw.settings {
            Some(given) => {
                settings(given.get_ref(), networks).map_err(|error| in_line(text, Some(given.span()), &error))?
            }
            None => defaults(),
        };
        let RawRecipe { format, program, instructions, preset, photo, networks, places, .. } = raw;
        let recipe = Self { format, program, instructions, preset, photo, networks, settings, places };
        recipe.check()?;
        Ok(recipe)
    }
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

/// What settings are that a recipe leaves out.
fn defaults() -> Settings {
    Settings::new("lite0", "block10")
}

pub(super) fn serialize<S: Serializer>(settings: &Settings, to: S) -> Result<S::Ok, S::Error> {
    let told = options().iter().filter_map(|option| Some((option.name, Written(option.get(settings)?))));
    to.collect_map(told)
}

/// The value of a setting as recipes have it.
struct Written(SettingValue);

impl Serialize for Written {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            SettingValue::Number(number) if number.is_finite() => to.serialize_f64(*number),
            SettingValue::Number(number) => Err(S::Error::custom(format!("a setting is {number}"))),
            // TOML has whole numbers of 63 bits: larger ones are told as text.
            SettingValue::Whole(number) => match i64::try_from(*number) {
                Ok(number) => to.serialize_i64(number),
                Err(_) => to.collect_str(number),
            },
            SettingValue::Text(text) => to.serialize_str(text),
            SettingValue::Flag(flag) => to.serialize_bool(*flag),
            SettingValue::List(texts) => to.collect_seq(texts),
        }
    }
}

fn settings(given: &Table, networks: &Networks) -> Result<Settings, RecipeError> {
    let known = |name: &str| options().iter().any(|option| option.name == name);
    if let Some(name) = given.keys().find(|name| !known(name)) {
        return Err(RecipeError::invalid(format!("there is no setting '{name}'")));
    }
    let mut settings = defaults();
    for option in options() {
        let Some(value) = given.get(option.name) else { continue };
        // Those that are only another way to say something take any number of texts.
        let like = option.get(&settings).unwrap_or(SettingValue::List(Vec::new()));
        if let Some(texts) = as_given(option.name, value, &like)? {
            option.set(&mut settings, &texts, networks).map_err(RecipeError::invalid)?;
        }
    }
    Ok(settings)
}

/// What the command line would have been given for `value`, which has to be of the kind of `like`; nothing for a flag that
/// is off.
fn as_given(name: &str, value: &Toml, like: &SettingValue) -> Result<Option<Vec<String>>, RecipeError> {
    let given = match (like, value) {
        (SettingValue::Number(_) | SettingValue::Whole(_), Toml::Integer(number)) => Some(vec![number.to_string()]),
        (SettingValue::Number(_), Toml::Float(number)) => Some(vec![number.to_string()]),
        (SettingValue::Whole(_) | SettingValue::Text(_), Toml::String(text)) => Some(vec![text.clone()]),
        (SettingValue::Flag(_), Toml::Boolean(on)) => return Ok(on.then(Vec::new)),
        (SettingValue::List(_), Toml::Array(values)) => {
            values.iter().map(|value| Some(value.as_str()?.to_owned())).collect()
        }
        _ => None,
    };
    let takes = match like {
        SettingValue::Number(_) => "a number",
        SettingValue::Whole(_) => "a whole number",
        SettingValue::Text(_) => "a text",
        SettingValue::Flag(_) => "true or false",
        SettingValue::List(_) => "a list of texts",
    };
    given.map(Some).ok_or_else(|| RecipeError::invalid(format!("{name} takes {takes}, not {value}")))
}
