//! What the studio does: it prepares and runs dreams, makes previews and visualizations, and publishes events.

mod config;
mod decoding;
mod explorer;
mod forecast;
mod hub;
mod metrics;
mod mime;
mod networks;
mod password;
mod plan;
mod prepare;
mod running;
mod schedule;
mod signal;
mod state;
mod thumbnails;
mod token;
mod trainings;
mod views;
mod visualizer;
mod worker;

pub use config::Config;
pub use mime::{mime, mime_of};
pub use networks::network_name;
pub use password::{COOKIE, Login, LoginResult, PasswordError, hash_password};
pub use plan::{drawn_classes, drawn_others};
pub use prepare::{checked_name, find_picture, new_job, open_picture_file, recipe_inside, resolve_places, settings};
pub use state::StudioState;
pub use trainings::{add_picture, class_name, training_job, training_view};
pub use views::{dream_view, picture_view};
pub use visualizer::channel_count;
pub use worker::{look, run_worker};
