//! The studio: dreams in the browser, on one's own machine.
//!
//! [`Studio::open`] opens a folder in which everything is kept; [`Studio::serve`] serves the page and the HTTP API that the page
//! uses, until it is told to stop. The way of a dream through it: a request becomes a job in the database (`api/jobs.rs`,
//! `store/jobs.rs`); the worker claims it, dreams, keeps it on the way, and finishes it (`worker.rs`); whoever watches is told
//! through the hub (`hub.rs`, `api/events.rs`); what it made is in the gallery (`store/dreams.rs`).

mod api;
mod clock;
mod explorer;
mod guard;
mod hub;
mod look;
mod making;
mod metrics;
mod password;
mod problem;
mod server;
mod store;
mod studio;
mod turns;
mod views;
mod visualizer;
mod web;
mod worker;

pub use api::document;
pub use look::Look;
pub use password::{PasswordError, hash_password};
pub use studio::{Config, OpenError, Studio};
