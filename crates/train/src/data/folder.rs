//! Finds the pictures of classes in a folder.

use std::fs::{self, DirEntry};
use std::io;
use std::path::{Path, PathBuf};

use alphanumeric_sort::compare_str;
use oneiric::picture::FileKind;

use crate::error::Error;

/// How far a folder is searched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// The most files and sub-folders together.
    pub files: usize,
    /// How deep folders may lie in the folder of a class.
    pub depth: usize,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { files: 200_000, depth: 8 }
    }
}

/// What was left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unread {
    /// The file or folder.
    pub path: PathBuf,
    /// Why, and what to do.
    pub reason: String,
}

/// The picture files of a class.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClassFiles {
    /// The name of the class: that of its folder.
    pub name: String,
    /// The files in natural order: `dog-2.jpg` comes before `dog-10.jpg`.
    pub files: Vec<PathBuf>,
}

/// The pictures in a folder, not opened yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folder {
    /// The classes in natural order.
    pub classes: Vec<ClassFiles>,
    /// What is no picture by its name, or cannot be a class.
    pub left_out: Vec<Unread>,
}

impl Folder {
    /// Finds the pictures in the folder at `path`. Each of its sub-folders is a class if there are pictures in it, at any
    /// depth. If none has any, the pictures in the folder itself are one class.
    ///
    /// Files with the ending of a picture count, and files without an ending. Hidden files and folders are ignored. The
    /// folder of a class may be a link; other links to folders are not followed, because they may form a loop.
    ///
    /// # Errors
    /// [`Error::Folder`] if it cannot be listed, [`Error::TooManyFiles`], and [`Error::NoPictures`].
    pub fn find(path: &Path, bounds: &Bounds) -> Result<Self, Error> {
        let mut search = Search { root: path, bounds, seen: 0, left_out: Vec::new() };
        let unlisted = |e: io::Error| Error::Folder { folder: path.to_owned(), reason: e.to_string() };
        let root = fs::canonicalize(path).map_err(unlisted)?;
        let (mut classes, mut loose) = (Vec::new(), Vec::new());
        for (name, entry) in search.list(path)?.map_err(unlisted)? {
            let below = entry.path();
            // A link to the folder itself or to one above it would be a class of everything.
            let is_class = below.is_dir() && fs::canonicalize(&below).is_ok_and(|below| !root.starts_with(below));
            if is_class {
                let mut files = Vec::new();
                search.collect(&below, 1, &mut files)?;
                classes.push(ClassFiles { name, files });
            } else {
                search.take(&entry, &mut loose);
            }
        }
        classes.retain(|class| !class.files.is_empty());
        if !classes.is_empty() {
            let loose_file = "it is in no folder of a class; move it into one";
            loose.into_iter().for_each(|path| search.leave_out(path, loose_file));
        } else if !loose.is_empty() {
            let name = root.file_name().map_or("pictures".into(), |name| name.to_string_lossy().into_owned());
            classes.push(ClassFiles { name, files: loose });
        } else {
            return Err(Error::NoPictures { folder: path.to_owned() });
        }
        Ok(Self { classes, left_out: search.left_out })
    }

    /// The number of pictures of all classes.
    pub fn pictures(&self) -> usize {
        self.classes.iter().map(|class| class.files.len()).sum()
    }
}

struct Search<'a> {
    root: &'a Path,
    bounds: &'a Bounds,
    seen: usize,
    left_out: Vec<Unread>,
}

impl Search<'_> {
    fn leave_out(&mut self, path: PathBuf, reason: &str) {
        self.left_out.push(Unread { path, reason: reason.into() });
    }

    /// What is not hidden and has a readable name, in natural order.
    fn list(&mut self, folder: &Path) -> Result<io::Result<Vec<(String, DirEntry)>>, Error> {
        let entries = match fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(e) => return Ok(Err(e)),
        };
        let mut listed = Vec::new();
        for entry in entries {
            let entry = match entry {
                Ok(entry) => entry,
                Err(e) => return Ok(Err(e)),
            };
            if entry.file_name().as_encoded_bytes().starts_with(b".") {
                continue;
            }
            self.seen += 1;
            if self.seen > self.bounds.files {
                return Err(Error::TooManyFiles { folder: self.root.to_owned(), limit: self.bounds.files });
            }
            match entry.file_name().into_string() {
                Ok(name) => listed.push((name, entry)),
                Err(_) => self.leave_out(entry.path(), "its name is not valid text (UTF-8); rename it"),
            }
        }
        listed.sort_by(|(a, _), (b, _)| compare_str(a, b).then_with(|| a.cmp(b)));
        Ok(Ok(listed))
    }

    /// Collects the pictures of a class.
    fn collect(&mut self, folder: &Path, depth: usize, files: &mut Vec<PathBuf>) -> Result<(), Error> {
        if depth > self.bounds.depth {
            self.leave_out(folder.to_owned(), "folders lie too deep in each other; move its pictures up");
            return Ok(());
        }
        match self.list(folder)? {
            Ok(entries) => entries.into_iter().try_for_each(|(_, entry)| {
                if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                    return self.collect(&entry.path(), depth + 1, files);
                }
                self.take(&entry, files);
                Ok(())
            }),
            Err(e) => {
                self.leave_out(folder.to_owned(), &format!("cannot read the folder: {e}"));
                Ok(())
            }
        }
    }

    /// Takes a file if it is a picture by its name. Anything else could hang when it is opened, such as a pipe.
    fn take(&mut self, entry: &DirEntry, files: &mut Vec<PathBuf>) {
        let path = entry.path();
        match fs::metadata(&path) {
            Ok(about) if about.is_file() && may_be_picture(&path) => files.push(path),
            Ok(about) if about.is_file() => self.leave_out(path, "its ending is not that of a picture"),
            Ok(about) if about.is_dir() => self.leave_out(path, "links to folders are not followed"),
            Ok(_) => self.leave_out(path, "it is not a file"),
            Err(e) => self.leave_out(path, &format!("cannot open it: {e}")),
        }
    }
}

/// The content decides when the file is read. Without an ending there is no other way to know.
fn may_be_picture(path: &Path) -> bool {
    let Some(ending) = path.extension() else { return true };
    ending.to_str().is_some_and(|ending| FileKind::ENDINGS.contains(&ending.to_ascii_lowercase().as_str()))
}
