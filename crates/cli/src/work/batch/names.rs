//! File names of the dreams of a batch: `{name}.{preset}.png`.

use std::collections::{HashMap, HashSet};
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use oneiric::Format;
use oneiric::picture::readable;

use crate::terminal::failure::Failure;

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

    fn fill(&self, common: &CommonFields, photo: &Path, number: &str) -> OsString {
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

/// Assigns each picture the output file of its dream, and no file twice.
pub struct OutputNames {
    folder: PathBuf,
    template: Template,
    common: CommonFields,
    assigned: HashMap<PathBuf, PathBuf>,
}

impl OutputNames {
    pub fn new(folder: PathBuf, template: Template, common: CommonFields) -> Self {
        Self { folder, template, common, assigned: HashMap::new() }
    }

    /// Assigns the output files of these pictures, in the same order.
    pub fn assign_all(&mut self, photos: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
        let photo_files: HashSet<_> = photos.iter().filter_map(|photo| fs::canonicalize(photo).ok()).collect();
        let digits = photos.len().to_string().len();
        let name = |(index, photo): (usize, &PathBuf)| {
            let output = self.assign(photo, &format!("{:0digits$}", index + 1))?;
            if fs::canonicalize(&output).is_ok_and(|file| photo_files.contains(&file)) {
                return Err(Failure::input(format!(
                    "the dream of {} would replace {}, which is one of the pictures; use another folder with -o or \
                     another --name",
                    readable(photo),
                    readable(&output)
                )));
            }
            Ok(output)
        };
        photos.iter().enumerate().map(name).collect()
    }

    /// Assigns the output file of a picture with this number.
    pub fn assign(&mut self, photo: &Path, number: &str) -> Result<PathBuf, Failure> {
        let output = self.folder.join(self.template.fill(&self.common, photo, number));
        match self.assigned.insert(output.clone(), photo.to_owned()) {
            Some(other) if other != photo => {
                self.assigned.insert(output.clone(), other.clone());
                Err(Failure::input(format!(
                    "the dreams of {} and {} would both be named {}; use a --name that makes them different, such as \
                     {{n}}-{{name}}.png",
                    readable(&other),
                    readable(photo),
                    readable(output.file_name().unwrap_or_default().as_ref())
                )))
            }
            _ => Ok(output),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(template: &str) -> OutputNames {
        let common = CommonFields { preset: "dogs".into(), seed: 7, model: "lite0".into() };
        OutputNames::new("out".into(), template.parse().unwrap(), common)
    }

    #[test]
    fn fields_are_filled_in() {
        let name = |template: &str| names(template).assign(Path::new("a/día.v2.jpg"), "03").unwrap();
        assert_eq!(name("{name}.{preset}.png"), Path::new("out/día.v2.dogs.png"));
        assert_eq!(name("{n}-{model}-{seed}{seed}.JPG"), Path::new("out/03-lite0-77.JPG"));
    }

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

    #[test]
    fn no_two_pictures_get_the_same_name() {
        let clash = names("{name}.png").assign_all(&["a/x.jpg".into(), "b/x.png".into()]).unwrap_err();
        for word in ["a/x.jpg", "b/x.png", "x.png", "{n}"] {
            assert!(clash.message().contains(word), "{}", clash.message());
        }
        assert!(names("{n}{name}.png").assign_all(&["a/x.jpg".into(), "b/x.png".into()]).is_ok());
    }
}
