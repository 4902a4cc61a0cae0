//! Pictures to train on.
//!
//! The way of a picture: a [`Folder`] finds the files and opens none; [`Folder::read`] opens each, shrinks it to a
//! [`SmallPicture`] and leaves out what cannot be read. The [`Dataset`] of all [`Sample`]s stays in memory, together with
//! drawings of a kit if there are any. [`groups`] finds samples that show nearly the same thing, and [`split`] holds out some
//! groups for testing. [`Batches`] chooses the samples of each step, and an [`Augmenter`] changes each at random;
//! [`prepare`] is the plain picture for testing.
//!
//! Everything random depends on a seed, the step and the place in the batch, and on nothing before it: a training
//! that is continued sees the same pictures as one that was not interrupted.

mod augment;
mod batches;
mod dataset;
mod draws;
mod duplicates;
mod folder;
mod prepare;
mod read;
mod rounds;
mod sample;
mod split;
mod warp;

pub use augment::{Augmentation, Augmenter};
pub use batches::Batches;
pub use dataset::Dataset;
pub use duplicates::groups;
pub use folder::{Bounds, ClassFiles, Folder, Unread};
pub use prepare::prepare;
pub use read::Reading;
pub use rounds::DataProgress;
pub use sample::{Sample, SmallPicture, Source};
pub use split::{Split, split};
