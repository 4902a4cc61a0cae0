//! Deep dreams: a network looks at a picture, and what it faintly recognises grows.
//!
//! [`Dream::new`] checks [`Settings`] (or those of a [`preset`](preset::presets)) and builds the network;
//! [`Dream::render`] is the short main path from a [`Picture`] to a dream of it.
//!
//! ```no_run
//! use std::ops::ControlFlow;
//! use oneiric::{Dream, Limits, Picture, SaveMode, picture, preset};
//!
//! let photo = Picture::open("photo.jpg", &Limits::default())?;
//! let dream = Dream::new(preset::preset("dogs")?.settings())?;
//! let picture = dream.render(&photo, |progress, _| {
//!     eprintln!("octave {} of {}", progress.octave, progress.octaves);
//!     ControlFlow::Continue(())
//! })?;
//! picture.save("photo.dream.png", picture::DEFAULT_QUALITY, SaveMode::New)?;
//! # Ok::<(), oneiric::Error>(())
//! ```

mod adam;
pub mod ascent;
pub mod choices;
pub mod error;
pub mod finish;
pub mod imagine;
pub mod jitter;
pub mod landscape;
pub mod look;
pub mod mask;
pub mod memory;
mod named;
pub mod normalize;
pub mod objective;
pub mod options;
pub mod picture;
mod plane;
pub mod preset;
pub mod recipe;
pub mod render;
pub mod resize;
pub mod seamless;
pub mod search;
pub mod settings;
pub mod sheet;
pub mod symmetry;
pub mod tile;

pub use choices::Choices;
pub use error::Error;
pub use finish::{Colours, Finish};
pub use imagine::Imagine;
pub use objective::{Channels, Objective};
pub use picture::{Format, Limits, Picture, PictureError, SaveMode};
pub use render::{Dream, Moment, Photo, Progress, Waiting, Watch};
pub use settings::{Backward, OctaveChange, Settings};
pub use symmetry::Symmetry;
