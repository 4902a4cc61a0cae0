//! The door: activations and gradients of pictures of one size.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::error::Error;
use crate::kernel::bits::{Bits, BitsMut};
use crate::kernel::{Isa, elementwise};
use crate::map::{Buffer, Map, MapMut};
use crate::op::{Backward, Forward, Inputs, Purpose, Target};
use crate::plan::{BitsPlace, Place, Plan, PlannedNode};
use crate::rectifier::Rectifier;
use crate::shape::{LANES, Size};

/// A plan with its buffers. Runs on the rayon pool of the calling thread; the results do not depend on
/// the number of threads.
pub struct Session {
    plan: Arc<Plan>,
    isa: Isa,
    rectifier: Rectifier,
    slots: Vec<Buffer>,
    bits: Vec<Vec<u16>>,
    /// In words, so that bits can be kept as well.
    bytes: Vec<Vec<u16>>,
    times: Vec<StepTime>,
}

/// How long a step of the plan took when it last ran.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StepTime {
    /// To its map.
    pub forward: Duration,
    /// From the gradient of its map to those of the maps that it takes.
    pub backward: Duration,
}

impl Session {
    /// Allocates the buffers of `plan`, [`Plan::memory`] bytes, for the best instruction set.
    pub fn new(plan: impl Into<Arc<Plan>>) -> Self {
        Self::with_isa(plan, Isa::detect())
    }

    /// The same for an instruction set of [`Isa::available`].
    ///
    /// # Panics
    /// If this machine does not have it, or it is not that of the plan's purpose.
    pub fn with_isa(plan: impl Into<Arc<Plan>>, isa: Isa) -> Self {
        let plan = plan.into();
        assert!(Isa::available().contains(&isa), "this machine has no {isa}");
        assert!(plan.purpose != Purpose::GradientBf16 || isa == Isa::Avx512, "bf16 goes with AVX-512, not with {isa}");
        Self {
            isa,
            rectifier: Rectifier::default(),
            slots: plan.slots.iter().map(|&len| Buffer::zeroed(len)).collect(),
            // Parts of a concatenation that clamp nothing let everything through.
            bits: plan.bits.iter().map(|&len| vec![u16::MAX; len]).collect(),
            bytes: plan.bytes.iter().map(|&len| vec![0; len.div_ceil(2)]).collect(),
            times: vec![StepTime::default(); plan.nodes.len()],
            plan,
        }
    }

    /// The instruction set in use.
    pub fn isa(&self) -> Isa {
        self.isa
    }

    /// Lets the gradients from now on pass ReLUs by another rule than [`Rectifier::Exact`], or by that again.
    pub fn set_rectifier(&mut self, rectifier: Rectifier) {
        self.rectifier = rectifier;
    }

    /// Bytes of the buffers; [`Plan::memory`] tells them before a session allocates any.
    pub fn memory(&self) -> usize {
        self.plan.memory()
    }

    /// The plan.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// How long every step of [`Plan::steps`] took when it last ran.
    pub fn times(&self) -> &[StepTime] {
        &self.times
    }

    /// Runs the network on `picture` (rows of interleaved channels, RGB in 0…1) and shows every layer
    /// of the program to `see`, with its number.
    ///
    /// # Errors
    /// [`Error::WrongInput`] if the picture is not of the plan's size.
    pub fn activations(&mut self, picture: &[f32], mut see: impl FnMut(usize, Map<'_>)) -> Result<(), Error> {
        self.forward(picture)?;
        for (layer, id) in self.plan.layers.iter().enumerate() {
            let node = &self.plan.nodes[id.0];
            see(layer, view(&self.slots, node.activation, node, picture));
        }
        Ok(())
    }

    /// Runs the network on `picture`, asks `objective` for the gradient at every layer and returns the
    /// gradient of the picture (rows of interleaved channels).
    ///
    /// `objective` gets the layer's number and activations and has to write every channel of every
    /// pixel of the gradient; what it finds there means nothing.
    ///
    /// # Errors
    /// [`Error::WrongInput`] if the picture is not of the plan's size.
    ///
    /// # Panics
    /// If the plan was not made for gradients.
    pub fn gradient(
        &mut self,
        picture: &[f32],
        objective: impl FnMut(usize, Map<'_>, MapMut<'_>),
    ) -> Result<&[f32], Error> {
        assert!(self.plan.purpose.is_gradient(), "the plan is for activations only");
        self.forward(picture)?;
        self.seed(picture, objective);
        let plan = self.plan.clone();
        inside_the_pool(|| {
            for (number, node) in plan.nodes.iter().enumerate().skip(1).rev() {
                let begun = Instant::now();
                self.backward_step(&plan, node, picture);
                self.times[number].backward = begun.elapsed();
            }
        });
        let place = plan.nodes[0].gradient.expect("planned");
        Ok(&self.slots[place.slot].as_slice()[..picture.len()])
    }

    fn forward(&mut self, picture: &[f32]) -> Result<(), Error> {
        let expected = self.plan.nodes[0].shape.values();
        if picture.len() != expected {
            return Err(Error::WrongInput { expected, got: picture.len() });
        }
        let plan = self.plan.clone();
        inside_the_pool(|| {
            for (number, node) in plan.nodes.iter().enumerate().skip(1) {
                let begun = Instant::now();
                self.forward_step(&plan, node, picture);
                self.times[number].forward = begun.elapsed();
            }
        });
        Ok(())
    }

    fn forward_step(&mut self, plan: &Plan, node: &PlannedNode, picture: &[f32]) {
        let Some(prepared) = &node.prepared else { return };
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

    /// Lets the objective write its gradients.
    fn seed(&mut self, picture: &[f32], mut objective: impl FnMut(usize, Map<'_>, MapMut<'_>)) {
        let plan = self.plan.clone();
        for (layer, id) in plan.layers.iter().enumerate() {
            let node = &plan.nodes[id.0];
            let place = node.gradient.expect("planned");
            let mut out = std::mem::take(&mut self.slots[place.slot]);
            let mut gradient = view_mut(&mut out, place, node);
            objective(layer, view(&self.slots, node.activation, node, picture), gradient.reborrow());
            if let Some(at) = node.bits.filter(|_| node.mask_seed) {
                mask(self.isa, self.rectifier, &mut gradient, bits(&self.bits, at));
            }
            self.slots[place.slot] = out;
        }
    }

    fn backward_step(&mut self, plan: &Plan, node: &PlannedNode, picture: &[f32]) {
        let Some(prepared) = &node.prepared else { return };
        for (k, (id, step)) in node.inputs.iter().zip(&node.gradient_steps).enumerate() {
            let target_node = &plan.nodes[id.0];
            let place = target_node.gradient.expect("planned");
            let mut out = std::mem::take(&mut self.slots[place.slot]);
            let slots = &self.slots;
            let target_bits = target_node.bits.filter(|_| step.last).map(|at| bits(&self.bits, at));
            // Whether anything passes shows only when the whole map is there.
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
    }
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Session({}, {}, {} bytes)", self.plan.size, self.isa, self.plan.memory())
    }
}

/// Runs `steps` on a thread of the pool, so that a small step need not wake it and wait: `docs/performance.md`.
fn inside_the_pool(steps: impl FnOnce() + Send) {
    rayon::scope(|_| steps());
}

/// Plans and allocates in one go: `layers` of `graph` for pictures of `size`.
///
/// # Errors
/// As [`crate::Program::new`] and [`Plan::new`].
pub fn session<S: AsRef<str>>(
    graph: &crate::Graph,
    layers: &[S],
    size: Size,
    purpose: Purpose,
) -> Result<Session, Error> {
    Ok(Session::new(Plan::new(&crate::Program::new(graph, layers)?, size, purpose)?))
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

fn view<'a>(slots: &'a [Buffer], place: Option<Place>, node: &PlannedNode, picture: &'a [f32]) -> Map<'a> {
    match place {
        Some(place) => Map::new(&slots[place.slot].as_slice()[place.offset..], node.shape, place.stride),
        None => Map::new(picture, node.shape, node.shape.channels),
    }
}

/// The map at `place`, cut to its last row so that bands of rows are bands of the map.
fn view_mut<'a>(buffer: &'a mut Buffer, place: Place, node: &PlannedNode) -> MapMut<'a> {
    let end = node.shape.pixels() * place.stride;
    MapMut::new(&mut buffer.as_mut_slice()[place.offset..end], node.shape, place.stride)
}

fn bits(buffers: &[Vec<u16>], at: BitsPlace) -> Bits<'_> {
    Bits { words: &buffers[at.buffer][at.offset..], stride: at.stride }
}

/// Sets `map` to zero where its bit is not set, or lets through what the rectifier does.
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
