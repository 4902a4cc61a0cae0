//! What several sub-commands do.

pub mod base;
pub mod batch;
pub mod checkpoint;
pub mod destination;
pub mod forecast;
pub mod input;
pub mod jobs;
pub mod maker;
pub mod remote;
pub mod sweep;
pub mod words;
