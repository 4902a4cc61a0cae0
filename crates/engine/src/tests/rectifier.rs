//! The gradient with redirected ReLUs against its plain definition, and what it is for.

use super::*;

/// The gradient of `picture` when `seeds` are the gradients at layers, node by node from the last to the first, with
/// ReLU and ReLU6 as [`Rectifier::Redirected`] has them.
fn redirected(graph: &Graph, picture: &Tensor, seeds: &[(NodeId, Tensor)]) -> Tensor {
    let values = reference(graph, picture);
    let mut gradients: Vec<Tensor> = values.iter().map(|value| Tensor::from_fn(value.shape, |_, _, _| 0.0)).collect();
    seeds.iter().for_each(|(id, seed)| add_to(&mut gradients[id.0], seed));
    for (i, node) in graph.nodes.iter().enumerate().skip(1).rev() {
        let inputs: Vec<&Tensor> = node.inputs.iter().map(|id| &values[id.0]).collect();
        for (k, id) in node.inputs.iter().enumerate() {
            let gradient = match &node.op {
                Op::Activation(Activation::Relu) => through_clamp(inputs[0], f64::INFINITY, &gradients[i]),
                Op::Activation(Activation::Relu6) => through_clamp(inputs[0], 6.0, &gradients[i]),
                Op::MaxPool(_) => through_largest_of_nine(inputs[0], &gradients[i]),
                op => slopes(op, &inputs, k, &gradients[i]),
            };
            add_to(&mut gradients[id.0], &gradient);
        }
    }
    gradients.swap_remove(0)
}

fn add_to(to: &mut Tensor, from: &Tensor) {
    to.data.iter_mut().zip(&from.data).for_each(|(to, from)| *to += from);
}

fn through_clamp(input: &Tensor, max: f64, gradient: &Tensor) -> Tensor {
    let inside = |c, y, x| input.at(c, y, x) > 0.0 && input.at(c, y, x) < max;
    let exact = Tensor::from_fn(input.shape, |c, y, x| if inside(c, y, x) { gradient.at(c, y, x) } else { 0.0 });
    if exact.data.iter().any(|&g| g != 0.0) {
        return exact;
    }
    Tensor::from_fn(input.shape, |c, y, x| gradient.at(c, y, x).max(0.0))
}

/// To the first of the largest values around every pixel.
fn through_largest_of_nine(input: &Tensor, gradient: &Tensor) -> Tensor {
    let Shape { height, width, channels } = input.shape;
    let mut sums = vec![0.0; input.data.len()];
    for (c, y, x) in (0..channels).flat_map(|c| (0..height).flat_map(move |y| (0..width).map(move |x| (c, y, x)))) {
        let around = |at: usize, len: usize| at.saturating_sub(1)..(at + 2).min(len);
        let window = around(y, height).flat_map(|iy| around(x, width).map(move |ix| (iy, ix)));
        let largest = window.reduce(|a, b| if input.at(c, b.0, b.1) > input.at(c, a.0, a.1) { b } else { a }).unwrap();
        sums[(c * height + largest.0) * width + largest.1] += gradient.at(c, y, x);
    }
    Tensor::from_fn(input.shape, |c, y, x| sums[(c * height + y) * width + x])
}

/// The gradient of input `k` of a smooth operation by central differences.
fn slopes(op: &Op, inputs: &[&Tensor], k: usize, gradient: &Tensor) -> Tensor {
    const H: f64 = 1e-4;
    let mut moved = inputs[k].clone();
    let mut slopes = inputs[k].clone();
    for (i, slope) in slopes.data.iter_mut().enumerate() {
        let mut at = |value: f64| {
            moved.data[i] = value;
            let mut all = inputs.to_vec();
            all[k] = &moved;
            op.reference(&all).data.iter().zip(&gradient.data).map(|(value, g)| value * g).sum::<f64>()
        };
        let value = inputs[k].data[i];
        *slope = (at(value + H) - at(value - H)) / (2.0 * H);
        moved.data[i] = value;
    }
    slopes
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, rng_seed: RngSeed::Fixed(2018), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_network_computes_the_redirected_gradient_of_its_definition(
        recipe in prop::collection::vec((any::<u8>(), any::<usize>(), any::<usize>()), 1..7),
        wanted in prop::collection::btree_set(0..7usize, 1..4),
        (height, width) in (1..=4usize, 1..=4usize),
    ) {
        let graph = build(&recipe);
        let layers: Vec<String> = wanted.iter().filter(|&&i| i < recipe.len()).map(|i| format!("n{i}")).collect();
        prop_assume!(!layers.is_empty());
        check_redirected(&graph, &layers, Size { height, width });
    }
}

/// Runs `layers` of `graph` and compares the gradient with the plain one.
fn check_redirected(graph: &Graph, layers: &[String], size: Size) {
    let input = picture(size);
    let shapes = graph.shapes(size).unwrap();
    let seeds: Vec<(NodeId, Tensor)> =
        layers.iter().map(|name| graph.layer(name).unwrap()).map(|id| (id, noise(shapes[id.0], id.0 as u64))).collect();
    let expected = redirected(graph, &input, &seeds);
    let scale = expected.data.iter().fold(1.0, |max: f64, v| max.max(v.abs()));
    let program = Program::new(graph, layers).unwrap();
    let pixels = input.to_buffer();
    let pixels = &pixels.as_slice()[..input.data.len()];
    for isa in Isa::available() {
        let mut session = Session::with_isa(Plan::new(&program, size, Purpose::Gradient).unwrap(), isa).unwrap();
        session.set_rectifier(Rectifier::Redirected);
        let gradient =
            session.gradient(pixels, |layer, _, mut gradient| write(&seeds[layer].1, &mut gradient)).unwrap();
        for (at, &got) in gradient.iter().enumerate() {
            let expected = expected.at(at % 3, at / 3 / size.width, at / 3 % size.width);
            assert!((f64::from(got) - expected).abs() < 1e-4 * scale, "{got} instead of {expected}, {layers:?}, {isa}");
        }
    }
}

#[test]
fn fused_layers_and_parts_in_place_have_the_redirected_gradient() {
    let graph = fire_and_residual();
    for layers in [&["n8"][..], &["n5", "n8"], &["n3", "n7"]] {
        let layers: Vec<String> = layers.iter().map(|&name| name.into()).collect();
        check_redirected(&graph, &layers, Size { height: 3, width: 4 });
    }
}

/// Two convolutions of which the second is off everywhere on a flat picture: its bias is far below zero.
fn switched_off() -> Graph {
    let mut graph = Graph::new(3).unwrap();
    let first = graph.add(conv(3, 16, 1), &[graph.picture()]).unwrap();
    let first = graph.add_layer("first", Op::Activation(Activation::Relu), &[first]).unwrap();
    let weight: Vec<f32> = (0..16 * 16 * 9).map(|i| number(i, 9) as f32 / 12.0).collect();
    let second = Conv2d::new(16, 16, 1, same(3), weight, Some(vec![-1.0; 16].into())).unwrap();
    let second = graph.add_layer("before", Op::Conv(second), &[first]).unwrap();
    graph.add_layer("unit", Op::Activation(Activation::Relu), &[second]).unwrap();
    graph
}

/// The mean of channel 5 of `layer`.
fn mean_of_channel(graph: &Graph, layer: &str, pixels: &[f32]) -> f32 {
    let mut session = crate::session(graph, &[layer], SIZE, Purpose::Activations).unwrap();
    let mut mean = 0.0;
    let see = |_, map: crate::map::Map<'_>| {
        let pixels = (0..SIZE.height).flat_map(|y| map.row(y));
        mean = pixels.map(|pixel| pixel[5]).sum::<f32>() / (SIZE.height * SIZE.width) as f32;
    };
    session.activations(pixels, see).unwrap();
    mean
}

#[test]
fn a_unit_that_is_off_on_a_flat_picture_is_switched_on_by_redirected_relus_only() {
    let graph = switched_off();
    let flat = vec![0.5f32; 3 * SIZE.height * SIZE.width];
    let mut session = crate::session(&graph, &["unit"], SIZE, Purpose::Gradient).unwrap();
    let channel = |_, _: crate::map::Map<'_>, mut gradient: MapMut<'_>| {
        gradient.for_each_pixel(|_, _, to| {
            to.fill(0.0);
            to[5] = 1.0;
        });
    };
    assert_eq!(mean_of_channel(&graph, "unit", &flat), 0.0, "the unit is off");
    assert!(session.gradient(&flat, channel).unwrap().iter().all(|&g| g == 0.0), "and says nothing");

    session.set_rectifier(Rectifier::Redirected);
    let step = |pixels: &[f32], gradient: &[f32]| -> Vec<f32> {
        let length = gradient.iter().map(|g| g * g).sum::<f32>().sqrt();
        pixels.iter().zip(gradient).map(|(pixel, g)| pixel + 0.05 * g / length).collect()
    };
    let mut pixels = step(&flat, session.gradient(&flat, channel).unwrap());
    let [before, after] = [&flat, &pixels].map(|pixels| mean_of_channel(&graph, "before", pixels));
    assert!(after > before, "the first step raises it: {after} from {before}");
    for _ in 1..100 {
        pixels = step(&pixels, session.gradient(&pixels, channel).unwrap());
    }
    assert!(mean_of_channel(&graph, "unit", &pixels) > 0.0, "now it is on");

    // The derivative itself is the same as before, but no longer zero.
    session.set_rectifier(Rectifier::Exact);
    let exact = session.gradient(&pixels, channel).unwrap().to_vec();
    assert!(exact.iter().any(|&g| g != 0.0));
    let mut fresh = crate::session(&graph, &["unit"], SIZE, Purpose::Gradient).unwrap();
    assert!(exact == fresh.gradient(&pixels, channel).unwrap(), "the rule leaves nothing behind");
}
