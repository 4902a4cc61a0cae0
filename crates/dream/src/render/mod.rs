//! From a photo to a dream of it.
//!
//! From the smallest octave to the largest, the photo is resized, and the *detail* that has grown so far is resized with it
//! and added; then the picture climbs the gradient of the objective, step by step. Only the detail is resized again and
//! again, so that the photo's own detail is never blurred (google/deepdream, 2015; see `docs/architecture.md`).

pub(crate) mod adam;
pub mod ascent;
mod budget;
mod checkpoint;
mod dreamer;
mod growth;
pub mod jitter;
mod lazy_photo;
mod observer;
mod octaves;
mod photo;
pub mod seamless;
pub mod symmetry;
pub mod tile;

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::sync::Arc;

use oneiric_engine::Isa;
use oneiric_zoo::Networks;

use crate::error::Error;
use crate::finish::Finish;
use crate::normalize::{NormalizeOptions, Normalizer};
use crate::objective::{Bound, Evaluator, GUIDE_SIDE, Objective, References};
use crate::picture::mask::Mask;
use crate::picture::resize::{resize, resize_mask, shrunk};
use crate::picture::{Picture, PictureError};
use crate::render::seamless::wrap_resize;
use crate::render::symmetry::{Folding, Symmetry};
use crate::render::tile::Tiling;
use crate::settings::{Backward, Settings};
pub use checkpoint::Checkpoint;
use dreamer::{Begin, NothingKept};
pub use dreamer::{Detail, Dreamed, Dreamer};
use growth::{Growth, keep_uncovered};
pub use lazy_photo::LazyPhoto;
pub use observer::Observer;
pub use photo::PhotoSource;

/// The progress of a dream.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DreamProgress {
    /// The current octave, from 1 on.
    pub octave: usize,
    /// Number of octaves.
    pub octaves: usize,
    /// Steps done in this octave.
    pub iteration: usize,
    /// Steps of an octave.
    pub iterations: usize,
    /// Width and height of this octave in pixels.
    pub size: (usize, usize),
    /// The part of the work that is done, 0 to 1, by pixels.
    pub done: f64,
}

/// Checked settings with their networks, built and cut at the wanted layers. One dream renders any number of pictures;
/// clones share networks, guide and masks.
#[derive(Clone, Debug)]
pub struct Dream {
    settings: Settings,
    networks: Networks,
    /// The objectives of all octaves, the dream's own first.
    evaluators: Arc<Vec<(Objective, Evaluator)>>,
    guide: Option<Arc<Picture>>,
    mask: Option<Arc<Mask>>,
    /// Dreams in regions of the same picture, later ones above earlier ones.
    regions: Vec<Dream>,
}

impl Dream {
    /// Checks the settings and builds the networks of the zoo that they need.
    ///
    /// # Errors
    /// A setting out of range or that this machine cannot serve; a network, layer, channel or word that does not exist.
    pub fn new(settings: Settings) -> Result<Self, Error> {
        Self::with_networks(settings, &Networks::default())
    }

    /// The same with networks that a program added to those of the zoo.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn with_networks(settings: Settings, networks: &Networks) -> Result<Self, Error> {
        settings.check()?;
        if settings.backward == Backward::Bf16 && !Isa::has_bf16() {
            return Err(oneiric_engine::Error::NoBf16.into());
        }
        let mut evaluators: Vec<(Objective, Evaluator)> = Vec::new();
        for objective in settings.objectives() {
            if !evaluators.iter().any(|(known, _)| known == objective) {
                let evaluator =
                    Evaluator::new(objective, &settings.model, &settings.channels, settings.rechoose, networks)?;
                evaluators.push((objective.clone(), evaluator));
            }
        }
        let evaluators = Arc::new(evaluators);
        let networks = networks.clone();
        Ok(Self { settings, networks, evaluators, guide: None, mask: None, regions: Vec::new() })
    }

    /// The same dream with a guide picture, for the terms of its objective that compare with one.
    #[must_use]
    pub fn guided_by(self, guide: Picture) -> Self {
        Self { guide: Some(shrunk(&guide, GUIDE_SIDE).into_owned().into()), ..self }
    }

    /// The same dream with a mask; where the mask is 0, the photo stays as it is, to the byte.
    #[must_use]
    pub fn masked_by(self, mask: Mask) -> Self {
        Self { mask: Some(mask.into()), ..self }
    }

    /// The same dream with another dream in a region of the picture, the [mask](Self::masked_by) of that dream. The region
    /// has its own objective, `step`, `normalize` and `chroma`; octaves, iterations and all other settings are this dream's.
    #[must_use]
    pub fn with_region(mut self, region: Self) -> Self {
        self.regions.push(region);
        self
    }

    /// The settings.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The same dream in tiles of at most this width and height, or in one piece.
    #[must_use]
    pub fn in_tiles(mut self, tile: Option<(usize, usize)>) -> Self {
        self.settings.tile = tile;
        self
    }

    /// The same dream, guide, mask and regions with other settings.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn with_settings(self, settings: Settings) -> Result<Self, Error> {
        let new = Self::with_networks(settings, &self.networks)?;
        Ok(Self { settings: new.settings, evaluators: new.evaluators, ..self })
    }

    /// The networks among which it finds those of its objectives.
    pub fn networks(&self) -> &Networks {
        &self.networks
    }

    /// The names of the networks that the dream and its regions use.
    pub fn network_names(&self) -> BTreeSet<&str> {
        self.regions.iter().fold(self.settings.networks(), |all, region| &all | &region.network_names())
    }

    /// This dream and its regions.
    fn layers(&self) -> impl Iterator<Item = &Self> {
        std::iter::once(self).chain(&self.regions)
    }

    /// Whether there are places where this dream does not grow.
    fn is_partial(&self) -> bool {
        self.mask.is_some() || !self.regions.is_empty()
    }

    fn bind(&self, photo: &Picture) -> Result<Vec<(Objective, Bound)>, Error> {
        let references = References { photo: Some(photo), guide: self.guide.as_deref() };
        let bind =
            |(objective, evaluator): &(Objective, Evaluator)| Ok((objective.clone(), evaluator.bind(references)?));
        self.evaluators.iter().map(bind).collect()
    }

    /// Dreams on `photo`. Transparency is kept as it is.
    ///
    /// The same picture, settings and instruction set give the same bytes on any number of threads.
    ///
    /// # Errors
    /// [`Error::Memory`] before anything is allocated if the picture is too large for this machine,
    /// [`Error::Setting`] if the objective follows a guide and there is none.
    pub fn render(&self, photo: &impl PhotoSource) -> Result<Picture, Error> {
        self.render_with(photo, |_, _| ControlFlow::Continue(()))
    }

    /// Dreams on `photo` as [`render`](Self::render) does. Calls `observer` before the first step and after every step, with
    /// the picture as it is (rows of RGB in 0…1); `observer` may stop the dream.
    ///
    /// # Errors
    /// As [`render`](Self::render); [`Error::Cancelled`] if `observer` stopped the dream.
    pub fn render_with(
        &self,
        photo: &impl PhotoSource,
        observer: impl FnMut(&DreamProgress, &[f32]) -> ControlFlow<()>,
    ) -> Result<Picture, Error> {
        self.render_from(photo, None, &mut { observer })
    }

    /// Renders `photo` from a checkpoint, or from the beginning if there is none. A checkpoint that an observer of the same
    /// dream of the same photo saw leads to the bytes of an uninterrupted dream.
    ///
    /// # Errors
    /// As [`render`](Self::render); [`Error::WrongCheckpoint`] for a checkpoint of another dream.
    pub fn render_from(
        &self,
        photo: &impl PhotoSource,
        checkpoint: Option<Checkpoint<'static>>,
        observer: &mut impl Observer,
    ) -> Result<Picture, Error> {
        self.check_memory(photo.size()?)?;
        let begin = checkpoint.map_or(Begin::Photo, Begin::Checkpoint);
        Ok(self.grow(photo, begin, &mut NothingKept, observer)?.0)
    }

    /// The photo in the size of an octave, folded if the dream is symmetric.
    fn base<'a>(
        &self,
        photo: &'a impl PhotoSource,
        size: (usize, usize),
        folding: &mut Folding,
    ) -> Result<Cow<'a, [f32]>, Error> {
        let photo = photo.read()?;
        let as_it_is = photo.size()? == size && self.settings.symmetry == Symmetry::None;
        let mut base = match photo {
            Cow::Borrowed(photo) if as_it_is && photo.pixels().iter().all(|v| (0.0..=1.0).contains(v)) => {
                return Ok(Cow::Borrowed(photo.pixels()));
            }
            Cow::Owned(photo) if as_it_is => photo.into_parts().0,
            photo => self.resize(photo.pixels(), photo.size()?, size),
        };
        // Bicubic resizing overshoots at edges.
        base.iter_mut().for_each(|value| *value = value.clamp(0.0, 1.0));
        folding.apply(&mut base);
        Ok(Cow::Owned(base))
    }

    fn resize(&self, plane: &[f32], from: (usize, usize), to: (usize, usize)) -> Vec<f32> {
        if self.settings.seamless { wrap_resize(plane, from, to) } else { resize(plane, from, to) }
    }

    /// The tiles of a picture of this size.
    fn tiling(&self, size: (usize, usize)) -> Tiling {
        self.settings.tile.map_or(Tiling::whole(size), |tile| Tiling::new(size, tile))
    }

    /// The last octave becomes a picture.
    fn finished(
        &self,
        photo: &impl PhotoSource,
        mut picture: Vec<f32>,
        covers: Option<&[Vec<f32>]>,
    ) -> Result<Picture, Error> {
        let (width, height) = photo.size()?;
        if self.settings.finish != Finish::default() {
            let mut folding = Folding::new(self.settings.symmetry, width, height);
            self.settings.finish.apply(&self.base(photo, (width, height), &mut folding)?, &mut picture);
        }
        let photo = photo.read()?;
        if let Some(covers) = covers {
            keep_uncovered(photo.pixels(), &mut picture, covers);
        }
        Ok(with_pixels(&photo, picture)?)
    }

    /// What grows in an octave, for this dream and each region that covers anything.
    fn growths(
        &self,
        octave: usize,
        tiling: Tiling,
        base: &[f32],
        bound: &[Vec<(Objective, Bound)>],
        covers: Option<&[Vec<f32>]>,
        full: (usize, usize),
    ) -> Result<Vec<Growth>, Error> {
        let size = tiling.size();
        let mut growths = Vec::new();
        for (layer, (dream, objectives)) in self.layers().zip(bound).enumerate() {
            let cover = covers.map(|covers| resize_mask(&covers[layer], full, size));
            if cover.as_ref().is_some_and(|cover| cover.iter().all(|weight| *weight <= 0.0)) {
                continue;
            }
            let settings = dream.settings.in_octave(octave + 1);
            let bound = bound_in(objectives, &settings);
            let evaluation = bound.at(tiling, Some(base), self.settings.backward.purpose())?;
            let options = NormalizeOptions { chroma: settings.chroma, ..NormalizeOptions::default() };
            let normalizer = Normalizer::new(settings.normalize, size.0, size.1, options);
            growths.push(Growth { layer, step: settings.step, evaluation, normalizer, cover });
        }
        Ok(growths)
    }
}

/// The objective of an octave with these settings.
fn bound_in<'a>(objectives: &'a [(Objective, Bound)], settings: &Settings) -> &'a Bound {
    let bound = objectives.iter().find(|(objective, _)| *objective == settings.objective);
    &bound.expect("every octave's objective was bound").1
}

/// A picture of other colours with the transparency of `photo`.
fn with_pixels(photo: &Picture, pixels: Vec<f32>) -> Result<Picture, PictureError> {
    Picture::with_alpha(photo.width(), photo.height(), pixels, photo.alpha().map(<[f32]>::to_vec))
}
