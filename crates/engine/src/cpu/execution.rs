//! A plan's packed kernels and buffers, and the loop over its steps.

use std::ops::Range;
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
    /// Several pictures one below the other.
    stacked: Vec<f32>,
}

impl CpuExecution {
    /// Packs the weights that are not packed yet and allocates the buffers.
    pub fn new(plan: Arc<Plan>, isa: Isa) -> Self {
        Self {
            isa,
            rectifier: Rectifier::default(),
            prepared: plan.nodes.iter().map(|node| prepare(&plan, node)).collect(),
            parameters: plan.nodes.iter().map(|node| ParameterSums::new(&plan, node)).collect(),
            slots: plan.slots.iter().map(|slot| Buffer::zeroed(slot.pictures * slot.len)).collect(),
            // Parts of a concatenation that do not clamp, so all their bits are set.
            bits: plan.bits.iter().map(|&len| vec![u16::MAX; plan.pictures * len]).collect(),
            bytes: plan.bytes.iter().map(|&len| vec![0; plan.pictures * len.div_ceil(2)]).collect(),
            times: vec![StepTime::default(); plan.nodes.len()],
            stacked: Vec::new(),
            plan,
        }
    }

    /// Runs forward, asks the objectives, and runs backward. Returns how many values the pictures have.
    fn run(&mut self, asked: &mut [(&[f32], &mut dyn Objective)]) -> Result<usize, Error> {
        let (plan, mut stacked) = (self.plan.clone(), std::mem::take(&mut self.stacked));
        let pictures: Vec<&[f32]> = asked.iter().map(|(picture, _)| *picture).collect();
        let run = |pictures: Pictures<'_>| {
            self.forward(&pictures);
            self.seed(&pictures, asked);
            self.backward(&pictures);
            pictures.values.len()
        };
        let values = Pictures::new(&plan, &pictures, &mut stacked).map(run);
        self.stacked = stacked;
        values
    }

    fn forward(&mut self, pictures: &Pictures<'_>) {
        let plan = self.plan.clone();
        self.times.fill(StepTime::default());
        inside_the_pool(|| {
            for picture in 0..pictures.count {
                for number in 1..plan.together_from {
                    self.forward_step(&plan, number, pictures, picture..picture + 1);
                }
            }
            for number in plan.together_from..plan.nodes.len() {
                self.forward_step(&plan, number, pictures, 0..pictures.count);
            }
        });
    }

    fn backward(&mut self, pictures: &Pictures<'_>) {
        let plan = self.plan.clone();
        inside_the_pool(|| {
            for number in (plan.together_from..plan.nodes.len()).rev() {
                self.backward_step(&plan, number, pictures, 0..pictures.count);
            }
            for picture in 0..pictures.count {
                for number in (1..plan.together_from).rev() {
                    self.backward_step(&plan, number, pictures, picture..picture + 1);
                }
            }
        });
    }

    /// Runs a step for `some` of the pictures.
    fn forward_step(&mut self, plan: &Plan, number: usize, pictures: &Pictures<'_>, some: Range<usize>) {
        let begun = Instant::now();
        let (node, Some(prepared)) = (&plan.nodes[number], &self.prepared[number]) else { return };
        let place = node.activation.expect("planned");
        let mut out = std::mem::take(&mut self.slots[place.slot]);
        let (isa, slots) = (self.isa, &self.slots);
        let (mut words, stride) =
            node.bits.map(|at| (&mut self.bits[at.buffer][at.offset..], at.stride)).unwrap_or_default();
        let (mut bytes, kept) =
            node.bytes.map(|buffer| (&mut self.bytes[buffer][..], plan.bytes[buffer].div_ceil(2))).unwrap_or_default();
        cut_off(&mut words, some.start * node.shape.pixels() * stride);
        cut_off(&mut bytes, some.start * kept);
        let mut maps = maps_mut(plan, &mut out, place, node, &some);
        let step = |some: Range<usize>| {
            let words = cut_off(&mut words, some.len() * node.shape.pixels() * stride);
            let bits = node.bits.map(|_| BitsMut { words, stride });
            let bytes = bytemuck::cast_slice_mut(cut_off(&mut bytes, some.len() * kept));
            (next_map(&mut maps, place, node, some.len()), bits, bytes, some)
        };
        let steps = pieces(&**prepared, some).map(step).collect();
        for_each_piece(steps, |(output, bits, bytes, some)| {
            let inputs = &StepInputs { plan, node, slots, pictures, some: &some };
            prepared.forward(Forward { isa, pictures: some.len(), inputs, output, bits, bytes });
        });
        self.slots[place.slot] = out;
        self.times[number].forward += begun.elapsed();
    }

    /// Asks every picture's objective for its gradient at each layer whose gradient is needed.
    fn seed(&mut self, pictures: &Pictures<'_>, objectives: &mut [(&[f32], &mut dyn Objective)]) {
        let plan = self.plan.clone();
        for (layer, id) in plan.layers.iter().enumerate() {
            let node = &plan.nodes[id.0];
            let Some(place) = node.gradient else { continue };
            let mut out = std::mem::take(&mut self.slots[place.slot]);
            let mut maps = maps_mut(&plan, &mut out, place, node, &(0..pictures.count));
            for (picture, (_, objective)) in objectives.iter_mut().enumerate() {
                let mut gradient = next_map(&mut maps, place, node, 1);
                let activation = view(&plan, &self.slots, node.activation, node, pictures, &(picture..picture + 1));
                objective.write_gradient(layer, activation, gradient.reborrow());
                if let Some(at) = node.bits.filter(|_| node.mask_seed) {
                    mask(self.isa, self.rectifier, &mut gradient, bits(&self.bits, at, node, picture));
                }
            }
            self.slots[place.slot] = out;
        }
    }

    fn backward_step(&mut self, plan: &Plan, number: usize, pictures: &Pictures<'_>, all: Range<usize>) {
        let begun = Instant::now();
        let (node, Some(prepared)) = (&plan.nodes[number], &self.prepared[number]) else { return };
        let isa = self.isa;
        for (k, (id, step)) in node.inputs.iter().zip(&node.gradient_steps).enumerate() {
            let source = &plan.nodes[id.0];
            let Some(place) = source.gradient else { continue };
            let mut out = std::mem::take(&mut self.slots[place.slot]);
            let slots = &self.slots;
            let masks =
                |picture: usize| source.bits.filter(|_| step.last).map(|at| bits(&self.bits, at, source, picture));
            // Whether the rectifier redirects is known only when the whole map is computed.
            let fused = prepared.applies_mask() && self.rectifier != Rectifier::Redirected;
            let (bytes, kept) =
                node.bytes.map(|buffer| (&self.bytes[buffer][..], plan.bytes[buffer].div_ceil(2))).unwrap_or_default();
            let mut maps = maps_mut(plan, &mut out, place, source, &all);
            let pieces = pieces(&**prepared, all.clone());
            let steps = pieces.map(|some| (next_map(&mut maps, place, source, some.len()), some)).collect();
            for_each_piece(steps, |(map, some)| {
                prepared.backward(Backward {
                    isa,
                    pictures: some.len(),
                    input: k,
                    inputs: &StepInputs { plan, node, slots, pictures, some: &some },
                    output: node.keeps.output.then(|| view(plan, slots, node.activation, node, pictures, &some)),
                    output_gradient: view(plan, slots, node.gradient, node, pictures, &some),
                    bytes: bytemuck::cast_slice(&bytes[some.start * kept..some.end * kept]),
                    target: Target { map, accumulate: step.accumulate, mask: masks(some.start).filter(|_| fused) },
                });
            });
            let mut maps = maps_mut(plan, &mut out, place, source, &all);
            for bits in all.clone().filter(|_| !fused).filter_map(masks) {
                mask(isa, self.rectifier, &mut next_map(&mut maps, place, source, 1), bits);
            }
            self.slots[place.slot] = out;
        }
        if let (Some(parameters), Some(place)) = (&mut self.parameters[number], node.gradient) {
            let step = ParameterStep {
                isa,
                pictures: all.len(),
                inputs: &StepInputs { plan, node, slots: &self.slots, pictures, some: &all },
                output_gradient: view(plan, &self.slots, Some(place), node, pictures, &all),
            };
            parameters.gradient.add(step, &mut parameters.sums);
        }
        self.times[number].backward += begun.elapsed();
    }
}

/// The pictures that run at once, one below the other.
struct Pictures<'a> {
    values: &'a [f32],
    count: usize,
}

impl<'a> Pictures<'a> {
    /// Checks that they are what `plan` is for. Several are copied to `stacked`.
    fn new(plan: &Plan, pictures: &[&'a [f32]], stacked: &'a mut Vec<f32>) -> Result<Self, Error> {
        let (most, expected) = (plan.pictures, plan.nodes[0].shape.values());
        if let Some(wrong) = pictures.iter().find(|picture| picture.len() != expected) {
            return Err(Error::WrongInput { expected, got: wrong.len() });
        }
        match pictures {
            [only] => Ok(Self { values: only, count: 1 }),
            _ if (1..=most).contains(&pictures.len()) => {
                stacked.clear();
                pictures.iter().for_each(|picture| stacked.extend_from_slice(picture));
                Ok(Self { values: stacked, count: pictures.len() })
            }
            _ => Err(Error::WrongInput { expected: most * expected, got: pictures.len() * expected }),
        }
    }
}

/// The pictures of `some` that `prepared` takes at a time.
fn pieces(prepared: &dyn Prepared, some: Range<usize>) -> impl Iterator<Item = Range<usize>> {
    let at_once = if prepared.takes_stacks() { some.len() } else { 1 };
    some.step_by(at_once).map(move |first| first..first + at_once)
}

/// Runs `work` on all pieces in parallel.
fn for_each_piece<T: Send>(mut pieces: Vec<T>, work: impl Fn(T) + Send + Sync) {
    match pieces.pop() {
        Some(only) if pieces.is_empty() => work(only),
        last => pieces.into_par_iter().chain(last).for_each(work),
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
        self.activations_of_pictures(&[picture], &mut |_, layer, map| see(layer, map))
    }

    fn activations_of_pictures(
        &mut self,
        pictures: &[&[f32]],
        see: &mut dyn FnMut(usize, usize, Map<'_>),
    ) -> Result<(), Error> {
        let (plan, mut stacked) = (self.plan.clone(), std::mem::take(&mut self.stacked));
        let run = |pictures: Pictures<'_>| {
            self.forward(&pictures);
            for picture in 0..pictures.count {
                for (layer, id) in plan.layers.iter().enumerate() {
                    let node = &plan.nodes[id.0];
                    let some = &(picture..picture + 1);
                    see(picture, layer, view(&plan, &self.slots, node.activation, node, &pictures, some));
                }
            }
        };
        let result = Pictures::new(&plan, pictures, &mut stacked).map(run);
        self.stacked = stacked;
        result
    }

    fn gradient(&mut self, picture: &[f32], objective: &mut dyn Objective) -> Result<&[f32], Error> {
        self.gradients(&mut [(picture, objective)])
    }

    fn gradients(&mut self, pictures: &mut [(&[f32], &mut dyn Objective)]) -> Result<&[f32], Error> {
        let Some(place) = self.plan.nodes[0].gradient else {
            return Err(Error::WrongPurpose("the gradient of the picture"));
        };
        let values = self.run(pictures)?;
        Ok(&self.slots[place.slot].as_slice()[..values])
    }

    fn add_parameter_gradients(&mut self, pictures: &mut [(&[f32], &mut dyn Objective)]) -> Result<(), Error> {
        if self.plan.purpose != Purpose::Parameters {
            return Err(Error::WrongPurpose("the gradients of parameters"));
        }
        self.run(pictures).map(|_| ())
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

/// The inputs of a step for some pictures, in their slots.
struct StepInputs<'a> {
    plan: &'a Plan,
    node: &'a PlannedNode,
    slots: &'a [Buffer],
    pictures: &'a Pictures<'a>,
    some: &'a Range<usize>,
}

impl Inputs for StepInputs<'_> {
    fn get(&self, index: usize) -> Map<'_> {
        let input = &self.plan.nodes[self.node.inputs[index].0];
        view(self.plan, self.slots, input.activation, input, self.pictures, self.some)
    }
}

/// The maps of some of the pictures.
fn view<'a>(
    plan: &Plan,
    slots: &'a [Buffer],
    place: Option<MapPlace>,
    node: &PlannedNode,
    pictures: &'a Pictures<'_>,
    some: &Range<usize>,
) -> Map<'a> {
    let shape = node.shape.stack(some.len());
    match place {
        Some(place) => {
            let first = place.offset + place_in_slot(plan, place, some).start * node.shape.pixels() * place.stride;
            Map::new(&slots[place.slot].as_slice()[first..], shape, place.stride)
        }
        None => Map::new(&pictures.values[some.start * node.shape.values()..], shape, shape.channels),
    }
}

/// The values of the maps of some pictures, cut to the last row so that bands of rows are bands of a map.
fn maps_mut<'a>(
    plan: &Plan,
    buffer: &'a mut Buffer,
    place: MapPlace,
    node: &PlannedNode,
    some: &Range<usize>,
) -> &'a mut [f32] {
    let (some, a_picture) = (place_in_slot(plan, place, some), node.shape.pixels() * place.stride);
    &mut buffer.as_mut_slice()[some.start * a_picture + place.offset..some.end * a_picture]
}

/// The maps of `some` pictures in a slot, counted from its beginning.
fn place_in_slot(plan: &Plan, place: MapPlace, some: &Range<usize>) -> Range<usize> {
    if plan.slots[place.slot].pictures > 1 { some.clone() } else { 0..some.len() }
}

/// The maps of the next pictures, cut off `maps`.
fn next_map<'a>(maps: &mut &'a mut [f32], place: MapPlace, node: &PlannedNode, pictures: usize) -> MapMut<'a> {
    let shape = node.shape.stack(pictures);
    MapMut::new(cut_off(maps, shape.pixels() * place.stride), shape, place.stride)
}

/// The first `len` values, or those that there are, cut off `values`.
fn cut_off<'a, T>(values: &mut &'a mut [T], len: usize) -> &'a mut [T] {
    values.split_off_mut(..len.min(values.len())).expect("no more than there are")
}

/// The bits from the map of a picture on.
fn bits<'a>(buffers: &'a [Vec<u16>], at: BitsPlace, node: &PlannedNode, picture: usize) -> Bits<'a> {
    let first = at.offset + picture * node.shape.pixels() * at.stride;
    Bits { words: &buffers[at.buffer][first..], stride: at.stride }
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
