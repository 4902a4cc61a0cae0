//! A program and a size of picture become steps and the buffers they share.
//!
//! Time runs through the forward steps 1…n-1 (a step a node), the objective at n, and the backward
//! steps in reverse, node i at 2n-i. Every map lives for an interval of that time; maps whose intervals
//! do not touch share a slot of memory. The parts of a concatenation are views into the whole.
//!
//! A plan for several pictures has as many of each map, one below the other, so that small maps read every weight once.
//! Large maps would only leave the caches: the steps that read or write any run for one picture after the other, before
//! the rest of the forward pass and after the rest of the backward pass, and these pictures share the maps between them.

use crate::description::Description;
use crate::error::Error;
use crate::graph::Node;
use crate::node::NodeId;
use crate::op::{Keeps, Op, Purpose};
use crate::parameters::Parameters;
use crate::program::Program;
use crate::shape::{LANES, MAX_BYTES, Shape, Size};

/// A map's place in the slots, the buffers that maps share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MapPlace {
    /// The number of the slot.
    pub slot: usize,
    /// Values before its first one: where the parts of a concatenation lie side by side, the channels before it.
    pub offset: usize,
    /// Values from one pixel to the next.
    pub stride: usize,
}

/// A buffer that maps share whose lives do not touch.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Slot {
    /// Values of one picture.
    pub len: usize,
    /// How many pictures have maps of their own in it, one below the other: one or all.
    pub pictures: usize,
}

/// The place of a node's bits.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct BitsPlace {
    pub buffer: usize,
    pub offset: usize,
    pub stride: usize,
}

/// How the gradient of one input of a node is written.
#[derive(Clone, Copy, Debug)]
pub(crate) struct GradientStep {
    /// Something has been written before.
    pub accumulate: bool,
    /// Nothing is written afterwards: the mask is applied.
    pub last: bool,
}

/// A node with everything resolved.
#[derive(Clone, Debug)]
pub(crate) struct PlannedNode {
    pub description: Description,
    pub op: Op,
    pub shape: Shape,
    pub inputs: Vec<NodeId>,
    /// A concatenation whose parts are written where they belong, so that nothing runs.
    pub in_place: bool,
    pub keeps: Keeps,
    /// Absent for the picture, which the caller holds.
    pub activation: Option<MapPlace>,
    pub gradient: Option<MapPlace>,
    pub bits: Option<BitsPlace>,
    /// The buffer of bytes.
    pub bytes: Option<usize>,
    /// For every input.
    pub gradient_steps: Vec<GradientStep>,
    /// The objective's gradient is complete, and its mask is applied directly.
    pub mask_seed: bool,
    /// The trained node of the graph whose parameters it has, which may be replaced.
    pub replaceable: Option<NodeId>,
    /// Present if the gradient of its parameters is computed.
    pub trained: Option<Trained>,
}

impl PlannedNode {
    /// Whether the nodes differ at most in parameters.
    fn has_layout_of(&self, other: &Self) -> bool {
        let places = |node: &Self| {
            (node.shape, node.activation, node.gradient, node.bits, node.bytes, node.replaceable, node.trained)
        };
        std::mem::discriminant(&self.op) == std::mem::discriminant(&other.op)
            && self.inputs == other.inputs
            && places(self) == places(other)
    }
}

/// A planned node whose parameters are trained.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Trained {
    /// The node of the graph.
    pub node: NodeId,
    /// Values of the sums over pictures.
    pub sums: usize,
}

/// Steps and buffers for one size of picture.
#[derive(Clone, Debug)]
pub struct Plan {
    pub(crate) size: Size,
    pub(crate) purpose: Purpose,
    /// The most pictures that run at once.
    pub(crate) pictures: usize,
    /// The steps before this one run for one picture after the other.
    pub(crate) together_from: usize,
    pub(crate) nodes: Vec<PlannedNode>,
    pub(crate) layers: Vec<NodeId>,
    pub(crate) slots: Vec<Slot>,
    /// Words of each buffer of bits for one picture.
    pub(crate) bits: Vec<usize>,
    /// Bytes of each buffer of bytes for one picture.
    pub(crate) bytes: Vec<usize>,
    pub(crate) flops: u64,
}

impl Plan {
    /// Plans `program` for pictures of `size`. Packs no weights and allocates none of the buffers.
    ///
    /// # Errors
    /// [`Error::Shape`] or [`Error::TooLarge`] if the network cannot take the size.
    pub fn new(program: &Program, size: Size, purpose: Purpose) -> Result<Self, Error> {
        Self::for_pictures(program, size, purpose, 1)
    }

    /// Plans `program` for up to `pictures` pictures at once (at least one), which is faster where maps are small: every
    /// weight is read once for all of them.
    ///
    /// # Errors
    /// As [`Plan::new`], and [`Error::Unsupported`] if no machine has memory for so many.
    pub fn for_pictures(program: &Program, size: Size, purpose: Purpose, pictures: usize) -> Result<Self, Error> {
        let program = &program.fitted(&program.graph.shapes(size)?);
        let shapes = program.graph.shapes(size)?;
        let pictures = pictures.max(1);
        let together_pixels = if pictures > 1 { TOGETHER_PIXELS } else { usize::MAX };
        let plan = Planner::new(program, shapes, purpose, together_pixels).plan(size, pictures);
        let slots = plan.slots.iter().map(|slot| size_of::<f32>() * slot.len).sum::<usize>();
        let a_picture = slots + size_of::<u16>() * plan.bits.iter().sum::<usize>() + plan.bytes.iter().sum::<usize>();
        let fits = pictures == 1 || a_picture.checked_mul(pictures).is_some_and(|bytes| bytes <= MAX_BYTES);
        let too_many = || Error::Unsupported(format!("{pictures} pictures at once need too much memory"));
        fits.then_some(plan).ok_or_else(too_many)
    }

    /// The same plan with other parameters for operations that its program trains. Weights that other plans hold stay as they
    /// are; those of this one are packed when a session first needs them.
    ///
    /// # Errors
    /// [`Error::UnknownNode`] for a node that the program does not train, or [`Error::InvalidOperation`] if arrays have other
    /// lengths than those of the operation.
    pub fn with_parameters(&self, parameters: &Parameters) -> Result<Self, Error> {
        let mut plan = self.clone();
        for (id, arrays) in parameters.iter() {
            let node = plan.nodes.iter_mut().find(|node| node.replaceable == Some(id));
            let node = node.ok_or(Error::UnknownNode { node: id.0, nodes: self.nodes.len() })?;
            node.op = node.op.with_parameters(arrays)?;
        }
        Ok(plan)
    }

    /// The same plan with the trained operations of `other`, a plan of the same network for another purpose: they share
    /// the packed weights.
    ///
    /// # Errors
    /// [`Error::UnknownNode`] if `other` trains other operations.
    pub fn with_parameters_of(&self, other: &Self) -> Result<Self, Error> {
        let mut plan = self.clone();
        for node in plan.nodes.iter_mut().filter(|node| node.replaceable.is_some()) {
            let same = |of: &&PlannedNode| of.replaceable == node.replaceable && of.op.name() == node.op.name();
            let unknown =
                || Error::UnknownNode { node: node.replaceable.map_or(0, |id| id.0), nodes: other.nodes.len() };
            node.op = other.nodes.iter().find(same).ok_or_else(unknown)?.op.clone();
        }
        Ok(plan)
    }

    /// The nodes of the graph whose parameters it trains, in order.
    pub fn trained(&self) -> impl Iterator<Item = NodeId> {
        self.nodes.iter().filter_map(|node| Some(node.trained?.node))
    }

    /// The most pictures that a session of it takes at once.
    pub fn pictures(&self) -> usize {
        self.pictures
    }

    /// The size of the pictures.
    pub fn size(&self) -> Size {
        self.size
    }

    /// The shape of layer number `layer`, in the order in which the program's layers were requested.
    pub fn layer_shape(&self, layer: usize) -> Shape {
        self.nodes[self.layers[layer].0].shape
    }

    /// Whether the plans differ at most in parameters: the same kinds of operations on maps in the same places.
    pub(crate) fn has_layout_of(&self, other: &Self) -> bool {
        let nodes = self.nodes.len() == other.nodes.len()
            && self.nodes.iter().zip(&other.nodes).all(|(own, other)| own.has_layout_of(other));
        let key = |plan: &Self| (plan.size, plan.purpose, plan.pictures, plan.together_from);
        let buffers = |plan: &Self| [plan.bits.clone(), plan.bytes.clone()];
        let places = self.slots == other.slots && buffers(self) == buffers(other);
        nodes && places && key(self) == key(other) && self.layers == other.layers
    }

    /// What `node` is prepared for.
    pub(crate) fn purpose_of(&self, node: &PlannedNode) -> Purpose {
        if node.inputs.iter().any(|id| self.nodes[id.0].gradient.is_some()) {
            self.purpose
        } else {
            Purpose::Activations
        }
    }

    /// Bytes of all buffers that a session of this plan allocates, without the weights.
    pub fn memory(&self) -> usize {
        self.slots().sum::<usize>() + self.bits_memory() + self.kept_memory() + self.parameter_memory()
    }

    /// Bytes of the sums of parameter gradients.
    pub fn parameter_memory(&self) -> usize {
        self.nodes.iter().filter_map(|node| Some(size_of::<f32>() * node.trained?.sums)).sum()
    }

    /// Bytes of each slot, a buffer that maps share whose lives do not touch.
    pub fn slots(&self) -> impl Iterator<Item = usize> {
        self.slots.iter().map(|slot| size_of::<f32>() * slot.pictures * slot.len)
    }

    /// Bytes of the bits that the forward pass keeps for the gradient.
    pub fn bits_memory(&self) -> usize {
        size_of::<u16>() * self.pictures * self.bits.iter().sum::<usize>()
    }

    /// Additional bytes that the forward pass stores for the gradient.
    pub fn kept_memory(&self) -> usize {
        self.pictures * self.bytes.iter().sum::<usize>()
    }

    /// Floating point operations of the convolutions of one forward pass; the backward pass costs as many.
    pub fn flops(&self) -> u64 {
        self.flops
    }
}

/// Maps of more pixels are large: several of them at once would leave the caches.
const TOGETHER_PIXELS: usize = 256;

/// An interval of time in which a map is needed.
#[derive(Clone, Copy, Debug)]
struct Life {
    start: usize,
    end: usize,
}

impl Life {
    fn join(self, other: Self) -> Self {
        Self { start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    fn overlaps(self, other: Self) -> bool {
        self.start <= other.end && other.start <= self.end
    }
}

/// A map that needs memory.
struct Request {
    node: usize,
    gradient: bool,
    len: usize,
    life: Life,
}

struct Planner<'a> {
    nodes: &'a [Node],
    /// The first step that runs for all pictures at once.
    together_from: usize,
    layers: &'a [NodeId],
    shapes: Vec<Shape>,
    purpose: Purpose,
    /// Whether the gradient of the node's map is computed: it leads to the picture or to a trained operation.
    has_gradient: Vec<bool>,
    keeps: Vec<Keeps>,
    /// For every node the nodes that use it, as (node, input number), first to last.
    users: Vec<Vec<(usize, usize)>>,
    wanted: Vec<bool>,
    /// For parts of a concatenation in place: the whole and the first channel.
    part_of: Vec<Option<(usize, usize)>>,
}

impl<'a> Planner<'a> {
    /// Pictures run at once on maps of up to `together_pixels` pixels.
    fn new(program: &'a Program, shapes: Vec<Shape>, purpose: Purpose, together_pixels: usize) -> Self {
        let nodes = &program.graph.nodes;
        let large = |map: usize| shapes[map].pixels() > together_pixels;
        let apart = |&step: &usize| large(step) || nodes[step].inputs.iter().any(|id| large(id.0));
        let together_from = (1..nodes.len()).rev().find(apart).map_or(1, |last| last + 1);
        let mut users = vec![Vec::new(); nodes.len()];
        for (i, node) in nodes.iter().enumerate() {
            node.inputs.iter().enumerate().for_each(|(k, id)| users[id.0].push((i, k)));
        }
        let mut wanted = vec![false; nodes.len()];
        program.layers.iter().for_each(|id| wanted[id.0] = true);
        let mut has_gradient: Vec<bool> = Vec::with_capacity(nodes.len());
        for (i, node) in nodes.iter().enumerate() {
            let begins = match purpose {
                Purpose::Activations => false,
                Purpose::Gradient | Purpose::GradientBf16 => i == 0,
                Purpose::Parameters => node.trained.is_some(),
            };
            has_gradient.push(begins || node.inputs.iter().any(|id| has_gradient[id.0]));
        }
        let trains = |node: &Node| purpose == Purpose::Parameters && node.trained.is_some();
        let keeps = nodes.iter().zip(&has_gradient).map(|(node, &has_gradient)| match node.op.operation() {
            Some(operation) if has_gradient => {
                let keeps = operation.keeps();
                Keeps { inputs: keeps.inputs || trains(node), ..keeps }
            }
            _ => Keeps::default(),
        });
        let mut planner = Self {
            nodes,
            together_from,
            layers: &program.layers,
            purpose,
            keeps: keeps.collect(),
            has_gradient,
            users,
            wanted,
            part_of: vec![None; nodes.len()],
            shapes,
        };
        planner.find_parts();
        planner
    }

    /// Concatenations whose parts can be written in place: every part is made only for it and begins
    /// at a whole vector.
    fn find_parts(&mut self) {
        for (i, node) in self.nodes.iter().enumerate() {
            let Op::Concat(_) = node.op else { continue };
            let own = |id: &NodeId| id.0 != 0 && self.users[id.0].len() == 1 && !self.wanted[id.0];
            let mut offset = 0;
            let aligned = node.inputs.iter().all(|id| {
                let begins_at_vector = offset % LANES == 0;
                offset += self.shapes[id.0].channels;
                begins_at_vector && self.shapes[id.0].channels > 4
            });
            if aligned && node.inputs.iter().all(own) {
                let mut offset = 0;
                for id in &node.inputs {
                    self.part_of[id.0] = Some((i, offset));
                    offset += self.shapes[id.0].channels;
                }
            }
        }
    }

    /// The node whose buffer holds `node`, and the first channel there.
    fn root(&self, node: usize) -> (usize, usize) {
        let (mut root, mut channel) = (node, 0);
        while let Some((whole, offset)) = self.part_of[root] {
            (root, channel) = (whole, channel + offset);
        }
        (root, channel)
    }

    fn in_place(&self, node: usize) -> bool {
        self.nodes[node].inputs.iter().any(|id| self.part_of[id.0].is_some_and(|(whole, _)| whole == node))
    }

    fn objective_time(&self) -> usize {
        self.nodes.len()
    }

    fn backward_time(&self, node: usize) -> usize {
        2 * self.nodes.len() - node
    }

    fn activation_life(&self, node: usize) -> Life {
        let mut end = node;
        if self.wanted[node] {
            end = end.max(self.objective_time());
        }
        for &(user, _) in &self.users[node] {
            end = end.max(if self.keeps[user].inputs { self.backward_time(user) } else { user });
        }
        if self.keeps[node].output {
            end = end.max(self.backward_time(node));
        }
        Life { start: node, end }
    }

    fn gradient_life(&self, node: usize) -> Life {
        let last_user = self.users[node].last().map(|&(user, _)| self.backward_time(user));
        let start = if self.wanted[node] { self.objective_time() } else { last_user.unwrap_or(0) };
        let end = if node == 0 { usize::MAX } else { self.backward_time(node) };
        Life { start, end }
    }

    /// Whether a map of this life is needed only while pictures run one after the other.
    fn is_of_one_picture(&self, life: Life) -> bool {
        let backward = self.backward_time(self.together_from);
        life.end < self.together_from || (life.start > backward && life.end < usize::MAX)
    }

    /// The maps that need memory, the parts of a whole joined.
    fn requests(&self) -> Vec<Request> {
        let mut requests: Vec<Request> = Vec::new();
        for node in 0..self.nodes.len() {
            let (root, _) = self.root(node);
            let lives = [
                (node != 0).then(|| self.activation_life(node)),
                self.has_gradient[node].then(|| self.gradient_life(node)),
            ];
            for (gradient, life) in [false, true].into_iter().zip(lives) {
                let Some(life) = life else { continue };
                match requests.iter_mut().find(|r| r.node == root && r.gradient == gradient) {
                    Some(request) => request.life = request.life.join(life),
                    None => {
                        let len = self.shapes[root].buffer_len();
                        requests.push(Request { node: root, gradient, len, life });
                    }
                }
            }
        }
        requests
    }

    fn plan(&self, size: Size, pictures: usize) -> Plan {
        let of_one_picture = |life| self.is_of_one_picture(life);
        let (slots, slot_of) = assign_slots(self.requests(), pictures, of_one_picture);
        let (bits, bits_of) = self.assign_bits();
        let mut bytes = Vec::new();
        let place = |node: usize, gradient: bool| {
            if gradient && !self.has_gradient[node] {
                return None;
            }
            let (root, channel) = self.root(node);
            let slot = slot_of.iter().find(|(r, g, _)| (*r, *g) == (root, gradient))?.2;
            Some(MapPlace { slot, offset: channel, stride: self.shapes[root].stride() })
        };
        let mut nodes = Vec::with_capacity(self.nodes.len());
        let mut flops = 0;
        for (i, node) in self.nodes.iter().enumerate() {
            let inputs: Vec<Shape> = node.inputs.iter().map(|id| self.shapes[id.0]).collect();
            let kept_bytes = match node.op.operation() {
                Some(operation) if node.inputs.iter().any(|id| self.has_gradient[id.0]) => {
                    operation.kept_bytes(&inputs)
                }
                _ => 0,
            };
            let description = Description::new(node, &inputs);
            flops = description.flops.saturating_add(flops);
            nodes.push(PlannedNode {
                description,
                op: node.op.clone(),
                shape: self.shapes[i],
                inputs: node.inputs.clone(),
                in_place: self.in_place(i),
                keeps: self.keeps[i],
                activation: place(i, false),
                gradient: place(i, true),
                bits: bits_of[i],
                bytes: (kept_bytes > 0).then(|| {
                    bytes.push(kept_bytes);
                    bytes.len() - 1
                }),
                gradient_steps: self.gradient_steps(i),
                mask_seed: self.wanted[i] && self.users[i].is_empty(),
                replaceable: node.trained,
                trained: self.trained(node, &inputs),
            });
        }
        let layers = self.layers.to_vec();
        let (purpose, together_from) = (self.purpose, self.together_from);
        Plan { size, purpose, pictures, together_from, nodes, layers, slots, bits, bytes, flops }
    }

    fn trained(&self, node: &Node, inputs: &[Shape]) -> Option<Trained> {
        let id = node.trained.filter(|_| self.purpose == Purpose::Parameters)?;
        let gradient = node.op.operation()?.parameter_gradient(inputs)?;
        Some(Trained { node: id, sums: gradient.sums() })
    }

    /// The backward pass visits users from the last to the first, their inputs in order.
    fn gradient_steps(&self, node: usize) -> Vec<GradientStep> {
        let steps = self.nodes[node].inputs.iter().enumerate().map(|(k, id)| {
            let users = &self.users[id.0];
            let last_user = users.last().map(|&(user, _)| user);
            let first_input = users.iter().filter(|&&(user, _)| Some(user) == last_user).map(|u| u.1).min();
            let final_input = users.iter().filter(|u| u.0 == users[0].0).map(|u| u.1).max();
            GradientStep {
                accumulate: self.wanted[id.0] || Some((node, k)) != last_user.zip(first_input),
                last: (users[0].0, Some(k)) == (node, final_input),
            }
        });
        steps.collect()
    }

    /// Buffers of bits; the parts of a whole share one, so that its gradient is masked in one go.
    fn assign_bits(&self) -> (Vec<usize>, Vec<Option<BitsPlace>>) {
        let mut words = Vec::new();
        let mut buffer_of: Vec<Option<usize>> = vec![None; self.nodes.len()];
        let mut bits_of = vec![None; self.nodes.len()];
        for node in (0..self.nodes.len()).filter(|&node| self.keeps[node].bits) {
            let (root, channel) = self.root(node);
            let stride = self.shapes[root].vectors();
            let buffer = *buffer_of[root].get_or_insert_with(|| {
                words.push(self.shapes[root].pixels() * stride);
                words.len() - 1
            });
            bits_of[node] = Some(BitsPlace { buffer, offset: channel / LANES, stride });
            bits_of[root] = Some(BitsPlace { buffer, offset: 0, stride });
        }
        (words, bits_of)
    }
}

/// Gives every request a slot: the largest first, each into the first slot for as many pictures where nothing else lives
/// at the same time. Returns the slots and (node, gradient, slot) of every request.
fn assign_slots(
    mut requests: Vec<Request>,
    pictures: usize,
    of_one_picture: impl Fn(Life) -> bool,
) -> (Vec<Slot>, Vec<(usize, bool, usize)>) {
    requests.sort_by_key(|r| std::cmp::Reverse(r.len));
    let mut slots: Vec<(Slot, Vec<Life>)> = Vec::new();
    let mut slot_of = Vec::with_capacity(requests.len());
    for request in requests {
        let pictures = if of_one_picture(request.life) { 1 } else { pictures };
        let free = |(slot, lives): &(Slot, Vec<Life>)| {
            slot.pictures == pictures && lives.iter().all(|life| !life.overlaps(request.life))
        };
        let slot = slots.iter().position(free).unwrap_or_else(|| {
            slots.push((Slot { len: request.len, pictures }, Vec::new()));
            slots.len() - 1
        });
        slots[slot].1.push(request.life);
        slot_of.push((request.node, request.gradient, slot));
    }
    (slots.into_iter().map(|(slot, _)| slot).collect(), slot_of)
}
