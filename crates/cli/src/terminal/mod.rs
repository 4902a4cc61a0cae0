//! Messages, tables, progress and Ctrl-C.

pub mod failure;
pub mod interrupt;
pub mod progress;
pub mod status_board;
pub mod stderr;
pub mod stdout;
pub mod table;
