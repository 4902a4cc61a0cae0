//! A recipe to dream by, and the files that it needs.

use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};

use oneiric::picture::{PictureFile, readable};
use oneiric::recipe::{self, Recipe};
use oneiric::{Limits, PictureError};

use crate::terminal::failure::Failure;

/// A recipe, and where its files may be.
pub struct LoadedRecipe {
    /// The recipe.
    pub recipe: Recipe,
    folder: PathBuf,
}

impl LoadedRecipe {
    /// Reads a recipe: its text, or a picture that carries it; `-` is the standard input.
    pub fn open(path: &Path) -> Result<Self, Failure> {
        let recipe = if path == Path::new("-") { read_stdin()? } else { Recipe::open(path, &Limits::default())? };
        Ok(Self { recipe, folder: path.parent().unwrap_or(Path::new("")).to_owned() })
    }

    /// The file of this name and these bytes, beside the recipe or in the current folder. `option` would give it anew.
    ///
    /// A recipe names files without folders, so that none elsewhere is touched.
    pub fn find(&self, file: &recipe::File, option: &str) -> Result<PathBuf, Failure> {
        let mut problem = "there is no such file beside the recipe or in this folder";
        for folder in [&self.folder, Path::new("")] {
            let path = folder.join(&file.name);
            match PictureFile::open(&path, &Limits::default()) {
                Ok(found) if recipe::sha256(found.bytes()) == file.sha256 => return Ok(path),
                Err(e) if matches!(e.problem(), PictureError::Missing) => {}
                _ => problem = "the file of this name is another one than it was",
            }
        }
        let name = readable(file.name.as_ref());
        Err(Failure::input(format!("the recipe needs '{name}', and {problem}; give it again with {option}")))
    }
}

fn read_stdin() -> Result<Recipe, Failure> {
    let stdin = io::stdin();
    if stdin.is_terminal() {
        return Err(Failure::input("'-' reads a recipe from a pipe, and nothing is piped in: name a file instead"));
    }
    Ok(Recipe::read_stream(stdin.lock(), &Limits::default())?)
}
