//! Every operation against its plain f64 reference and against finite differences of that reference,
//! on every instruction set of this machine, over random shapes.

use std::sync::Arc;

use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use super::*;
use crate::map::Buffer;

/// A small deterministic generator: the tests need the same numbers everywhere.
struct Random(u64);

impl Random {
    /// SplitMix64 (Steele et al. 2014), to a value in -1…1.
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64) * 2.0 - 1.0
    }

    /// Values that f32 holds exactly, so that only the operation itself rounds.
    fn tensor(&mut self, shape: Shape) -> Tensor {
        Tensor::from_fn(shape, |_, _, _| f64::from(self.next() as f32))
    }

    fn weights(&mut self, len: usize) -> Arc<[f32]> {
        (0..len).map(|_| self.next() as f32).collect()
    }
}

/// Cases of a property. Miri checks every access to memory and is some hundred times slower: it gets one small one.
const fn cases(number: u32) -> u32 {
    if cfg!(miri) { number.div_ceil(96) } else { number }
}

/// The same cases in every run: finite differences across a kink would fail one run in a hundred.
const SEED: RngSeed = RngSeed::Fixed(2015);

/// How the gradient's target is prepared.
#[derive(Clone, Copy, Debug)]
enum Mode {
    Overwrite,
    Accumulate,
    Masked,
}

/// The results of the fast path for some inputs and the gradient of its output.
struct Fast {
    output: Tensor,
    gradients: Vec<Tensor>,
    /// Which of them had a mask applied that sets the odd channels to zero.
    masked: Vec<bool>,
}

fn even_channels(tensor: &Tensor) -> Tensor {
    Tensor::from_fn(tensor.shape, |c, y, x| if c % 2 == 0 { tensor.at(c, y, x) } else { 0.0 })
}

/// Inputs in buffers of their own.
struct Maps(Vec<(Buffer, Shape)>);

impl Inputs for Maps {
    fn get(&self, index: usize) -> Map<'_> {
        let (buffer, shape) = &self.0[index];
        Map::new(buffer.as_slice(), *shape, shape.stride())
    }
}

fn run_fast(op: &dyn Operation, inputs: &[&Tensor], gradient: &Tensor, isa: Isa, mode: Mode) -> Fast {
    let shapes: Vec<Shape> = inputs.iter().map(|t| t.shape).collect();
    let shape = op.output_shape(&shapes).unwrap();
    let prepared = op.prepare(&shapes, Purpose::Gradient);
    let maps = Maps(inputs.iter().map(|t| (t.to_buffer(), t.shape)).collect());
    let mut kept = vec![0u16; op.kept_bytes(&shapes).div_ceil(2)];
    let bytes: &mut [u8] = bytemuck::cast_slice_mut(&mut kept);
    let mut words = vec![0; shape.pixels() * shape.vectors()];
    // Old values in a buffer must not matter.
    let dirty = |shape: Shape| std::iter::repeat_n(7.5, shape.buffer_len()).collect::<Buffer>();

    let mut out = dirty(shape);
    prepared.forward(Forward {
        isa,
        inputs: &maps,
        output: MapMut::new(&mut out.as_mut_slice()[..shape.buffer_len()], shape, shape.stride()),
        bits: op.keeps().bits.then_some(BitsMut { words: &mut words, stride: shape.vectors() }),
        bytes: &mut *bytes,
    });
    let output = Map::new(out.as_slice(), shape, shape.stride());
    for pixel in out.as_slice()[..shape.buffer_len()].chunks(shape.stride()) {
        assert!(pixel[shape.channels..].iter().all(|&v| v == 0.0), "padding stays zero");
    }

    let mut seed = gradient.to_buffer();
    if op.keeps().bits {
        for (values, words) in seed.as_mut_slice().chunks_mut(shape.stride()).zip(words.chunks(shape.vectors())) {
            crate::kernel::elementwise::keep(isa, values, words);
        }
    }
    let gradients = (0..inputs.len()).map(|k| {
        let (shape_k, stride) = (shapes[k], shapes[k].stride());
        let mut buffer = dirty(shape_k);
        let all = vec![0b0101_0101_0101_0101; shape_k.pixels() * shape_k.vectors()];
        let mask = Bits { words: &all, stride: shape_k.vectors() };
        let fused = matches!(mode, Mode::Masked) && prepared.applies_mask();
        prepared.backward(Backward {
            isa,
            input: k,
            inputs: &maps,
            output: op.keeps().output.then_some(output),
            output_gradient: Map::new(seed.as_slice(), shape, shape.stride()),
            bytes,
            target: Target {
                map: MapMut::new(&mut buffer.as_mut_slice()[..shape_k.buffer_len()], shape_k, stride),
                accumulate: matches!(mode, Mode::Accumulate),
                mask: fused.then_some(mask),
            },
        });
        let mut result = Tensor::from_map(&Map::new(buffer.as_slice(), shape_k, stride));
        if matches!(mode, Mode::Accumulate) {
            result.data.iter_mut().for_each(|v| *v -= 7.5);
        }
        (result, fused)
    });
    let (gradients, masked) = gradients.unzip();
    Fast { output: Tensor::from_map(&output), gradients, masked }
}

fn dot(a: &Tensor, b: &Tensor) -> f64 {
    a.data.iter().zip(&b.data).map(|(a, b)| a * b).sum()
}

fn assert_close(what: &str, got: &Tensor, expected: &Tensor, tolerance: f64) {
    assert_eq!(got.shape, expected.shape, "{what}");
    let scale = expected.data.iter().fold(1.0, |max: f64, v| max.max(v.abs()));
    for (i, (g, e)) in got.data.iter().zip(&expected.data).enumerate() {
        assert!((g - e).abs() <= tolerance * scale, "{what}, value {i} of {}: {g} instead of {e}", got.shape);
    }
}

/// The gradient of `dot(gradient, reference(inputs))` by central differences.
fn finite_differences(op: &dyn Operation, inputs: &[&Tensor], gradient: &Tensor) -> Vec<Tensor> {
    const H: f64 = 1e-6;
    let value = |inputs: &[&Tensor]| dot(gradient, &op.reference(inputs));
    let mut gradients = Vec::new();
    for k in 0..inputs.len() {
        let mut moved = inputs[k].clone();
        let mut result = inputs[k].clone();
        for i in 0..moved.data.len() {
            let mut at = |x: f64| {
                moved.data[i] = x;
                let mut all = inputs.to_vec();
                all[k] = &moved;
                value(&all)
            };
            let x = inputs[k].data[i];
            result.data[i] = (at(x + H) - at(x - H)) / (2.0 * H);
            moved.data[i] = x;
        }
        gradients.push(result);
    }
    gradients
}

/// Checks that the fast path has the values of the reference, and that its gradient is the slope of the reference.
fn check(op: &dyn Operation, inputs: &[&Tensor], random: &mut Random) {
    let expected = op.reference(inputs);
    let gradient = random.tensor(expected.shape);
    // Miri would take hours for slopes, and has nothing to find in them.
    let slopes = if cfg!(miri) { Vec::new() } else { finite_differences(op, inputs, &gradient) };
    for isa in Isa::available() {
        for mode in [Mode::Overwrite, Mode::Accumulate, Mode::Masked] {
            let fast = run_fast(op, inputs, &gradient, isa, mode);
            assert_close(&format!("{} on {isa}", op.name()), &fast.output, &expected, 2e-5);
            for (k, (got, slope)) in fast.gradients.iter().zip(&slopes).enumerate() {
                let slope = if fast.masked[k] { &even_channels(slope) } else { slope };
                let what = format!("gradient of input {k} of {} on {isa}, {mode:?}", op.name());
                assert_close(&what, got, slope, 5e-5);
            }
        }
    }
}

/// As [`check`], but with one slope in a random direction for each input: for operations on large maps.
fn check_along(op: &dyn Operation, inputs: &[&Tensor], random: &mut Random) {
    const H: f64 = 1e-6;
    let expected = op.reference(inputs);
    let seed = random.tensor(expected.shape);
    let directions: Vec<Tensor> = inputs.iter().map(|input| random.tensor(input.shape)).collect();
    let slope = |k: usize, direction: &Tensor| {
        let at = |way: f64| {
            let moved = |c, y, x| inputs[k].at(c, y, x) + way * direction.at(c, y, x);
            let moved = Tensor::from_fn(direction.shape, moved);
            let mut all = inputs.to_vec();
            all[k] = &moved;
            dot(&seed, &op.reference(&all))
        };
        (at(H) - at(-H)) / (2.0 * H)
    };
    let slopes = directions.iter().enumerate().map(|(k, all)| [slope(k, all), slope(k, &even_channels(all))]);
    let slopes: Vec<[f64; 2]> = slopes.collect();
    for isa in Isa::available() {
        for mode in [Mode::Overwrite, Mode::Accumulate, Mode::Masked] {
            let fast = run_fast(op, inputs, &seed, isa, mode);
            assert_close(&format!("{} on {isa}", op.name()), &fast.output, &expected, 2e-5);
            for (k, gradient) in fast.gradients.iter().enumerate() {
                let (got, slope) = (dot(gradient, &directions[k]), slopes[k][usize::from(fast.masked[k])]);
                let products = gradient.data.iter().zip(&directions[k].data).map(|(a, b)| (a * b).abs());
                let scale = products.sum::<f64>().max(1.0);
                let what = format!("slope of input {k} of {} on {isa}, {mode:?}", op.name());
                assert!((got - slope).abs() <= 5e-5 * scale, "{what}: {got} instead of {slope}");
            }
        }
    }
}

/// Parameters whose slopes are taken one by one; for the rest there is one slope in the direction of all. Each needs the
/// reference once, which is slow under Miri.
const SINGLE_SLOPES: usize = if cfg!(miri) { 0 } else { 24 };

/// The gradient of the parameters is the slope of the reference, on every instruction set. The reference is linear in
/// them, so that a slope over a long way is exact.
fn check_parameters(op: &Op, inputs: &[&Tensor], random: &mut Random) {
    let operation = op.operation().unwrap();
    let shapes: Vec<Shape> = inputs.iter().map(|t| t.shape).collect();
    let shape = operation.output_shape(&shapes).unwrap();
    let seed = random.tensor(shape);
    let arrays: Vec<Vec<f32>> = op.parameters().into_iter().map(<[f32]>::to_vec).collect();
    let flat: Vec<f32> = arrays.concat();
    let value = |flat: &[f32]| {
        let mut rest = flat;
        let cut = |array: &Vec<f32>| rest.split_off(..array.len()).unwrap();
        let moved = op.with_parameters(&arrays.iter().map(cut).collect::<Vec<_>>()).unwrap();
        dot(&seed, &moved.reference(inputs))
    };
    let before = value(&flat);
    // The direction of one parameter, and the slope along it.
    let mut slopes: Vec<(Vec<f32>, f64)> = Vec::new();
    let mut along = |direction: Vec<f32>| {
        let moved: Vec<f32> = flat.iter().zip(&direction).map(|(w, d)| w + d).collect();
        let direction: Vec<f32> = moved.iter().zip(&flat).map(|(moved, w)| moved - w).collect();
        let slope = value(&moved) - before;
        slopes.push((direction, slope));
    };
    along(random.weights(flat.len()).to_vec());
    for i in 0..SINGLE_SLOPES.min(flat.len()) {
        // The last one is the bias of the last channel.
        let i = if i == 0 { flat.len() - 1 } else { (random.next().abs() * flat.len() as f64) as usize % flat.len() };
        along((0..flat.len()).map(|k| if k == i { 1.0 } else { 0.0 }).collect());
    }

    let maps = Maps(inputs.iter().map(|t| (t.to_buffer(), t.shape)).collect());
    let seed = seed.to_buffer();
    let gradient = operation.parameter_gradient(&shapes).expect("it has parameters");
    for isa in Isa::available() {
        let mut sums = vec![0.0; gradient.sums()];
        for _ in 0..2 {
            let output_gradient = Map::new(seed.as_slice(), shape, shape.stride());
            gradient.add(ParameterStep { isa, inputs: &maps, output_gradient }, &mut sums);
        }
        let got = gradient.unpack(&sums);
        let lengths = |arrays: &[Vec<f32>]| arrays.iter().map(Vec::len).collect::<Vec<_>>();
        assert_eq!(lengths(&got), lengths(&arrays), "{} on {isa}", op.name());
        let got = got.concat();
        let scale = got.iter().fold(1.0, |max: f64, &v| max.max(f64::from(v).abs()));
        for (direction, slope) in &slopes {
            let twice: f64 = got.iter().zip(direction).map(|(&g, &d)| f64::from(g) * f64::from(d)).sum();
            let length: f64 = direction.iter().map(|&d| f64::from(d).abs()).sum();
            let close = (twice / 2.0 - slope).abs() <= 5e-5 * scale * length.max(1.0);
            assert!(close, "{} on {isa}, {shapes:?}: {} instead of {slope}", op.name(), twice / 2.0);
        }
    }
}

/// A convolution with what the fusion pass may have put behind it.
fn check_fused(mut conv: Conv2d, shape: Shape, clamp: Option<f32>, residual: bool, random: &mut Random) {
    let out = conv.output_shape(&[shape]).unwrap();
    let (input, other) = (random.tensor(shape), random.tensor(out));
    let mut tensors = vec![&input];
    if residual && conv.fuses() {
        conv = conv.with_residual();
        tensors.push(&other);
    }
    check_parameters(&Op::Conv(conv.clone()), &tensors, random);
    if let Some(max) = clamp.filter(|_| conv.fuses()) {
        conv = conv.with_clamp(max);
    }
    check(&conv, &tensors, random);
}

fn axis() -> impl Strategy<Value = (usize, usize, usize, usize)> {
    // kernel, stride (larger than the kernel too), dilation, padding
    (1..=5usize, 1..=4usize, 1..=2usize, 0..=3usize)
}

fn window() -> impl Strategy<Value = Window> {
    (axis(), axis(), 0..=2usize, 0..=2usize, any::<bool>()).prop_map(|(y, x, bottom, right, same)| Window {
        kernel: [y.0, x.0],
        stride: [y.1, x.1],
        dilation: [y.2, x.2],
        padding: if same { Padding::Same } else { Padding::Explicit { top: y.3, bottom, left: x.3, right } },
        ceil: false,
    })
}

/// Windows with much more padding than map, strides above the kernel and dilation.
fn far_window() -> impl Strategy<Value = Window> {
    let axis = || (1..=4usize, 1..=6usize, 1..=4usize, 0..=20usize, 0..=20usize);
    (axis(), axis(), any::<bool>()).prop_map(|(y, x, ceil)| Window {
        kernel: [y.0, x.0],
        stride: [y.1, x.1],
        dilation: [y.2, x.2],
        padding: Padding::Explicit { top: y.3, bottom: y.4, left: x.3, right: x.4 },
        ceil,
    })
}

/// A convolution with random weights, as large as its values are many.
fn random_conv(random: &mut Random, [inputs, outputs, groups]: [usize; 3], window: Window) -> Conv2d {
    let fan_in = inputs / groups * window.kernel[0] * window.kernel[1];
    let weights = random.weights(outputs * fan_in);
    let weights: Vec<f32> = weights.iter().map(|w| w / (fan_in as f32).sqrt()).collect();
    Conv2d::new(inputs, outputs, groups, window, weights, Some(random.weights(outputs))).unwrap()
}

/// A block with these numbers of channels, and an input for each of its inputs; nothing if the window does not fit.
fn inverted_residual(
    random: &mut Random,
    [inputs, expanded, outputs]: [usize; 3],
    (window, size): (Window, (usize, usize)),
    clamp: Option<f32>,
    residual: bool,
) -> Option<(InvertedResidual, Vec<Tensor>)> {
    let one = Window::square(1, 1).padded(Padding::Same);
    let clamped = |conv: Conv2d| clamp.map_or(conv.clone(), |max| conv.with_clamp(max));
    let expand = clamped(random_conv(random, [inputs, expanded, 1], one));
    let depthwise = clamped(random_conv(random, [expanded, expanded, expanded], window));
    let project = random_conv(random, [expanded, outputs, 1], one);
    let project = if residual { project.with_residual() } else { project };
    let block = InvertedResidual::new(&expand, &depthwise, &project).expect("of the right kinds");
    let input = Shape::new(inputs, size.0, size.1);
    let filtered = block.between(input).ok()?[1];
    let mut tensors = vec![random.tensor(input)];
    if residual {
        tensors.push(random.tensor(Shape::new(outputs, filtered.height, filtered.width)));
    }
    Some((block, tensors))
}

/// Pooling windows as PyTorch and Caffe accept them: padding at most half the kernel.
fn pool_window() -> impl Strategy<Value = Window> {
    (1..=4usize, 1..=4usize, 1..=3usize, 1..=3usize, any::<bool>(), any::<bool>()).prop_map(
        |(ky, kx, sy, sx, padded, ceil)| Window {
            kernel: [ky, kx],
            stride: [sy, sx],
            dilation: [1; 2],
            padding: match padded {
                true => Padding::Explicit { top: ky / 2, bottom: ky / 2, left: kx / 2, right: kx / 2 },
                false => Padding::all(0),
            },
            ceil,
        },
    )
}

fn map_size() -> impl Strategy<Value = (usize, usize)> {
    let (height, width) = if cfg!(miri) { (3usize, 4usize) } else { (9, 11) };
    prop_oneof![Just((1, 1)), (1..=height, 1..=width)]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(96), rng_seed: SEED, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_convolution_of_any_shape(
        (height, width) in map_size(),
        window in window(),
        (inputs, outputs, groups) in prop_oneof![
            (1..=6usize, 1..=20usize, Just(1)),
            (1..=3usize, 1..=3usize, 1..=4usize).prop_map(|(i, o, g)| (i * g, o * g, g)),
            (5..=18usize).prop_map(|c| (c, c, c)),
            Just((2, 32, 2)),
            Just((3, 80, 1)),
        ],
        biased in any::<bool>(),
        clamp in prop_oneof![Just(None), Just(Some(f32::INFINITY)), Just(Some(0.7))],
        residual in any::<bool>(),
        seed in any::<u64>(),
    ) {
        let mut random = Random(seed);
        let taps = window.kernel[0] * window.kernel[1];
        let weight = random.weights(outputs * inputs / groups * taps);
        let bias = biased.then(|| random.weights(outputs));
        let conv = Conv2d::new(inputs, outputs, groups, window, weight, bias).unwrap();
        let shape = Shape::new(inputs, height, width);
        prop_assume!(conv.output_shape(&[shape]).is_ok());
        check_fused(conv, shape, clamp, residual, &mut random);
    }

    #[test]
    fn max_pooling((h, w) in map_size(), c in 1..=18usize, window in pool_window(), seed in any::<u64>()) {
        let mut random = Random(seed);
        let (op, shape) = (MaxPool { window }, Shape::new(c, h, w));
        prop_assume!(op.output_shape(&[shape]).is_ok());
        check(&op, &[&random.tensor(shape)], &mut random);
    }

    #[test]
    fn average_pooling(
        (h, w) in map_size(), c in 1..=18usize, window in pool_window(), count_include_pad in any::<bool>(), seed in any::<u64>(),
    ) {
        let mut random = Random(seed);
        let (op, shape) = (AvgPool { window, count_include_pad }, Shape::new(c, h, w));
        prop_assume!(op.output_shape(&[shape]).is_ok());
        check(&op, &[&random.tensor(shape)], &mut random);
    }

    #[test]
    fn operations_on_one_map((h, w) in map_size(), c in 1..=19usize, seed in any::<u64>()) {
        let mut random = Random(seed);
        let shape = Shape::new(c, h, w);
        let mut input = random.tensor(shape);
        input.data.iter_mut().for_each(|v| *v *= 8.0);
        let linear = Linear::new(shape.values(), 21, random.weights(21 * shape.values()), Some(random.weights(21))).unwrap();
        let lrn = LocalResponseNorm { size: 5, alpha: 0.3, beta: 0.75, k: 1.5 };
        let even = LocalResponseNorm { size: 4, ..lrn };
        let scale = ScaleShift::new(random.weights(c), random.weights(c)).unwrap();
        let operations: [&dyn Operation; 11] = [
            &Activation::Relu, &Activation::Relu6, &Activation::LeakyRelu(0.1), &Activation::Sigmoid, &Activation::Silu,
            &GlobalAvgPool, &Softmax, &lrn, &even, &scale, &linear,
        ];
        for op in operations {
            check(op, &[&input], &mut random);
        }
        for op in [Op::ScaleShift(scale), Op::Linear(linear)] {
            check_parameters(&op, &[&input], &mut random);
        }
    }

    #[test]
    fn operations_on_several_maps((h, w) in map_size(), c in 1..=19usize, d in 1..=9usize, seed in any::<u64>()) {
        let mut random = Random(seed);
        let shape = Shape::new(c, h, w);
        let maps = [random.tensor(shape), random.tensor(shape), random.tensor(Shape::new(d, h, w))];
        let pixel = random.tensor(Shape::new(c, 1, 1));
        check(&Add, &[&maps[0], &maps[1]], &mut random);
        check(&Add, &[&maps[0], &maps[1], &maps[0]], &mut random);
        check(&Mul, &[&maps[0], &maps[1]], &mut random);
        check(&Mul, &[&maps[0], &pixel], &mut random);
        check(&Concat, &[&maps[0], &maps[2], &maps[1]], &mut random);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(12), rng_seed: SEED, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn three_by_three_with_many_channels(
        (height, width) in map_size(),
        (top, bottom, left, right) in (0..=3usize, 0..=2usize, 0..=3usize, 0..=2usize),
        (inputs, outputs) in prop_oneof![(16..=20usize, 16..=36usize), Just((18, 66)), Just((33, 16))],
        clamp in prop_oneof![Just(None), Just(Some(0.7))],
        residual in any::<bool>(),
        seed in any::<u64>(),
    ) {
        let mut random = Random(seed);
        let window = Window::square(3, 1).padded(Padding::Explicit { top, bottom, left, right });
        // As large as in a trained network, so that sums stay near one, and errors with them.
        let fan_in = (9.0 * inputs as f32).sqrt();
        let weight: Vec<f32> = random.weights(outputs * inputs * 9).iter().map(|w| w / fan_in).collect();
        let conv = Conv2d::new(inputs, outputs, 1, window, weight, Some(random.weights(outputs))).unwrap();
        let shape = Shape::new(inputs, height, width);
        prop_assume!(conv.output_shape(&[shape]).is_ok());
        check_fused(conv, shape, clamp, residual, &mut random);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(16), rng_seed: SEED, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn inverted_residuals(
        (height, width) in map_size(),
        (inputs, expanded, outputs) in (5..=18usize, 5..=34usize, 5..=18usize),
        (kernel, stride) in (1..=5usize, 1..=3usize),
        clamp in prop_oneof![Just(None), Just(Some(0.7))],
        residual in any::<bool>(),
        seed in any::<u64>(),
    ) {
        let mut random = Random(seed);
        let window = Window::square(kernel, stride).padded(Padding::Same);
        let channels = [inputs, expanded, outputs];
        let made = inverted_residual(&mut random, channels, (window, (height, width)), clamp, residual);
        let (block, tensors) = made.expect("the window fits");
        check(&block, &tensors.iter().collect::<Vec<_>>(), &mut random);
    }

    #[test]
    fn inverted_residuals_with_far_windows(
        size in map_size(),
        (inputs, expanded, outputs) in (5..=18usize, 5..=34usize, 5..=18usize),
        window in far_window(),
        clamp in prop_oneof![Just(None), Just(Some(0.7))],
        residual in any::<bool>(),
        seed in any::<u64>(),
    ) {
        let mut random = Random(seed);
        let made = inverted_residual(&mut random, [inputs, expanded, outputs], (window, size), clamp, residual);
        prop_assume!(made.is_some());
        let (block, tensors) = made.unwrap();
        check_along(&block, &tensors.iter().collect::<Vec<_>>(), &mut random);
    }

    #[test]
    fn stems_with_far_windows(
        size in map_size(),
        (inputs, outputs) in (1..=4usize, 5..=34usize),
        (window, pool) in (far_window(), prop_oneof![pool_window(), far_window()]),
        clamp in prop_oneof![Just(f32::INFINITY), Just(0.7)],
        seed in any::<u64>(),
    ) {
        let mut random = Random(seed);
        let conv = random_conv(&mut random, [inputs, outputs, 1], window).with_clamp(clamp);
        let stem = Stem::new(&conv, &MaxPool { window: pool });
        let input = random.tensor(Shape::new(inputs, size.0, size.1));
        prop_assume!(stem.as_ref().is_some_and(|stem| stem.output_shape(&[input.shape]).is_ok()));
        check_along(&stem.unwrap(), &[&input], &mut random);
    }
}

/// Rows longer than a chunk of the kernels, bands of many rows: the forward pass against the reference.
#[test]
fn maps_larger_than_a_chunk() {
    let mut random = Random(4);
    let cases = [((5, 3, 211), 1, 20), ((16, 61, 30), 1, 16), ((3, 40, 133), 2, 33)];
    // Under Miri, which would take an hour for these, a row that is just longer than a chunk.
    let short = [((5, 1, 100), 1, 5)];
    for &(shape, stride, outputs) in if cfg!(miri) { &short[..] } else { &cases[..] } {
        let shape = Shape::new(shape.0, shape.1, shape.2);
        let window = Window::square(3, stride).padded(Padding::Same);
        let conv = Conv2d::new(shape.channels, outputs, 1, window, random.weights(outputs * shape.channels * 9), None)
            .unwrap();
        let input = random.tensor(shape);
        let expected = conv.reference(&[&input]);
        for isa in Isa::available() {
            let fast = run_fast(&conv, &[&input], &random.tensor(expected.shape), isa, Mode::Overwrite);
            assert_close(&format!("{shape} on {isa}"), &fast.output, &expected, 2e-5);
        }
        check_parameters(&Op::Conv(conv), &[&input], &mut random);
    }
}

#[test]
fn tensorflow_same_padding_puts_the_odd_pixel_last() {
    let window = Window { padding: Padding::Same, ..Window::square(3, 2) };
    let [rows, columns] = window.axes(Shape::new(1, 8, 7)).unwrap();
    assert_eq!((rows.before, rows.after, rows.output), (0, 1, 4));
    assert_eq!((columns.before, columns.after, columns.output), (1, 1, 4));
}

#[test]
fn ceil_mode_leaves_out_a_window_that_begins_in_the_padding() {
    // PyTorch: MaxPool2d(3, stride=2, ceil_mode=True) on 6 gives 3; kernel 2, stride 2, padding 1 on 5 gives 3.
    assert_eq!(Window::square(3, 2).ceil().axes(Shape::new(1, 6, 6)).unwrap()[0].output, 3);
    let padded = Window::square(2, 2).padded(Padding::all(1)).ceil();
    assert_eq!(padded.axes(Shape::new(1, 5, 5)).unwrap()[0].output, 3);
}

#[test]
fn shapes_that_do_not_fit_are_refused_with_a_reason() {
    let conv = Conv2d::new(3, 4, 1, Window::square(5, 1), vec![0.0; 300], None).unwrap();
    let too_small = conv.output_shape(&[Shape::new(3, 4, 9)]).unwrap_err();
    assert!(too_small.0.contains("does not fit"), "{too_small:?}");
    assert!(conv.output_shape(&[Shape::new(2, 9, 9)]).unwrap_err().0.contains("3 channels"));
    assert!(Concat.output_shape(&[Shape::new(1, 2, 2), Shape::new(1, 3, 2)]).is_err());
    assert!(Mul.output_shape(&[Shape::new(1, 2, 2), Shape::new(1, 3, 2)]).is_err());
}

/// `torch.nn.functional` of PyTorch 2.15 on `(arange(30) * 7 % 11).reshape(1, 1, 5, 6)`.
#[test]
fn pools_round_and_divide_as_pytorch_does() {
    let input = Tensor::from_fn(Shape::new(1, 5, 6), |_, y, x| ((y * 6 + x) * 7 % 11) as f64);
    let three = Window::square(3, 2).padded(Padding::all(1));
    let average = |window: Window, count_include_pad: bool| AvgPool { window, count_include_pad }.reference(&[&input]);
    let max = |window: Window| MaxPool { window }.reference(&[&input]);
    let expected: [(Tensor, &[f64]); 6] = [
        (average(three.ceil(), true), &[21., 34., 30., 3., 30., 46., 40., 24., 19., 31., 27., 18.].map(|v| v / 9.0)),
        (
            average(three.ceil(), false),
            &[5.25, 34. / 6., 5., 1., 5., 46. / 9., 40. / 9., 32. / 6., 4.75, 31. / 6., 4.5, 6.],
        ),
        (average(Window::square(2, 2).ceil(), true), &[5.25, 5.5, 3., 4., 7., 4.5, 6.5, 4., 7.]),
        (max(three.ceil()), &[9., 10., 10., 2., 9., 10., 9., 9., 10., 10., 9., 7.]),
        (max(Window::square(2, 3).padded(Padding::all(1)).ceil()), &[0., 10., 2., 7., 10., 9.]),
        (max(Window::square(3, 2).ceil()), &[10., 10., 9., 10., 10., 9.]),
    ];
    for (got, expected) in expected {
        let close = got.data.iter().zip(expected).all(|(g, e)| (g - e).abs() < 1e-9);
        assert!(got.data.len() == expected.len() && close, "{:?} instead of {expected:?}", got.data);
    }
}
