//! Gradients of parameters against PyTorch's, relative error at most 1e-4 of the array's norm.

use std::path::Path;
use std::sync::LazyLock;

use oneiric_engine::map::{Map, MapMut};
use oneiric_engine::op::{Activation, Conv2d, Linear, Op, Padding, ScaleShift, Window};
use oneiric_engine::shape::Size;
use oneiric_engine::{Batch, Cpu, Graph, Isa, Parameters, Plan, Program, Purpose, Session};
use safetensors::SafeTensors;

use crate::networks::{CrossEntropy, PICTURES, bias, conv, network, numbers, picture, pictures, weights, window};

const TOLERANCE: f64 = 1e-4;

static FIXTURE: LazyLock<Vec<u8>> = LazyLock::new(|| {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/training/pytorch.safetensors")).unwrap()
});

/// Compares all arrays with the fixture's.
fn assert_close(name: &str, isa: Isa, got: &Parameters) {
    let fixture = SafeTensors::deserialize(&FIXTURE).unwrap();
    let arrays: Vec<&Vec<f32>> = got.iter().flat_map(|(_, arrays)| arrays).collect();
    assert!(fixture.tensor(&format!("{name}.{}", arrays.len())).is_err(), "{name} has more arrays");
    for (i, got) in arrays.into_iter().enumerate() {
        let expected = fixture.tensor(&format!("{name}.{i}")).unwrap();
        let expected = expected.data().chunks_exact(4).map(|b| f64::from(f32::from_le_bytes(b.try_into().unwrap())));
        let expected: Vec<f64> = expected.collect();
        assert_eq!(got.len(), expected.len(), "{name}.{i}");
        let norm = |values: &mut dyn Iterator<Item = f64>| values.map(|v| v * v).sum::<f64>().sqrt();
        let error = norm(&mut got.iter().zip(&expected).map(|(&g, e)| f64::from(g) - e));
        let relative = error / norm(&mut expected.iter().copied());
        assert!(relative <= TOLERANCE, "{name}.{i} on {isa}: relative error {relative:.1e}");
    }
}

/// The operation of a case: channels of its input, and the operation.
fn case(name: &str) -> (usize, Op) {
    let strided = Window {
        kernel: [5, 3],
        stride: [2, 3],
        dilation: [2, 1],
        padding: Padding::Explicit { top: 1, bottom: 1, left: 2, right: 2 },
        ceil: false,
    };
    match name {
        "three_by_three" => (16, conv(16, 20, 1, window(3, 1, 1), 30)),
        "strided" => (12, conv(12, 17, 1, strided, 30)),
        "grouped" => (12, conv(12, 18, 3, window(3, 1, 1), 30)),
        "depthwise" => (20, conv(20, 20, 20, window(5, 2, 2), 30)),
        "multiplied" => (6, conv(6, 12, 6, window(3, 1, 1), 30)),
        "pointwise" => (40, conv(40, 33, 1, window(1, 1, 0), 30)),
        "of_a_picture" => (3, conv(3, 24, 1, window(7, 2, 3), 30)),
        "to_a_picture" => (16, conv(16, 3, 1, window(3, 1, 1), 30)),
        "unbiased" => (5, Op::Conv(Conv2d::new(5, 7, 1, window(3, 1, 0), weights(7, 45, 30), None).unwrap())),
        "linear" => (5, Op::Linear(Linear::new(495, 7, weights(7, 495, 30), bias(7, 30)).unwrap())),
        "scaled" => (20, Op::ScaleShift(ScaleShift::new(numbers(20, 30), numbers(20, 31)).unwrap())),
        "scaled_picture" => (3, Op::ScaleShift(ScaleShift::new(numbers(3, 30), numbers(3, 31)).unwrap())),
        _ => unreachable!(),
    }
}

#[test]
fn every_kind_of_operation_has_the_gradient_of_pytorch() {
    let size = Size { height: 11, width: 9 };
    let names = [
        "three_by_three",
        "strided",
        "grouped",
        "depthwise",
        "multiplied",
        "pointwise",
        "of_a_picture",
        "to_a_picture",
        "unbiased",
        "linear",
        "scaled",
        "scaled_picture",
    ];
    for name in names {
        let (channels, op) = case(name);
        let mut graph = Graph::new(3).unwrap();
        let x = graph.add(conv(3, channels, 1, window(1, 1, 0), 10), &[graph.picture()]).unwrap();
        let x = graph.add(Op::Activation(Activation::Silu), &[x]).unwrap();
        graph.add_layer("output", op, &[x]).unwrap();
        let program = Program::with_trained(&graph, &["output"], &graph.trainable()).unwrap();
        let plan = Plan::new(&program, size, Purpose::Parameters).unwrap();
        for isa in Isa::available() {
            let mut session = Session::with_isa(plan.clone(), isa).unwrap();
            let mut objective = |_: usize, output: Map<'_>, mut gradient: MapMut<'_>| {
                let shape = output.shape();
                let values = numbers(shape.values(), 2);
                gradient.for_each_pixel(|y, x, to| {
                    to.fill(0.0);
                    let pixel = (y * shape.width + x) * shape.channels;
                    to[..shape.channels].copy_from_slice(&values[pixel..][..shape.channels]);
                });
            };
            session.add_parameter_gradients(&mut [(&picture(size, 1), &mut objective)]).unwrap();
            assert_close(name, isa, &session.take_parameter_gradients().unwrap());
        }
    }
}

#[test]
fn a_network_trained_for_three_steps_has_the_weights_of_pytorch() {
    let (graph, trained) = network();
    let program = Program::with_trained(&graph, &["logits"], &trained).unwrap();
    let plan = Plan::for_pictures(&program, crate::networks::SIZE, Purpose::Parameters, 3).unwrap();
    let pictures = pictures();
    for isa in Isa::available() {
        let mut batch = Batch::with_executor(&Cpu::with_isa(isa), plan.clone()).unwrap();
        let mut parameters = graph.parameters(&trained).unwrap();
        let mut losses = Vec::new();
        for step in 0..3 {
            let mut examples: Vec<(&[f32], CrossEntropy)> =
                pictures.iter().enumerate().map(|(i, picture)| (&picture[..], CrossEntropy::of_picture(i))).collect();
            let gradients = batch.gradients(&mut examples).unwrap();
            if step == 0 {
                assert_close("network", isa, &gradients);
            }
            parameters.add_scaled(-0.1, &gradients).unwrap();
            batch.set_parameters(&parameters).unwrap();
            losses.push(examples.iter().map(|(_, objective)| objective.loss).sum::<f64>());
        }
        assert_close("trained", isa, &parameters);
        // As the script printed them.
        for (loss, expected) in losses.iter().zip([2.840551384, 2.412594749, 2.166340839]) {
            assert!((loss - expected).abs() < 1e-5, "a loss of {loss} on {isa}");
        }
    }
    assert_eq!(pictures.len(), PICTURES);
}
