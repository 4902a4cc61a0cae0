//! A dream: settings with their networks, and the parts of a picture that follow from them.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;

use oneiric_engine::executor;
use oneiric_zoo::Networks;

use super::growth::{Growth, covers, keep_uncovered};
use super::photo::PhotoSource;
use super::seamless::wrap_resize;
use super::symmetry::{Folding, Symmetry};
use crate::error::Error;
use crate::finish::Finish;
use crate::normalize::{NormalizeOptions, Normalizer};
use crate::objective::{Bound, Evaluation, Evaluator, GUIDE_SIDE, Objective, References};
use crate::picture::clear::visible;
use crate::picture::mask::Mask;
use crate::picture::resize::{resize, resize_mask, shrunk};
use crate::picture::{Picture, PictureError};
use crate::settings::{Backward, Settings};
use crate::view::tile::Tiling;

/// Checked settings with their networks, built and cut at the wanted layers. One dream renders any number of pictures;
/// clones share networks, guide and masks.
#[derive(Clone, Debug)]
pub struct Dream {
    pub(super) settings: Settings,
    pub(super) networks: Networks,
    /// The objectives of all octaves, the dream's own first.
    pub(super) evaluators: Arc<Vec<(Objective, Evaluator)>>,
    pub(super) guide: Option<Arc<Picture>>,
    pub(super) mask: Option<Arc<Mask>>,
    /// Dreams in regions of the same picture, later ones above earlier ones.
    pub(super) regions: Vec<Dream>,
}

/// What all octaves of a dream on one photo share. The first item of each list belongs to the dream itself, the others to its
/// regions.
pub(super) struct OnPhoto {
    /// Width and height of the photo.
    size: (usize, usize),
    /// The objectives, bound to the photo.
    objectives: Vec<Vec<(Objective, Bound)>>,
    /// How much of each is visible at each pixel of the photo; none if the dream grows everywhere.
    pub covers: Option<Vec<Vec<f32>>>,
}

impl Dream {
    /// Checks the settings and builds the networks of the zoo that they need.
    ///
    /// # Errors
    /// A setting out of range or not supported by this machine; a network, layer, channel or word that does not exist.
    pub fn new(settings: Settings) -> Result<Self, Error> {
        Self::with_networks(settings, &Networks::default())
    }

    /// As [`new`](Self::new), with networks that a program added to those of the zoo.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn with_networks(settings: Settings, networks: &Networks) -> Result<Self, Error> {
        settings.check()?;
        if settings.backward == Backward::Bf16 && !executor::default().supports(settings.backward.purpose()) {
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

    /// Sets the guide image, for the terms of the objective that compare with one. Colours of its clear pixels do not count.
    #[must_use]
    pub fn guided_by(self, guide: Picture) -> Self {
        Self { guide: Some(visible(shrunk(&guide, GUIDE_SIDE)).into_owned().into()), ..self }
    }

    /// Sets the mask. Where it is 0, the photo stays the same, to the byte.
    #[must_use]
    pub fn masked_by(self, mask: Mask) -> Self {
        Self { mask: Some(mask.into()), ..self }
    }

    /// Adds another dream in a region of the picture, which is the [mask](Self::masked_by) of that dream. The region has its
    /// own objective, `step`, `normalize` and `chroma`; octaves, iterations and all other settings are this dream's.
    #[must_use]
    pub fn with_region(mut self, region: Self) -> Self {
        self.regions.push(region);
        self
    }

    /// The settings.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Sets the largest width and height of tiles; `None` for one piece.
    #[must_use]
    pub fn in_tiles(mut self, tile: Option<(usize, usize)>) -> Self {
        self.settings.tile = tile;
        self
    }

    /// Replaces the settings, and keeps guide, mask and regions.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn with_settings(self, settings: Settings) -> Result<Self, Error> {
        let new = Self::with_networks(settings, &self.networks)?;
        Ok(Self { settings: new.settings, evaluators: new.evaluators, ..self })
    }

    /// The networks in which it looks up those of its objectives.
    pub fn networks(&self) -> &Networks {
        &self.networks
    }

    /// The names of the networks that the dream and its regions use.
    pub fn network_names(&self) -> BTreeSet<&str> {
        self.regions.iter().fold(self.settings.networks(), |all, region| &all | &region.network_names())
    }

    /// Whether `other` has the same settings and networks, and regions as well. Guide and masks may differ.
    pub(super) fn has_buffers_of(&self, other: &Self) -> bool {
        let of_layer = |(own, other): (&Self, &Self)| {
            let evaluators = own.evaluators.iter().zip(&*other.evaluators);
            own.settings == other.settings && evaluators.into_iter().all(|((_, a), (_, b))| a.has_networks_of(b))
        };
        self.regions.len() == other.regions.len() && self.layers().zip(other.layers()).all(of_layer)
    }

    /// This dream and its regions.
    pub(super) fn layers(&self) -> impl Iterator<Item = &Self> {
        std::iter::once(self).chain(&self.regions)
    }

    /// Whether the dream grows only in parts of the picture.
    pub(super) fn is_partial(&self) -> bool {
        self.mask.is_some() || !self.regions.is_empty()
    }

    /// Binds the dream and its regions to a photo.
    pub(super) fn on_photo(&self, photo: &impl PhotoSource) -> Result<OnPhoto, Error> {
        let size = photo.size()?;
        let photo = photo.read()?;
        let objectives = self.layers().map(|dream| dream.bind(&photo)).collect::<Result<Vec<_>, _>>()?;
        let masks = || self.layers().map(|dream| dream.mask.as_deref()).collect::<Vec<_>>();
        Ok(OnPhoto { size, objectives, covers: self.is_partial().then(|| covers(&masks(), size)) })
    }

    fn bind(&self, photo: &Picture) -> Result<Vec<(Objective, Bound)>, Error> {
        let references = References { photo: Some(photo), guide: self.guide.as_deref() };
        let bind =
            |(objective, evaluator): &(Objective, Evaluator)| Ok((objective.clone(), evaluator.bind(references)?));
        self.evaluators.iter().map(bind).collect()
    }

    /// The photo in the size of an octave, folded if the dream is symmetric.
    pub(super) fn base<'a>(
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

    pub(super) fn resize(&self, plane: &[f32], from: (usize, usize), to: (usize, usize)) -> Vec<f32> {
        if self.settings.seamless { wrap_resize(plane, from, to) } else { resize(plane, from, to) }
    }

    /// The tiles of a picture of this size.
    pub(super) fn tiling(&self, size: (usize, usize)) -> Tiling {
        self.settings.tile.map_or(Tiling::whole(size), |tile| Tiling::new(size, tile))
    }

    /// Makes the picture of the last octave.
    pub(super) fn finished(
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

    /// The growths of an octave: of this dream, and of each region that covers anything. Those of an earlier picture of the
    /// same size give their buffers.
    pub(super) fn growths(
        &self,
        octave: usize,
        tiling: Tiling,
        base: &[f32],
        on_photo: &OnPhoto,
        mut earlier: Vec<Growth>,
    ) -> Result<Vec<Growth>, Error> {
        let size = tiling.size();
        let mut growths = Vec::new();
        for (layer, (dream, objectives)) in self.layers().zip(&on_photo.objectives).enumerate() {
            let cover = on_photo.covers.as_ref().map(|covers| resize_mask(&covers[layer], on_photo.size, size));
            if cover.as_ref().is_some_and(|cover| cover.iter().all(|weight| *weight <= 0.0)) {
                continue;
            }
            let settings = dream.settings.in_octave(octave + 1);
            let bound = bound_in(objectives, &settings);
            if let Some(kept) = earlier.iter().position(|growth| growth.layer == layer) {
                let mut growth = earlier.swap_remove(kept);
                growth.evaluation.rebind(bound, base);
                growths.push(Growth { cover, ..growth });
                continue;
            }
            let evaluation = Evaluation::new(bound, tiling, Some(base), self.settings.backward.purpose())?;
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

/// A picture of these colours with the transparency of `photo`.
pub(super) fn with_pixels(photo: &Picture, pixels: Vec<f32>) -> Result<Picture, PictureError> {
    Picture::with_alpha(photo.width(), photo.height(), pixels, photo.alpha().map(<[f32]>::to_vec))
}
