//! Writing a file whole or not at all.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::{Builder, NamedTempFile};

use super::error::PictureError;
use super::format::Format;

/// What to do if the file is there already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SaveMode {
    /// Leave it alone and fail.
    New,
    /// Put the new file in its place.
    Overwrite,
}

/// Tells before the work of a dream whether its result can be saved as `path`, as far as that can be known
/// without writing, and in which format.
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

/// Writes `bytes` to a temporary file beside `path`, has them put on the disk, and only then gives the file its
/// name. A crash or a full disk leaves what was there before. A link is followed, and an overwritten file
/// hands down its permissions.
///
/// # Errors
/// Within [`PictureError::InFile`]: those of [`check_destination`] but for the ending,
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
        // A link to nowhere has a name that can't be given again.
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

/// The temporary file removes itself wherever this returns early.
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
    // The file is whole by now; this makes its name outlast a power cut where folders can be synced.
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
