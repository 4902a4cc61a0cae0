//! What can be chosen.

use axum::extract::State;
use oneiric::settings::options::{SettingGroup, SettingSpec, SettingValue, SliderRange, ValueKind, options};
use oneiric::{Choices, Dream, Limits, Settings, preset};
use oneiric_engine::shape::Size;
use serde::{Deserialize, Serialize};
use serde_json::Map;
use utoipa::{IntoParams, ToSchema};

use super::Studio;
use super::extract::{Json, Query};
use super::pictures::look_of;
use crate::look::{Given, Look};
use crate::making::{AskedPlaces, settings as settings_of};
use crate::problem::Problem;

/// Everything that can be chosen.
#[derive(Serialize, ToSchema)]
pub struct Catalogue {
    /// The program and its version.
    version: String,
    presets: Vec<ToldPreset>,
    options: Vec<ToldOption>,
    models: Vec<ToldModel>,
    limits: ToldLimits,
    /// The instruction set that dreams are computed with.
    instructions: &'static str,
    /// Whether a log-in is needed.
    password: bool,
}

/// A filter.
#[derive(Serialize, ToSchema)]
pub struct ToldPreset {
    name: &'static str,
    about: &'static str,
    look: Look,
    model: String,
    /// What grows.
    objective: String,
}

/// An option.
#[derive(Serialize, ToSchema)]
pub struct ToldOption {
    name: &'static str,
    /// what, how or finish.
    group: &'static str,
    takes: &'static str,
    about: &'static str,
    /// one, many, choice or flag.
    kind: &'static str,
    choices: Option<&'static [&'static str]>,
    /// The smallest allowed number.
    min: Option<f64>,
    /// The largest allowed number.
    max: Option<f64>,
    /// The numbers that a slider should offer.
    suggested: Option<ToldSlider>,
    /// Texts worth trying.
    examples: &'static [&'static str],
    /// The value unless it is given; none if that depends on the preset.
    #[schema(value_type = Option<Given>)]
    default: Option<serde_json::Value>,
    /// The options that say the same.
    instead_of: &'static [&'static str],
}

/// The numbers that a slider should offer.
#[derive(Serialize, ToSchema)]
pub struct ToldSlider {
    min: f64,
    max: f64,
    step: f64,
}

/// A network.
#[derive(Serialize, ToSchema)]
pub struct ToldModel {
    name: &'static str,
    title: &'static str,
    default_layer: &'static str,
    licence: &'static str,
    layers: Vec<ToldLayer>,
}

/// A layer.
#[derive(Serialize, ToSchema)]
pub struct ToldLayer {
    name: String,
    channels: usize,
    /// Pixels of the picture from one position to the next; none if it sees the whole picture at once.
    stride: Option<usize>,
}

/// What is taken.
#[derive(Serialize, ToSchema)]
pub struct ToldLimits {
    upload_bytes: u64,
    pixels: u64,
    queue: usize,
}

/// Presets, options, networks and limits.
#[utoipa::path(get, path = "/api/catalogue", tag = "catalogue", responses((status = 200, body = Catalogue)))]
pub async fn all(State(studio): Studio) -> Result<axum::Json<Catalogue>, Problem> {
    let of_preset = |preset: &'static preset::Preset| {
        let settings = preset.settings();
        let look = Look { preset: Some(preset.name.into()), ..Look::default() };
        let objective = settings.objective.to_string();
        ToldPreset { name: preset.name, about: preset.about, look, model: settings.model, objective }
    };
    let limits = ToldLimits {
        upload_bytes: studio.config.upload,
        pixels: Limits::default().max_pixels,
        queue: studio.config.queue,
    };
    let models = studio.turns.ask(|_| models()).await?;
    Ok(axum::Json(Catalogue {
        version: oneiric::recipe::program(),
        presets: preset::presets().iter().map(of_preset).collect(),
        options: options().iter().map(told_option).collect(),
        models,
        limits,
        instructions: oneiric_engine::Isa::detect().name(),
        password: studio.login.is_needed(),
    }))
}

fn told_option(setting: &'static SettingSpec) -> ToldOption {
    let SettingSpec { name, takes, about, instead_of, range, examples, .. } = *setting;
    let group = match setting.group {
        SettingGroup::What => "what",
        SettingGroup::How => "how",
        SettingGroup::Finish => "finish",
    };
    let (kind, choices) = match setting.kind {
        ValueKind::One => ("one", None),
        ValueKind::Many => ("many", None),
        ValueKind::Choice(words) => ("choice", Some(words)),
        ValueKind::Flag => ("flag", None),
    };
    let slider = |slider: SliderRange| ToldSlider { min: slider.min, max: slider.max, step: slider.step };
    ToldOption {
        name,
        group,
        takes,
        about,
        kind,
        choices,
        min: range.map(|range| range.min),
        max: range.map(|range| range.max),
        suggested: range.and_then(|range| range.suggested).map(slider),
        examples,
        default: setting.default().map(told_value),
        instead_of,
    }
}

fn models() -> Result<Vec<ToldModel>, Problem> {
    /// A picture on which every layer has several places.
    const PROBE: Size = Size { height: 512, width: 512 };
    let of = |model: &'static oneiric_zoo::Model| {
        let network = oneiric_zoo::load(model.name)?;
        let graph = &network.graph;
        let layer = |name: &str| {
            let shape = graph.layer_shape(name, PROBE).map_err(Problem::ours)?;
            let stride = (shape.width > 1).then(|| PROBE.width / shape.width);
            Ok(ToldLayer { name: name.into(), channels: shape.channels, stride })
        };
        Ok(ToldModel {
            name: model.name,
            title: model.title,
            default_layer: model.default_layer,
            licence: model.training.as_ref().map_or("", |training| training.licence),
            layers: graph.layers().map(layer).collect::<Result<_, Problem>>()?,
        })
    };
    oneiric_zoo::models().iter().map(of).collect()
}

#[derive(Deserialize, IntoParams)]
pub struct Searched {
    /// One or more words.
    q: String,
}

/// The classes that a word stands for.
#[derive(Serialize, ToSchema)]
pub struct Found {
    classes: Vec<FoundClass>,
    /// If none is under the word itself: the words right above it which stand in for it.
    instead: Vec<&'static str>,
}

/// A class that a word stands for.
#[derive(Serialize, ToSchema)]
pub struct FoundClass {
    index: usize,
    name: &'static str,
    /// Its synset.
    wordnet: &'static str,
    /// Whether only its name holds the word.
    by_name: bool,
}

/// Which classes does a word stand for?
#[utoipa::path(get, path = "/api/search", tag = "catalogue", params(Searched),
    responses((status = 200, body = Found)))]
pub async fn search(Query(Searched { q }): Query<Searched>) -> Result<axum::Json<Found>, Problem> {
    let unknown =
        |e: oneiric_zoo::UnknownWord| Problem::invalid(e.to_string()).status(axum::http::StatusCode::NOT_FOUND);
    let found = oneiric::inspect::search::by_word(&q).map_err(unknown)?;
    let class = |class: &oneiric::inspect::search::FoundClass| FoundClass {
        index: class.index,
        name: class.name,
        wordnet: class.wordnet,
        by_name: class.by_name,
    };
    Ok(axum::Json(Found { classes: found.classes.iter().map(class).collect(), instead: found.instead }))
}

#[derive(Deserialize, IntoParams)]
pub struct Chosen {
    /// A look as JSON.
    look: String,
    /// Whether a guide picture is given beside it.
    #[serde(default)]
    guided: bool,
}

/// What a look amounts to.
#[derive(Serialize, ToSchema)]
pub struct ToldSettings {
    /// Every setting by its name on the command line.
    #[schema(value_type = std::collections::BTreeMap<String, Given>)]
    settings: Map<String, serde_json::Value>,
    preset: Option<&'static str>,
    /// The same on the command line.
    command: String,
}

/// Check a look, and tell all settings that it amounts to.
#[utoipa::path(get, path = "/api/settings", tag = "catalogue", params(Chosen),
    responses((status = 200, body = ToldSettings)))]
pub async fn settings(
    State(studio): Studio,
    Query(Chosen { look, guided }): Query<Chosen>,
) -> Result<axum::Json<ToldSettings>, Problem> {
    let look = look_of(&look)?;
    let turn = studio.turns.ask(move |_| {
        let (choices, settings) = settings_of(&look, guided)?;
        let preset = choices.preset()?.map(|preset| preset.name);
        let told = told_settings(&settings);
        // Layers and channels are known only to the networks.
        Dream::new(settings)?;
        Ok(ToldSettings {
            settings: told,
            preset,
            command: words(["oneiric".into(), "dream".into(), "photo.jpg".into()], &choices),
        })
    });
    turn.await.map(axum::Json)
}

fn told_settings(settings: &Settings) -> Map<String, serde_json::Value> {
    let told = |option: &SettingSpec| Some((option.name.to_owned(), told_value(option.get(settings)?)));
    options().iter().filter_map(told).collect()
}

fn told_value(value: SettingValue) -> serde_json::Value {
    match value {
        // JavaScript's numbers have no room for every seed.
        SettingValue::Whole(number) => number.to_string().into(),
        value => value.into(),
    }
}

fn words(begin: impl IntoIterator<Item = String>, choices: &Choices) -> String {
    begin.into_iter().chain(choices.arguments()).map(|word| quoted(&word)).collect::<Vec<_>>().join(" ")
}

/// A word as shells take it.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=,%+".contains(c);
    if !word.is_empty() && word.chars().all(plain) { word.into() } else { format!("'{}'", word.replace('\'', "'\\''")) }
}

/// A dream to be told as a command.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Told {
    /// The photo's name.
    #[serde(default)]
    photo_name: Option<String>,
    #[serde(default)]
    look: Look,
    #[serde(default)]
    places: AskedPlaces,
    #[serde(default)]
    size: Option<usize>,
}

/// A command line.
#[derive(Serialize, ToSchema)]
pub struct Command {
    command: String,
}

/// The same dream on the command line. Masks and guides that were uploaded or painted are named `NAME`, as they were saved.
#[utoipa::path(post, path = "/api/command", tag = "catalogue", request_body = Told,
    responses((status = 200, body = Command)))]
pub async fn command(State(studio): Studio, Json(told): Json<Told>) -> Result<axum::Json<Command>, Problem> {
    let (choices, _) = settings_of(&told.look, told.places.guide.is_some())?;
    let places = told.places.resolve(&studio.store)?;
    let photo = told.photo_name.unwrap_or_else(|| "photo.jpg".into());
    let mut begin = vec!["oneiric".to_owned(), "dream".into(), photo];
    let mut option = |name: &str, value: String| begin.extend([format!("--{name}"), value]);
    if let Some(size) = told.size {
        option("size", size.to_string());
    }
    if let Some(mask) = &places.mask {
        option("mask", mask.to_string());
    }
    if let Some(word) = &places.r#where {
        option("where", word.clone());
    }
    places.region.iter().for_each(|region| option("region", format!("{}={}", region.place, region.look)));
    if let Some(feather) = &places.feather {
        option("feather", feather.clone());
    }
    if let Some(guide) = &places.guide {
        option("guide", guide.name.clone());
    }
    if places.invert_mask {
        begin.push("--invert-mask".into());
    }
    Ok(axum::Json(Command { command: words(begin, &choices) }))
}
