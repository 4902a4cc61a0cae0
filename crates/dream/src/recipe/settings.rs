//! The settings of a recipe as a TOML table. [`options`] declares how each is read and written.

use oneiric_zoo::Networks;
use serde::ser::Error as _;
use serde::{Serialize, Serializer};
use toml::{Table, Value as Toml};

use super::error::RecipeError;
use crate::settings::Settings;
use crate::settings::options::{SettingValue, options};

/// The values of settings that a recipe leaves out.
pub(super) fn defaults() -> Settings {
    Settings::new("lite0", "block10")
}

/// Writes all settings.
pub(super) fn serialize<S: Serializer>(settings: &Settings, to: S) -> Result<S::Ok, S::Error> {
    let settings = options().iter().filter_map(|option| Some((option.name, Written(option.get(settings)?))));
    to.collect_map(settings)
}

/// The value of a setting as recipes have it.
struct Written(SettingValue);

impl Serialize for Written {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            SettingValue::Number(number) if number.is_finite() => to.serialize_f64(*number),
            SettingValue::Number(number) => Err(S::Error::custom(format!("a setting is {number}"))),
            // TOML has integers of 63 bits: larger ones are written as text.
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

/// Reads the settings of a recipe.
pub(super) fn read(given: &Table, networks: &Networks) -> Result<Settings, RecipeError> {
    let known = |name: &str| options().iter().any(|option| option.name == name);
    if let Some(name) = given.keys().find(|name| !known(name)) {
        return Err(RecipeError::invalid(format!("unknown setting '{name}'")));
    }
    let mut settings = defaults();
    for option in options() {
        let Some(value) = given.get(option.name) else { continue };
        // Settings that only set others take any number of texts.
        let like = option.get(&settings).unwrap_or(SettingValue::List(Vec::new()));
        if let Some(texts) = as_given(option.name, value, &like)? {
            option.set(&mut settings, &texts, networks).map_err(RecipeError::invalid)?;
        }
    }
    Ok(settings)
}

/// Converts a value to the texts that a command line would have; `None` for a flag that is off.
///
/// # Errors
/// A value of another kind than `like`.
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
