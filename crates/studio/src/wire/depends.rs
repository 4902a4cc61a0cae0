//! What a position and a channel of a network depend on.

use std::ops::Range;

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// A rectangle of a picture, in pixels.
#[derive(Serialize, ToSchema)]
pub struct RectangleView {
    /// The first column.
    pub x: usize,
    /// The first row.
    pub y: usize,
    /// Columns.
    pub width: usize,
    /// Rows.
    pub height: usize,
}

impl RectangleView {
    /// The rectangle of these rows and columns.
    pub fn of(rows: Range<usize>, columns: Range<usize>) -> Self {
        Self { x: columns.start, y: rows.start, width: columns.len(), height: rows.len() }
    }
}

/// What the layers of a network see at a place of a picture.
#[derive(Serialize, ToSchema)]
pub struct ReceptiveFieldsView {
    /// The width of the picture that the network sees, in pixels.
    pub width: usize,
    /// Its height, in pixels.
    pub height: usize,
    /// All layers, from the picture on.
    pub layers: Vec<ReceptiveFieldView>,
}

/// What a layer sees at the position that is over a place of the picture.
#[derive(Serialize, ToSchema)]
pub struct ReceptiveFieldView {
    /// The layer's name.
    pub layer: String,
    /// The width of the layer's maps, in positions.
    pub columns: usize,
    /// The height of its maps, in positions.
    pub rows: usize,
    /// The column of the position.
    pub column: usize,
    /// The row of the position.
    pub row: usize,
    /// The part of the picture that the position sees: its receptive field.
    pub field: RectangleView,
    /// Width and height of the receptive field with what lies outside of the picture, in pixels.
    pub size: [usize; 2],
}

/// How many inputs to list.
#[derive(Deserialize, IntoParams)]
pub struct InputsQuery {
    /// The most inputs, 1 to 4096.
    #[serde(default = "inputs")]
    pub count: usize,
}

fn inputs() -> usize {
    24
}

/// The channels that feed a channel.
#[derive(Serialize, ToSchema)]
pub struct InputsView {
    /// How many there are.
    pub all: usize,
    /// The strongest, the root of the sum of the squared weights counts.
    pub inputs: Vec<ChannelInputView>,
}

/// Where a channel comes from.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum InputSource {
    /// The picture, whose channels are red, green and blue.
    Picture,
    /// A layer.
    Layer,
    /// An operation without a name.
    Operation,
}

/// A channel that feeds another one.
#[derive(Serialize, ToSchema)]
pub struct ChannelInputView {
    /// What it is a channel of.
    pub source: InputSource,
    /// The layer's name; null for other sources.
    pub layer: Option<String>,
    /// The channel's number.
    pub channel: usize,
    /// The sum of its weights: what counts where the channel is the same all around.
    pub weight: f32,
    /// Rows and columns of the window.
    pub kernel: [usize; 2],
    /// The weights of the window, rows of columns.
    pub weights: Vec<f32>,
}

/// The parts of ordinary pictures that excite a channel most.
#[derive(Serialize, ToSchema)]
pub struct PatchesView {
    /// The number of pictures that were searched.
    pub pictures: usize,
    /// The strongest first, one a picture.
    pub patches: Vec<PatchView>,
}

/// A part of an ordinary picture that excites a channel.
#[derive(Serialize, ToSchema)]
pub struct PatchView {
    /// The number of the picture.
    pub picture: usize,
    /// What it shows, such as `eiffel-tower`.
    pub name: String,
    /// The width of the picture, in pixels.
    pub width: usize,
    /// The height of the picture, in pixels.
    pub height: usize,
    /// The activation.
    pub value: f32,
    /// A square to show, around the middle of the receptive field.
    pub window: RectangleView,
    /// The receptive field of the spot.
    pub field: RectangleView,
}
