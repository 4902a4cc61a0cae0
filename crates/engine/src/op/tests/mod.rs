//! Every operation against its plain f64 reference and against finite differences of that reference,
//! on every instruction set of this machine, over random shapes.

mod checks;

use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use super::*;
use checks::{Mode, Random, assert_close, check, check_along, check_fused, check_parameters, run_fast};

/// Cases of a property. Miri checks every access to memory and is some hundred times slower: it gets one small one.
const fn cases(number: u32) -> u32 {
    if cfg!(miri) { number.div_ceil(96) } else { number }
}

/// The same cases in every run: finite differences across a kink would fail one run in a hundred.
const SEED: RngSeed = RngSeed::Fixed(2015);

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
