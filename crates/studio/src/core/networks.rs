//! The networks of the studio: those of the zoo, and those that people have trained, which come and go.

use std::fs;
use std::path::PathBuf;
use std::sync::{RwLock, RwLockReadGuard};
use std::time::{Duration, SystemTime};

use oneiric_zoo::Networks;
use oneiric_zoo::trained::{Folder, check_name};

use crate::wire::Problem;

/// What follows the name of a deleted network's file.
const DELETED: &str = "deleted";

/// The name of a network where nobody gives one.
const UNNAMED: &str = "network";
/// The most letters of any name; a network has fewer.
const MOST_LETTERS: usize = 100;
/// The most letters of a name that may get a number.
const LONGEST_NAME: usize = 30;

/// The networks of the studio.
pub struct StudioNetworks {
    folder: Folder,
    known: RwLock<Networks>,
}

impl StudioNetworks {
    /// The networks of the zoo and those of a folder, which need not exist.
    pub fn new(folder: PathBuf) -> Self {
        let folder = Folder::new(folder);
        Self { known: RwLock::new(Networks::with_folder(&folder)), folder }
    }

    fn known(&self) -> RwLockReadGuard<'_, Networks> {
        self.known.read().expect("nothing panics while it changes the networks")
    }

    /// All networks as they are now.
    pub fn all(&self) -> Networks {
        self.known().clone()
    }

    /// The folder of trained networks.
    pub fn folder(&self) -> &Folder {
        &self.folder
    }

    /// Whether a network was trained here: its weights may change under the same name.
    pub fn is_own(&self, name: &str) -> bool {
        self.known().trained().any(|own| own.eq_ignore_ascii_case(name))
    }

    /// A name for the weights of a network: other weights under the same name have another one.
    pub fn weights_name(&self, model: &str) -> String {
        let own = self.is_own(model).then(|| self.all().get(model).ok()).flatten();
        own.map_or_else(|| model.into(), |network| format!("{model}-{}", &network.sha256()[..16]))
    }

    /// Reads the folder again.
    pub fn reload(&self) {
        let mut known = self.known.write().expect("nothing panics while it changes the networks");
        *known = known.with_folder_again(&self.folder);
    }

    /// Whether this text names a network that was trained here.
    pub fn are_named_in(&self, text: &str) -> bool {
        let text = text.to_lowercase();
        self.known().trained().any(|own| text.contains(&own.to_lowercase()))
    }

    /// Returns the name of a trained network as it is written.
    ///
    /// # Errors
    /// "Not found" for all other networks.
    pub fn own(&self, name: &str) -> Result<String, Problem> {
        let known = self.known();
        let own = known.trained().find(|own| own.eq_ignore_ascii_case(name)).map(str::to_owned);
        own.ok_or_else(|| Problem::not_found("network"))
    }

    /// Deletes a trained network, so that [`restore`](Self::restore) brings it back.
    ///
    /// # Errors
    /// A network that is not there; an error of the disk.
    pub fn delete(&self, name: &str) -> Result<(), Problem> {
        let file = self.folder.file(&self.own(name)?);
        fs::rename(&file, file.with_extension(DELETED))?;
        self.reload();
        Ok(())
    }

    /// Brings back the last network that was deleted under this name.
    ///
    /// # Errors
    /// A network that was not deleted, or whose name is taken; an error of the disk.
    pub fn restore(&self, name: &str) -> Result<(), Problem> {
        check_name(name).map_err(|e| Problem::invalid(e.to_string()))?;
        let file = self.folder.file(name);
        let deleted = file.with_extension(DELETED);
        if !deleted.exists() {
            return Err(Problem::not_found("deleted network"));
        }
        if file.exists() {
            return Err(Problem::conflict(format!("There is another network '{name}' now.")));
        }
        fs::rename(deleted, file)?;
        self.reload();
        Ok(())
    }

    /// Removes the files of networks that were deleted longer ago than this.
    pub fn clean(&self, age: Duration) {
        let files = fs::read_dir(self.folder.path()).into_iter().flatten().flatten().map(|entry| entry.path());
        for file in files.filter(|file| file.extension().is_some_and(|ending| ending == DELETED)) {
            let changed = file.metadata().and_then(|about| about.modified()).unwrap_or_else(|_| SystemTime::now());
            if changed.elapsed().is_ok_and(|old| old > age) {
                // A file that cannot be removed is tried again the next time.
                let _ = fs::remove_file(file);
            }
        }
    }

    /// Returns a name like this one that no network has, and that is not among those `used`.
    pub fn free_name(&self, wanted: &str, used: &[String]) -> String {
        let name: String = network_name(wanted).chars().take(LONGEST_NAME).collect();
        let can_be = matches!(check_name(&name), Ok(()) | Err(oneiric_zoo::Error::NameTaken(_)));
        let name = if can_be { name } else { UNNAMED.to_owned() };
        let known = self.known();
        let is_free = |name: &String| known.name(name).is_err() && check_name(name).is_ok() && !used.contains(name);
        let numbered = (2..).map(|number| format!("{name}-{number}"));
        std::iter::once(name.clone()).chain(numbered).find(is_free).expect("some number is free")
    }
}

/// Turns a text from outside into one with the letters of the name of a network. It may still be none, as an empty one is.
pub fn network_name(text: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || "-_".contains(c) { c } else { '-' };
    text.trim().chars().map(plain).take(MOST_LETTERS).collect()
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;

    #[test]
    fn every_text_leads_to_a_free_name() {
        let folder = TempDir::new().unwrap();
        let networks = StudioNetworks::new(folder.path().into());
        let free = |wanted: &str, used: &[&str]| {
            networks.free_name(wanted, &used.iter().map(|name| (*name).into()).collect::<Vec<_>>())
        };
        assert_eq!((free("my cats", &[]), free("cats", &["cats", "cats-2"])), ("my-cats".into(), "cats-3".into()));
        assert_eq!(free("lite0", &[]), "lite0-2");
        for none in ["", "  ", "7 cats", "-", "\u{202e}"] {
            assert_eq!(free(none, &[]), UNNAMED, "{none}");
        }
        assert_eq!(
            free(&"x".repeat(1000), &["x".repeat(LONGEST_NAME).as_str()]),
            format!("{}-2", "x".repeat(LONGEST_NAME))
        );
    }
}
