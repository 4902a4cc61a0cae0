//! What can go wrong with a picture, and who is to blame for it.

use std::io;
use std::path::{Path, PathBuf};

use super::format::Format;
use super::sniff::FileKind;

/// Who has to act on an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Blame {
    /// The picture file that was given: another file is needed.
    Input,
    /// What was asked for: another name, format or option is needed.
    Usage,
    /// This computer: a full disk, missing rights to write, a failing drive, too little memory.
    System,
}

/// A picture that couldn't be read, made or written. Each message says what to do about it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PictureError {
    /// Another of these errors, with the file that it happened to.
    #[error("{}: {problem}", readable(path))]
    InFile {
        /// The file.
        path: PathBuf,
        /// What happened to it.
        problem: Box<PictureError>,
    },

    /// There is no such file.
    #[error("there is no such file; check the name and the folder")]
    Missing,
    /// The path is a folder.
    #[error("this is a folder; name a picture file in it")]
    IsFolder,
    /// The operating system keeps us from reading the file.
    #[error("no permission to read this file; change its permissions or copy it elsewhere")]
    NotAllowed,
    /// A loop of links, a socket, or whatever else has a name but can't be opened.
    #[error("this can't be opened ({0}); give the name of a picture file")]
    NotOpened(io::Error),
    /// A name that no file can have, mostly because it is too long.
    #[error("no file can have this name ({0}); choose a shorter one")]
    BadName(io::Error),
    /// Reading stopped half-way.
    #[error("reading failed ({0}); check the drive or the network and try again")]
    ReadFailed(io::Error),
    /// The file holds nothing at all.
    #[error("the file is empty (0 bytes); copy or download it again")]
    Empty,
    /// The file is longer than [`Limits::max_file_bytes`](super::Limits::max_file_bytes).
    #[error("the file is larger than the limit of {limit} bytes; save the picture smaller")]
    FileTooLarge {
        /// The limit.
        limit: u64,
    },
    /// The header asks for more than [`Limits::max_pixels`](super::Limits::max_pixels).
    #[error("{width} x {height} pixels are more than the limit of {limit}; scale the picture down first")]
    TooManyPixels {
        /// Columns, from the header.
        width: u32,
        /// Rows, from the header.
        height: u32,
        /// The limit.
        limit: u64,
    },
    /// The samples would take more than [`Limits::max_decoded_bytes`](super::Limits::max_decoded_bytes).
    #[error("decoding it takes more than the limit of {limit} bytes; scale the picture down first")]
    TooManyBytes {
        /// The limit.
        limit: u64,
    },
    /// Within the limits, but not within the memory that is free.
    #[error(
        "to read {width} x {height} pixels takes about {needed} MB of memory and {available} MB are free; scale the \
         picture down first or close other programs"
    )]
    TooLargeForMemory {
        /// Columns, from the header.
        width: u32,
        /// Rows, from the header.
        height: u32,
        /// Megabytes (10^6 bytes) needed.
        needed: u64,
        /// Megabytes free.
        available: u64,
    },
    /// The header says that a side has no pixels.
    #[error("its header says {width} x {height} pixels, so there is nothing to see; the file is damaged")]
    NoPixels {
        /// Columns, from the header.
        width: u32,
        /// Rows, from the header.
        height: u32,
    },
    /// A kind of file that we recognise, but don't read.
    #[error("this looks like {looks_like}; {advice}")]
    Foreign {
        /// What it looks like.
        looks_like: &'static str,
        /// What to do with it.
        advice: &'static str,
    },
    /// Nothing that we recognise.
    #[error("this isn't a picture that we know; give a JPEG, PNG, WebP, GIF, BMP or TIFF file")]
    Unknown,
    /// The file ends before its picture does.
    #[error("the {kind} file is cut short; copy or download it again")]
    CutShort {
        /// The kind of file.
        kind: FileKind,
    },
    /// The file contradicts its own format.
    #[error("the {kind} file is damaged ({detail}); copy or download it again")]
    Damaged {
        /// The kind of file.
        kind: FileKind,
        /// What the decoder met.
        detail: String,
    },
    /// A rare variety of a format that we otherwise read.
    #[error("this variety of {kind} isn't supported ({detail}); save the picture as PNG and use that")]
    Unsupported {
        /// The kind of file.
        kind: FileKind,
        /// What is unusual about it.
        detail: String,
    },

    /// Planes that don't fit the size they are said to have.
    #[error(
        "a picture of {width} x {height} can't be made of {values} colour values (and {alpha:?} of transparency); \
         it takes width * height * 3 (and width * height), and sides of at least 1"
    )]
    WrongSize {
        /// Columns asked for.
        width: usize,
        /// Rows asked for.
        height: usize,
        /// Length of the colours.
        values: usize,
        /// Length of the transparency, if there is any.
        alpha: Option<usize>,
    },
    /// The memory isn't there.
    #[error("not enough memory for {bytes} bytes; close other programs or scale the picture down")]
    OutOfMemory {
        /// How much was asked for.
        bytes: usize,
    },

    /// A file name or format name that is none of ours.
    #[error(
        "`{}` names no format that we write; use a name that ends in {}", readable(given.as_ref()), Format::known()
    )]
    UnknownFormat {
        /// What was given.
        given: String,
    },
    /// A quality outside 1 to 100.
    #[error("a quality of {quality} is out of range; use 1 to 100")]
    BadQuality {
        /// What was given.
        quality: u8,
    },
    /// A side longer than the format can hold.
    #[error("{format} holds at most {limit} pixels a side, this picture has {side}; save it as PNG")]
    SideTooLong {
        /// The format asked for.
        format: Format,
        /// The picture's longer side.
        side: usize,
        /// The longest side of the format.
        limit: usize,
    },
    /// The encoder failed.
    #[error("making the {format} file failed ({detail}); try another format")]
    EncodingFailed {
        /// The format asked for.
        format: Format,
        /// What the encoder reports.
        detail: String,
    },

    /// There is a file already, and overwriting wasn't asked for.
    #[error("there is a file of this name already; choose another name or ask for overwriting")]
    Exists,
    /// The folder to write into isn't there.
    #[error("the folder to write into doesn't exist; make it first or choose another")]
    NoFolder,
    /// The place to write to is a folder or a device.
    #[error("this is a folder or a device, which a picture can't replace; name a file")]
    NotAFile,
    /// The operating system keeps us from writing there.
    #[error("no permission to write here ({0}); choose another folder or change its permissions")]
    NotWritable(io::Error),
    /// The disk or the quota is full.
    #[error("the disk is full; make room or save elsewhere (nothing was left behind)")]
    DiskFull,
    /// Writing stopped half-way.
    #[error("writing failed ({0}); check the drive and try again (nothing was left behind)")]
    WriteFailed(io::Error),
}

impl PictureError {
    /// Who has to act, for an exit code or an HTTP status.
    pub fn blame(&self) -> Blame {
        use PictureError as E;
        match self {
            E::InFile { problem, .. } => problem.blame(),
            E::Missing | E::IsFolder | E::NotAllowed | E::NotOpened(_) | E::Empty => Blame::Input,
            E::FileTooLarge { .. } | E::TooManyPixels { .. } | E::TooManyBytes { .. } => Blame::Input,
            E::TooLargeForMemory { .. } | E::NoPixels { .. } | E::Foreign { .. } | E::Unknown => Blame::Input,
            E::CutShort { .. } | E::Damaged { .. } | E::Unsupported { .. } => Blame::Input,
            E::WrongSize { .. } | E::UnknownFormat { .. } | E::BadQuality { .. } => Blame::Usage,
            E::SideTooLong { .. } | E::BadName(_) | E::Exists | E::NoFolder | E::NotAFile => Blame::Usage,
            E::OutOfMemory { .. } | E::EncodingFailed { .. } | E::ReadFailed(_) => Blame::System,
            E::NotWritable(_) | E::DiskFull | E::WriteFailed(_) => Blame::System,
        }
    }

    /// The error without the name of the file.
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

/// A path for a message: control characters, which would break the line or command the terminal, are escaped.
pub fn readable(path: &Path) -> String {
    let escaped = |c: char| if c.is_control() { c.escape_default().to_string() } else { c.to_string() };
    path.display().to_string().chars().map(escaped).collect()
}
