//! Every setting of a dream declared once: its name, what it takes and means, how it is written and read.
//!
//! The command line, its help and what JSON tells follow from [`options`].

use std::str::FromStr;

use oneiric_zoo::Model;

use crate::error::Error;
use crate::finish::Colours;
use crate::invalid::InvalidSetting;
use crate::normalize::Normalize;
use crate::objective::{Objective, Term};
use crate::settings::{Backward, OctaveChange, Settings};

/// One setting.
#[derive(Clone, Copy)]
pub struct Setting {
    /// Its name, words joined by hyphens.
    pub name: &'static str,
    /// A single letter for it.
    pub short: Option<char>,
    /// Its place among the others.
    pub group: Group,
    /// What its value is called in help.
    pub takes: &'static str,
    /// What it means, in a sentence or two.
    pub about: &'static str,
    /// What may be given.
    pub kind: Kind,
    /// The settings that may not be given beside it, since they say the same.
    pub instead_of: &'static [&'static str],
    set: Set,
    get: Option<Get>,
}

type Set = fn(&mut Settings, Given<'_>) -> Result<(), Error>;
type Get = fn(&Settings) -> Value;

/// Settings that belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// What grows.
    What,
    /// How it grows.
    How,
    /// What is done after the last octave, which needs no new dream.
    Finish,
}

/// What a setting takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// One value.
    One,
    /// Any number of values.
    Many,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// Nothing: it is there or not.
    Flag,
}

/// The value of a setting.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A number, as near as f64 comes to its decimals.
    Number(f64),
    /// A whole number.
    Whole(u64),
    /// Words.
    Text(String),
    /// Whether it is there.
    Flag(bool),
    /// Several texts.
    List(Vec<String>),
}

impl From<Value> for serde_json::Value {
    fn from(value: Value) -> Self {
        match value {
            Value::Number(number) => number.into(),
            Value::Whole(number) => number.into(),
            Value::Text(text) => text.into(),
            Value::Flag(flag) => flag.into(),
            Value::List(texts) => texts.into(),
        }
    }
}

impl Setting {
    /// Sets it to what was given, a value each time it was.
    ///
    /// # Errors
    /// What cannot be read, with what it takes.
    pub fn set(&self, settings: &mut Settings, given: &[String]) -> Result<(), Error> {
        (self.set)(settings, Given { name: self.name, values: given })
    }

    /// Its value; nothing for those that are only another way to set the objective.
    pub fn get(&self, settings: &Settings) -> Option<Value> {
        self.get.map(|get| get(settings))
    }

    /// Whether only one of the two can be given, since they say the same.
    pub fn excludes(&self, other: &Self) -> bool {
        self.name == other.name || self.instead_of.contains(&other.name) || other.instead_of.contains(&self.name)
    }

    const fn told(self, get: Get) -> Self {
        Self { get: Some(get), ..self }
    }

    const fn instead_of(self, others: &'static [&'static str]) -> Self {
        Self { instead_of: others, ..self }
    }

    const fn short(self, letter: char) -> Self {
        Self { short: Some(letter), ..self }
    }
}

impl Group {
    const fn setting(
        self,
        name: &'static str,
        takes: &'static str,
        about: &'static str,
        kind: Kind,
        set: Set,
    ) -> Setting {
        Setting { name, short: None, group: self, takes, about, kind, instead_of: &[], set, get: None }
    }

    const fn one(self, name: &'static str, takes: &'static str, about: &'static str, set: Set, get: Get) -> Setting {
        self.setting(name, takes, about, Kind::One, set).told(get)
    }

    const fn many(self, name: &'static str, takes: &'static str, about: &'static str, set: Set) -> Setting {
        self.setting(name, takes, about, Kind::Many, set)
    }

    const fn choice(
        self,
        name: &'static str,
        takes: &'static str,
        about: &'static str,
        words: &'static [&'static str],
        set: Set,
        get: Get,
    ) -> Setting {
        self.setting(name, takes, about, Kind::Choice(words), set).told(get)
    }

    const fn flag(self, name: &'static str, about: &'static str, set: Set, get: Get) -> Setting {
        self.setting(name, "", about, Kind::Flag, set).told(get)
    }
}

/// What was given for a setting.
#[derive(Clone, Copy)]
struct Given<'a> {
    name: &'static str,
    values: &'a [String],
}

impl Given<'_> {
    /// What was given last.
    fn text(&self) -> &str {
        self.values.last().map_or("", String::as_str)
    }

    fn read<T: FromStr>(&self, takes: &str) -> Result<T, InvalidSetting> {
        self.text().parse().map_err(|_| InvalidSetting(format!("--{} takes {takes}, not '{}'", self.name, self.text())))
    }

    /// What was given each time.
    fn each(&self) -> impl Iterator<Item = Given<'_>> {
        self.values.iter().map(|value| Given { name: self.name, values: std::slice::from_ref(value) })
    }

    fn count(&self) -> Result<usize, InvalidSetting> {
        self.read("a whole number without a sign, such as 4")
    }

    fn number(&self) -> Result<f32, InvalidSetting> {
        self.read("a number, such as 0.5")
    }
}

fn put<T>(to: &mut T, value: Result<T, impl Into<Error>>) -> Result<(), Error> {
    *to = value.map_err(Into::into)?;
    Ok(())
}

/// All settings, in the order in which they have to be applied.
pub fn options() -> &'static [Setting] {
    &OPTIONS
}

/// The setting of this name.
///
/// # Errors
/// If there is none; the message lists them.
pub fn option(name: &str) -> Result<&'static Setting, InvalidSetting> {
    OPTIONS.iter().find(|setting| setting.name == name).ok_or_else(|| {
        let names: Vec<_> = OPTIONS.iter().map(|setting| setting.name).collect();
        InvalidSetting(format!("there is no option '{name}', but {}", names.join(", ")))
    })
}

/// Weights of words beside a layer, tuned by eye: of what is to grow both can be seen, what is not to grow is gone.
const MORE: f32 = 2.0;
const LESS: f32 = -5.0;

static OPTIONS: [Setting; 27] = [
    Group::What
        .one(
            "model",
            "NAME",
            "The network that dreams, with its own best layer unless one is given",
            |settings, given| {
                let model = oneiric_zoo::model(given.text())?;
                if model.name != settings.model {
                    choose_model(settings, model);
                }
                Ok(())
            },
            |settings| Value::Text(settings.model.clone()),
        )
        .short('m'),
    Group::What.one(
        "objective",
        "SUM",
        "What grows, as a sum: \"block10 + 0.5*class('golden retriever') - 0.3*channel(block8, 17)\". \
         Functions: layer, mean, channel, neuron, direction, class, everywhere, guide, guide_channels, \
         caricature, tv, stay, stay_colour; NETWORK: before one takes another network. docs/objectives.md tells units and \
         weights",
        |settings, given| put(&mut settings.objective, Objective::read(given.text(), &settings.model)),
        |settings| Value::Text(settings.objective.to_string()),
    ),
    Group::What
        .many(
            "layer",
            "NAME[:WEIGHT]",
            "A layer to strengthen, and how much it counts; may be repeated. `oneiric models show M` lists them",
            |settings, given| {
                let layers = given.values.iter().map(|text| layer_with_weight(text)).collect::<Result<Vec<_>, _>>()?;
                settings.objective = layers.into_iter().fold(Objective::default(), |sum, layer| sum + layer);
                settings.channels = Default::default();
                Ok(())
            },
        )
        .short('l')
        .instead_of(&["objective"]),
    Group::What.one(
        "channels",
        "WHICH",
        "Of the layers strengthen only some channels: strongest:8, weakest:8, all-but:3,7 or 5,9,11; \
         chosen on the photo",
        |settings, given| put(&mut settings.channels, given.text().parse()),
        |settings| Value::Text(settings.channels.to_string()),
    ),
    Group::What.many(
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
    Group::What.flag(
        "rechoose",
        "Choose the strongest or weakest channels again before every step",
        |settings, _| { settings.rechoose = true; Ok(()) },
        |settings| Value::Flag(settings.rechoose),
    ),
    Group::What.many(
        "more",
        "WORD",
        "Let this grow all over: dog, birds, flower, \"golden retriever\"…; may be repeated. \
         `oneiric search WORD` tells what the networks know",
        |settings, given| add_words(settings, given, MORE),
    ),
    Group::What.many("less", "WORD", "Let none of this grow; may be repeated", |settings, given| {
        add_words(settings, given, LESS)
    }),
    Group::How.one(
        "octaves",
        "N",
        "Sizes to dream at, from small to large; more give larger creatures",
        |settings, given| put(&mut settings.octaves, given.count()),
        |settings| Value::Whole(settings.octaves as u64),
    ),
    Group::How.one(
        "octave-scale",
        "S",
        "How much larger each octave is than the one before",
        |settings, given| put(&mut settings.octave_scale, given.number()),
        |settings| decimal(settings.octave_scale),
    ),
    Group::How.one(
        "iterations",
        "N",
        "Steps in each octave; more dream deeper",
        |settings, given| put(&mut settings.iterations, given.count()),
        |settings| Value::Whole(settings.iterations as u64),
    ),
    Group::How.one(
        "step",
        "S",
        "Mean change of a colour value (0 to 1) in one step",
        |settings, given| put(&mut settings.step, given.number()),
        |settings| decimal(settings.step),
    ),
    Group::How
        .many(
            "octave",
            "N:NAME=VALUE,…",
            "Do octave N otherwise, 1 being the smallest: 3:layer=block5,iterations=20,step=0.003,jitter=8; may be repeated",
            |settings, given| {
                let changes = given.values.iter().map(|text| OctaveChange::read(text, &settings.model));
                put(&mut settings.octave_changes, changes.collect::<Result<_, _>>())
            },
        )
        .told(|settings| Value::List(settings.octave_changes.iter().map(ToString::to_string).collect())),
    Group::How.one(
        "ascent",
        "HOW",
        "How to climb: plain, momentum:0.9 (each step keeps this part of the ones before) or adam",
        |settings, given| put(&mut settings.ascent, given.text().parse()),
        |settings| Value::Text(settings.ascent.to_string()),
    ),
    Group::How.one(
        "jitter",
        "N",
        "Largest random shift before each step, in pixels; hides the network's grid",
        |settings, given| put(&mut settings.jitter, given.count()),
        |settings| Value::Whole(settings.jitter as u64),
    ),
    Group::How.choice(
        "normalize",
        "HOW",
        "How the gradient is balanced before each step",
        Normalize::NAMES,
        |settings, given| {
            put(&mut settings.normalize, given.text().parse())
        },
        |settings| Value::Text(settings.normalize.to_string()),
    ),
    Group::How.one(
        "chroma",
        "C",
        "How colourful the change is: 0 grey, 1 as the network wants it",
        |settings, given| put(&mut settings.chroma, given.number()),
        |settings| decimal(settings.chroma),
    ),
    Group::How.one(
        "symmetry",
        "KIND",
        "Let the dream repeat itself about its centre: none, mirror, quad or kaleidoscope:6",
        |settings, given| put(&mut settings.symmetry, given.text().parse()),
        |settings| Value::Text(settings.symmetry.to_string()),
    ),
    Group::How.flag(
        "seamless",
        "Make a dream that tiles without a seam, for wallpaper and textures",
        |settings, _| { settings.seamless = true; Ok(()) },
        |settings| Value::Flag(settings.seamless),
    ),
    Group::How.one(
        "seed",
        "N",
        "Number that chance follows: the same number gives the same picture [default: 0]",
        |settings, given| put(&mut settings.seed, given.read("a whole number without a sign, such as 7")),
        |settings| Value::Whole(settings.seed),
    ),
    Group::How.choice(
        "backward",
        "NUMBERS",
        "Numbers of the way back from the layer: bf16 is faster and nearly the same, on processors with \
         AVX512-BF16 [default: f32]",
        Backward::NAMES,
        |settings, given| put(&mut settings.backward, given.text().parse()),
        |settings| Value::Text(settings.backward.name().into()),
    ),
    Group::How.one(
        "tile",
        "WxH",
        "Largest part of the picture that a network sees at once, such as 1024x768, or whole; smaller ones take less \
         memory [default: as large as --memory allows]",
        |settings, given| {
            let sides = || -> Option<_> {
                let (width, height) = given.text().split_once('x')?;
                Some(Some((width.parse().ok()?, height.parse().ok()?)))
            };
            let tile = if given.text() == "whole" { Some(None) } else { sides() };
            let why = || format!("--tile takes WIDTHxHEIGHT in pixels, such as 1024x768, or whole, not '{}'", given.text());
            put(&mut settings.tile, tile.ok_or_else(|| InvalidSetting(why())))
        },
        |settings| Value::Text(settings.tile.map_or("whole".into(), |(width, height)| format!("{width}x{height}"))),
    ),
    Group::How.one(
        "upscale",
        "SIDE",
        "Dream at this many pixels on the longer side and carry what grows to the full size, where the photo keeps its \
         own detail: quick for large photos; none dreams at the full size [default: none]",
        |settings, given| {
            settings.upscale = match given.text() {
                "none" => None,
                _ => Some(given.count()?),
            };
            Ok(())
        },
        |settings| Value::Text(settings.upscale.map_or("none".into(), |side| side.to_string())),
    ),
    Group::Finish.one(
        "strength",
        "S",
        "How much of the dream there is: 0 the photo, 1 the dream, up to 2 for twice its detail [default: 1]",
        |settings, given| put(&mut settings.finish.strength, given.number()),
        |settings| decimal(settings.finish.strength),
    ),
    Group::Finish.choice(
        "colours",
        "WHOSE",
        "Whose colours: as dreamed; the photo's, to which the dream gives light and shade; or as many pixels of \
         each colour as in the photo [default: dream]",
        Colours::NAMES,
        |settings, given| put(&mut settings.finish.colours, given.text().parse()),
        |settings| Value::Text(settings.finish.colours.to_string()),
    ),
    Group::Finish.one(
        "saturation",
        "S",
        "How strong colours are: 0 grey, 1 as they are, up to 4 [default: 1]",
        |settings, given| put(&mut settings.finish.saturation, given.number()),
        |settings| decimal(settings.finish.saturation),
    ),
    Group::Finish.flag(
        "white-balance",
        "Keep the mean colour of the photo",
        |settings, _| { settings.finish.white_balance = true; Ok(()) },
        |settings| Value::Flag(settings.finish.white_balance),
    ),
];

/// A layer belongs to a network and a channel to a layer: what is left of the old network's would mean something else.
fn choose_model(settings: &mut Settings, model: &Model) {
    settings.model = model.name.into();
    settings.channels = Default::default();
    if !settings.objective.terms.is_empty() {
        settings.objective = Term::layer(model.default_layer).into();
    }
}

/// `block10` or `block10:0.5`.
fn layer_with_weight(text: &str) -> Result<Objective, InvalidSetting> {
    let (layer, weight) = match text.split_once(':') {
        None => (text, 1.0),
        Some((layer, weight)) => (layer, weight.parse().unwrap_or(f32::NAN)),
    };
    if layer.is_empty() || !weight.is_finite() || weight == 0.0 {
        let why = format!("'{text}' is not LAYER or LAYER:WEIGHT with a weight other than 0, such as block10:0.5");
        return Err(InvalidSetting(why));
    }
    Ok(Objective::from(Term::layer(layer)) * weight)
}

fn add_words(settings: &mut Settings, given: Given<'_>, weight: f32) -> Result<(), Error> {
    for word in given.values {
        settings.objective = std::mem::take(&mut settings.objective) + Objective::of_word(word)? * weight;
    }
    Ok(())
}

/// A number as it is written: 0.005 and not the f32 next to it.
fn decimal(value: f32) -> Value {
    Value::Number(value.to_string().parse().unwrap_or(f64::from(value)))
}
