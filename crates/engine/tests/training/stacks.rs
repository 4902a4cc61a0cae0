//! Pictures that run at once give what each gives alone, for every operation.

use std::sync::Arc;

use oneiric_engine::executor::Objective;
use oneiric_engine::map::{Map, MapMut};
use oneiric_engine::op::{
    Activation, Add, AvgPool, Concat, GlobalAvgPool, Linear, LocalResponseNorm, MaxPool, Mul, Op, Padding, ScaleShift,
    Softmax, Window,
};
use oneiric_engine::shape::Size;
use oneiric_engine::{Batch, Error, Graph, Isa, NodeId, Parameters, Plan, Program, Purpose, Rectifier, Session};

use crate::networks::{bias, conv, numbers, picture, weights, window};

const SIZE: Size = Size { height: 21, width: 26 };

/// A graph under construction.
struct Network(Graph);

impl Network {
    fn add(&mut self, op: Op, inputs: &[NodeId]) -> NodeId {
        self.0.add(op, inputs).unwrap()
    }

    fn activation(&mut self, activation: Activation, input: NodeId) -> NodeId {
        self.add(Op::Activation(activation), &[input])
    }
}

/// Every operation, with windows of all kinds, on maps of odd sizes; the layers "middle" and "scores".
fn every_operation() -> Graph {
    let mut net = Network(Graph::new(3).unwrap());
    let scaled = Op::ScaleShift(ScaleShift::new(numbers(3, 1), numbers(3, 2)).unwrap());
    let x = net.add(scaled, &[net.0.picture()]);
    let same = |kernel, stride| Window::square(kernel, stride).padded(Padding::Same);
    let x = net.add(conv(3, 20, 1, same(3, 1), 10), &[x]);
    let x = net.activation(Activation::Relu, x);
    let norm = LocalResponseNorm { size: 5, alpha: 0.3, beta: 0.75, k: 1.5 };
    let x = net.add(Op::LocalResponseNorm(norm), &[x]);
    // Winograd's algorithm, the direct one with phases, and groups.
    let x = net.add(conv(20, 32, 1, window(3, 1, 1), 12), &[x]);
    let x = net.activation(Activation::Relu6, x);
    let strided = Window { kernel: [5, 3], stride: [2, 1], dilation: [1, 2], ..same(1, 1) };
    let x = net.add(conv(32, 32, 1, strided, 14), &[x]);
    let x = net.activation(Activation::LeakyRelu(0.2), x);
    let x = net.0.add_layer("middle", conv(32, 32, 4, window(3, 1, 1), 16), &[x]).unwrap();
    // An inverted residual with a squeeze.
    let inner = net.add(conv(32, 48, 1, window(1, 1, 0), 18), &[x]);
    let inner = net.activation(Activation::Silu, inner);
    let inner = net.add(conv(48, 48, 48, window(5, 1, 2), 20), &[inner]);
    let inner = net.activation(Activation::Relu, inner);
    let squeezed = net.add(Op::GlobalAvgPool(GlobalAvgPool), &[inner]);
    let squeezed = net.add(conv(48, 48, 1, window(1, 1, 0), 22), &[squeezed]);
    let squeezed = net.activation(Activation::Sigmoid, squeezed);
    let inner = net.add(Op::Mul(Mul), &[inner, squeezed]);
    let inner = net.add(conv(48, 32, 1, window(1, 1, 0), 24), &[inner]);
    let x = net.add(Op::Add(Add), &[x, inner]);
    // Branches, one of which cannot be written in place.
    let square = net.add(Op::Mul(Mul), &[x, x]);
    let soft = net.add(Op::Softmax(Softmax), &[x]);
    let odd = net.add(conv(32, 7, 1, window(1, 1, 0), 26), &[square]);
    let parts = net.add(Op::Concat(Concat), &[soft, odd]);
    let one = net.add(conv(39, 16, 1, window(1, 1, 0), 28), &[parts]);
    let one = net.activation(Activation::Relu, one);
    let three = net.add(conv(39, 16, 1, window(3, 1, 1), 30), &[parts]);
    let three = net.activation(Activation::Relu, three);
    let x = net.add(Op::Concat(Concat), &[one, three]);
    let depthwise = net.add(conv(32, 32, 32, same(3, 2), 32), &[x]);
    let x = net.add(Op::MaxPool(MaxPool { window: Window::square(3, 1).padded(Padding::all(1)) }), &[depthwise]);
    let pool = AvgPool { window: window(2, 2, 0).ceil(), count_include_pad: false };
    let x = net.add(Op::AvgPool(pool), &[x]);
    let linear = Linear::new(32 * 21, 5, weights(5, 32 * 21, 34), bias(5, 34)).unwrap();
    net.0.add_layer("scores", Op::Linear(linear), &[x]).unwrap();
    net.0
}

/// A stem and an inverted residual on maps that are large enough to be fused, and a convolution that is trained.
fn fused_operations() -> Graph {
    let mut net = Network(Graph::new(3).unwrap());
    let x = net.add(conv(3, 48, 1, window(3, 2, 0), 40), &[net.0.picture()]);
    let x = net.activation(Activation::Relu, x);
    let x = net.add(Op::MaxPool(MaxPool { window: Window::square(3, 1) }), &[x]);
    let inner = net.add(conv(48, 96, 1, window(1, 1, 0), 42), &[x]);
    let inner = net.activation(Activation::Relu6, inner);
    let inner = net.add(conv(96, 96, 96, window(3, 1, 1), 44), &[inner]);
    let inner = net.activation(Activation::Relu6, inner);
    let inner = net.add(conv(96, 48, 1, window(1, 1, 0), 46), &[inner]);
    let x = net.add(Op::Add(Add), &[inner, x]);
    net.0.add_layer("scores", conv(48, 4, 1, window(1, 1, 0), 48), &[x]).unwrap();
    net.0
}

/// The gradient is a function of the layer that differs from picture to picture.
struct Objective3(f32);

impl Objective for Objective3 {
    fn write_gradient(&mut self, layer: usize, map: Map<'_>, mut gradient: MapMut<'_>) {
        let factor = self.0 + layer as f32;
        gradient.for_each_pixel(|y, x, to| {
            to.fill(0.0);
            to.iter_mut().zip(map.pixel(y, x)).for_each(|(to, value)| *to = (factor * value).sin());
        });
    }
}

fn pictures(size: Size, count: usize) -> Vec<(Vec<f32>, Objective3)> {
    (0..count).map(|i| (picture(size, 300 + i as u32), Objective3(1.0 + i as f32))).collect()
}

fn asked(pictures: &mut [(Vec<f32>, Objective3)]) -> Vec<(&[f32], &mut dyn Objective)> {
    pictures.iter_mut().map(|(picture, objective)| (&picture[..], objective as &mut dyn Objective)).collect()
}

fn cases() -> [(Graph, &'static [&'static str], Size); 2] {
    let large = Size { height: 111, width: 113 };
    [(every_operation(), &["middle", "scores"], SIZE), (fused_operations(), &["scores"], large)]
}

#[test]
fn gradients_of_pictures_have_the_bytes_of_each_alone() {
    for (graph, layers, size) in cases() {
        let program = Program::new(&graph, layers).unwrap();
        let plan = Plan::new(&program, size, Purpose::Gradient).unwrap();
        let fused = plan.steps().filter(|step| matches!(step.op, Op::Stem(_) | Op::InvertedResidual(_))).count();
        assert_eq!(fused, if layers.len() == 1 { 2 } else { 0 });
        let stack = Plan::for_pictures(&program, size, Purpose::Gradient, 5).unwrap();
        assert!(stack.pictures() == 5 && stack.memory() < 5 * plan.memory());
        let (plan, stack) = (Arc::new(plan), Arc::new(stack));
        for isa in Isa::available() {
            for rectifier in [Rectifier::default(), Rectifier::Redirected] {
                let session = |plan: &Arc<Plan>| {
                    let mut session = Session::with_isa(plan.clone(), isa).unwrap();
                    session.set_rectifier(rectifier);
                    session
                };
                let (mut alone, mut together) = (session(&plan), session(&stack));
                for count in [5, 1, 2, 4] {
                    let mut pictures = pictures(size, count);
                    let found = together.gradients(&mut asked(&mut pictures)).unwrap().to_vec();
                    for ((picture, objective), found) in pictures.iter_mut().zip(found.chunks(found.len() / count)) {
                        let expected = alone.gradient_of(picture, objective).unwrap();
                        assert!(expected.iter().any(|&value| value != 0.0));
                        assert!(expected == found, "{count} pictures on {isa}, {rectifier:?}");
                    }
                    let mut seen = Vec::new();
                    let values: Vec<&[f32]> = pictures.iter().map(|(picture, _)| &picture[..]).collect();
                    let keep = |picture, layer, map: Map<'_>| seen.push((picture, layer, map.data().to_vec()));
                    together.activations_of_pictures(&values, keep).unwrap();
                    let mut seen = seen.into_iter();
                    for (i, picture) in values.iter().enumerate() {
                        let same = |layer, map: Map<'_>| {
                            let (picture, number, found) = seen.next().unwrap();
                            let pixels = map.shape().pixels() * map.stride();
                            assert!((picture, number) == (i, layer) && map.data()[..pixels] == found[..pixels]);
                        };
                        alone.activations(picture, same).unwrap();
                    }
                }
            }
        }
    }
}

fn assert_close(got: &Parameters, expected: &Parameters, what: &str) {
    for ((node, got), (_, expected)) in got.iter().zip(expected.iter()) {
        for (got, expected) in got.iter().zip(expected) {
            let largest = expected.iter().fold(0f32, |most, value| most.max(value.abs()));
            let off = got.iter().zip(expected).fold(0f32, |most, (a, b)| most.max((a - b).abs()));
            assert!(off <= 2e-5 * largest, "{node:?}, {what}: off by {off} of {largest}");
        }
    }
}

#[test]
fn gradients_of_parameters_are_the_sum_over_pictures() {
    for (graph, layers, size) in cases() {
        let trained = graph.trainable();
        let trained = if layers.len() == 1 { &trained[trained.len() - 1..] } else { &trained[..] };
        let program = Program::with_trained(&graph, layers, trained).unwrap();
        let plan = Plan::new(&program, size, Purpose::Parameters).unwrap();
        let stack = Plan::for_pictures(&program, size, Purpose::Parameters, 4).unwrap();
        for isa in Isa::available() {
            let mut alone = Session::with_isa(plan.clone(), isa).unwrap();
            let mut together = Session::with_isa(stack.clone(), isa).unwrap();
            for count in [4, 1, 3] {
                let mut pictures = pictures(size, count);
                together.add_parameter_gradients(&mut asked(&mut pictures)).unwrap();
                for one in pictures.chunks_mut(1) {
                    alone.add_parameter_gradients(&mut asked(one)).unwrap();
                }
                let found = together.take_parameter_gradients().unwrap();
                assert_close(&found, &alone.take_parameter_gradients().unwrap(), &format!("{count} pictures on {isa}"));
            }
        }
    }
}

#[test]
fn any_number_of_threads_gives_the_same_bytes() {
    for (graph, layers, size) in cases() {
        let program = Program::with_trained(&graph, layers, &graph.trainable()).unwrap();
        let plan = |purpose| Plan::for_pictures(&program, size, purpose, 3).unwrap();
        let on_threads = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| {
                let mut pictures = pictures(size, 7);
                let mut asked: Vec<_> =
                    pictures.iter_mut().map(|(picture, objective)| (&picture[..], Objective3(objective.0))).collect();
                let of_parameters = Batch::new(plan(Purpose::Parameters)).unwrap().gradients(&mut asked).unwrap();
                let of_pictures =
                    Batch::new(plan(Purpose::Gradient)).unwrap().gradients_of_pictures(&mut asked).unwrap();
                (of_parameters, of_pictures)
            })
        };
        let one = on_threads(1);
        for threads in [2, 3, 8] {
            assert!(one == on_threads(threads), "on {threads} threads");
        }
    }
}

#[test]
fn too_many_pictures_are_refused() {
    let program = Program::with_trained(&every_operation(), &["scores"], &every_operation().trainable()).unwrap();
    let plan = |pictures| Plan::for_pictures(&program, SIZE, Purpose::Parameters, pictures);
    assert!(matches!(plan(usize::MAX), Err(Error::Unsupported(_))));
    let mut session = Session::new(plan(2).unwrap()).unwrap();
    let wrong = |result| matches!(result, Err(Error::WrongInput { .. }));
    assert!(wrong(session.add_parameter_gradients(&mut asked(&mut pictures(SIZE, 3)))));
    assert!(wrong(session.add_parameter_gradients(&mut [])));
    let mut short = pictures(SIZE, 2);
    short[1].0.pop();
    assert!(wrong(session.add_parameter_gradients(&mut asked(&mut short))));
}
