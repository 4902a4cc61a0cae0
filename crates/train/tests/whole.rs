//! A training from pictures to a file, and what interrupts it.

use oneiric::zoo::trained::{self, Architecture};
use oneiric_kits::{Class, Drawing, Kit};
use oneiric_train::data::{Augmentation, Dataset};
use oneiric_train::{Error, Training, TrainingSettings};
use std::ops::ControlFlow;

/// Stripes in any colours, across or along.
fn stripes(seed: u64, across: bool) -> Drawing {
    let bits = |shift: u32| (seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> shift) % 100;
    let (width, height, wave) = (24, 24, 3 + bits(20) as usize % 3);
    let colours = [[bits(1), bits(2), bits(3)], [bits(4), bits(5), bits(6)]];
    let pixel = |i: usize| {
        let place = if across { i / width } else { i % width };
        colours[usize::from((place + bits(9) as usize) % (2 * wave) < wave)].map(|value| value as f32 / 100.0)
    };
    Drawing { width, height, pixels: (0..width * height).flat_map(pixel).collect(), source: seed }
}

static STRIPES: Kit = Kit {
    name: "stripes",
    about: "Stripes across or along.",
    classes: &[
        Class { name: "across", draw: |seed| stripes(seed, true) },
        Class { name: "along", draw: |seed| stripes(seed, false) },
    ],
    pictures: 40,
};

fn data(pictures: usize) -> Dataset {
    Dataset::draw(&STRIPES, pictures, 3, 24, |_| ControlFlow::Continue(())).unwrap()
}

fn settings() -> TrainingSettings {
    TrainingSettings {
        architecture: "8/2 16/2".parse().unwrap(),
        from: String::new(),
        size: 24,
        batch: 8,
        steps: 60,
        rate: 5e-3,
        robust: 0.0,
        augmentation: Augmentation { rotation: 0.0, ..Augmentation::default() },
        evaluations: 6,
        ..TrainingSettings::dreaming()
    }
}

fn run(training: &mut Training, until: usize) {
    while training.steps() < until && !training.is_over() {
        training.step().unwrap();
    }
}

/// The file of the network, trained in one go.
fn file(settings: TrainingSettings) -> Vec<u8> {
    let mut training = Training::new(data(40), settings).unwrap();
    run(&mut training, usize::MAX);
    let trained = training.finish().unwrap();
    trained::write(&trained.card, &trained.graph).unwrap()
}

#[test]
fn a_small_network_from_scratch_learns_stripes_and_is_read_from_its_file() {
    let mut training = Training::new(data(60), TrainingSettings { steps: 300, ..settings() }).unwrap();
    run(&mut training, usize::MAX);
    let trained = training.finish().unwrap();
    assert!(trained.metrics.accuracy > 0.9, "{:?}", trained.metrics);
    assert_eq!(trained.metrics.examples, 24, "a fifth is held out");
    assert!(training.history().last().unwrap().training_loss < 0.5);

    let file = trained::write(&trained.card, &trained.graph).unwrap();
    assert!(!String::from_utf8_lossy(&file).contains('/') || trained.card.architecture.to_string().contains('/'));
    let (network, card) = trained::read("stripes", &file).unwrap();
    assert_eq!(card, trained.card);
    assert_eq!(card.class_names(), ["across", "along"]);
    assert_eq!((card.classes[0].pictures, card.classes[0].held_out), (48, 12));
    assert_eq!(network.graph.layers().collect::<Vec<_>>(), ["conv1", "conv2", "class_scores", "logits"]);
    let pictures: Vec<_> = training.held_out().iter().map(|&i| &training.data().samples[i]).collect();
    let small: Vec<_> = pictures.iter().map(|sample| &sample.picture).collect();
    let answers = oneiric_train::probabilities(&network, &small).unwrap();
    let right = answers.iter().zip(&pictures).filter(|(answer, sample)| answer[sample.class] > 0.5).count();
    assert_eq!(right as f64 / 24.0, trained.metrics.accuracy, "the network of the file is the one that was trained");
}

#[test]
fn the_same_seed_gives_the_same_file_on_any_number_of_threads() {
    let on =
        |threads| rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap().install(|| file(settings()));
    let one = on(1);
    assert!(one == on(2) && one == on(3));
    assert!(one != file(TrainingSettings { seed: 2, ..settings() }));
}

#[test]
fn a_training_that_was_killed_and_continued_gives_the_same_file() {
    for robust in [0.0, 3.0] {
        let settings = TrainingSettings { robust, ..settings() };
        let whole = file(settings.clone());
        let mut checkpoint: Option<Vec<u8>> = None;
        // Ten moments, some of them right at an evaluation.
        for until in [1, 2, 9, 10, 11, 20, 35, 50, 59, 60] {
            let mut training = Training::new(data(40), settings.clone()).unwrap();
            if let Some(checkpoint) = &checkpoint {
                training.resume(checkpoint).unwrap();
            }
            run(&mut training, until);
            checkpoint = Some(training.checkpoint());
        }
        let mut training = Training::new(data(40), settings).unwrap();
        training.resume(&checkpoint.unwrap()).unwrap();
        let trained = training.finish().unwrap();
        assert!(trained::write(&trained.card, &trained.graph).unwrap() == whole, "robust {robust}");
    }
}

#[test]
fn a_checkpoint_of_something_else_is_refused() {
    let mut training = Training::new(data(40), settings()).unwrap();
    run(&mut training, 3);
    let checkpoint = training.checkpoint();
    let refused = |data, settings, checkpoint: &[u8]| {
        let mut other = Training::new(data, settings).unwrap();
        let result = other.resume(checkpoint);
        assert_eq!(other.steps(), 0);
        matches!(result, Err(Error::Checkpoint(_)))
    };
    assert!(refused(data(41), settings(), &checkpoint), "other pictures");
    assert!(refused(data(40), TrainingSettings { rate: 0.1, ..settings() }, &checkpoint), "other settings");
    assert!(refused(data(40), settings(), &checkpoint[..checkpoint.len() - 5]), "cut short");
    assert!(refused(data(40), settings(), b"something else"));
}

#[test]
fn damaged_and_foreign_files_of_networks_are_errors() {
    let file = file(TrainingSettings { steps: 2, ..settings() });
    for end in [0, 7, 8, 100, file.len() - 1] {
        assert!(trained::read("cut", &file[..end]).is_err(), "{end} bytes");
    }
    let other = |from: &str, to: &str| {
        let text: Vec<u8> = file.clone();
        let at = text.windows(from.len()).position(|window| window == from.as_bytes()).unwrap();
        [&text[..at], to.as_bytes(), &text[at + from.len()..]].concat()
    };
    let error = |file: Vec<u8>| trained::read("other", &file).unwrap_err().to_string();
    assert!(error(other("8/2 16/2", "8/2 32/2")).contains("conv2"), "another architecture");
    assert!(error(other("8/2 16/2", "none zzz")).contains("none"));
    let infinite = {
        let mut file = file.clone();
        let end = file.len();
        file[end - 4..].copy_from_slice(&f32::INFINITY.to_le_bytes());
        file
    };
    assert!(error(infinite).contains("not finite"));
    let squeezenet = oneiric::zoo::model("squeezenet").unwrap().training.as_ref().unwrap().bytes();
    assert!(error(squeezenet.to_vec()).contains("no card"));
}

#[test]
fn what_cannot_be_trained_says_why() {
    let error = |data, settings| Training::new(data, settings).unwrap_err().to_string();
    assert!(error(data(2), settings()).contains("2 pictures"));
    assert!(error(data(9), TrainingSettings { size: 4, ..settings() }).contains("size"));
    assert!(error(data(9), TrainingSettings { from: "fire77".into(), ..settings() }).contains("fire77"));
    let scratch: Result<Architecture, _> = "16 yes".parse();
    assert!(scratch.is_err());
}
