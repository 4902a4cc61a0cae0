//! The octaves of a dream, and a dream that goes on over many pictures of one size.

use std::mem;
use std::ops::ControlFlow;

use super::growth::{Canvas, Growth, climb, covers};
use super::octaves::{octaves, progress};
use super::{Checkpoint, Dream, DreamProgress, Observer, PhotoSource, bound_in, with_pixels};
use crate::error::Error;
use crate::memory;
use crate::objective::{Bound, Objective};
use crate::picture::Picture;
use crate::render::jitter::Random;
use crate::render::seamless;
use crate::render::symmetry::Folding;

/// Dreams on one picture after another and keeps the networks' buffers of every octave between them, as long as pictures
/// have the same size and memory allows. For films and live pictures, where each picture may begin with the detail of the
/// one before.
///
/// ```
/// use oneiric::render::Dreamer;
/// use oneiric::{Dream, Picture, Settings};
///
/// let settings = Settings { octaves: 2, iterations: 1, ..Settings::new("squeezenet", "fire3") };
/// let mut dreamer = Dreamer::new(Dream::new(settings)?);
/// let first = dreamer.dream(&Picture::filled(64, 48, [0.4; 3])?, None)?;
/// let second = dreamer.dream(&Picture::filled(64, 48, [0.5; 3])?, Some(&first.detail))?;
/// assert_eq!(second.detail.size(), (64, 48));
/// # Ok::<(), oneiric::Error>(())
/// ```
pub struct Dreamer {
    dream: Dream,
    kept: KeptBuffers,
}

/// A picture that was dreamed, and what the dream added.
#[derive(Clone, Debug)]
pub struct Dreamed {
    /// The picture.
    pub picture: Picture,
    /// What the dream has added to the photo.
    pub detail: Detail,
}

/// What a dream has added to a photo, before its finish.
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

impl Dreamer {
    /// A dreamer that keeps no buffers yet.
    pub fn new(dream: Dream) -> Self {
        Self { dream, kept: KeptBuffers::default() }
    }

    /// Dreams on `photo`, beginning with the detail of an earlier picture if there is one: it is resized to the first
    /// octave. Without one the picture has the bytes of [`Dream::render`].
    ///
    /// # Errors
    /// As [`Dream::render`].
    pub fn dream(&mut self, photo: &impl PhotoSource, earlier: Option<&Detail>) -> Result<Dreamed, Error> {
        self.dream_with(photo, earlier, |_, _| ControlFlow::Continue(()))
    }

    /// The same, and calls `observer` as [`Dream::render_with`] does.
    ///
    /// # Errors
    /// As [`Dream::render_with`].
    pub fn dream_with(
        &mut self,
        photo: &impl PhotoSource,
        earlier: Option<&Detail>,
        observer: impl FnMut(&DreamProgress, &[f32]) -> ControlFlow<()>,
    ) -> Result<Dreamed, Error> {
        let size = photo.size()?;
        if self.kept.size != Some(size) {
            // The memory of the old buffers counts as free.
            self.kept = KeptBuffers::default();
            self.dream.check_memory(size)?;
            let all = self.dream.memory_of_all_octaves(size)?;
            self.kept.size = memory::check(size, all).is_ok().then_some(size);
        }
        let begin = earlier.map_or(Begin::Photo, |detail| Begin::Detail(detail.clone()));
        let (picture, detail) = if self.kept.size.is_some() {
            self.dream.grow(photo, begin, &mut self.kept, &mut { observer })?
        } else {
            self.dream.grow(photo, begin, &mut OnlyDetail, &mut { observer })?
        };
        let detail = detail.expect("it was asked for");
        Ok(Dreamed { picture, detail })
    }
}

/// With what a dream begins.
pub(super) enum Begin {
    /// The photo as it is.
    Photo,
    /// The photo with earlier detail.
    Detail(Detail),
    /// The middle of the same dream.
    Checkpoint(Checkpoint<'static>),
}

/// What is kept of a dream behind its octaves.
pub(super) trait Keep {
    /// Whether the detail of the last octave is wanted.
    const DETAIL: bool;

    /// What grew in an octave of an earlier picture, if it was kept.
    fn take(&mut self, _octave: usize) -> Option<Vec<Growth>> {
        None
    }

    /// Keeps what grows in an octave, or frees it.
    fn keep(&mut self, _octave: usize, _growths: Vec<Growth>) {}
}

/// Keeps nothing.
pub(super) struct NothingKept;

impl Keep for NothingKept {
    const DETAIL: bool = false;
}

/// Keeps no buffers.
struct OnlyDetail;

impl Keep for OnlyDetail {
    const DETAIL: bool = true;
}

/// What grew in each octave of the last picture, which had this size.
#[derive(Default)]
struct KeptBuffers {
    size: Option<(usize, usize)>,
    octaves: Vec<Option<Vec<Growth>>>,
}

impl Keep for KeptBuffers {
    const DETAIL: bool = true;

    fn take(&mut self, octave: usize) -> Option<Vec<Growth>> {
        self.octaves.get_mut(octave)?.take()
    }

    fn keep(&mut self, octave: usize, growths: Vec<Growth>) {
        self.octaves.resize_with(self.octaves.len().max(octave + 1), || None);
        self.octaves[octave] = Some(growths);
    }
}

impl Dream {
    /// Dreams octave by octave. Returns the picture, and the detail if `keep` wants it.
    pub(super) fn grow<K: Keep>(
        &self,
        photo: &impl PhotoSource,
        begin: Begin,
        keep: &mut K,
        observer: &mut impl Observer,
    ) -> Result<(Picture, Option<Detail>), Error> {
        if self.settings.seamless {
            let photo = photo.read()?;
            let tile = seamless::tile(photo.pixels(), photo.size()?);
            self.grow_octaves(&with_pixels(&photo, tile)?, begin, keep, observer)
        } else {
            self.grow_octaves(photo, begin, keep, observer)
        }
    }

    fn grow_octaves<K: Keep>(
        &self,
        photo: &impl PhotoSource,
        begin: Begin,
        keep: &mut K,
        observer: &mut impl Observer,
    ) -> Result<(Picture, Option<Detail>), Error> {
        let full = photo.size()?;
        let bound = {
            let photo = photo.read()?;
            self.layers().map(|dream| dream.bind(&photo)).collect::<Result<Vec<_>, _>>()?
        };
        let covers = self
            .is_partial()
            .then(|| covers(&self.layers().map(|dream| dream.mask.as_deref()).collect::<Vec<_>>(), full));
        let octaves = octaves(full, &self.settings);
        let (mut detail, mut from) = match begin {
            Begin::Photo => (None, None),
            Begin::Detail(detail) => (Some(detail), None),
            Begin::Checkpoint(checkpoint) => (None, Some(checkpoint)),
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
            let base = self.base(photo, size, &mut folding)?;
            let mut checkpoint = from.take();
            let mut picture = match (&mut checkpoint, grown) {
                (Some(checkpoint), _) => mem::take(&mut checkpoint.picture).into_owned(),
                (None, Some(grown)) => add_detail(&base, grown),
                (None, None) => base.to_vec(),
            };
            let tiling = self.tiling(size);
            let mut growths = match keep.take(i) {
                Some(growths) => self.rebound(growths, i, &base, &bound),
                // It needs no networks of this size.
                None if octave.settings.iterations == 0 => Vec::new(),
                None => self.growths(i, tiling, &base, &bound, covers.as_deref(), full)?,
            };
            // At the full size the photo is there to be asked again: a large one is not held twice.
            let base = (!last || K::DETAIL).then_some(base);
            let canvas = Canvas { picture: &mut picture, tiling, folding };
            let progress = |iteration| progress(&octaves, i, iteration);
            climb(octave, &mut growths, canvas, &mut random, checkpoint, observer, progress)?;
            keep.keep(i, growths);
            if last {
                let difference = |base: &[f32]| picture.iter().zip(base).map(|(value, base)| value - base).collect();
                let detail = base.map(|base| Detail { plane: difference(&base), size });
                return Ok((self.finished(photo, picture, covers.as_deref())?, detail));
            }
            if let Some(base) = base {
                picture.iter_mut().zip(base.iter()).for_each(|(value, base)| *value -= base);
                detail = Some(Detail { plane: picture, size });
            }
        }
        unreachable!("there is at least one octave")
    }

    /// What grew in an octave of another picture of the same size, for this one.
    fn rebound(
        &self,
        mut growths: Vec<Growth>,
        octave: usize,
        base: &[f32],
        bound: &[Vec<(Objective, Bound)>],
    ) -> Vec<Growth> {
        let dreams: Vec<&Dream> = self.layers().collect();
        for growth in &mut growths {
            let settings = dreams[growth.layer].settings.in_octave(octave + 1);
            growth.evaluation.rebind(bound_in(&bound[growth.layer], &settings), base);
        }
        growths
    }
}

fn add_detail(base: &[f32], mut detail: Vec<f32>) -> Vec<f32> {
    detail.iter_mut().zip(base).for_each(|(value, base)| *value = (*value + base).clamp(0.0, 1.0));
    detail
}
