//! Deep Dream: changes a picture so that a neural network's layers respond to it more strongly.
//!
//! [`Dream::new`] checks [`Settings`], which a [`preset`](preset::presets) makes, and builds the network;
//! [`Dream::render`] turns a [`Picture`] into a dream of it.
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
//!
//! Five programs in `examples/` show the rest: a dream of a photo, a sum of layers and a word, a picture from nothing,
//! activations as an array, and your own network.
//!
//! | module | what it does |
//! |---|---|
//! | [`picture`] | reads, resizes, masks and writes pictures |
//! | [`settings`] | presets, options, their bounds and defaults |
//! | [`objective`] | what a dream maximises |
//! | [`render`] | dreams on a photo |
//! | [`imagine`] | makes pictures from nothing |
//! | [`inspect`] | activations, classes, search by word or photo |
//! | [`filter`] | one layer of a network with a kernel of your choice |
//! | [`recipe`] | everything that made a picture, in its file |
//! | [`zoo`], [`engine`] | the networks; how they run |
//!
//! The features `weights`, `fonts` and `landscape`, all on by default, build in the trained weights of the zoo, the
//! captions of contact sheets, and landscapes drawn from a seed.

mod error;
pub mod filter;
mod finish;
pub mod imagine;
pub mod inspect;
mod invalid;
#[doc(hidden)]
pub mod memory;
mod named;
mod normalize;
pub mod objective;
pub mod picture;
mod random;
pub mod recipe;
pub mod render;
pub mod settings;
mod view;

/// What the benchmarks and tests of this workspace need in addition to the API. It may change at any time.
#[doc(hidden)]
pub mod internals {
    pub use crate::normalize::{NormalizeOptions, Normalizer};
    pub use crate::objective::{Evaluation, Evaluator, References};
    pub use crate::random::Random;
    pub use crate::view::jitter::{roll, step};
    pub use crate::view::tile::{Tiling, View};
}

pub use error::Error;
pub use finish::{Colours, Finish};
pub use imagine::Imagine;
pub use invalid::{InvalidSetting, Reason};
pub use objective::{Channels, Objective};
pub use oneiric_engine as engine;
#[cfg(feature = "landscape")]
pub use oneiric_landscape as landscape;
pub use oneiric_zoo as zoo;
pub use picture::{Format, Limits, Picture, PictureError, SaveMode};
pub use render::symmetry::Symmetry;
pub use render::{Checkpoint, Dream, DreamProgress, Dreamer, LazyPhoto, Observer, PhotoSource};
pub use settings::{Backward, Choices, OctaveChange, Settings, preset};
