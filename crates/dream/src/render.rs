//! The short main path: a picture becomes a dream.
//!
//! From the smallest octave to the largest, the photo is resized and the *detail* that has grown so
//! far is resized with it and added; then the picture climbs the gradient of the objective, step by
//! step. Only the detail is carried on, so that the photo's own detail is never blurred (google/deepdream,
//! 2015; see `docs/architecture.md`).

use std::ops::ControlFlow;

use oneiric_engine::shape::Size;
use oneiric_engine::{Isa, Plan, Program, Session};

use crate::error::Error;
use crate::jitter::{Random, roll, step};
use crate::memory;
use crate::normalize::{NormalizeOptions, Normalizer};
use crate::objective::Objective;
use crate::picture::{Picture, PictureError};
use crate::resize::resize;
use crate::settings::{Backward, Settings};

/// Planes of the picture's size that a dream holds beside the network's buffers: the photo, the octave's
/// base, the picture, its rolled copy, the normaliser's pyramid and the resizer's rows.
const PLANES: u64 = 9;

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

/// A dream ready to be dreamed: settings checked, network built and cut at the wanted layers. It can dream
/// any number of pictures.
#[derive(Debug)]
pub struct Dream {
    settings: Settings,
    program: Program,
    objectives: Vec<Objective>,
}

impl Dream {
    /// Checks the settings and builds what they need of the network.
    ///
    /// # Errors
    /// A setting out of range or that this machine cannot serve; a network, layer or channel that does not exist.
    pub fn new(settings: Settings) -> Result<Self, Error> {
        settings.check()?;
        if settings.backward == Backward::Bf16 && !Isa::has_bf16() {
            return Err(oneiric_engine::Error::NoBf16.into());
        }
        let network = oneiric_zoo::load(&settings.model)?;
        let layers: Vec<&str> = settings.layers.iter().map(|l| l.layer.as_str()).collect();
        let program = Program::new(&network.graph, &layers)?;
        let mut objectives = Vec::new();
        for layer in &settings.layers {
            // Channels do not depend on the size of the picture.
            let shape = network.graph.layer_shape(&layer.layer, Size { height: 256, width: 256 })?;
            if let Some(&channel) = settings.channels.iter().find(|&&c| c >= shape.channels) {
                return Err(Error::Channel { layer: layer.layer.clone(), channel, last: shape.channels - 1 });
            }
            objectives.push(match settings.channels.as_slice() {
                [] => Objective::Strength { weight: layer.weight },
                channels => Objective::Channels { weight: layer.weight, channels: channels.to_vec() },
            });
        }
        Ok(Self { settings, program, objectives })
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
        let plan = Plan::new(&self.program, Size { height, width }, self.settings.backward.purpose())?;
        let threads = rayon::current_num_threads() as u64;
        Ok(plan.memory() as u64 + PLANES * 12 * (width * height) as u64 + threads * SCRATCH)
    }

    /// Dreams on `photo`. `watch` is called before the first and after every step, with the picture as
    /// it is (rows of RGB in 0…1); it may stop the dream. Transparency is kept as it is.
    ///
    /// The same picture, settings and instruction set give the same bytes on any number of threads.
    ///
    /// # Errors
    /// [`Error::Memory`] before anything is allocated if the picture is too large for this machine,
    /// [`Error::Cancelled`] if `watch` said so.
    pub fn render(
        &self,
        photo: &Picture,
        mut watch: impl FnMut(&Progress, &[f32]) -> ControlFlow<()>,
    ) -> Result<Picture, Error> {
        let full = (photo.width(), photo.height());
        self.check_memory(full.0, full.1)?;
        let sizes = octave_sizes(full, &self.settings);
        let work = |sizes: &[(usize, usize)]| sizes.iter().map(|(w, h)| (w * h) as f64).sum::<f64>();
        let mut random = Random::new(self.settings.seed);
        let mut detail: Option<(Vec<f32>, (usize, usize))> = None;
        for (i, &size) in sizes.iter().enumerate() {
            // Bicubic resizing overshoots at edges.
            let base: Vec<f32> = resize(photo.pixels(), full, size).iter().map(|v| v.clamp(0.0, 1.0)).collect();
            let mut picture = match detail.take() {
                None => base.clone(),
                Some((detail, from)) => add_detail(&base, resize(&detail, from, size)),
            };
            self.climb(&mut picture, size, &mut random, &mut |iteration, picture| {
                let before =
                    work(&sizes[..i]) + work(&[size]) * iteration as f64 / self.settings.iterations.max(1) as f64;
                let progress = Progress {
                    octave: i + 1,
                    octaves: sizes.len(),
                    iteration,
                    iterations: self.settings.iterations,
                    size,
                    done: before / work(&sizes),
                };
                watch(&progress, picture)
            })?;
            if i + 1 == sizes.len() {
                return Ok(with_pixels(photo, picture)?);
            }
            picture.iter_mut().zip(&base).for_each(|(value, base)| *value -= base);
            detail = Some((picture, size));
        }
        unreachable!("there is at least one octave")
    }

    /// The steps of one octave.
    fn climb(
        &self,
        picture: &mut [f32],
        size: (usize, usize),
        random: &mut Random,
        watch: &mut dyn FnMut(usize, &[f32]) -> ControlFlow<()>,
    ) -> Result<(), Error> {
        let settings = &self.settings;
        let (width, height) = size;
        let plan = Plan::new(&self.program, Size { height, width }, self.settings.backward.purpose())?;
        let mut session = Session::new(plan);
        let options = NormalizeOptions { chroma: settings.chroma, ..NormalizeOptions::default() };
        let mut normalizer = Normalizer::new(settings.normalize, width, height, options);
        let mut rolled = vec![0.0; picture.len()];
        let mut gradient = vec![0.0; picture.len()];
        for iteration in 0..settings.iterations {
            if watch(iteration, picture).is_break() {
                return Err(Error::Cancelled);
            }
            let offset = random.offset(settings.jitter as u32);
            roll(picture, &mut rolled, size, offset);
            gradient.copy_from_slice(session.gradient(&rolled, |layer, activation, gradient| {
                self.objectives[layer].gradient(activation, gradient);
            })?);
            normalizer.apply(&mut gradient, (iteration + 1) as f32 / settings.iterations as f32);
            step(picture, &gradient, size, offset, settings.step);
        }
        match watch(settings.iterations, picture) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => Err(Error::Cancelled),
        }
    }

    /// Whether a dream of a picture of this size fits into the memory that is free.
    ///
    /// # Errors
    /// [`Error::Memory`] with the numbers if it does not.
    pub fn check_memory(&self, width: usize, height: usize) -> Result<(), Error> {
        memory::check((width, height), self.memory(width, height)?)
    }
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
