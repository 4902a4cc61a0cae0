//! Trained networks.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{ClassProbability, LookSettings};

/// The trained networks.
#[derive(Serialize, ToSchema)]
pub struct NetworksView {
    /// Those that were trained or loaded here, in natural order, then the built-in ones.
    pub networks: Vec<NetworkView>,
}

/// A trained network.
#[derive(Serialize, ToSchema)]
pub struct NetworkView {
    /// Its name.
    pub name: String,
    /// Whether it was trained or loaded here, and can be renamed and deleted.
    pub own: bool,
    /// Its classes.
    pub classes: Vec<NetworkClassView>,
    /// The part of the held-out pictures that it names right, 0 to 1, if it was tested.
    pub accuracy: Option<f64>,
    /// The network that it began with.
    pub parent: Option<String>,
    /// The length of its file in bytes.
    pub bytes: u64,
    /// The look of a dream with it.
    pub look: LookSettings,
    /// Why its file cannot be used, if it is damaged.
    pub problem: Option<String>,
}

/// A class of a trained network.
#[derive(Serialize, ToSchema)]
pub struct NetworkClassView {
    /// Its name.
    pub name: String,
    /// The number of pictures that the network was trained on.
    pub pictures: usize,
    /// The number of pictures that it was tested on.
    pub held_out: usize,
}

/// The file of a network.
#[derive(Deserialize, IntoParams)]
pub struct LoadQuery {
    /// The name of the file, from which follows that of the network.
    pub name: String,
}

/// What a network sees in a picture.
#[derive(Serialize, ToSchema)]
pub struct AnswerView {
    /// The classes, the most probable first: at most 20.
    pub classes: Vec<ClassProbability>,
}
