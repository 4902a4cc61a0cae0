//! Checks of one operation: the fast path against the reference, and gradients against finite differences of the reference.

use std::sync::Arc;

use super::super::*;
use crate::map::Buffer;

/// A small deterministic generator: the tests need the same numbers everywhere.
pub(super) struct Random(pub u64);

impl Random {
    /// SplitMix64 (Steele et al. 2014), to a value in -1…1.
    pub(super) fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64) * 2.0 - 1.0
    }

    /// Values that f32 holds exactly, so that only the operation itself rounds.
    pub(super) fn tensor(&mut self, shape: Shape) -> Tensor {
        Tensor::from_fn(shape, |_, _, _| f64::from(self.next() as f32))
    }

    pub(super) fn weights(&mut self, len: usize) -> Arc<[f32]> {
        (0..len).map(|_| self.next() as f32).collect()
    }
}

/// How the gradient's target is prepared.
#[derive(Clone, Copy, Debug)]
pub(super) enum Mode {
    Overwrite,
    Accumulate,
    Masked,
}

/// The results of the fast path for some inputs and the gradient of its output.
pub(super) struct Fast {
    pub output: Tensor,
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

pub(super) fn run_fast(op: &dyn Operation, inputs: &[&Tensor], gradient: &Tensor, isa: Isa, mode: Mode) -> Fast {
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
        pictures: 1,
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
            pictures: 1,
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

pub(super) fn assert_close(what: &str, got: &Tensor, expected: &Tensor, tolerance: f64) {
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
pub(super) fn check(op: &dyn Operation, inputs: &[&Tensor], random: &mut Random) {
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
pub(super) fn check_along(op: &dyn Operation, inputs: &[&Tensor], random: &mut Random) {
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
pub(super) fn check_parameters(op: &Op, inputs: &[&Tensor], random: &mut Random) {
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
            gradient.add(ParameterStep { isa, pictures: 1, inputs: &maps, output_gradient }, &mut sums);
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
pub(super) fn check_fused(mut conv: Conv2d, shape: Shape, clamp: Option<f32>, residual: bool, random: &mut Random) {
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
