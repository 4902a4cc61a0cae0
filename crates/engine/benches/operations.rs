//! Single operations, forward and backward together, at the sizes they have inside the built-in networks
//! for a picture of 640x427.
//!
//! `cargo bench -p oneiric-engine`

use divan::Bencher;
use divan::counter::ItemsCount;
use oneiric_engine::map::{Map, MapMut};
use oneiric_engine::op::{Activation, Conv2d, MaxPool, Op, Padding, Window};
use oneiric_engine::shape::Size;
use oneiric_engine::{Graph, Isa, Plan, Program, Purpose, Session};

fn main() {
    divan::main();
}

/// A convolution: channels in and out, groups, kernel, stride, height and width of its input.
#[derive(Debug)]
struct Conv(usize, usize, usize, usize, usize, usize, usize);

const CONVS: &[Conv] = &[
    Conv(3, 32, 1, 3, 2, 427, 640),
    Conv(16, 96, 1, 1, 1, 214, 320),
    Conv(112, 672, 1, 1, 1, 27, 40),
    Conv(672, 112, 1, 1, 1, 27, 40),
    Conv(16, 64, 1, 3, 1, 107, 160),
    Conv(64, 256, 1, 3, 1, 26, 40),
    Conv(96, 96, 96, 3, 2, 214, 320),
    Conv(144, 144, 144, 3, 1, 107, 160),
    Conv(672, 672, 672, 5, 1, 27, 40),
];

/// Gradient steps of a graph at the layer `op`. Items are what `count` counts.
fn bench(bencher: Bencher<'_, '_>, graph: &Graph, channels: usize, size: Size, purpose: Purpose, count: usize) {
    let mut session: Session = oneiric_engine::session(graph, &["op"], size, purpose).unwrap();
    let pixels: Vec<f32> = (0..channels * size.height * size.width).map(|i| (i as f32 * 0.37).sin()).collect();
    let mut step = || {
        let gradient = session.gradient(&pixels, |_, activation, mut gradient| {
            gradient
                .for_each_pixel(|y, x, to| to[..activation.shape().channels].copy_from_slice(activation.pixel(y, x)));
        });
        divan::black_box(gradient.unwrap()[0]);
    };
    bencher.counter(ItemsCount::new(count)).bench_local(&mut step);
}

/// The layer `op` alone.
fn single(channels: usize, op: Op) -> Graph {
    let mut graph = Graph::new(channels).unwrap();
    let picture = graph.picture();
    graph.add_layer("op", op, &[picture]).unwrap();
    graph
}

fn conv2d(inputs: usize, outputs: usize, groups: usize, kernel: usize, stride: usize) -> Conv2d {
    let window = Window::square(kernel, stride).padded(Padding::Same);
    Conv2d::new(inputs, outputs, groups, window, vec![0.01; outputs * inputs / groups * kernel * kernel], None).unwrap()
}

/// Of both directions.
fn flops(&Conv(inputs, outputs, groups, kernel, stride, height, width): &Conv) -> usize {
    4 * outputs * inputs / groups * kernel * kernel * height.div_ceil(stride) * width.div_ceil(stride)
}

/// Items are floating point operations of both directions.
#[divan::bench(args = CONVS)]
fn convolution(bencher: Bencher<'_, '_>, conv: &Conv) {
    let &Conv(inputs, outputs, groups, kernel, stride, height, width) = conv;
    let graph = single(inputs, Op::Conv(conv2d(inputs, outputs, groups, kernel, stride)));
    bench(bencher, &graph, inputs, Size { height, width }, Purpose::Gradient, flops(conv));
}

/// The activations and the gradient of weights and bias. Items are floating point operations of both.
#[divan::bench(args = CONVS)]
fn weight_gradient(bencher: Bencher<'_, '_>, conv: &Conv) {
    let &Conv(inputs, outputs, groups, kernel, stride, height, width) = conv;
    let graph = single(inputs, Op::Conv(conv2d(inputs, outputs, groups, kernel, stride)));
    let program = Program::with_trained(&graph, &["op"], &graph.trainable()).unwrap();
    let plan = Plan::new(&program, Size { height, width }, Purpose::Parameters).unwrap();
    let mut session = Session::new(plan).unwrap();
    let pixels: Vec<f32> = (0..inputs * height * width).map(|i| (i as f32 * 0.37).sin()).collect();
    let mut objective = |_: usize, activation: Map<'_>, mut gradient: MapMut<'_>| {
        gradient.for_each_pixel(|y, x, to| to[..activation.shape().channels].copy_from_slice(activation.pixel(y, x)));
    };
    let mut step = || session.add_parameter_gradients(&mut [(&pixels, &mut objective)]).unwrap();
    bencher.counter(ItemsCount::new(flops(conv))).bench_local(&mut step);
}

/// [`convolution`] with the products of the backward pass in bf16, if the machine has it.
#[divan::bench(args = [Conv(16, 96, 1, 1, 1, 214, 320), Conv(112, 672, 1, 1, 1, 27, 40), Conv(672, 112, 1, 1, 1, 27, 40)])]
fn convolution_bf16(bencher: Bencher<'_, '_>, conv: &Conv) {
    if !Isa::has_bf16() {
        return;
    }
    let &Conv(inputs, outputs, groups, kernel, stride, height, width) = conv;
    let graph = single(inputs, Op::Conv(conv2d(inputs, outputs, groups, kernel, stride)));
    bench(bencher, &graph, inputs, Size { height, width }, Purpose::GradientBf16, flops(conv));
}

/// A convolution of a picture, ReLU and max pool, which run as one. Items are floating point operations.
#[divan::bench(args = [Conv(3, 64, 1, 3, 2, 427, 640), Conv(3, 64, 1, 7, 2, 427, 640)])]
fn stem(bencher: Bencher<'_, '_>, conv: &Conv) {
    let &Conv(inputs, outputs, groups, kernel, stride, height, width) = conv;
    let mut graph = Graph::new(inputs).unwrap();
    let first = graph.add(Op::Conv(conv2d(inputs, outputs, groups, kernel, stride)), &[graph.picture()]).unwrap();
    let clamped = graph.add(Op::Activation(Activation::Relu), &[first]).unwrap();
    graph.add_layer("op", Op::MaxPool(MaxPool { window: Window::square(3, 2).ceil() }), &[clamped]).unwrap();
    bench(bencher, &graph, inputs, Size { height, width }, Purpose::Gradient, flops(conv));
}

/// An expansion, a depthwise convolution and a projection, which run as one: channels, of the map between, stride,
/// height and width. Items are floating point operations.
#[divan::bench(args = [(16, 96, 2, 214, 320), (24, 144, 1, 107, 160)])]
fn inverted_residual(
    bencher: Bencher<'_, '_>,
    (channels, between, stride, height, width): (usize, usize, usize, usize, usize),
) {
    let mut graph = Graph::new(channels).unwrap();
    let mut last = graph.picture();
    let mut count = 0;
    for (conv, clamps) in [
        (Conv(channels, between, 1, 1, 1, height, width), true),
        (Conv(between, between, between, 3, stride, height, width), true),
        (Conv(between, channels, 1, 1, 1, height.div_ceil(stride), width.div_ceil(stride)), false),
    ] {
        let Conv(inputs, outputs, groups, kernel, stride, ..) = conv;
        count += flops(&conv);
        let op = Op::Conv(conv2d(inputs, outputs, groups, kernel, stride));
        last = match clamps {
            true => {
                let convolved = graph.add(op, &[last]).unwrap();
                graph.add(Op::Activation(Activation::Relu6), &[convolved]).unwrap()
            }
            false => graph.add_layer("op", op, &[last]).unwrap(),
        };
    }
    bench(bencher, &graph, channels, Size { height, width }, Purpose::Gradient, count);
}

/// Items are values of the input.
#[divan::bench(args = [(64, 214, 320), (128, 107, 160)])]
fn max_pool(bencher: Bencher<'_, '_>, (channels, height, width): (usize, usize, usize)) {
    let graph = single(channels, Op::MaxPool(MaxPool { window: Window::square(3, 2).ceil() }));
    bench(bencher, &graph, channels, Size { height, width }, Purpose::Gradient, channels * height * width);
}
