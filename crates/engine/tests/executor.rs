//! An executor that the engine does not know. It computes in f64: fused convolutions from their parts, everything else
//! from the plain definitions. The results are those of the CPU.

mod common;

use std::sync::Arc;

use common::numbers;

use oneiric_engine::executor::{self, Execution, Executor, Objective, StepTime};
use oneiric_engine::map::Map;
use oneiric_engine::op::{Activation, Add, Concat, Conv2d, MaxPool, Op, Padding, ScaleShift, Window};
use oneiric_engine::shape::{Shape, Size};
use oneiric_engine::tensor::Tensor;
use oneiric_engine::{Error, Graph, Isa, Plan, Program, Purpose, Rectifier, Session};

const SIZE: Size = Size { height: 7, width: 6 };

#[derive(Debug)]
struct Reference;

struct ReferenceExecution(Arc<Plan>);

impl Executor for Reference {
    fn device(&self) -> &str {
        "reference"
    }

    fn supports(&self, purpose: Purpose) -> bool {
        purpose == Purpose::Activations
    }

    fn prepare(&self, plan: Arc<Plan>) -> Result<Box<dyn Execution>, Error> {
        Ok(Box::new(ReferenceExecution(plan)))
    }
}

impl Execution for ReferenceExecution {
    fn device(&self) -> &str {
        "reference"
    }

    fn activations(&mut self, picture: &[f32], see: &mut dyn FnMut(usize, Map<'_>)) -> Result<(), Error> {
        let shape = Shape::new(3, SIZE.height, SIZE.width);
        let mut maps = vec![Tensor::from_map(&Map::new(picture, shape, 3))];
        for step in self.0.steps().skip(1) {
            let inputs: Vec<&Tensor> = step.inputs.iter().map(|&from| &maps[from]).collect();
            maps.push(match step.op {
                Op::Conv(conv) => convolve(conv, &inputs, step.shape),
                op => op.reference(&inputs),
            });
        }
        for (layer, step) in self.0.layer_steps().enumerate() {
            let shape = maps[step].shape;
            see(layer, Map::new(maps[step].to_buffer().as_slice(), shape, shape.stride()));
        }
        Ok(())
    }

    fn gradient(&mut self, _: &[f32], _: &mut dyn Objective) -> Result<&[f32], Error> {
        Err(Error::Unsupported("the reference has no gradient".into()))
    }

    fn set_rectifier(&mut self, _: Rectifier) {}

    fn times(&self) -> &[StepTime] {
        &[]
    }
}

/// A convolution with padding as the window says, and what was fused with it.
fn convolve(conv: &Conv2d, inputs: &[&Tensor], shape: Shape) -> Tensor {
    let ([channels, outputs], window) = (conv.channels(), conv.window());
    let ([ky, kx], group) = (window.kernel, channels / conv.groups());
    let input = conv.preprocessing().map(|scaled| Op::ScaleShift(scaled.clone()).reference(&inputs[..1]));
    let input = input.as_ref().unwrap_or(inputs[0]);
    let before = |axis: usize, input: usize, output: usize| match window.padding {
        Padding::Explicit { top, left, .. } => [top, left][axis],
        Padding::Same => {
            let reach = (window.kernel[axis] - 1) * window.dilation[axis] + 1;
            ((output - 1) * window.stride[axis] + reach).saturating_sub(input) / 2
        }
    };
    let (top, left) = (before(0, input.shape.height, shape.height), before(1, input.shape.width, shape.width));
    Tensor::from_fn(shape, |o, y, x| {
        let first = o / (outputs / conv.groups()) * group;
        let mut sum = conv.bias().map_or(0.0, |bias| f64::from(bias[o]));
        for (i, &weight) in conv.weight()[o * group * ky * kx..][..group * ky * kx].iter().enumerate() {
            let row = (y * window.stride[0] + i / kx % ky * window.dilation[0]) as isize - top as isize;
            let column = (x * window.stride[1] + i % kx * window.dilation[1]) as isize - left as isize;
            sum += f64::from(weight) * input.get(first + i / (ky * kx), row, column).unwrap_or(0.0);
        }
        sum += if conv.adds() { inputs[1].at(o, y, x) } else { 0.0 };
        conv.clamp().map_or(sum, |max| sum.clamp(0.0, f64::from(max)))
    })
}

fn conv(inputs: usize, outputs: usize, kernel: usize, seed: u32) -> Op {
    let window = Window::square(kernel, 1).padded(Padding::Same);
    let weight = numbers(outputs * inputs * kernel * kernel, seed);
    let weight: Vec<f32> = weight.iter().map(|w| w / ((inputs * kernel * kernel) as f32).sqrt()).collect();
    Op::Conv(Conv2d::new(inputs, outputs, 1, window, weight, Some(numbers(outputs, seed + 1).into())).unwrap())
}

/// Scaling, a convolution with ReLU, two branches side by side, one of them with a sum, a pool.
fn plan(purpose: Purpose) -> Arc<Plan> {
    let mut graph = Graph::new(3).unwrap();
    let scaled = Op::ScaleShift(ScaleShift::new([2.0, 3.0, 0.5], [-1.0, 0.3, 0.1]).unwrap());
    let scaled = graph.add(scaled, &[graph.picture()]).unwrap();
    let first = graph.add(conv(3, 16, 3, 1), &[scaled]).unwrap();
    let first = graph.add_layer("first", Op::Activation(Activation::Relu), &[first]).unwrap();
    let one = graph.add(conv(16, 16, 1, 3), &[first]).unwrap();
    let three = graph.add(conv(16, 16, 3, 5), &[first]).unwrap();
    let three = graph.add(Op::Add(Add), &[three, first]).unwrap();
    let three = graph.add(Op::Activation(Activation::Relu), &[three]).unwrap();
    let both = graph.add(Op::Concat(Concat), &[one, three]).unwrap();
    graph.add_layer("pool", Op::MaxPool(MaxPool { window: Window::square(2, 2) }), &[both]).unwrap();
    Arc::new(Plan::new(&Program::new(&graph, &["first", "pool"]).unwrap(), SIZE, purpose).unwrap())
}

fn layers(session: &mut Session) -> Vec<Vec<f32>> {
    let mut layers = Vec::new();
    session.activations(&numbers(3 * 42, 9), |_, map| layers.push(map.to_chw())).unwrap();
    layers
}

#[test]
fn another_executor_computes_what_the_cpu_computes() {
    let plan = plan(Purpose::Gradient);
    let got = layers(&mut Session::with_executor(&Reference, plan.clone()).unwrap());
    let on_cpu = layers(&mut Session::new(plan).unwrap());
    assert_eq!(got.len(), 2);
    for (got, expected) in got.iter().flatten().zip(on_cpu.iter().flatten()) {
        assert!((got - expected).abs() < 1e-4, "{got} and {expected}");
    }
}

#[test]
fn the_default_executor_is_the_processor_and_is_chosen_once() {
    let execution = executor::default().prepare(plan(Purpose::Activations)).unwrap();
    assert_eq!(execution.device(), Isa::detect().name());
    assert_eq!(executor::set_default(Box::new(Reference)), Err(Error::ExecutorInUse));
}

#[test]
fn a_plan_for_activations_has_no_gradient() {
    let mut session = Session::new(plan(Purpose::Activations)).unwrap();
    let error = session.gradient(&numbers(3 * 42, 9), |_, _, _| {}).unwrap_err();
    assert_eq!(error.to_string(), "the plan was not made for the gradient of the picture");
}
