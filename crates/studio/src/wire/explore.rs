//! What a network sees.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// A channel of a layer. The event `visualization` carries it when its picture is ready.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, ToSchema)]
pub struct ChannelId {
    /// The network's name.
    pub model: String,
    /// The layer's name.
    pub layer: String,
    /// The channel's number.
    pub channel: usize,
}

/// A layer's activations on a picture.
#[derive(Serialize, ToSchema)]
pub struct LayerMapsView {
    /// The number of channels.
    pub channels: usize,
    /// The channels' names, if each is a class; otherwise empty.
    pub names: Vec<String>,
    /// The width of each map, in positions.
    pub columns: usize,
    /// The height of each map, in positions.
    pub rows: usize,
    /// The width and height of a map in the sheet, in pixels.
    pub cell: [usize; 2],
    /// The layout of the sheet.
    pub sheet: SheetLayout,
    /// The channels, the largest mean first.
    pub strongest: Vec<ChannelStrength>,
}

/// The kernels of a network's first convolution, which sees the picture's colours.
#[derive(Serialize, ToSchema)]
pub struct KernelsView {
    /// The layer whose channels are the kernels.
    pub layer: String,
    /// The number of kernels.
    pub channels: usize,
    /// Rows of a kernel.
    pub rows: usize,
    /// Columns of a kernel.
    pub columns: usize,
    /// The numbers, `[channels][rows][columns][3]`, the last of red, green and blue.
    pub weights: Vec<f32>,
}

/// The layout of a sheet of maps.
#[derive(Serialize, ToSchema)]
pub struct SheetLayout {
    /// Maps in a row.
    pub columns: usize,
    /// Rows of maps.
    pub rows: usize,
}

/// A channel's activations on a picture.
#[derive(Serialize, ToSchema)]
pub struct ChannelStrength {
    /// The channel's number.
    pub channel: usize,
    /// The mean activation.
    pub mean: f32,
    /// The largest activation.
    pub max: f32,
    /// Where the largest is, 0 to 1 from left to right.
    pub x: f64,
    /// Where the largest is, 0 to 1 from top to bottom.
    pub y: f64,
}

/// A channel's map.
#[derive(Deserialize, IntoParams)]
pub struct MapQuery {
    /// The channel's number.
    pub channel: usize,
    /// The longer side in pixels, 64 to 1280.
    #[serde(default = "map_side")]
    pub side: usize,
}

fn map_side() -> usize {
    640
}

/// A position in a picture.
#[derive(Deserialize, IntoParams)]
pub struct PositionQuery {
    /// From left to right, 0 to 1.
    pub x: f64,
    /// From top to bottom, 0 to 1.
    pub y: f64,
}

/// The strongest channels at a position.
#[derive(Serialize, ToSchema)]
pub struct PositionView {
    /// The strongest first.
    pub channels: Vec<PositionChannel>,
}

/// A channel's activation at a position.
#[derive(Serialize, ToSchema)]
pub struct PositionChannel {
    /// The channel's number.
    pub channel: usize,
    /// The activation.
    pub value: f32,
    /// The activation divided by the channel's largest in the picture, 0 to 1.
    pub share: f32,
}

/// The channels of a layer whose visualizations are ready.
#[derive(Serialize, ToSchema)]
pub struct VisualizationsView {
    /// The numbers of these channels.
    pub made: Vec<usize>,
    /// The number of channels of the layer.
    pub channels: usize,
}

/// The channels to visualize first.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VisualizationsRequest {
    /// The numbers of these channels.
    pub channels: Vec<usize>,
    /// Whether to leave out the other channels of the layer.
    #[serde(default)]
    pub only: bool,
}
