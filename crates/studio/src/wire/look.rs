//! The preset and the options of a dream, as JSON. Options have their names on the command line.

use std::collections::BTreeMap;

use oneiric::Choices;
use oneiric::settings::options::ValueKind;
use oneiric::settings::options::option;
use serde::{Deserialize, Serialize};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{OneOfBuilder, Schema};
use utoipa::{PartialSchema, ToSchema};

use super::Problem;

/// A preset to begin with, and the options that change it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LookSettings {
    /// The name of the preset; without one, `model`'s first, or words alone.
    #[serde(default)]
    pub preset: Option<String>,
    /// Options by their names on the command line.
    #[serde(default)]
    pub options: BTreeMap<String, OptionValue>,
}

/// The value of an option. A flag is `true` or left out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum OptionValue {
    /// Of a flag.
    Flag(bool),
    /// A whole number.
    Whole(u64),
    /// A number.
    Number(f64),
    /// A text.
    Text(String),
    /// Of an option that may be repeated.
    Many(Vec<String>),
}

impl PartialSchema for OptionValue {
    fn schema() -> RefOr<Schema> {
        // Whole numbers are numbers in JSON, too.
        let kinds = OneOfBuilder::new().item(bool::schema()).item(f64::schema()).item(String::schema());
        let kinds = kinds.item(Vec::<String>::schema());
        kinds.description(Some("The value of an option. A flag is `true` or left out.")).into()
    }
}

impl ToSchema for OptionValue {}

impl LookSettings {
    /// Returns the library's choices.
    ///
    /// # Errors
    /// An unknown preset or option; options that exclude each other; a value of the wrong type.
    pub fn choices(&self) -> Result<Choices, Problem> {
        let mut given = Vec::new();
        for (name, value) in &self.options {
            let flag = option(name)?.kind == ValueKind::Flag;
            let values = match value {
                OptionValue::Flag(false) if flag => continue,
                OptionValue::Flag(true) if flag => Vec::new(),
                OptionValue::Whole(number) if !flag => vec![number.to_string()],
                OptionValue::Number(number) if !flag => vec![number.to_string()],
                OptionValue::Text(text) if !flag => vec![text.clone()],
                OptionValue::Many(texts) if !flag && !texts.is_empty() => texts.clone(),
                _ => {
                    let expected = if flag { "true" } else { "a text" };
                    return Err(Problem::invalid(format!("{name} takes {expected}")).blaming(Some(name)));
                }
            };
            given.push((name.as_str(), values));
        }
        Ok(Choices::new(self.preset.as_deref(), given)?)
    }
}

impl From<&Choices> for LookSettings {
    fn from(choices: &Choices) -> Self {
        let given = choices.options().map(|setting| {
            let values = choices.values(setting.name).unwrap_or_default();
            let value = match (setting.kind, values) {
                (ValueKind::Flag, _) => OptionValue::Flag(true),
                (ValueKind::Many, values) => OptionValue::Many(values.to_vec()),
                (_, values) => OptionValue::Text(values.last().cloned().unwrap_or_default()),
            };
            (setting.name.to_owned(), value)
        });
        Self { preset: choices.preset_name().map(str::to_owned), options: given.collect() }
    }
}
