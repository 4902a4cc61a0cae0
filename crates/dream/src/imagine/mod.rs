//! Pictures from nothing: what activates a channel, a layer or a class most.
//!
//! Feature visualization as in Olah, Mordvintsev and Schubert, "Feature Visualization" (Distill 2017), and its program
//! lucid. Parameters ([`Parameterization`]) become a picture, the network sees it slightly shifted,
//! scaled and rotated, perhaps blurred and noisy, and Adam moves the parameters along the objective's gradient.
//!
//! ```
//! use oneiric::imagine::{Imagination, Imagine, Parameterization};
//! use oneiric::objective::{Objective, Term};
//! use oneiric::zoo::Networks;
//!
//! let settings = Imagine { size: (32, 24), steps: 2, ..Imagine::of(Parameterization::Fourier) };
//! let objective = Objective::from(Term::channel("fire5", 17));
//! let imagination = Imagination::new(settings, &objective, "squeezenet", None, &Networks::default())?;
//! let picture = imagination.render(0)?;
//! assert_eq!((picture.width(), picture.height()), (32, 24));
//! # Ok::<(), oneiric::Error>(())
//! ```

mod basis;
mod canvas;
mod colour;
mod degrade;
mod draw;
mod fft;
mod fourier;
mod imagination;
mod judge;
mod laplacian;
mod maco;
mod parameterization;
mod settings;
#[cfg(test)]
mod tests;
mod transform;

use std::ops::ControlFlow;

pub use imagination::Imagination;
pub use judge::{Judge, Verdict};
pub use parameterization::Parameterization;
pub use settings::Imagine;
use settings::network_size;

use crate::error::Error;
use crate::memory;
use crate::picture::Picture;
use crate::picture::plane::CHANNELS;
use crate::random::Random;
use canvas::Canvas;

/// The progress of a picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ImagineProgress {
    /// Steps done.
    pub step: usize,
    /// Steps in all.
    pub steps: usize,
    /// The objective's value in the last step; none before the first.
    pub value: Option<f64>,
}

/// Makes a picture from nothing.
///
/// `gradient` is the network: given a picture of [`network_size`], `[height][width][3]` in 0..1, with noise perhaps beyond, it
/// returns the value of the objective and writes the objective's gradient with respect to that picture, in the same order.
/// Objectives should be means over the places of a layer, so that Adam's epsilon fits. `watch` is called before the first and
/// after every step with the current picture, `[height][width][3]` in 0..1; it may stop the work.
///
/// The same settings, network and instruction set give the same bytes on any number of threads.
///
/// # Errors
/// [`Error::Setting`] and [`Error::Memory`] before anything is allocated, what `gradient` fails with, and
/// [`Error::Cancelled`] if `watch` stopped the work.
pub(crate) fn render(
    settings: &Imagine,
    mut gradient: impl FnMut(&[f32], &mut [f32]) -> Result<f64, Error>,
    mut watch: impl FnMut(&ImagineProgress, &[f32]) -> ControlFlow<()>,
) -> Result<Picture, Error> {
    settings.check()?;
    memory::check(settings.size, |size| Ok(Imagine { size, ..settings.clone() }.memory()))?;
    let mut random = Random::new(settings.seed);
    let mut canvas = Canvas::new(settings, &mut random);
    let (warper, mut degrader) = (settings.warper(), settings.degrader());
    let mut seen = vec![0.0; warper.input_size().0 * warper.input_size().1 * CHANNELS];
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
        let warp = warper.draw(&mut random);
        warper.apply(&warp, canvas.picture(), &mut seen);
        let blur = degrader.draw(&mut random);
        degrader.apply(&blur, &mut seen, &mut random);
        progress.value = Some(gradient(&seen, &mut slope)?);
        degrader.gradient(&blur, &mut slope);
        canvas.climb(settings.rate_of(progress.step), &warper, &warp, &slope);
        progress.step += 1;
    }
}
