//! What can be wrong with a graph or a request for it.

use crate::shape::Shape;

/// An error of the engine.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Error {
    /// A layer that the network does not have.
    #[error("there is no layer '{name}' in this network{}", suggestion(.nearest))]
    UnknownLayer {
        /// The request.
        name: String,
        /// The layers whose names come nearest.
        nearest: Vec<String>,
    },
    /// A layer that was requested twice.
    #[error("layer '{0}' was requested more than once")]
    RepeatedLayer(String),
    /// No layer was requested.
    #[error("no layer was requested")]
    NoLayers,
    /// Parameters that make no operation.
    #[error("invalid {op}: {why}")]
    InvalidOperation {
        /// The operation.
        op: &'static str,
        /// What is wrong with them.
        why: String,
    },
    /// An input that is not a node of the graph.
    #[error("node {node} is not part of this graph, which has {nodes} nodes")]
    UnknownNode {
        /// The number of the input.
        node: usize,
        /// The nodes of the graph.
        nodes: usize,
    },
    /// A layer whose name is taken.
    #[error("the network already has a layer '{0}'")]
    DuplicateLayer(String),
    /// An operation that does not accept the shapes of its inputs.
    #[error("layer '{layer}' ({op}) does not accept {shapes}: {why}")]
    Shape {
        /// Name of the layer, or `node 3` for an operation without a name.
        layer: String,
        /// The operation.
        op: &'static str,
        /// The shapes it got.
        shapes: String,
        /// What does not fit.
        why: String,
    },
    /// A map that is larger than the memory of any machine.
    #[error("the map of layer '{layer}', {shape}, is too large")]
    TooLarge {
        /// Name of the layer, or `node 3` for an operation without a name.
        layer: String,
        /// The shape of the map.
        shape: Shape,
    },
    /// A backward pass in bf16 on a machine that cannot.
    #[error("this machine has no AVX512-BF16 (or it is disabled); use an f32 backward pass")]
    NoBf16,
    /// A plan that the executor cannot run.
    #[error("the executor cannot run this plan: {0}")]
    Unsupported(String),
    /// A plan that was made for something else.
    #[error("the plan was not made for {0}")]
    WrongPurpose(&'static str),
    /// A default executor that comes too late.
    #[error("the process has a default executor already")]
    ExecutorInUse,
    /// A picture that is not the size the session was made for.
    #[error("the session was made for {expected} values, the picture has {got}")]
    WrongInput {
        /// Values expected: 3 x height x width.
        expected: usize,
        /// Values given.
        got: usize,
    },
}

impl Error {
    pub(crate) fn no_training() -> Self {
        Self::Unsupported("it does not support training".into())
    }

    pub(crate) fn invalid(op: &'static str, why: impl Into<String>) -> Self {
        Self::InvalidOperation { op, why: why.into() }
    }
}

fn suggestion(nearest: &[String]) -> String {
    if nearest.is_empty() { String::new() } else { format!(" (did you mean {}?)", nearest.join(", ")) }
}

/// Why an operation refuses its input shapes; the graph adds the layer's name.
#[derive(Debug, Clone, PartialEq)]
pub struct ShapeMismatch(pub String);

impl ShapeMismatch {
    pub(crate) fn inputs(expected: usize, got: &[Shape]) -> Result<(), Self> {
        if got.len() == expected { Ok(()) } else { Err(Self(format!("it takes {expected} inputs, not {}", got.len()))) }
    }
}
