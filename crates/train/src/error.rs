//! The errors of training.

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
    /// The network cannot be run.
    #[error(transparent)]
    Engine(#[from] oneiric_engine::Error),
}
