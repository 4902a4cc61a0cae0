//! The studio: Deep Dream in the browser, on your own machine.
//!
//! [`Studio::open`] opens a folder and a port; [`Studio::serve`] serves the page and the HTTP API that the page uses. A dream's
//! way through it: a [`wire::DreamRequest`] becomes a job in the database (`api/jobs.rs`, `store/jobs.rs`); the worker claims
//! the job, dreams, saves checkpoints and finishes it (`core/worker.rs`); the hub publishes what happens (`core/hub.rs`,
//! `api/events.rs`); the dream is in the gallery (`store/dreams.rs`).

mod api;
mod core;
mod store;
mod studio;
pub mod wire;

pub use crate::core::{Config, PasswordError, hash_password};
pub use api::document;
pub use studio::{Invitation, OpenError, Studio};
