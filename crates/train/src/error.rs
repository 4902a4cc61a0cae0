//! The errors of training.

use std::path::PathBuf;

use oneiric::picture::readable;

use crate::table::TableError;

/// Why a network cannot be trained.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Error {
    /// A batch without pictures.
    #[error("a batch needs at least one picture")]
    EmptyBatch,
    /// A class that the layer of scores does not have.
    #[error("class {class} does not exist: the network has {classes} classes, counted from 0")]
    UnknownClass {
        /// The class.
        class: usize,
        /// The number of classes.
        classes: usize,
    },
    /// A setting that is out of its range.
    #[error("{name} must be {range}, not {value}")]
    Setting {
        /// The name of the setting.
        name: &'static str,
        /// What it may be.
        range: &'static str,
        /// What it is.
        value: f64,
    },
    /// The loss is not a number any more.
    #[error("the loss is not finite after step {step}; use a lower rate")]
    Diverged {
        /// The step, from 1.
        step: usize,
    },
    /// The loss stays at that of guessing.
    #[error(
        "nothing was learnt in {step} steps: the loss stays at {loss:.3}, as if the network guessed among {classes} classes; \
         use a lower adversarial bound, a longer ramp or another rate, or train from a later layer on"
    )]
    Stuck {
        /// The steps so far.
        step: usize,
        /// The loss.
        loss: f64,
        /// The number of classes.
        classes: usize,
    },
    /// A folder that cannot be listed.
    #[error("{}: cannot read the folder: {reason}", readable(folder))]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// What the system says.
        reason: String,
    },
    /// A folder without pictures.
    #[error(
        "{}: no pictures found; a training needs a folder with one sub-folder of pictures for each class, or with pictures of \
         one thing",
        readable(folder)
    )]
    NoPictures {
        /// The folder.
        folder: PathBuf,
    },
    /// A folder with more files than are searched.
    #[error("{}: more than {limit} files; is this the right folder?", readable(folder))]
    TooManyFiles {
        /// The folder.
        folder: PathBuf,
        /// The most files.
        limit: usize,
    },
    /// More pictures than fit into the memory.
    #[error(
        "{pictures} pictures do not fit into {megabytes} MB of memory for a training at {size} pixels; use at most {fitting} \
         pictures, a smaller size or more memory"
    )]
    TooManyPictures {
        /// The number of pictures.
        pictures: usize,
        /// The size of the training.
        size: usize,
        /// The limit in megabytes (10^6 bytes).
        megabytes: u64,
        /// How many fit.
        fitting: usize,
    },
    /// Nothing to tell the pictures of a class from.
    #[error("there is only one class, '{class}'; add a folder with pictures of something else")]
    OneClass {
        /// The class; empty if there is none.
        class: String,
    },
    /// A class with too few pictures.
    #[error("the class '{class}' has {pictures} pictures that can be read and needs at least {least}; add more")]
    FewPictures {
        /// The class.
        class: String,
        /// The number of its pictures.
        pictures: usize,
        /// The least number.
        least: usize,
    },
    /// The caller stopped the reading or drawing of pictures.
    #[error("stopped before all pictures were there")]
    Cancelled,
    /// Answers that do not belong to the pictures.
    #[error("each picture needs a class and the probabilities of all classes")]
    Answers,
    /// A checkpoint that does not belong to this training, or is damaged.
    #[error("the checkpoint cannot be used: {0}")]
    Checkpoint(String),
    /// A network that names nothing.
    #[error("{network} has no classes, so it cannot be tested")]
    NoClasses {
        /// The name of the network.
        network: String,
    },
    /// The network cannot dream.
    #[error("the network cannot dream: {0}")]
    Dream(String),
    /// A table that cannot be used.
    #[error(transparent)]
    Table(#[from] TableError),
    /// The network to begin with cannot be built, or the trained one cannot be written.
    #[error(transparent)]
    Network(#[from] oneiric::zoo::Error),
    /// The network cannot be run.
    #[error(transparent)]
    Engine(#[from] oneiric_engine::Error),
}
