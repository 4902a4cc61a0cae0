//! Files named by the hash of their content.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use oneiric::recipe::sha256;
use tempfile::NamedTempFile;

use super::Store;

/// The prefix of incomplete files.
const UNFINISHED: &str = ".oneiric-";

/// A file that is being written.
pub struct Upload(NamedTempFile);

impl Upload {
    /// Adds bytes.
    ///
    /// # Errors
    /// An error of the disk.
    pub fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0.write_all(bytes)
    }

    /// Returns the path of the temporary file.
    pub fn path(&self) -> &Path {
        self.0.path()
    }
}

impl Store {
    /// Starts a file.
    ///
    /// # Errors
    /// An error of the disk.
    pub fn upload(&self) -> io::Result<Upload> {
        let folder = self.folder.join("work");
        Ok(Upload(tempfile::Builder::new().prefix(UNFINISHED).tempfile_in(folder)?))
    }

    /// Returns the path of the file with this id, the SHA-256 of its bytes, so that no text from outside becomes a path.
    pub fn blob(&self, id: &str) -> PathBuf {
        debug_assert!(is_id(id), "{id}");
        self.folder.join("pictures").join(&id[..2]).join(id)
    }

    /// Moves an upload to its place. `id` is the SHA-256 of its bytes.
    ///
    /// # Errors
    /// An error of the disk.
    pub fn keep(&self, upload: Upload, id: &str) -> io::Result<()> {
        let path = self.blob(id);
        if path.exists() {
            return Ok(());
        }
        upload.0.as_file().sync_all()?;
        let folder = path.parent().unwrap_or(&self.folder);
        fs::create_dir_all(folder)?;
        upload.0.persist(&path)?;
        sync_folder(folder)?;
        sync_folder(&self.folder.join("pictures"))
    }

    /// Stores these bytes. Returns the id of the file.
    ///
    /// # Errors
    /// An error of the disk.
    pub fn keep_bytes(&self, bytes: &[u8]) -> io::Result<String> {
        let mut upload = self.upload()?;
        upload.write(bytes)?;
        let id = sha256(bytes);
        self.keep(upload, &id)?;
        Ok(id)
    }

    /// Removes incomplete files of a run that crashed.
    pub(super) fn clean_work(&self) {
        let Ok(entries) = fs::read_dir(self.folder.join("work")) else { return };
        for entry in entries.flatten() {
            if entry.file_name().to_string_lossy().starts_with(UNFINISHED) {
                // A file that cannot be removed is tried again the next time.
                let _ = fs::remove_file(entry.path());
            }
        }
    }
}

/// Whether a text has the form of a picture's id.
pub fn is_id(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'))
}

/// Makes a new name in a folder survive a crash.
fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}
