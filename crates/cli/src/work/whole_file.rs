//! Files that are complete or absent.

use std::io::{self, Write};
use std::path::Path;

/// Writes a file under a temporary name, then renames it.
pub fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut temporary = tempfile::Builder::new().prefix(".oneiric-").tempfile_in(folder)?;
    temporary.write_all(bytes)?;
    temporary.persist(path).map(|_| ()).map_err(|e| e.error)
}
