//! A recipe that was read, and the files that it needs.

use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};

use oneiric::Limits;
use oneiric::picture::readable;
use oneiric::recipe::{self, Recipe};

use crate::terminal::failure::Failure;
use crate::work::converter;
use crate::work::networks::networks;

/// A recipe, and the folder where its files may be.
pub struct LoadedRecipe {
    /// The recipe.
    pub recipe: Recipe,
    folder: PathBuf,
}

impl LoadedRecipe {
    /// Reads a recipe from a TOML file or from a picture that contains one; `-` is standard input.
    pub fn open(path: &Path) -> Result<Self, Failure> {
        let recipe =
            if path == Path::new("-") { read_stdin()? } else { Recipe::open(path, &Limits::default(), networks())? };
        Ok(Self { recipe, folder: path.parent().unwrap_or(Path::new("")).to_owned() })
    }

    /// Finds a file of the recipe by name and hash, next to the recipe or in the current folder. The error advises to
    /// use `option` instead.
    ///
    /// A recipe names files without folders, so that it cannot reach files elsewhere.
    pub fn find(&self, file: &recipe::File, option: &str) -> Result<PathBuf, Failure> {
        let mut problem = "there is no such file next to the recipe or in the current folder";
        for folder in [&self.folder, Path::new("")] {
            let path = folder.join(&file.name);
            if matches!(path.try_exists(), Ok(false)) {
                continue;
            }
            match converter::open(&path, &Limits::default()) {
                Ok(found) if recipe::sha256(found.bytes()) == file.sha256 => return Ok(path),
                _ => problem = "the file of this name has different content",
            }
        }
        let name = readable(file.name.as_ref());
        Err(Failure::input(format!("the recipe needs '{name}', but {problem}; give the file with {option}")))
    }
}

fn read_stdin() -> Result<Recipe, Failure> {
    let stdin = io::stdin();
    if stdin.is_terminal() {
        return Err(Failure::input(
            "'-' reads a recipe from standard input, but nothing is piped in; name a file instead",
        ));
    }
    Ok(Recipe::read_stream(stdin.lock(), &Limits::default(), networks())?)
}
