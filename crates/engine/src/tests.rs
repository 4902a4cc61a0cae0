//! Whole graphs: with fusion, shared buffers and parts written in place, a network's layers and the gradient of its
//! picture are those of the plain definition.

mod rectifier;

use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use crate::graph::Graph;
use crate::map::MapMut;
use crate::node::NodeId;
use crate::op::{
    Activation, Add, AvgPool, Concat, Conv2d, GlobalAvgPool, MaxPool, Mul, Op, Padding, ScaleShift, Window,
};
use crate::shape::{Shape, Size};
use crate::tensor::Tensor;
use crate::{Error, Isa, Plan, Program, Purpose, Rectifier, Session, Step};

const SIZE: Size = Size { height: 6, width: 7 };

/// Pseudo-random numbers, the same on every machine.
fn number(i: usize, seed: u64) -> f64 {
    let mixed = (i as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ seed.wrapping_mul(0xD134_2543_DE82_EF95);
    let mixed = (mixed ^ (mixed >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    f64::from(((mixed >> 40) as f32 / (1 << 24) as f32) * 2.0 - 1.0)
}

/// What a recipe adds to a graph: the numbers choose the operation and its inputs.
type Recipe = Vec<(u8, usize, usize)>;

/// A network of convolutions, branches, sums, products and pools. All maps but the picture have one size,
/// so that any can be combined with any.
fn build(recipe: &Recipe) -> Graph {
    let mut graph = Graph::new(3).unwrap();
    let mut nodes = vec![(graph.picture(), 3)];
    for (i, &(kind, a, b)) in recipe.iter().enumerate() {
        let (a, channels) = nodes[a % nodes.len()];
        let (b, more) = nodes[b % nodes.len()];
        let (op, inputs, out): (Op, Vec<NodeId>, usize) = match kind % 9 {
            0 | 1 => (conv(channels, 16, i), vec![a], 16),
            2 => (conv(channels, 20, i), vec![a], 20),
            3 => (Op::Activation(Activation::Relu), vec![a], channels),
            4 => (Op::Activation(Activation::Relu6), vec![a], channels),
            5 if channels == more => (Op::Add(Add), vec![a, b], channels),
            6 if channels == more => (Op::Mul(Mul), vec![a, b], channels),
            7 => (Op::Concat(Concat), vec![a, b], channels + more),
            8 => (Op::MaxPool(MaxPool { window: same(3) }), vec![a], channels),
            _ => (Op::AvgPool(AvgPool { window: same(2), count_include_pad: false }), vec![a], channels),
        };
        nodes.push((graph.add_layer(format!("n{i}"), op, &inputs).unwrap(), out));
    }
    graph
}

fn same(kernel: usize) -> Window {
    Window::square(kernel, 1).padded(Padding::Same)
}

fn conv(inputs: usize, outputs: usize, seed: usize) -> Op {
    let len = inputs * outputs * 9;
    let weight: Vec<f32> = (0..len).map(|i| number(i, seed as u64) as f32 / (inputs as f32 * 3.0).sqrt()).collect();
    let bias: Vec<f32> = (0..outputs).map(|i| number(i, 77) as f32 * 0.1).collect();
    Op::Conv(Conv2d::new(inputs, outputs, 1, same(3), weight, Some(bias.into())).unwrap())
}

/// Every node by the plain definitions, nothing fused and nothing shared.
fn reference(graph: &Graph, picture: &Tensor) -> Vec<Tensor> {
    let mut values: Vec<Tensor> = vec![picture.clone()];
    for node in &graph.nodes[1..] {
        let inputs: Vec<&Tensor> = node.inputs.iter().map(|id| &values[id.0]).collect();
        values.push(node.op.reference(&inputs));
    }
    values
}

fn picture(size: Size) -> Tensor {
    let shape = Shape::new(3, size.height, size.width);
    Tensor::from_fn(shape, |c, y, x| number((c * 31 + y) * 37 + x, 5) * 0.5 + 0.5)
}

/// A gradient of both signs.
fn noise(shape: Shape, seed: u64) -> Tensor {
    Tensor::from_fn(shape, |c, y, x| number((c * 41 + y) * 43 + x, seed))
}

fn write(tensor: &Tensor, map: &mut MapMut<'_>) {
    map.for_each_pixel(|y, x, to| {
        to.fill(0.0);
        (0..tensor.shape.channels).for_each(|c| to[c] = tensor.at(c, y, x) as f32);
    });
}

/// Runs `layers` of `graph` and compares everything with the reference.
fn check(graph: &Graph, layers: &[String]) {
    let input = picture(SIZE);
    let values = reference(graph, &input);
    let nodes: Vec<usize> = layers.iter().map(|name| graph.layer(name).unwrap().0).collect();
    let seeds: Vec<Tensor> = nodes.iter().map(|&n| noise(values[n].shape, n as u64)).collect();
    let objective = |input: &Tensor| {
        let values = reference(graph, input);
        let dot =
            |(&n, seed): (&usize, &Tensor)| values[n].data.iter().zip(&seed.data).map(|(v, s)| v * s).sum::<f64>();
        nodes.iter().zip(&seeds).map(dot).sum::<f64>()
    };
    let slopes = slopes_of(&input, objective);
    let program = Program::new(graph, layers).unwrap();
    let pixels = input.to_buffer();
    let pixels = &pixels.as_slice()[..input.data.len()];
    for isa in Isa::available() {
        let mut session = Session::with_isa(Plan::new(&program, SIZE, Purpose::Gradient).unwrap(), isa).unwrap();
        // Twice: values left in the buffers must not matter.
        for _ in 0..2 {
            let gradient = session.gradient(pixels, |layer, activation, mut gradient| {
                let (got, expected) = (Tensor::from_map(&activation), &values[nodes[layer]]);
                let scale = expected.data.iter().fold(1.0, |max: f64, v| max.max(v.abs()));
                let close = got.data.iter().zip(&expected.data).all(|(g, e)| (g - e).abs() < 1e-4 * scale);
                assert!(close, "layer {} of {layers:?} on {isa}", layers[layer]);
                write(&seeds[layer], &mut gradient);
            });
            let gradient = gradient.unwrap();
            let scale = gradient.iter().fold(1.0, |max: f64, v| max.max(f64::from(v.abs())));
            for &(at, slope) in &slopes {
                let (c, pixel) = (at / (SIZE.height * SIZE.width), at % (SIZE.height * SIZE.width));
                let got = f64::from(gradient[pixel * 3 + c]);
                assert!((got - slope).abs() < 2e-3 * scale, "gradient {got} instead of {slope} on {isa}");
            }
        }
    }
}

/// The slopes of `objective` at every eleventh value of `input` by central differences, with the value's index.
fn slopes_of(input: &Tensor, objective: impl Fn(&Tensor) -> f64) -> Vec<(usize, f64)> {
    const H: f64 = 1e-6;
    let moved = |at: usize, by: f64| {
        let mut moved = input.clone();
        moved.data[at] += by;
        objective(&moved)
    };
    let slope = |at: usize| (at, (moved(at, H) - moved(at, -H)) / (2.0 * H));
    (0..input.data.len()).step_by(11).map(slope).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, rng_seed: RngSeed::Fixed(2015), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_network_computes_its_definition(
        recipe in prop::collection::vec((any::<u8>(), any::<usize>(), any::<usize>()), 1..9),
        wanted in prop::collection::btree_set(0..9usize, 1..4),
    ) {
        let graph = build(&recipe);
        let layers: Vec<String> = wanted.iter().filter(|&&i| i < recipe.len()).map(|i| format!("n{i}")).collect();
        prop_assume!(!layers.is_empty());
        check(&graph, &layers);
    }
}

/// A fire module and a residual, the two patterns that are fused and written in place.
fn fire_and_residual() -> Graph {
    let recipe = vec![
        (0, 0, 0), // n0 conv of the picture
        (3, 1, 0), // n1 relu
        (0, 2, 0), // n2 conv
        (3, 3, 0), // n3 relu
        (0, 2, 0), // n4 conv
        (7, 4, 5), // n5 concat of a clamped and an unclamped part
        (0, 6, 0), // n6 conv
        (5, 7, 2), // n7 add n1
        (4, 8, 0), // n8 relu6
    ];
    build(&recipe)
}

#[test]
fn neighbours_are_fused_and_parts_are_written_in_place() {
    let graph = fire_and_residual();
    check(&graph, &["n8".into()]);
    check(&graph, &["n5".into(), "n8".into()]);
    check(&graph, &["n3".into(), "n7".into()]);
    let program = Program::new(&graph, &["n8"]).unwrap();
    // Picture, three convolutions with all that follows them, one without, the concatenation.
    assert_eq!(program.graph.nodes.len(), 6);
    let plan = Plan::new(&program, SIZE, Purpose::Gradient).unwrap();
    let in_place = plan.nodes.iter().filter(|node| node.in_place).count();
    assert_eq!(in_place, 1, "the concatenation");
}

/// The picture is scaled, shifted and padded with zeros before the first convolution.
#[test]
fn preprocessing_goes_into_the_first_convolution() {
    let mut graph = Graph::new(3).unwrap();
    let scale = ScaleShift::new(vec![1.5, -0.5, 2.0], vec![-0.7, 0.2, 0.3]).unwrap();
    let scaled = graph.add(Op::ScaleShift(scale), &[graph.picture()]).unwrap();
    let first = graph.add(conv(3, 16, 1), &[scaled]).unwrap();
    graph.add_layer("first", Op::Activation(Activation::Relu), &[first]).unwrap();
    check(&graph, &["first".into()]);
    let program = Program::new(&graph, &["first"]).unwrap();
    assert_eq!(program.graph.nodes.len(), 2, "the picture and one convolution");
    let plan = Plan::new(&program, SIZE, Purpose::Gradient).unwrap();
    assert_eq!(plan.steps().nth(1).unwrap().operation, "scale+conv+clamp");
}

#[test]
fn a_plan_lists_what_runs_and_its_buffers() {
    let program = Program::new(&fire_and_residual(), &["n8"]).unwrap();
    let plan = Plan::new(&program, SIZE, Purpose::Gradient).unwrap();
    let steps: Vec<Step<'_>> = plan.steps().collect();
    let operations = ["input", "conv+clamp", "conv+clamp", "conv", "concat", "conv+add+clamp"];
    assert!(steps.iter().map(|step| step.operation).eq(operations), "{steps:#?}");
    assert!(steps.iter().enumerate().all(|(i, step)| step.number == i));

    let last = &steps[5];
    assert!(last.layers().eq(["n6", "n7", "n8"]));
    assert!(last.parts.iter().map(|part| part.operation).eq(["conv", "add", "relu6"]));
    assert_eq!(last.inputs, [4, 1]);
    assert!(last.bits > 0 && steps[3].bits == 0, "what is clamped keeps bits");

    let (part, whole) = (steps[3].activation.unwrap(), steps[4].activation.unwrap());
    assert!(steps[4].in_place && !steps[3].in_place);
    assert_eq!((part.slot, part.offset, whole.offset), (whole.slot, 16, 0), "a part lies in the whole");
    assert!(steps[0].activation.is_none() && steps[0].gradient.is_some(), "the caller holds the picture");

    assert_eq!(steps.iter().map(|step| step.flops).sum::<u64>(), plan.flops());
    let slots: Vec<usize> = plan.slots().collect();
    for step in &steps[1..] {
        assert!([step.activation, step.gradient].into_iter().flatten().all(|at| slots[at.slot] >= step.map_bytes()));
    }
    assert_eq!(slots.iter().sum::<usize>() + plan.bits_memory() + plan.kept_memory(), plan.memory());
}

#[test]
fn the_network_runs_no_further_than_the_deepest_layer() {
    let program = Program::new(&fire_and_residual(), &["n1"]).unwrap();
    assert_eq!(program.graph.nodes.len(), 2);
    assert_eq!(program.layers().collect::<Vec<_>>(), ["n1"]);
}

#[test]
fn any_number_of_threads_gives_the_same_bytes() {
    let graph = fire_and_residual();
    let size = Size { height: 33, width: 41 };
    let pixels = picture(size).to_buffer();
    let gradient = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let mut session = crate::session(&graph, &["n5", "n8"], size, Purpose::Gradient).unwrap();
            let seed = |_, activation: crate::map::Map<'_>, mut gradient: MapMut<'_>| {
                write(&Tensor::from_map(&activation), &mut gradient);
            };
            session.gradient(&pixels.as_slice()[..33 * 41 * 3], seed).unwrap().to_vec()
        })
    };
    let one = gradient(1);
    for threads in [2, 3, 8] {
        assert!(one.iter().zip(gradient(threads)).all(|(a, b)| a.to_bits() == b.to_bits()), "{threads} threads");
    }
}

/// Expand, depthwise of 5x5 and the given stride, project, and the input again where it fits.
fn inverted_residual(stride: usize) -> Graph {
    let (channels, inner) = (16, 96);
    let part = |inputs: usize, outputs: usize, groups: usize, kernel: usize, stride: usize| {
        let fan_in = inputs / groups * kernel * kernel;
        let weight: Vec<f32> = (0..outputs * fan_in).map(|i| number(i, 5) as f32 / (fan_in as f32).sqrt()).collect();
        let bias: Vec<f32> = (0..outputs).map(|i| number(i, 6) as f32 * 0.1).collect();
        let window = Window::square(kernel, stride).padded(Padding::Same);
        Op::Conv(Conv2d::new(inputs, outputs, groups, window, weight, Some(bias.into())).unwrap())
    };
    let mut graph = Graph::new(3).unwrap();
    let first = graph.add_layer("first", conv(3, channels, 1), &[graph.picture()]).unwrap();
    let expand = graph.add(part(channels, inner, 1, 1, 1), &[first]).unwrap();
    let expand = graph.add_layer("expand", Op::Activation(Activation::Relu6), &[expand]).unwrap();
    let depthwise = graph.add(part(inner, inner, inner, 5, stride), &[expand]).unwrap();
    let depthwise = graph.add_layer("depthwise", Op::Activation(Activation::Relu6), &[depthwise]).unwrap();
    let project = graph.add_layer("project", part(inner, channels, 1, 1, 1), &[depthwise]).unwrap();
    if stride == 1 {
        graph.add_layer("block", Op::Add(Add), &[project, first]).unwrap();
    } else {
        graph.add_layer("block", Op::Activation(Activation::LeakyRelu(1.0)), &[project]).unwrap();
    }
    graph
}

/// A convolution of the picture and the largest of windows of it; `relu6` cuts off at both ends.
fn stem(window: Window, relu6: bool) -> Graph {
    let mut graph = Graph::new(3).unwrap();
    let convolved = graph.add(conv(3, 40, 1), &[graph.picture()]).unwrap();
    let activation = if relu6 { Activation::Relu6 } else { Activation::Relu };
    let clamped = graph.add_layer("relu", Op::Activation(activation), &[convolved]).unwrap();
    graph.add_layer("pool", Op::MaxPool(MaxPool { window }), &[clamped]).unwrap();
    graph
}

/// Checks that the last of `layers` has the same gradient and activations alone as with the others, which
/// prevent fusion: to the last bit, on any number of threads. Alone it takes less than half the memory.
fn check_fusion(graph: &Graph, layers: &[&str]) {
    let size = Size { height: 139, width: 170 };
    let pixels = picture(size).to_buffer();
    let pixels = &pixels.as_slice()[..size.height * size.width * 3];
    let session = |layers: &[&str], purpose: Purpose, isa: Isa| {
        Session::with_isa(Plan::new(&Program::new(graph, layers).unwrap(), size, purpose).unwrap(), isa).unwrap()
    };
    let gradient = |layers: &[&str], threads: usize, isa: Isa| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let mut session = session(layers, Purpose::Gradient, isa);
            let last = layers.len() - 1;
            let found = session.gradient(pixels, |layer, activation, mut gradient| match layer == last {
                true => write(&noise(activation.shape(), 3), &mut gradient),
                false => gradient.data_mut().fill(0.0),
            });
            (found.unwrap().to_vec(), session.memory())
        })
    };
    let activations = |layers: &[&str], isa: Isa| {
        let mut found = Vec::new();
        let see = |layer, map: crate::map::Map<'_>| {
            if layer == layers.len() - 1 {
                found = map.to_chw();
            }
        };
        session(layers, Purpose::Activations, isa).activations(pixels, see).unwrap();
        found
    };
    let alone = &layers[layers.len() - 1..];
    for isa in Isa::available() {
        let (apart, more) = gradient(layers, 2, isa);
        assert!(apart.iter().any(|&value| value != 0.0));
        for threads in [1, 2, 3] {
            let (fused, less) = gradient(alone, threads, isa);
            assert!(fused.iter().zip(&apart).all(|(a, b)| a.to_bits() == b.to_bits()), "{threads} threads, {isa}");
            assert!(less < more / 2, "{less} and {more} bytes");
        }
        assert!(activations(alone, isa) == activations(layers, isa), "{isa}");
    }
}

/// Checks that a plan of the last layer has a step that runs these layers, with maps of so many channels in windows.
fn check_step(graph: &Graph, operation: &str, layers: &[&str], channels: usize) {
    let program = Program::new(graph, &[graph.layers().last().unwrap()]).unwrap();
    let plan = Plan::new(&program, Size { height: 139, width: 170 }, Purpose::Gradient).unwrap();
    let step = plan.steps().find(|step| step.operation.starts_with(operation)).unwrap();
    assert!(step.layers().take(layers.len()).eq(layers.iter().copied()), "{:?}", step.parts);
    assert!(!step.windowed.is_empty() && step.windowed.iter().all(|map| map.channels == channels));
}

#[test]
fn inner_maps_of_large_inverted_residuals_are_never_stored() {
    for stride in [1, 2] {
        let graph = inverted_residual(stride);
        check_fusion(&graph, &["expand", "depthwise", "block"]);
        check_step(&graph, "inverted residual", &["expand", "depthwise", "project"], 96);
    }
}

#[test]
fn the_map_between_a_stem_and_its_pool_is_never_stored() {
    let three = Window::square(3, 2);
    check_fusion(&stem(three.ceil(), false), &["relu", "pool"]);
    check_fusion(&stem(three.padded(Padding::all(1)), true), &["relu", "pool"]);
    let windows_apart = Window { dilation: [2, 1], ..Window::square(2, 5) };
    check_fusion(&stem(windows_apart, false), &["relu", "pool"]);
    check_step(&stem(three, false), "conv+clamp+max_pool", &["relu", "pool"], 40);
}

/// The gradient with products in bf16 is nearly the exact one, and has the same bytes on any number of threads. The
/// forward pass does not change. A machine without bf16 returns an error.
#[test]
fn a_gradient_in_bf16_where_the_machine_has_it() {
    let size = Size { height: 139, width: 170 };
    let pixels = picture(size).to_buffer();
    let pixels = &pixels.as_slice()[..size.height * size.width * 3];
    for graph in [inverted_residual(1), inverted_residual(2), stem(Window::square(3, 2), false), fire_and_residual()] {
        let layer = graph.layers().last().unwrap().to_string();
        let program = Program::new(&graph, &[layer]).unwrap();
        let gradient = |purpose: Purpose, threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| {
                let mut session = Session::with_isa(Plan::new(&program, size, purpose)?, Isa::available()[0])?;
                let mut seen = Vec::new();
                let found = session.gradient(pixels, |_, activation, mut gradient| {
                    seen = activation.to_chw();
                    write(&Tensor::from_map(&activation), &mut gradient);
                });
                Ok((found.unwrap().to_vec(), seen))
            })
        };
        if !Isa::has_bf16() {
            assert_eq!(gradient(Purpose::GradientBf16, 1), Err(Error::NoBf16));
            continue;
        }
        let (exact, seen) = gradient(Purpose::Gradient, 1).unwrap();
        let fast = gradient(Purpose::GradientBf16, 1).unwrap();
        assert!(fast.1 == seen, "the forward pass is exact");
        assert!(fast.0 != exact, "some products are in bf16");
        assert!(fast == gradient(Purpose::GradientBf16, 2).unwrap(), "the same bytes on two threads");
        let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(&a, &b)| f64::from(a) * f64::from(b)).sum::<f64>();
        let cosine = dot(&exact, &fast.0) / (dot(&exact, &exact) * dot(&fast.0, &fast.0)).sqrt();
        assert!(cosine > 0.9999, "{cosine}");
    }
}

#[test]
fn memory_is_known_before_it_is_allocated_and_shared() {
    let graph = fire_and_residual();
    let size = Size { height: 64, width: 64 };
    let program = Program::new(&graph, &["n8"]).unwrap();
    let plan = Plan::new(&program, size, Purpose::Gradient).unwrap();
    // Twelve maps of 16 or 32 channels, forward and backward, alone would take 12 MB.
    let apart: usize = plan.nodes[1..].iter().map(|node| 2 * 4 * node.shape.buffer_len()).sum();
    assert!(plan.memory() < apart * 3 / 4, "{} of {apart}", plan.memory());
    assert!(Plan::new(&program, size, Purpose::Activations).unwrap().memory() < plan.memory());
}

#[test]
fn errors_say_what_is_wrong() {
    let mut graph = fire_and_residual();
    let unknown = Program::new(&graph, &["n88"]).unwrap_err();
    assert!(unknown.to_string().contains("did you mean n8"), "{unknown}");
    assert_eq!(Program::new(&graph, &["n1", "n1"]).unwrap_err(), Error::RepeatedLayer("n1".into()));
    assert_eq!(Program::new::<&str>(&graph, &[]).unwrap_err(), Error::NoLayers);

    let last = graph.layer("n8").unwrap();
    let mean = graph.add(Op::GlobalAvgPool(GlobalAvgPool), &[last]).unwrap();
    let too_wide = Conv2d::new(16, 16, 1, Window::square(3, 1), vec![0.0; 16 * 16 * 9], None).unwrap();
    graph.add_layer("wide", Op::Conv(too_wide), &[mean]).unwrap();
    let program = Program::new(&graph, &["wide"]).unwrap();
    let error = Plan::new(&program, SIZE, Purpose::Activations).unwrap_err().to_string();
    assert!(error.contains("wide") && error.contains("does not fit"), "{error}");
    let huge = Size { height: usize::MAX, width: 2 };
    let error = Plan::new(&program, huge, Purpose::Activations).unwrap_err();
    assert!(matches!(error, Error::TooLarge { .. }), "{error}");

    let mut session = crate::session(&graph, &["n8"], SIZE, Purpose::Activations).unwrap();
    let wrong = session.activations(&[0.0; 5], |_, _| {}).unwrap_err();
    assert_eq!(wrong, Error::WrongInput { expected: 126, got: 5 });
}
