//! Every setting of a dream declared once: its name, what it takes and means, how it is written and read.
//!
//! The command line, its help, what JSON tells, recipes and forms on a page all follow from [`options`].

use oneiric_zoo::Model;

use crate::error::Error;
use crate::finish::Colours;
use crate::normalize::Normalize;
use crate::objective::{Objective, Term, Value as Measured};
use crate::settings::{Backward, InvalidSetting, OctaveChange, Settings};

/// One setting.
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
    set: fn(&mut Settings, &[String]) -> Result<(), Error>,
    get: Option<fn(&Settings) -> Value>,
}

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

impl Setting {
    /// Sets it to what was given, a value each time it was.
    ///
    /// # Errors
    /// What cannot be read, with what it takes.
    pub fn set(&self, settings: &mut Settings, given: &[String]) -> Result<(), Error> {
        (self.set)(settings, given)
    }

    /// Its value; nothing for those that are only another way to set the objective.
    pub fn get(&self, settings: &Settings) -> Option<Value> {
        self.get.map(|get| get(settings))
    }
}

/// All settings, in the order in which they have to be applied.
pub fn options() -> &'static [Setting] {
    &OPTIONS
}

/// The weight of a word beside a layer: both can be seen, tuned by eye.
const WORD_WEIGHT: f32 = 0.3;

const NORMALIZE: &[&str] =
    &[Normalize::ALL[0].name(), Normalize::ALL[1].name(), Normalize::ALL[2].name(), Normalize::ALL[3].name()];
const COLOURS: &[&str] = &[Colours::ALL[0].name(), Colours::ALL[1].name(), Colours::ALL[2].name()];
const BACKWARD: &[&str] = &[Backward::ALL[0].name(), Backward::ALL[1].name()];

static OPTIONS: [Setting; 25] = [
    Setting {
        name: "model",
        short: Some('m'),
        group: Group::What,
        takes: "NAME",
        about: "The network that dreams, with its own best layer unless one is given",
        kind: Kind::One,
        set: |settings, given| {
            let model = oneiric_zoo::model(last(given))?;
            if model.name != settings.model {
                choose_model(settings, model);
            }
            Ok(())
        },
        get: Some(|settings| Value::Text(settings.model.clone())),
    },
    Setting {
        name: "objective",
        short: None,
        group: Group::What,
        takes: "SUM",
        about: "What grows, as a sum: \"block10 + 0.5*class('golden retriever') - 0.3*channel(block8, 17)\". \
                Functions: layer, mean, channel, neuron, direction, class, everywhere, guide, guide_channels, \
                caricature, tv, stay, stay_colour; NETWORK: before one takes another network",
        kind: Kind::One,
        set: |settings, given| {
            settings.objective = Objective::read(last(given), &settings.model)?;
            Ok(())
        },
        get: Some(|settings| Value::Text(settings.objective.to_string())),
    },
    Setting {
        name: "layer",
        short: Some('l'),
        group: Group::What,
        takes: "NAME[:WEIGHT]",
        about: "A layer to strengthen, and how much it counts; may be repeated. `oneiric models show M` lists them",
        kind: Kind::Many,
        set: |settings, given| {
            let layers = given.iter().map(|text| layer_with_weight(text)).collect::<Result<Vec<_>, _>>()?;
            settings.objective = layers.into_iter().fold(Objective::default(), |sum, layer| sum + layer);
            settings.channels = Default::default();
            Ok(())
        },
        get: None,
    },
    Setting {
        name: "channels",
        short: None,
        group: Group::What,
        takes: "WHICH",
        about: "Of the layers strengthen only some channels: strongest:8, weakest:8, all-but:3,7 or 5,9,11; \
                chosen on the photo",
        kind: Kind::One,
        set: |settings, given| {
            settings.channels = last(given).parse()?;
            Ok(())
        },
        get: Some(|settings| Value::Text(settings.channels.to_string())),
    },
    Setting {
        name: "channel",
        short: None,
        group: Group::What,
        takes: "N",
        about: "Strengthen only this channel of the layers; may be repeated",
        kind: Kind::Many,
        set: |settings, given| {
            given.iter().try_for_each(|text| count("channel", text).map(|_| ()))?;
            settings.channels = given.join(",").parse()?;
            Ok(())
        },
        get: None,
    },
    Setting {
        name: "rechoose",
        short: None,
        group: Group::What,
        takes: "",
        about: "Choose the strongest or weakest channels again before every step",
        kind: Kind::Flag,
        set: |settings, _| {
            settings.rechoose = true;
            Ok(())
        },
        get: Some(|settings| Value::Flag(settings.rechoose)),
    },
    Setting {
        name: "more",
        short: None,
        group: Group::What,
        takes: "WORD",
        about: "Let this grow all over: dog, birds, flower, \"golden retriever\"…; may be repeated. \
                `oneiric search WORD` tells what the networks know",
        kind: Kind::Many,
        set: |settings, given| add_words(settings, given, WORD_WEIGHT),
        get: None,
    },
    Setting {
        name: "less",
        short: None,
        group: Group::What,
        takes: "WORD",
        about: "Let none of this grow; may be repeated",
        kind: Kind::Many,
        set: |settings, given| add_words(settings, given, -WORD_WEIGHT),
        get: None,
    },
    Setting {
        name: "octaves",
        short: None,
        group: Group::How,
        takes: "N",
        about: "Sizes to dream at, from small to large; more give larger creatures",
        kind: Kind::One,
        set: |settings, given| {
            settings.octaves = count("octaves", last(given))?;
            Ok(())
        },
        get: Some(|settings| Value::Whole(settings.octaves as u64)),
    },
    Setting {
        name: "octave-scale",
        short: None,
        group: Group::How,
        takes: "S",
        about: "How much larger each octave is than the one before",
        kind: Kind::One,
        set: |settings, given| {
            settings.octave_scale = number("octave-scale", last(given))?;
            Ok(())
        },
        get: Some(|settings| decimal(settings.octave_scale)),
    },
    Setting {
        name: "iterations",
        short: None,
        group: Group::How,
        takes: "N",
        about: "Steps in each octave; more dream deeper",
        kind: Kind::One,
        set: |settings, given| {
            settings.iterations = count("iterations", last(given))?;
            Ok(())
        },
        get: Some(|settings| Value::Whole(settings.iterations as u64)),
    },
    Setting {
        name: "step",
        short: None,
        group: Group::How,
        takes: "S",
        about: "Mean change of a colour value (0 to 1) in one step",
        kind: Kind::One,
        set: |settings, given| {
            settings.step = number("step", last(given))?;
            Ok(())
        },
        get: Some(|settings| decimal(settings.step)),
    },
    Setting {
        name: "octave",
        short: None,
        group: Group::How,
        takes: "N:NAME=VALUE,…",
        about: "Do octave N otherwise, 1 being the smallest: 3:layer=block5,iterations=20,step=0.003,jitter=8; may be \
                repeated",
        kind: Kind::Many,
        set: |settings, given| {
            let changes = given.iter().map(|text| OctaveChange::read(text, &settings.model));
            settings.octave_changes = changes.collect::<Result<_, _>>()?;
            Ok(())
        },
        get: Some(|settings| Value::List(settings.octave_changes.iter().map(ToString::to_string).collect())),
    },
    Setting {
        name: "ascent",
        short: None,
        group: Group::How,
        takes: "HOW",
        about: "How to climb: plain, momentum:0.9 (each step keeps this part of the ones before) or adam",
        kind: Kind::One,
        set: |settings, given| {
            settings.ascent = last(given).parse()?;
            Ok(())
        },
        get: Some(|settings| Value::Text(settings.ascent.to_string())),
    },
    Setting {
        name: "jitter",
        short: None,
        group: Group::How,
        takes: "N",
        about: "Largest random shift before each step, in pixels; hides the network's grid",
        kind: Kind::One,
        set: |settings, given| {
            settings.jitter = count("jitter", last(given))?;
            Ok(())
        },
        get: Some(|settings| Value::Whole(settings.jitter as u64)),
    },
    Setting {
        name: "normalize",
        short: None,
        group: Group::How,
        takes: "HOW",
        about: "How the gradient is balanced before each step",
        kind: Kind::Choice(NORMALIZE),
        set: |settings, given| {
            settings.normalize = last(given).parse().map_err(|e| InvalidSetting(format!("{e}")))?;
            Ok(())
        },
        get: Some(|settings| Value::Text(settings.normalize.to_string())),
    },
    Setting {
        name: "chroma",
        short: None,
        group: Group::How,
        takes: "C",
        about: "How colourful the change is: 0 grey, 1 as the network wants it",
        kind: Kind::One,
        set: |settings, given| {
            settings.chroma = number("chroma", last(given))?;
            Ok(())
        },
        get: Some(|settings| decimal(settings.chroma)),
    },
    Setting {
        name: "symmetry",
        short: None,
        group: Group::How,
        takes: "KIND",
        about: "Let the dream repeat itself about its centre: none, mirror, quad or kaleidoscope:6",
        kind: Kind::One,
        set: |settings, given| {
            settings.symmetry = last(given).parse()?;
            Ok(())
        },
        get: Some(|settings| Value::Text(settings.symmetry.to_string())),
    },
    Setting {
        name: "seamless",
        short: None,
        group: Group::How,
        takes: "",
        about: "Make a dream that tiles without a seam, for wallpaper and textures",
        kind: Kind::Flag,
        set: |settings, _| {
            settings.seamless = true;
            Ok(())
        },
        get: Some(|settings| Value::Flag(settings.seamless)),
    },
    Setting {
        name: "seed",
        short: None,
        group: Group::How,
        takes: "N",
        about: "Number that chance follows: the same number gives the same picture [default: 0]",
        kind: Kind::One,
        set: |settings, given| {
            let read = last(given).parse();
            settings.seed = read.map_err(|_| wrong("seed", last(given), "a whole number without a sign, such as 7"))?;
            Ok(())
        },
        get: Some(|settings| Value::Whole(settings.seed)),
    },
    Setting {
        name: "backward",
        short: None,
        group: Group::How,
        takes: "NUMBERS",
        about: "Numbers of the way back from the layer: bf16 is faster and nearly the same, on processors with \
                AVX512-BF16 [default: f32]",
        kind: Kind::Choice(BACKWARD),
        set: |settings, given| {
            settings.backward = last(given).parse()?;
            Ok(())
        },
        get: Some(|settings| Value::Text(settings.backward.name().into())),
    },
    Setting {
        name: "strength",
        short: None,
        group: Group::Finish,
        takes: "S",
        about: "How much of the dream there is: 0 the photo, 1 the dream, up to 2 for twice its detail [default: 1]",
        kind: Kind::One,
        set: |settings, given| {
            settings.finish.strength = number("strength", last(given))?;
            Ok(())
        },
        get: Some(|settings| decimal(settings.finish.strength)),
    },
    Setting {
        name: "colours",
        short: None,
        group: Group::Finish,
        takes: "WHOSE",
        about: "Whose colours: as dreamed; the photo's, to which the dream gives light and shade; or as many pixels of \
                each colour as in the photo [default: dream]",
        kind: Kind::Choice(COLOURS),
        set: |settings, given| {
            settings.finish.colours = last(given).parse()?;
            Ok(())
        },
        get: Some(|settings| Value::Text(settings.finish.colours.to_string())),
    },
    Setting {
        name: "saturation",
        short: None,
        group: Group::Finish,
        takes: "S",
        about: "How strong colours are: 0 grey, 1 as they are, up to 4 [default: 1]",
        kind: Kind::One,
        set: |settings, given| {
            settings.finish.saturation = number("saturation", last(given))?;
            Ok(())
        },
        get: Some(|settings| decimal(settings.finish.saturation)),
    },
    Setting {
        name: "white-balance",
        short: None,
        group: Group::Finish,
        takes: "",
        about: "Keep the mean colour of the photo",
        kind: Kind::Flag,
        set: |settings, _| {
            settings.finish.white_balance = true;
            Ok(())
        },
        get: Some(|settings| Value::Flag(settings.finish.white_balance)),
    },
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

/// Asks every network that has class scores at each position: what they agree on, people see as well; what one of them
/// sees alone is often but fur or feathers.
fn add_words(settings: &mut Settings, words: &[String], weight: f32) -> Result<(), Error> {
    for word in words {
        oneiric_zoo::classes_under(word).map_err(|e| InvalidSetting(e.to_string()))?;
        for model in oneiric_zoo::models().iter().filter(|model| model.class_map.is_some()) {
            let term = Term { network: Some(model.name.into()), value: Measured::Everywhere(word.clone()) };
            settings.objective = std::mem::take(&mut settings.objective) + Objective::from(term) * weight;
        }
    }
    Ok(())
}

/// The value that was given last.
fn last(given: &[String]) -> &str {
    given.last().map_or("", String::as_str)
}

fn wrong(name: &str, text: &str, takes: &str) -> InvalidSetting {
    InvalidSetting(format!("--{name} takes {takes}, not '{text}'"))
}

fn count(name: &str, text: &str) -> Result<usize, InvalidSetting> {
    text.parse().map_err(|_| wrong(name, text, "a whole number without a sign, such as 4"))
}

fn number(name: &str, text: &str) -> Result<f32, InvalidSetting> {
    text.parse().map_err(|_| wrong(name, text, "a number, such as 0.5"))
}

/// A number as it is written: 0.005 and not the f32 next to it.
fn decimal(value: f32) -> Value {
    Value::Number(value.to_string().parse().unwrap_or(f64::from(value)))
}
