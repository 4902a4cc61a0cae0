//! What the zoo's networks depend on: receptive fields against gradients of pictures, inputs of channels against sums by hand.

#![cfg(feature = "weights")]

use std::ops::Range;

use oneiric_engine::shape::Size;
use oneiric_engine::tensor::Tensor;
use oneiric_engine::{FeedSource, Graph, Purpose, Rectifier, session};
use oneiric_zoo::load;

const SIZE: Size = Size { height: 160, width: 176 };

/// What Winograd's algorithm leaves of zero, as a part of the largest value.
const ROUNDING: f32 = 3e-6;

/// Values in 0 to 1 that look random.
fn noise(seed: u32) -> Vec<f32> {
    let value = |i: u32| ((i + 1).wrapping_mul(0x9E37_79B1) ^ seed.wrapping_mul(0x85EB_CA77)).wrapping_mul(0xC2B2_AE3D);
    (0..(SIZE.height * SIZE.width * 3) as u32).map(|i| (value(i) >> 8) as f32 / (1 << 24) as f32).collect()
}

/// The gradient of all channels of a position with respect to a few pictures is nowhere outside of its receptive field, and
/// reaches all four sides of it.
fn check_field(graph: &Graph, layer: &str, place: (f64, f64)) {
    let shape = graph.layer_shape(layer, SIZE).unwrap();
    let at = ((place.0 * shape.height as f64) as usize, (place.1 * shape.width as f64) as usize);
    let field = graph.receptive_field(layer, SIZE, at).unwrap();
    let mut session = session(graph, &[layer], SIZE, Purpose::Gradient).unwrap();
    // What a ReLU blocks in a picture it may let through in another one.
    session.set_rectifier(Rectifier::Redirected);
    let mut pixels = Vec::new();
    for seed in 0..6 {
        let gradient = session.gradient(&noise(seed), |_, _, mut gradient| {
            gradient.for_each_pixel(|y, x, to| to.fill(f32::from(u8::from((y, x) == at))));
        });
        let gradient = gradient.unwrap();
        let rounding = ROUNDING * gradient.iter().fold(0f32, |most, g| most.max(g.abs()));
        let reached = gradient.chunks_exact(3).enumerate().filter(|(_, g)| g.iter().any(|g| g.abs() > rounding));
        pixels.extend(reached.map(|(i, _)| (i / SIZE.width, i % SIZE.width)));
    }
    let sides = [bounds(pixels.iter().map(|pixel| pixel.0)), bounds(pixels.iter().map(|pixel| pixel.1))];
    assert_eq!(sides, [field.rows, field.columns], "{layer} at {at:?}");
}

/// From the smallest to behind the largest; empty if there is none.
fn bounds(positions: impl Iterator<Item = usize> + Clone) -> Range<usize> {
    positions.clone().min().zip(positions.max()).map_or(0..0, |(first, last)| first..last + 1)
}

#[test]
fn receptive_fields_are_where_the_gradient_of_the_picture_is() {
    let lite0 = load("lite0").unwrap();
    for layer in ["stem", "block0", "block2.depthwise", "block2", "block4", "block5", "block6"] {
        check_field(&lite0.graph, layer, (0.5, 0.4));
        check_field(&lite0.graph, layer, (0.0, 0.99));
    }
    let squeezenet = load("squeezenet").unwrap();
    for layer in ["conv1", "fire2", "fire3.squeeze", "fire4", "fire5", "fire6.expand1x1", "fire7"] {
        check_field(&squeezenet.graph, layer, (0.5, 0.4));
        check_field(&squeezenet.graph, layer, (0.0, 0.99));
    }
}

/// A channel is the sum of its inputs times their weights, plus a bias that is the same everywhere. So the sums of two positions
/// differ as much as the activations, wherever the function behind the sum lets them pass.
fn check_feeds(graph: &Graph, layer: &str, inputs: &[&str], most: f32) {
    let layers: Vec<&str> = [layer].into_iter().chain(inputs.iter().copied()).collect();
    let mut maps: Vec<Tensor> = Vec::new();
    let mut session = session(graph, &layers, SIZE, Purpose::Activations).unwrap();
    session.activations(&noise(1), |_, map| maps.push(Tensor::from_map(&map))).unwrap();
    let shape = maps[0].shape;
    let mut compared = 0;
    for channel in (0..shape.channels).step_by(7) {
        let feeds = graph.feeds(layer, channel, SIZE).unwrap();
        let sum = |y: usize, x: usize| -> f64 {
            let of_feed = |feed: &oneiric_engine::Feed| -> f64 {
                let FeedSource::Layer(name) = &feed.source else { panic!("{layer} is fed by {:?}", feed.source) };
                let map = &maps[1 + inputs.iter().position(|input| input == name).expect(name)];
                let [height, width] = feed.kernel;
                let tap = |i: usize| {
                    // "Same" padding of stride 1.
                    let (y, x) = ((y + i / width).checked_sub(height / 2), (x + i % width).checked_sub(width / 2));
                    let inside = y.zip(x).filter(|&(y, x)| y < map.shape.height && x < map.shape.width);
                    inside.map_or(0.0, |(y, x)| map.at(feed.channel, y, x))
                };
                (0..).zip(&feed.weights).map(|(i, &weight)| f64::from(weight) * tap(i)).sum()
            };
            feeds.iter().map(of_feed).sum()
        };
        let passed = (0..shape.pixels()).map(|i| (i / shape.width, i % shape.width));
        let passed: Vec<_> = passed
            .filter(|&(y, x)| (maps[0].at(channel, y, x) as f32).abs() < most && maps[0].at(channel, y, x) != 0.0)
            .collect();
        for pair in passed.windows(2).step_by(5) {
            let [(y0, x0), (y1, x1)] = [pair[0], pair[1]];
            let expected = sum(y0, x0) - sum(y1, x1);
            let got = maps[0].at(channel, y0, x0) - maps[0].at(channel, y1, x1);
            assert!(
                (got - expected).abs() < 1e-3 * (1.0 + got.abs()),
                "{layer} {channel}: {got} instead of {expected}"
            );
            compared += 1;
        }
    }
    assert!(compared > 100, "{layer}: {compared}");
}

#[test]
fn a_channel_is_the_sum_of_its_inputs() {
    let lite0 = load("lite0").unwrap();
    check_feeds(&lite0.graph, "block6.expand", &["block5"], 6.0);
    check_feeds(&lite0.graph, "block6.depthwise", &["block6.expand"], 6.0);
    check_feeds(&lite0.graph, "block6", &["block6.depthwise", "block5"], f32::MAX);
    check_feeds(&lite0.graph, "block5", &["block5.depthwise"], f32::MAX);
    let squeezenet = load("squeezenet").unwrap();
    check_feeds(&squeezenet.graph, "fire5.squeeze", &["fire4"], f32::MAX);
    check_feeds(&squeezenet.graph, "fire5", &["fire5.squeeze"], f32::MAX);
}

#[test]
fn the_first_layer_sees_colours_and_the_last_one_the_layer_with_weights_before() {
    let squeezenet = load("squeezenet").unwrap();
    let first = squeezenet.graph.feeds("conv1", 5, SIZE).unwrap();
    assert_eq!(first.len(), 3);
    assert!(first.iter().all(|feed| feed.source == FeedSource::Picture && feed.kernel == [3, 3]));
    let last = squeezenet.graph.feeds("logits", 5, SIZE).unwrap();
    assert_eq!((last.len(), &last[0].source), (512, &FeedSource::Layer("fire9".into())), "through the mean and conv10");
    let lite0 = load("lite0").unwrap();
    let logits = lite0.graph.feeds("logits", 5, SIZE).unwrap();
    assert_eq!((logits.len(), &logits[0].source), (1280, &FeedSource::Layer("head".into())));
    assert_eq!(logits, lite0.graph.feeds("classes", 5, SIZE).unwrap(), "the same at every position");
}
