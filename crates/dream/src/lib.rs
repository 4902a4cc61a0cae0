//! Deep dreams: a network looks at a picture, and what it faintly recognises grows.
//!
//! [`Dream::new`] checks [`Settings`] (or those of a [`preset`](preset::presets)) and builds the network;
//! [`Dream::render`] is the short main path from a [`Picture`] to a dream of it.
//!
//! ```no_run
//! use oneiric::{Dream, Limits, Picture, SaveMode, picture, preset};
//!
//! let photo = Picture::open("photo.jpg", &Limits::default())?;
//! let dream = Dream::new(preset::preset("dogs")?.settings())?;
//! let picture = dream.render(&photo)?;
//! picture.save("photo.dream.png", picture::DEFAULT_QUALITY, SaveMode::New)?;
//! # Ok::<(), oneiric::Error>(())
//! ```

pub mod error;
pub mod finish;
pub mod imagine;
pub mod inspect;
mod invalid;
pub mod memory;
mod named;
pub mod normalize;
pub mod objective;
pub mod picture;
pub mod recipe;
pub mod render;
pub mod settings;

pub use error::Error;
pub use finish::{Colours, Finish};
pub use imagine::Imagine;
pub use invalid::{InvalidSetting, Reason};
pub use objective::{Channels, Objective};
#[cfg(feature = "landscape")]
pub use oneiric_landscape as landscape;
pub use picture::{Format, Limits, Picture, PictureError, SaveMode};
pub use render::symmetry::Symmetry;
pub use render::{Checkpoint, Dream, DreamProgress, Dreamer, LazyPhoto, Observer, PhotoSource};
pub use settings::{Backward, Choices, OctaveChange, Settings, preset};
