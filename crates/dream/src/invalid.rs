//! A setting that cannot be used, and why. Every part of the library that reads or checks a setting returns it.

use std::fmt;

/// A setting outside its range; the message says what it takes.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{0}")]
pub struct InvalidSetting(pub String);

/// Checks that a value lies between two bounds, which belong to the range.
pub(crate) fn in_range<T: PartialOrd + fmt::Display>(
    name: &str,
    value: T,
    min: T,
    max: T,
) -> Result<(), InvalidSetting> {
    if value >= min && value <= max {
        Ok(())
    } else {
        Err(InvalidSetting(format!("{name} must be between {min} and {max}, not {value}")))
    }
}
