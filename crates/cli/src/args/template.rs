//! File name templates: `{name}.{preset}.png`.

use std::ffi::OsString;
use std::path::Path;
use std::str::FromStr;

use oneiric::Format;

/// A file name template with fields.
#[derive(Clone, Debug, PartialEq)]
pub struct Template {
    parts: Vec<Part>,
    /// The file format, from the extension.
    pub format: Format,
}

#[derive(Clone, Debug, PartialEq)]
enum Part {
    Text(String),
    Field(Field),
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Field {
    Name,
    Preset,
    Seed,
    Model,
    Number,
}

const FIELDS: [(&str, Field); 5] = [
    ("name", Field::Name),
    ("preset", Field::Preset),
    ("seed", Field::Seed),
    ("model", Field::Model),
    ("n", Field::Number),
];

impl FromStr for Template {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.contains(['/', '\\']) {
            return Err("a name cannot contain a folder; give the folder with -o".into());
        }
        let format = Format::from_path(text).map_err(|e| e.to_string())?;
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            let (field, after) = after.split_once('}').ok_or("'{' without '}'")?;
            parts.extend([Part::Text(plain(before)?), Part::Field(field.parse()?)]);
            rest = after;
        }
        parts.push(Part::Text(plain(rest)?));
        Ok(Self { parts, format })
    }
}

fn plain(text: &str) -> Result<String, String> {
    if text.contains('}') { Err("'}' without '{'".into()) } else { Ok(text.into()) }
}

impl FromStr for Field {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let known = FIELDS.iter().find(|(name, _)| *name == text).map(|(_, field)| *field);
        known.ok_or_else(|| {
            let names = FIELDS.map(|(name, _)| format!("{{{name}}}")).join(", ");
            format!("unknown field {{{text}}}; use {names}")
        })
    }
}

/// The values of the fields that are the same for all pictures.
#[derive(Clone, Debug)]
pub struct CommonFields {
    pub preset: String,
    pub seed: u64,
    pub model: String,
}

impl Template {
    /// Whether the name contains the number of the picture.
    pub fn has_number(&self) -> bool {
        self.parts.contains(&Part::Field(Field::Number))
    }

    /// The name of the dream of `photo`, whose number is `number`.
    pub fn fill(&self, common: &CommonFields, photo: &Path, number: &str) -> OsString {
        let mut name = OsString::new();
        for part in &self.parts {
            match part {
                Part::Text(text) => name.push(text),
                Part::Field(Field::Name) => name.push(photo.file_stem().unwrap_or_default()),
                Part::Field(Field::Preset) => name.push(&common.preset),
                Part::Field(Field::Seed) => name.push(common.seed.to_string()),
                Part::Field(Field::Model) => name.push(&common.model),
                Part::Field(Field::Number) => name.push(number),
            }
        }
        name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_invalid_template_is_explained() {
        for (text, word) in [
            ("{name}", "png"),
            ("", "png"),
            ("..", "png"),
            ("{name}.gif", "gif"),
            ("../{name}.png", "folder"),
            ("a\\{name}.png", "folder"),
            ("{nmae}.png", "{preset}"),
            ("{}.png", "{name}"),
            ("{name.png", "without '}'"),
            ("name}.png", "without '{'"),
        ] {
            let error = text.parse::<Template>().unwrap_err();
            assert!(error.contains(word), "{text}: {error}");
        }
    }
}
