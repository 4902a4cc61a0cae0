//! Pictures from nothing: what activates a channel, a layer or a class most.
//!
//! Feature visualization as in Olah, Mordvintsev and Schubert, "Feature Visualization" (Distill 2017), and its program
//! lucid. Parameters ([`Parameterization`]) become a picture, the network sees it slightly shifted,
//! scaled and rotated, and Adam moves the parameters along the objective's gradient. The caller provides objective and
//! gradient as a callback of [`render`].
//!
//! ```
//! use std::ops::ControlFlow;
//! use oneiric::imagine::{Imagine, Parameterization, network_size, render};
//!
//! let settings = Imagine { size: (32, 24), steps: 100, ..Imagine::of(Parameterization::Pixels) };
//! let (width, height) = network_size(&settings);
//! let values = (width * height * 3) as f64;
//! // Stands for a network that likes bright pictures.
//! let network = |picture: &[f32], gradient: &mut [f32]| {
//!     gradient.fill((1.0 / values) as f32);
//!     Ok(picture.iter().map(|&v| f64::from(v)).sum::<f64>() / values)
//! };
//! let picture = render(&settings, network, |_, _| ControlFlow::Continue(()))?;
//! assert!(picture.pixels().iter().all(|&v| v > 0.6));
//! # Ok::<(), oneiric::Error>(())
//! ```

mod canvas;
mod colour;
mod draw;
mod fft;
mod fourier;
mod imagination;
mod laplacian;
mod maco;
mod parameterization;
#[cfg(test)]
mod tests;
mod transform;

use std::ops::ControlFlow;

pub use imagination::Imagination;
pub use parameterization::Parameterization;

use crate::error::Error;
use crate::invalid::{InvalidSetting, count_in_range, decimal, in_range};
use crate::memory;
use crate::picture::Picture;
use crate::picture::plane::CHANNELS;
use crate::render::jitter::Random;
use canvas::Canvas;
use transform::Eye;

/// Shortest and longest side of a picture in pixels.
const SIDES: (usize, usize) = (16, 4096);

/// Most floats per pixel held at a time, for the three channels together: parameters, their gradient and
/// Adam's two means (a third more for a pyramid), planes, spectrum and scale, picture, and the network's input and
/// gradient.
const FLOATS: u64 = 34;

/// The settings of a picture from nothing, without network and objective.
#[derive(Clone, Debug, PartialEq)]
pub struct Imagine {
    /// Width and height in pixels: 16 to 4096 each.
    pub size: (usize, usize),
    /// Steps of the ascent: 0 to 10,000.
    pub steps: usize,
    /// Learning rate, by about which each parameter moves in a step: 1e-6 to 10.
    pub rate: f32,
    /// What the picture is made of.
    pub parameterization: Parameterization,
    /// How fast waves get weaker as they get finer: amplitude `1 / frequency ^ decay`, 0 to 3. Natural pictures have 1; more
    /// is smoother. Pixels and pyramids ignore it.
    pub decay: f32,
    /// Whether the parameters are brightness and colour differences, which are independent in natural pictures, instead of
    /// red, green and blue.
    pub decorrelate: bool,
    /// Whether the network sees the picture slightly transformed at each step. Without transforms, speckle grows.
    pub transforms: bool,
    /// Whether the picture tiles without a seam.
    pub seamless: bool,
    /// Seed of the initial parameters and of the transforms.
    pub seed: u64,
}

impl Default for Imagine {
    fn default() -> Self {
        Self::of(Parameterization::default())
    }
}

impl Imagine {
    /// The settings that suit this parameterization, tuned by eye; lucid's but for MaCo.
    pub fn of(parameterization: Parameterization) -> Self {
        let (rate, decay) = if parameterization == Parameterization::Maco { (0.1, 1.25) } else { (0.05, 1.0) };
        Self {
            size: (224, 224),
            steps: 256,
            rate,
            parameterization,
            decay,
            decorrelate: true,
            transforms: true,
            seamless: false,
            seed: 0,
        }
    }

    /// Whether every setting is in its range.
    ///
    /// # Errors
    /// The first that is not.
    pub fn check(&self) -> Result<(), InvalidSetting> {
        for (part, side) in [("width", self.size.0), ("height", self.size.1)] {
            count_in_range("size", side, SIDES.0, SIDES.1).map_err(|error| error.of_part(part))?;
        }
        count_in_range("steps", self.steps, 0, 10_000)?;
        in_range("rate", decimal(self.rate), 1e-6, 10.0)?;
        in_range("decay", decimal(self.decay), 0.0, 3.0)
    }

    /// Peak memory of [`render`] in bytes, without the network.
    pub fn memory(&self) -> u64 {
        let (width, height) = network_size(self);
        4 * FLOATS * width as u64 * height as u64
    }

    fn eye(&self) -> Eye {
        Eye::new(self.size, self.transforms, self.seamless)
    }
}

/// Width and height in pixels of the network's input at each step: the picture, with a margin if there are
/// transforms.
pub fn network_size(settings: &Imagine) -> (usize, usize) {
    settings.eye().seen()
}

/// How far a picture is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ImagineProgress {
    /// Steps done.
    pub step: usize,
    /// Steps in all.
    pub steps: usize,
    /// The objective's value in the last step; none before the first.
    pub value: Option<f64>,
}

/// Imagines a picture.
///
/// `gradient` is the network: given a picture of [`network_size`], `[height][width][3]` in 0..1, it returns the
/// value of the objective and writes the objective's gradient with respect to that picture, in the same order. Objectives
/// should be means over the places of a layer, so that Adam's epsilon fits. `watch` is called before the first and after
/// every step with the picture as it is, `[height][width][3]` in 0..1; it may stop the work.
///
/// The same settings, network and instruction set give the same bytes on any number of threads.
///
/// # Errors
/// [`Error::Setting`] and [`Error::Memory`] before anything is allocated, what `gradient` fails with, and
/// [`Error::Cancelled`] if `watch` said so.
pub fn render(
    settings: &Imagine,
    mut gradient: impl FnMut(&[f32], &mut [f32]) -> Result<f64, Error>,
    mut watch: impl FnMut(&ImagineProgress, &[f32]) -> ControlFlow<()>,
) -> Result<Picture, Error> {
    settings.check()?;
    memory::check(settings.size, settings.memory())?;
    let mut random = Random::new(settings.seed);
    let mut canvas = Canvas::new(settings, &mut random);
    let eye = settings.eye();
    let mut seen = vec![0.0; eye.seen().0 * eye.seen().1 * CHANNELS];
    let mut slope = vec![0.0; seen.len()];
    let mut progress = ImagineProgress { step: 0, steps: settings.steps, value: None };
    loop {
        canvas.paint();
        if watch(&progress, canvas.picture()).is_break() {
            return Err(Error::Cancelled);
        }
        if progress.step == settings.steps {
            return Ok(Picture::new(settings.size.0, settings.size.1, canvas.into_picture())?);
        }
        let view = eye.look(&mut random);
        eye.see(&view, canvas.picture(), &mut seen);
        progress.value = Some(gradient(&seen, &mut slope)?);
        canvas.climb(&eye, &view, &slope);
        progress.step += 1;
    }
}
