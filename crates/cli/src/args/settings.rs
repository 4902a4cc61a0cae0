//! From the options of a dream to its [`Settings`]: what is not given comes from the preset.

use clap::Args;
use clap::builder::PossibleValuesParser;
use oneiric::normalize::Normalize;
use oneiric::preset::{self, Preset};
use oneiric::{LayerWeight, Settings};

use super::{Precision, count, model_names, number, preset_names};
use crate::failure::Failure;

/// The look of a dream as the command line gives it.
#[derive(Args, Debug)]
#[command(next_help_heading = "Look, from the preset unless given")]
pub struct SettingsArgs {
    /// The look to begin with; `oneiric presets` tells what each does
    /// [default: dogs, or the first of --model]
    #[arg(long, short, value_name = "NAME", value_parser = preset_names(), ignore_case = true)]
    preset: Option<String>,
    /// The network that dreams, with its own best layer unless --layer is given
    #[arg(long, short, value_name = "NAME", value_parser = model_names(), ignore_case = true)]
    model: Option<String>,
    /// A layer to strengthen, and how much it counts; may be repeated. `oneiric models show M` lists them
    #[arg(long, short, value_name = "NAME[:WEIGHT]")]
    layer: Vec<LayerWeight>,
    /// Strengthen only this channel of the layers; may be repeated
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = count)]
    channel: Vec<usize>,
    /// Sizes to dream at, from small to large; more give larger creatures
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = count)]
    octaves: Option<usize>,
    /// How much larger each octave is than the one before
    #[arg(long, value_name = "S", allow_negative_numbers = true, value_parser = number)]
    octave_scale: Option<f32>,
    /// Steps in each octave; more dream deeper
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = count)]
    iterations: Option<usize>,
    /// Mean change of a colour value (0 to 1) in one step
    #[arg(long, value_name = "S", allow_negative_numbers = true, value_parser = number)]
    step: Option<f32>,
    /// Largest random shift before each step, in pixels; hides the network's grid
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = count)]
    jitter: Option<usize>,
    /// How the gradient is balanced before each step
    #[arg(long, value_name = "HOW", value_parser = PossibleValuesParser::new(Normalize::ALL.map(Normalize::name)))]
    normalize: Option<String>,
    /// How colourful the change is: 0 grey, 1 as the network wants it
    #[arg(long, value_name = "C", allow_negative_numbers = true, value_parser = number)]
    chroma: Option<f32>,
    /// Number that chance follows: the same number gives the same picture [default: 0]
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    seed: Option<u64>,
    #[command(flatten)]
    precision: Precision,
}

impl SettingsArgs {
    /// The preset that everything else builds on: the one that was named, or the model's first, whose numbers
    /// suit it.
    pub fn preset(&self) -> Result<&'static Preset, Failure> {
        let of_model = match &self.model {
            Some(name) => preset::of_model(oneiric_zoo::model(name)?.name),
            None => None,
        };
        match (&self.preset, of_model) {
            (Some(name), _) => Ok(preset::preset(name)?),
            (None, Some(preset)) => Ok(preset),
            (None, None) => Ok(preset::preset(preset::DEFAULT)?),
        }
    }

    /// The checked settings.
    pub fn settings(&self) -> Result<Settings, Failure> {
        let mut settings = self.preset()?.settings();
        self.choose_layers(&mut settings)?;
        set(&mut settings.octaves, self.octaves);
        set(&mut settings.octave_scale, self.octave_scale);
        set(&mut settings.iterations, self.iterations);
        set(&mut settings.step, self.step);
        set(&mut settings.jitter, self.jitter);
        set(&mut settings.chroma, self.chroma);
        set(&mut settings.seed, self.seed);
        settings.backward = self.precision.backward()?;
        if let Some(name) = &self.normalize {
            settings.normalize = name.parse().map_err(|e| Failure::input(format!("{e}")))?;
        }
        settings.check()?;
        Ok(settings)
    }

    /// A layer belongs to a network and a channel to a layer: what is left of the preset's choice after one was
    /// replaced would mean something else.
    fn choose_layers(&self, settings: &mut Settings) -> Result<(), Failure> {
        if let Some(name) = &self.model {
            let model = oneiric_zoo::model(name)?;
            if model.name != settings.model {
                *settings = Settings {
                    model: model.name.into(),
                    layers: vec![LayerWeight { layer: model.default_layer.into(), weight: 1.0 }],
                    channels: Vec::new(),
                    ..settings.clone()
                };
            }
        }
        if !self.layer.is_empty() {
            settings.layers = self.layer.clone();
            settings.channels = Vec::new();
        }
        if !self.channel.is_empty() {
            settings.channels = self.channel.clone();
        }
        Ok(())
    }
}

fn set<T>(setting: &mut T, given: Option<T>) {
    if let Some(given) = given {
        *setting = given;
    }
}
