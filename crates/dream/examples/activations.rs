//! Prints what a network sees in a picture: its classes, and a layer's activations as an array.
//!
//! ```text
//! cargo run --example activations -- photo.jpg
//! ```
//!
//! Without an argument, it looks at a small landscape.

use oneiric::inspect::look::{activations, classify};
use oneiric::{Error, Limits, Picture, landscape, zoo};

fn main() -> Result<(), Error> {
    let picture = match std::env::args_os().nth(1) {
        Some(photo) => Picture::open(photo, &Limits::default())?,
        None => Picture::new(192, 128, landscape::paint(192, 128, 1))?,
    };
    let network = zoo::load("squeezenet")?;
    for class in &classify(&network, &picture)?[..3] {
        println!("{:5.1} % {}", 100.0 * class.probability, class.name);
    }

    // `values` is [channels][rows][columns].
    let seen = activations(&network, &picture, "fire5")?;
    println!("fire5: {} channels of {} x {}", seen.shape.channels, seen.shape.width, seen.shape.height);
    let of_channel = seen.values.chunks(seen.shape.pixels());
    for (channel, values) in of_channel.enumerate().take(4) {
        let mean = values.iter().sum::<f32>() / values.len() as f32;
        println!("channel {channel}: mean {mean:.3}, largest {:.3}", values.iter().copied().fold(0.0, f32::max));
    }
    Ok(())
}
