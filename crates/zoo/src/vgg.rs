//! VGG16 (Simonyan, Zisserman 2014), configuration D: only 3x3 convolutions and pools.

use oneiric_engine::Graph;
use oneiric_engine::op::{Activation, MaxPool, Op, Padding, Window};

use crate::builder::Builder;
use crate::error::Error;
use crate::weights::Weights;

/// Convolutions before each pool, and the channels they make.
const GROUPS: [(usize, usize); 5] = [(2, 64), (2, 128), (3, 256), (3, 512), (3, 512)];

/// Layers `features.1`…`features.30`, numbered like torchvision's: ReLUs, and the pools `features.4`, `.9`, `.16`,
/// `.23`, `.30`.
///
/// The classifier behind them is left out: it takes a map of exactly 7x7, and is 494 of the network's 553 MB.
pub(crate) fn vgg16(weights: &Weights<'_>) -> Result<Graph, Error> {
    let mut builder = Builder::new(weights)?;
    let mut node = builder.torchvision_input()?;
    let (mut index, mut channels) = (0, 3);
    let window = Window::square(3, 1).padded(Padding::all(1));
    for (convs, outputs) in GROUPS {
        for _ in 0..convs {
            let conv = weights.conv(&format!("features.{index}"), channels, outputs, window)?;
            node = builder.activated(&format!("features.{}", index + 1), conv, Activation::Relu, node)?;
            channels = outputs;
            index += 2;
        }
        let pool = MaxPool { window: Window::square(2, 2) };
        node = builder.graph.add_layer(format!("features.{index}"), Op::MaxPool(pool), &[node])?;
        index += 1;
    }
    Ok(builder.graph)
}
