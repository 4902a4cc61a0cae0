//! Errors of reading and writing pictures, and who has to act on them.

use std::io;
use std::path::{Path, PathBuf};

use super::format::{FileKind, Format};

/// Who has to act on an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Blame {
    /// The user: another picture file is needed.
    Input,
    /// The user: another name, format or option is needed.
    Usage,
    /// This computer: the disk is full, a permission is missing, a drive fails, memory is short.
    System,
}

/// Why a picture cannot be read, made or written. Each message says what to do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PictureError {
    /// One of the other errors, with the name of the file.
    #[error("{}: {problem}", readable(path))]
    InFile {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        problem: Box<PictureError>,
    },

    /// The file does not exist.
    #[error("no such file; check the name and the folder")]
    Missing,
    /// The path is a folder.
    #[error("this is a folder; name a picture file in it")]
    IsFolder,
    /// The operating system denies reading the file.
    #[error("no permission to read this file; change its permissions or copy it elsewhere")]
    NotAllowed,
    /// A loop of links, a socket, or another path that cannot be opened.
    #[error("cannot open it ({0}); give the name of a picture file")]
    NotOpened(io::Error),
    /// The file system does not allow this name; mostly it is too long.
    #[error("invalid file name ({0}); choose a shorter one")]
    BadName(io::Error),
    /// Reading stopped half-way.
    #[error("reading failed ({0}); check the drive or the network and try again")]
    ReadFailed(io::Error),
    /// The file has no bytes.
    #[error("the file is empty (0 bytes); copy or download it again")]
    Empty,
    /// The file is longer than [`Limits::max_file_bytes`](super::Limits::max_file_bytes).
    #[error("the file is larger than the limit of {limit} bytes; save a smaller picture")]
    FileTooLarge {
        /// The limit.
        limit: u64,
    },
    /// The header asks for more than [`Limits::max_pixels`](super::Limits::max_pixels).
    #[error("{width} x {height} pixels exceed the limit of {limit} pixels; scale the picture down first")]
    TooManyPixels {
        /// Columns, from the header.
        width: u32,
        /// Rows, from the header.
        height: u32,
        /// The limit.
        limit: u64,
    },
    /// The samples would take more than [`Limits::max_decoded_bytes`](super::Limits::max_decoded_bytes).
    #[error("decoding takes more than the limit of {limit} bytes; scale the picture down first")]
    TooManyBytes {
        /// The limit.
        limit: u64,
    },
    /// Within the limits, but larger than the free memory.
    #[error(
        "reading {width} x {height} pixels takes about {needed} MB of memory, and {available} MB are free; scale the \
         picture down first or close other programs"
    )]
    TooLargeForMemory {
        /// Columns.
        width: usize,
        /// Rows.
        height: usize,
        /// Megabytes (10^6 bytes) needed.
        needed: u64,
        /// Megabytes free.
        available: u64,
    },
    /// Reading the picture would take more memory than [`Limits::max_memory`](super::Limits::max_memory).
    #[error(
        "reading {width} x {height} pixels takes about {needed} MB of memory, and the limit is {limit} MB; allow more \
         memory or scale the picture down first"
    )]
    OverMemoryLimit {
        /// Columns.
        width: usize,
        /// Rows.
        height: usize,
        /// Megabytes (10^6 bytes) needed.
        needed: u64,
        /// The limit in megabytes.
        limit: u64,
    },
    /// The header says that a side has no pixels.
    #[error("the header says {width} x {height} pixels; the file is damaged")]
    NoPixels {
        /// Columns, from the header.
        width: u32,
        /// Rows, from the header.
        height: u32,
    },
    /// A known kind of file that cannot be read.
    #[error("this looks like {looks_like}; {advice}")]
    Foreign {
        /// What it looks like.
        looks_like: &'static str,
        /// What to do with it.
        advice: &'static str,
    },
    /// An unknown kind of file.
    #[error("this isn't a picture of a known kind; use a JPEG, PNG, WebP, GIF, BMP, TIFF or JPEG XL file")]
    Unknown,
    /// The file ends before its picture does.
    #[error("the {kind} file is truncated; copy or download it again")]
    CutShort {
        /// The kind of file.
        kind: FileKind,
    },
    /// The file contradicts its own format.
    #[error("the {kind} file is damaged ({detail}); copy or download it again")]
    Damaged {
        /// The kind of file.
        kind: FileKind,
        /// What the decoder reports.
        detail: String,
    },
    /// A rare variety of a supported format.
    #[error("this variety of {kind} is not supported ({detail}); save the picture as PNG and use that")]
    Unsupported {
        /// The kind of file.
        kind: FileKind,
        /// What is unusual about it.
        detail: String,
    },

    /// Planes of the wrong length for the given size.
    #[error(
        "a picture of {width} x {height} pixels cannot have {values} colour values and {alpha:?} of transparency: it \
         has width * height * 3 and width * height, and both sides are at least 1"
    )]
    WrongSize {
        /// The wanted width.
        width: usize,
        /// The wanted height.
        height: usize,
        /// Length of the colours.
        values: usize,
        /// Length of the transparency, if there is any.
        alpha: Option<usize>,
    },
    /// The system has not enough memory.
    #[error("not enough memory for {bytes} bytes; close other programs or scale the picture down")]
    OutOfMemory {
        /// How much is needed.
        bytes: usize,
    },

    /// A file name or format name that is not one of [`Format::ALL`].
    #[error(
        "unknown picture format in '{}'; use a name that ends in {}", readable(given.as_ref()), Format::known()
    )]
    UnknownFormat {
        /// What was given.
        given: String,
    },
    /// A quality outside 1 to 100.
    #[error("invalid quality {quality}: must be between 1 and 100")]
    BadQuality {
        /// What was given.
        quality: u8,
    },
    /// 16 bits a channel in a format that has only 8.
    #[error("{format} files have 8 bits a channel; use another format for 16")]
    Only8Bits {
        /// The format.
        format: Format,
    },
    /// Metadata for a format that cannot hold it here.
    #[error("a {format} file cannot keep the photo's metadata; write PNG, JPEG or WebP")]
    NoMetadata {
        /// The format.
        format: Format,
    },
    /// A side longer than the format can hold.
    #[error("{format} files have at most {limit} pixels a side, and this picture has {side}; save it as PNG")]
    SideTooLong {
        /// The format.
        format: Format,
        /// The picture's longer side.
        side: usize,
        /// The longest side of the format.
        limit: usize,
    },
    /// The encoder failed.
    #[error("encoding the {format} file failed ({detail}); try another format")]
    EncodingFailed {
        /// The format.
        format: Format,
        /// What the encoder reports.
        detail: String,
    },

    /// The file exists, and the caller did not allow overwriting.
    #[error("the file exists already; choose another name or allow overwriting")]
    Exists,
    /// The folder to write into does not exist.
    #[error("the folder does not exist; make it first or choose another")]
    NoFolder,
    /// The place to write to is a folder or a device.
    #[error("this is a folder or a device, not a file; name a file")]
    NotAFile,
    /// The operating system denies writing there.
    #[error("no permission to write here ({0}); choose another folder or change its permissions")]
    NotWritable(io::Error),
    /// The disk or the quota is full.
    #[error("the disk is full; make room or save elsewhere (no partial file is left)")]
    DiskFull,
    /// Writing stopped half-way.
    #[error("writing failed ({0}); check the drive and try again (no partial file is left)")]
    WriteFailed(io::Error),
}

impl PictureError {
    /// Returns who has to act, for an exit code or an HTTP status.
    pub fn blame(&self) -> Blame {
        use PictureError as E;
        match self {
            E::InFile { problem, .. } => problem.blame(),
            E::Missing | E::IsFolder | E::NotAllowed | E::NotOpened(_) | E::Empty => Blame::Input,
            E::FileTooLarge { .. } | E::TooManyPixels { .. } | E::TooManyBytes { .. } => Blame::Input,
            E::TooLargeForMemory { .. }
            | E::OverMemoryLimit { .. }
            | E::NoPixels { .. }
            | E::Foreign { .. }
            | E::Unknown => Blame::Input,
            E::CutShort { .. } | E::Damaged { .. } | E::Unsupported { .. } => Blame::Input,
            E::WrongSize { .. } | E::UnknownFormat { .. } | E::BadQuality { .. } | E::Only8Bits { .. } => Blame::Usage,
            E::NoMetadata { .. } | E::SideTooLong { .. } | E::BadName(_) | E::Exists | E::NoFolder | E::NotAFile => {
                Blame::Usage
            }
            E::OutOfMemory { .. } | E::EncodingFailed { .. } | E::ReadFailed(_) => Blame::System,
            E::NotWritable(_) | E::DiskFull | E::WriteFailed(_) => Blame::System,
        }
    }

    /// Returns the error without the name of the file.
    pub fn problem(&self) -> &PictureError {
        match self {
            Self::InFile { problem, .. } => problem.problem(),
            other => other,
        }
    }

    pub(super) fn in_file(self, path: &Path) -> Self {
        Self::InFile { path: path.to_owned(), problem: Box::new(self) }
    }

    pub(crate) fn from_open(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Self::Missing,
            io::ErrorKind::PermissionDenied => Self::NotAllowed,
            io::ErrorKind::InvalidFilename => Self::BadName(error),
            io::ErrorKind::IsADirectory => Self::IsFolder,
            _ => Self::NotOpened(error),
        }
    }

    pub(crate) fn from_read(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::IsADirectory => Self::IsFolder,
            _ => Self::ReadFailed(error),
        }
    }

    pub(super) fn from_write(error: io::Error) -> Self {
        use io::ErrorKind as K;
        match error.kind() {
            K::StorageFull | K::QuotaExceeded | K::FileTooLarge => Self::DiskFull,
            K::AlreadyExists => Self::Exists,
            K::PermissionDenied | K::ReadOnlyFilesystem => Self::NotWritable(error),
            K::NotFound | K::NotADirectory => Self::NoFolder,
            K::InvalidFilename => Self::BadName(error),
            _ => Self::WriteFailed(error),
        }
    }
}

/// Returns a path for a message, with control characters escaped: they could break the line or control the terminal.
pub fn readable(path: &Path) -> String {
    let escaped = |c: char| if c.is_control() { c.escape_default().to_string() } else { c.to_string() };
    path.display().to_string().chars().map(escaped).collect()
}
