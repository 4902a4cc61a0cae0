//! A network as data: operations, named layers, and who feeds whom.

use crate::error::{Error, ShapeMismatch};
use crate::node::NodeId;
use crate::op::Op;
use crate::parameters::Parameters;
use crate::shape::{LANES, MAX_BYTES, MAX_SIDE, Shape, Size};

/// Suggestions for a layer that does not exist.
const SUGGESTIONS: usize = 3;

/// An operation of the network, which a step of a plan runs alone or fused with others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// The layer's name; empty if the operation is not a named layer.
    pub layer: String,
    /// What the network calls the operation, such as `conv` or `relu6`.
    pub operation: &'static str,
}

/// An operation and what it works on.
#[derive(Clone, Debug)]
pub struct Node {
    /// The layer's name; empty for other nodes.
    pub(crate) name: String,
    pub(crate) op: Op,
    pub(crate) inputs: Vec<NodeId>,
    /// What a fused node was made of, in order; empty for a node as the network has it.
    pub(crate) made_of: Vec<Part>,
    /// In a program: the node of the graph whose parameters are trained here.
    pub(crate) trained: Option<NodeId>,
}

impl Node {
    /// An operation without a layer name.
    fn new(op: Op, inputs: Vec<NodeId>) -> Self {
        Self { name: String::new(), op, inputs, made_of: Vec::new(), trained: None }
    }

    /// The operations that it was made of: itself if it was not fused.
    pub(crate) fn parts(&self) -> Vec<Part> {
        if self.made_of.is_empty() {
            vec![Part { layer: self.name.clone(), operation: self.op.name() }]
        } else {
            self.made_of.clone()
        }
    }
}

/// A network: nodes in an order in which every node comes after its inputs.
#[derive(Clone, Debug)]
pub struct Graph {
    pub(crate) nodes: Vec<Node>,
    channels: usize,
}

impl Graph {
    /// A graph of a picture with `channels` channels and no operation yet. Pictures are stored without padding, so
    /// `channels` is 1 to 4 or a multiple of [`LANES`].
    ///
    /// # Errors
    /// [`Error::InvalidOperation`] for other numbers of channels.
    pub fn new(channels: usize) -> Result<Self, Error> {
        if channels == 0 || (channels > 4 && !channels.is_multiple_of(LANES)) {
            return Err(Error::invalid(
                "input",
                format!("a picture has 1 to 4 or a multiple of {LANES} channels, not {channels}"),
            ));
        }
        Ok(Self { nodes: vec![Node::new(Op::Input, Vec::new())], channels })
    }

    /// The picture.
    pub fn picture(&self) -> NodeId {
        NodeId(0)
    }

    /// Channels of the picture.
    pub fn channels(&self) -> usize {
        self.channels
    }

    /// Adds an operation.
    ///
    /// # Errors
    /// [`Error::UnknownNode`] if an input is not a node of this graph, [`Error::InvalidOperation`] for a second
    /// [`Op::Input`].
    pub fn add(&mut self, op: Op, inputs: &[NodeId]) -> Result<NodeId, Error> {
        let nodes = self.nodes.len();
        if let Some(&NodeId(node)) = inputs.iter().find(|id| id.0 >= nodes) {
            return Err(Error::UnknownNode { node, nodes });
        }
        if matches!(op, Op::Input) {
            return Err(Error::invalid(op.name(), "a graph has one picture"));
        }
        self.nodes.push(Node::new(op, inputs.to_vec()));
        Ok(NodeId(nodes))
    }

    /// Adds an operation as a layer named `name`.
    ///
    /// # Errors
    /// As [`Self::add`], [`Error::DuplicateLayer`] if another layer has the name, and [`Error::InvalidOperation`] if it
    /// is empty.
    pub fn add_layer(&mut self, name: impl Into<String>, op: Op, inputs: &[NodeId]) -> Result<NodeId, Error> {
        let name = name.into();
        if name.is_empty() {
            return Err(Error::invalid(op.name(), "the name of a layer must not be empty"));
        }
        if self.nodes.iter().any(|node| node.name == name) {
            return Err(Error::DuplicateLayer(name));
        }
        let id = self.add(op, inputs)?;
        self.nodes[id.0].name = name;
        Ok(id)
    }

    /// The named layers, from the picture on.
    pub fn layers(&self) -> impl Iterator<Item = &str> {
        self.nodes.iter().map(|node| node.name.as_str()).filter(|name| !name.is_empty())
    }

    /// The operations after the picture in the graph's order, each with the name of its layer, which is empty for an
    /// operation that is not a layer.
    pub fn operations(&self) -> impl Iterator<Item = (&str, &Op)> {
        self.nodes.iter().skip(1).map(|node| (node.name.as_str(), &node.op))
    }

    /// The node of a layer.
    ///
    /// # Errors
    /// [`Error::UnknownLayer`], with the names that come nearest.
    pub fn layer(&self, name: &str) -> Result<NodeId, Error> {
        let found = self.nodes.iter().position(|node| node.name == name && !name.is_empty());
        found.map(NodeId).ok_or_else(|| Error::UnknownLayer { name: name.into(), nearest: self.nearest(name) })
    }

    fn nearest(&self, name: &str) -> Vec<String> {
        let mut layers: Vec<&str> = self.layers().collect();
        layers.sort_by_key(|layer| strsim::levenshtein(layer, name));
        layers.into_iter().take(SUGGESTIONS).map(String::from).collect()
    }

    /// The same graph without the nodes behind a layer.
    ///
    /// # Errors
    /// [`Error::UnknownLayer`].
    pub fn up_to(&self, layer: &str) -> Result<Self, Error> {
        let last = self.layer(layer)?;
        Ok(self.with_nodes(self.nodes[..=last.0].to_vec()))
    }

    /// The shape of a layer for a picture of `size`.
    ///
    /// # Errors
    /// [`Error::UnknownLayer`], or [`Error::Shape`] or [`Error::TooLarge`] if a map up to it is too small or large.
    pub fn layer_shape(&self, name: &str, size: Size) -> Result<Shape, Error> {
        let id = self.layer(name)?;
        Ok(self.shapes_up_to(size, id.0 + 1)?[id.0])
    }

    /// The shape of every node for a picture of `size`.
    pub(crate) fn shapes(&self, size: Size) -> Result<Vec<Shape>, Error> {
        self.shapes_up_to(size, self.nodes.len())
    }

    /// The shapes of the first `end` nodes.
    pub(crate) fn shapes_up_to(&self, size: Size, end: usize) -> Result<Vec<Shape>, Error> {
        let mut shapes: Vec<Shape> = Vec::with_capacity(end);
        let mut bytes: usize = 0;
        for (i, node) in self.nodes[..end].iter().enumerate() {
            let layer = || if node.name.is_empty() { format!("node {i}") } else { node.name.clone() };
            let inputs: Vec<Shape> = node.inputs.iter().map(|id| shapes[id.0]).collect();
            let shape = match node.op.operation() {
                None => Ok(Shape::new(self.channels, size.height, size.width)),
                Some(operation) => operation.output_shape(&inputs),
            };
            let mismatch = |mismatch: ShapeMismatch| Error::Shape {
                layer: layer(),
                op: node.op.name(),
                shapes: inputs.iter().map(Shape::to_string).collect::<Vec<_>>().join(" and "),
                why: mismatch.0,
            };
            let shape = shape.map_err(mismatch)?;
            if [shape.channels, shape.height, shape.width].contains(&0) {
                return Err(mismatch(ShapeMismatch(format!("the map {shape} has no values"))));
            }
            let too_large = || Error::TooLarge { layer: layer(), shape };
            let len =
                shape.checked_len().filter(|_| shape.height.max(shape.width) <= MAX_SIDE).ok_or_else(too_large)?;
            // A plan holds an activation and a gradient of every map at most, and less than one further map.
            bytes =
                bytes.checked_add(size_of::<f32>() * len).filter(|&bytes| bytes <= MAX_BYTES).ok_or_else(too_large)?;
            shapes.push(shape);
        }
        Ok(shapes)
    }

    /// The operations that have parameters, in the graph's order.
    pub fn trainable(&self) -> Vec<NodeId> {
        let has_parameters = |i: &usize| !self.nodes[*i].op.parameters().is_empty();
        (0..self.nodes.len()).filter(has_parameters).map(NodeId).collect()
    }

    /// An operation.
    ///
    /// # Errors
    /// [`Error::UnknownNode`].
    pub fn op(&self, id: NodeId) -> Result<&Op, Error> {
        Ok(&self.node(id)?.op)
    }

    /// Bytes of the parameters of the operations up to `last`, or of all.
    pub fn parameter_bytes(&self, last: Option<NodeId>) -> usize {
        let nodes = last.map_or(self.nodes.len(), |last| last.0.saturating_add(1));
        let operations = self.nodes.iter().take(nodes).map(|node| node.op.parameters());
        operations.flatten().map(size_of_val).sum()
    }

    /// The parameters of the operations `nodes`.
    ///
    /// # Errors
    /// [`Error::UnknownNode`], or [`Error::InvalidOperation`] for an operation without parameters.
    pub fn parameters(&self, nodes: &[NodeId]) -> Result<Parameters, Error> {
        let of_node = |&id: &NodeId| {
            let op = &self.node(id)?.op;
            let arrays: Vec<Vec<f32>> = op.parameters().into_iter().map(<[f32]>::to_vec).collect();
            if arrays.is_empty() { Err(Error::invalid(op.name(), "it has no parameters")) } else { Ok((id, arrays)) }
        };
        nodes.iter().map(of_node).collect()
    }

    /// Replaces parameters. Programs and plans that were made before keep the old ones.
    ///
    /// # Errors
    /// [`Error::UnknownNode`], or [`Error::InvalidOperation`] if arrays have other lengths than those of the operation;
    /// nothing is replaced then.
    pub fn set_parameters(&mut self, parameters: &Parameters) -> Result<(), Error> {
        let replaced = parameters.iter().map(|(id, arrays)| Ok((id, self.node(id)?.op.with_parameters(arrays)?)));
        for (id, op) in replaced.collect::<Result<Vec<_>, Error>>()? {
            self.nodes[id.0].op = op;
        }
        Ok(())
    }

    pub(crate) fn node(&self, id: NodeId) -> Result<&Node, Error> {
        self.nodes.get(id.0).ok_or(Error::UnknownNode { node: id.0, nodes: self.nodes.len() })
    }

    /// A graph of the same picture with other nodes.
    pub(crate) fn with_nodes(&self, nodes: Vec<Node>) -> Self {
        Self { nodes, channels: self.channels }
    }

    /// Whether `wanted` depends on each node.
    pub(crate) fn needed_by(&self, wanted: &[NodeId]) -> Vec<bool> {
        let mut needed = vec![false; self.nodes.len()];
        wanted.iter().for_each(|id| needed[id.0] = true);
        for i in (0..self.nodes.len()).rev() {
            if needed[i] {
                self.nodes[i].inputs.iter().for_each(|id| needed[id.0] = true);
            }
        }
        needed
    }
}
