//! What a network sees.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use oneiric::inspect::look::strongest_channels;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::extract::{Json, Path, Query};
use super::{FOR_EVER, Studio};
use crate::making::known;
use crate::problem::Problem;
use crate::visualizer::{Channel, channels_of};

/// Channels that are told of a spot.
const TOP: usize = 12;
/// Channels that may be asked for at once.
const MOST: usize = 4096;

type Place = Path<(String, String, String)>;

/// What a layer sees in a picture.
#[derive(Serialize, ToSchema)]
pub struct Layer {
    /// How many channels.
    channels: usize,
    /// What they are called, where each stands for a class; empty elsewhere.
    names: Vec<String>,
    /// Columns and rows of each map.
    columns: usize,
    rows: usize,
    /// Width and height of a map in the sheet, in pixels.
    cell: [usize; 2],
    sheet: Sheet,
    /// The channels, those with the largest mean first.
    strongest: Vec<Strongest>,
}

/// How the sheet is laid out.
#[derive(Serialize, ToSchema)]
pub struct Sheet {
    columns: usize,
    rows: usize,
}

/// How a channel answers.
#[derive(Serialize, ToSchema)]
pub struct Strongest {
    channel: usize,
    mean: f32,
    max: f32,
    /// Where it answers most, 0 to 1 from left to right and from top to bottom.
    x: f64,
    y: f64,
}

/// Tell of a layer.
#[utoipa::path(get, path = "/api/explore/{picture}/{model}/{layer}", tag = "explore",
    params(("picture" = String, Path), ("model" = String, Path), ("layer" = String, Path)),
    responses((status = 200, body = Layer)))]
pub async fn layer(State(studio): Studio, Path((id, model, layer)): Place) -> Result<axum::Json<Layer>, Problem> {
    let id = known(&studio.store, &id)?.id;
    let told = studio.clone();
    let turn = studio.turns.ask(move |_| {
        let seen = told.explorer.look(&told.views, &id, &model, &layer)?;
        let network = oneiric_zoo::load(&model)?;
        let names = network.channel_names(&layer).into_iter().map(Into::into).collect();
        let (cell, columns) = seen.sheet_layout();
        let shape = seen.activations.shape;
        let strongest = strongest_channels(&seen.activations, seen.size).into_iter().map(|channel| Strongest {
            channel: channel.index,
            mean: channel.mean,
            max: channel.max,
            x: channel.at.0 as f64 / seen.size.0 as f64,
            y: channel.at.1 as f64 / seen.size.1 as f64,
        });
        Ok(Layer {
            channels: shape.channels,
            names,
            columns: shape.width,
            rows: shape.height,
            cell: cell.into(),
            sheet: Sheet { columns, rows: shape.channels.div_ceil(columns) },
            strongest: strongest.collect(),
        })
    });
    turn.await.map(axum::Json)
}

/// The maps of all channels, side by side in their order.
#[utoipa::path(get, path = "/api/explore/{picture}/{model}/{layer}/sheet", tag = "explore",
    params(("picture" = String, Path), ("model" = String, Path), ("layer" = String, Path)),
    responses((status = 200, content_type = "image/png")))]
pub async fn sheet(State(studio): Studio, Path((id, model, layer)): Place) -> Result<Response, Problem> {
    let id = known(&studio.store, &id)?.id;
    let told = studio.clone();
    let turn = studio.turns.ask(move |_| told.explorer.look(&told.views, &id, &model, &layer)?.sheet());
    Ok(super::picture(turn.await?, "image/png", FOR_EVER))
}

#[derive(Deserialize, IntoParams)]
pub struct Map {
    /// The number of the channel.
    channel: usize,
    /// Longer side in pixels, up to 1280.
    #[serde(default = "map_side")]
    side: usize,
}

fn map_side() -> usize {
    640
}

/// The map of a channel as heat over the picture.
#[utoipa::path(get, path = "/api/explore/{picture}/{model}/{layer}/map", tag = "explore",
    params(("picture" = String, Path), ("model" = String, Path), ("layer" = String, Path), Map),
    responses((status = 200, content_type = "image/jpeg")))]
pub async fn map(
    State(studio): Studio,
    Path((id, model, layer)): Place,
    Query(Map { channel, side }): Query<Map>,
) -> Result<Response, Problem> {
    let id = known(&studio.store, &id)?.id;
    let told = studio.clone();
    let turn = studio.turns.ask(move |_| {
        let seen = told.explorer.look(&told.views, &id, &model, &layer)?;
        seen.over(&*told.views.small(&id, side.clamp(64, 1280))?, channel)
    });
    Ok(super::picture(turn.await?, "image/jpeg", FOR_EVER))
}

#[derive(Deserialize, IntoParams)]
pub struct Spot {
    /// From left to right, 0 to 1.
    x: f64,
    /// From top to bottom, 0 to 1.
    y: f64,
}

/// The channels that answer most at a place.
#[derive(Serialize, ToSchema)]
pub struct Answers {
    channels: Vec<Answer>,
}

/// How a channel answers at a place.
#[derive(Serialize, ToSchema)]
pub struct Answer {
    channel: usize,
    value: f32,
    /// The part of its largest value in the picture, 0 to 1.
    share: f32,
}

/// Which channels fire there?
#[utoipa::path(get, path = "/api/explore/{picture}/{model}/{layer}/spot", tag = "explore",
    params(("picture" = String, Path), ("model" = String, Path), ("layer" = String, Path), Spot),
    responses((status = 200, body = Answers)))]
pub async fn spot(
    State(studio): Studio,
    Path((id, model, layer)): Place,
    Query(Spot { x, y }): Query<Spot>,
) -> Result<axum::Json<Answers>, Problem> {
    if !(0.0..=1.0).contains(&x) || !(0.0..=1.0).contains(&y) {
        return Err(Problem::invalid("x and y are 0 to 1"));
    }
    let id = known(&studio.store, &id)?.id;
    let told = studio.clone();
    let turn = studio.turns.ask(move |_| {
        let seen = told.explorer.look(&told.views, &id, &model, &layer)?;
        let answer = |(channel, value): (usize, f32)| {
            let largest = seen.largest[channel].max(f32::MIN_POSITIVE);
            Answer { channel, value, share: (value / largest).clamp(0.0, 1.0) }
        };
        Ok(Answers { channels: seen.spot(x, y, TOP).into_iter().map(answer).collect() })
    });
    turn.await.map(axum::Json)
}

/// What a channel likes to see. While that is being made the answer is empty, with status 202; the event `visualization` tells
/// when it is there.
#[utoipa::path(get, path = "/api/channels/{model}/{layer}/{channel}", tag = "explore",
    params(("model" = String, Path), ("layer" = String, Path), ("channel" = usize, Path)),
    responses((status = 200, content_type = "image/jpeg"), (status = 202)))]
pub async fn channel(
    State(studio): Studio,
    Path((model, layer, channel)): Path<(String, String, usize)>,
) -> Result<Response, Problem> {
    if channel >= channels_of(&model, &layer)? {
        return Err(Problem::missing("channel"));
    }
    let wanted = Channel { model, layer, channel };
    match studio.visualizer.picture(&wanted) {
        Some(bytes) => Ok(super::picture(bytes, "image/jpeg", FOR_EVER)),
        None if studio.visualizer.has_failed(&wanted) => Err(Problem::invalid("There is no picture of this channel.")),
        None => {
            studio.visualizer.want(vec![wanted]);
            Ok(StatusCode::ACCEPTED.into_response())
        }
    }
}

/// The channels of a layer whose pictures are there.
#[derive(Serialize, ToSchema)]
pub struct MadeChannels {
    made: Vec<usize>,
    /// How many there are.
    channels: usize,
}

/// Which channels of a layer have pictures?
#[utoipa::path(get, path = "/api/channels/{model}/{layer}", tag = "explore",
    params(("model" = String, Path), ("layer" = String, Path)),
    responses((status = 200, body = MadeChannels)))]
pub async fn channels(
    State(studio): Studio,
    Path((model, layer)): Path<(String, String)>,
) -> Result<axum::Json<MadeChannels>, Problem> {
    let channels = channels_of(&model, &layer)?;
    Ok(axum::Json(MadeChannels { made: studio.visualizer.made(&model, &layer, channels), channels }))
}

/// The channels that are wanted first.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WantedChannels {
    channels: Vec<usize>,
}

/// Make the pictures of these channels next, and then those of all others of the layer.
#[utoipa::path(post, path = "/api/channels/{model}/{layer}", tag = "explore",
    params(("model" = String, Path), ("layer" = String, Path)), request_body = WantedChannels,
    responses((status = 200, body = MadeChannels)))]
pub async fn want(
    State(studio): Studio,
    Path((model, layer)): Path<(String, String)>,
    Json(WantedChannels { channels: wanted }): Json<WantedChannels>,
) -> Result<axum::Json<MadeChannels>, Problem> {
    let channels = channels_of(&model, &layer)?;
    if wanted.len() > MOST || wanted.iter().any(|channel| *channel >= channels) {
        return Err(Problem::invalid(format!("{layer} has channels 0 to {}", channels.saturating_sub(1))));
    }
    let named = |channel: usize| Channel { model: model.clone(), layer: layer.clone(), channel };
    studio.visualizer.want(wanted.into_iter().map(named).collect());
    studio.visualizer.offer((0..channels).map(named).collect());
    Ok(axum::Json(MadeChannels { made: studio.visualizer.made(&model, &layer, channels), channels }))
}
