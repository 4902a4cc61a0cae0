//! What makes a dream: network, layers, octaves, steps.

pub mod choices;
pub mod options;
pub mod preset;

use std::collections::BTreeSet;
use std::fmt;

use oneiric_engine::Purpose;

use crate::finish::Finish;
pub use crate::invalid::InvalidSetting;
use crate::invalid::in_range;
use crate::named::named;
use crate::normalize::Normalize;
use crate::objective::{Channels, Objective, Term};
use crate::render::ascent::Ascent;
use crate::render::symmetry::Symmetry;
use crate::render::tile::LEAST_SIDE;
pub use choices::Choices;

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
    /// What a plan for it is made for.
    pub fn purpose(self) -> Purpose {
        match self {
            Self::F32 => Purpose::Gradient,
            Self::Bf16 => Purpose::GradientBf16,
        }
    }
}

named! { Backward, "the backward pass is in", F32 => "f32", Bf16 => "bf16" }

/// Longest side of a picture, in pixels.
pub(crate) const MOST_SIDE: usize = 65_535;

/// Everything that makes a dream of a picture.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// The network's name, see [`oneiric_zoo::models`].
    pub model: String,
    /// What grows; its layers are those of `model` unless it names another network.
    pub objective: Objective,
    /// Of the layers that grow as a whole, the channels that count.
    pub channels: Channels,
    /// Whether these channels are chosen again for every step, on the picture as it is then, or once, on the photo.
    pub rechoose: bool,
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
    /// What is done differently in some octaves.
    pub octave_changes: Vec<OctaveChange>,
    /// How a step follows from the gradients so far.
    pub ascent: Ascent,
    /// How the gradient is shaped before each step.
    pub normalize: Normalize,
    /// How much of the gradient's colour is kept: 0 (grey) to 1 (all) and up to 4.
    pub chroma: f32,
    /// How the dream repeats itself about its centre.
    pub symmetry: Symmetry,
    /// Whether the dream tiles without a seam; the photo is made to do so first.
    pub seamless: bool,
    /// What is done after the last octave.
    pub finish: Finish,
    /// Seed of the shifts.
    pub seed: u64,
    /// How exactly the gradient is computed.
    pub backward: Backward,
    /// Width and height, in pixels, of the largest part of the picture that a network sees at once, at least
    /// [`tile::LEAST_SIDE`](crate::render::tile::LEAST_SIDE) each; all of it if there is none. Larger pictures are dreamed in tiles.
    pub tile: Option<(usize, usize)>,
    /// Longer side in pixels at which a larger picture is dreamed on; what grows is carried to the full size.
    pub upscale: Option<usize>,
}

impl Settings {
    /// The settings of a dream of one layer, with the values that suit most.
    pub fn new(model: impl Into<String>, layer: impl Into<String>) -> Self {
        Self {
            model: model.into(),
            objective: Term::layer(layer).into(),
            channels: Channels::All,
            rechoose: false,
            octaves: 7,
            octave_scale: 1.3,
            iterations: 10,
            step: 0.005,
            jitter: 32,
            octave_changes: Vec::new(),
            ascent: Ascent::Plain,
            normalize: Normalize::Laplacian,
            chroma: 0.4,
            symmetry: Symmetry::None,
            seamless: false,
            finish: Finish::default(),
            seed: 0,
            backward: Backward::F32,
            tile: None,
            upscale: None,
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
        let (width, height) = self.tile.unwrap_or((LEAST_SIDE, LEAST_SIDE));
        in_range("tile side", width.min(height), LEAST_SIDE, MOST_SIDE)?;
        in_range("tile side", width.max(height), LEAST_SIDE, MOST_SIDE)?;
        in_range("upscale", self.upscale.unwrap_or(1), 1, MOST_SIDE)?;
        self.symmetry.check()?;
        self.finish.check()?;
        self.objective.check()?;
        self.octave_changes.iter().try_for_each(|change| change.check(self.octaves))
    }

    /// The objectives of all octaves, the dream's own first.
    pub fn objectives(&self) -> impl Iterator<Item = &Objective> {
        std::iter::once(&self.objective)
            .chain(self.octave_changes.iter().filter_map(|change| change.objective.as_ref()))
    }

    /// The names of the networks that its objectives are measured on.
    pub fn networks(&self) -> BTreeSet<&str> {
        let terms = self.objectives().flat_map(|objective| &objective.terms);
        terms.map(|(_, term)| term.network.as_deref().unwrap_or(&self.model)).collect()
    }

    /// Whether an octave's objective follows a guide picture.
    pub fn follows_guide(&self) -> bool {
        self.objectives().any(Objective::needs_guide)
    }

    /// The settings of a dream with a guide picture, or without one. Where one is given but no term follows it, the layers
    /// do, in all octaves.
    ///
    /// # Errors
    /// A guide that nothing can follow, and one that is missing.
    pub fn with_guide(mut self, given: bool) -> Result<Self, InvalidSetting> {
        if given && !self.follows_guide() {
            let guided = |objective: &mut Objective| *objective = std::mem::take(objective).guided();
            guided(&mut self.objective);
            self.octave_changes.iter_mut().filter_map(|change| change.objective.as_mut()).for_each(guided);
        }
        match (self.follows_guide(), given) {
            (true, false) => Err("the objective follows a guide picture: add --guide FILE"),
            (false, true) => Err("no layer grows as a whole, so that none can follow the guide: name one with --layer"),
            _ => Ok(self),
        }
        .map_err(|why| InvalidSetting(why.into()))
    }

    /// The settings of the same dream that ends when this octave, from 1 on, has done so many steps; what has grown is
    /// carried to the full size.
    pub fn ending_at(mut self, octave: usize, iterations: usize) -> Self {
        let steps =
            |octave, iterations| OctaveChange { octave, iterations: Some(iterations), ..OctaveChange::default() };
        if iterations < self.in_octave(octave).iterations {
            self.octave_changes.push(steps(octave, iterations));
        }
        self.octave_changes.extend((octave + 1..=self.octaves).map(|octave| steps(octave, 0)));
        self
    }

    /// The settings of octave number `octave`, from 1 on.
    pub fn in_octave(&self, octave: usize) -> Self {
        let mut settings = self.clone();
        for change in self.octave_changes.iter().filter(|change| change.octave == octave) {
            change.apply(&mut settings);
        }
        settings
    }
}

/// What is done differently in one octave; nothing where there is no value.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OctaveChange {
    /// Its number, from 1 for the smallest.
    pub octave: usize,
    /// What grows there.
    pub objective: Option<Objective>,
    /// Its steps.
    pub iterations: Option<usize>,
    /// Its step size.
    pub step: Option<f32>,
    /// Its largest shift.
    pub jitter: Option<usize>,
}

impl OctaveChange {
    /// Reads `3:layer=block5,iterations=20`; `layer` takes a whole objective of `model` as well.
    ///
    /// # Errors
    /// A text of another form, with an example; an objective that cannot be read.
    pub fn read(text: &str, model: &str) -> Result<Self, InvalidSetting> {
        let wrong = || {
            let why = "is not OCTAVE:NAME=VALUE,… with layer, iterations, step or jitter";
            InvalidSetting(format!("'{text}' {why}, such as 3:layer=block5,iterations=20"))
        };
        let (octave, changes) = text.split_once(':').ok_or_else(wrong)?;
        let mut change = Self { octave: octave.trim().parse().map_err(|_| wrong())?, ..Self::default() };
        for part in split_outside_brackets(changes) {
            let (name, value) = part.split_once('=').ok_or_else(wrong)?;
            let value = value.trim();
            match name.trim() {
                "layer" => {
                    let objective = Objective::read(value, model).map_err(|e| InvalidSetting(e.to_string()))?;
                    change.objective = Some(objective);
                }
                "iterations" => change.iterations = Some(value.parse().map_err(|_| wrong())?),
                "step" => change.step = Some(value.parse().map_err(|_| wrong())?),
                "jitter" => change.jitter = Some(value.parse().map_err(|_| wrong())?),
                _ => return Err(wrong()),
            }
        }
        Ok(change)
    }

    fn apply(&self, settings: &mut Settings) {
        settings.objective = self.objective.clone().unwrap_or_else(|| settings.objective.clone());
        settings.iterations = self.iterations.unwrap_or(settings.iterations);
        settings.step = self.step.unwrap_or(settings.step);
        settings.jitter = self.jitter.unwrap_or(settings.jitter);
    }

    fn check(&self, octaves: usize) -> Result<(), InvalidSetting> {
        in_range("octave to change", self.octave, 1, octaves)?;
        self.objective.iter().try_for_each(Objective::check)?;
        in_range("iterations", self.iterations.unwrap_or(0), 0, 10_000)?;
        in_range("step", self.step.unwrap_or(1.0), 1e-6, 1e9)?;
        in_range("jitter", self.jitter.unwrap_or(0), 0, 1024)
    }
}

impl fmt::Display for OctaveChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = Vec::new();
        parts.extend(self.objective.as_ref().map(|objective| format!("layer={objective}")));
        parts.extend(self.iterations.map(|iterations| format!("iterations={iterations}")));
        parts.extend(self.step.map(|step| format!("step={step}")));
        parts.extend(self.jitter.map(|jitter| format!("jitter={jitter}")));
        write!(f, "{}:{}", self.octave, parts.join(","))
    }
}

/// The parts between commas that stand in no brackets and no quotes.
pub fn split_outside_brackets(text: &str) -> Vec<&str> {
    let (mut depth, mut quote) = (0i32, None);
    text.split(|c: char| {
        match (c, quote) {
            (_, Some(open)) if c == open => quote = None,
            ('\'' | '"', None) => quote = Some(c),
            ('(', None) => depth += 1,
            (')', None) => depth -= 1,
            _ => {}
        }
        c == ',' && depth == 0 && quote.is_none()
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_octave_may_be_changed() {
        let read = |text: &str| OctaveChange::read(text, "lite0");
        let text = "3:layer=block5 - 0.3*channel(block8, 17),iterations=20,step=0.5";
        let change = read(text).unwrap();
        assert_eq!((change.octave, change.iterations, change.step), (3, Some(20), Some(0.5)));
        assert_eq!(change.to_string(), text);
        let settings = Settings { octave_changes: vec![change], ..Settings::new("lite0", "block10") };
        assert_eq!(settings.in_octave(2).iterations, settings.iterations);
        assert_eq!((settings.in_octave(3).iterations, settings.in_octave(3).jitter), (20, settings.jitter));
        for wrong in ["", "3", "3:", "x:step=1", "3:size=4", "3:iterations=many"] {
            assert!(read(wrong).unwrap_err().to_string().contains("3:layer=block5,iterations=20"), "{wrong}");
        }
        assert!(read("3:layer=blok5").unwrap_err().to_string().contains("did you mean block5"));
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
            Settings { octave_changes: vec![OctaveChange::default()], ..good.clone() },
        ] {
            assert!(wrong.check().unwrap_err().to_string().contains("between"));
        }
    }
}
