//! What a position and a channel depend on: receptive fields against gradients of the picture, inputs of channels against
//! sums by hand.

mod common;

use std::ops::Range;

use common::numbers;
use oneiric_engine::op::{
    Activation, Add, AvgPool, Concat, Conv2d, GlobalAvgPool, Linear, MaxPool, Mul, Op, Padding, ScaleShift, Window,
};
use oneiric_engine::shape::Size;
use oneiric_engine::{Error, Feed, FeedSource, Graph, NodeId, Purpose, ReceptiveField, session};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

const SIZE: Size = Size { height: 13, width: 11 };

/// A convolution of positive weights: its gradient is positive wherever it sees a value.
fn positive([inputs, outputs]: [usize; 2], window: Window) -> Op {
    let len = inputs * outputs * window.kernel[0] * window.kernel[1];
    let weight: Vec<f32> = numbers(len, 3).into_iter().map(|number| 0.2 + number.abs()).collect();
    // With a bias, so that no product is zero.
    Op::Conv(Conv2d::new(inputs, outputs, 1, window, weight, Some(vec![0.1; outputs].into())).unwrap())
}

/// A part of a network: a window, then perhaps a branch that is added, multiplied or concatenated.
fn stage(graph: &mut Graph, node: NodeId, channels: usize, kind: u8, window: Window) -> Result<(NodeId, usize), Error> {
    let (op, mut channels) = match kind % 4 {
        0 => {
            let window = Window { dilation: [1; 2], ..window };
            (Op::AvgPool(AvgPool { window, count_include_pad: false }), channels)
        }
        1 => (Op::MaxPool(MaxPool { window }), channels),
        _ => (positive([channels, 5], window), 5),
    };
    let mut node = graph.add(op, &[node])?;
    let joined = [Some(Op::Add(Add)), Some(Op::Mul(Mul)), Some(Op::Concat(Concat)), None];
    if let Some(join) = joined[usize::from(kind / 4 % 4)].clone() {
        let branch = positive([channels; 2], Window::square(5, 1).padded(Padding::Same));
        let branch = graph.add(branch, &[node])?;
        channels *= if matches!(join, Op::Concat(_)) { 2 } else { 1 };
        node = graph.add(join, &[node, branch])?;
    }
    Ok((node, channels))
}

/// The rectangle of all pixels on which the position depends: the gradient is not zero there for some picture. The pictures are
/// dark with one bright pixel, so that it wins the maximum of every pool that sees it.
fn seen(graph: &Graph, layer: &str, at: (usize, usize)) -> [Range<usize>; 2] {
    let mut session = session(graph, &[layer], SIZE, Purpose::Gradient).unwrap();
    let channels = graph.channels();
    let mut pixels = Vec::new();
    for bright in 0..SIZE.height * SIZE.width {
        let mut picture = vec![0.01; SIZE.height * SIZE.width * channels];
        picture[bright * channels..][..channels].fill(1.0);
        let gradient = session.gradient(&picture, |_, _, mut gradient| {
            gradient.for_each_pixel(|y, x, to| to.fill(f32::from(u8::from((y, x) == at))));
        });
        let reached = gradient.unwrap().chunks_exact(channels).enumerate().filter(|(_, g)| g.iter().any(|g| *g != 0.0));
        pixels.extend(reached.map(|(i, _)| (i / SIZE.width, i % SIZE.width)));
    }
    [bounds(pixels.iter().map(|pixel| pixel.0)), bounds(pixels.iter().map(|pixel| pixel.1))]
}

/// From the smallest to behind the largest; empty if there is none.
fn bounds(positions: impl Iterator<Item = usize> + Clone) -> Range<usize> {
    positions.clone().min().zip(positions.max()).map_or(0..0, |(first, last)| first..last + 1)
}

fn window() -> impl Strategy<Value = Window> {
    let side = |most: usize| [1..=most, 1..=most];
    let padding = prop_oneof![Just(Padding::Same), Just(Padding::all(0)), Just(Padding::all(1))];
    (side(4), side(3), side(2), padding, any::<bool>()).prop_map(|(kernel, stride, dilation, padding, ceil)| {
        // A pool needs a value in every window.
        let padding = if kernel == [1, 1] { Padding::all(0) } else { padding };
        Window { kernel, stride, dilation, padding, ceil }
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, rng_seed: RngSeed::Fixed(2015), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_receptive_field_is_where_the_gradient_is(
        stages in prop::collection::vec((any::<u8>(), window()), 1..5),
        position in (0.0..1.0, 0.0..1.0),
    ) {
        let mut graph = Graph::new(3).unwrap();
        let (mut node, mut channels, mut layer) = (graph.picture(), 3, None);
        for (i, (kind, window)) in stages.into_iter().enumerate() {
            (node, channels) = stage(&mut graph, node, channels, kind, window).unwrap();
            let name = format!("n{i}");
            node = graph.add_layer(&name, Op::Activation(Activation::Relu), &[node]).unwrap();
            if graph.layer_shape(&name, SIZE).is_err() {
                break;
            }
            layer = Some(name);
        }
        prop_assume!(layer.is_some());
        let layer = layer.unwrap();
        let shape = graph.layer_shape(&layer, SIZE).unwrap();
        let at = ((position.0 * shape.height as f64) as usize, (position.1 * shape.width as f64) as usize);
        let ReceptiveField { rows, columns, endless_rows, endless_columns } = graph.receptive_field(&layer, SIZE, at).unwrap();
        prop_assert_eq!([rows.clone(), columns.clone()], seen(&graph.up_to(&layer).unwrap(), &layer, at));
        prop_assert!(endless_rows.len() >= rows.len() && endless_columns.len() >= columns.len());
    }
}

/// The sizes in the paper's words: r grows by (k - 1) times the product of all strides before.
#[test]
fn windows_grow_with_the_strides_before_them() {
    let mut graph = Graph::new(3).unwrap();
    let mut node = graph.picture();
    for (name, window) in [("a", (3, 2)), ("b", (3, 1)), ("c", (2, 2)), ("d", (5, 1))] {
        let window = Window::square(window.0, window.1).padded(Padding::Same);
        node = graph.add_layer(name, positive([3, 3], window), &[node]).unwrap();
    }
    let size = Size { height: 64, width: 64 };
    let field = |layer: &str, at: usize| graph.receptive_field(layer, size, (at, at)).unwrap();
    assert_eq!(["a", "b", "c", "d"].map(|layer| field(layer, 8).endless_rows.len()), [3, 7, 9, 25]);
    assert_eq!((field("d", 8).columns, field("d", 8).endless_columns), (22..47, 22..47));
    assert_eq!((field("d", 0).columns, field("d", 0).endless_columns), (0..15, -10..15));
    let outside = graph.receptive_field("d", size, (0, 16)).unwrap_err();
    assert!(outside.to_string().contains("16 x 16 positions"), "{outside}");
    assert!(matches!(graph.receptive_field("e", size, (0, 0)), Err(Error::UnknownLayer { .. })));
}

#[test]
fn what_sees_the_whole_map_sees_the_whole_picture() {
    let mut graph = Graph::new(3).unwrap();
    let conv = graph.add(positive([3, 4], Window::square(2, 2)), &[graph.picture()]).unwrap();
    let mean = graph.add_layer("mean", Op::GlobalAvgPool(GlobalAvgPool), &[conv]).unwrap();
    graph.add_layer("gated", Op::Mul(Mul), &[conv, mean]).unwrap();
    for layer in ["mean", "gated"] {
        let field = graph.receptive_field(layer, SIZE, (0, 0)).unwrap();
        // The last row and column are beyond the last window.
        assert_eq!([field.rows, field.columns], [0..12, 0..10], "{layer}");
    }
}

/// `grouped` is a convolution of two groups, `sum` adds the picture's `first` to it, `both` has them side by side, and `scores`
/// is fully connected to a pooled `both`.
fn branches() -> Graph {
    let mut graph = Graph::new(3).unwrap();
    let scaled = ScaleShift::new([2.0, -1.0, 0.5], [0.1; 3]).unwrap();
    let scaled = graph.add(Op::ScaleShift(scaled), &[graph.picture()]).unwrap();
    let same = |kernel: usize| Window::square(kernel, 1).padded(Padding::Same);
    let conv = |inputs: usize, outputs: usize, groups: usize, kernel: usize, seed: u32| {
        let weight = numbers(inputs / groups * outputs * kernel * kernel, seed);
        Op::Conv(Conv2d::new(inputs, outputs, groups, same(kernel), weight, None).unwrap())
    };
    let first = graph.add(conv(3, 4, 1, 3, 1), &[scaled]).unwrap();
    let first = graph.add_layer("first", Op::Activation(Activation::Relu), &[first]).unwrap();
    let grouped = graph.add_layer("grouped", conv(4, 4, 2, 3, 2), &[first]).unwrap();
    let one = graph.add(conv(4, 4, 1, 1, 3), &[grouped]).unwrap();
    let sum = graph.add_layer("sum", Op::Add(Add), &[one, first]).unwrap();
    let both = graph.add_layer("both", Op::Concat(Concat), &[grouped, sum]).unwrap();
    let pool =
        graph.add(Op::AvgPool(AvgPool { window: Window::square(6, 5), count_include_pad: true }), &[both]).unwrap();
    graph.add_layer("scores", Op::Linear(Linear::new(32, 2, numbers(64, 4), None).unwrap()), &[pool]).unwrap();
    graph
}

/// Source and number of each input, in order of these.
fn named(feeds: &[Feed]) -> Vec<String> {
    let name = |feed: &Feed| match &feed.source {
        FeedSource::Picture => format!("picture {}", feed.channel),
        FeedSource::Unnamed => format!("? {}", feed.channel),
        FeedSource::Layer(name) => format!("{name} {}", feed.channel),
    };
    let mut named: Vec<String> = feeds.iter().map(name).collect();
    named.sort();
    named
}

#[test]
fn the_inputs_of_a_channel_are_those_that_its_weights_name() {
    let graph = branches();
    let feeds = |layer: &str, channel: usize| graph.feeds(layer, channel, SIZE).unwrap();
    assert_eq!(named(&feeds("first", 2)), ["picture 0", "picture 1", "picture 2"]);
    let red = feeds("first", 2).into_iter().find(|feed| feed.channel == 0).unwrap();
    // Twice the weights: the picture is scaled first.
    let expected: Vec<f32> = numbers(108, 1)[2 * 27..][..9].iter().map(|weight| 2.0 * weight).collect();
    assert_eq!((red.kernel, red.weights), ([3, 3], expected));

    assert_eq!(named(&feeds("grouped", 3)), ["first 2", "first 3"]);
    let sum = feeds("sum", 1);
    assert_eq!(named(&sum), ["first 1", "grouped 0", "grouped 1", "grouped 2", "grouped 3"]);
    let skipped = sum.iter().find(|feed| feed.source == FeedSource::Layer("first".into())).unwrap();
    assert_eq!(skipped.weights, [1.0]);
    assert!(sum.is_sorted_by(|one, next| one.strength() >= next.strength()));
    assert_eq!((feeds("both", 1), feeds("both", 5)), (feeds("grouped", 1), feeds("sum", 1)), "its parts");
    let scores = feeds("scores", 1);
    assert_eq!((scores.len(), scores[0].kernel, scores[0].weights.len()), (8, [2, 2], 4));
    let third = scores.iter().find(|feed| feed.channel == 3).unwrap();
    assert_eq!(third.weights, numbers(64, 4)[32 + 12..][..4]);
    let missing = graph.feeds("sum", 4, SIZE).unwrap_err();
    assert!(missing.to_string().contains("sum has 4 channels"), "{missing}");
}
