//! What a person can choose.

use serde::{Deserialize, Serialize};
use serde_json::Map;
use utoipa::{IntoParams, ToSchema};

use super::{DreamPlaces, LookSettings, OptionValue};

/// Everything that a person can choose.
#[derive(Serialize, ToSchema)]
pub struct CatalogueView {
    /// The program and its version.
    pub version: String,
    /// The presets.
    pub presets: Vec<PresetView>,
    /// The options.
    pub options: Vec<OptionView>,
    /// The networks.
    pub models: Vec<ModelView>,
    /// The limits.
    pub limits: LimitsView,
    /// The instruction set that the server computes with.
    pub instructions: &'static str,
    /// Whether the studio has a password.
    pub password: bool,
    /// Whether the studio is open to a class.
    pub classroom: bool,
}

/// A preset.
#[derive(Serialize, ToSchema)]
pub struct PresetView {
    /// Its name.
    pub name: &'static str,
    /// A description.
    pub about: &'static str,
    /// The look to send for it.
    pub look: LookSettings,
    /// The network's name.
    pub model: String,
    /// The objective.
    pub objective: String,
}

/// An option.
#[derive(Serialize, ToSchema)]
pub struct OptionView {
    /// Its name.
    pub name: &'static str,
    /// what, how or finish.
    pub group: &'static str,
    /// What its value is called in the help.
    pub takes: &'static str,
    /// A description.
    pub about: &'static str,
    /// one, many, choice or flag.
    pub kind: &'static str,
    /// The values of a choice.
    pub choices: Option<&'static [&'static str]>,
    /// The smallest allowed number.
    pub min: Option<f64>,
    /// The largest allowed number.
    pub max: Option<f64>,
    /// The numbers that a slider should offer.
    pub suggested: Option<SliderView>,
    /// Texts worth trying.
    pub examples: &'static [&'static str],
    /// The default; none if it depends on the preset.
    #[schema(value_type = Option<OptionValue>)]
    pub default: Option<serde_json::Value>,
    /// The options that this one replaces.
    pub instead_of: &'static [&'static str],
}

/// The numbers that a slider should offer.
#[derive(Serialize, ToSchema)]
pub struct SliderView {
    /// The smallest.
    pub min: f64,
    /// The largest.
    pub max: f64,
    /// The distance between two.
    pub step: f64,
}

/// A network.
#[derive(Serialize, ToSchema)]
pub struct ModelView {
    /// Its name.
    pub name: String,
    /// Its full name.
    pub title: String,
    /// The layer to dream on by default.
    pub default_layer: String,
    /// The licence of the weights; empty for a network that was trained here.
    pub licence: &'static str,
    /// Whether it was trained here.
    pub own: bool,
    /// Of a network that was trained here: changes with its weights, which may be others under the same name.
    pub digest: Option<String>,
    /// Its layers, from the picture to the classes.
    pub layers: Vec<LayerView>,
}

/// A layer.
#[derive(Serialize, ToSchema)]
pub struct LayerView {
    /// Its name.
    pub name: String,
    /// The number of channels.
    pub channels: usize,
    /// Pixels of the picture from one position to the next; null if the layer has a single position.
    pub stride: Option<usize>,
}

/// The studio's limits.
#[derive(Serialize, ToSchema)]
pub struct LimitsView {
    /// The most bytes of an upload.
    pub upload_bytes: u64,
    /// The most pixels of a picture.
    pub pixels: u64,
    /// The most waiting jobs.
    pub queue: usize,
}

/// A search for classes.
#[derive(Deserialize, IntoParams)]
pub struct SearchQuery {
    /// One or more words.
    pub q: String,
}

/// The classes that a word stands for.
#[derive(Serialize, ToSchema)]
pub struct SearchView {
    /// The classes.
    pub classes: Vec<ClassMatch>,
    /// If no class is under the word itself: the more general words that the search used instead.
    pub instead: Vec<&'static str>,
}

/// A class that matches a word.
#[derive(Serialize, ToSchema)]
pub struct ClassMatch {
    /// Its index.
    pub index: usize,
    /// Its name.
    pub name: &'static str,
    /// Its WordNet synset.
    pub wordnet: &'static str,
    /// Whether only its name contains the word.
    pub by_name: bool,
}

/// A look to check.
#[derive(Deserialize, IntoParams)]
pub struct SettingsQuery {
    /// A look as JSON.
    pub look: String,
    /// Whether the dream has a guide image.
    #[serde(default)]
    pub guided: bool,
}

/// All settings of a look.
#[derive(Serialize, ToSchema)]
pub struct SettingsView {
    /// The value of every option by the option's name.
    #[schema(value_type = std::collections::BTreeMap<String, OptionValue>)]
    pub settings: Map<String, serde_json::Value>,
    /// The preset's name, if there is one.
    pub preset: Option<&'static str>,
    /// The same as a command line.
    pub command: String,
}

/// A dream to write as a command line.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CommandRequest {
    /// The photo's name.
    #[serde(default)]
    pub photo_name: Option<String>,
    /// The preset and the options.
    #[serde(default)]
    pub look: LookSettings,
    /// Where the dream grows.
    #[serde(default)]
    pub places: DreamPlaces,
    /// The longer side in pixels.
    #[serde(default)]
    pub size: Option<usize>,
}

/// A command line.
#[derive(Serialize, ToSchema)]
pub struct CommandView {
    /// The command.
    pub command: String,
}
