//! Presets: named sets of settings, tuned by eye.

use crate::invalid::InvalidSetting;
use crate::render::REFERENCE_SIDE;
use crate::settings::values::Settings;

/// A named set of settings.
#[derive(Debug)]
pub struct Preset {
    /// Its name.
    pub name: &'static str,
    /// What it does to a picture, in a few words.
    pub about: &'static str,
    model: &'static str,
    /// What it strengthens; layers are those of `model` unless a term names another network.
    objective: &'static str,
    tune: fn(Settings) -> Settings,
}

/// With less, bright and dark places clip and creatures in a white sky stay pale; with more, pictures look flat.
const HEADROOM: f32 = 0.15;

/// The name of the default preset.
pub const DEFAULT: &str = "dogs";

static PRESETS: &[Preset] = &[
    Preset {
        name: "dogs",
        about: "dogs and bears look out of everything",
        model: "lite0",
        objective: "block10 + 0.5*squeezenet:fire8",
        tune: |settings| Settings { iterations: 18, ..coarse(settings) },
    },
    Preset {
        name: "beasts",
        about: "furry heads with big eyes, few and large",
        model: "squeezenet",
        objective: "fire8 + lite0:block10",
        tune: |settings| Settings { octaves: 6, octave_scale: 1.4, iterations: 14, ..gentle(settings) },
    },
    Preset { name: "eyes", about: "eyes open everywhere", model: "squeezenet", objective: "fire6", tune: gentle },
    Preset {
        name: "eyeballs",
        about: "large eyes open in walls, clouds and faces, with lids and lashes",
        model: "eyeballs",
        objective: "everywhere('eyeball') - everywhere('other') + 0.1*fire8",
        tune: |settings| Settings {
            octaves: 4,
            octave_scale: 1.35,
            iterations: 18,
            step: 0.005,
            chroma: 0.45,
            ..settings
        },
    },
    Preset {
        name: "impressionist",
        about: "the photo becomes a painting: strokes that follow every shape",
        model: "impressionist",
        objective: "everywhere('painting') - everywhere('photo')",
        tune: |settings| Settings {
            octaves: 4,
            octave_scale: 1.4,
            iterations: 16,
            step: 0.004,
            chroma: 0.45,
            ..settings
        },
    },
    Preset {
        name: "birds",
        about: "birds with beaks, feathers and long legs",
        model: "lite0",
        objective: "block12 + 2*lite0:everywhere('bird') + 2*squeezenet:everywhere('bird')",
        tune: |settings| Settings { iterations: 30, ..coarse(settings) },
    },
    Preset {
        name: "menagerie",
        about: "a crowd of animals in shells and armour",
        model: "lite0",
        objective: "block11.expand",
        tune: |settings| Settings { iterations: 16, ..settings },
    },
    Preset {
        name: "carnival",
        about: "hats, faces and costumes",
        model: "lite0",
        objective: "block12.expand",
        tune: long,
    },
    Preset {
        name: "wonders",
        about: "the whole picture turns into something else: fruit, poodles, a carousel",
        model: "lite0",
        objective: "block13",
        tune: |settings| Settings { iterations: 40, headroom: 0.1, ..settings },
    },
    Preset {
        name: "visions",
        about: "one great thing takes over: a lizard here, a trumpet there",
        model: "lite0",
        objective: "block14",
        tune: |settings| Settings { octaves: 6, iterations: 40, step: 0.006, headroom: 0.1, ..settings },
    },
    Preset {
        name: "treasure",
        about: "beads, shells and jewels piled up",
        model: "lite0",
        objective: "block11",
        tune: long,
    },
    Preset {
        name: "ornaments",
        about: "spirals, spots and round ornaments",
        model: "lite0",
        objective: "block8",
        tune: |settings| settings,
    },
    Preset {
        name: "fur",
        about: "curling fur, combed into whorls around every bump",
        model: "lite0",
        objective: "block9.expand",
        tune: |settings| Settings { iterations: 14, ..settings },
    },
    Preset {
        name: "swirls",
        about: "flowing brush strokes that curl into eyes",
        model: "squeezenet",
        objective: "fire5",
        tune: |settings| Settings { octaves: 6, chroma: 0.35, step: 0.003, ..settings },
    },
    Preset {
        name: "quilt",
        about: "stitched and knotted cloth",
        model: "lite0",
        objective: "block7",
        tune: |settings| Settings { step: 0.005, ..settings },
    },
    Preset {
        name: "weave",
        about: "ribbons and ridges that follow every shape",
        model: "lite0",
        objective: "block5",
        tune: |settings| Settings { octaves: 6, step: 0.005, ..settings },
    },
    Preset {
        name: "mosaic",
        about: "panes and ribs, as in stained glass",
        model: "lite0",
        objective: "block3",
        tune: |settings| Settings { octaves: 5, step: 0.004, ..settings },
    },
];

/// The same for photos of every size. Looks are tuned at [`REFERENCE_SIDE`]: larger pictures keep these
/// octaves and get finer ones with fewer steps, so that the composition stays and only its detail grows.
fn for_every_size(settings: Settings) -> Settings {
    let smallest = REFERENCE_SIDE as f32 / settings.octave_scale.powi(settings.octaves as i32 - 1);
    Settings { smallest: Some(smallest as usize), taper: 2.2, ..settings }
}

/// Few octaves far apart make few and large shapes.
fn coarse(settings: Settings) -> Settings {
    Settings { octaves: 5, octave_scale: 1.4, step: 0.0045, chroma: 0.3, ..settings }
}

/// SqueezeNet makes strong colours and contrasts; this reduces them.
fn gentle(settings: Settings) -> Settings {
    Settings { chroma: 0.35, step: 0.003, ..settings }
}

/// Deep layers respond to whole objects, which need more steps to grow.
fn long(settings: Settings) -> Settings {
    Settings { iterations: 20, ..settings }
}

impl Preset {
    /// Its settings.
    pub fn settings(&self) -> Settings {
        let objective = self.objective.parse().expect("the tests read every preset");
        for_every_size((self.tune)(Settings { objective, headroom: HEADROOM, ..Settings::new(self.model, "") }))
    }
}

/// The settings of a dream of words: a deep layer without a preferred object keeps shapes crisp, the words choose them.
pub fn words() -> Settings {
    for_every_size(Settings { iterations: 30, headroom: HEADROOM, ..coarse(Settings::new("lite0", "block12")) })
}

/// All presets.
pub fn presets() -> &'static [Preset] {
    PRESETS
}

/// The first preset of a network, whose numbers suit the network.
pub fn of_model(model: &str) -> Option<&'static Preset> {
    PRESETS.iter().find(|preset| preset.model == model)
}

/// The preset of this name.
///
/// # Errors
/// If there is none; the error lists them.
pub fn preset(name: &str) -> Result<&'static Preset, InvalidSetting> {
    PRESETS
        .iter()
        .find(|preset| preset.name == name.to_lowercase())
        .ok_or_else(|| InvalidSetting::unknown("preset", name, PRESETS.iter().map(|preset| preset.name)))
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(feature = "weights")]
    use crate::render::Dream;

    #[test]
    #[cfg(feature = "weights")]
    fn every_preset_names_layers_that_exist() {
        assert!(presets().len() >= 10);
        for preset in presets() {
            assert!(Dream::new(preset.settings()).is_ok(), "{}", preset.name);
        }
        assert!(preset(DEFAULT).is_ok());
    }

    #[test]
    fn the_error_of_an_unknown_preset_lists_the_presets() {
        let error = preset("unicorns").unwrap_err().to_string();
        assert!(error.contains("unicorns") && error.contains("dogs"), "{error}");
        assert_eq!(preset("Dogs").unwrap().name, "dogs");
    }
}
