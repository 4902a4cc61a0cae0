//! Every setting of a dream, declared once: name, meaning, bounds, how it is written and read.
//!
//! Command lines, recipes, the API, forms and their help all follow from [`options`].

use std::str::FromStr;

use oneiric_zoo::Networks;

use crate::error::Error;
use crate::finish::Colours;
use crate::invalid::{InvalidSetting, decimal, in_range};
use crate::normalize::Normalize;
use crate::objective::{Objective, Term};
use crate::settings::preset;
use crate::settings::values::{Backward, MOST_OCTAVES, MOST_SIDE, OctaveChange, Settings};

/// The declaration of a setting.
#[derive(Clone, Copy)]
pub struct SettingSpec {
    /// Its name, words joined by hyphens.
    pub name: &'static str,
    /// A single letter for it.
    pub short: Option<char>,
    /// The settings it belongs to.
    pub group: SettingGroup,
    /// What help calls its value.
    pub takes: &'static str,
    /// What it does, in a sentence or two.
    pub about: &'static str,
    /// What values it takes.
    pub kind: ValueKind,
    /// The bounds of a number.
    pub range: Option<NumberRange>,
    /// Texts worth trying.
    pub examples: &'static [&'static str],
    /// The settings that it excludes, since they set the same.
    pub instead_of: &'static [&'static str],
    set: Set,
    get: Option<Get>,
}

type Set = fn(&mut Settings, Given<'_>) -> Result<(), Error>;
type Get = fn(&Settings) -> SettingValue;

/// Settings that belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SettingGroup {
    /// What grows.
    What,
    /// How it grows.
    How,
    /// The finish after the last octave, which needs no new dream.
    Finish,
}

/// What values a setting takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueKind {
    /// One value.
    One,
    /// Any number of values.
    Many,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// No value: the setting is on if it is given.
    Flag,
}

/// The bounds of a number, and the range of useful values.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NumberRange {
    /// The smallest allowed value.
    pub min: f64,
    /// The largest allowed value.
    pub max: f64,
    /// The part of the range that a slider should offer.
    pub suggested: Option<SliderRange>,
}

/// The part of a range that a slider should offer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SliderRange {
    /// The smallest value.
    pub min: f64,
    /// The largest value.
    pub max: f64,
    /// The distance from one value to the next.
    pub step: f64,
}

/// The value of a setting.
#[derive(Clone, Debug, PartialEq)]
pub enum SettingValue {
    /// A number, the `f64` nearest to its decimals.
    Number(f64),
    /// A whole number.
    Whole(u64),
    /// A text.
    Text(String),
    /// Whether a flag is on.
    Flag(bool),
    /// Several texts.
    List(Vec<String>),
}

impl SettingValue {
    /// Its number, or the number in its text.
    fn as_number(&self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Whole(number) => Some(*number as f64),
            Self::Text(text) => text.parse().ok(),
            Self::Flag(_) | Self::List(_) => None,
        }
    }
}

impl From<SettingValue> for serde_json::Value {
    fn from(value: SettingValue) -> Self {
        match value {
            SettingValue::Number(number) => number.into(),
            SettingValue::Whole(number) => number.into(),
            SettingValue::Text(text) => text.into(),
            SettingValue::Flag(flag) => flag.into(),
            SettingValue::List(texts) => texts.into(),
        }
    }
}

impl SettingSpec {
    /// Sets it to what was given, one value for each time it was given.
    ///
    /// # Errors
    /// A value that cannot be read; the error names this setting.
    pub fn set(&self, settings: &mut Settings, given: &[String], networks: &Networks) -> Result<(), Error> {
        (self.set)(settings, Given { name: self.name, values: given, networks }).map_err(|error| match error {
            Error::Setting(error) => error.in_setting(self.name).into(),
            error => error,
        })
    }

    /// Its value; `None` for a setting that is only another way to set the objective.
    pub fn get(&self, settings: &Settings) -> Option<SettingValue> {
        self.get.map(|get| get(settings))
    }

    /// Its default; `None` if that depends on the preset.
    pub fn default(&self) -> Option<SettingValue> {
        let mut values = preset::presets().iter().map(|preset| self.get(&preset.settings()));
        let first = values.next().flatten()?;
        values.all(|value| value.as_ref() == Some(&first)).then_some(first)
    }

    /// Whether only one of the two can be given, since they set the same.
    pub fn excludes(&self, other: &Self) -> bool {
        self.name == other.name || self.instead_of.contains(&other.name) || other.instead_of.contains(&self.name)
    }

    /// Checks that its number is within its bounds.
    pub(super) fn check(&self, settings: &Settings) -> Result<(), InvalidSetting> {
        let Some(NumberRange { min, max, .. }) = self.range else { return Ok(()) };
        let number = self.get(settings).and_then(|value| value.as_number());
        number.map_or(Ok(()), |number| in_range(self.name, number, min, max))
    }

    const fn readable(self, get: Get) -> Self {
        Self { get: Some(get), ..self }
    }

    const fn range(self, min: f64, max: f64) -> Self {
        Self { range: Some(NumberRange { min, max, suggested: None }), ..self }
    }

    /// Numbers between `min` and `max`; a slider should go from `slider.0` to `slider.1` in steps of `slider.2`.
    const fn slider(self, min: f64, max: f64, slider: (f64, f64, f64)) -> Self {
        let suggested = Some(SliderRange { min: slider.0, max: slider.1, step: slider.2 });
        Self { range: Some(NumberRange { min, max, suggested }), ..self }
    }

    const fn examples(self, examples: &'static [&'static str]) -> Self {
        Self { examples, ..self }
    }

    const fn instead_of(self, others: &'static [&'static str]) -> Self {
        Self { instead_of: others, ..self }
    }

    const fn short(self, letter: char) -> Self {
        Self { short: Some(letter), ..self }
    }
}

impl SettingGroup {
    const fn setting(
        self,
        name: &'static str,
        takes: &'static str,
        about: &'static str,
        kind: ValueKind,
        set: Set,
    ) -> SettingSpec {
        let (short, range, get) = (None, None, None);
        SettingSpec { name, short, group: self, takes, about, kind, range, examples: &[], instead_of: &[], set, get }
    }

    const fn one(
        self,
        name: &'static str,
        takes: &'static str,
        about: &'static str,
        set: Set,
        get: Get,
    ) -> SettingSpec {
        self.setting(name, takes, about, ValueKind::One, set).readable(get)
    }

    const fn many(self, name: &'static str, takes: &'static str, about: &'static str, set: Set) -> SettingSpec {
        self.setting(name, takes, about, ValueKind::Many, set)
    }

    const fn choice(
        self,
        name: &'static str,
        takes: &'static str,
        about: &'static str,
        words: &'static [&'static str],
        set: Set,
        get: Get,
    ) -> SettingSpec {
        self.setting(name, takes, about, ValueKind::Choice(words), set).readable(get)
    }

    const fn flag(self, name: &'static str, about: &'static str, set: Set, get: Get) -> SettingSpec {
        self.setting(name, "", about, ValueKind::Flag, set).readable(get)
    }
}

/// What was given for a setting.
#[derive(Clone, Copy)]
struct Given<'a> {
    name: &'static str,
    values: &'a [String],
    networks: &'a Networks,
}

impl Given<'_> {
    /// The last value.
    fn text(&self) -> &str {
        self.values.last().map_or("", String::as_str)
    }

    fn read<T: FromStr>(&self, expected: &'static str) -> Result<T, InvalidSetting> {
        self.text().parse().map_err(|_| InvalidSetting::unreadable(self.name, self.text(), expected))
    }

    /// One value after the other.
    fn each(&self) -> impl Iterator<Item = Given<'_>> {
        self.values.iter().map(|value| Given { values: std::slice::from_ref(value), ..*self })
    }

    fn count(&self) -> Result<usize, InvalidSetting> {
        self.read("a whole number without a sign, such as 4")
    }

    fn count_or_none(&self) -> Result<Option<usize>, InvalidSetting> {
        if self.text() == "none" { Ok(None) } else { self.count().map(Some) }
    }

    fn number(&self) -> Result<f32, InvalidSetting> {
        self.read("a number, such as 0.5")
    }
}

fn count_or_none(count: Option<usize>) -> SettingValue {
    SettingValue::Text(count.map_or("none".into(), |count| count.to_string()))
}

fn put<T>(to: &mut T, value: Result<T, impl Into<Error>>) -> Result<(), Error> {
    *to = value.map_err(Into::into)?;
    Ok(())
}

/// All settings, in the order in which they have to be set.
pub fn options() -> &'static [SettingSpec] {
    &OPTIONS
}

/// The setting of this name.
///
/// # Errors
/// An unknown name.
pub fn option(name: &str) -> Result<&'static SettingSpec, InvalidSetting> {
    OPTIONS.iter().find(|option| option.name == name).ok_or_else(|| InvalidSetting::unknown_name(name))
}

/// Weights of words with a layer, tuned by eye: the layer and a wanted word are both visible, an unwanted word is gone.
const MORE: f32 = 2.0;
const LESS: f32 = -5.0;

static OPTIONS: [SettingSpec; 30] = [
    SettingGroup::What
        .one(
            "model",
            "NAME",
            "The network; its default layer is used unless one is given",
            |settings, given| {
                let name = given.networks.name(given.text())?;
                if name != settings.model {
                    choose_model(settings, name, given.networks.default_layer(name)?);
                }
                Ok(())
            },
            |settings| SettingValue::Text(settings.model.clone()),
        )
        .short('m'),
    SettingGroup::What.one(
        "objective",
        "SUM",
        "The objective, a sum of terms: \"block10 + 0.5*class('golden retriever') - 0.3*channel(block8, 17)\". \
         Functions: layer, mean, channel, neuron, direction, class, everywhere, guide, guide_channels, \
         caricature, tv, stay, stay_colour; NETWORK: before a term takes another network. Units and weights are in \
         docs/objectives.md",
        |settings, given| put(&mut settings.objective, Objective::read(given.text(), &settings.model, given.networks)),
        |settings| SettingValue::Text(settings.objective.to_string()),
    ),
    SettingGroup::What
        .many(
            "layer",
            "NAME[:WEIGHT]",
            "A layer to strengthen, and its weight; may be repeated",
            |settings, given| {
                let layers = given.values.iter().map(|text| layer_with_weight(text)).collect::<Result<Vec<_>, _>>()?;
                settings.objective = layers.into_iter().fold(Objective::default(), |sum, layer| sum + layer);
                settings.channels = Default::default();
                Ok(())
            },
        )
        .short('l')
        .instead_of(&["objective"]),
    SettingGroup::What.one(
        "channels",
        "WHICH",
        "Strengthen only some channels of the layers: strongest:8, weakest:8, all-but:3,7 or 5,9,11; \
         they are chosen on the photo",
        |settings, given| put(&mut settings.channels, given.text().parse()),
        |settings| SettingValue::Text(settings.channels.to_string()),
    ).examples(&["all", "strongest:8", "weakest:8", "all-but:3,7"]),
    SettingGroup::What.many(
        "channel",
        "N",
        "Strengthen only this channel of the layers; may be repeated",
        |settings, given| {
            given.each().try_for_each(|channel| channel.count().map(|_| ()))?;
            settings.channels = given.values.join(",").parse()?;
            Ok(())
        },
    )
    .instead_of(&["channels"]),
    SettingGroup::What.flag(
        "rechoose",
        "Choose the strongest or weakest channels again before every step",
        |settings, _| { settings.rechoose = true; Ok(()) },
        |settings| SettingValue::Flag(settings.rechoose),
    ),
    SettingGroup::What.many(
        "more",
        "WORD",
        "Grow more of this everywhere: dog, birds, flower, \"golden retriever\"…; may be repeated",
        |settings, given| add_words(settings, given, MORE),
    ),
    SettingGroup::What.many("less", "WORD", "Grow less of this; may be repeated", |settings, given| {
        add_words(settings, given, LESS)
    }),
    SettingGroup::How.one(
        "octaves",
        "N",
        "Number of sizes to dream at, counted down from the picture's own instead of up from the smallest; more give larger shapes",
        |settings, given| {
            settings.smallest = None;
            put(&mut settings.octaves, given.count())
        },
        |settings| SettingValue::Whole(settings.octaves as u64),
    ).slider(1.0, MOST_OCTAVES as f64, (1.0, 10.0, 1.0)),
    SettingGroup::How.one(
        "smallest",
        "SIDE",
        "Longer side in pixels of the smallest size to dream at; larger sizes follow up to the picture's own, so that every \
         size of a photo has the same shapes, and a larger one more detail; none counts the octaves instead",
        |settings, given| put(&mut settings.smallest, given.count_or_none()),
        |settings| count_or_none(settings.smallest),
    ).range(32.0, MOST_SIDE as f64).examples(&["160", "96", "256", "none"]),
    SettingGroup::How.one(
        "taper",
        "POWER",
        "How steps become fewer at sizes above 640 pixels: 1 in proportion to the side, 0 not at all",
        |settings, given| put(&mut settings.taper, given.number()),
        |settings| SettingValue::Number(decimal(settings.taper)),
    ).slider(0.0, 4.0, (0.0, 2.0, 0.1)),
    SettingGroup::How.one(
        "octave-scale",
        "S",
        "How much larger each octave is than the one before",
        |settings, given| put(&mut settings.octave_scale, given.number()),
        |settings| SettingValue::Number(decimal(settings.octave_scale)),
    ).slider(1.01, 10.0, (1.1, 2.0, 0.05)),
    SettingGroup::How.one(
        "iterations",
        "N",
        "Steps in each octave; more give a stronger dream",
        |settings, given| put(&mut settings.iterations, given.count()),
        |settings| SettingValue::Whole(settings.iterations as u64),
    ).slider(0.0, 10_000.0, (1.0, 60.0, 1.0)),
    SettingGroup::How.one(
        "step",
        "S",
        "Mean change of a colour value (0 to 1) in one step",
        |settings, given| put(&mut settings.step, given.number()),
        |settings| SettingValue::Number(decimal(settings.step)),
    ).slider(1e-6, 1e9, (0.0005, 0.02, 0.0005)),
    SettingGroup::How
        .many(
            "octave",
            "N:NAME=VALUE,…",
            "Change settings of octave N, 1 being the smallest, or of N and all larger ones with N+: 3:layer=block5,iterations=20,step=0.003,jitter=8; may be repeated",
            |settings, given| {
                let changes = given.values.iter().map(|text| OctaveChange::read(text, &settings.model, given.networks));
                put(&mut settings.octave_changes, changes.collect::<Result<_, _>>())
            },
        )
        .readable(|settings| SettingValue::List(settings.octave_changes.iter().map(ToString::to_string).collect())),
    SettingGroup::How.one(
        "ascent",
        "HOW",
        "Ascent method: plain, momentum:0.9 (each step keeps this part of the steps before) or adam",
        |settings, given| put(&mut settings.ascent, given.text().parse()),
        |settings| SettingValue::Text(settings.ascent.to_string()),
    ).examples(&["plain", "momentum:0.9", "adam"]),
    SettingGroup::How.one(
        "jitter",
        "N",
        "Largest random shift before each step, in pixels; hides the network's grid",
        |settings, given| put(&mut settings.jitter, given.count()),
        |settings| SettingValue::Whole(settings.jitter as u64),
    ).slider(0.0, 1024.0, (0.0, 64.0, 1.0)),
    SettingGroup::How.choice(
        "normalize",
        "HOW",
        "How the gradient is normalized before each step",
        Normalize::NAMES,
        |settings, given| {
            put(&mut settings.normalize, given.text().parse())
        },
        |settings| SettingValue::Text(settings.normalize.to_string()),
    ),
    SettingGroup::How.one(
        "chroma",
        "C",
        "How much of the gradient's colour is kept: 0 none (grey), 1 all",
        |settings, given| put(&mut settings.chroma, given.number()),
        |settings| SettingValue::Number(decimal(settings.chroma)),
    ).slider(0.0, 4.0, (0.0, 1.0, 0.05)),
    SettingGroup::How.one(
        "headroom",
        "H",
        "Distance from black and white below which steps towards them become shorter, so that shapes keep their contrast in \
         bright and dark places: 0 clips, more keeps more",
        |settings, given| put(&mut settings.headroom, given.number()),
        |settings| SettingValue::Number(decimal(settings.headroom)),
    ).slider(0.0, 0.5, (0.0, 0.5, 0.05)),
    SettingGroup::How.one(
        "symmetry",
        "KIND",
        "Symmetry of the dream about its centre: none, mirror, quad or kaleidoscope:6",
        |settings, given| put(&mut settings.symmetry, given.text().parse()),
        |settings| SettingValue::Text(settings.symmetry.to_string()),
    ).examples(&["none", "mirror", "quad", "kaleidoscope:6"]),
    SettingGroup::How.flag(
        "seamless",
        "Make a dream that tiles without a seam, for wallpaper and textures",
        |settings, _| { settings.seamless = true; Ok(()) },
        |settings| SettingValue::Flag(settings.seamless),
    ),
    SettingGroup::How.one(
        "seed",
        "N",
        "Random seed: the same seed gives the same picture",
        |settings, given| put(&mut settings.seed, given.read("a whole number without a sign, such as 7")),
        |settings| SettingValue::Whole(settings.seed),
    ),
    SettingGroup::How.choice(
        "backward",
        "NUMBERS",
        "Number format of the backward pass: bf16 is faster and nearly the same, on processors with AVX512-BF16",
        Backward::NAMES,
        |settings, given| put(&mut settings.backward, given.text().parse()),
        |settings| SettingValue::Text(settings.backward.name().into()),
    ),
    SettingGroup::How.one(
        "tile",
        "WxH",
        "Largest part of the picture that a network sees at once, such as 1024x768, or whole; smaller tiles take less \
         memory",
        |settings, given| {
            let sides = || -> Option<_> {
                let (width, height) = given.text().split_once('x')?;
                Some(Some((width.parse().ok()?, height.parse().ok()?)))
            };
            let tile = if given.text() == "whole" { Some(None) } else { sides() };
            let expected = "WIDTHxHEIGHT in pixels, such as 1024x768, or whole";
            put(&mut settings.tile, tile.ok_or_else(|| InvalidSetting::unreadable("tile", given.text(), expected)))
        },
        |settings| SettingValue::Text(settings.tile.map_or("whole".into(), |(width, height)| format!("{width}x{height}"))),
    ).examples(&["whole", "1024x768", "640x640"]),
    SettingGroup::How.one(
        "upscale",
        "SIDE",
        "Dream at this many pixels on the longer side and resize the detail to the full size, where the photo keeps its \
         own detail: fast for large photos; none dreams at the full size",
        |settings, given| put(&mut settings.upscale, given.count_or_none()),
        |settings| count_or_none(settings.upscale),
    ).range(1.0, MOST_SIDE as f64).examples(&["none", "1600", "1024"]),
    SettingGroup::Finish.one(
        "strength",
        "S",
        "How much of the dream is laid over the photo: 0 the photo, 1 the dream, 2 twice its detail",
        |settings, given| put(&mut settings.finish.strength, given.number()),
        |settings| SettingValue::Number(decimal(settings.finish.strength)),
    ).slider(0.0, 2.0, (0.0, 2.0, 0.05)),
    SettingGroup::Finish.choice(
        "colours",
        "WHOSE",
        "Where colours come from: the dream; the photo, with the dream's brightness; or the dream with the photo's \
         colour histogram",
        Colours::NAMES,
        |settings, given| put(&mut settings.finish.colours, given.text().parse()),
        |settings| SettingValue::Text(settings.finish.colours.to_string()),
    ),
    SettingGroup::Finish.one(
        "saturation",
        "S",
        "Saturation of the colours: 0 grey, 1 unchanged",
        |settings, given| put(&mut settings.finish.saturation, given.number()),
        |settings| SettingValue::Number(decimal(settings.finish.saturation)),
    ).slider(0.0, 4.0, (0.0, 4.0, 0.1)),
    SettingGroup::Finish.flag(
        "white-balance",
        "Keep the mean colour of the photo",
        |settings, _| { settings.finish.white_balance = true; Ok(()) },
        |settings| SettingValue::Flag(settings.finish.white_balance),
    ),
];

/// A layer belongs to a network and a channel to a layer: those of the old network would mean something else.
fn choose_model(settings: &mut Settings, name: &str, layer: &str) {
    settings.model = name.into();
    settings.channels = Default::default();
    if !settings.objective.terms.is_empty() {
        settings.objective = Term::layer(layer).into();
    }
}

/// `block10` or `block10:0.5`.
fn layer_with_weight(text: &str) -> Result<Objective, InvalidSetting> {
    let (layer, weight) = match text.split_once(':') {
        None => (text, 1.0),
        Some((layer, weight)) => (layer, weight.parse().unwrap_or(f32::NAN)),
    };
    if layer.is_empty() || !weight.is_finite() || weight == 0.0 {
        let expected = "LAYER or LAYER:WEIGHT with a weight other than 0, such as block10:0.5";
        return Err(InvalidSetting::unreadable("layer", text, expected));
    }
    Ok(Objective::from(Term::layer(layer)) * weight)
}

fn add_words(settings: &mut Settings, given: Given<'_>, weight: f32) -> Result<(), Error> {
    for word in given.values {
        settings.objective =
            std::mem::take(&mut settings.objective) + Objective::of_word(word, given.networks)? * weight;
    }
    Ok(())
}
