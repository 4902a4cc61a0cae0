//! Work that several sub-commands share.

pub mod batch;
pub mod checkpoint;
pub mod converter;
pub mod destination;
pub mod film_strip;
pub mod forecast;
pub mod input;
pub mod jobs;
pub mod loaded_recipe;
pub mod maker;
pub mod networks;
pub mod npy;
pub mod places;
pub mod remote;
pub mod substitutes;
pub mod sweep;
pub mod tables;
pub mod trained_report;
pub mod whole_file;
