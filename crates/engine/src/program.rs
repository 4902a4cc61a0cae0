//! A network cut at the requested layers, with neighbouring operations fused.
//!
//! A program does not depend on the size of the picture. Its convolutions pack their weights when the
//! first plan needs them and keep them for the plans of other sizes.

use crate::error::Error;
use crate::graph::{Graph, Node};
use crate::node::NodeId;
use crate::op::{InvertedResidual, Op, Stem};
use crate::shape::Shape;

/// What has to run to reach some layers of a network.
#[derive(Clone, Debug)]
pub struct Program {
    pub(crate) graph: Graph,
    pub(crate) layers: Vec<NodeId>,
}

impl Program {
    /// Cuts `graph` behind the deepest of `layers` and fuses what can be fused.
    ///
    /// # Errors
    /// [`Error::UnknownLayer`], [`Error::RepeatedLayer`] or [`Error::NoLayers`].
    pub fn new<S: AsRef<str>>(graph: &Graph, layers: &[S]) -> Result<Self, Error> {
        Self::with_trained(graph, layers, &[])
    }

    /// The same with operations whose parameters are trained: a plan for [`Purpose::Parameters`] computes the gradients
    /// of their parameters. Operations that no layer needs are left out.
    ///
    /// [`Purpose::Parameters`]: crate::Purpose::Parameters
    ///
    /// # Errors
    /// As [`Program::new`], [`Error::UnknownNode`], or [`Error::InvalidOperation`] for an operation without parameters.
    pub fn with_trained<S: AsRef<str>>(graph: &Graph, layers: &[S], trained: &[NodeId]) -> Result<Self, Error> {
        if layers.is_empty() {
            return Err(Error::NoLayers);
        }
        let wanted = layers.iter().map(|name| graph.layer(name.as_ref())).collect::<Result<Vec<_>, _>>()?;
        if let Some(i) = (1..wanted.len()).find(|&i| wanted[..i].contains(&wanted[i])) {
            return Err(Error::RepeatedLayer(layers[i].as_ref().into()));
        }
        let mut fusion = Fusion { nodes: graph.nodes.clone(), wanted };
        for &id in trained {
            let op = &graph.node(id)?.op;
            if op.parameters().is_empty() {
                return Err(Error::invalid(op.name(), "it has no parameters to train"));
            }
            let node = &mut fusion.nodes[id.0];
            node.trained = Some(id);
            if let Op::Conv(conv) = op {
                node.op = Op::Conv(conv.trained());
            }
        }
        fusion.fuse_additions(graph);
        fusion.fuse_clamps(graph);
        fusion.fuse_preprocessing(graph);
        Ok(fusion.compact(graph))
    }

    /// The same program for maps of `shapes`: inverted residuals and stems whose maps are large become one node.
    pub(crate) fn fitted(&self, shapes: &[Shape]) -> Self {
        let mut fusion = Fusion { nodes: self.graph.nodes.clone(), wanted: self.layers.clone() };
        fusion.fuse_inverted_residuals(&self.graph, shapes);
        fusion.fuse_stems(&self.graph, shapes);
        fusion.compact(&self.graph)
    }

    /// The names of the layers, in the order in which they were requested.
    pub fn layers(&self) -> impl Iterator<Item = &str> {
        self.layers.iter().map(|id| self.graph.nodes[id.0].name.as_str())
    }
}

/// The nodes while they are being fused. A fused node takes the place of the later one of the two; the
/// earlier one has no user any more and is dropped at the end.
struct Fusion {
    nodes: Vec<Node>,
    wanted: Vec<NodeId>,
}

impl Fusion {
    /// How many nodes use each node; a requested layer counts as one use.
    fn uses(&self, graph: &Graph) -> Vec<usize> {
        let current = graph.with_nodes(self.nodes.clone());
        let needed = current.needed_by(&self.wanted);
        let mut uses = vec![0; self.nodes.len()];
        self.wanted.iter().for_each(|id| uses[id.0] += 1);
        for (node, _) in self.nodes.iter().zip(needed).filter(|(_, needed)| *needed) {
            node.inputs.iter().for_each(|id| uses[id.0] += 1);
        }
        uses
    }

    /// Node `i` becomes `op`, which does what the nodes `fused` did in this order.
    fn replace(&mut self, i: usize, op: Op, inputs: Vec<NodeId>, fused: &[usize]) {
        let made_of = fused.iter().flat_map(|&node| self.nodes[node].parts()).collect();
        let trained = fused.iter().find_map(|&node| self.nodes[node].trained);
        let name = self.nodes[i].name.clone();
        self.nodes[i] = Node { name, op, inputs, made_of, trained };
    }

    /// Whether any of `nodes` is trained: its gradient needs maps and weights that some fusions remove.
    fn is_trained(&self, nodes: &[usize]) -> bool {
        nodes.iter().any(|&node| self.nodes[node].trained.is_some())
    }

    /// The inputs of node `i`, but with `first` for the first one.
    fn with_input(&self, i: usize, first: NodeId) -> Vec<NodeId> {
        [&[first], &self.nodes[i].inputs[1..]].concat()
    }

    /// Conv, then an addition: the convolution adds the other map to its result.
    fn fuse_additions(&mut self, graph: &Graph) {
        let uses = self.uses(graph);
        for i in 0..self.nodes.len() {
            let (Op::Add(_), [a, b]) = (&self.nodes[i].op, self.nodes[i].inputs.as_slice()) else { continue };
            for (conv, other) in [(*b, *a), (*a, *b)] {
                let (Op::Conv(op), [input]) = (&self.nodes[conv.0].op, &self.nodes[conv.0].inputs[..]) else {
                    continue;
                };
                if uses[conv.0] == 1 && op.fuses() {
                    let inputs = vec![*input, other];
                    self.replace(i, Op::Conv(op.with_residual()), inputs, &[conv.0, i]);
                    break;
                }
            }
        }
    }

    /// Conv, then ReLU or ReLU6: the convolution clamps its result.
    fn fuse_clamps(&mut self, graph: &Graph) {
        let uses = self.uses(graph);
        for i in 0..self.nodes.len() {
            let Op::Activation(activation) = &self.nodes[i].op else { continue };
            let [conv] = self.nodes[i].inputs[..] else { continue };
            if let (Some(max), Op::Conv(op)) = (activation.clamp(), &self.nodes[conv.0].op)
                && uses[conv.0] == 1
                && op.fuses()
            {
                self.replace(i, Op::Conv(op.with_clamp(max)), self.nodes[conv.0].inputs.clone(), &[conv.0, i]);
            }
        }
    }

    /// Scale and shift of the picture, then a convolution: the weights and the bias take them in.
    fn fuse_preprocessing(&mut self, graph: &Graph) {
        let uses = self.uses(graph);
        for i in 0..self.nodes.len() {
            let Op::Conv(conv) = &self.nodes[i].op else { continue };
            let [scaled, ..] = self.nodes[i].inputs[..] else { continue };
            let (Op::ScaleShift(preprocessing), &[input]) =
                (&self.nodes[scaled.0].op, &self.nodes[scaled.0].inputs[..])
            else {
                continue;
            };
            if uses[scaled.0] == 1
                && !self.is_trained(&[scaled.0, i])
                && let Some(conv) = conv.with_preprocessing(preprocessing.clone())
            {
                self.replace(i, Op::Conv(conv), self.with_input(i, input), &[scaled.0, i]);
            }
        }
    }

    /// Expand, depthwise, project: one node where the maps between are large.
    fn fuse_inverted_residuals(&mut self, graph: &Graph, shapes: &[Shape]) {
        let uses = self.uses(graph);
        for i in 0..self.nodes.len() {
            let Op::Conv(project) = &self.nodes[i].op else { continue };
            let filtered = self.nodes[i].inputs[0];
            let (Op::Conv(depthwise), &[expanded]) = (&self.nodes[filtered.0].op, &self.nodes[filtered.0].inputs[..])
            else {
                continue;
            };
            let (Op::Conv(expand), &[input]) = (&self.nodes[expanded.0].op, &self.nodes[expanded.0].inputs[..]) else {
                continue;
            };
            if (uses[filtered.0], uses[expanded.0]) == (1, 1)
                && !self.is_trained(&[expanded.0, filtered.0, i])
                && let Some(block) = InvertedResidual::new(expand, depthwise, project)
                && block.is_faster_for(shapes[expanded.0])
            {
                let block = Op::InvertedResidual(Box::new(block));
                self.replace(i, block, self.with_input(i, input), &[expanded.0, filtered.0, i]);
            }
        }
    }

    /// First convolution, pooling: one node where the map between is large.
    fn fuse_stems(&mut self, graph: &Graph, shapes: &[Shape]) {
        let uses = self.uses(graph);
        for i in 0..self.nodes.len() {
            let (Op::MaxPool(pool), &[convolved]) = (&self.nodes[i].op, &self.nodes[i].inputs[..]) else { continue };
            if let (Op::Conv(conv), &[input]) = (&self.nodes[convolved.0].op, &self.nodes[convolved.0].inputs[..])
                && uses[convolved.0] == 1
                && !self.is_trained(&[convolved.0])
                && let Some(stem) = Stem::new(conv, pool)
                && stem.is_faster_for(shapes[convolved.0])
            {
                self.replace(i, Op::Stem(Box::new(stem)), self.with_input(i, input), &[convolved.0, i]);
            }
        }
    }

    /// Drops nodes that no requested layer needs.
    fn compact(self, graph: &Graph) -> Program {
        let mut graph = graph.with_nodes(self.nodes);
        let mut needed = graph.needed_by(&self.wanted);
        needed[0] = true;
        let kept = (0..needed.len()).filter(|&i| needed[i]);
        let mut renamed = vec![NodeId(0); needed.len()];
        kept.enumerate().for_each(|(new, old)| renamed[old] = NodeId(new));
        let mut flags = needed.into_iter();
        graph.nodes.retain(|_| flags.next() == Some(true));
        for id in graph.nodes.iter_mut().flat_map(|node| &mut node.inputs) {
            *id = renamed[id.0];
        }
        Program { graph, layers: self.wanted.iter().map(|id| renamed[id.0]).collect() }
    }
}
