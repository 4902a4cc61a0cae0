//! Single operations, forward and backward together, at the sizes they have inside the built-in networks
//! for a picture of 640x427.
//!
//! `cargo bench -p oneiric-engine`

use divan::Bencher;
use divan::counter::ItemsCount;
use oneiric_engine::op::{Conv2d, MaxPool, Op, Padding, Window};
use oneiric_engine::shape::Size;
use oneiric_engine::{Graph, Purpose, Session};

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

/// Runs a graph of one operation behind a first one, `prepare`, that makes its channels out of a picture.
fn bench(bencher: Bencher<'_, '_>, channels: usize, size: Size, op: Op, flops: usize) {
    let mut graph = Graph::new(channels);
    let picture = graph.picture();
    graph.add_layer("op", op, &[picture]);
    let mut session: Session = oneiric_engine::session(&graph, &["op"], size, Purpose::Gradient).unwrap();
    let pixels: Vec<f32> = (0..channels * size.height * size.width).map(|i| (i as f32 * 0.37).sin()).collect();
    let mut step = || {
        let gradient = session.gradient(&pixels, |_, activation, mut gradient| {
            gradient
                .for_each_pixel(|y, x, to| to[..activation.shape().channels].copy_from_slice(activation.pixel(y, x)));
        });
        divan::black_box(gradient.unwrap()[0]);
    };
    bencher.counter(ItemsCount::new(flops)).bench_local(&mut step);
}

/// Items are floating point operations of both directions.
#[divan::bench(args = CONVS)]
fn convolution(bencher: Bencher<'_, '_>, conv: &Conv) {
    let &Conv(inputs, outputs, groups, kernel, stride, height, width) = conv;
    let window = Window::square(kernel, stride).padded(Padding::Same);
    let weights = vec![0.01; outputs * inputs / groups * kernel * kernel];
    let pixels = height.div_ceil(stride) * width.div_ceil(stride);
    let flops = 4 * weights.len() * pixels;
    let op = Op::Conv(Conv2d::new(inputs, outputs, groups, window, weights, None));
    bench(bencher, inputs, Size { height, width }, op, flops);
}

/// Items are values of the input.
#[divan::bench(args = [(64, 214, 320), (128, 107, 160)])]
fn max_pool(bencher: Bencher<'_, '_>, (channels, height, width): (usize, usize, usize)) {
    let op = Op::MaxPool(MaxPool { window: Window::square(3, 2).ceil() });
    bench(bencher, channels, Size { height, width }, op, channels * height * width);
}
