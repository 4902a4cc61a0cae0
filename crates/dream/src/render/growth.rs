//! The steps of one octave: what grows, and where.

use std::borrow::Cow;
use std::ops::ControlFlow;

use super::checkpoint::{Checkpoint, Head};
use super::observer::{Observer, StepGradient};
use super::octaves::Octave;
use super::progress::DreamProgress;
use crate::error::Error;
use crate::normalize::Normalizer;
use crate::objective::{Evaluation, RESCUED_STEPS};
use crate::picture::mask::Mask;
use crate::random::Random;
use crate::render::ascent::Climb;
use crate::render::symmetry::Folding;
use crate::view::jitter::roll;
use crate::view::tile::{Tiling, View};

/// The picture that is dreamed on.
pub(super) struct Canvas<'a> {
    pub picture: &'a mut [f32],
    pub tiling: Tiling,
    pub folding: Folding,
}

/// What grows in one octave, and where: everywhere if it has no cover.
pub(super) struct Growth {
    /// The number of the dream that it belongs to: 0 for the dream itself, then its regions.
    pub layer: usize,
    pub step: f32,
    pub evaluation: Evaluation,
    pub normalizer: Normalizer,
    pub cover: Option<Vec<f32>>,
}

impl Growth {
    /// The normalized gradient of `picture` as the networks see it in `view`, also rolled, and the cover. `part` is the
    /// part of the octave that is done after this step, 0 to 1.
    fn gradient(&mut self, picture: &[f32], view: View, rescue: bool, part: f32) -> Result<Covered<'_>, Error> {
        self.evaluation.rescue_dead_units(rescue);
        let (value, gradient) = self.evaluation.gradient(picture, view)?;
        self.normalizer.apply(gradient, part);
        Ok(Covered { value, gradient, cover: self.cover.as_deref() })
    }
}

/// The value of an objective, its gradient, and its weight at each pixel; without a cover it has the same weight everywhere.
struct Covered<'a> {
    value: f64,
    gradient: &'a [f32],
    cover: Option<&'a [f32]>,
}

/// Takes the steps of one octave, from the beginning or from a checkpoint within it.
pub(super) fn climb(
    octave: &Octave,
    growths: &mut [Growth],
    canvas: Canvas<'_>,
    random: &mut Random,
    from: Option<Checkpoint<'static>>,
    observer: &mut impl Observer,
    progress: impl Fn(usize) -> DreamProgress,
) -> Result<(), Error> {
    let Canvas { picture, tiling, mut folding } = canvas;
    let (settings, size) = (&octave.settings, tiling.size());
    let mut climb = Climb::new(settings.ascent, size, settings.step, settings.headroom);
    let begin = from.as_ref().map_or(0, |checkpoint| checkpoint.head.iteration);
    if let Some(Checkpoint { head, remembered, .. }) = from {
        let planes = remembered.into_iter().map(Cow::into_owned).collect();
        let mut restored = climb.restore(head.steps, planes) && growths.len() == head.tallies.len();
        for (growth, tallies) in growths.iter_mut().zip(head.tallies) {
            restored &= growth.evaluation.restore(tallies);
        }
        if !restored {
            return Err(Error::WrongCheckpoint);
        }
    }
    // A seamless picture has no border: it may be rolled by any offset.
    let reach = if settings.seamless { size.0.max(size.1) } else { settings.jitter };
    let mut sum = Vec::new();
    for iteration in begin..settings.iterations {
        observer.checkpoint(&checkpoint(octave, iteration, random, &climb, growths, picture));
        if observer.step(&progress(iteration), picture).is_break() {
            return Err(Error::Cancelled);
        }
        let view = tiling.view(random, reach);
        let (rescue, part) = (iteration < RESCUED_STEPS, (iteration + 1) as f32 / settings.iterations as f32);
        if let [growth @ Growth { cover: None, .. }] = &mut *growths {
            let Covered { value, gradient, .. } = growth.gradient(picture, view, rescue, part)?;
            observer.gradient(&StepGradient { value, rolled: gradient, size, offset: view.offset });
            climb.step(picture, gradient, view.offset);
        } else {
            let mut value = 0.0;
            sum.clear();
            sum.resize(picture.len(), 0.0);
            for growth in &mut *growths {
                let factor = growth.step / settings.step;
                let of_growth = growth.gradient(picture, view, rescue, part)?;
                value += of_growth.value;
                add_covered(&mut sum, of_growth.gradient, size, view.offset, of_growth.cover, factor);
            }
            observer.gradient(&StepGradient { value, rolled: &sum, size, offset: (0, 0) });
            climb.step(picture, &sum, (0, 0));
        }
        folding.apply(picture);
    }
    match observer.step(&progress(settings.iterations), picture) {
        ControlFlow::Continue(()) => Ok(()),
        ControlFlow::Break(()) => Err(Error::Cancelled),
    }
}

fn checkpoint<'a>(
    octave: &Octave,
    iteration: usize,
    random: &Random,
    climb: &'a Climb,
    growths: &[Growth],
    picture: &'a [f32],
) -> Checkpoint<'a> {
    let (steps, planes) = climb.memory();
    let head = Head {
        octave: octave.number,
        iteration,
        size: octave.size,
        tile: octave.settings.tile,
        random: random.state(),
        steps,
        tallies: growths.iter().map(|growth| growth.evaluation.tallies()).collect(),
    };
    Checkpoint { head, picture: picture.into(), remembered: planes.into_iter().map(Cow::Borrowed).collect() }
}

/// How much of each mask is visible at each pixel of a picture of this size; later masks are above earlier ones.
pub(super) fn covers(masks: &[Option<&Mask>], size: (usize, usize)) -> Vec<Vec<f32>> {
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

/// Adds the gradient of the picture rolled by `offset`, rolled back and weighted by a cover and a factor.
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

/// Below this cover the photo is blended in, fully at 0, so that detail that resizing spreads over a border ends softly.
const THIN: f32 = 0.25;

/// Restores the photo where nothing grew, so that the finish does not change it.
pub(super) fn keep_uncovered(photo: &[f32], picture: &mut [f32], covers: &[Vec<f32>]) {
    for (i, (pixel, photo)) in picture.as_chunks_mut::<3>().0.iter_mut().zip(photo.as_chunks::<3>().0).enumerate() {
        let cover = covers.iter().map(|cover| cover[i]).sum::<f32>();
        if cover < THIN {
            let shown = cover / THIN;
            pixel.iter_mut().zip(photo).for_each(|(value, photo)| *value = photo + shown * (*value - photo));
        }
    }
}
