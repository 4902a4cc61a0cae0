//! A plan's packed kernels and buffers, and the loop over its steps.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use rayon::prelude::*;

use crate::error::Error;
use crate::executor::traits::{Execution, Objective, StepTime};
use crate::kernel::bits::{Bits, BitsMut};
use crate::kernel::{Isa, elementwise};
use crate::map::{Buffer, Map, MapMut};
use crate::op::{Backward, Forward, Inputs, ParameterGradient, ParameterStep, Prepared, Purpose, Target};
use crate::parameters::Parameters;
use crate::plan::{BitsPlace, MapPlace, Plan, PlannedNode};
use crate::rectifier::Rectifier;
use crate::shape::{LANES, Shape};

/// Runs on the rayon pool of the calling thread; the results do not depend on the number of threads.
pub(super) struct CpuExecution {
    plan: Arc<Plan>,
    isa: Isa,
    rectifier: Rectifier,
    /// For every node what runs it; nothing for the picture and for concatenations in place.
    prepared: Vec<Option<Arc<dyn Prepared>>>,
    slots: Vec<Buffer>,
    bits: Vec<Vec<u16>>,
    /// For every node whose parameters are trained: their gradient, summed over pictures.
    parameters: Vec<Option<ParameterSums>>,
    /// In words, so that bits can be kept as well.
    bytes: Vec<Vec<u16>>,
    times: Vec<StepTime>,
}

impl CpuExecution {
    /// Packs the weights that are not packed yet and allocates the buffers.
    pub fn new(plan: Arc<Plan>, isa: Isa) -> Self {
        Self {
            isa,
            rectifier: Rectifier::default(),
            prepared: plan.nodes.iter().map(|node| prepare(&plan, node)).collect(),
            parameters: plan.nodes.iter().map(|node| ParameterSums::new(&plan, node)).collect(),
            slots: plan.slots.iter().map(|&len| Buffer::zeroed(len)).collect(),
            // Parts of a concatenation that do not clamp, so all their bits are set.
            bits: plan.bits.iter().map(|&len| vec![u16::MAX; len]).collect(),
            bytes: plan.bytes.iter().map(|&len| vec![0; len.div_ceil(2)]).collect(),
            times: vec![StepTime::default(); plan.nodes.len()],
            plan,
        }
    }

    fn forward(&mut self, picture: &[f32]) -> Result<(), Error> {
        let expected = self.plan.nodes[0].shape.values();
        if picture.len() != expected {
            return Err(Error::WrongInput { expected, got: picture.len() });
        }
        let plan = self.plan.clone();
        inside_the_pool(|| {
            for number in 1..plan.nodes.len() {
                let begun = Instant::now();
                self.forward_step(&plan, number, picture);
                self.times[number].forward = begun.elapsed();
            }
        });
        Ok(())
    }

    fn backward(&mut self, picture: &[f32]) {
        let plan = self.plan.clone();
        inside_the_pool(|| {
            for number in (1..plan.nodes.len()).rev() {
                let begun = Instant::now();
                self.backward_step(&plan, number, picture);
                self.times[number].backward = begun.elapsed();
            }
        });
    }

    fn forward_step(&mut self, plan: &Plan, number: usize, picture: &[f32]) {
        let (node, Some(prepared)) = (&plan.nodes[number], &self.prepared[number]) else { return };
        let place = node.activation.expect("planned");
        let mut out = std::mem::take(&mut self.slots[place.slot]);
        prepared.forward(Forward {
            isa: self.isa,
            inputs: &StepInputs { plan, node, slots: &self.slots, picture },
            output: view_mut(&mut out, place, node),
            bits: node.bits.map(|at| BitsMut { words: &mut self.bits[at.buffer][at.offset..], stride: at.stride }),
            bytes: bytemuck::cast_slice_mut(node.bytes.map_or(&mut [], |buffer| &mut self.bytes[buffer])),
        });
        self.slots[place.slot] = out;
    }

    /// Asks the objective for its gradient at each layer whose gradient is needed.
    fn seed(&mut self, picture: &[f32], objective: &mut dyn Objective) {
        let plan = self.plan.clone();
        for (layer, id) in plan.layers.iter().enumerate() {
            let node = &plan.nodes[id.0];
            let Some(place) = node.gradient else { continue };
            let mut out = std::mem::take(&mut self.slots[place.slot]);
            let mut gradient = view_mut(&mut out, place, node);
            objective.write_gradient(layer, view(&self.slots, node.activation, node, picture), gradient.reborrow());
            if let Some(at) = node.bits.filter(|_| node.mask_seed) {
                mask(self.isa, self.rectifier, &mut gradient, bits(&self.bits, at));
            }
            self.slots[place.slot] = out;
        }
    }

    fn backward_step(&mut self, plan: &Plan, number: usize, picture: &[f32]) {
        let (node, Some(prepared)) = (&plan.nodes[number], &self.prepared[number]) else { return };
        for (k, (id, step)) in node.inputs.iter().zip(&node.gradient_steps).enumerate() {
            let target_node = &plan.nodes[id.0];
            let Some(place) = target_node.gradient else { continue };
            let mut out = std::mem::take(&mut self.slots[place.slot]);
            let slots = &self.slots;
            let target_bits = target_node.bits.filter(|_| step.last).map(|at| bits(&self.bits, at));
            // Whether the rectifier redirects is known only when the whole map is computed.
            let whole = self.rectifier == Rectifier::Redirected;
            let fused = target_bits.filter(|_| prepared.applies_mask() && !whole);
            let mut map = view_mut(&mut out, place, target_node);
            prepared.backward(Backward {
                isa: self.isa,
                input: k,
                inputs: &StepInputs { plan, node, slots: &self.slots, picture },
                output: node.keeps.output.then(|| view(slots, node.activation, node, picture)),
                output_gradient: view(slots, node.gradient, node, picture),
                bytes: node.bytes.map_or(&[], |buffer| bytemuck::cast_slice(&self.bytes[buffer])),
                target: Target { map: map.reborrow(), accumulate: step.accumulate, mask: fused },
            });
            if let (Some(bits), None) = (target_bits, fused) {
                mask(self.isa, self.rectifier, &mut map, bits);
            }
            self.slots[place.slot] = out;
        }
        if let (Some(parameters), Some(place)) = (&mut self.parameters[number], node.gradient) {
            let step = ParameterStep {
                isa: self.isa,
                inputs: &StepInputs { plan, node, slots: &self.slots, picture },
                output_gradient: view(&self.slots, Some(place), node, picture),
            };
            parameters.gradient.add(step, &mut parameters.sums);
        }
    }
}

/// The gradient of a node's parameters, summed over pictures.
struct ParameterSums {
    gradient: Box<dyn ParameterGradient>,
    sums: Vec<f32>,
}

impl ParameterSums {
    /// None for a node that is not trained.
    fn new(plan: &Plan, node: &PlannedNode) -> Option<Self> {
        let trained = node.trained?;
        let gradient = node.op.operation()?.parameter_gradient(&input_shapes(plan, node))?;
        Some(Self { gradient, sums: vec![0.0; trained.sums] })
    }
}

impl Execution for CpuExecution {
    fn device(&self) -> &str {
        self.isa.name()
    }

    fn set_rectifier(&mut self, rectifier: Rectifier) {
        self.rectifier = rectifier;
    }

    fn times(&self) -> &[StepTime] {
        &self.times
    }

    fn activations(&mut self, picture: &[f32], see: &mut dyn FnMut(usize, Map<'_>)) -> Result<(), Error> {
        self.forward(picture)?;
        for (layer, id) in self.plan.layers.iter().enumerate() {
            let node = &self.plan.nodes[id.0];
            see(layer, view(&self.slots, node.activation, node, picture));
        }
        Ok(())
    }

    fn gradient(&mut self, picture: &[f32], objective: &mut dyn Objective) -> Result<&[f32], Error> {
        let Some(place) = self.plan.nodes[0].gradient else {
            return Err(Error::WrongPurpose("the gradient of the picture"));
        };
        self.forward(picture)?;
        self.seed(picture, objective);
        self.backward(picture);
        Ok(&self.slots[place.slot].as_slice()[..picture.len()])
    }

    fn add_parameter_gradients(&mut self, picture: &[f32], objective: &mut dyn Objective) -> Result<(), Error> {
        if self.plan.purpose != Purpose::Parameters {
            return Err(Error::WrongPurpose("the gradients of parameters"));
        }
        self.forward(picture)?;
        self.seed(picture, objective);
        self.backward(picture);
        Ok(())
    }

    fn take_parameter_gradients(&mut self) -> Result<Parameters, Error> {
        let of_node = |(node, parameters): (&PlannedNode, &mut Option<ParameterSums>)| {
            let (trained, ParameterSums { gradient, sums }) = (node.trained?, parameters.as_mut()?);
            let arrays = gradient.unpack(sums);
            sums.fill(0.0);
            Some((trained.node, arrays))
        };
        let nodes: Vec<_> = self.plan.nodes.par_iter().zip(&mut self.parameters).filter_map(of_node).collect();
        Ok(nodes.into_iter().collect())
    }

    fn set_plan(&mut self, plan: Arc<Plan>) -> Result<(), Error> {
        if !plan.has_layout_of(&self.plan) {
            return Err(Error::Unsupported("it differs in more than the values of trained parameters".into()));
        }
        let replaced = self.prepared.par_iter_mut().zip(&plan.nodes).filter(|(_, node)| node.replaceable.is_some());
        replaced.for_each(|(prepared, node)| *prepared = prepare(&plan, node));
        self.plan = plan;
        Ok(())
    }
}

/// The shapes of a node's inputs.
fn input_shapes(plan: &Plan, node: &PlannedNode) -> Vec<Shape> {
    node.inputs.iter().map(|id| plan.nodes[id.0].shape).collect()
}

/// Runs `steps` on a thread of the pool, so that a small step need not wake it and wait: `docs/performance.md`.
fn inside_the_pool(steps: impl FnOnce() + Send) {
    rayon::scope(|_| steps());
}

/// What runs `node`, unless it is the picture or a concatenation in place.
fn prepare(plan: &Plan, node: &PlannedNode) -> Option<Arc<dyn Prepared>> {
    let operation = node.op.operation().filter(|_| !node.in_place)?;
    Some(operation.prepare(&input_shapes(plan, node), plan.purpose_of(node)))
}

/// The inputs of a step in their slots.
struct StepInputs<'a> {
    plan: &'a Plan,
    node: &'a PlannedNode,
    slots: &'a [Buffer],
    picture: &'a [f32],
}

impl Inputs for StepInputs<'_> {
    fn get(&self, index: usize) -> Map<'_> {
        let input = &self.plan.nodes[self.node.inputs[index].0];
        view(self.slots, input.activation, input, self.picture)
    }
}

fn view<'a>(slots: &'a [Buffer], place: Option<MapPlace>, node: &PlannedNode, picture: &'a [f32]) -> Map<'a> {
    match place {
        Some(place) => Map::new(&slots[place.slot].as_slice()[place.offset..], node.shape, place.stride),
        None => Map::new(picture, node.shape, node.shape.channels),
    }
}

/// The map at `place`, cut to its last row so that bands of rows are bands of the map.
fn view_mut<'a>(buffer: &'a mut Buffer, place: MapPlace, node: &PlannedNode) -> MapMut<'a> {
    let end = node.shape.pixels() * place.stride;
    MapMut::new(&mut buffer.as_mut_slice()[place.offset..end], node.shape, place.stride)
}

fn bits(buffers: &[Vec<u16>], at: BitsPlace) -> Bits<'_> {
    Bits { words: &buffers[at.buffer][at.offset..], stride: at.stride }
}

/// Sets `map` to zero where its bit is not set, or applies the rectifier's rule.
fn mask(isa: Isa, rectifier: Rectifier, map: &mut MapMut<'_>, bits: Bits<'_>) {
    let width = map.shape().width;
    let words = |y: usize, x: usize| &bits.words[(y * width + x) * bits.stride..];
    if rectifier == Rectifier::Redirected && !anything_passes(map, words) {
        return map.for_each_pixel(|_, _, values| values.iter_mut().for_each(|value| *value = value.max(0.0)));
    }
    map.for_each_pixel(|y, x, values| elementwise::keep(isa, values, words(y, x)));
}

/// Whether a gradient is not zero anywhere where its bit is set.
fn anything_passes<'b>(map: &mut MapMut<'_>, words: impl Fn(usize, usize) -> &'b [u16] + Sync) -> bool {
    let passes = AtomicBool::new(false);
    map.for_each_pixel(|y, x, values| {
        let set = |(i, _): &(usize, &f32)| words(y, x)[i / LANES] >> (i % LANES) & 1 == 1;
        if values.iter().enumerate().filter(set).any(|(_, value)| *value != 0.0) {
            passes.store(true, Ordering::Relaxed);
        }
    });
    passes.into_inner()
}
