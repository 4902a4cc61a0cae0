//! A training loop takes the gradients of parameters, changes the parameters, and continues: the numbers are PyTorch's,
//! on every instruction set, and the same bytes on any number of threads.

mod batch;
#[path = "../common/mod.rs"]
mod common;
mod networks;
mod pytorch;
mod stacks;
