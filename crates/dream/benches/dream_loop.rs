//! The work of a dream outside the networks: `cargo bench -p oneiric --bench dream_loop`.
//!
//! All of a step except the gradient, at the size of a small photo and of a film; and the cost of an objective outside the
//! gradient of its network. `RAYON_NUM_THREADS` sets the threads.

use divan::{Bencher, black_box};
use oneiric::internals::{
    Evaluation, Evaluator, NormalizeOptions, Normalizer, Random, References, Tiling, View, roll, step,
};
use oneiric::objective::strengthen;
use oneiric::picture::resize::resize;
use oneiric::settings::Normalize;
use oneiric::{Channels, Dream, Dreamer, Objective, Picture, Settings};
use oneiric_engine::shape::Size;
use oneiric_engine::{Purpose, session};
use oneiric_zoo::Networks;

type Sides = (usize, usize);

const SIZES: [Sides; 2] = [(640, 427), (1920, 1080)];
const OPTIONS: NormalizeOptions = NormalizeOptions { level_weights: [0.5, 1.0, 1.0, 0.8, 0.2], chroma: 0.6 };

fn main() {
    divan::main();
}

fn noise((width, height): Sides) -> Vec<f32> {
    let mut random = Random::new(1);
    (0..width * height * 3).map(|_| random.below(1 << 24) as f32 / (1 << 24) as f32 - 0.5).collect()
}

#[divan::bench(args = Normalize::ALL)]
fn small_normalize(bencher: Bencher, kind: Normalize) {
    normalize(bencher, kind, SIZES[0]);
}

#[divan::bench(args = Normalize::ALL)]
fn film_normalize(bencher: Bencher, kind: Normalize) {
    normalize(bencher, kind, SIZES[1]);
}

fn normalize(bencher: Bencher, kind: Normalize, size: Sides) {
    let mut normalizer = Normalizer::new(kind, size.0, size.1, OPTIONS);
    let mut gradient = noise(size);
    bencher.bench_local(|| normalizer.apply(black_box(&mut gradient), 0.5));
}

#[divan::bench(args = SIZES)]
fn rolling(bencher: Bencher, size: Sides) {
    let src = noise(size);
    let mut dst = src.clone();
    bencher.bench_local(|| roll(black_box(&src), &mut dst, size, (-17, 29)));
}

#[divan::bench(args = SIZES)]
fn stepping(bencher: Bencher, size: Sides) {
    let mut picture = noise(size);
    let gradient = noise(size);
    bencher.bench_local(|| step(black_box(&mut picture), &gradient, size, (-17, 29), 1e-6, 0.25));
}

/// Roll, Laplacian normalisation and step: all of an iteration except the network.
#[divan::bench(args = SIZES)]
fn whole_iteration(bencher: Bencher, size: Sides) {
    let mut normalizer = Normalizer::new(Normalize::Laplacian, size.0, size.1, OPTIONS);
    let (mut picture, mut gradient) = (noise(size), noise(size));
    let mut rolled = picture.clone();
    let mut random = Random::new(2);
    bencher.bench_local(|| {
        let offset = random.offset(32);
        roll(&picture, &mut rolled, size, offset);
        normalizer.apply(black_box(&mut gradient), 0.5);
        step(&mut picture, &gradient, size, offset, 0.006, 0.2);
    });
}

/// From one octave to the next, 1.3 times as large.
#[divan::bench(args = SIZES)]
fn growing(bencher: Bencher, size: Sides) {
    let src = noise(size);
    bencher.bench_local(|| resize(black_box(&src), size, (size.0 * 13 / 10, size.1 * 13 / 10)));
}

/// From one octave to the one before, 1.3 times as small.
#[divan::bench(args = SIZES)]
fn shrinking(bencher: Bencher, size: Sides) {
    let src = noise(size);
    bencher.bench_local(|| resize(black_box(&src), size, (size.0 * 10 / 13, size.1 * 10 / 13)));
}

/// The gradient of a layer by the engine alone: the least cost of an objective of that layer.
#[divan::bench]
fn gradient_of_the_engine_alone(bencher: Bencher) {
    let network = oneiric_zoo::load("lite0").expect("it is built in");
    let (width, height) = SIZES[0];
    let mut session =
        session(&network.graph, &["block10"], Size { height, width }, Purpose::Gradient).expect("a layer");
    let picture = noise(SIZES[0]);
    bencher.bench_local(|| {
        session.gradient(black_box(&picture), |_, map, gradient| strengthen(map, gradient)).expect("the right size");
    });
}

/// Objectives of one layer, of two layers of one network, and of two networks, rolled as in a dream.
#[divan::bench(args = ["block10", "block10 + block5", "channel(block10, 7)", "block10 + squeezenet:fire8"])]
fn gradient_of_an_objective(bencher: Bencher, objective: &str) {
    let objective = Objective::read(objective, "lite0", &Networks::default()).expect("it can be read");
    let evaluator =
        Evaluator::new(&objective, "lite0", &Channels::All, false, &Networks::default()).expect("all of it exists");
    let bound = evaluator.bind(References::default()).expect("no picture is needed");
    let mut evaluation =
        Evaluation::new(&bound, Tiling::whole(SIZES[0]), None, Purpose::Gradient).expect("the networks take it");
    let picture = noise(SIZES[0]);
    bencher
        .bench_local(|| evaluation.gradient(black_box(&picture), View::rolled((-17, 29))).expect("the right size").0);
}

/// A whole dream of one step an octave, alone and as the next picture of a dreamer, which has its buffers already.
#[divan::bench(args = [false, true])]
fn a_small_dream(bencher: Bencher, kept: bool) {
    let settings = Settings { octaves: 3, iterations: 1, ..Settings::new("lite0", "block10") };
    let dream = Dream::new(settings).expect("all of it exists");
    let photo = Picture::new(SIZES[0].0, SIZES[0].1, noise(SIZES[0])).expect("a picture");
    let mut dreamer = Dreamer::new(dream.clone());
    bencher.bench_local(|| {
        if kept {
            dreamer.dream(black_box(&photo), None).expect("it fits").picture
        } else {
            dream.render(black_box(&photo)).expect("it fits")
        }
    });
}
