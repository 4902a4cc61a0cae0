//! A recipe as TOML. What settings there are, and how each is written and read, [`options`] declares.

use serde::ser::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use toml::{Table, Value as Toml};

use crate::settings::Settings;
use crate::settings::options::{SettingValue, options};

use super::stamp::as_xml;
use super::{FORMAT, LONGEST, Recipe, RecipeError};

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

    /// Reads the text of a recipe, of this version's format or an older one.
    ///
    /// # Errors
    /// What the text or a setting has wrong, [`RecipeError::TooLongToRead`], [`RecipeError::Newer`].
    pub fn read(text: &str) -> Result<Self, RecipeError> {
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
        let recipe: Self = from_toml(text)?;
        recipe.check()?;
        Ok(recipe)
    }
}

fn from_toml<T: de::DeserializeOwned>(text: &str) -> Result<T, RecipeError> {
    toml::from_str(text).map_err(|error: toml::de::Error| {
        let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
        let number = before.matches('\n').count();
        let line: String = text.lines().nth(number).unwrap_or_default().chars().take(LONGEST_CITED).collect();
        RecipeError::invalid(format!("line {} of the recipe, '{line}': {}", number + 1, error.message()))
    })
}

/// What settings are that a recipe leaves out.
pub(super) fn defaults() -> Settings {
    Settings::new("lite0", "block10")
}

pub(super) fn serialize<S: Serializer>(settings: &Settings, to: S) -> Result<S::Ok, S::Error> {
    let told = options().iter().filter_map(|option| Some((option.name, Written(option.get(settings)?))));
    to.collect_map(told)
}

pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Settings, D::Error> {
    settings(&Table::deserialize(from)?).map_err(de::Error::custom)
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

fn settings(given: &Table) -> Result<Settings, RecipeError> {
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
            option.set(&mut settings, &texts).map_err(RecipeError::invalid)?;
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
