//! Dreams on a photo.
//!
//! From the smallest octave to the largest, the photo is resized, and the *detail* that has grown so far is resized with it
//! and added; then the picture moves along the gradient of the objective, step by step. Only the detail is resized
//! repeatedly, so that the photo's own detail is never blurred (google/deepdream, 2015; see `docs/architecture.md`).

pub(crate) mod adam;
pub(crate) mod ascent;
mod budget;
mod checkpoint;
mod dream;
mod dreamer;
mod growth;
mod lazy_photo;
mod observer;
mod octaves;
mod photo;
mod progress;
mod run;
mod seamless;
pub(crate) mod symmetry;

pub use checkpoint::Checkpoint;
pub use dream::Dream;
pub use dreamer::{Dreamed, Dreamer};
pub use lazy_photo::{HeldPhoto, LazyPhoto, LoadedPhoto};
pub use observer::{Observer, StepGradient};
pub(crate) use octaves::REFERENCE_SIDE;
pub use octaves::{octave_sizes, octave_steps};
pub use photo::PhotoSource;
pub use progress::DreamProgress;
pub use run::{Detail, Start};
