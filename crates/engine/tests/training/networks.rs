//! The networks of `scripts/make-training-fixtures.py`.

use std::sync::Arc;

use oneiric_engine::executor::Objective;
use oneiric_engine::map::{Map, MapMut};
use oneiric_engine::op::{
    Activation, Add, AvgPool, Concat, Conv2d, GlobalAvgPool, Linear, MaxPool, Op, Padding, ScaleShift, Window,
};
use oneiric_engine::shape::Size;
use oneiric_engine::{Graph, NodeId};

pub use crate::common::numbers;

pub fn weights(outputs: usize, fan_in: usize, seed: u32) -> Vec<f32> {
    numbers(outputs * fan_in, seed).iter().map(|w| w / (fan_in as f32).sqrt()).collect()
}

pub fn bias(outputs: usize, seed: u32) -> Option<Arc<[f32]>> {
    Some(numbers(outputs, seed + 1).into())
}

/// A convolution with the weights of `seed` and the bias of the next one.
pub fn conv(inputs: usize, outputs: usize, groups: usize, window: Window, seed: u32) -> Op {
    let fan_in = inputs / groups * window.kernel[0] * window.kernel[1];
    let weight = weights(outputs, fan_in, seed);
    Op::Conv(Conv2d::new(inputs, outputs, groups, window, weight, bias(outputs, seed)).unwrap())
}

/// A square window with `padding` pixels on all sides.
pub fn window(kernel: usize, stride: usize, padding: usize) -> Window {
    Window::square(kernel, stride).padded(Padding::all(padding))
}

/// `numbers` as a picture: the formula counts channels, rows, columns; the engine wants rows of interleaved channels.
pub fn picture(size: Size, seed: u32) -> Vec<f32> {
    let (pixels, values) = (size.height * size.width, numbers(3 * size.height * size.width, seed));
    (0..pixels).flat_map(|pixel| [0, 1, 2].map(|c| values[c * pixels + pixel])).collect()
}

pub const LABELS: usize = 10;
pub const PICTURES: usize = 6;
pub const SIZE: Size = Size { height: 33, width: 35 };

/// A network with ReLUs, pools, branches, an inverted residual and a classifier, and its operations with parameters.
pub fn network() -> (Graph, Vec<NodeId>) {
    let mut graph = Graph::new(3).unwrap();
    let x = graph.picture();
    let x = graph.add(conv(3, 16, 1, window(3, 2, 1), 100), &[x]).unwrap();
    let x = graph.add(Op::Activation(Activation::Relu), &[x]).unwrap();
    let x = graph.add_layer("pool", Op::MaxPool(MaxPool { window: window(3, 2, 0) }), &[x]).unwrap();
    let inner = graph.add(conv(16, 48, 1, window(1, 1, 0), 102), &[x]).unwrap();
    let inner = graph.add(Op::Activation(Activation::Relu6), &[inner]).unwrap();
    let inner = graph.add(conv(48, 48, 48, window(3, 1, 1), 104), &[inner]).unwrap();
    let inner = graph.add(Op::Activation(Activation::Relu6), &[inner]).unwrap();
    let inner = graph.add(conv(48, 16, 1, window(1, 1, 0), 106), &[inner]).unwrap();
    let x = graph.add(Op::Add(Add), &[inner, x]).unwrap();
    let one = graph.add(conv(16, 16, 1, window(1, 1, 0), 108), &[x]).unwrap();
    let one = graph.add(Op::Activation(Activation::Relu), &[one]).unwrap();
    let three = graph.add(conv(16, 32, 1, window(3, 1, 1), 110), &[x]).unwrap();
    let three = graph.add(Op::Activation(Activation::Relu), &[three]).unwrap();
    let x = graph.add(Op::Concat(Concat), &[one, three]).unwrap();
    let pool = AvgPool { window: window(2, 2, 0), count_include_pad: true };
    let x = graph.add(Op::AvgPool(pool), &[x]).unwrap();
    let x = graph.add(Op::ScaleShift(ScaleShift::new(numbers(48, 112), numbers(48, 113)).unwrap()), &[x]).unwrap();
    let x = graph.add(Op::GlobalAvgPool(GlobalAvgPool), &[x]).unwrap();
    let linear = Linear::new(48, LABELS, weights(LABELS, 48, 114), bias(LABELS, 114)).unwrap();
    graph.add_layer("logits", Op::Linear(linear), &[x]).unwrap();
    let trained = graph.trainable();
    (graph, trained)
}

pub fn pictures() -> Vec<Vec<f32>> {
    (0..PICTURES as u32).map(|i| picture(SIZE, 200 + i)).collect()
}

/// The mean cross-entropy of a batch: what one picture adds to it.
pub struct CrossEntropy {
    pub label: usize,
    pub loss: f64,
}

impl CrossEntropy {
    pub fn of_picture(number: usize) -> Self {
        Self { label: (7 * number + 3) % LABELS, loss: 0.0 }
    }
}

impl Objective for CrossEntropy {
    /// The gradient of a descent: the difference of the probabilities from the label's.
    fn write_gradient(&mut self, _: usize, logits: Map<'_>, mut gradient: MapMut<'_>) {
        let logits = logits.pixel(0, 0);
        let largest = logits.iter().fold(f32::MIN, |max, &v| max.max(v));
        let exps: Vec<f64> = logits.iter().map(|&v| f64::from(v - largest).exp()).collect();
        let sum: f64 = exps.iter().sum();
        self.loss = -(exps[self.label] / sum).ln() / PICTURES as f64;
        gradient.for_each_pixel(|_, _, to| {
            to.fill(0.0);
            for (c, (to, exp)) in to.iter_mut().zip(&exps).enumerate() {
                let wanted = if c == self.label { 1.0 } else { 0.0 };
                *to = ((exp / sum - wanted) / PICTURES as f64) as f32;
            }
        });
    }
}
