//! Looks that have been tuned by eye, each with a name that says what grows.

use crate::settings::{InvalidSetting, LayerWeight, Settings};

/// A look.
#[derive(Debug)]
pub struct Preset {
    /// Its name.
    pub name: &'static str,
    /// What it does to a picture, in a few words.
    pub about: &'static str,
    model: &'static str,
    layers: &'static [(&'static str, f32)],
    tune: fn(Settings) -> Settings,
}

/// The preset of a dream that asks for none.
pub const DEFAULT: &str = "dogs";

static PRESETS: &[Preset] = &[Preset {
    name: "dogs",
    about: "dogs and bears look out of everything",
    model: "lite0",
    layers: &[("block10", 1.0)],
    tune: |settings| settings,
}];

impl Preset {
    /// Its settings.
    pub fn settings(&self) -> Settings {
        let layers = self.layers.iter().map(|&(layer, weight)| LayerWeight { layer: layer.into(), weight });
        (self.tune)(Settings { layers: layers.collect(), ..Settings::new(self.model, "") })
    }
}

/// All presets.
pub fn presets() -> &'static [Preset] {
    PRESETS
}

/// The preset of this name.
///
/// # Errors
/// If there is none; the message lists them.
pub fn preset(name: &str) -> Result<&'static Preset, InvalidSetting> {
    PRESETS.iter().find(|preset| preset.name == name.to_lowercase()).ok_or_else(|| {
        let names: Vec<_> = PRESETS.iter().map(|preset| preset.name).collect();
        InvalidSetting(format!("there is no preset '{name}'; the presets are {}", names.join(", ")))
    })
}
