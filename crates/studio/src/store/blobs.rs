//! Files named by their content.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use oneiric::recipe::sha256;
use tempfile::NamedTempFile;

use super::Store;

/// How files begin that are not complete.
const UNFINISHED: &str = ".oneiric-";

/// A file that is arriving.
pub struct Upload(NamedTempFile);

impl Upload {
    /// Adds bytes.
    ///
    /// # Errors
    /// What the disk reports.
    pub fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0.write_all(bytes)
    }

    /// Where it lies meanwhile.
    pub fn path(&self) -> &Path {
        self.0.path()
    }
}

impl Store {
    /// Begins a file.
    ///
    /// # Errors
    /// What the disk reports.
    pub fn upload(&self) -> io::Result<Upload> {
        let folder = self.folder.join("work");
        Ok(Upload(tempfile::Builder::new().prefix(UNFINISHED).tempfile_in(folder)?))
    }

    /// The file with this id, which is the SHA-256 of its bytes: nothing that was made outside becomes a path.
    pub fn blob(&self, id: &str) -> PathBuf {
        debug_assert!(is_id(id), "{id}");
        self.folder.join("pictures").join(&id[..2]).join(id)
    }

    /// Keeps an upload under the hash of its bytes.
    ///
    /// # Errors
    /// What the disk reports.
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

    /// Keeps these bytes; the id of the file.
    ///
    /// # Errors
    /// What the disk reports.
    pub fn keep_bytes(&self, bytes: &[u8]) -> io::Result<String> {
        let mut upload = self.upload()?;
        upload.write(bytes)?;
        let id = sha256(bytes);
        self.keep(upload, &id)?;
        Ok(id)
    }

    /// Removes what a run that died left unfinished.
    pub(super) fn clean_work(&self) {
        let Ok(entries) = fs::read_dir(self.folder.join("work")) else { return };
        for entry in entries.flatten() {
            if entry.file_name().to_string_lossy().starts_with(UNFINISHED) {
                // One that stays is removed the next time.
                let _ = fs::remove_file(entry.path());
            }
        }
    }
}

/// Whether a text can be the id of a picture.
pub fn is_id(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'))
}

/// Sees to it that a new name in a folder survives a crash.
fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}
