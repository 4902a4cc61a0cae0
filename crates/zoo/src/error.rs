//! The errors of the zoo.

use std::path::PathBuf;

/// Why a network cannot be used.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Error {
    /// No network has this name.
    #[error("there is no model '{name}'; the models are {}", known.join(", "))]
    UnknownModel {
        /// The unknown name.
        name: String,
        /// The names of the networks that exist.
        known: Vec<String>,
    },
    /// A network of this name or alias exists already.
    #[error("a model '{0}' exists already")]
    NameTaken(String),
    /// The network has no trained weights.
    #[error("{name} has no trained weights, so its activations mean nothing; use one of {}", trained.join(", "))]
    Untrained {
        /// The name of the network.
        name: &'static str,
        /// The names of the networks with trained weights.
        trained: Vec<&'static str>,
    },
    /// The weights are damaged, or belong to another network.
    #[error("the weights cannot be used: {0}")]
    Weights(String),
    /// A name that no network can have.
    #[error("'{0}' cannot be the name of a network: use up to 40 letters, digits, - and _, beginning with a letter")]
    BadName(String),
    /// The network answers rows of tables.
    #[error("{0} answers rows of a table; it cannot dream or look at pictures")]
    AnswersTables(String),
    /// A file of a network cannot be read or written.
    #[error("{}: {reason}", path.display())]
    File {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        reason: String,
    },
    /// The graph is invalid.
    #[error("the network cannot be built: {0}")]
    Graph(#[from] oneiric_engine::Error),
}
