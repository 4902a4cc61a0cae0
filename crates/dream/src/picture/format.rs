//! The formats that we write.

use std::fmt;
use std::path::Path;
use std::str::FromStr;

use super::error::PictureError;

/// A format that a [`Picture`](super::Picture) can be written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// Lossless, with transparency.
    Png,
    /// Small, lossy, without transparency.
    Jpeg,
    /// Lossless, with transparency, smaller than PNG.
    WebP,
}

impl Format {
    /// Every format, the default one first.
    pub const ALL: [Self; 3] = [Self::Png, Self::Jpeg, Self::WebP];

    /// The endings of its files, in lower case, the usual one first.
    pub fn endings(self) -> &'static [&'static str] {
        match self {
            Self::Png => &["png"],
            Self::Jpeg => &["jpg", "jpeg", "jpe", "jfif"],
            Self::WebP => &["webp"],
        }
    }

    /// The format that the ending of a file name asks for, in whatever case.
    ///
    /// # Errors
    /// [`PictureError::UnknownFormat`] if there is no ending or it is none of ours.
    pub fn from_path(path: impl AsRef<Path>) -> Result<Self, PictureError> {
        let path = path.as_ref();
        path.extension()
            .and_then(|ending| ending.to_str()?.parse().ok())
            .ok_or_else(|| PictureError::UnknownFormat { given: path.display().to_string() })
    }

    /// Whether a picture of this size can be written, for who wants to know before the picture is made.
    ///
    /// # Errors
    /// [`PictureError::SideTooLong`].
    pub fn check_size(self, width: usize, height: usize) -> Result<(), PictureError> {
        let (side, limit) = (width.max(height), self.longest_side());
        if side > limit { Err(PictureError::SideTooLong { format: self, side, limit }) } else { Ok(()) }
    }

    pub(super) fn known() -> String {
        let endings: Vec<_> = Self::ALL.iter().map(|format| format!(".{}", format.endings()[0])).collect();
        endings.join(", ")
    }

    fn longest_side(self) -> usize {
        match self {
            Self::Png => i32::MAX as usize,
            Self::Jpeg => 65_535,
            Self::WebP => 16_384,
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Png => "PNG",
            Self::Jpeg => "JPEG",
            Self::WebP => "WebP",
        })
    }
}

impl FromStr for Format {
    type Err = PictureError;

    /// Takes any of [`Format::endings`], in whatever case.
    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let lower = name.to_ascii_lowercase();
        Self::ALL
            .into_iter()
            .find(|format| format.endings().contains(&lower.as_str()))
            .ok_or_else(|| PictureError::UnknownFormat { given: name.to_owned() })
    }
}
