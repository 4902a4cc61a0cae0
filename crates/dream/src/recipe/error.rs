//! The errors of recipes.

use std::fmt;
use std::path::{Path, PathBuf};

use crate::invalid::InvalidSetting;
use crate::picture::{FileKind, PictureError, readable};

use super::format::{FORMAT, LONGEST};

/// The largest length of a message in characters: a quoted recipe may be longer.
const LONGEST_MESSAGE: usize = 600;

/// Why a recipe cannot be read, found or written. Each message says what to do.
#[derive(Debug, thiserror::Error)]
pub enum RecipeError {
    /// One of the other errors, with the name of the file.
    #[error("{}: {problem}", readable(path))]
    InFile {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        problem: Box<RecipeError>,
    },
    /// The file cannot be read.
    #[error(transparent)]
    Picture(#[from] PictureError),
    /// A picture without a recipe.
    #[error("this picture has no recipe; only unchanged dreams that were saved with their recipe have one")]
    None,
    /// Neither text nor a picture.
    #[error("this is neither a recipe nor a picture that can contain one")]
    Foreign,
    /// It was made by a later version of the program.
    #[error(
        "this recipe was made by a newer version of Oneiric: its format is {0}, and this version reads formats up to {FORMAT}"
    )]
    Newer(u32),
    /// Text that is not a recipe, or a recipe with an invalid value; the message says which.
    #[error("{0}")]
    Invalid(String),
    /// A setting or a place that cannot be used.
    #[error(transparent)]
    Setting(#[from] InvalidSetting),
    /// A network of the recipe that is unknown here.
    #[error("the recipe needs the network '{0}', which is unknown here; add it, or dream without the recipe")]
    NoNetwork(String),
    /// A network with other weights than those of the recipe.
    #[error("the network '{0}' has other weights than in the recipe, and would give another dream")]
    OtherWeights(String),
    /// More than [`LONGEST`] bytes.
    #[error("the recipe is longer than {LONGEST} bytes and cannot be written into a picture")]
    TooLongToWrite,
    /// More than [`LONGEST`] bytes.
    #[error("this is longer than {LONGEST} bytes, the limit of a recipe")]
    TooLongToRead,
    /// The file around the recipe contradicts its own format.
    #[error("the recipe in this {kind} file cannot be read: {detail}")]
    Damaged {
        /// The kind of file.
        kind: FileKind,
        /// What is wrong.
        detail: String,
    },
    /// A kind of file that cannot contain a recipe.
    #[error("{0} files cannot contain a recipe; use PNG, JPEG, WebP or TIFF")]
    NoRoom(FileKind),
}

impl RecipeError {
    /// An invalid value. Recipes may come from anyone: a message shortens what it quotes and escapes control characters.
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
