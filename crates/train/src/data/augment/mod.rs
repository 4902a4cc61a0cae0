//! Changes pictures at random, so that a network does not learn them by heart.

mod colour;
mod degrade;
mod settings;

use rayon::prelude::*;

use self::colour::ColourChange;
pub use self::settings::Augmentation;
use super::dataset::Dataset;
use super::draws::Draws;
use super::sample::SmallPicture;
use super::warp::{Square, warp};
use crate::error::Error;

/// Tells the noise of a picture from the other choices.
const NOISE: u64 = 1;

/// Makes the pictures of a training from small pictures. Each depends on the seed, the step and the place in its batch only.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Augmenter {
    settings: Augmentation,
    size: usize,
    seed: u64,
}

impl Augmenter {
    /// Makes pictures of `size` x `size` pixels.
    ///
    /// # Errors
    /// [`Error::Setting`] for a setting out of its range or a size that is not from 1 to 1024.
    pub fn new(settings: Augmentation, size: usize, seed: u64) -> Result<Self, Error> {
        settings.check()?;
        if !(1..=1024).contains(&size) {
            return Err(Error::Setting { name: "picture size", range: "from 1 to 1024", value: size as f64 });
        }
        Ok(Self { settings, size, seed })
    }

    /// Returns the pictures of a batch: `samples` are indices into the dataset. Uses all threads.
    ///
    /// # Panics
    /// When a sample does not exist.
    pub fn batch(&self, dataset: &Dataset, samples: &[usize], step: usize) -> Vec<Vec<f32>> {
        let picture = |(index, sample): (usize, &usize)| self.picture(&dataset.samples[*sample].picture, step, index);
        samples.par_iter().enumerate().map(picture).collect()
    }

    /// Returns a picture as it is seen at the place `index` of a step's batch: rows of interleaved RGB, 0 to 1.
    pub fn picture(&self, picture: &SmallPicture, step: usize, index: usize) -> Vec<f32> {
        let (settings, place) = (&self.settings, [step as u64, index as u64]);
        // All choices are drawn, used or not, so that one setting does not change what another one does.
        let mut draws = Draws::new(self.seed, &place);
        let square = self.square(picture, &mut draws);
        let ground = [(); 3].map(|()| draws.unit());
        let change = ColourChange::draw(settings, &mut draws);
        let blur = draws.chance(settings.blur).then_some(settings.widest_blur);
        let blur = (blur, draws.unit());
        let noise = draws.chance(settings.noise).then_some(settings.most_noise);
        let noise = (noise, draws.unit());
        let jpeg = (draws.chance(settings.jpeg), draws.unit());

        let mut pixels = warp(picture, ground, &square, self.size);
        change.apply(&mut pixels);
        if let (Some(widest), part) = blur {
            degrade::blur(&mut pixels, self.size, widest * part);
        }
        if let (Some(most), part) = noise {
            degrade::add_noise(&mut pixels, most * part, &mut Draws::new(self.seed, &[place[0], place[1], NOISE]));
        }
        if let (true, part) = jpeg {
            let [low, high] = settings.jpeg_quality.map(f32::from);
            degrade::compress(&mut pixels, self.size, (low + (high - low) * part).round() as u8);
        }
        pixels
    }

    /// A square that lies in the picture whole.
    fn square(&self, picture: &SmallPicture, draws: &mut Draws) -> Square {
        let [width, height] = [picture.width(), picture.height()].map(|side| side as f32);
        let angle = draws.around(self.settings.rotation.to_radians());
        let share = draws.between(self.settings.smallest_crop, 1.0);
        let reach = Square::reach(angle);
        let side = width.min(height) * share.min(1.0 / reach);
        let margin = side * reach / 2.0;
        let centre = [width, height].map(|length| draws.between(margin, length - margin));
        Square { centre, side, angle, mirrored: draws.chance(self.settings.flip) }
    }
}

#[cfg(test)]
mod tests;
