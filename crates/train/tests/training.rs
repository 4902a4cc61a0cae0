//! A training takes the steps of PyTorch, and the same ones on any number of threads.

use std::collections::HashMap;

use oneiric_engine::op::{Activation, Conv2d, Op, Padding, Window};
use oneiric_engine::shape::Size;
use oneiric_engine::{Graph, NodeId};
use oneiric_train::{
    Adversary, Error, Example, Method, Norm, SCORES, Schedule, StepReport, Trainer, TrainerSettings, add_classifier,
    operations_from,
};
use safetensors::SafeTensors;

const CLASSES: usize = 4;
const SIZE: Size = Size { height: 12, width: 10 };
const ADAMW: TrainerSettings = TrainerSettings {
    method: Method::AdamW,
    schedule: Schedule { rate: 0.02, warm_up: 3, steps: 10 },
    weight_decay: 0.1,
    smoothing: 0.0,
    longest_gradient: f32::INFINITY,
    adversary: None,
};

/// The numbers of `scripts/make-training-fixtures.py`, -1 to 1.
fn numbers(count: usize, seed: u32) -> Vec<f32> {
    let number = |i: usize| {
        let mixed = (i as u32 + 1).wrapping_mul(0x9E37_79B1) ^ seed.wrapping_mul(0x85EB_CA77);
        let mixed = (mixed ^ (mixed >> 15)).wrapping_mul(0xC2B2_AE3D);
        (mixed >> 8) as f32 / (1 << 23) as f32 - 1.0
    };
    (0..count).map(number).collect()
}

/// Two convolutions with a ReLU between.
fn network() -> (Graph, Vec<NodeId>) {
    let conv = |inputs: usize, outputs: usize, window: Window, seed: u32| {
        let fan_in = inputs * window.kernel[0] * window.kernel[1];
        let weight: Vec<f32> = numbers(outputs * fan_in, seed).iter().map(|w| w / (fan_in as f32).sqrt()).collect();
        Op::Conv(Conv2d::new(inputs, outputs, 1, window, weight, Some(numbers(outputs, seed + 1).into())).unwrap())
    };
    let mut graph = Graph::new(3).unwrap();
    let first = conv(3, 8, Window::square(3, 2).padded(Padding::all(1)), 300);
    let x = graph.add(first, &[graph.picture()]).unwrap();
    let x = graph.add(Op::Activation(Activation::Relu), &[x]).unwrap();
    graph.add_layer("scores", conv(8, CLASSES, Window::square(1, 1), 302), &[x]).unwrap();
    let trained = graph.trainable();
    (graph, trained)
}

/// Eight pictures in rows of interleaved channels.
fn pictures() -> Vec<Vec<f32>> {
    let pixels = SIZE.height * SIZE.width;
    let picture = |i: u32| {
        let values = numbers(3 * pixels, 400 + i);
        (0..pixels).flat_map(|pixel| [0, 1, 2].map(|c| values[c * pixels + pixel] * 0.5 + 0.5)).collect()
    };
    (0..8).map(picture).collect()
}

fn trained(settings: TrainerSettings) -> (Trainer, Vec<StepReport>) {
    let (graph, nodes) = network();
    let mut trainer = Trainer::new(graph, "scores", &nodes, SIZE, settings).unwrap();
    let pictures = pictures();
    let examples: Vec<_> =
        pictures.iter().enumerate().map(|(i, picture)| Example { picture, class: i % CLASSES }).collect();
    let reports = (0..10).map(|_| trainer.step(&examples).unwrap()).collect();
    (trainer, reports)
}

fn arrays(trainer: &Trainer) -> Vec<Vec<f32>> {
    let graph = trainer.graph().unwrap();
    let parameters = graph.parameters(&graph.trainable()).unwrap();
    parameters.iter().flat_map(|(_, arrays)| arrays.to_vec()).collect()
}

fn of_pytorch(training: &str) -> (Vec<f32>, Vec<Vec<f32>>) {
    let file = SafeTensors::deserialize(include_bytes!("pytorch.safetensors")).unwrap();
    let tensor = |name: &str| -> Vec<f32> {
        let bytes = file.tensor(&format!("{training}.{name}")).unwrap().data().as_chunks::<4>().0.to_vec();
        bytes.into_iter().map(f32::from_le_bytes).collect()
    };
    (tensor("losses"), ["0", "1", "2", "3"].map(tensor).to_vec())
}

#[test]
fn ten_steps_are_those_of_pytorch() {
    let sgd = |momentum| Method::Sgd { momentum };
    let against = |norm, bound| Some(Adversary { norm, bound, steps: 1, ramp: 0 });
    let trainings = HashMap::from([
        ("adamw", ADAMW),
        ("smoothed", TrainerSettings { smoothing: 0.1, ..ADAMW }),
        ("sgd", TrainerSettings { method: sgd(0.9), weight_decay: 0.01, ..ADAMW }),
        ("plain", TrainerSettings { method: sgd(0.0), weight_decay: 0.0, ..ADAMW }),
        ("clipped", TrainerSettings { method: sgd(0.9), weight_decay: 0.0, longest_gradient: 0.05, ..ADAMW }),
        ("l2", TrainerSettings { adversary: against(Norm::L2, 0.5), ..ADAMW }),
        ("linf", TrainerSettings { adversary: against(Norm::Linf, 0.03), ..ADAMW }),
    ]);
    let (graph, nodes) = network();
    let begin = graph.parameters(&nodes).unwrap();
    let begin: Vec<Vec<f32>> = begin.iter().flat_map(|(_, arrays)| arrays.to_vec()).collect();
    for (name, settings) in trainings {
        let (trainer, reports) = trained(settings);
        let (losses, wanted) = of_pytorch(name);
        for (report, loss) in reports.iter().zip(losses) {
            assert!((report.loss - f64::from(loss)).abs() < 1e-4, "{name}: a loss of {}, not {loss}", report.loss);
        }
        for ((array, wanted), begin) in arrays(&trainer).iter().zip(&wanted).zip(&begin) {
            let moved = wanted.iter().zip(begin).map(|(w, b)| (w - b).abs()).fold(0.0, f32::max);
            let off = array.iter().zip(wanted).map(|(a, w)| (a - w).abs()).fold(0.0, f32::max);
            assert!(moved > 1e-3, "{name} trains every array");
            assert!(off < 1e-4 * moved.max(1.0), "{name}: off by {off} of {moved}");
        }
    }
}

#[test]
fn any_number_of_threads_trains_the_same_network() {
    let adversary = Some(Adversary { norm: Norm::L2, bound: 0.5, steps: 2, ramp: 4 });
    let on_threads = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| arrays(&trained(TrainerSettings { adversary, ..ADAMW }).0))
    };
    let one = on_threads(1);
    assert!([2, 3, 8].into_iter().all(|threads| on_threads(threads) == one));
}

#[test]
fn a_training_learns_its_pictures() {
    let (mut trainer, first) = {
        let schedule = Schedule { rate: 0.05, warm_up: 10, steps: 300 };
        let (graph, nodes) = network();
        let trainer = Trainer::new(graph, "scores", &nodes, SIZE, TrainerSettings { schedule, ..ADAMW }).unwrap();
        (trainer, trained(ADAMW).1[0])
    };
    let pictures = pictures();
    let examples: Vec<_> =
        pictures.iter().enumerate().map(|(i, picture)| Example { picture, class: i % CLASSES }).collect();
    let last = (0..300).map(|_| trainer.step(&examples).unwrap()).last().unwrap();
    assert_eq!((last.correct, trainer.steps()), (8, 300));
    assert!(last.loss < 0.3 * first.loss, "from {} to {}", first.loss, last.loss);
}

/// A disc or stripes in two colours, at some place, `SIDE` pixels square.
fn shape(disc: bool, seed: u32) -> Vec<f32> {
    const SIDE: usize = 64;
    let random: Vec<f32> = numbers(9, seed).iter().map(|v| v * 0.5 + 0.5).collect();
    let (x0, y0, size) = (20.0 + 24.0 * random[6], 20.0 + 24.0 * random[7], 8.0 + 10.0 * random[8]);
    let inside = |x: f32, y: f32| {
        if disc { (x - x0).hypot(y - y0) < size } else { ((x + y * (random[6] - 0.5)) / size * 3.0).sin() > 0.0 }
    };
    let pixel = |i: usize| {
        let colour = if inside((i % SIDE) as f32, (i / SIDE) as f32) { 0 } else { 3 };
        [random[colour], random[colour + 1], random[colour + 2]]
    };
    (0..SIDE * SIDE).flat_map(pixel).collect()
}

#[test]
fn a_trained_network_learns_other_classes_from_a_layer_on() {
    let mut graph = oneiric_zoo::load("squeezenet").unwrap().graph.clone();
    add_classifier(&mut graph, "fire9", 2, 7).unwrap();
    let trained = operations_from(&graph, "fire6").unwrap();
    let frozen: Vec<NodeId> = graph.trainable().into_iter().filter(|node| !trained.contains(node)).collect();
    let before = graph.parameters(&frozen).unwrap();
    let settings = TrainerSettings {
        schedule: Schedule { rate: 5e-4, warm_up: 4, steps: 24 },
        adversary: Some(Adversary { norm: Norm::L2, bound: 0.5, steps: 1, ramp: 8 }),
        ..ADAMW
    };
    let mut trainer = Trainer::new(graph, SCORES, &trained, Size { height: 64, width: 64 }, settings).unwrap();
    for step in 0..24 {
        let pictures: Vec<_> = (0..8).map(|i| shape(i % 2 == 0, step * 8 + i)).collect();
        let examples: Vec<_> =
            pictures.iter().enumerate().map(|(i, picture)| Example { picture, class: i % 2 }).collect();
        trainer.step(&examples).unwrap();
    }
    let unseen: Vec<_> = (0..40).map(|i| shape(i % 2 == 0, 1000 + i)).collect();
    let unseen: Vec<&[f32]> = unseen.iter().map(Vec::as_slice).collect();
    let found = trainer.classify(&unseen).unwrap();
    let right = found.iter().enumerate().filter(|(i, classes)| classes[i % 2] > 0.5).count();
    assert!(right >= 36, "{right} of 40 named right");
    assert!(trainer.graph().unwrap().parameters(&frozen).unwrap() == before, "the layers before it stay as they are");
}

#[test]
fn what_cannot_be_trained_is_an_error_and_changes_nothing() {
    let (graph, nodes) = network();
    let new = |settings| Trainer::new(graph.clone(), "scores", &nodes, SIZE, settings);
    let bad = [
        TrainerSettings { smoothing: 1.0, ..ADAMW },
        TrainerSettings { weight_decay: f32::NAN, ..ADAMW },
        TrainerSettings { method: Method::Sgd { momentum: 1.0 }, ..ADAMW },
        TrainerSettings { adversary: Some(Adversary { norm: Norm::L2, bound: 1.0, steps: 0, ramp: 0 }), ..ADAMW },
    ];
    for settings in bad {
        assert!(matches!(new(settings), Err(Error::Setting { .. })), "{settings:?}");
    }
    assert!(matches!(Trainer::new(graph.clone(), "score", &nodes, SIZE, ADAMW), Err(Error::Engine(_))));

    let mut trainer = new(ADAMW).unwrap();
    let before = arrays(&trainer);
    let picture = &pictures()[0];
    assert_eq!(trainer.step(&[]), Err(Error::EmptyBatch));
    let unknown = Error::UnknownClass { class: 4, classes: 4 };
    assert_eq!(trainer.step(&[Example { picture, class: 4 }]), Err(unknown));
    assert!(matches!(trainer.step(&[Example { picture: &picture[1..], class: 0 }]), Err(Error::Engine(_))));
    let nothing = vec![f32::NAN; picture.len()];
    assert_eq!(trainer.step(&[Example { picture: &nothing, class: 0 }]), Err(Error::Diverged { step: 1 }));
    assert!(arrays(&trainer) == before && trainer.steps() == 0);
}
