//! Checks settings against their bounds.

use super::options::{option, options};
use super::values::{MOST_OCTAVES, MOST_SIDE, OctaveChange, Settings};
use crate::invalid::{InvalidSetting, count_in_range};
use crate::view::tile::LEAST_SIDE;

impl Settings {
    /// Checks that every setting is within its bounds.
    ///
    /// # Errors
    /// The first setting that is not.
    pub fn check(&self) -> Result<(), InvalidSetting> {
        options().iter().try_for_each(|option| option.check(self))?;
        let sides = self.tile.map_or(vec![], |(width, height)| vec![("width", width), ("height", height)]);
        for (part, side) in sides {
            count_in_range("tile", side, LEAST_SIDE, MOST_SIDE).map_err(|error| error.of_part(part))?;
        }
        self.symmetry.check()?;
        self.objective.check()?;
        self.octave_changes.iter().try_for_each(|change| change.check(self))
    }
}

impl OctaveChange {
    fn check(&self, settings: &Settings) -> Result<(), InvalidSetting> {
        // How many octaves grow from the smallest one depends on the picture.
        let last =
            if settings.smallest.is_some() { MOST_OCTAVES } else { settings.octaves + usize::from(self.onwards) };
        count_in_range("octave", self.octave, 1, last).map_err(|error| error.of_part("number"))?;
        let mut changed = Settings { octave_changes: Vec::new(), ..settings.clone() };
        self.apply(&mut changed);
        changed.objective.check().map_err(|error| error.in_setting("octave"))?;
        for name in ["iterations", "step", "jitter"] {
            option(name)?.check(&changed).map_err(|error| error.of_part(name).in_setting("octave"))?;
        }
        Ok(())
    }
}
