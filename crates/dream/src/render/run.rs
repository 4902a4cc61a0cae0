//! A dream on one picture, octave by octave.

use std::borrow::Cow;
use std::mem;
use std::ops::ControlFlow;

use super::checkpoint::Checkpoint;
use super::dream::{Dream, with_pixels};
use super::growth::{Canvas, Growth, climb};
use super::observer::Observer;
use super::octaves::{REFERENCE_SIDE, octaves_of, progress};
use super::photo::{PhotoSource, Visible};
use super::progress::DreamProgress;
use super::seamless;
use super::symmetry::Folding;
use crate::error::Error;
use crate::picture::Picture;
use crate::picture::clear::{has_clear, is_clear};
use crate::random::Random;

/// What a dream added to a photo, before the finish.
#[derive(Clone, Debug, PartialEq)]
pub struct Detail {
    plane: Vec<f32>,
    size: (usize, usize),
}

impl Detail {
    /// Width and height in pixels.
    pub fn size(&self) -> (usize, usize) {
        self.size
    }

    /// The differences from the photo, `[height][width][3]`, each -1 to 1.
    pub fn values(&self) -> &[f32] {
        &self.plane
    }
}

/// The beginning of a dream.
#[derive(Default)]
pub enum Start {
    /// The photo as it is.
    #[default]
    Photo,
    /// The photo with the detail of an earlier picture, which is resized to the first octave and added.
    Detail(Detail),
    /// A checkpoint of the same dream of the same photo.
    Checkpoint(Checkpoint<'static>),
}

/// What a dream returns in addition to its picture.
pub(super) trait Keep {
    /// Whether to return the detail of the last octave.
    fn wants_detail(&self) -> bool;

    /// Takes the growths of an octave of an earlier picture, none if they were not kept.
    fn take(&mut self, _octave: usize) -> Vec<Growth> {
        Vec::new()
    }

    /// Keeps the growths of an octave, or frees them.
    fn keep(&mut self, _octave: usize, _growths: Vec<Growth>) {}
}

/// Keeps nothing.
pub(super) struct NothingKept;

impl Keep for NothingKept {
    fn wants_detail(&self) -> bool {
        false
    }
}

impl Dream {
    /// Dreams on `photo`. Transparency is kept, and so are the colours of clear pixels, which do not steer the dream.
    ///
    /// The same picture, settings and instruction set give the same bytes on any number of threads.
    ///
    /// # Errors
    /// [`Error::Memory`] before anything is allocated if the picture is too large for this machine,
    /// [`Error::Setting`] if the objective needs a guide image and there is none.
    pub fn render(&self, photo: &impl PhotoSource) -> Result<Picture, Error> {
        self.render_with(photo, |_, _| ControlFlow::Continue(()))
    }

    /// Dreams on `photo` as [`render`](Self::render) does. Calls `observer` before the first step and after every step, with
    /// the current picture (rows of RGB in 0…1); `observer` may stop the dream.
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
        self.check_memory(photo.size()?, photo.memory()?)?;
        let start = checkpoint.map_or(Start::Photo, Start::Checkpoint);
        Ok(self.grow(photo, start, &mut NothingKept, observer)?.0)
    }

    /// Dreams octave by octave. Returns the picture, and the detail if `keep` wants it.
    pub(super) fn grow(
        &self,
        photo: &impl PhotoSource,
        start: Start,
        keep: &mut impl Keep,
        observer: &mut impl Observer,
    ) -> Result<(Picture, Option<Detail>), Error> {
        let visible = Visible(photo);
        let (mut picture, detail) = if self.settings.seamless {
            let photo = visible.read()?;
            let tile = seamless::tile(photo.pixels(), photo.size()?);
            self.grow_octaves(&with_pixels(&photo, tile)?, start, keep, observer)?
        } else {
            self.grow_octaves(&visible, start, keep, observer)?
        };
        if has_clear(&picture) {
            keep_clear(&*photo.read()?, &mut picture);
        }
        Ok((picture, detail))
    }

    fn grow_octaves(
        &self,
        photo: &impl PhotoSource,
        start: Start,
        keep: &mut impl Keep,
        observer: &mut impl Observer,
    ) -> Result<(Picture, Option<Detail>), Error> {
        let full = photo.size()?;
        let on_photo = self.on_photo(photo)?;
        let reference = self.reference(photo)?;
        let reference_size = reference.as_ref().map_or(full, |reference| (reference.width(), reference.height()));
        let octaves = octaves_of(full, reference_size, &self.settings);
        let (mut detail, mut from) = match start {
            Start::Photo => (None, None),
            Start::Detail(detail) => (Some(detail), None),
            Start::Checkpoint(checkpoint) => (None, Some(checkpoint)),
        };
        if from.as_ref().is_some_and(|checkpoint| !checkpoint.is_of(&octaves, self.settings.tile)) {
            return Err(Error::WrongCheckpoint);
        }
        let first = from.as_ref().map_or(0, |checkpoint| checkpoint.head.octave);
        let mut random = Random::new(from.as_ref().map_or(self.settings.seed, |checkpoint| checkpoint.head.random));
        for (i, octave) in octaves.iter().enumerate().skip(first) {
            let (size, last) = (octave.size, i + 1 == octaves.len());
            let mut folding = Folding::new(self.settings.symmetry, size.0, size.1);
            let grown = detail.take().map(|detail: Detail| self.resize(&detail.plane, detail.size, size));
            let base = match &reference {
                Some(reference) if size != full && size.0.max(size.1) <= REFERENCE_SIDE => {
                    self.base(reference, size, &mut folding)?
                }
                _ => self.base(photo, size, &mut folding)?,
            };
            let mut checkpoint = from.take();
            let mut picture = match (&mut checkpoint, grown) {
                (Some(checkpoint), _) => mem::take(&mut checkpoint.picture).into_owned(),
                (None, Some(grown)) => add_detail(&base, grown),
                (None, None) => base.to_vec(),
            };
            let tiling = self.tiling(size);
            // Without steps no networks of this size are needed.
            let mut growths = match octave.settings.iterations {
                0 => Vec::new(),
                _ => self.growths(i, tiling, &base, &on_photo, keep.take(i))?,
            };
            // At the full size the photo can be read again: a large one is not held twice.
            let base = (!last || keep.wants_detail()).then_some(base);
            let canvas = Canvas { picture: &mut picture, tiling, folding };
            let progress = |iteration| progress(&octaves, i, iteration);
            climb(octave, &mut growths, canvas, &mut random, checkpoint, observer, progress)?;
            keep.keep(i, growths);
            if last {
                let difference = |base: &[f32]| picture.iter().zip(base).map(|(value, base)| value - base).collect();
                let detail = base.map(|base| Detail { plane: difference(&base), size });
                return Ok((self.finished(photo, picture, on_photo.covers.as_deref())?, detail));
            }
            if let Some(base) = base {
                picture.iter_mut().zip(base.iter()).for_each(|(value, base)| *value -= base);
                detail = Some(Detail { plane: picture, size });
            }
        }
        unreachable!("there is at least one octave")
    }

    /// The photo in the size that looks are tuned on, if the dream grows from its smallest octave. The octaves up to this
    /// size are those of the photo in every size to the bit: small differences would grow into other shapes.
    fn reference(&self, photo: &impl PhotoSource) -> Result<Option<Picture>, Error> {
        Ok(match self.settings.smallest {
            Some(_) => photo.reference()?.map(Cow::into_owned),
            None => None,
        })
    }
}

/// Gives clear pixels the colours that they have in the photo.
fn keep_clear(photo: &Picture, picture: &mut Picture) {
    let (pixels, alpha) = picture.planes_mut();
    let colours = pixels.as_chunks_mut::<3>().0.iter_mut().zip(photo.pixels().as_chunks::<3>().0);
    for ((colour, own), alpha) in colours.zip(alpha.unwrap_or_default()) {
        if is_clear(*alpha) {
            *colour = *own;
        }
    }
}

fn add_detail(base: &[f32], mut detail: Vec<f32>) -> Vec<f32> {
    detail.iter_mut().zip(base).for_each(|(value, base)| *value = (*value + base).clamp(0.0, 1.0));
    detail
}
