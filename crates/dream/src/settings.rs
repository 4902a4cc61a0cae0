//! What makes a dream: network, layers, octaves, steps.

use std::fmt;
use std::str::FromStr;

use oneiric_engine::Purpose;

use crate::normalize::Normalize;

/// A layer to strengthen, and how much it counts beside the others.
#[derive(Clone, Debug, PartialEq)]
pub struct LayerWeight {
    /// The layer's name in its network.
    pub layer: String,
    /// Its weight; 1 unless said otherwise. A negative weight weakens the layer.
    pub weight: f32,
}

impl FromStr for LayerWeight {
    type Err = InvalidSetting;

    /// `block10` or `block10:0.5`.
    fn from_str(text: &str) -> Result<Self, InvalidSetting> {
        let (layer, weight) = match text.split_once(':') {
            None => (text, 1.0),
            Some((layer, weight)) => (layer, weight.parse().unwrap_or(f32::NAN)),
        };
        if layer.is_empty() || !weight.is_finite() || weight == 0.0 {
            let why = format!("'{text}' is not LAYER or LAYER:WEIGHT with a weight other than 0, such as block10:0.5");
            return Err(InvalidSetting(why));
        }
        Ok(Self { layer: layer.into(), weight })
    }
}

impl fmt::Display for LayerWeight {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.weight {
            1.0 => f.write_str(&self.layer),
            weight => write!(f, "{}:{weight}", self.layer),
        }
    }
}

/// How exactly the gradient is computed; the way to the layer is always in `f32`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Backward {
    /// All in `f32`.
    #[default]
    F32,
    /// The products of 1x1 convolutions in bf16: faster, and only on machines with AVX512-BF16.
    Bf16,
}

impl Backward {
    /// All of them, the exact one first.
    pub const ALL: [Self; 2] = [Self::F32, Self::Bf16];

    /// Its name in recipes and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::F32 => "f32",
            Self::Bf16 => "bf16",
        }
    }

    /// What a plan for it is made for.
    pub fn purpose(self) -> Purpose {
        match self {
            Self::F32 => Purpose::Gradient,
            Self::Bf16 => Purpose::GradientBf16,
        }
    }
}

impl FromStr for Backward {
    type Err = InvalidSetting;

    fn from_str(name: &str) -> Result<Self, InvalidSetting> {
        let known = Self::ALL.into_iter().find(|kind| kind.name() == name);
        known.ok_or_else(|| InvalidSetting(format!("the backward pass is in f32 or bf16, not in '{name}'")))
    }
}

/// Everything that makes a dream of a picture.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// The network's name, see [`oneiric_zoo::models`].
    pub model: String,
    /// The layers whose activations grow, at least one.
    pub layers: Vec<LayerWeight>,
    /// The channels of these layers that grow; all of them if empty.
    pub channels: Vec<usize>,
    /// Sizes at which the picture is dreamed on, from small to large: 1 to 64.
    pub octaves: usize,
    /// How much larger each octave is than the one before: 1.01 to 10.
    pub octave_scale: f32,
    /// Steps of each octave: 0 to 10,000.
    pub iterations: usize,
    /// Factor of the gradient in one step, 1e-6 to 1e9. All normalisations but `none` bring the gradient to a mean
    /// of 1, so that this is the mean change of a value, the picture being 0…1; a raw gradient is smaller by a
    /// factor of about the number of pixels.
    pub step: f32,
    /// Largest random shift of the picture before each step, in pixels: 0 to 1024.
    pub jitter: usize,
    /// How the gradient is shaped before each step.
    pub normalize: Normalize,
    /// How much of the gradient's colour is kept: 0 (grey) to 1 (all) and up to 4.
    pub chroma: f32,
    /// Seed of the shifts.
    pub seed: u64,
    /// How exactly the gradient is computed.
    pub backward: Backward,
}

/// A setting outside its range; the message says what it takes.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{0}")]
pub struct InvalidSetting(pub String);

impl Settings {
    /// The settings of a dream of one layer, with the values that suit most.
    pub fn new(model: impl Into<String>, layer: impl Into<String>) -> Self {
        Self {
            model: model.into(),
            layers: vec![LayerWeight { layer: layer.into(), weight: 1.0 }],
            channels: Vec::new(),
            octaves: 7,
            octave_scale: 1.3,
            iterations: 10,
            step: 0.005,
            jitter: 32,
            normalize: Normalize::Laplacian,
            chroma: 0.4,
            seed: 0,
            backward: Backward::F32,
        }
    }

    /// Whether every setting is in its range.
    ///
    /// # Errors
    /// The first that is not.
    pub fn check(&self) -> Result<(), InvalidSetting> {
        in_range("octaves", self.octaves, 1, 64)?;
        in_range("iterations", self.iterations, 0, 10_000)?;
        in_range("jitter", self.jitter, 0, 1024)?;
        in_range("octave scale", self.octave_scale, 1.01, 10.0)?;
        in_range("step", self.step, 1e-6, 1e9)?;
        in_range("chroma", self.chroma, 0.0, 4.0)?;
        if self.layers.is_empty() {
            return Err(InvalidSetting("a dream needs at least one layer".into()));
        }
        Ok(())
    }
}

fn in_range<T: PartialOrd + fmt::Display>(name: &str, value: T, min: T, max: T) -> Result<(), InvalidSetting> {
    if value >= min && value <= max {
        Ok(())
    } else {
        Err(InvalidSetting(format!("{name} must be between {min} and {max}, not {value}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_layer_may_carry_a_weight() {
        let layer: LayerWeight = "block10:0.5".parse().unwrap();
        assert_eq!((layer.layer.as_str(), layer.weight), ("block10", 0.5));
        assert_eq!(layer.to_string(), "block10:0.5");
        assert_eq!("fire8".parse::<LayerWeight>().unwrap().to_string(), "fire8");
        for wrong in ["", ":1", "fire8:", "fire8:much", "fire8:0", "fire8:inf"] {
            let error = wrong.parse::<LayerWeight>().unwrap_err().to_string();
            assert!(error.contains("LAYER:WEIGHT"), "{error}");
        }
    }

    #[test]
    fn a_setting_out_of_range_says_what_it_takes() {
        let good = Settings::new("lite0", "block10");
        assert_eq!(good.check(), Ok(()));
        for wrong in [
            Settings { octaves: 0, ..good.clone() },
            Settings { octave_scale: 1.0, ..good.clone() },
            Settings { step: f32::NAN, ..good.clone() },
            Settings { chroma: -1.0, ..good.clone() },
            Settings { jitter: 5000, ..good.clone() },
        ] {
            assert!(wrong.check().unwrap_err().to_string().contains("between"));
        }
        assert!(Settings { layers: Vec::new(), ..good }.check().is_err());
    }
}
