//! What the studio's chapter "Orange or peach?" shows: its table is that of the kit, and the numbers that its own code computes are
//! those of the engine and the trainer. `page.json` has them; `crates/studio/tests/browser/numbers-neuron.test.mjs` compares the
//! page's code with the same file.

use std::fs;
use std::path::PathBuf;

use oneiric_engine::op::{Activation, Linear, Op};
use oneiric_engine::shape::Size;
use oneiric_engine::{Batch, Graph, Parameters, Plan, Program, Purpose};
use oneiric_kits::fruit::{self, Fruit};
use oneiric_train::table::{ColumnKind, TableData};
use oneiric_train::{CrossEntropy, Example, Method, SCORES, Schedule, Trainer, TrainerSettings};
use serde_json::{Value, json};

use crate::{kind, parse};

/// What the command line draws with `--pictures 60`.
const PIECES: usize = 60;
const SEED: u64 = 1;
const RATE: f32 = 0.3;
const STEPS: usize = 20;

fn file(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Numbers from -1 to 1 that look random.
fn numbers(count: usize, from: usize) -> Vec<f32> {
    (from..from + count).map(|i| ((i * 7919 % 1009) as f32 / 504.0) - 1.0).collect()
}

/// A network with these numbers of inputs, neurons of hidden layers, and classes.
fn network(sizes: &[usize]) -> Graph {
    let mut graph = Graph::new(1).unwrap();
    let mut node = graph.picture();
    for (at, pair) in sizes.windows(2).enumerate() {
        let (weights, bias) = (numbers(pair[0] * pair[1], 100 * at + 1), numbers(pair[1], 100 * at + 51));
        let linear = Op::Linear(Linear::new(pair[0], pair[1], weights, Some(bias.into())).unwrap());
        node = if at + 2 == sizes.len() {
            graph.add_layer(SCORES, linear, &[node]).unwrap()
        } else {
            let sums = graph.add(linear, &[node]).unwrap();
            graph.add_layer(format!("dense{}", at + 1), Op::Activation(Activation::Relu), &[sums]).unwrap()
        };
    }
    graph
}

/// Parameters or gradients as the page has them: a list of layers.
fn layers(parameters: &Parameters) -> Value {
    let layer = |arrays: &[Vec<f32>]| {
        let inputs = arrays[0].len() / arrays[1].len();
        json!({ "weights": arrays[0].chunks(inputs).collect::<Vec<_>>(), "bias": arrays[1] })
    };
    parameters.iter().map(|(_, arrays)| layer(arrays)).collect()
}

/// A network, what it computes for some examples, and what training makes of it.
fn computed(sizes: &[usize]) -> Value {
    let graph = network(sizes);
    let (size, trained) = (Size { height: 1, width: sizes[0] }, graph.trainable());
    let classes = sizes[sizes.len() - 1];
    let inputs: Vec<Vec<f32>> = (0..6).map(|i| numbers(sizes[0], 500 + 10 * i)).collect();
    let examples: Vec<Example<'_>> =
        inputs.iter().enumerate().map(|(i, picture)| Example { picture, class: i % classes }).collect();

    let names: Vec<&str> = graph.layers().collect();
    let plan = |purpose, layers: &[&str]| {
        let program = Program::with_trained(&graph, layers, &trained).unwrap();
        Plan::for_pictures(&program, size, purpose, examples.len()).unwrap()
    };
    let mut activations = vec![vec![Vec::new(); names.len()]; examples.len()];
    let pictures: Vec<&[f32]> = inputs.iter().map(Vec::as_slice).collect();
    Batch::new(plan(Purpose::Activations, &names))
        .unwrap()
        .activations(&pictures, |picture, layer, map| activations[picture][layer] = map.pixel(0, 0).to_vec())
        .unwrap();
    let loss = |example: &Example<'_>| CrossEntropy::new(example.class, 0.0, 1.0 / examples.len() as f64);
    let mut seen: Vec<_> = examples.iter().map(|example| (example.picture, loss(example))).collect();
    let gradient = Batch::new(plan(Purpose::Parameters, &[SCORES])).unwrap().gradients(&mut seen).unwrap();

    let settings = TrainerSettings {
        method: Method::Sgd { momentum: 0.0 },
        // The rate stays the same.
        schedule: Schedule { rate: RATE, warm_up: 0, steps: 1 << 40 },
        weight_decay: 0.0,
        ..TrainerSettings::default()
    };
    let mut trainer = Trainer::new(graph.clone(), SCORES, &trained, size, settings).unwrap();
    let mut after = |steps: usize| {
        for _ in 0..steps {
            trainer.step(&examples).unwrap();
        }
        layers(&trainer.graph().unwrap().parameters(&trained).unwrap())
    };
    json!({
        "network": layers(&graph.parameters(&trained).unwrap()),
        "examples": examples.iter().map(|example| json!({ "inputs": example.picture, "label": example.class })).collect::<Vec<_>>(),
        "activations": activations,
        "probabilities": seen.iter().map(|(_, loss)| loss.probabilities()).collect::<Vec<_>>(),
        "loss": seen.iter().map(|(_, loss)| loss.loss()).sum::<f64>() / seen.len() as f64,
        "gradient": layers(&gradient),
        "rate": RATE,
        "after_one_step": after(1),
        "steps": STEPS,
        "after_all_steps": after(STEPS - 1),
    })
}

/// The scales that the library gives to the numbers of the table, with the rows that they come from.
fn scales() -> Value {
    let table = parse(&fruit::table(&Fruit::basket(PIECES, SEED))).unwrap();
    let data = TableData::new(&table, &kind(), 0.2, SEED).unwrap();
    let scale = |kind: &ColumnKind| match kind {
        ColumnKind::Number { mean, deviation } => json!({ "mean": mean, "deviation": deviation }),
        ColumnKind::Category { .. } => unreachable!("all columns are numbers"),
    };
    json!({
        "rows": data.split.train,
        "scales": data.columns.iter().map(|column| scale(&column.kind)).collect::<Vec<_>>(),
        "inputs": data.example(data.split.train[0]),
    })
}

fn fixture() -> Value {
    json!({
        "linear": computed(&[2, 2]),
        "one_layer": computed(&[2, 4, 2]),
        "two_layers": computed(&[5, 4, 3, 3]),
        "table": scales(),
    })
}

/// Compares all numbers of two values.
fn compare(expected: &Value, got: &Value, place: &str) {
    match (expected, got) {
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            a.iter().zip(b).enumerate().for_each(|(i, (a, b))| compare(a, b, &format!("{place}.{i}")));
        }
        (Value::Object(a), Value::Object(b)) if a.len() == b.len() => {
            a.iter().for_each(|(name, a)| compare(a, &b[name], &format!("{place}.{name}")));
        }
        (Value::Number(a), Value::Number(b)) => {
            let (a, b) = (a.as_f64().unwrap(), b.as_f64().unwrap());
            assert!((a - b).abs() <= 1e-6 * a.abs().max(1.0), "{place}: {a} in the file, {b} computed");
        }
        _ => panic!("{place}: {expected} in the file, {got} computed"),
    }
}

#[test]
fn the_table_of_the_page_is_that_of_the_kit() {
    let text = fs::read_to_string(file("../studio/web/data/fruit.csv")).unwrap();
    assert_eq!(text, fruit::table(&Fruit::basket(PIECES, SEED)));
}

#[test]
fn the_numbers_that_the_page_is_compared_with_are_those_of_the_library() {
    let text = fs::read_to_string(file("tests/table/page.json")).unwrap();
    compare(&serde_json::from_str(&text).unwrap(), &fixture(), "page.json");
}

#[test]
#[ignore = "writes page.json and the table of the page again"]
fn write_page() {
    fs::write(file("tests/table/page.json"), serde_json::to_string(&fixture()).unwrap() + "\n").unwrap();
    fs::write(file("../studio/web/data/fruit.csv"), fruit::table(&Fruit::basket(PIECES, SEED))).unwrap();
}
