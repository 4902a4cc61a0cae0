//! The executor that a process uses unless another one is given.

use std::sync::OnceLock;

use super::traits::Executor;
use crate::cpu::Cpu;
use crate::error::Error;

static DEFAULT: OnceLock<Box<dyn Executor>> = OnceLock::new();

/// Makes `executor` the one that [`Session::new`](crate::Session::new) uses in this process, instead of the best
/// [`Cpu`]. The choice is made once, before the first session or dream.
///
/// # Errors
/// [`Error::ExecutorInUse`] if there is a default already.
pub fn set_default(executor: Box<dyn Executor>) -> Result<(), Error> {
    DEFAULT.set(executor).map_err(|_| Error::ExecutorInUse)
}

/// The executor of [`Session::new`](crate::Session::new).
pub fn default() -> &'static dyn Executor {
    &**DEFAULT.get_or_init(|| Box::new(Cpu::detect()))
}
