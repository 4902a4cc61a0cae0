//! The files of the dreams of a batch.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

use oneiric::picture::readable;

use crate::args::{CommonFields, Template};
use crate::terminal::failure::Failure;

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
    fn no_two_pictures_get_the_same_name() {
        let clash = names("{name}.png").assign_all(&["a/x.jpg".into(), "b/x.png".into()]).unwrap_err();
        for word in ["a/x.jpg", "b/x.png", "x.png", "{n}"] {
            assert!(clash.message().contains(word), "{}", clash.message());
        }
        assert!(names("{n}{name}.png").assign_all(&["a/x.jpg".into(), "b/x.png".into()]).is_ok());
    }
}
