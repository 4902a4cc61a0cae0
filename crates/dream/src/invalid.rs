//! A setting that cannot be used, and why, as data. Every part of the library that reads or checks a setting returns it.
//!
//! Its [`Display`](fmt::Display) names no option of a command line: programs add their own advice.

use std::borrow::Cow;
use std::fmt;

/// A setting that cannot be used.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub struct InvalidSetting {
    /// The name of the setting, words joined by hyphens: `octave-scale`.
    pub name: Cow<'static, str>,
    /// The part of the setting's value that is wrong, if the value has several: `iterations` of `octave`.
    pub part: Option<&'static str>,
    /// The value as it was given, where that helps.
    pub value: Option<String>,
    /// Why it cannot be used.
    pub reason: Reason,
}

/// Why a setting cannot be used.
#[derive(Clone, Debug, PartialEq)]
pub enum Reason {
    /// A number outside its bounds; both bounds are allowed values.
    OutOfRange {
        /// The smallest allowed value.
        min: f64,
        /// The largest allowed value.
        max: f64,
    },
    /// A text that cannot be read.
    Unreadable {
        /// What is expected, with an example.
        expected: Cow<'static, str>,
    },
    /// The name is unknown.
    UnknownName,
    /// It excludes another setting that was given too.
    Conflict {
        /// The name of the other setting.
        with: &'static str,
    },
    /// The other settings need it, and it was not given; the sentence says why.
    Missing(Cow<'static, str>),
    /// It does not go with the network, the picture or the other settings; the sentence says why.
    Unusable(String),
}

impl InvalidSetting {
    fn new(name: &'static str, value: Option<String>, reason: Reason) -> Self {
        Self { name: name.into(), part: None, value, reason }
    }

    /// A text that cannot be read; `expected` says what can be.
    pub(crate) fn unreadable(name: &'static str, value: &str, expected: impl Into<Cow<'static, str>>) -> Self {
        Self::new(name, Some(value.into()), Reason::Unreadable { expected: expected.into() })
    }

    /// A name that is not one of `known`.
    pub(crate) fn unknown<'a>(name: &'static str, value: &str, known: impl Iterator<Item = &'a str>) -> Self {
        Self::unreadable(name, value, format!("one of {}", known.collect::<Vec<_>>().join(", ")))
    }

    /// A setting that the others need.
    pub(crate) fn missing(name: &'static str, what_for: &'static str) -> Self {
        Self::new(name, None, Reason::Missing(what_for.into()))
    }

    /// A setting that does not go with the rest; `why` is a sentence.
    pub(crate) fn unusable(name: &'static str, why: impl fmt::Display) -> Self {
        Self::new(name, None, Reason::Unusable(why.to_string()))
    }

    /// A setting that excludes another one.
    pub(crate) fn conflict(name: &'static str, with: &'static str) -> Self {
        Self::new(name, None, Reason::Conflict { with })
    }

    /// A name that no setting has.
    pub(crate) fn unknown_name(name: &str) -> Self {
        Self { name: name.to_owned().into(), part: None, value: None, reason: Reason::UnknownName }
    }

    /// The same error, of this part of the setting.
    pub(crate) fn of_part(self, part: &'static str) -> Self {
        Self { part: Some(part), ..self }
    }

    /// The same error, found in the value of the setting `name`.
    pub(crate) fn in_setting(self, name: &'static str) -> Self {
        Self { name: name.into(), ..self }
    }
}

impl fmt::Display for InvalidSetting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, part, value, reason } = self;
        match (value, part) {
            (Some(value), Some(part)) => write!(f, "invalid value '{value}' for {part} of {name}: {reason}"),
            (Some(value), None) => write!(f, "invalid value '{value}' for {name}: {reason}"),
            (None, _) => match reason {
                Reason::UnknownName => write!(f, "unknown setting '{name}'"),
                Reason::Conflict { with } => write!(f, "{name} and {with} exclude each other"),
                reason => reason.fmt(f),
            },
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OutOfRange { min, max } => write!(f, "must be between {} and {}", short(*min), short(*max)),
            Self::Unreadable { expected } => write!(f, "expected {expected}"),
            Self::UnknownName => f.write_str("unknown setting"),
            Self::Conflict { with } => write!(f, "excludes {with}"),
            Self::Missing(why) => f.write_str(why),
            Self::Unusable(why) => f.write_str(why),
        }
    }
}

/// A number with few digits: `0.5`, `1e-6`.
pub fn short(number: f64) -> String {
    if number != 0.0 && !(1e-4..1e6).contains(&number.abs()) { format!("{number:e}") } else { number.to_string() }
}

/// The number that an `f32` is written as: 0.005 and not the `f32` next to it.
pub(crate) fn decimal(value: f32) -> f64 {
    value.to_string().parse().unwrap_or(f64::from(value))
}

/// Checks that a value is between two bounds, which are allowed.
pub(crate) fn in_range(name: &'static str, value: f64, min: f64, max: f64) -> Result<(), InvalidSetting> {
    if value >= min && value <= max {
        return Ok(());
    }
    Err(InvalidSetting::new(name, Some(short(value)), Reason::OutOfRange { min, max }))
}

/// As [`in_range`], of counts.
pub(crate) fn count_in_range(name: &'static str, value: usize, min: usize, max: usize) -> Result<(), InvalidSetting> {
    in_range(name, value as f64, min as f64, max as f64)
}
