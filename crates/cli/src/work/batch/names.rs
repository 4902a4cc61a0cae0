//! What the dreams of many pictures are called: `{name}.{preset}.png`.

use std::collections::{HashMap, HashSet};
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use oneiric::Format;
use oneiric::picture::readable;

use crate::terminal::failure::Failure;

/// A file name with fields to fill in.
#[derive(Clone, Debug, PartialEq)]
pub struct Template {
    parts: Vec<Part>,
    /// By the ending.
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
            return Err("a name has no folders in it; -o names the folder".into());
        }
        let format = Format::from_path(text).map_err(|e| e.to_string())?;
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            let (field, after) = after.split_once('}').ok_or("a { has no } after it")?;
            parts.extend([Part::Text(plain(before)?), Part::Field(field.parse()?)]);
            rest = after;
        }
        parts.push(Part::Text(plain(rest)?));
        Ok(Self { parts, format })
    }
}

fn plain(text: &str) -> Result<String, String> {
    if text.contains('}') { Err("a } has no { before it".into()) } else { Ok(text.into()) }
}

impl FromStr for Field {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let known = FIELDS.iter().find(|(name, _)| *name == text).map(|(_, field)| *field);
        known.ok_or_else(|| {
            let names = FIELDS.map(|(name, _)| format!("{{{name}}}")).join(", ");
            format!("there is no {{{text}}}, but {names}")
        })
    }
}

/// What the fields stand for that are the same for all pictures.
#[derive(Clone, Debug)]
pub struct Look {
    pub preset: String,
    pub seed: u64,
    pub model: String,
}

impl Template {
    /// Whether the place of a picture among the others is in its name.
    pub fn counts(&self) -> bool {
        self.parts.contains(&Part::Field(Field::Number))
    }

    fn fill(&self, look: &Look, photo: &Path, number: &str) -> OsString {
        let mut name = OsString::new();
        for part in &self.parts {
            match part {
                Part::Text(text) => name.push(text),
                Part::Field(Field::Name) => name.push(photo.file_stem().unwrap_or_default()),
                Part::Field(Field::Preset) => name.push(&look.preset),
                Part::Field(Field::Seed) => name.push(look.seed.to_string()),
                Part::Field(Field::Model) => name.push(&look.model),
                Part::Field(Field::Number) => name.push(number),
            }
        }
        name
    }
}

/// Gives each picture the file of its dream, and no file twice.
pub struct Names {
    folder: PathBuf,
    template: Template,
    look: Look,
    given: HashMap<PathBuf, PathBuf>,
}

impl Names {
    pub fn new(folder: PathBuf, template: Template, look: Look) -> Self {
        Self { folder, template, look, given: HashMap::new() }
    }

    /// The files of these pictures, in the same order.
    pub fn assign_all(&mut self, photos: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
        let photo_files: HashSet<_> = photos.iter().filter_map(|photo| fs::canonicalize(photo).ok()).collect();
        let digits = photos.len().to_string().len();
        let name = |(index, photo): (usize, &PathBuf)| {
            let output = self.of(photo, &format!("{:0digits$}", index + 1))?;
            if fs::canonicalize(&output).is_ok_and(|file| photo_files.contains(&file)) {
                return Err(Failure::input(format!(
                    "the dream of {} would take the place of {}, which is one of the pictures: give another folder with \
                     -o, or another --name",
                    readable(photo),
                    readable(&output)
                )));
            }
            Ok(output)
        };
        photos.iter().enumerate().map(name).collect()
    }

    /// The file of a picture with this number.
    pub fn of(&mut self, photo: &Path, number: &str) -> Result<PathBuf, Failure> {
        let output = self.folder.join(self.template.fill(&self.look, photo, number));
        match self.given.insert(output.clone(), photo.to_owned()) {
            Some(other) if other != photo => {
                self.given.insert(output.clone(), other.clone());
                Err(Failure::input(format!(
                    "the dreams of {} and {} would both be called {}: give a --name that tells them apart, such as \
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

    fn names(template: &str) -> Names {
        let look = Look { preset: "dogs".into(), seed: 7, model: "lite0".into() };
        Names::new("out".into(), template.parse().unwrap(), look)
    }

    #[test]
    fn fields_are_filled_in() {
        let name = |template: &str| names(template).of(Path::new("a/día.v2.jpg"), "03").unwrap();
        assert_eq!(name("{name}.{preset}.png"), Path::new("out/día.v2.dogs.png"));
        assert_eq!(name("{n}-{model}-{seed}{seed}.JPG"), Path::new("out/03-lite0-77.JPG"));
    }

    #[test]
    fn what_is_no_template_says_why() {
        for (text, word) in [
            ("{name}", "png"),
            ("", "png"),
            ("..", "png"),
            ("{name}.gif", "gif"),
            ("../{name}.png", "folder"),
            ("a\\{name}.png", "folder"),
            ("{nmae}.png", "{preset}"),
            ("{}.png", "{name}"),
            ("{name.png", "no }"),
            ("name}.png", "no {"),
        ] {
            let error = text.parse::<Template>().unwrap_err();
            assert!(error.contains(word), "{text}: {error}");
        }
    }

    #[test]
    fn no_two_pictures_get_one_name() {
        let clash = names("{name}.png").assign_all(&["a/x.jpg".into(), "b/x.png".into()]).unwrap_err();
        for word in ["a/x.jpg", "b/x.png", "x.png", "{n}"] {
            assert!(clash.message().contains(word), "{}", clash.message());
        }
        assert!(names("{n}{name}.png").assign_all(&["a/x.jpg".into(), "b/x.png".into()]).is_ok());
    }
}
