//! What a position and a channel of a network depend on: the part of the picture that it sees, the channels that feed it, and the
//! parts of ordinary pictures that excite it.

use axum::response::Response;
use oneiric::picture::resize::fit_within;
use oneiric_engine::shape::Size;
use oneiric_engine::{Feed, FeedSource};
use oneiric_kits::built_in;

use super::extract::{Path, Query, State};
use super::{IMMUTABLE, Studio};
use crate::core::{EXPLORED_SIDE, find_picture, ordinary_picture};
use crate::wire::{
    ChannelInputView, InputSource, InputsQuery, InputsView, PatchesView, PositionQuery, Problem, ReceptiveFieldView,
    ReceptiveFieldsView, RectangleView,
};

/// The most inputs of a request.
const MOST: usize = 4096;

fn invalid(error: oneiric_engine::Error) -> Problem {
    Problem::invalid(error.to_string())
}

/// Get the receptive fields of all layers at a place of a picture: the part of the picture that each layer sees there.
#[utoipa::path(get, path = "/api/receptive-fields/{picture}/{model}", tag = "explore",
    params(("picture" = String, Path), ("model" = String, Path), PositionQuery),
    responses((status = 200, body = ReceptiveFieldsView)))]
pub async fn receptive_fields(
    State(studio): Studio,
    Path((id, model)): Path<(String, String)>,
    Query(PositionQuery { x, y }): Query<PositionQuery>,
) -> Result<axum::Json<ReceptiveFieldsView>, Problem> {
    if !(0.0..=1.0).contains(&x) || !(0.0..=1.0).contains(&y) {
        return Err(Problem::invalid("x and y must be 0 to 1"));
    }
    let picture = find_picture(&studio.store, &id)?;
    let state = studio.clone();
    let turn = studio.scheduler.compute(move |_| {
        let network = state.networks.all().get(&model)?;
        let (width, height) = fit_within((picture.width, picture.height), Some(EXPLORED_SIDE));
        let size = Size { width, height };
        let at = |part: f64, positions: usize| ((part * positions as f64) as usize).min(positions - 1);
        let field = |layer: &str| {
            let shape = network.graph.layer_shape(layer, size).map_err(invalid)?;
            let (row, column) = (at(y, shape.height), at(x, shape.width));
            let field = network.graph.receptive_field(layer, size, (row, column)).map_err(invalid)?;
            Ok(ReceptiveFieldView {
                layer: layer.into(),
                columns: shape.width,
                rows: shape.height,
                column,
                row,
                size: [field.endless_columns.len(), field.endless_rows.len()],
                field: RectangleView::of(field.rows, field.columns),
            })
        };
        let layers = network.graph.layers().map(field).collect::<Result<_, Problem>>()?;
        Ok(ReceptiveFieldsView { width, height, layers })
    });
    turn.await.map(axum::Json)
}

/// List the channels that feed a channel, with their weights, the strongest first: the inputs of the convolution that makes the
/// channel, behind activations and pools.
#[utoipa::path(get, path = "/api/channels/{model}/{layer}/{channel}/inputs", tag = "explore",
    params(("model" = String, Path), ("layer" = String, Path), ("channel" = usize, Path), InputsQuery),
    responses((status = 200, body = InputsView)))]
pub async fn inputs(
    State(studio): Studio,
    Path((model, layer, channel)): Path<(String, String, usize)>,
    Query(InputsQuery { count }): Query<InputsQuery>,
) -> Result<axum::Json<InputsView>, Problem> {
    let state = studio.clone();
    let turn = studio.scheduler.compute(move |_| {
        let network = state.networks.all().get(&model)?;
        let side = network.evaluation.input;
        let feeds = network.graph.feeds(&layer, channel, Size { width: side, height: side }).map_err(invalid)?;
        let all = feeds.len();
        let inputs = feeds.into_iter().take(count.clamp(1, MOST)).map(input).collect();
        Ok(InputsView { all, inputs })
    });
    turn.await.map(axum::Json)
}

fn input(Feed { source, channel, kernel, weights }: Feed) -> ChannelInputView {
    let (source, layer) = match source {
        FeedSource::Picture => (InputSource::Picture, None),
        FeedSource::Layer(name) => (InputSource::Layer, Some(name)),
        FeedSource::Unnamed => (InputSource::Operation, None),
    };
    ChannelInputView { source, layer, channel, weight: weights.iter().sum(), kernel, weights }
}

/// List the parts of ordinary pictures that excite a channel most. The first request for a layer takes a second or two.
#[utoipa::path(get, path = "/api/channels/{model}/{layer}/{channel}/patches", tag = "explore",
    params(("model" = String, Path), ("layer" = String, Path), ("channel" = usize, Path)),
    responses((status = 200, body = PatchesView)))]
pub async fn patches(
    State(studio): Studio,
    Path((model, layer, channel)): Path<(String, String, usize)>,
) -> Result<axum::Json<PatchesView>, Problem> {
    let state = studio.clone();
    let turn = studio.scheduler.compute(move |_| state.patches.of_channel(&model, &layer, channel));
    Ok(axum::Json(PatchesView { pictures: built_in().count(), patches: turn.await? }))
}

/// Get an ordinary picture: a photo or a painting that is built in.
#[utoipa::path(get, path = "/api/ordinary/{number}", tag = "explore",
    params(("number" = usize, Path)),
    responses((status = 200, content_type = "image/jpeg")))]
pub async fn ordinary(Path(number): Path<usize>) -> Result<Response, Problem> {
    Ok(super::picture(ordinary_picture(number)?.jpeg, "image/jpeg", IMMUTABLE))
}
