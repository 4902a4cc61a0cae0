//! Dreams with a network that the program builds itself.
//!
//! ```text
//! cargo run --example own_network
//! ```
//!
//! A real one would read its weights from a file; this one detects edges of four directions.

use oneiric::engine::Graph;
use oneiric::engine::op::{Activation, Conv2d, Op, Window};
use oneiric::zoo::{Network, Networks};
use oneiric::{Dream, Error, Picture, SaveMode, Settings, landscape, picture};

/// Differences along rows, columns and both diagonals, of grey: weights are [outputs][inputs][rows][columns].
fn edges() -> Result<Network, Error> {
    const DIRECTIONS: [[f32; 9]; 4] = [
        [-1.0, 0.0, 1.0, -2.0, 0.0, 2.0, -1.0, 0.0, 1.0],
        [-1.0, -2.0, -1.0, 0.0, 0.0, 0.0, 1.0, 2.0, 1.0],
        [-2.0, -1.0, 0.0, -1.0, 0.0, 1.0, 0.0, 1.0, 2.0],
        [0.0, -1.0, -2.0, 1.0, 0.0, -1.0, 2.0, 1.0, 0.0],
    ];
    let weights: Vec<f32> = DIRECTIONS.iter().flat_map(|direction| direction.repeat(3)).collect();
    let mut graph = Graph::new(3)?;
    let picture = graph.picture();
    let conv = graph.add(Op::Conv(Conv2d::new(3, 4, 1, Window::square(3, 1), weights, None)?), &[picture])?;
    graph.add_layer("edges", Op::Activation(Activation::Relu), &[conv])?;
    Ok(Network::new("mine", graph, "edges"))
}

fn main() -> Result<(), Error> {
    let mut networks = Networks::default();
    networks.insert(edges()?)?;
    let photo = Picture::new(192, 128, landscape::paint(192, 128, 3))?;
    let settings = Settings { octaves: 3, iterations: 6, ..Settings::new("mine", "edges") };
    let dream = Dream::with_networks(settings, &networks)?.render(&photo)?;
    let to = std::env::temp_dir().join("own-network.png");
    dream.save(&to, picture::DEFAULT_QUALITY, SaveMode::Overwrite)?;
    println!("{}", to.display());
    Ok(())
}
