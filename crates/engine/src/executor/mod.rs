//! The seam between a plan and what runs it.
//!
//! A [`Plan`](crate::Plan) is data. An [`Executor`] turns it into an [`Execution`]: packed weights and buffers on some
//! device. The engine's own executor is the [`Cpu`](crate::Cpu); another one implements these two traits, reads what to
//! run from [`Plan::steps`](crate::Plan::steps), and is either handed to
//! [`Session::with_executor`](crate::Session::with_executor) or made the default of the process with [`set_default`].

mod default_executor;
pub(crate) mod traits;

pub use default_executor::{default, set_default};
pub use traits::{Execution, Executor, Objective, StepTime};
