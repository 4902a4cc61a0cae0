//! The activations of a network on a picture, its first kernels, and visualizations of its channels.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use oneiric::inspect::first_layer::{FirstLayer, first_layer};
use oneiric::inspect::look::strongest_channels;

use super::extract::{Json, Path, Query, State};
use super::{IMMUTABLE, REVALIDATE, Studio};
use crate::core::{StudioState, channel_count, find_picture};
use crate::wire::{
    ChannelId, ChannelStrength, KernelsView, LayerMapsView, MapQuery, PositionChannel, PositionQuery, PositionView,
    Problem, SheetLayout, VisualizationsRequest, VisualizationsView,
};

/// The number of channels listed for a position.
const TOP: usize = 12;
/// The most channels of a request.
const MOST: usize = 4096;

/// A trained network can be replaced by another one of the same name.
fn cache_of(studio: &StudioState, model: &str) -> &'static str {
    if studio.networks.is_own(model) { REVALIDATE } else { IMMUTABLE }
}

type Place = Path<(String, String, String)>;

/// Get a layer's size and its strongest channels on a picture.
#[utoipa::path(get, path = "/api/explore/{picture}/{model}/{layer}", tag = "explore",
    params(("picture" = String, Path), ("model" = String, Path), ("layer" = String, Path)),
    responses((status = 200, body = LayerMapsView)))]
pub async fn layer(
    State(studio): Studio,
    Path((id, model, layer)): Place,
) -> Result<axum::Json<LayerMapsView>, Problem> {
    let id = find_picture(&studio.store, &id)?.id;
    let state = studio.clone();
    let turn = studio.scheduler.compute(move |_| {
        let network = state.networks.all().get(&model)?;
        let seen = state.explorer.activations(&state.thumbnails, &id, &network, &layer)?;
        let names = network.channel_names(&layer).into_iter().map(Into::into).collect();
        let (cell, columns) = seen.sheet_layout();
        let shape = seen.activations.shape;
        let strongest = strongest_channels(&seen.activations, seen.size).into_iter().map(|channel| ChannelStrength {
            channel: channel.index,
            mean: channel.mean,
            max: channel.max,
            x: channel.at.0 as f64 / seen.size.0 as f64,
            y: channel.at.1 as f64 / seen.size.1 as f64,
        });
        Ok(LayerMapsView {
            channels: shape.channels,
            names,
            columns: shape.width,
            rows: shape.height,
            cell: cell.into(),
            sheet: SheetLayout { columns, rows: shape.channels.div_ceil(columns) },
            strongest: strongest.collect(),
        })
    });
    turn.await.map(axum::Json)
}

/// Get the maps of all channels in one picture, in the order of the channels.
#[utoipa::path(get, path = "/api/explore/{picture}/{model}/{layer}/sheet", tag = "explore",
    params(("picture" = String, Path), ("model" = String, Path), ("layer" = String, Path)),
    responses((status = 200, content_type = "image/png")))]
pub async fn sheet(State(studio): Studio, Path((id, model, layer)): Place) -> Result<Response, Problem> {
    let id = find_picture(&studio.store, &id)?.id;
    let state = studio.clone();
    let cache = cache_of(&studio, &model);
    let turn = studio.scheduler.compute(move |_| {
        let network = state.networks.all().get(&model)?;
        state.explorer.activations(&state.thumbnails, &id, &network, &layer)?.sheet()
    });
    Ok(super::picture(turn.await?, "image/png", cache))
}

/// Get the map of a channel as a heat map over the picture.
#[utoipa::path(get, path = "/api/explore/{picture}/{model}/{layer}/map", tag = "explore",
    params(("picture" = String, Path), ("model" = String, Path), ("layer" = String, Path), MapQuery),
    responses((status = 200, content_type = "image/jpeg")))]
pub async fn map(
    State(studio): Studio,
    Path((id, model, layer)): Place,
    Query(MapQuery { channel, side }): Query<MapQuery>,
) -> Result<Response, Problem> {
    let id = find_picture(&studio.store, &id)?.id;
    let state = studio.clone();
    let cache = cache_of(&studio, &model);
    let turn = studio.scheduler.compute(move |_| {
        let network = state.networks.all().get(&model)?;
        let seen = state.explorer.activations(&state.thumbnails, &id, &network, &layer)?;
        seen.over(&state.thumbnails.small(&id, side.clamp(64, 1280))?, channel)
    });
    Ok(super::picture(turn.await?, "image/jpeg", cache))
}

/// Get the strongest channels at a position.
#[utoipa::path(get, path = "/api/explore/{picture}/{model}/{layer}/position", tag = "explore",
    params(("picture" = String, Path), ("model" = String, Path), ("layer" = String, Path), PositionQuery),
    responses((status = 200, body = PositionView)))]
pub async fn position(
    State(studio): Studio,
    Path((id, model, layer)): Place,
    Query(PositionQuery { x, y }): Query<PositionQuery>,
) -> Result<axum::Json<PositionView>, Problem> {
    if !(0.0..=1.0).contains(&x) || !(0.0..=1.0).contains(&y) {
        return Err(Problem::invalid("x and y must be 0 to 1"));
    }
    let id = find_picture(&studio.store, &id)?.id;
    let state = studio.clone();
    let turn = studio.scheduler.compute(move |_| {
        let network = state.networks.all().get(&model)?;
        let seen = state.explorer.activations(&state.thumbnails, &id, &network, &layer)?;
        let answer = |(channel, value): (usize, f32)| {
            let largest = seen.largest[channel].max(f32::MIN_POSITIVE);
            PositionChannel { channel, value, share: (value / largest).clamp(0.0, 1.0) }
        };
        Ok(PositionView { channels: seen.strongest_at(x, y, TOP).into_iter().map(answer).collect() })
    });
    turn.await.map(axum::Json)
}

/// Get the kernels of a network's first layer.
#[utoipa::path(get, path = "/api/models/{model}/kernels", tag = "explore", params(("model" = String, Path)),
    responses((status = 200, body = KernelsView)))]
pub async fn kernels(State(studio): Studio, Path(model): Path<String>) -> Result<axum::Json<KernelsView>, Problem> {
    let state = studio.clone();
    let turn = studio.scheduler.compute(move |_| {
        let FirstLayer { layer, channels, rows, columns, weights } = first_layer(&*state.networks.all().get(&model)?)?;
        Ok(KernelsView { layer, channels, rows, columns, weights })
    });
    turn.await.map(axum::Json)
}

/// Get the visualization of a channel. If it is not ready, the answer has status 202 and no body, and the event `visualization`
/// follows when it is.
#[utoipa::path(get, path = "/api/channels/{model}/{layer}/{channel}", tag = "explore",
    params(("model" = String, Path), ("layer" = String, Path), ("channel" = usize, Path)),
    responses((status = 200, content_type = "image/jpeg"), (status = 202)))]
pub async fn channel(
    State(studio): Studio,
    Path((model, layer, channel)): Path<(String, String, usize)>,
) -> Result<Response, Problem> {
    if channel >= channel_count(&studio.networks, &model, &layer)? {
        return Err(Problem::not_found("channel"));
    }
    let wanted = ChannelId { model, layer, channel };
    match studio.visualizer.picture(&wanted) {
        Some(bytes) => Ok(super::picture(bytes, "image/jpeg", cache_of(&studio, &wanted.model))),
        None if studio.visualizer.has_failed(&wanted) => Err(Problem::invalid("This channel cannot be visualized.")),
        None => {
            studio.visualizer.want(vec![wanted]);
            Ok(StatusCode::ACCEPTED.into_response())
        }
    }
}

/// List the channels of a layer that have a visualization.
#[utoipa::path(get, path = "/api/channels/{model}/{layer}", tag = "explore",
    params(("model" = String, Path), ("layer" = String, Path)),
    responses((status = 200, body = VisualizationsView)))]
pub async fn channels(
    State(studio): Studio,
    Path((model, layer)): Path<(String, String)>,
) -> Result<axum::Json<VisualizationsView>, Problem> {
    let channels = channel_count(&studio.networks, &model, &layer)?;
    Ok(axum::Json(VisualizationsView { made: studio.visualizer.made(&model, &layer, channels), channels }))
}

/// Visualize these channels next, and then the other channels of the layer, unless only these are wanted.
#[utoipa::path(post, path = "/api/channels/{model}/{layer}", tag = "explore",
    params(("model" = String, Path), ("layer" = String, Path)), request_body = VisualizationsRequest,
    responses((status = 200, body = VisualizationsView)))]
pub async fn want(
    State(studio): Studio,
    Path((model, layer)): Path<(String, String)>,
    Json(VisualizationsRequest { channels: wanted, only }): Json<VisualizationsRequest>,
) -> Result<axum::Json<VisualizationsView>, Problem> {
    let channels = channel_count(&studio.networks, &model, &layer)?;
    if wanted.len() > MOST || wanted.iter().any(|channel| *channel >= channels) {
        return Err(Problem::invalid(format!("{layer} has channels 0 to {}", channels.saturating_sub(1))));
    }
    let named = |channel: usize| ChannelId { model: model.clone(), layer: layer.clone(), channel };
    studio.visualizer.want(wanted.into_iter().map(named).collect());
    if !only {
        studio.visualizer.offer((0..channels).map(named).collect());
    }
    Ok(axum::Json(VisualizationsView { made: studio.visualizer.made(&model, &layer, channels), channels }))
}
