//! The steps of a training: 16 pictures of 112 x 112 pixels, as in `scripts/train-pytorch.py`.

use divan::Bencher;
use divan::counter::ItemsCount;
use oneiric_engine::shape::Size;
use oneiric_train::{Adversary, Example, Norm, SCORES, Trainer, TrainerSettings, add_classifier, operations_from};

fn main() {
    divan::main();
}

const BATCH: usize = 16;
const SIZE: Size = Size { height: 112, width: 112 };

/// A network, the layer with its features, and the first one that is trained.
const STARTS: [(&str, &str, &str); 2] = [("squeezenet", "fire9", "fire6"), ("lite0", "head", "block8")];

fn trainer((model, features, from): (&str, &str, &str), adversary: Option<Adversary>) -> Trainer {
    let mut graph = oneiric_zoo::load(model).unwrap().graph.clone();
    add_classifier(&mut graph, features, 2, 1).unwrap();
    let trained = operations_from(&graph, from).unwrap();
    Trainer::new(graph, SCORES, &trained, SIZE, TrainerSettings { adversary, ..TrainerSettings::default() }).unwrap()
}

fn bench(bencher: Bencher, mut trainer: Trainer) {
    let values = SIZE.height * SIZE.width * 3;
    let pictures: Vec<Vec<f32>> =
        (0..BATCH).map(|i| (0..values).map(|v| ((v * (i + 3)) as f32 * 0.37).sin() * 0.5 + 0.5).collect()).collect();
    let examples: Vec<_> = pictures.iter().enumerate().map(|(i, picture)| Example { picture, class: i % 2 }).collect();
    bencher.counter(ItemsCount::new(BATCH)).bench_local(|| trainer.step(&examples).unwrap());
}

#[divan::bench(args = STARTS)]
fn plain(bencher: Bencher, start: (&str, &str, &str)) {
    bench(bencher, trainer(start, None));
}

#[divan::bench(args = STARTS)]
fn against_an_adversary(bencher: Bencher, start: (&str, &str, &str)) {
    bench(bencher, trainer(start, Some(Adversary { norm: Norm::L2, bound: 1.5, steps: 1, ramp: 0 })));
}
