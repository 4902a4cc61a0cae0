//! One gradient step of a picture through the built-in networks.
//!
//! `cargo bench -p oneiric-zoo`

use divan::Bencher;
use oneiric_engine::Purpose;
use oneiric_engine::shape::Size;

fn main() {
    divan::main();
}

const SIZES: &[(usize, usize)] = &[(640, 427), (1920, 1080)];

fn step(bencher: Bencher<'_, '_>, model: &str, layer: &str, (width, height): (usize, usize)) {
    let network = oneiric_zoo::load(model).unwrap();
    let size = Size { height, width };
    let mut session = oneiric_engine::session(&network.graph, &[layer], size, Purpose::Gradient).unwrap();
    let picture: Vec<f32> = (0..width * height * 3).map(|i| (i as f32 * 0.01).sin() / 2.0 + 0.5).collect();
    bencher.bench_local(|| {
        let gradient = session.gradient(&picture, |_, activation, mut gradient| {
            gradient
                .for_each_pixel(|y, x, to| to[..activation.shape().channels].copy_from_slice(activation.pixel(y, x)));
        });
        divan::black_box(gradient.unwrap()[0]);
    });
}

#[divan::bench(args = SIZES, sample_count = 20)]
fn lite0_block10(bencher: Bencher<'_, '_>, size: (usize, usize)) {
    step(bencher, "lite0", "block10", size);
}

#[divan::bench(args = SIZES, sample_count = 20)]
fn squeezenet_fire8(bencher: Bencher<'_, '_>, size: (usize, usize)) {
    step(bencher, "squeezenet", "fire8", size);
}
