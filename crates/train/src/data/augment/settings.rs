//! How much pictures are changed.

use serde::{Deserialize, Serialize};

use crate::error::Error;

/// How much pictures are changed at random. Each choice is uniform in its range.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Augmentation {
    /// The side of the smallest square that is cut out, relative to the shorter side of the picture: above 0, at most 1.
    pub smallest_crop: f32,
    /// The probability that a picture is mirrored left to right.
    pub flip: f32,
    /// The largest rotation to either side, in degrees: 0 to 45.
    pub rotation: f32,
    /// By how much a picture becomes brighter or darker, as a part: 0 to 1.
    pub brightness: f32,
    /// By how much the distance from the mean grey grows or shrinks, as a part: 0 to 1.
    pub contrast: f32,
    /// By how much the distance of colours from grey grows or shrinks, as a part: 0 to 1.
    pub saturation: f32,
    /// The largest turn of the hue to either side, in turns: 0 to 0.5.
    pub hue: f32,
    /// The probability of blur.
    pub blur: f32,
    /// The standard deviation of the widest blur, in pixels of the result: 0 to 5.
    pub widest_blur: f32,
    /// The probability of noise.
    pub noise: f32,
    /// The standard deviation of the strongest noise, in colour values of 0 to 1.
    pub most_noise: f32,
    /// The probability that a picture is compressed as JPEG. It takes several times as long as all the others.
    pub jpeg: f32,
    /// The lowest and the highest quality of the compression: 1 to 100.
    pub jpeg_quality: [u8; 2],
}

impl Default for Augmentation {
    /// Crops of 60 to 100 %, flips, small changes of the rest, JPEG in one picture of twenty.
    fn default() -> Self {
        Self {
            smallest_crop: 0.6,
            flip: 0.5,
            rotation: 8.0,
            brightness: 0.2,
            contrast: 0.2,
            saturation: 0.2,
            hue: 0.02,
            blur: 0.1,
            widest_blur: 1.2,
            noise: 0.1,
            most_noise: 0.03,
            jpeg: 0.05,
            jpeg_quality: [30, 90],
        }
    }
}

impl Augmentation {
    /// No change: the largest square, somewhere along the longer side.
    pub const NONE: Self = Self {
        smallest_crop: 1.0,
        flip: 0.0,
        rotation: 0.0,
        brightness: 0.0,
        contrast: 0.0,
        saturation: 0.0,
        hue: 0.0,
        blur: 0.0,
        widest_blur: 0.0,
        noise: 0.0,
        most_noise: 0.0,
        jpeg: 0.0,
        jpeg_quality: [100, 100],
    };

    /// Checks the ranges.
    ///
    /// # Errors
    /// [`Error::Setting`] for the first setting out of its range.
    pub fn check(&self) -> Result<(), Error> {
        let parts = [
            ("probability of a flip", self.flip),
            ("brightness", self.brightness),
            ("contrast", self.contrast),
            ("saturation", self.saturation),
            ("probability of blur", self.blur),
            ("probability of noise", self.noise),
            ("noise", self.most_noise),
            ("probability of JPEG", self.jpeg),
        ];
        let refuse = |name, range, value: f32| Err(Error::Setting { name, range, value: value.into() });
        if let Some(&(name, value)) = parts.iter().find(|(_, value)| !(0.0..=1.0).contains(value)) {
            return refuse(name, "from 0 to 1", value);
        }
        if !(self.smallest_crop > 0.0 && self.smallest_crop <= 1.0) {
            return refuse("smallest crop", "above 0 and at most 1", self.smallest_crop);
        }
        if !(0.0..=45.0).contains(&self.rotation) {
            return refuse("rotation", "from 0 to 45 degrees", self.rotation);
        }
        if !(0.0..=0.5).contains(&self.hue) {
            return refuse("hue", "from 0 to 0.5 turns", self.hue);
        }
        if !(0.0..=5.0).contains(&self.widest_blur) {
            return refuse("widest blur", "from 0 to 5 pixels", self.widest_blur);
        }
        match self.jpeg_quality.into_iter().find(|quality| !(1..=100).contains(quality)) {
            Some(quality) => refuse("JPEG quality", "from 1 to 100", quality.into()),
            None => Ok(()),
        }
    }
}
