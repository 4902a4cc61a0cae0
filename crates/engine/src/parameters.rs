//! The parameters of operations, and their gradients.

use crate::error::Error;
use crate::node::NodeId;

/// The parameters of some operations of a graph, or the gradient of an objective with respect to them: for every
/// operation its arrays in the order of [`Op::parameters`](crate::op::Op::parameters).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Parameters(Vec<(NodeId, Vec<Vec<f32>>)>);

impl Parameters {
    /// The operations with their arrays.
    pub fn iter(&self) -> impl Iterator<Item = (NodeId, &[Vec<f32>])> {
        self.0.iter().map(|(node, arrays)| (*node, arrays.as_slice()))
    }

    /// The operations with their arrays, to change the values.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = (NodeId, impl Iterator<Item = &mut [f32]>)> {
        self.0.iter_mut().map(|(node, arrays)| (*node, arrays.iter_mut().map(Vec::as_mut_slice)))
    }

    /// The arrays of one operation, if they are among these.
    pub fn get(&self, node: NodeId) -> Option<&[Vec<f32>]> {
        self.iter().find(|(id, _)| *id == node).map(|(_, arrays)| arrays)
    }

    /// Checks that `other` has the same operations, with arrays of the same lengths.
    ///
    /// # Errors
    /// [`Error::InvalidOperation`] if it has not.
    pub fn check(&self, other: &Self) -> Result<(), Error> {
        let other_operations = || Error::invalid("sum of parameters", "they belong to other operations");
        self.lengths().eq(other.lengths()).then_some(()).ok_or_else(other_operations)
    }

    /// Adds `factor` times `other`, value by value.
    ///
    /// # Errors
    /// [`Error::InvalidOperation`] if `other` has other operations or arrays of other lengths; nothing is added then.
    pub fn add_scaled(&mut self, factor: f32, other: &Self) -> Result<(), Error> {
        self.check(other)?;
        let own = self.0.iter_mut().flat_map(|(_, arrays)| arrays);
        for (own, other) in own.zip(other.0.iter().flat_map(|(_, arrays)| arrays)) {
            own.iter_mut().zip(other).for_each(|(value, other)| *value += factor * other);
        }
        Ok(())
    }

    /// The operations with the lengths of their arrays.
    fn lengths(&self) -> impl Iterator<Item = (NodeId, Vec<usize>)> {
        self.iter().map(|(node, arrays)| (node, arrays.iter().map(Vec::len).collect()))
    }
}

impl FromIterator<(NodeId, Vec<Vec<f32>>)> for Parameters {
    fn from_iter<I: IntoIterator<Item = (NodeId, Vec<Vec<f32>>)>>(nodes: I) -> Self {
        Self(nodes.into_iter().collect())
    }
}
