//! From the options of a dream to its [`Settings`]: what is not given comes from the preset.
//!
//! The options are those that the library declares in [`oneiric::options`]; only the preset to begin with is added.

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches};
use oneiric::options::{Group, Kind, Setting, Value, options};
use oneiric::preset::{self, Preset};
use oneiric::{Error, Finish, Settings};
use serde_json::Map;

use super::{model_names, preset_names};
use crate::failure::{Failure, about_layers};

const PRESET: &str = "preset";
/// The options that say what grows. Where none of them nor a preset is given, `--more` says it alone.
const WHAT_GROWS: [&str; 4] = ["objective", "layer", "channels", "channel"];

/// The look of a dream as the command line gives it.
#[derive(Clone, Debug)]
pub struct SettingsArgs {
    preset: Option<String>,
    given: Given,
}

/// The options for what can be done to a dream afterwards.
#[derive(Clone, Debug)]
pub struct FinishArgs {
    given: Given,
}

/// The names of the options that were given, with their values.
#[derive(Clone, Debug)]
struct Given(Vec<(&'static str, Vec<String>)>);

impl Given {
    fn new<'a>(options: impl Iterator<Item = &'a Setting>, matches: &ArgMatches) -> Self {
        let given = |setting: &Setting| {
            let values = match setting.kind {
                Kind::Flag => matches.get_flag(setting.name).then(Vec::new),
                _ => matches.get_many::<String>(setting.name).map(|values| values.cloned().collect()),
            };
            Some((setting.name, values?))
        };
        Self(options.filter_map(given).collect())
    }

    fn values(&self, name: &str) -> Option<&[String]> {
        self.0.iter().find(|(given, _)| *given == name).map(|(_, values)| values.as_slice())
    }

    /// Applies them in the order that the library asks for, and checks the whole.
    fn apply(&self, settings: &mut Settings) -> Result<(), Failure> {
        for setting in options() {
            if let Some(values) = self.values(setting.name) {
                let set = setting.set(settings, values);
                set.map_err(|e| about_layers(e, &settings.model))?;
            }
        }
        settings.check().map_err(Error::from)?;
        Ok(())
    }
}

fn finish_options() -> impl Iterator<Item = &'static Setting> {
    options().iter().filter(|setting| setting.group == Group::Finish)
}

impl Args for FinishArgs {
    fn augment_args(command: Command) -> Command {
        command.args(finish_options().map(arg))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for FinishArgs {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        Ok(Self { given: Given::new(finish_options(), matches) })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl FinishArgs {
    /// The checked finish.
    pub fn finish(&self) -> Result<Finish, Failure> {
        let mut settings = preset::words();
        self.given.apply(&mut settings)?;
        Ok(settings.finish)
    }
}

impl Args for SettingsArgs {
    fn augment_args(command: Command) -> Command {
        let preset = Arg::new(PRESET)
            .long(PRESET)
            .short('p')
            .value_name("NAME")
            .value_parser(preset_names())
            .ignore_case(true)
            .help("The look to begin with; `oneiric presets` tells what each does [default: dogs, or the first of --model]")
            .help_heading(heading(Group::What));
        command.arg(preset).args(options().iter().map(arg))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

fn heading(group: Group) -> &'static str {
    match group {
        Group::What => "What grows, from the preset unless given",
        Group::How => "How it grows, from the preset unless given",
        Group::Finish => "Finish",
    }
}

/// An option as clap takes it.
fn arg(setting: &'static Setting) -> Arg {
    let arg = Arg::new(setting.name).long(setting.name).help(setting.about).help_heading(heading(setting.group));
    let arg = arg.conflicts_with_all(setting.instead_of.iter().copied());
    let arg = if let Some(short) = setting.short { arg.short(short) } else { arg };
    if setting.kind == Kind::Flag {
        return arg.action(ArgAction::SetTrue);
    }
    // Values with a sign are values as well: whether they are right, the library knows.
    let arg = arg.value_name(setting.takes).allow_hyphen_values(true);
    match setting.kind {
        Kind::Many => arg.action(ArgAction::Append),
        Kind::Choice(words) => arg.value_parser(PossibleValuesParser::new(words)),
        _ if setting.name == "model" => arg.value_parser(model_names()).ignore_case(true),
        _ => arg,
    }
}

impl FromArgMatches for SettingsArgs {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        Ok(Self { preset: matches.get_one(PRESET).cloned(), given: Given::new(options().iter(), matches) })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl SettingsArgs {
    /// The preset that everything else builds on: the one that was named, or the model's first, whose numbers
    /// suit it. None for a dream of nothing but words.
    pub fn preset(&self) -> Result<Option<&'static Preset>, Failure> {
        if let Some(name) = &self.preset {
            return Ok(Some(preset::preset(name)?));
        }
        if self.given.values("more").is_some() && WHAT_GROWS.iter().all(|name| self.given.values(name).is_none()) {
            return Ok(None);
        }
        let of_model = match self.given.values("model").and_then(<[String]>::last) {
            Some(name) => preset::of_model(oneiric_zoo::model(name)?.name),
            None => None,
        };
        match of_model {
            Some(preset) => Ok(Some(preset)),
            None => Ok(Some(preset::preset(preset::DEFAULT)?)),
        }
    }

    /// What the look is called in a file name.
    pub fn name(&self) -> Result<&'static str, Failure> {
        let custom = self.preset.is_none() && WHAT_GROWS.iter().any(|name| self.given.values(name).is_some());
        Ok(if custom { "custom" } else { self.preset()?.map_or("words", |preset| preset.name) })
    }

    /// The same with another preset.
    pub fn with_preset(&self, name: &str) -> Self {
        Self { preset: Some(name.into()), ..self.clone() }
    }

    /// The same with `value` of one option, or none where there is none, instead of what says the same.
    pub fn with(&self, setting: &'static Setting, value: Option<&str>) -> Self {
        let mut changed = self.clone();
        let other = |name: &str| options().iter().find(|other| other.name == name);
        changed.given.0.retain(|(name, _)| other(name).is_some_and(|other| !says_the_same(other, setting)));
        let values = |value: &str| if setting.kind == Kind::Flag { Vec::new() } else { vec![value.to_owned()] };
        changed.given.0.extend(value.map(|value| (setting.name, values(value))));
        changed
    }

    /// Whether a look is given, in any way.
    pub fn is_given(&self) -> bool {
        let what = WHAT_GROWS.iter().chain(&["more", "less", "model"]);
        self.preset.is_some() || what.into_iter().any(|name| self.given.values(name).is_some())
    }

    /// The checked settings. They begin with those of a recipe, if there is one.
    pub fn settings(&self, recipe: Option<&Settings>) -> Result<Settings, Failure> {
        let mut settings = match (recipe, &self.preset) {
            (Some(_), Some(_)) => return Err(Failure::input("a recipe is a look of its own: leave out --preset")),
            (Some(settings), None) => settings.clone(),
            (None, _) => self.preset()?.map_or_else(preset::words, Preset::settings),
        };
        self.given.apply(&mut settings)?;
        Ok(settings)
    }
}

/// Whether one option can only be given instead of the other.
pub fn says_the_same(one: &Setting, other: &Setting) -> bool {
    one.name == other.name || one.instead_of.contains(&other.name) || other.instead_of.contains(&one.name)
}

/// Settings as JSON tells them; the names are those of the options, with underlines.
pub fn report(settings: &Settings, of: impl Fn(Group) -> bool) -> Map<String, serde_json::Value> {
    let value = |value| match value {
        Value::Number(number) => number.into(),
        Value::Whole(number) => number.into(),
        Value::Text(text) => text.into(),
        Value::Flag(flag) => flag.into(),
        Value::List(texts) => texts.into(),
    };
    let told = options().iter().filter(|option| of(option.group));
    let told = told.filter_map(|option| Some((option.name.replace('-', "_"), value(option.get(settings)?))));
    told.collect()
}
