//! Why a recipe cannot be had.

use std::fmt;
use std::path::{Path, PathBuf};

use crate::picture::{FileKind, PictureError, readable};

use super::{FORMAT, LONGEST};

/// Characters of a message: what it cites may be as long as a recipe.
const LONGEST_MESSAGE: usize = 600;

/// A recipe that cannot be read, found or written. Each message says what to do about it.
#[derive(Debug, thiserror::Error)]
pub enum RecipeError {
    /// Another of these errors, with the file that it happened to.
    #[error("{}: {problem}", readable(path))]
    InFile {
        /// The file.
        path: PathBuf,
        /// What happened to it.
        problem: Box<RecipeError>,
    },
    /// The file cannot be read.
    #[error(transparent)]
    Picture(#[from] PictureError),
    /// A picture without a recipe.
    #[error("this picture has no recipe; only dreams saved with their recipe, and not changed since, have one")]
    None,
    /// Neither text nor a picture.
    #[error("this is neither a recipe nor a picture that could carry one")]
    Foreign,
    /// It was made by a later version of the program.
    #[error(
        "this recipe was made by a newer version of Oneiric: its format is {0}, and this version reads up to {FORMAT}"
    )]
    Newer(u32),
    /// Text that is no recipe, or one that holds what cannot be; the words say what.
    #[error("{0}")]
    Invalid(String),
    /// A network that the recipe names and that is not there.
    #[error("the recipe needs the network '{0}', which is not known here; add it, or dream without the recipe")]
    NoNetwork(String),
    /// A network of this name is there, with other weights than the recipe was made with.
    #[error("the network '{0}' has other weights here than the recipe was made with, and would dream otherwise")]
    OtherWeights(String),
    /// More than [`LONGEST`] bytes.
    #[error("the recipe is longer than {LONGEST} bytes and cannot be written into a picture")]
    TooLongToWrite,
    /// More than [`LONGEST`] bytes.
    #[error("this is longer than the {LONGEST} bytes that a recipe may have")]
    TooLongToRead,
    /// The file around the recipe contradicts its own format.
    #[error("the recipe in this {kind} file cannot be read: {detail}")]
    Damaged {
        /// The kind of file.
        kind: FileKind,
        /// What is wrong.
        detail: String,
    },
    /// A kind of file that takes no recipe.
    #[error("a recipe goes into PNG, JPEG and WebP files, not into {0}")]
    NoRoom(FileKind),
}

impl RecipeError {
    /// What cannot be. Recipes come from strangers: what a message cites of one is cut, and can do nothing to a terminal.
    pub(super) fn invalid(why: impl fmt::Display) -> Self {
        Self::Invalid(tame(&why.to_string()))
    }

    pub(super) fn damaged(kind: FileKind, why: impl fmt::Display) -> Self {
        Self::Damaged { kind, detail: tame(&why.to_string()) }
    }

    pub(super) fn in_file(self, path: &Path) -> Self {
        Self::InFile { path: path.to_owned(), problem: Box::new(self) }
    }
}

fn tame(text: &str) -> String {
    let escaped = |c: char| if c.is_control() && c != '\n' { c.escape_default().to_string() } else { c.to_string() };
    let cut = text.char_indices().nth(LONGEST_MESSAGE);
    let shown: String = text.chars().take(LONGEST_MESSAGE).map(escaped).collect();
    if cut.is_some() { shown + "…" } else { shown }
}
