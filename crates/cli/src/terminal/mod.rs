//! What the user sees and how the user stops it.

pub mod board;
pub mod failure;
pub mod interrupt;
pub mod progress;
pub mod stderr;
pub mod stdout;
pub mod table;
