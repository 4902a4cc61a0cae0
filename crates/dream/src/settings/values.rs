//! The values of all settings, and those that one octave changes.

use std::collections::BTreeSet;
use std::fmt;

use oneiric_engine::Purpose;
use oneiric_zoo::Networks;

use crate::finish::Finish;
use crate::invalid::InvalidSetting;
use crate::named::named;
use crate::normalize::Normalize;
use crate::objective::{Channels, Objective, Term};
use crate::render::ascent::Ascent;
use crate::render::symmetry::Symmetry;

/// The number format of the backward pass; the forward pass is always in `f32`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Backward {
    /// All of it in `f32`.
    #[default]
    F32,
    /// The products of 1x1 convolutions in bf16: faster, and only on machines with AVX512-BF16.
    Bf16,
}

impl Backward {
    /// The purpose of a plan with this backward pass.
    pub fn purpose(self) -> Purpose {
        match self {
            Self::F32 => Purpose::Gradient,
            Self::Bf16 => Purpose::GradientBf16,
        }
    }
}

named! { Backward, "backward", F32 => "f32", Bf16 => "bf16" }

/// Most octaves of a dream.
pub(crate) const MOST_OCTAVES: usize = 64;
/// Longest side of a picture, in pixels.
pub(crate) const MOST_SIDE: usize = 65_535;

/// Everything that determines a dream of a picture.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// The network's name, see [`oneiric_zoo::models`].
    pub model: String,
    /// What the dream maximises; its layers are those of `model` unless a term names another network.
    pub objective: Objective,
    /// The channels that count, of the layers that are strengthened as a whole.
    pub channels: Channels,
    /// Whether these channels are chosen before every step, on the current picture, or once, on the photo.
    pub rechoose: bool,
    /// Number of sizes at which the picture is dreamed on, from small to large, counted down from the picture's own: 1 to
    /// 64. [`Settings::smallest`] replaces it.
    pub octaves: usize,
    /// Longer side of the smallest octave in pixels: 32 to 65535. The longer sides of the octaves are 640 pixels times or
    /// divided by powers of [`Settings::octave_scale`], from this one up to the picture's own, so that every size of a photo
    /// has the same composition, and a larger one more detail. `None` counts [`Settings::octaves`] instead.
    pub smallest: Option<usize>,
    /// How steps become fewer in octaves whose longer side has more than 640 pixels: `iterations` times (640 / side) to this
    /// power, 0 to 4. With 0 all octaves have as many steps.
    pub taper: f32,
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
    /// Settings that some octaves change.
    pub octave_changes: Vec<OctaveChange>,
    /// The ascent method.
    pub ascent: Ascent,
    /// How the gradient is normalized before each step.
    pub normalize: Normalize,
    /// Factor of the gradient's colour: 0 (grey), 1 (unchanged), up to 4.
    pub chroma: f32,
    /// Distance from black and white, 0 to 0.5, below which steps towards them become shorter in proportion. Values then never
    /// reach 0 or 1, so that shapes keep their contrast and colour in very bright and very dark places. With 0 values are
    /// clamped.
    pub headroom: f32,
    /// Symmetry of the dream about its centre.
    pub symmetry: Symmetry,
    /// Whether the dream tiles without a seam; the photo is made seamless first.
    pub seamless: bool,
    /// The finish after the last octave.
    pub finish: Finish,
    /// Seed of the random shifts.
    pub seed: u64,
    /// The number format of the backward pass.
    pub backward: Backward,
    /// Width and height, in pixels, of the largest part of the picture that a network sees at once, at least
    /// 384 each; all of it if there is none. Larger pictures are dreamed in tiles.
    pub tile: Option<(usize, usize)>,
    /// Longer side, in pixels, at which a larger picture is dreamed on; the detail is then resized to the full size.
    pub upscale: Option<usize>,
}

impl Settings {
    /// The settings of a dream of one layer; everything else has its default.
    pub fn new(model: impl Into<String>, layer: impl Into<String>) -> Self {
        Self {
            model: model.into(),
            objective: Term::layer(layer).into(),
            channels: Channels::All,
            rechoose: false,
            octaves: 7,
            smallest: None,
            taper: 0.0,
            octave_scale: 1.3,
            iterations: 10,
            step: 0.005,
            jitter: 32,
            octave_changes: Vec::new(),
            ascent: Ascent::Plain,
            normalize: Normalize::Laplacian,
            chroma: 0.4,
            headroom: 0.0,
            symmetry: Symmetry::None,
            seamless: false,
            finish: Finish::default(),
            seed: 0,
            backward: Backward::F32,
            tile: None,
            upscale: None,
        }
    }

    /// The objectives of all octaves, the dream's own first.
    pub fn objectives(&self) -> impl Iterator<Item = &Objective> {
        std::iter::once(&self.objective)
            .chain(self.octave_changes.iter().filter_map(|change| change.objective.as_ref()))
    }

    /// The names of the networks of its objectives.
    pub fn networks(&self) -> BTreeSet<&str> {
        let terms = self.objectives().flat_map(|objective| &objective.terms);
        terms.map(|(_, term)| term.network.as_deref().unwrap_or(&self.model)).collect()
    }

    /// Whether an octave's objective follows a guide image.
    pub fn follows_guide(&self) -> bool {
        self.objectives().any(Objective::needs_guide)
    }

    /// The settings of a dream with a guide image, or without one. If one is given but no term follows it, the layers
    /// follow it, in all octaves.
    ///
    /// # Errors
    /// A guide image that no layer can follow; a missing guide image.
    pub fn with_guide(mut self, given: bool) -> Result<Self, InvalidSetting> {
        if given && !self.follows_guide() {
            let guided = |objective: &mut Objective| *objective = std::mem::take(objective).guided();
            guided(&mut self.objective);
            self.octave_changes.iter_mut().filter_map(|change| change.objective.as_mut()).for_each(guided);
        }
        match (self.follows_guide(), given) {
            (true, false) => {
                Err(InvalidSetting::missing("guide", "the objective needs a guide image, and none is given"))
            }
            (false, true) => {
                let why = "no layer is strengthened as a whole, so no layer can follow the guide image";
                Err(InvalidSetting::missing("layer", why))
            }
            _ => Ok(self),
        }
    }

    /// Returns the settings of the same dream stopped after `iterations` steps of octave number `octave`, from 1 on; its detail is
    /// resized to the full size.
    pub fn ending_at(mut self, octave: usize, iterations: usize) -> Self {
        let steps =
            |octave, iterations| OctaveChange { octave, iterations: Some(iterations), ..OctaveChange::default() };
        if iterations < self.in_octave(octave).iterations {
            self.octave_changes.push(steps(octave, iterations));
        }
        if self.smallest.is_some() || octave < self.octaves {
            self.octave_changes.push(OctaveChange { onwards: true, ..steps(octave + 1, 0) });
        }
        self
    }

    /// The settings of octave number `octave`, from 1 on.
    pub fn in_octave(&self, octave: usize) -> Self {
        let mut settings = self.clone();
        for change in self.octave_changes.iter().filter(|change| change.is_of(octave)) {
            change.apply(&mut settings);
        }
        settings
    }
}

/// The settings that one octave changes; `None` for those that it keeps.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OctaveChange {
    /// The octave's number, 1 for the smallest.
    pub octave: usize,
    /// Whether all larger octaves change as well.
    pub onwards: bool,
    /// Its objective.
    pub objective: Option<Objective>,
    /// Its steps.
    pub iterations: Option<usize>,
    /// Its step size.
    pub step: Option<f32>,
    /// Its largest random shift, in pixels.
    pub jitter: Option<usize>,
}

impl OctaveChange {
    /// Whether it changes octave number `octave`.
    pub(crate) fn is_of(&self, octave: usize) -> bool {
        octave == self.octave || (self.onwards && octave > self.octave)
    }

    /// Reads `3:layer=block5,iterations=20`, or `3+:…` for octave 3 and all larger ones; `layer` also takes a whole
    /// objective of `model`.
    ///
    /// # Errors
    /// A text of another form, with an example; an objective that cannot be read.
    pub fn read(text: &str, model: &str, networks: &Networks) -> Result<Self, InvalidSetting> {
        let wrong = || {
            let expected =
                "OCTAVE:NAME=VALUE,… with layer, iterations, step or jitter, such as 3:layer=block5,iterations=20";
            InvalidSetting::unreadable("octave", text, expected)
        };
        let (octave, changes) = text.split_once(':').ok_or_else(wrong)?;
        let octave = octave.trim();
        let (number, onwards) = octave.strip_suffix('+').map_or((octave, false), |number| (number, true));
        let mut change = Self { octave: number.parse().map_err(|_| wrong())?, onwards, ..Self::default() };
        for part in split_outside_brackets(changes) {
            let (name, value) = part.split_once('=').ok_or_else(wrong)?;
            let value = value.trim();
            match name.trim() {
                "layer" => {
                    let unusable = |error| InvalidSetting::unusable("octave", error);
                    change.objective = Some(Objective::read(value, model, networks).map_err(unusable)?);
                }
                "iterations" => change.iterations = Some(value.parse().map_err(|_| wrong())?),
                "step" => change.step = Some(value.parse().map_err(|_| wrong())?),
                "jitter" => change.jitter = Some(value.parse().map_err(|_| wrong())?),
                _ => return Err(wrong()),
            }
        }
        Ok(change)
    }

    pub(super) fn apply(&self, settings: &mut Settings) {
        settings.objective = self.objective.clone().unwrap_or_else(|| settings.objective.clone());
        settings.iterations = self.iterations.unwrap_or(settings.iterations);
        settings.step = self.step.unwrap_or(settings.step);
        settings.jitter = self.jitter.unwrap_or(settings.jitter);
    }
}

impl fmt::Display for OctaveChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = Vec::new();
        parts.extend(self.objective.as_ref().map(|objective| format!("layer={objective}")));
        parts.extend(self.iterations.map(|iterations| format!("iterations={iterations}")));
        parts.extend(self.step.map(|step| format!("step={step}")));
        parts.extend(self.jitter.map(|jitter| format!("jitter={jitter}")));
        write!(f, "{}{}:{}", self.octave, if self.onwards { "+" } else { "" }, parts.join(","))
    }
}

/// The parts of a text between commas, without splitting at commas in brackets or quotes.
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
