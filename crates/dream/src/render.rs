//! The short main path: a picture becomes a dream.
//!
//! From the smallest octave to the largest, the photo is resized and the *detail* that has grown so
//! far is resized with it and added; then the picture climbs the gradient of the objective, step by
//! step. Only the detail is carried on, so that the photo's own detail is never blurred (google/deepdream,
//! 2015; see `docs/architecture.md`).

use std::borrow::Cow;
use std::ops::ControlFlow;
use std::sync::Arc;

use oneiric_engine::Isa;

use crate::ascent::{Ascent, Climb};
use crate::error::Error;
use crate::jitter::{Random, roll};
use crate::mask::Mask;
use crate::memory;
use crate::normalize::{NormalizeOptions, Normalizer};
use crate::objective::{Bound, Evaluation, Evaluator, GUIDE_SIDE, Objective, RESCUED_STEPS, References};
use crate::picture::{Picture, PictureError};
use crate::resize::{resize, resize_mask, shrunk};
use crate::seamless::{self, wrap_resize};
use crate::settings::{Backward, Settings};
use crate::symmetry::{Folding, Symmetry};

/// Planes of the picture's size that a dream holds beside the network's buffers: the photo, the octave's base and the
/// objective's copy of it, the picture, its rolled copy, the gradient, the normaliser's pyramid and the resizer's rows.
const PLANES: u64 = 10;
/// Planes more where the ascent remembers gradients or the picture is folded.
const MORE_PLANES: u64 = 6;

/// Bytes of working memory that each thread keeps.
const SCRATCH: u64 = 2_000_000;

/// How far a dream is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Progress {
    /// The octave at work, from 1 on.
    pub octave: usize,
    /// Octaves in all.
    pub octaves: usize,
    /// Steps done in this octave.
    pub iteration: usize,
    /// Steps of an octave.
    pub iterations: usize,
    /// Width and height of this octave in pixels.
    pub size: (usize, usize),
    /// The part of all work that is done, 0…1, by pixels.
    pub done: f64,
}

/// A dream ready to be dreamed: settings checked, networks built and cut at the wanted layers. It can dream
/// any number of pictures, and clones share the networks.
#[derive(Clone, Debug)]
pub struct Dream {
    settings: Settings,
    /// Every objective that some octave has, the dream's own first.
    evaluators: Arc<Vec<(Objective, Evaluator)>>,
    guide: Option<Picture>,
    mask: Option<Mask>,
    /// Dreams of their own places in the same picture, later ones above earlier ones.
    regions: Vec<Dream>,
}

impl Dream {
    /// Checks the settings and builds what they need of the networks.
    ///
    /// # Errors
    /// A setting out of range or that this machine cannot serve; a network, layer, channel or word that does not exist.
    pub fn new(settings: Settings) -> Result<Self, Error> {
        settings.check()?;
        if settings.backward == Backward::Bf16 && !Isa::has_bf16() {
            return Err(oneiric_engine::Error::NoBf16.into());
        }
        let mut evaluators: Vec<(Objective, Evaluator)> = Vec::new();
        for objective in settings.objectives() {
            if !evaluators.iter().any(|(known, _)| known == objective) {
                let evaluator = Evaluator::new(objective, &settings.model, &settings.channels, settings.rechoose)?;
                evaluators.push((objective.clone(), evaluator));
            }
        }
        let evaluators = Arc::new(evaluators);
        Ok(Self { settings, evaluators, guide: None, mask: None, regions: Vec::new() })
    }

    /// The same dream with a picture for the terms of its objective that follow a guide.
    #[must_use]
    pub fn guided_by(self, guide: Picture) -> Self {
        Self { guide: Some(shrunk(&guide, GUIDE_SIDE).into_owned()), ..self }
    }

    /// The same dream where the mask lets it grow; elsewhere the photo stays as it is, to the byte.
    #[must_use]
    pub fn masked_by(self, mask: Mask) -> Self {
        Self { mask: Some(mask), ..self }
    }

    /// The same dream with another one in a place of its own, [its mask](Self::masked_by): of that, the objective and how
    /// its gradient is shaped and weighed, `step`, `normalize` and `chroma`, are followed; octaves, iterations and all
    /// else are this dream's.
    #[must_use]
    pub fn with_region(mut self, region: Self) -> Self {
        self.regions.push(region);
        self
    }

    /// The settings.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Bytes of memory that a dream of a picture of this size takes at the most, the network's weights
    /// not counted.
    ///
    /// # Errors
    /// If the network cannot take the size.
    pub fn memory(&self, width: usize, height: usize) -> Result<u64, Error> {
        let mut buffers = 0;
        for dream in self.layers() {
            let purpose = dream.settings.backward.purpose();
            let of_octaves = dream.evaluators.iter().map(|(_, evaluator)| evaluator.memory((width, height), purpose));
            buffers += of_octaves.collect::<Result<Vec<_>, _>>()?.into_iter().max().unwrap_or_default();
        }
        let threads = rayon::current_num_threads() as u64;
        let plain = self.settings.ascent == Ascent::Plain && self.settings.symmetry == Symmetry::None;
        // Of every layer its cover, that of the octave, and the normaliser's pyramid.
        let layers = if self.is_partial() { 2 * self.layers().count() as u64 + 2 } else { 0 };
        let planes = PLANES + if plain { 0 } else { MORE_PLANES } + layers;
        Ok(buffers + planes * 12 * (width * height) as u64 + threads * SCRATCH)
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
        let references = References { photo: Some(photo), guide: self.guide.as_ref() };
        let bind =
            |(objective, evaluator): &(Objective, Evaluator)| Ok((objective.clone(), evaluator.bind(references)?));
        self.evaluators.iter().map(bind).collect()
    }

    /// Dreams on `photo`. `watch` is called before the first and after every step, with the picture as
    /// it is (rows of RGB in 0…1); it may stop the dream. Transparency is kept as it is.
    ///
    /// The same picture, settings and instruction set give the same bytes on any number of threads.
    ///
    /// # Errors
    /// [`Error::Memory`] before anything is allocated if the picture is too large for this machine,
    /// [`Error::Setting`] if the objective follows a guide and there is none, [`Error::Cancelled`] if `watch` said so.
    pub fn render(
        &self,
        photo: &Picture,
        mut watch: impl FnMut(&Progress, &[f32]) -> ControlFlow<()>,
    ) -> Result<Picture, Error> {
        let full = (photo.width(), photo.height());
        self.check_memory(full.0, full.1)?;
        let photo = &*self.ready(photo)?;
        let bound = self.layers().map(|dream| dream.bind(photo)).collect::<Result<Vec<_>, _>>()?;
        let covers = self
            .is_partial()
            .then(|| covers(&self.layers().map(|dream| dream.mask.as_ref()).collect::<Vec<_>>(), full));
        let octaves = octaves(full, &self.settings);
        let work = |octaves: &[Octave]| octaves.iter().map(Octave::work).sum::<f64>();
        let mut random = Random::new(self.settings.seed);
        let mut detail: Option<(Vec<f32>, (usize, usize))> = None;
        for (i, octave) in octaves.iter().enumerate() {
            let size = octave.size;
            let resize = if self.settings.seamless { wrap_resize } else { resize };
            // Bicubic resizing overshoots at edges.
            let mut base: Vec<f32> = resize(photo.pixels(), full, size).iter().map(|v| v.clamp(0.0, 1.0)).collect();
            let mut folding = Folding::new(self.settings.symmetry, size.0, size.1);
            folding.apply(&mut base);
            let mut picture = match detail.take() {
                None => base.clone(),
                Some((detail, from)) => add_detail(&base, resize(&detail, from, size)),
            };
            let growths = self.growths(i, size, &base, &bound, covers.as_deref(), full)?;
            let iterations = octave.settings.iterations;
            let canvas = Canvas { picture: &mut picture, size, folding };
            climb(&octave.settings, growths, canvas, &mut random, &mut |iteration, picture| {
                let part = iteration as f64 / iterations.max(1) as f64;
                let done = (work(&octaves[..i]) + octave.work() * part) / work(&octaves);
                let progress = Progress { octave: i + 1, octaves: octaves.len(), iteration, iterations, size, done };
                watch(&progress, picture)
            })?;
            if i + 1 == octaves.len() {
                self.settings.finish.apply(&base, &mut picture);
                if let Some(covers) = &covers {
                    keep_uncovered(photo.pixels(), &mut picture, covers);
                }
                return Ok(with_pixels(photo, picture)?);
            }
            picture.iter_mut().zip(&base).for_each(|(value, base)| *value -= base);
            detail = Some((picture, size));
        }
        unreachable!("there is at least one octave")
    }

    /// What grows in an octave: of every layer that covers anything.
    fn growths(
        &self,
        octave: usize,
        size: (usize, usize),
        base: &[f32],
        bound: &[Vec<(Objective, Bound)>],
        covers: Option<&[Vec<f32>]>,
        full: (usize, usize),
    ) -> Result<Vec<Growth>, Error> {
        let mut growths = Vec::new();
        for (layer, (dream, objectives)) in self.layers().zip(bound).enumerate() {
            let cover = covers.map(|covers| resize_mask(&covers[layer], full, size));
            if cover.as_ref().is_some_and(|cover| cover.iter().all(|weight| *weight <= 0.0)) {
                continue;
            }
            let settings = dream.settings.in_octave(octave + 1);
            let bound = objectives.iter().find(|(objective, _)| *objective == settings.objective);
            let (_, bound) = bound.expect("every octave's objective was bound");
            let evaluation = bound.at(size, Some(base), self.settings.backward.purpose())?;
            let options = NormalizeOptions { chroma: settings.chroma, ..NormalizeOptions::default() };
            let normalizer = Normalizer::new(settings.normalize, size.0, size.1, options);
            growths.push(Growth { step: settings.step, evaluation, normalizer, cover });
        }
        Ok(growths)
    }

    /// The photo as it is dreamed on.
    fn ready<'a>(&self, photo: &'a Picture) -> Result<Cow<'a, Picture>, PictureError> {
        if !self.settings.seamless {
            return Ok(Cow::Borrowed(photo));
        }
        let tile = seamless::tile(photo.pixels(), (photo.width(), photo.height()));
        with_pixels(photo, tile).map(Cow::Owned)
    }

    /// Whether a dream of a picture of this size fits into the memory that is free.
    ///
    /// # Errors
    /// [`Error::Memory`] with the numbers if it does not.
    pub fn check_memory(&self, width: usize, height: usize) -> Result<(), Error> {
        memory::check((width, height), self.memory(width, height)?)
    }
}

/// A picture that grows.
struct Canvas<'a> {
    picture: &'a mut [f32],
    size: (usize, usize),
    folding: Folding,
}

/// What grows in one octave, and where: everywhere if it has no cover.
struct Growth {
    step: f32,
    evaluation: Evaluation,
    normalizer: Normalizer,
    cover: Option<Vec<f32>>,
}

impl Growth {
    /// The shaped gradient of `picture` as the networks see it rolled by `offset`, rolled as well. `part` is how much of the
    /// octave is done with this step, 0…1.
    fn gradient(&mut self, picture: &[f32], offset: (isize, isize), rescue: bool, part: f32) -> Result<&[f32], Error> {
        self.evaluation.rescue_dead_units(rescue);
        let (_, gradient) = self.evaluation.gradient(picture, offset)?;
        self.normalizer.apply(gradient, part);
        Ok(gradient)
    }
}

/// The steps of one octave, with its own settings.
fn climb(
    settings: &Settings,
    mut growths: Vec<Growth>,
    canvas: Canvas<'_>,
    random: &mut Random,
    watch: &mut dyn FnMut(usize, &[f32]) -> ControlFlow<()>,
) -> Result<(), Error> {
    let Canvas { picture, size, mut folding } = canvas;
    let mut climb = Climb::new(settings.ascent, size, settings.step);
    // A picture that tiles has no border: it may be rolled anywhere.
    let reach = if settings.seamless { size.0.max(size.1) } else { settings.jitter };
    let mut sum = Vec::new();
    for iteration in 0..settings.iterations {
        if watch(iteration, picture).is_break() {
            return Err(Error::Cancelled);
        }
        let offset = random.offset(reach as u32);
        let (rescue, part) = (iteration < RESCUED_STEPS, (iteration + 1) as f32 / settings.iterations as f32);
        if let [growth @ Growth { cover: None, .. }] = &mut growths[..] {
            climb.step(picture, growth.gradient(picture, offset, rescue, part)?, offset);
        } else {
            sum.clear();
            sum.resize(picture.len(), 0.0);
            for growth in &mut growths {
                let gradient = growth.gradient(picture, offset, rescue, part)?.to_vec();
                let factor = growth.step / settings.step;
                add_covered(&mut sum, &gradient, size, offset, growth.cover.as_deref(), factor);
            }
            climb.step(picture, &sum, (0, 0));
        }
        folding.apply(picture);
    }
    match watch(settings.iterations, picture) {
        ControlFlow::Continue(()) => Ok(()),
        ControlFlow::Break(()) => Err(Error::Cancelled),
    }
}

/// A size at which the picture is dreamed on, and how.
struct Octave {
    size: (usize, usize),
    settings: Settings,
}

impl Octave {
    /// In values touched; one step at the least, so that there is progress without any.
    fn work(&self) -> f64 {
        (self.size.0 * self.size.1) as f64 * self.settings.iterations.max(1) as f64
    }
}

fn octaves(full: (usize, usize), settings: &Settings) -> Vec<Octave> {
    let sizes = octave_sizes(full, settings);
    sizes.into_iter().enumerate().map(|(i, size)| Octave { size, settings: settings.in_octave(i + 1) }).collect()
}

/// The sizes of the octaves, smallest first. Octaves that would be smaller than a side of
/// [`SMALLEST_SIDE`] are left out, but never the last.
fn octave_sizes((width, height): (usize, usize), settings: &Settings) -> Vec<(usize, usize)> {
    let size = |octave: usize| {
        let shrink = f64::from(settings.octave_scale).powi(octave as i32);
        let side = |side: usize| ((side as f64 / shrink).round() as usize).max(1);
        (side(width), side(height))
    };
    let mut sizes = vec![size(0)];
    sizes.extend((1..settings.octaves).map(size).take_while(|&(w, h)| w.min(h) >= SMALLEST_SIDE));
    sizes.reverse();
    sizes
}

/// Shorter side in pixels of the smallest octave: below, a network sees nothing.
const SMALLEST_SIDE: usize = 32;

/// A picture of other colours with the transparency of `photo`.
fn with_pixels(photo: &Picture, pixels: Vec<f32>) -> Result<Picture, PictureError> {
    Picture::with_alpha(photo.width(), photo.height(), pixels, photo.alpha().map(<[f32]>::to_vec))
}

/// How much of each layer can be seen at each pixel of a picture of this size, the later ones lying above the earlier.
fn covers(masks: &[Option<&Mask>], size: (usize, usize)) -> Vec<Vec<f32>> {
    let mut left = vec![1.0; size.0 * size.1];
    let mut covers: Vec<Vec<f32>> = Vec::new();
    for mask in masks.iter().rev() {
        let mut cover = mask.map_or_else(|| vec![1.0; size.0 * size.1], |mask| mask.plane(size));
        for (cover, left) in cover.iter_mut().zip(&mut left) {
            *cover *= *left;
            *left -= *cover;
        }
        covers.push(cover);
    }
    covers.reverse();
    covers
}

/// Adds a gradient, that of the picture rolled by `offset`, unrolled and weighed by a cover and a factor.
fn add_covered(
    sum: &mut [f32],
    gradient: &[f32],
    size: (usize, usize),
    offset: (isize, isize),
    cover: Option<&[f32]>,
    factor: f32,
) {
    let mut unrolled = vec![0.0; gradient.len()];
    roll(gradient, &mut unrolled, size, (-offset.0, -offset.1));
    for (i, (sum, gradient)) in sum.as_chunks_mut::<3>().0.iter_mut().zip(unrolled.as_chunks::<3>().0).enumerate() {
        let weight = factor * cover.map_or(1.0, |cover| cover[i]);
        sum.iter_mut().zip(gradient).for_each(|(sum, gradient)| *sum += weight * gradient);
    }
}

/// Cover below which the photo shows through, fully where there is none: what resizing carries over a border ends softly.
const THIN: f32 = 0.25;

/// Where nothing grew, the picture is the photo, whatever finish the rest has.
fn keep_uncovered(photo: &[f32], picture: &mut [f32], covers: &[Vec<f32>]) {
    for (i, (pixel, photo)) in picture.as_chunks_mut::<3>().0.iter_mut().zip(photo.as_chunks::<3>().0).enumerate() {
        let cover = covers.iter().map(|cover| cover[i]).sum::<f32>();
        if cover < THIN {
            let shown = cover / THIN;
            pixel.iter_mut().zip(photo).for_each(|(value, photo)| *value = photo + shown * (*value - photo));
        }
    }
}

fn add_detail(base: &[f32], mut detail: Vec<f32>) -> Vec<f32> {
    detail.iter_mut().zip(base).for_each(|(value, base)| *value = (*value + base).clamp(0.0, 1.0));
    detail
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn octaves_grow_by_the_scale_up_to_the_full_size() {
        let settings = Settings { octaves: 3, octave_scale: 2.0, ..Settings::new("lite0", "block10") };
        assert_eq!(octave_sizes((640, 427), &settings), [(160, 107), (320, 214), (640, 427)]);
    }

    #[test]
    fn small_pictures_have_fewer_octaves_but_at_least_one() {
        let settings = Settings { octaves: 9, octave_scale: 2.0, ..Settings::new("lite0", "block10") };
        assert_eq!(octave_sizes((80, 70), &settings), [(40, 35), (80, 70)]);
        assert_eq!(octave_sizes((1, 1), &settings), [(1, 1)]);
    }
}
