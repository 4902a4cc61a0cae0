//! The networks that the commands use: those of the zoo, and those that the user has trained.

use std::path::PathBuf;
use std::sync::OnceLock;

use oneiric_zoo::Networks;
use oneiric_zoo::trained::Folder;

use crate::terminal::failure::Failure;

/// The folder of trained networks, if it is not in the user's data folder.
const VARIABLE: &str = "ONEIRIC_NETWORKS";

/// Returns the folder of trained networks.
pub fn folder() -> Result<Folder, Failure> {
    own_folder().ok_or_else(|| Failure::input(format!("the user has no data folder; set {VARIABLE} to a folder")))
}

/// Returns all networks.
pub fn networks() -> &'static Networks {
    static NETWORKS: OnceLock<Networks> = OnceLock::new();
    NETWORKS.get_or_init(|| own_folder().map_or_else(Networks::default, |folder| Networks::with_folder(&folder)))
}

fn own_folder() -> Option<Folder> {
    let chosen = std::env::var_os(VARIABLE).filter(|folder| !folder.is_empty()).map(PathBuf::from);
    Some(Folder::new(chosen.or_else(|| Some(dirs::data_dir()?.join("oneiric").join("networks")))?))
}
