//! Looks that have been tuned by eye, each with a name that says what grows.

use crate::invalid::InvalidSetting;
use crate::settings::Settings;

/// A look.
#[derive(Debug)]
pub struct Preset {
    /// Its name.
    pub name: &'static str,
    /// What it does to a picture, in a few words.
    pub about: &'static str,
    model: &'static str,
    layer: &'static str,
    tune: fn(Settings) -> Settings,
}

/// The preset of a dream that asks for none.
pub const DEFAULT: &str = "dogs";

static PRESETS: &[Preset] = &[
    Preset {
        name: "dogs",
        about: "dogs and bears look out of everything",
        model: "lite0",
        layer: "block10",
        tune: |settings| Settings {
            octaves: 5,
            octave_scale: 1.4,
            iterations: 18,
            step: 0.0045,
            chroma: 0.3,
            ..settings
        },
    },
    Preset {
        name: "beasts",
        about: "furry heads with big eyes, few and large",
        model: "squeezenet",
        layer: "fire8",
        tune: |settings| Settings { iterations: 12, ..gentle(settings) },
    },
    Preset { name: "eyes", about: "eyes open everywhere", model: "squeezenet", layer: "fire6", tune: gentle },
    Preset {
        name: "birds",
        about: "feathers, beaks and long legs",
        model: "squeezenet",
        layer: "fire9",
        tune: |settings| Settings { iterations: 16, ..gentle(settings) },
    },
    Preset {
        name: "menagerie",
        about: "a crowd of animals in shells and armour",
        model: "lite0",
        layer: "block11.expand",
        tune: |settings| Settings { iterations: 16, ..settings },
    },
    Preset { name: "carnival", about: "hats, faces and costumes", model: "lite0", layer: "block12.expand", tune: long },
    Preset {
        name: "wonders",
        about: "the whole picture turns into something else: fruit, poodles, a carousel",
        model: "lite0",
        layer: "block13",
        tune: long,
    },
    Preset {
        name: "visions",
        about: "one great thing takes over: a lizard here, a trumpet there",
        model: "lite0",
        layer: "block14",
        tune: long,
    },
    Preset {
        name: "treasure",
        about: "beads, shells and jewels piled up",
        model: "lite0",
        layer: "block11",
        tune: long,
    },
    Preset {
        name: "ornaments",
        about: "spirals, spots and round ornaments",
        model: "lite0",
        layer: "block8",
        tune: |settings| settings,
    },
    Preset {
        name: "fur",
        about: "curling fur, combed into whorls around every bump",
        model: "lite0",
        layer: "block9.expand",
        tune: |settings| Settings { iterations: 14, ..settings },
    },
    Preset {
        name: "swirls",
        about: "flowing brush strokes that curl into eyes",
        model: "squeezenet",
        layer: "fire5",
        tune: |settings| Settings { octaves: 6, chroma: 0.35, step: 0.003, ..settings },
    },
    Preset {
        name: "quilt",
        about: "stitched and knotted cloth",
        model: "lite0",
        layer: "block7",
        tune: |settings| Settings { step: 0.005, ..settings },
    },
    Preset {
        name: "weave",
        about: "ribbons and ridges that follow every shape",
        model: "lite0",
        layer: "block5",
        tune: |settings| Settings { octaves: 6, step: 0.005, ..settings },
    },
    Preset {
        name: "mosaic",
        about: "panes and ribs, as in stained glass",
        model: "lite0",
        layer: "block3",
        tune: |settings| Settings { octaves: 5, step: 0.004, ..settings },
    },
];

/// The strong colours and contrasts of SqueezeNet, held back.
fn gentle(settings: Settings) -> Settings {
    Settings { chroma: 0.35, step: 0.003, ..settings }
}

/// Deep layers see whole objects: they need more steps until one has grown.
fn long(settings: Settings) -> Settings {
    Settings { iterations: 20, ..settings }
}

impl Preset {
    /// Its settings.
    pub fn settings(&self) -> Settings {
        (self.tune)(Settings::new(self.model, self.layer))
    }
}

/// The settings of a dream of words: a deep layer that likes no creature best keeps shapes crisp, the words say which.
pub fn words() -> Settings {
    Settings {
        octaves: 5,
        octave_scale: 1.4,
        iterations: 30,
        step: 0.0045,
        chroma: 0.3,
        ..Settings::new("lite0", "block12")
    }
}

/// All presets.
pub fn presets() -> &'static [Preset] {
    PRESETS
}

/// The first preset of a network: the numbers that suit it.
pub fn of_model(model: &str) -> Option<&'static Preset> {
    PRESETS.iter().find(|preset| preset.model == model)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::Dream;

    #[test]
    fn every_preset_is_a_dream_of_layers_that_exist() {
        assert!(presets().len() >= 10);
        for preset in presets() {
            assert!(Dream::new(preset.settings()).is_ok(), "{}", preset.name);
        }
        assert!(preset(DEFAULT).is_ok());
    }

    #[test]
    fn an_unknown_preset_names_those_that_exist() {
        let error = preset("unicorns").unwrap_err().to_string();
        assert!(error.contains("unicorns") && error.contains("dogs"), "{error}");
        assert_eq!(preset("Dogs").unwrap().name, "dogs");
    }
}
