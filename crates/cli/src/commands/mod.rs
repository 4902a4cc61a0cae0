//! The sub-commands, one file or folder for each.

pub mod bench;
pub mod blend;
pub mod dream;
pub mod filter;
pub mod imagine;
pub mod learn;
pub mod look;
pub mod models;
pub mod presets;
pub mod recipe;
pub mod search;
pub mod sheet;
pub mod shell;
pub mod studio;
pub mod test;
pub mod train;
pub mod watch;
