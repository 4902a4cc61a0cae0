//! Writes a file completely or not at all.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use tempfile::{Builder, NamedTempFile};

use super::error::PictureError;
use super::format::Format;

/// What to do if the file exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SaveMode {
    /// Fail and keep it.
    New,
    /// Replace it.
    Overwrite,
}

impl Format {
    /// Returns the format of the ending of a file name, upper or lower case.
    ///
    /// # Errors
    /// [`PictureError::UnknownFormat`] if there is no ending, or an unknown one.
    pub fn from_path(path: impl AsRef<Path>) -> Result<Self, PictureError> {
        let path = path.as_ref();
        path.extension()
            .and_then(|ending| ending.to_str()?.parse().ok())
            .ok_or_else(|| PictureError::UnknownFormat { given: path.display().to_string() })
    }
}

impl FromStr for Format {
    type Err = PictureError;

    /// Takes any of [`Format::endings`], upper or lower case.
    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let lower = name.to_ascii_lowercase();
        Self::ALL
            .into_iter()
            .find(|format| format.endings().contains(&lower.as_str()))
            .ok_or_else(|| PictureError::UnknownFormat { given: name.to_owned() })
    }
}

/// Checks before a dream that its result can be saved as `path`, as far as that is known without writing. Returns the
/// format.
///
/// # Errors
/// [`PictureError::UnknownFormat`] by the ending; within [`PictureError::InFile`]:
/// [`Exists`](PictureError::Exists), [`NoFolder`](PictureError::NoFolder),
/// [`BadName`](PictureError::BadName), [`NotAFile`](PictureError::NotAFile),
/// [`NotWritable`](PictureError::NotWritable).
pub fn check_destination(path: impl AsRef<Path>, mode: SaveMode) -> Result<Format, PictureError> {
    let path = path.as_ref();
    let format = Format::from_path(path)?;
    destination(path, mode).map_err(|problem| problem.in_file(path))?;
    Ok(format)
}

/// Writes `bytes` to a temporary file in the folder of `path`, syncs it to the disk, and then renames it. After a crash or
/// on a full disk the old file is unchanged. A link is followed, and the new file has the permissions of the one it
/// replaces.
///
/// # Errors
/// Within [`PictureError::InFile`]: those of [`check_destination`] except for the ending,
/// [`DiskFull`](PictureError::DiskFull), [`WriteFailed`](PictureError::WriteFailed).
pub fn write_file(path: impl AsRef<Path>, bytes: &[u8], mode: SaveMode) -> Result<(), PictureError> {
    let path = path.as_ref();
    destination(path, mode)
        .and_then(|target| put(&target, bytes, mode).map_err(PictureError::from_write))
        .map_err(|problem| problem.in_file(path))
}

fn destination(path: &Path, mode: SaveMode) -> Result<PathBuf, PictureError> {
    let there = fs::metadata(path);
    match (&there, mode) {
        (Ok(about), _) if !about.is_file() => Err(PictureError::NotAFile),
        (Ok(_), SaveMode::New) => Err(PictureError::Exists),
        (Ok(about), SaveMode::Overwrite) if about.permissions().readonly() => {
            let refusal = io::Error::new(io::ErrorKind::PermissionDenied, "read-only file");
            Err(PictureError::NotWritable(refusal))
        }
        (Ok(_), SaveMode::Overwrite) => fs::canonicalize(path).map_err(PictureError::from_write),
        // A broken link: its name is taken.
        (Err(_), SaveMode::New) if path.is_symlink() => Err(PictureError::Exists),
        (Err(_), _) if !folder(path).is_dir() => Err(PictureError::NoFolder),
        (Err(error), _) if error.kind() == io::ErrorKind::InvalidFilename => {
            Err(PictureError::BadName(io::Error::from(error.kind())))
        }
        (Err(_), _) => Ok(path.to_owned()),
    }
}

fn folder(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// An early return removes the temporary file.
fn put(target: &Path, bytes: &[u8], mode: SaveMode) -> io::Result<()> {
    let folder = folder(target);
    let mut file = temporary(folder)?;
    file.write_all(bytes)?;
    if let Ok(before) = fs::metadata(target) {
        file.as_file().set_permissions(before.permissions())?;
    }
    file.as_file().sync_all()?;
    match mode {
        SaveMode::New => file.persist_noclobber(target)?,
        SaveMode::Overwrite => file.persist(target)?,
    };
    // The file is complete; this makes its name survive a power cut, where folders can be synced.
    if cfg!(unix) {
        File::open(folder).and_then(|folder| folder.sync_all()).ok();
    }
    Ok(())
}

/// Temporary files are private by default, but a picture gets the permissions of any new file.
fn temporary(folder: &Path) -> io::Result<NamedTempFile> {
    let mut builder = Builder::new();
    builder.prefix(".oneiric-").suffix(".tmp");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    builder.tempfile_in(folder)
}
