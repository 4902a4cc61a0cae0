//! Random graphs of every operation, often with hostile parameters, built from the bytes of a fuzzer or a property
//! test.

use std::collections::BTreeSet;
use std::sync::Arc;

use arbitrary::{Result, Unstructured};
use oneiric_engine::map::{Map, MapMut};
use oneiric_engine::op::{
    Activation, Add, AvgPool, Concat, Conv2d, GlobalAvgPool, Linear, LocalResponseNorm, MaxPool, Mul, Op, Padding,
    ScaleShift, Softmax, Window,
};
use oneiric_engine::shape::{Shape, Size};
use oneiric_engine::{Error, Graph, Isa, NodeId, Plan, Program, Purpose, Session};

/// The maximum number of operations of a graph.
const OPERATIONS: usize = 8;
/// The maximum number of weights of an operation.
const WEIGHTS: usize = 1 << 16;

/// The limits of a case; a larger one is planned but not run.
#[derive(Clone, Copy)]
pub struct Limits {
    /// Bytes of a plan.
    pub memory: usize,
    /// Floating point operations of a forward pass, and taps of its pools.
    pub work: u64,
}

/// A network, a picture size that it accepts, and the wanted layers.
pub struct Case {
    graph: Graph,
    size: Size,
    layers: Vec<String>,
    /// Taps of all pools.
    pool_taps: u64,
}

/// The outcome of a case.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Operations that the graph accepted.
    pub accepted: usize,
    /// Errors of constructors, the graph, and shape rules.
    pub refused: Vec<Error>,
    /// Sessions that ran.
    pub runs: usize,
    /// The names of the operations that they ran, with all that was fused.
    pub operations: BTreeSet<String>,
}

/// Makes a graph of `bytes`, and runs it forward and backward on every instruction set if that is within `limits`.
pub fn check(bytes: &[u8], limits: Limits) -> Outcome {
    let mut outcome = Outcome::default();
    if let Ok(Some(case)) = case(&mut Unstructured::new(bytes), &mut outcome) {
        case.run(limits, &mut outcome);
    }
    outcome
}

/// As [`check`], for a graph whose operations a plan makes one: an inverted residual or a stem, large enough for that.
#[allow(dead_code, reason = "the fuzzer runs small graphs only")]
pub fn check_fused(bytes: &[u8], limits: Limits) -> Outcome {
    let mut outcome = Outcome::default();
    match fused_case(&mut Unstructured::new(bytes)) {
        Ok(Ok(case)) => case.run(limits, &mut outcome),
        Ok(Err(error)) => outcome.refused.push(error),
        Err(_) => {}
    }
    outcome
}

/// Runs `layers` of `graph` on every instruction set, forward and backward if that is within `limits`; returns the
/// number of sessions that ran.
pub fn run(graph: &Graph, layers: &[&str], size: Size, limits: Limits) -> std::result::Result<usize, Error> {
    let layers = layers.iter().map(|&layer| layer.into()).collect();
    let mut outcome = Outcome::default();
    Case { graph: graph.clone(), size, layers, pool_taps: 0 }.run(limits, &mut outcome);
    outcome.refused.pop().map_or(Ok(outcome.runs), Err)
}

/// A size or a number of something: small, or anything up to 2^40, or next to the largest numbers.
fn number(u: &mut Unstructured<'_>, small: std::ops::RangeInclusive<usize>) -> Result<usize> {
    Ok(match u.int_in_range(0..=47u8)? {
        0 => u.int_in_range(0..=1 << 40)?,
        1 => (1usize << u.int_in_range(0..=40u32)?).wrapping_add_signed(u.int_in_range(-2..=2isize)?),
        2 => usize::MAX - u.int_in_range(0..=3usize)?,
        3 => (isize::MAX as usize).wrapping_add_signed(u.int_in_range(-2..=2isize)?),
        4 => 1usize << u.int_in_range(41..=63u32)?,
        5 => u.int_in_range(0..=300usize)?,
        6 => 0,
        _ => u.int_in_range(small)?,
    })
}

fn window(u: &mut Unstructured<'_>) -> Result<Window> {
    let mut pair = |small: std::ops::RangeInclusive<usize>| {
        Ok::<_, arbitrary::Error>([number(u, small.clone())?, number(u, small)?])
    };
    let (kernel, stride, dilation) = match pair(0..=5)? {
        [0, _] => ([1; 2], [1; 2], [1; 2]),
        [1..=3, _] => ([3; 2], [1; 2], [1; 2]),
        _ => (pair(1..=5)?, pair(1..=3)?, pair(1..=2)?),
    };
    let ([top, bottom], [left, right]) = (pair(0..=2)?, pair(0..=2)?);
    let padding = match u.int_in_range(0..=2)? {
        0 => Padding::Same,
        1 => Padding::all(top),
        _ => Padding::Explicit { top, bottom, left, right },
    };
    Ok(Window { kernel, stride, dilation, padding, ceil: u.arbitrary()? })
}

/// A window with strides above the kernel, dilation, and up to `padding` pixels of padding.
fn far_window(u: &mut Unstructured<'_>, padding: usize) -> Result<Window> {
    let mut pair = |small: std::ops::RangeInclusive<usize>| {
        Ok::<_, arbitrary::Error>([u.int_in_range(small.clone())?, u.int_in_range(small)?])
    };
    let (kernel, stride, dilation) = (pair(1..=4)?, pair(1..=6)?, pair(1..=4)?);
    let ([top, bottom], [left, right]) = (pair(0..=padding)?, pair(0..=padding)?);
    Ok(Window {
        kernel,
        stride,
        dilation,
        padding: Padding::Explicit { top, bottom, left, right },
        ceil: u.arbitrary()?,
    })
}

/// An inverted residual or a stem with a map between that is large enough for a plan to fuse it.
fn fused_case(u: &mut Unstructured<'_>) -> Result<std::result::Result<Case, Error>> {
    let relu = Op::Activation(Activation::Relu);
    let mut side = || Ok::<_, arbitrary::Error>(64 + u.int_in_range(0..=4usize)?);
    let size = Size { height: side()?, width: side()? };
    let one = Window::square(1, 1);
    let conv = |channels: [usize; 3], window: Window| {
        let [inputs, outputs, groups] = channels;
        let len = outputs * inputs / groups * window.kernel[0] * window.kernel[1];
        make::conv(channels, window, values(len), Some(values(outputs).into()))
    };
    let (channels, operations) = if u.arbitrary()? {
        let outputs = u.int_in_range(5..=20usize)?;
        let filter = conv([64, 64, 64], far_window(u, 20)?);
        (16, vec![conv([16, 64, 1], one), Ok(relu.clone()), filter, Ok(relu), conv([64, outputs, 1], one)])
    } else {
        let window = Window { stride: [1; 2], ..far_window(u, 16)? };
        let pool = Op::MaxPool(MaxPool { window: far_window(u, 2)? });
        (3, vec![conv([3, 64, 1], window), Ok(relu), Ok(pool)])
    };
    let build = || {
        let mut graph = make::graph(channels)?;
        let mut node = graph.picture();
        for (i, op) in operations.into_iter().enumerate() {
            node = make::layer(&mut graph, &format!("n{i}"), op?, &[node])?;
        }
        let layers = graph.layers().last().map(String::from).into_iter().collect();
        Ok(Case { graph, size, layers, pool_taps: 0 })
    };
    Ok(build())
}

fn values(len: usize) -> Vec<f32> {
    (0..len).map(|i| ((i * 7 + 3) % 11) as f32 * 0.02 - 0.09).collect()
}

/// A graph whose every node has a shape for the size, or nothing if the picture itself is refused.
fn case(u: &mut Unstructured<'_>, outcome: &mut Outcome) -> Result<Option<Case>> {
    let channels = [1, 3, 3, 4, 16, number(u, 1..=32)?][u.int_in_range(0..=5usize)?];
    let size = Size { height: number(u, 1..=40)?, width: number(u, 1..=40)? };
    let graph = match make::graph(channels) {
        Ok(graph) => graph,
        Err(error) => {
            outcome.refused.push(error);
            return Ok(None);
        }
    };
    let mut nodes = vec![(graph.picture(), Shape::new(channels, size.height, size.width))];
    let mut case = Case { graph, size, layers: Vec::new(), pool_taps: 0 };
    for i in 0..u.int_in_range(1..=OPERATIONS)? {
        let name = if u.ratio(1, 40)? { "n0".to_string() } else { format!("n{i}") };
        match case.add(u, &name, &nodes)? {
            Ok(node) => nodes.push(node),
            Err(error) => outcome.refused.push(error),
        }
    }
    outcome.accepted = nodes.len() - 1;
    let names: Vec<String> = case.graph.layers().map(String::from).collect();
    let Some(last) = names.last() else { return Ok(None) };
    case.layers.push(last.clone());
    for _ in 0..u.int_in_range(0..=2)? {
        let more = u.choose(&names)?.clone();
        if !case.layers.contains(&more) {
            case.layers.push(more);
        }
    }
    Ok(Some(case))
}

impl Case {
    /// Adds an operation if the graph accepts it and it has a shape for the size.
    fn add(
        &mut self,
        u: &mut Unstructured<'_>,
        name: &str,
        nodes: &[(NodeId, Shape)],
    ) -> Result<std::result::Result<(NodeId, Shape), Error>> {
        // The last node most of the time, so that operations follow each other and fuse.
        let pick = |u: &mut Unstructured<'_>| {
            Ok::<_, arbitrary::Error>(if u.ratio(2, 3)? { nodes[nodes.len() - 1] } else { *u.choose(nodes)? })
        };
        let first = pick(u)?;
        let mut inputs = vec![first.0];
        let made = match u.int_in_range(0..=19)? {
            0..=6 => conv(u, first.1)?,
            7 => make::linear(if u.ratio(7, 8)? { values_of(first.1) } else { number(u, 1..=64)? }, number(u, 1..=20)?),
            8 => make::scale_shift(first.1.channels, number(u, 1..=20)?, u.ratio(7, 8)?),
            9 => {
                let size = number(u, 1..=6)?;
                Ok(Op::LocalResponseNorm(LocalResponseNorm { size, alpha: 0.3, beta: 0.75, k: 1.5 }))
            }
            10 => Ok(Op::MaxPool(MaxPool { window: window(u)? })),
            11 => Ok(Op::AvgPool(AvgPool { window: window(u)?, count_include_pad: u.arbitrary()? })),
            12 => Ok(*u.choose(&[0, 1, 2])?).map(|which| match which {
                0 => Op::GlobalAvgPool(GlobalAvgPool),
                1 => Op::Softmax(Softmax),
                _ => Op::Input,
            }),
            13 => {
                Ok(Op::Activation(*u.choose(&[Activation::LeakyRelu(0.1), Activation::Sigmoid, Activation::Silu])?))
            }
            14..=16 => Ok(Op::Activation(*u.choose(&[Activation::Relu, Activation::Relu6])?)),
            joins => {
                for _ in 0..u.int_in_range(0..=3)? {
                    inputs.push(pick(u)?.0);
                }
                Ok([Op::Add(Add), Op::Mul(Mul), Op::Concat(Concat)][joins - 17].clone())
            }
        };
        Ok(made.and_then(|op| {
            let mut graph = self.graph.clone();
            let node = make::layer(&mut graph, name, op.clone(), &inputs)?;
            let shape = graph.layer_shape(name, self.size)?;
            if let Op::MaxPool(MaxPool { window }) | Op::AvgPool(AvgPool { window, .. }) = op {
                let taps = |kernel: usize, input: usize| kernel.min(input) as u64;
                let a_window = taps(window.kernel[0], first.1.height) * taps(window.kernel[1], first.1.width);
                self.pool_taps = self.pool_taps.saturating_add(a_window.saturating_mul(values_of(shape) as u64));
            }
            self.graph = graph;
            Ok((node, shape))
        }))
    }

    fn run(&self, limits: Limits, outcome: &mut Outcome) {
        let frozen = Program::new(&self.graph, &self.layers).expect("layers of the graph");
        let trained =
            Program::with_trained(&self.graph, &self.layers, &self.graph.trainable()).expect("the same layers");
        for purpose in [Purpose::Activations, Purpose::Gradient, Purpose::GradientBf16, Purpose::Parameters] {
            let program = if purpose == Purpose::Parameters { &trained } else { &frozen };
            let plan = match Plan::new(program, self.size, purpose) {
                Ok(plan) => Arc::new(plan),
                // A machine without bf16 refuses no graph for that.
                Err(Error::NoBf16) => continue,
                Err(error) => {
                    outcome.refused.push(error);
                    continue;
                }
            };
            let work = plan.flops().saturating_add(self.pool_taps);
            if plan.memory() > limits.memory || work > limits.work {
                continue;
            }
            for isa in Isa::available() {
                let of_avx512 = purpose == Purpose::GradientBf16;
                if of_avx512 && isa.name() != "avx512" {
                    continue;
                }
                self.run_plan(&plan, purpose, isa);
                outcome.runs += 1;
            }
            outcome.operations.extend(plan.steps().map(|step| step.operation.to_string()));
        }
    }

    fn run_plan(&self, plan: &Arc<Plan>, purpose: Purpose, isa: Isa) {
        let mut session = Session::with_isa(plan.clone(), isa).expect("an instruction set of this machine");
        let pixels = self.graph.channels() * self.size.height * self.size.width;
        let picture: Vec<f32> = (0..pixels).map(|i| (i % 13) as f32 / 13.0).collect();
        let mut seen = 0;
        session
            .activations(&picture, |layer, map| {
                assert_eq!(map.shape(), plan.layer_shape(layer));
                std::hint::black_box(map.to_chw());
                seen += 1;
            })
            .expect("a picture of the plan's size");
        assert_eq!(seen, self.layers.len());
        let mut objective = |_: usize, map: Map<'_>, mut gradient: MapMut<'_>| {
            gradient.for_each_pixel(|y, x, to| {
                to.fill(0.0);
                to[..map.shape().channels].copy_from_slice(map.pixel(y, x));
            });
        };
        match purpose {
            Purpose::Activations => {}
            Purpose::Gradient | Purpose::GradientBf16 => {
                let gradient = session.gradient(&picture, objective).expect("a picture of the plan's size");
                assert_eq!(gradient.len(), picture.len());
            }
            Purpose::Parameters => {
                session
                    .add_parameter_gradients(&mut [(&picture, &mut objective)])
                    .expect("a picture of the plan's size");
                let gradients = session.take_parameter_gradients().expect("the processor trains");
                let nodes: Vec<NodeId> = plan.trained().collect();
                let parameters = self.graph.parameters(&nodes).expect("nodes of the graph");
                for ((_, gradient), (_, values)) in gradients.iter().zip(parameters.iter()) {
                    assert!(gradient.iter().map(Vec::len).eq(values.iter().map(Vec::len)));
                }
            }
        }
    }
}

fn values_of(shape: Shape) -> usize {
    shape.channels.saturating_mul(shape.height).saturating_mul(shape.width)
}

/// A convolution of a map of `shape`: all kinds, and such whose numbers of channels or weights do not fit.
fn conv(u: &mut Unstructured<'_>, shape: Shape) -> Result<std::result::Result<Op, Error>> {
    let window = window(u)?;
    let inputs = if u.ratio(15, 16)? { shape.channels } else { number(u, 1..=20)? };
    let (outputs, groups) = match u.int_in_range(0..=5)? {
        0 => (inputs, inputs),
        1 => {
            let groups = number(u, 1..=4)?;
            (groups.wrapping_mul(number(u, 1..=5)?), groups)
        }
        2 => (*u.choose(&[64, 80, 96])?, 1),
        3 => (number(u, 16..=40)?, 1),
        _ => (number(u, 1..=24)?, 1),
    };
    // What a release build makes of the product if it does not look out.
    let taps = window.kernel[0].wrapping_mul(window.kernel[1]);
    let len = outputs.wrapping_mul(inputs / groups.max(1)).wrapping_mul(taps);
    let len = if len <= WEIGHTS && u.ratio(31, 32)? { len } else { number(u, 0..=64)? % WEIGHTS };
    let bias =
        if u.arbitrary()? { Some(if u.ratio(15, 16)? { outputs } else { number(u, 0..=20)? } % WEIGHTS) } else { None };
    Ok(make::conv([inputs, outputs, groups], window, values(len), bias.map(|len| values(len).into())))
}

/// The fallible steps.
mod make {
    use super::*;

    type Made<T> = std::result::Result<T, Error>;

    pub fn graph(channels: usize) -> Made<Graph> {
        Graph::new(channels)
    }

    pub fn layer(graph: &mut Graph, name: &str, op: Op, inputs: &[NodeId]) -> Made<NodeId> {
        graph.add_layer(name, op, inputs)
    }

    pub fn conv(channels: [usize; 3], window: Window, weight: Vec<f32>, bias: Option<Arc<[f32]>>) -> Made<Op> {
        let [inputs, outputs, groups] = channels;
        Ok(Op::Conv(Conv2d::new(inputs, outputs, groups, window, weight, bias)?))
    }

    pub fn linear(inputs: usize, outputs: usize) -> Made<Op> {
        let len = inputs.wrapping_mul(outputs);
        let weight = values(if len <= WEIGHTS { len } else { 8 });
        Ok(Op::Linear(Linear::new(inputs, outputs, weight, None)?))
    }

    pub fn scale_shift(channels: usize, other: usize, fits: bool) -> Made<Op> {
        let (channels, other) = (channels % WEIGHTS, other % WEIGHTS);
        let shifts = if fits { channels } else { other };
        Ok(Op::ScaleShift(ScaleShift::new(values(channels), values(shifts))?))
    }
}
