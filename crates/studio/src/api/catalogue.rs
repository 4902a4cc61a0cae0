//! The presets, options and networks to choose from.

use oneiric::settings::options::{SettingGroup, SettingSpec, SettingValue, SliderRange, ValueKind, options};
use oneiric::{Choices, Dream, Limits, Settings, preset};
use oneiric_engine::shape::Size;
use oneiric_zoo::{Classes, Network, Networks};
use serde_json::Map;

use super::Studio;
use super::extract::{Json, Query, State};
use super::pictures::look_of;
use crate::core::{resolve_places, settings as settings_of};
use crate::wire::{
    CatalogueView, ClassMatch, CommandRequest, CommandView, LayerView, LimitsView, LookSettings, ModelView, OptionView,
    PresetView, Problem, SearchQuery, SearchView, SettingsQuery, SettingsView, SliderView,
};

/// Get the presets, options, networks and limits.
#[utoipa::path(get, path = "/api/catalogue", tag = "catalogue", responses((status = 200, body = CatalogueView)))]
pub async fn all(State(studio): Studio) -> Result<axum::Json<CatalogueView>, Problem> {
    let of_preset = |preset: &'static preset::Preset| {
        let settings = preset.settings();
        let look = LookSettings { preset: Some(preset.name.into()), ..LookSettings::default() };
        let objective = settings.objective.to_string();
        PresetView { name: preset.name, about: preset.about, look, model: settings.model, objective }
    };
    let limits = LimitsView {
        upload_bytes: studio.config.upload,
        pixels: Limits::default().max_pixels,
        queue: studio.config.queue,
    };
    let networks = studio.networks.all();
    let models = studio.scheduler.encode(move || models(&networks)).await?;
    Ok(axum::Json(CatalogueView {
        version: oneiric::recipe::program(),
        presets: preset::presets().iter().map(of_preset).collect(),
        options: options().iter().map(option_view).collect(),
        models,
        limits,
        instructions: oneiric_engine::Isa::detect().name(),
        password: studio.login.is_needed(),
        classroom: studio.config.classroom,
    }))
}

fn option_view(setting: &'static SettingSpec) -> OptionView {
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
    let slider = |slider: SliderRange| SliderView { min: slider.min, max: slider.max, step: slider.step };
    OptionView {
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
        default: setting.default().map(json_value),
        instead_of,
    }
}

/// The networks of the zoo, then the trained ones whose files are whole.
fn models(networks: &Networks) -> Result<Vec<ModelView>, Problem> {
    let of_zoo = oneiric_zoo::models().iter().map(|model| {
        let licence = model.training.as_ref().map_or("", |training| training.licence);
        model_view(&*oneiric_zoo::load(model.name)?, model.title, licence, false)
    });
    let own = networks.trained().filter_map(|name| networks.get(name).ok());
    let own = own.map(|network| model_view(&network, &network.name, "", true));
    of_zoo.chain(own).collect()
}

fn model_view(network: &Network, title: &str, licence: &'static str, own: bool) -> Result<ModelView, Problem> {
    /// Large enough for every layer to have several places.
    const PROBE: Size = Size { height: 512, width: 512 };
    const DIGEST: usize = 16;
    let graph = &network.graph;
    let layer = |name: &str| {
        let shape = graph.layer_shape(name, PROBE).map_err(Problem::internal)?;
        let stride = (shape.width > 1).then(|| PROBE.width / shape.width);
        Ok(LayerView { name: name.into(), channels: shape.channels, stride })
    };
    Ok(ModelView {
        name: network.name.clone(),
        title: title.into(),
        default_layer: network.default_layer.clone(),
        licence,
        own,
        digest: own.then(|| network.sha256()[..DIGEST].to_owned()),
        layers: graph.layers().map(layer).collect::<Result<_, Problem>>()?,
    })
}

/// Find the classes that a word stands for.
#[utoipa::path(get, path = "/api/search", tag = "catalogue", params(SearchQuery),
    responses((status = 200, body = SearchView)))]
pub async fn search(Query(SearchQuery { q }): Query<SearchQuery>) -> Result<axum::Json<SearchView>, Problem> {
    let unknown =
        |e: oneiric_zoo::UnknownWord| Problem::invalid(e.to_string()).status(axum::http::StatusCode::NOT_FOUND);
    let found = oneiric::inspect::search::by_word(&q, &Classes::ImageNet).map_err(unknown)?;
    let class = |class: &oneiric::inspect::search::FoundClass<'static>| ClassMatch {
        index: class.index,
        name: class.name,
        wordnet: class.wordnet.unwrap_or_default(),
        by_name: class.by_name,
    };
    Ok(axum::Json(SearchView { classes: found.classes.iter().map(class).collect(), instead: found.instead }))
}

/// Check a look, and get all of its settings.
#[utoipa::path(get, path = "/api/settings", tag = "catalogue", params(SettingsQuery),
    responses((status = 200, body = SettingsView)))]
pub async fn settings(
    State(studio): Studio,
    Query(SettingsQuery { look, guided }): Query<SettingsQuery>,
) -> Result<axum::Json<SettingsView>, Problem> {
    let look = look_of(&look)?;
    let state = studio.clone();
    let turn = studio.scheduler.encode(move || {
        let networks = state.networks.all();
        let (choices, settings) = settings_of(&look, guided, &networks)?;
        let preset = choices.preset(&networks)?.map(|preset| preset.name);
        let by_name = settings_by_name(&settings);
        // Only the networks know their layers and channels.
        Dream::with_networks(settings, &networks)?;
        Ok(SettingsView {
            settings: by_name,
            preset,
            command: words(["oneiric".into(), "dream".into(), "photo.jpg".into()], &choices),
        })
    });
    turn.await.map(axum::Json)
}

fn settings_by_name(settings: &Settings) -> Map<String, serde_json::Value> {
    let value = |option: &SettingSpec| Some((option.name.to_owned(), json_value(option.get(settings)?)));
    options().iter().filter_map(value).collect()
}

fn json_value(value: SettingValue) -> serde_json::Value {
    match value {
        // A number in JavaScript cannot hold every seed.
        SettingValue::Whole(number) => number.to_string().into(),
        value => value.into(),
    }
}

/// The words of a command line that begins with these and makes these choices.
fn words(begin: impl IntoIterator<Item = String>, choices: &Choices) -> String {
    let option = |(name, values): (&str, &[String])| {
        let option = format!("--{name}");
        match values {
            [] => vec![option],
            values => values.iter().flat_map(|value| [option.clone(), value.clone()]).collect(),
        }
    };
    let preset = choices.preset_name().into_iter().flat_map(|name| ["--preset".to_owned(), name.to_owned()]);
    let words = begin.into_iter().chain(preset).chain(choices.given().flat_map(option));
    words.map(|word| quoted(&word)).collect::<Vec<_>>().join(" ")
}

/// Quotes a word for a shell, if it needs that.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=,%+".contains(c);
    if !word.is_empty() && word.chars().all(plain) { word.into() } else { format!("'{}'", word.replace('\'', "'\\''")) }
}

/// Get the command line that makes the same dream. Masks and guides that were uploaded or painted appear under their names.
#[utoipa::path(post, path = "/api/command", tag = "catalogue", request_body = CommandRequest,
    responses((status = 200, body = CommandView)))]
pub async fn command(
    State(studio): Studio,
    Json(request): Json<CommandRequest>,
) -> Result<axum::Json<CommandView>, Problem> {
    let networks = studio.networks.all();
    let (choices, _) = settings_of(&request.look, request.places.guide.is_some(), &networks)?;
    let places = resolve_places(&studio.store, &request.places, &networks)?;
    let photo = request.photo_name.unwrap_or_else(|| "photo.jpg".into());
    let mut begin = vec!["oneiric".to_owned(), "dream".into(), photo];
    let mut option = |name: &str, value: String| begin.extend([format!("--{name}"), value]);
    if let Some(size) = request.size {
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
    Ok(axum::Json(CommandView { command: words(begin, &choices) }))
}
