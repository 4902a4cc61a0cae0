//! What a user should know about a picture that was read all the same.

use std::fmt;

use super::format::FileKind;

/// Something odd about a file whose picture was read.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Warning {
    /// All pixels are there, but the end of the file is missing.
    EndMissing {
        /// The kind of file.
        kind: FileKind,
    },
    /// Pixels are missing. They are grey, in JPEG XL files perhaps black or blurred.
    Partial {
        /// The kind of file.
        kind: FileKind,
    },
    /// The picture is the first of several frames.
    FirstFrame {
        /// The kind of file.
        kind: FileKind,
    },
    /// The picture is the first of several pages.
    FirstPage {
        /// The kind of file.
        kind: FileKind,
    },
    /// The colour profile is damaged, or not for the picture's colours. The colours are taken as they are without one.
    ProfileIgnored {
        /// The kind of file.
        kind: FileKind,
        /// Why the profile cannot be used.
        detail: String,
    },
    /// Metadata should be kept, but there is none that may be.
    NoMetadata,
    /// Metadata should be kept, but it is damaged or too long, so that none is.
    MetadataIgnored {
        /// Why it cannot be used.
        detail: String,
    },
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::EndMissing { kind } => {
                write!(f, "the end of the {kind} file is missing, but no pixels are missing")
            }
            Self::Partial { kind } => {
                let look = if *kind == FileKind::JpegXl { "grey, black or blurred" } else { "grey" };
                write!(f, "the {kind} file is truncated or damaged; the missing part of the picture is {look}")
            }
            Self::FirstFrame { kind } => write!(f, "the {kind} file is an animation; only its first frame is used"),
            Self::FirstPage { kind } => write!(f, "the {kind} file has several pages; only the first is used"),
            Self::ProfileIgnored { kind, detail } => {
                write!(f, "the colour profile of the {kind} file is ignored, because it cannot be used ({detail})")
            }
            Self::NoMetadata => write!(f, "there is no camera metadata to keep"),
            Self::MetadataIgnored { detail } => {
                write!(f, "the metadata is not kept, because it cannot be used ({detail})")
            }
        }
    }
}
