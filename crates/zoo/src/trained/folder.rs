//! The folder of the networks that a person has trained.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

use alphanumeric_sort::compare_str;

use super::card::Card;
use super::file;
use crate::error::Error;
use crate::network::Network;
use crate::registry::model;

/// The endings of the files of networks that look at pictures, and of those that answer rows of tables.
const PICTURES: &str = "safetensors";
const TABLES: &str = "table.safetensors";
/// The largest file that is read.
const MOST_BYTES: u64 = 256 << 20;
/// The longest header that is read.
const MOST_HEADER: u64 = 8 << 20;
const LONGEST_NAME: usize = 40;

/// A folder with one file for each network: `NAME.safetensors`, or `NAME.table.safetensors` if it answers rows of tables. No two
/// networks have the same name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folder(PathBuf);

/// A network in a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its name.
    pub name: String,
    /// Its file.
    pub path: PathBuf,
}

/// Checks the name of a new network: up to 40 letters, digits, `-` and `_`, beginning with a letter, and no name of the zoo.
///
/// # Errors
/// [`Error::BadName`] or [`Error::NameTaken`].
pub fn check_name(name: &str) -> Result<(), Error> {
    let plain = name.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c));
    if !plain || name.len() > LONGEST_NAME || !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return Err(Error::BadName(name.into()));
    }
    if model(name).is_ok() { Err(Error::NameTaken(name.into())) } else { Ok(()) }
}

impl Folder {
    /// The folder at `path`, which need not exist.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self(path.into())
    }

    /// Its path.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// The networks in it that look at pictures, in natural order; none if it does not exist. Files whose names cannot be those
    /// of networks are left out. No file is opened.
    pub fn entries(&self) -> Vec<Entry> {
        self.with_ending(PICTURES)
    }

    /// The networks in it that answer rows of tables, in the same way.
    pub fn tables(&self) -> Vec<Entry> {
        self.with_ending(TABLES)
    }

    fn with_ending(&self, ending: &str) -> Vec<Entry> {
        let files = fs::read_dir(&self.0).into_iter().flatten().flatten().map(|entry| entry.path());
        let entry = |path: PathBuf| {
            let name = path.file_name()?.to_str()?.strip_suffix(ending)?.strip_suffix('.')?.to_owned();
            check_name(&name).ok().map(|()| Entry { name, path })
        };
        let mut entries: Vec<_> = files.filter_map(entry).collect();
        entries.sort_by(|a, b| compare_str(&a.name, &b.name));
        entries
    }

    /// The file of a network of this name that looks at pictures, whether or not it exists.
    pub fn file(&self, name: &str) -> PathBuf {
        self.0.join(format!("{name}.{PICTURES}"))
    }

    /// The file of a network of this name that answers rows of tables, whether or not it exists.
    pub fn table(&self, name: &str) -> PathBuf {
        self.0.join(format!("{name}.{TABLES}"))
    }

    /// Whether there is a network of this name.
    pub fn has(&self, name: &str) -> bool {
        self.file(name).exists() || self.table(name).exists()
    }

    /// Reads the card of the network of this name.
    ///
    /// # Errors
    /// [`Error::File`].
    pub fn card(&self, name: &str) -> Result<Card, Error> {
        Entry { name: name.into(), path: self.file(name) }.card()
    }

    /// Reads the network of this name.
    ///
    /// # Errors
    /// [`Error::File`] or [`Error::Weights`].
    pub fn read(&self, name: &str) -> Result<(Network, Card), Error> {
        Entry { name: name.into(), path: self.file(name) }.read()
    }

    /// Writes the file of a network that looks at pictures, completely or not at all.
    ///
    /// # Errors
    /// A bad name, [`Error::NameTaken`] if there is one of this name and `replace` is not set, and [`Error::File`].
    pub fn save(&self, name: &str, file: &[u8], replace: bool) -> Result<PathBuf, Error> {
        self.write([self.file(name), self.table(name)], name, file, replace)
    }

    /// The same for a network that answers rows of tables.
    ///
    /// # Errors
    /// As [`save`](Self::save).
    pub fn save_table(&self, name: &str, file: &[u8], replace: bool) -> Result<PathBuf, Error> {
        self.write([self.table(name), self.file(name)], name, file, replace)
    }

    /// Writes the file at the path `own`. The network of the same name at the path `other` is replaced too.
    fn write(&self, [own, other]: [PathBuf; 2], name: &str, file: &[u8], replace: bool) -> Result<PathBuf, Error> {
        check_name(name)?;
        if !replace && self.has(name) {
            return Err(Error::NameTaken(name.into()));
        }
        let written = fs::create_dir_all(&self.0).and_then(|()| {
            let mut temporary = tempfile::Builder::new().prefix(".oneiric-").tempfile_in(&self.0)?;
            temporary.write_all(file)?;
            temporary.as_file().sync_all()?;
            temporary.persist(&own).map_err(|e| e.error)
        });
        let reason = |e: io::Error| match e.kind() {
            ErrorKind::StorageFull => "the disk is full; make room or choose another folder".into(),
            _ => e.to_string(),
        };
        written.map_err(|e| Error::File { path: own.clone(), reason: reason(e) })?;
        match fs::remove_file(&other) {
            Err(e) if e.kind() != ErrorKind::NotFound => Err(Error::File { path: other, reason: e.to_string() }),
            _ => Ok(own),
        }
    }

    /// Gives a network another name.
    ///
    /// # Errors
    /// As [`save`](Self::save), without replacing anything.
    pub fn rename(&self, name: &str, new: &str) -> Result<(), Error> {
        check_name(new)?;
        if self.has(new) {
            return Err(Error::NameTaken(new.into()));
        }
        let (from, to) = match self.table(name).exists() {
            true => (self.table(name), self.table(new)),
            false => (self.file(name), self.file(new)),
        };
        fs::rename(&from, &to).map_err(|e| Error::File { path: from, reason: e.to_string() })
    }

    /// Deletes a network.
    ///
    /// # Errors
    /// [`Error::File`].
    pub fn delete(&self, name: &str) -> Result<(), Error> {
        let path = if self.table(name).exists() { self.table(name) } else { self.file(name) };
        fs::remove_file(&path).map_err(|e| Error::File { path, reason: e.to_string() })
    }
}

impl Entry {
    /// Reads the card alone, from the beginning of the file.
    ///
    /// # Errors
    /// [`Error::File`].
    pub fn card(&self) -> Result<Card, Error> {
        let io = |e: std::io::Error| self.failed(e.to_string());
        let file = File::open(&self.path).map_err(io)?;
        let length = file.metadata().map_err(io)?.len();
        let mut file = file.take(MOST_HEADER);
        let (mut bytes, mut header) = ([0; file::LENGTH], Vec::new());
        file.read_exact(&mut bytes).map_err(io)?;
        file.take(u64::from_le_bytes(bytes)).read_to_end(&mut header).map_err(io)?;
        file::read_card(&header, length).map_err(|e| self.failed(e.to_string()))
    }

    /// Reads a network that looks at pictures, with its card.
    ///
    /// # Errors
    /// [`Error::File`] or [`Error::Weights`].
    pub fn read(&self) -> Result<(Network, Card), Error> {
        file::read(&self.name, &self.bytes()?).map_err(|e| self.failed(e.to_string()))
    }

    /// Reads its file.
    ///
    /// # Errors
    /// [`Error::File`], also for a file that is too large for a network.
    pub fn bytes(&self) -> Result<Vec<u8>, Error> {
        let file = File::open(&self.path).map_err(|e| match e.kind() {
            ErrorKind::NotFound => self.failed("there is no such file".into()),
            _ => self.failed(e.to_string()),
        })?;
        let mut bytes = Vec::new();
        file.take(MOST_BYTES + 1).read_to_end(&mut bytes).map_err(|e| self.failed(e.to_string()))?;
        if bytes.len() as u64 > MOST_BYTES {
            return Err(self.failed("it is too large for a network".into()));
        }
        Ok(bytes)
    }

    fn failed(&self, reason: String) -> Error {
        Error::File { path: self.path.clone(), reason }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use tempfile::TempDir;

    use super::super::architecture::Architecture;
    use super::super::card::ClassCard;
    use super::*;
    use crate::networks::Networks;

    /// The file of a small network with classes of these names.
    fn network(classes: [&str; 2]) -> Vec<u8> {
        let architecture: Architecture = "8 16/2".parse().unwrap();
        let class = |name: &str| ClassCard { name: name.into(), pictures: 3, held_out: 1 };
        let card = Card {
            title: String::new(),
            architecture: architecture.clone(),
            size: 32,
            parent: None,
            classes: classes.map(class).into(),
            result: None,
            training: Default::default(),
            dream: Default::default(),
        };
        file::write(&card, &architecture.graph(2).unwrap()).unwrap()
    }

    #[test]
    fn the_card_is_read_without_the_weights() {
        let own = TempDir::new().unwrap();
        let folder = Folder::new(own.path());
        let file = network(["cat", "dog"]);
        folder.save("pets", &file, false).unwrap();
        assert_eq!(folder.card("pets").unwrap(), folder.read("pets").unwrap().1);
        for length in [0, 7, 100, file.len() - 1] {
            fs::write(folder.file("pets"), &file[..length]).unwrap();
            assert!(folder.card("pets").is_err() && folder.read("pets").is_err(), "{length} bytes");
        }
        fs::write(folder.file("pets"), [0xff; 64]).unwrap();
        assert!(folder.card("pets").is_err());
    }

    #[test]
    fn only_files_that_have_changed_are_read_again() {
        let own = TempDir::new().unwrap();
        let folder = Folder::new(own.path());
        folder.save("pets", &network(["cat", "dog"]), false).unwrap();
        folder.save("things", &network(["cup", "pen"]), false).unwrap();
        let before = Networks::with_folder(&folder);
        let of = |networks: &Networks, name: &str| networks.get(name).unwrap();
        let (pets, things) = (of(&before, "pets"), of(&before, "things"));
        folder.save("things", &network(["cup", "fork"]), true).unwrap();
        let after = before.with_folder_again(&folder);
        assert!(Arc::ptr_eq(&of(&after, "pets"), &pets));
        assert_ne!(of(&after, "things").sha256(), things.sha256());
        folder.delete("pets").unwrap();
        assert!(after.with_folder_again(&folder).get("pets").is_err());
    }
}
