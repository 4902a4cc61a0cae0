//! A whole dream runs on an executor that the engine does not know. It takes networks and objectives as data and computes
//! in f64 from the plain definitions: activations from those of the operations, gradients by finite differences.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use oneiric::engine::executor::{self, Execution, Executor, Objective, StepTime};
use oneiric::engine::map::Map;
use oneiric::engine::op::{Activation, Conv2d, Op, ScaleShift, Window};
use oneiric::engine::shape::Shape;
use oneiric::engine::tensor::Tensor;
use oneiric::engine::{Cpu, Error, Graph, Plan, Purpose, Rectifier};
use oneiric::recipe::{PhotoInfo, Places, Recipe};
use oneiric::zoo::{Network, Networks};
use oneiric::{Backward, Dream, Picture, Settings, landscape};

/// Whether new sessions run on the plain executor.
static PLAIN: AtomicBool = AtomicBool::new(false);
/// How many gradients the plain executor has computed.
static GRADIENTS: AtomicUsize = AtomicUsize::new(0);

/// The processor's executor or the plain one.
#[derive(Debug)]
struct Switch;

impl Executor for Switch {
    fn device(&self) -> &str {
        "switch"
    }

    fn supports(&self, _: Purpose) -> bool {
        true
    }

    fn prepare(&self, plan: Arc<Plan>) -> Result<Box<dyn Execution>, Error> {
        match PLAIN.load(Ordering::Relaxed) {
            true => Ok(Box::new(Plain { plan, gradient: Vec::new() })),
            false => Cpu::detect().prepare(plan),
        }
    }
}

struct Plain {
    plan: Arc<Plan>,
    gradient: Vec<f32>,
}

impl Plain {
    /// The layers of the plan on a picture.
    fn layers(&self, picture: &Tensor) -> Vec<Tensor> {
        let mut maps = vec![picture.clone()];
        for step in self.plan.steps().skip(1) {
            let inputs: Vec<&Tensor> = step.inputs.iter().map(|&from| &maps[from]).collect();
            maps.push(step.op.reference(&inputs));
        }
        self.plan.layer_steps().map(|step| maps[step].clone()).collect()
    }

    fn picture(&self, picture: &[f32]) -> Tensor {
        let size = self.plan.size();
        Tensor::from_map(&Map::new(picture, Shape::new(3, size.height, size.width), 3))
    }
}

/// The value of an objective, from its terms as data.
fn value(objective: &dyn Objective, layers: &[Tensor]) -> f64 {
    let of_layer = |(number, layer): (usize, &Tensor)| {
        let (shape, terms) = (layer.shape, objective.terms(number).expect("terms as data").terms);
        let at =
            |i: usize| layer.at(i % shape.channels, i / shape.channels / shape.width, i / shape.channels % shape.width);
        let positions: Vec<f64> = (0..shape.values()).map(at).collect();
        terms.iter().map(|(weight, term)| f64::from(*weight) * term.reference(&positions, &[], shape)).sum::<f64>()
    };
    layers.iter().enumerate().map(of_layer).sum()
}

impl Execution for Plain {
    fn device(&self) -> &str {
        "plain"
    }

    fn activations(&mut self, picture: &[f32], see: &mut dyn FnMut(usize, Map<'_>)) -> Result<(), Error> {
        for (number, layer) in self.layers(&self.picture(picture)).iter().enumerate() {
            see(number, Map::new(layer.to_buffer().as_slice(), layer.shape, layer.shape.stride()));
        }
        Ok(())
    }

    fn gradient(&mut self, picture: &[f32], objective: &mut dyn Objective) -> Result<&[f32], Error> {
        const H: f64 = 1e-6;
        GRADIENTS.fetch_add(1, Ordering::Relaxed);
        let mut moved = self.picture(picture);
        let layers = self.layers(&moved);
        self.gradient.clear();
        let shape = moved.shape;
        for pixel in 0..shape.pixels() {
            for c in 0..shape.channels {
                let i = c * shape.pixels() + pixel;
                let before = moved.data[i];
                let mut at = |x: f64| {
                    moved.data[i] = x;
                    value(objective, &self.layers(&moved))
                };
                self.gradient.push(((at(before + H) - at(before - H)) / (2.0 * H)) as f32);
                moved.data[i] = before;
            }
        }
        for (number, layer) in layers.iter().enumerate() {
            let buffer = layer.to_buffer();
            let activation = Map::new(buffer.as_slice(), layer.shape, layer.shape.stride());
            let tallies = objective.terms(number).expect("terms as data").tally(activation);
            objective.set_tallies(number, tallies);
        }
        Ok(&self.gradient)
    }

    fn set_rectifier(&mut self, _: Rectifier) {}

    fn times(&self) -> &[StepTime] {
        &[]
    }
}

fn networks() -> Networks {
    let wave = |len: usize| (0..len).map(|i| (i as f32 * 0.7).sin() * 0.3).collect::<Vec<f32>>();
    let mut graph = Graph::new(3).unwrap();
    let prepared = ScaleShift::new([2.0; 3], [-1.0; 3]).unwrap();
    let x = graph.add(Op::ScaleShift(prepared), &[graph.picture()]).unwrap();
    let conv = Conv2d::new(3, 8, 1, Window::square(3, 1), wave(216), None).unwrap();
    let x = graph.add(Op::Conv(conv), &[x]).unwrap();
    let x = graph.add_layer("edges", Op::Activation(Activation::Relu), &[x]).unwrap();
    let conv = Conv2d::new(8, 12, 1, Window::square(3, 2), wave(864), None).unwrap();
    graph.add_layer("shapes", Op::Conv(conv), &[x]).unwrap();
    let mut networks = Networks::default();
    networks.insert(Network::new("waves", graph, "shapes")).unwrap();
    networks
}

#[test]
fn a_dream_is_the_same_on_another_executor() {
    executor::set_default(Box::new(Switch)).unwrap();
    let networks = networks();
    let photo = Picture::new(20, 16, landscape::paint(20, 16, 3)).unwrap();
    let objective = oneiric::Objective::read("shapes + 0.5*channel(edges, 3) + 2*stay()", "waves", &networks).unwrap();
    let settings = Settings { objective, octaves: 1, iterations: 3, ..Settings::new("waves", "shapes") };
    let dream = |plain: bool| {
        PLAIN.store(plain, Ordering::Relaxed);
        Dream::with_networks(settings.clone(), &networks).unwrap().render(&photo).unwrap()
    };
    let (expected, got) = (dream(false), dream(true));
    assert_eq!(GRADIENTS.load(Ordering::Relaxed), 3, "one of every step");
    let difference =
        |a: &Picture, b: &Picture| a.pixels().iter().zip(b.pixels()).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
    assert!(difference(&expected, &photo) > 0.02, "it dreams");
    let error = difference(&expected, &got);
    assert!(error < 1e-3, "pixels differ by {error}");

    // What the executor supports counts, and its name is recorded.
    let settings = Settings { backward: Backward::Bf16, ..settings };
    let dream = Dream::with_networks(settings, &networks).unwrap();
    let photo = PhotoInfo { sha256: None, landscape: true, width: 20, height: 16, size: None };
    let recipe = Recipe::new(None, photo, &dream, Places::default());
    assert_eq!(recipe.instructions.as_deref(), Some("switch"));
}
