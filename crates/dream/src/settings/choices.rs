//! The settings that a person chose: a preset, and options that change it.
//!
//! The command line, the studio and its HTTP API make [`Choices`]; [`Choices::settings`] turns them into [`Settings`], and
//! [`Choices::of`] turns settings into choices.
//!
//! ```
//! use oneiric::Choices;
//! use oneiric::zoo::Networks;
//!
//! let choices = Choices::new(Some("eyes"), [("octaves", vec!["3".to_owned()])])?;
//! assert_eq!(choices.settings(None, &Networks::default())?.octaves, 3);
//! # Ok::<(), oneiric::Error>(())
//! ```

use oneiric_zoo::Networks;

use crate::error::Error;
use crate::invalid::InvalidSetting;
use crate::settings::options::{SettingSpec, SettingValue, ValueKind, option, options};
use crate::settings::preset::{self, Preset};
use crate::settings::values::Settings;

/// The options that set the objective. If neither they nor a preset are given, `more` sets it alone.
const WHAT_GROWS: [&str; 4] = ["objective", "layer", "channels", "channel"];

/// A preset, and the options that were given with it, each with its values: none for a flag.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Choices {
    preset: Option<String>,
    given: Vec<(&'static str, Vec<String>)>,
}

impl Choices {
    /// The preset of this name, if any, and these options by their names.
    ///
    /// # Errors
    /// A preset or an option that does not exist, and two options that exclude each other.
    pub fn new<'a>(
        preset: Option<&str>,
        given: impl IntoIterator<Item = (&'a str, Vec<String>)>,
    ) -> Result<Self, Error> {
        let preset = preset.map(preset::preset).transpose()?.map(|preset| preset.name.to_owned());
        let mut choices = Self { preset, given: Vec::new() };
        for (name, values) in given {
            let setting = option(name)?;
            if let Some(other) = choices.options().find(|other| other.excludes(setting)) {
                return Err(InvalidSetting::conflict(setting.name, other.name).into());
            }
            choices.given.push((setting.name, values));
        }
        Ok(choices)
    }

    /// Returns the fewest choices that give these settings. `preset` is the name of the preset to begin with.
    ///
    /// # Errors
    /// A preset that does not exist.
    pub fn of(settings: &Settings, preset: Option<&str>, networks: &Networks) -> Result<Self, Error> {
        let begun = |preset: &Preset| Self { preset: Some(preset.name.into()), given: Vec::new() };
        let mut choices = match preset {
            Some(name) => begun(preset::preset(name)?),
            None => preset::of_model(&settings.model).map_or_else(Self::default, begun),
        };
        let mut so_far = choices.settings(None, networks)?;
        for setting in options() {
            let (Some(wanted), Some(value)) = (setting.get(settings), setting.get(&so_far)) else { continue };
            if wanted != value {
                choices.given.extend(wanted.given().map(|values| (setting.name, values)));
                so_far = choices.unchecked(None, networks)?;
            }
        }
        Ok(choices)
    }

    /// The names and values of the options that were given, in their order; a flag has no values.
    pub fn given(&self) -> impl Iterator<Item = (&'static str, &[String])> {
        self.given.iter().map(|(name, values)| (*name, values.as_slice()))
    }

    /// The options that were given.
    pub fn options(&self) -> impl Iterator<Item = &'static SettingSpec> {
        self.given.iter().filter_map(|(name, _)| option(name).ok())
    }

    /// The values of an option, if it was given.
    pub fn values(&self, name: &str) -> Option<&[String]> {
        self.given.iter().find(|(given, _)| *given == name).map(|(_, values)| values.as_slice())
    }

    /// The name of the preset that was chosen.
    pub fn preset_name(&self) -> Option<&str> {
        self.preset.as_deref()
    }

    /// The preset to begin with: the chosen one, or the model's first, whose numbers suit the model. `None` for a dream of
    /// words alone.
    ///
    /// # Errors
    /// A network that does not exist.
    pub fn preset(&self, networks: &Networks) -> Result<Option<&'static Preset>, Error> {
        if let Some(name) = &self.preset {
            return Ok(Some(preset::preset(name)?));
        }
        if self.values("more").is_some() && WHAT_GROWS.iter().all(|name| self.values(name).is_none()) {
            return Ok(None);
        }
        let of_model = match self.values("model").and_then(<[String]>::last) {
            Some(name) => preset::of_model(networks.name(name)?),
            None => None,
        };
        match of_model {
            Some(preset) => Ok(Some(preset)),
            None => Ok(Some(preset::preset(preset::DEFAULT)?)),
        }
    }

    /// The name of the look: the preset's name, `words`, or `custom`.
    ///
    /// # Errors
    /// As [`preset`](Self::preset).
    pub fn name(&self, networks: &Networks) -> Result<&'static str, Error> {
        let custom = self.preset.is_none() && WHAT_GROWS.iter().any(|name| self.values(name).is_some());
        Ok(if custom { "custom" } else { self.preset(networks)?.map_or("words", |preset| preset.name) })
    }

    /// The same choices with another preset.
    #[must_use]
    pub fn with_preset(&self, name: &str) -> Self {
        Self { preset: Some(name.into()), ..self.clone() }
    }

    /// The same choices with `value` for one option, or without that option, and without those that it excludes.
    #[must_use]
    pub fn with(&self, setting: &'static SettingSpec, value: Option<&str>) -> Self {
        let mut changed = self.clone();
        changed.given.retain(|(name, _)| option(name).is_ok_and(|other| !other.excludes(setting)));
        let values = |value: &str| if setting.kind == ValueKind::Flag { Vec::new() } else { vec![value.to_owned()] };
        changed.given.extend(value.map(|value| (setting.name, values(value))));
        changed
    }

    /// Whether a preset or an option of the objective is chosen.
    pub fn is_look(&self) -> bool {
        let what = WHAT_GROWS.iter().chain(&["more", "less", "model"]);
        self.preset.is_some() || what.into_iter().any(|name| self.values(name).is_some())
    }

    /// The checked settings. They begin with those of a recipe, if there is one. `networks` has the networks, layers and
    /// words that they name.
    ///
    /// # Errors
    /// A setting that cannot be read or is out of range; a preset with a recipe.
    pub fn settings(&self, recipe: Option<&Settings>, networks: &Networks) -> Result<Settings, Error> {
        let settings = self.unchecked(recipe, networks)?;
        settings.check()?;
        Ok(settings)
    }

    fn unchecked(&self, recipe: Option<&Settings>, networks: &Networks) -> Result<Settings, Error> {
        let mut settings = match (recipe, &self.preset) {
            (Some(_), Some(_)) => {
                return Err(InvalidSetting::conflict("preset", "recipe").into());
            }
            (Some(settings), None) => settings.clone(),
            (None, _) => self.preset(networks)?.map_or_else(preset::words, Preset::settings),
        };
        if let (None, None, Some(name)) = (recipe, &self.preset, self.values("model").and_then(<[String]>::last)) {
            // Of the network's first preset only the numbers are meant, not the other networks of its objective.
            settings.objective = settings.objective.of_default_network();
            self.suggest(&mut settings, name, networks)?;
        }
        for setting in options() {
            if let Some(values) = self.values(setting.name) {
                setting.set(&mut settings, values, networks)?;
            }
        }
        Ok(settings)
    }
}

impl Choices {
    /// Begins with the dream that suits a trained network. Options of the objective that were given replace its objective.
    fn suggest(&self, settings: &mut Settings, model: &str, networks: &Networks) -> Result<(), Error> {
        let Some(suggested) = networks.suggested(model)? else { return Ok(()) };
        // Its objective names layers of the network.
        settings.model = networks.name(model)?.to_owned();
        for (name, value) in suggested {
            let setting = option(name)?;
            if self.options().all(|given| !given.excludes(setting)) {
                setting.set(settings, std::slice::from_ref(value), networks)?;
            }
        }
        Ok(())
    }
}

impl SettingValue {
    /// The values to give to set it; `None` for a flag that is off and for an empty list.
    fn given(self) -> Option<Vec<String>> {
        match self {
            Self::Number(number) => Some(vec![number.to_string()]),
            Self::Whole(number) => Some(vec![number.to_string()]),
            Self::Text(text) => Some(vec![text]),
            Self::Flag(on) => on.then(Vec::new),
            Self::List(texts) => (!texts.is_empty()).then_some(texts),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choices(preset: Option<&str>, given: &[(&str, &str)]) -> Choices {
        let one = |(name, value): &(&'static str, &str)| (*name, vec![(*value).to_owned()]);
        let given: Vec<_> = given.iter().map(|(name, value)| (option(name).unwrap().name, *value)).collect();
        Choices::new(preset, given.iter().map(one)).unwrap()
    }

    #[test]
    fn settings_give_back_the_preset_and_its_changes() {
        let networks = Networks::default();
        for preset in preset::presets() {
            let settings = preset.settings();
            let same = Choices::of(&settings, Some(preset.name), &networks).unwrap();
            assert_eq!((same.preset_name(), same.given().count()), (Some(preset.name), 0));
            let changed = choices(Some(preset.name), &[("step", "0.01"), ("symmetry", "mirror"), ("seed", "7")]);
            let settings = changed.settings(None, &networks).unwrap();
            let again = Choices::of(&settings, Some(preset.name), &networks).unwrap();
            assert_eq!(again.settings(None, &networks).unwrap(), settings);
            assert_eq!(again.options().count(), 3, "{again:?}");
        }
    }

    #[test]
    #[cfg(feature = "weights")]
    fn settings_without_a_preset_give_back_their_choices() {
        let networks = Networks::default();
        let words = choices(None, &[("more", "birds"), ("octave", "2:iterations=3")]);
        assert_eq!(words.name(&networks).unwrap(), "words");
        let settings = words.settings(None, &networks).unwrap();
        assert_eq!(Choices::of(&settings, None, &networks).unwrap().settings(None, &networks).unwrap(), settings);
        let other = choices(None, &[("model", "squeezenet"), ("layer", "fire4")]);
        assert_eq!(other.name(&networks).unwrap(), "custom");
        let settings = other.settings(None, &networks).unwrap();
        assert_eq!(Choices::of(&settings, None, &networks).unwrap().settings(None, &networks).unwrap(), settings);
    }

    #[test]
    fn invalid_choices_are_refused() {
        let given = |name: &'static str| (name, vec!["block5".to_owned()]);
        let error =
            |preset, given: Vec<(&'static str, Vec<String>)>| Choices::new(preset, given).unwrap_err().to_string();
        assert!(error(Some("unicorns"), vec![]).contains("dogs"));
        assert!(error(None, vec![given("lair")]).contains("lair"));
        assert!(error(None, vec![given("layer"), given("objective")]).contains("exclude each other"));
        assert!(error(None, vec![given("layer"), given("layer")]).contains("exclude each other"));
    }
}
