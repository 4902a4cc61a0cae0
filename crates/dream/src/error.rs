//! The error of the library.

use crate::invalid::InvalidSetting;
use crate::objective::ParseError;
use crate::picture::PictureError;

/// Why a dream could not be made.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The picture cannot be read or written.
    #[error(transparent)]
    Picture(#[from] PictureError),
    /// A setting is out of its range.
    #[error(transparent)]
    Setting(#[from] InvalidSetting),
    /// The objective cannot be read.
    #[error(transparent)]
    Objective(#[from] ParseError),
    /// The network is unknown or damaged.
    #[error(transparent)]
    Network(#[from] oneiric_zoo::Error),
    /// The network has no such layer, or cannot take the picture.
    #[error(transparent)]
    Engine(#[from] oneiric_engine::Error),
    /// The layer does not have the channel.
    #[error("layer '{layer}' has channels 0 to {last}, there is no channel {channel}")]
    Channel {
        /// The layer.
        layer: String,
        /// The setting that names it: `objective` or `channels`.
        setting: &'static str,
        /// The channel.
        channel: usize,
        /// The layer's last channel.
        last: usize,
    },
    /// The picture does not fit into memory.
    #[error(
        "a picture of {width}x{height} pixels needs about {needed} MB of memory, and {available} MB are free; {fitting} pixels on the longer side would fit"
    )]
    Memory {
        /// Width of the picture.
        width: usize,
        /// Height of the picture.
        height: usize,
        /// Megabytes (10^6 bytes) needed.
        needed: u64,
        /// Megabytes free.
        available: u64,
        /// A longer side in pixels of a picture of the same shape that fits.
        fitting: usize,
    },
    /// No picture fits into memory.
    #[error("the smallest picture needs about {least} MB of memory, and {available} MB are free")]
    TooLittleMemory {
        /// Megabytes (10^6 bytes) that the smallest picture needs.
        least: u64,
        /// Megabytes free.
        available: u64,
    },
    /// The checkpoint belongs to another dream.
    #[error("this checkpoint belongs to another dream; start over without it")]
    WrongCheckpoint,
    /// The caller stopped the dream.
    #[error("stopped")]
    Cancelled,
}

impl Error {
    /// Returns the name of the setting that causes the error, if there is one.
    pub fn setting(&self) -> Option<&str> {
        match self {
            Self::Setting(error) => Some(&error.name),
            Self::Objective(_) => Some("objective"),
            Self::Channel { setting, .. } => Some(setting),
            Self::Engine(oneiric_engine::Error::UnknownLayer { .. }) => Some("layer"),
            Self::Network(oneiric_zoo::Error::UnknownModel { .. } | oneiric_zoo::Error::Untrained { .. }) => {
                Some("model")
            }
            _ => None,
        }
    }
}
