//! Pictures from nothing for an objective: connects the networks and the canvas.

use std::ops::ControlFlow;

use oneiric_engine::Purpose;
use oneiric_zoo::Networks;

use super::{Imagine, ImagineProgress, network_size, render};
use crate::error::Error;
use crate::invalid::{decimal, in_range};
use crate::memory;
use crate::objective::{Bound, Channels, Evaluation, Evaluator, Objective, References};
use crate::picture::Picture;
use crate::view::tile::{Tiling, View};

/// An objective with its networks, ready to render pictures from nothing.
#[derive(Debug)]
pub struct Imagination {
    settings: Imagine,
    bound: Bound,
    evaluator: Evaluator,
}

impl Imagination {
    /// Checks the settings and looks the networks of `objective` up in `networks`; terms without a network use `model`. Terms
    /// with a guide image use `guide`; terms that compare with a photo are errors.
    ///
    /// # Errors
    /// A setting out of range; a network, layer, channel or word that does not exist; a missing guide.
    pub fn new(
        settings: Imagine,
        objective: &Objective,
        model: &str,
        guide: Option<&Picture>,
        networks: &Networks,
    ) -> Result<Self, Error> {
        settings.check()?;
        let evaluator = Evaluator::new(objective, model, &Channels::All, false, networks)?;
        let bound = evaluator.bind(References { photo: None, guide })?;
        Ok(Self { settings, bound, evaluator })
    }

    /// Returns the peak memory in bytes of one picture of this width and height, without the networks' weights.
    ///
    /// # Errors
    /// If a network cannot take the size.
    pub fn memory(&self, size: (usize, usize)) -> Result<u64, Error> {
        let settings = Imagine { size, ..self.settings.clone() };
        let buffers = self.evaluator.memory(&Tiling::whole(network_size(&settings)), Purpose::Gradient)?;
        Ok(settings.memory() + buffers)
    }

    /// Makes a picture from the seed of the settings plus `number`. The same settings, networks and instruction set give the
    /// same bytes on any number of threads.
    ///
    /// # Errors
    /// [`Error::Memory`] before anything is allocated.
    pub fn render(&self, number: u64) -> Result<Picture, Error> {
        self.render_with(number, |_, _| ControlFlow::Continue(()))
    }

    /// Makes a picture as [`render`](Self::render) does; `watch` is called before the first step and after every step,
    /// and may stop the work.
    ///
    /// # Errors
    /// As [`render`](Self::render); [`Error::Cancelled`] if `watch` stopped the work.
    pub fn render_with(
        &self,
        number: u64,
        watch: impl FnMut(&ImagineProgress, &[f32]) -> ControlFlow<()>,
    ) -> Result<Picture, Error> {
        self.render_bound(&self.bound, number, watch)
    }

    /// Makes `count` pictures, one after the other, each unlike the ones before: `diversity` is the weight of
    /// that against the objective, 0 to ignore it. `watch` also gets the number of the picture.
    ///
    /// # Errors
    /// As [`render_with`](Self::render_with); a diversity that is not between 0 and 1000.
    pub fn render_diverse(
        &self,
        count: usize,
        diversity: f32,
        mut watch: impl FnMut(usize, &ImagineProgress) -> ControlFlow<()>,
    ) -> Result<Vec<Picture>, Error> {
        in_range("diversity", decimal(diversity), 0.0, 1000.0)?;
        let (mut pictures, mut signatures) = (Vec::new(), Vec::new());
        let size = self.settings.size;
        for number in 0..count {
            let bound = self.bound.unlike(&signatures, diversity);
            let picture = self.render_bound(&bound, number as u64, |progress, _| watch(number, progress))?;
            if diversity != 0.0 {
                let mut evaluation = Evaluation::new(&self.bound, Tiling::whole(size), None, Purpose::Gradient)?;
                signatures.push(evaluation.signature(picture.pixels())?);
            }
            pictures.push(picture);
        }
        Ok(pictures)
    }

    fn render_bound(
        &self,
        bound: &Bound,
        number: u64,
        watch: impl FnMut(&ImagineProgress, &[f32]) -> ControlFlow<()>,
    ) -> Result<Picture, Error> {
        memory::check(self.settings.size, |size| self.memory(size))?;
        let mut evaluation =
            Evaluation::new(bound, Tiling::whole(network_size(&self.settings)), None, Purpose::Gradient)?;
        let settings = Imagine { seed: self.settings.seed.wrapping_add(number), ..self.settings.clone() };
        let gradient = |picture: &[f32], gradient: &mut [f32]| {
            evaluation.rescue_dead_units(true);
            let (value, slope) = evaluation.gradient(picture, View::default())?;
            gradient.copy_from_slice(slope);
            Ok(value)
        };
        render(&settings, gradient, watch)
    }
}
