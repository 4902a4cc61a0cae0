//! The studio's folder: a database of pictures, jobs and dreams, and picture files named by the hash of their content.
//!
//! A file is on the disk before the database refers to it, so a crash loses nothing that was shown as done. Only one program at
//! a time can use the folder; it holds a lock that the system releases when the program dies.

mod blobs;
mod clock;
mod dreams;
mod jobs;
mod pictures;
mod records;
#[cfg(test)]
mod tests;
mod trainings;

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

use rusqlite::{Connection, OptionalExtension, params};

pub use blobs::Upload;
pub use clock::now;
pub use dreams::DreamFilter;
pub use jobs::{Claim, StopRequest};
pub use pictures::PictureRecord;
pub use records::{DreamRecord, FinishedDream, JobRecord, NewJob};
pub use trainings::{ClassRecord, TrainingRecord};

/// The migrations of the database. Each runs once, in order; existing ones never change.
const SCHEMA: [&str; 2] = [include_str!("schema.sql"), include_str!("trainings.sql")];

/// Why the folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another studio uses it.
    #[error("another studio uses {0}; close it, or give another folder with --data")]
    InUse(PathBuf),
    /// A newer version of the program wrote it.
    #[error("{0} was written by a newer version of Oneiric; use that, or give another folder with --data")]
    Newer(PathBuf),
    /// An error of the system.
    #[error("{0}: {1}; check its permissions, or give another folder with --data")]
    Io(PathBuf, io::Error),
    /// The database is damaged.
    #[error("the database in {0} cannot be used ({1})")]
    Database(PathBuf, rusqlite::Error),
}

/// The database and the files.
pub struct Store {
    connection: Mutex<Connection>,
    folder: PathBuf,
    _lock: File,
}

impl Store {
    /// Opens the folder, and creates it if necessary. Jobs of a run that crashed are queued again.
    ///
    /// # Errors
    /// A folder that is in use, was written by a newer version, or cannot be written to.
    pub fn open(folder: &Path) -> Result<Self, StoreError> {
        let failed = |e| StoreError::Io(folder.to_owned(), e);
        for part in ["pictures", "work", "views", "channels"] {
            fs::create_dir_all(folder.join(part)).map_err(failed)?;
        }
        let lock = File::create(folder.join("lock")).map_err(failed)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(StoreError::InUse(folder.to_owned())),
            Err(TryLockError::Error(e)) => return Err(failed(e)),
        }
        let connection = connect(folder)?;
        let store = Self { connection: Mutex::new(connection), folder: folder.to_owned(), _lock: lock };
        store.free_claims().map_err(|e| StoreError::Database(folder.to_owned(), e))?;
        Ok(store)
    }

    fn connection(&self) -> MutexGuard<'_, Connection> {
        self.connection.lock().expect("nothing panics while it holds the database")
    }

    /// Gives new jobs, trainings and classes numbers above this one, so that no two spaces of a class have the same.
    ///
    /// # Errors
    /// A database error.
    pub fn number_above(&self, number: i64) -> rusqlite::Result<()> {
        let connection = self.connection();
        for table in ["jobs", "trainings", "training_classes"] {
            let sql = "INSERT INTO sqlite_sequence (name, seq) VALUES (?1, ?2)";
            connection.execute(sql, params![table, number])?;
        }
        Ok(())
    }

    /// Returns the path of a job's checkpoint.
    pub fn work(&self, job: i64) -> PathBuf {
        self.folder.join("work").join(format!("{job}.dream"))
    }

    /// Returns the path of a training's checkpoint.
    pub fn training_work(&self, training: i64) -> PathBuf {
        self.folder.join("work").join(format!("{training}.training"))
    }

    /// Returns the folder of the caches, which may be deleted.
    pub fn cache(&self) -> &Path {
        &self.folder
    }

    /// Whether the queue is paused.
    ///
    /// # Errors
    /// A database error.
    pub fn is_paused(&self) -> rusqlite::Result<bool> {
        let sql = "SELECT value FROM facts WHERE name = 'paused'";
        Ok(self.connection().query_row(sql, [], |row| row.get(0)).optional()?.unwrap_or(false))
    }

    /// Pauses or resumes the queue.
    ///
    /// # Errors
    /// A database error.
    pub fn pause(&self, paused: bool) -> rusqlite::Result<()> {
        let sql = "INSERT INTO facts VALUES ('paused', ?1) ON CONFLICT (name) DO UPDATE SET value = ?1";
        self.connection().execute(sql, [paused]).map(|_| ())
    }
}

fn connect(folder: &Path) -> Result<Connection, StoreError> {
    let failed = |e| StoreError::Database(folder.to_owned(), e);
    let mut connection = Connection::open(folder.join("studio.db")).map_err(failed)?;
    connection.busy_timeout(Duration::from_secs(10)).map_err(failed)?;
    connection.pragma_update(None, "journal_mode", "WAL").map_err(failed)?;
    connection.pragma_update(None, "synchronous", "FULL").map_err(failed)?;
    connection.pragma_update(None, "foreign_keys", true).map_err(failed)?;
    let version: usize =
        connection.query_row("PRAGMA user_version", [], |row| row.get::<_, u32>(0)).map_err(failed)? as usize;
    if version > SCHEMA.len() {
        return Err(StoreError::Newer(folder.to_owned()));
    }
    for (number, step) in SCHEMA.iter().enumerate().skip(version) {
        let change = connection.transaction().map_err(failed)?;
        change.execute_batch(step).map_err(failed)?;
        change.pragma_update(None, "user_version", number as u32 + 1).map_err(failed)?;
        change.commit().map_err(failed)?;
    }
    Ok(connection)
}
