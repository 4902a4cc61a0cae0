//! Dreams of one look, of any number of photos.

use std::ops::ControlFlow;
use std::path::Path;

use oneiric::{Dream, Error, Picture, Progress};

use crate::args::SettingsArgs;
use crate::dream::{Making, with_guide};
use crate::failure::{Failure, about_layers};
use crate::input::Source;

/// Bytes that the decoder takes for a pixel of a photo, the photo included.
const DECODING: u64 = 24;

/// What makes dreams of one look.
pub struct Maker<'a> {
    making: &'a Making,
    dream: Dream,
}

impl<'a> Maker<'a> {
    /// Checks everything that does not depend on the photo, and builds the networks.
    pub fn new(making: &'a Making, settings: &SettingsArgs, guide: Option<&Picture>) -> Result<Self, Failure> {
        let look = with_guide(settings.settings()?, guide.is_some())?;
        let model = look.model.clone();
        let mut dream = Dream::new(look).map_err(|e| about_layers(e, &model))?;
        if let Some(guide) = guide {
            dream = dream.guided_by(guide.clone());
        }
        Ok(Self { making, dream: making.places.apply(dream, settings.is_given())? })
    }

    /// What it makes.
    pub fn dream(&self) -> &Dream {
        &self.dream
    }

    /// Bytes that it takes to read a photo of this size and to dream on it.
    pub fn memory(&self, size: (usize, usize)) -> Result<u64, Error> {
        let dreamed = self.making.dreamed(size);
        let decoding = DECODING * (size.0 * size.1) as u64;
        Ok(self.dream.memory(dreamed.0, dreamed.1)?.max(decoding))
    }

    /// Reads or draws the photo.
    pub fn photo(&self, source: &Source) -> Result<Picture, Failure> {
        source.picture(self.dream.settings().seed, self.making.size, |width, height| self.dream.memory(width, height))
    }

    /// Dreams on the photo.
    pub fn render(
        &self,
        photo: &Picture,
        watch: impl FnMut(&Progress, &[f32]) -> ControlFlow<()>,
    ) -> Result<Picture, Failure> {
        Ok(self.making.places.find(&self.dream, photo)?.render(photo, watch)?)
    }
}

impl Making {
    /// The guide, if one is given.
    pub fn guide(&self) -> Result<Option<Picture>, Failure> {
        self.guide.as_deref().map(|path| Source::from_argument(Some(path)).read()).transpose()
    }

    /// Whether the guide comes from the standard input.
    pub fn reads_stdin(&self) -> bool {
        self.guide.as_deref() == Some(Path::new("-"))
    }
}
