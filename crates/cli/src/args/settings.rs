//! Converts command line options to the [`Choices`] of a dream.
//!
//! The options are those that the library declares in [`oneiric::settings::options`], plus `--preset`.

use std::ops::Deref;

use clap::builder::PossibleValuesParser;
use clap::error::ErrorKind;
use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches};
use oneiric::settings::options::{SettingGroup, SettingSpec, SettingValue, ValueKind, options};
use oneiric::settings::preset::Preset;
use oneiric::settings::short;
use oneiric::{Choices, Error, Finish, Settings, preset};
use serde_json::Map;

use super::{model_names, preset_names};
use crate::terminal::failure::Failure;
use crate::work::networks::networks;

const PRESET: &str = "preset";

/// The look of a dream, as given on the command line.
#[derive(Clone, Debug)]
pub struct SettingsArgs(Choices);

/// The options that change a finished dream.
#[derive(Clone, Debug)]
pub struct FinishArgs(Choices);

/// The given values of these options.
fn choices<'a>(
    preset: Option<&String>,
    options: impl Iterator<Item = &'a SettingSpec>,
    matches: &ArgMatches,
) -> Result<Choices, clap::Error> {
    let given = |setting: &'a SettingSpec| {
        let values = match setting.kind {
            ValueKind::Flag => matches.get_flag(setting.name).then(Vec::new),
            _ => matches.get_many::<String>(setting.name).map(|values| values.cloned().collect()),
        };
        Some((setting.name, values?))
    };
    let wrong = |e| clap::Error::raw(ErrorKind::ValueValidation, Failure::from(e).message());
    Choices::new(preset.map(String::as_str), options.filter_map(given)).map_err(wrong)
}

fn finish_options() -> impl Iterator<Item = &'static SettingSpec> {
    options().iter().filter(|setting| setting.group == SettingGroup::Finish)
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
        Ok(Self(choices(None, finish_options(), matches)?))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl FinishArgs {
    /// The checked finish.
    pub fn finish(&self) -> Result<Finish, Failure> {
        Ok(self.0.settings(Some(&preset::words()), networks())?.finish)
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
            .help(
                "Start from this look; `oneiric presets` describes them [default: dogs, or the first look of --model]",
            )
            .help_heading(heading(SettingGroup::What));
        command.arg(preset).args(options().iter().map(arg))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

fn heading(group: SettingGroup) -> &'static str {
    match group {
        SettingGroup::What => "What grows (default: from the preset)",
        SettingGroup::How => "How it grows (default: from the preset)",
        SettingGroup::Finish => "Finish",
    }
}

/// The help text of an option, with its bounds and its default.
fn help(setting: &SettingSpec) -> String {
    let see = match setting.name {
        "layer" => "; `oneiric models show M` lists them",
        "more" => "; `oneiric search WORD` lists the classes of a word",
        _ => "",
    };
    let range = setting.range.map(|range| format!(" [{} to {}]", short(range.min), short(range.max)));
    let default = match setting.default() {
        _ if setting.name == "tile" => Some("as large as --memory allows".to_owned()),
        Some(SettingValue::Number(number)) => Some(number.to_string()),
        Some(SettingValue::Whole(number)) => Some(number.to_string()),
        Some(SettingValue::Text(text)) => Some(text),
        _ => None,
    };
    let default = default.map(|default| format!(" [default: {default}]"));
    format!("{}{see}{}{}", setting.about, range.unwrap_or_default(), default.unwrap_or_default())
}

/// The clap declaration of an option.
fn arg(setting: &'static SettingSpec) -> Arg {
    let arg = Arg::new(setting.name).long(setting.name).help(help(setting)).help_heading(heading(setting.group));
    let arg = arg.conflicts_with_all(setting.instead_of.iter().copied());
    let arg = if let Some(short) = setting.short { arg.short(short) } else { arg };
    if setting.kind == ValueKind::Flag {
        return arg.action(ArgAction::SetTrue);
    }
    // Values may begin with a minus sign; the library checks their range.
    let arg = arg.value_name(setting.takes).allow_hyphen_values(true);
    match setting.kind {
        ValueKind::Many => arg.action(ArgAction::Append),
        ValueKind::Choice(words) => arg.value_parser(PossibleValuesParser::new(words)),
        _ if setting.name == "model" => arg.value_parser(model_names()).ignore_case(true),
        _ => arg,
    }
}

impl FromArgMatches for SettingsArgs {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        Ok(Self(choices(matches.get_one(PRESET), options().iter(), matches)?))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl Deref for SettingsArgs {
    type Target = Choices;

    fn deref(&self) -> &Choices {
        &self.0
    }
}

impl SettingsArgs {
    /// The checked settings, with the networks of the zoo. They begin with those of a recipe, if there is one.
    pub fn settings(&self, recipe: Option<&Settings>) -> Result<Settings, Error> {
        self.0.settings(recipe, networks())
    }

    /// The preset to begin with, if any.
    pub fn preset(&self) -> Result<Option<&'static Preset>, Error> {
        self.0.preset(networks())
    }

    /// The name of the look: the preset's name, `words`, or `custom`.
    pub fn name(&self) -> Result<&'static str, Error> {
        self.0.name(networks())
    }

    /// A copy with another preset.
    pub fn with_preset(&self, name: &str) -> Self {
        Self(self.0.with_preset(name))
    }

    /// A copy with one option set to `value`, or unset, and without the options that this one replaces.
    pub fn with(&self, setting: &'static SettingSpec, value: Option<&str>) -> Self {
        Self(self.0.with(setting, value))
    }
}

/// Settings for a JSON report, by option name with underscores.
pub fn report(settings: &Settings, of: impl Fn(SettingGroup) -> bool) -> Map<String, serde_json::Value> {
    let selected = options().iter().filter(|option| of(option.group));
    let values = selected.filter_map(|option| Some((option.name.replace('-', "_"), option.get(settings)?.into())));
    values.collect()
}
