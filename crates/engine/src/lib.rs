//! A network as data, its forward pass, and the gradient of its picture.
//!
//! Usage: a [`Graph`] of [`op::Op`]s with named layers is cut at the requested layers and fused into a
//! [`Program`]; a [`Plan`] fits the program to a size of picture and gives every map its place in shared
//! buffers; a [`Session`] holds the buffers and runs.
//!
//! The gradient of the picture treats weights as constants: its backward pass needs no activations of convolutions, only a
//! bit for every clamped value and a byte for every pooled one. A program made [with trained
//! operations](Program::with_trained) and a plan for [`Purpose::Parameters`] give the gradients of weights and biases
//! instead, which a [`Batch`] sums over pictures.
//!
//! Maps lie in memory as rows of pixels, the channels of a pixel side by side and padded to whole
//! vectors (NHWC), see [`shape`].
//!
//! ```
//! use oneiric_engine::{Graph, Purpose, Session, op::{Activation, Conv2d, Op, Window}, shape::Size};
//!
//! let mut graph = Graph::new(3)?;
//! let picture = graph.picture();
//! let conv = Conv2d::new(3, 8, 1, Window::square(1, 1), vec![0.1; 24], None)?;
//! let conv = graph.add(Op::Conv(conv), &[picture])?;
//! graph.add_layer("first", Op::Activation(Activation::Relu), &[conv])?;
//!
//! let size = Size { height: 2, width: 2 };
//! let mut session = oneiric_engine::session(&graph, &["first"], size, Purpose::Gradient)?;
//! // Maximise the sum of the layer: its gradient there is one everywhere.
//! let gradient = session.gradient(&[0.5; 12], |_, _, mut gradient| gradient.data_mut().fill(1.0))?;
//! assert!(gradient.iter().all(|g| (g - 0.8).abs() < 1e-6));
//! # Ok::<(), oneiric_engine::Error>(())
//! ```

mod bands;
mod batch;
mod cpu;
mod description;
mod error;
pub mod executor;
mod feeds;
mod graph;
#[allow(unsafe_code)]
mod kernel;
pub mod map;
mod node;
pub mod objective;
pub mod op;
mod parameters;
mod plan;
mod program;
mod receptive_field;
mod rectifier;
mod session;
pub mod shape;
mod steps;
pub mod tensor;
#[cfg(test)]
mod tests;

pub use batch::Batch;
pub use cpu::Cpu;
pub use error::{Error, ShapeMismatch};
pub use executor::{Execution, Executor, Objective, StepTime};
pub use feeds::{Feed, FeedSource};
pub use graph::{Graph, Part};
pub use kernel::{ISA_VARIABLE, Isa};
pub use node::NodeId;
pub use op::Purpose;
pub use parameters::Parameters;
pub use plan::{MapPlace, Plan};
pub use program::Program;
pub use receptive_field::ReceptiveField;
pub use rectifier::Rectifier;
pub use session::{Session, session};
pub use steps::Step;
