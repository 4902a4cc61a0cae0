//! Files of networks for tables: safetensors with a card.

use std::collections::HashMap;

use oneiric_engine::Parameters;
use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensorError, SafeTensors};

use super::card::TableCard;
use super::dense;
use super::error::TableError;
use super::network::TableNetwork;
use crate::error::Error;

/// The key of the card in the file's metadata.
const CARD: &str = "oneiric-table";
/// The parts of a layer, in the order of its parameters.
const PARTS: [&str; 2] = ["weight", "bias"];

impl TableNetwork {
    /// Returns the file of the network: for each layer the tensors `LAYER.weight` (neurons, inputs) and `LAYER.bias`, f32, and
    /// the card in the metadata. The same network gives the same bytes.
    ///
    /// # Errors
    /// None for a network that was trained or read.
    pub fn write(&self) -> Result<Vec<u8>, Error> {
        let failed = |e: SafeTensorError| TableError::File(e.to_string());
        let mut tensors = Vec::new();
        for layer in self.layers()? {
            let neurons = layer.bias.len();
            let shapes = [vec![neurons, layer.weights.len() / neurons], vec![neurons]];
            for (part, (shape, values)) in PARTS.iter().zip(shapes.into_iter().zip([layer.weights, layer.bias])) {
                let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
                tensors.push((format!("{}.{part}", layer.name), shape, bytes));
            }
        }
        let mut views = Vec::with_capacity(tensors.len());
        for (name, shape, bytes) in &tensors {
            views.push((name, TensorView::new(Dtype::F32, shape.clone(), bytes).map_err(failed)?));
        }
        let metadata = HashMap::from([(CARD.to_owned(), self.card().text())]);
        Ok(safetensors::serialize(views, Some(metadata)).map_err(failed)?)
    }

    /// Reads the network of a file.
    ///
    /// # Errors
    /// [`TableError::File`] if the file is damaged or that of another kind of network.
    pub fn read(file: &[u8]) -> Result<Self, Error> {
        let wrong = |e: SafeTensorError| TableError::File(e.to_string());
        let (_, metadata) = SafeTensors::read_metadata(file).map_err(wrong)?;
        let card = metadata.metadata().as_ref().and_then(|metadata| metadata.get(CARD));
        let card = TableCard::read(card.ok_or_else(|| TableError::File("it has no card".into()))?)?;
        let tensors = SafeTensors::deserialize(file).map_err(wrong)?;
        let mut graph = dense::graph(card.inputs(), &card.layers, card.classes.len())?;
        let mut parameters = Vec::new();
        for (layer, node) in dense::layers(&graph)?.iter().zip(graph.trainable()) {
            let lengths = [layer.weights.len(), layer.bias.len()];
            let array = |(part, length)| values(&tensors, &format!("{}.{part}", layer.name), length);
            let arrays = PARTS.into_iter().zip(lengths).map(array);
            parameters.push((node, arrays.collect::<Result<Vec<Vec<f32>>, TableError>>()?));
        }
        graph.set_parameters(&parameters.into_iter().collect::<Parameters>())?;
        Ok(Self::new(card, graph))
    }
}

fn values(tensors: &SafeTensors<'_>, name: &str, length: usize) -> Result<Vec<f32>, TableError> {
    let tensor = tensors.tensor(name).map_err(|e| TableError::File(format!("{name}: {e}")))?;
    if tensor.dtype() != Dtype::F32 || tensor.data().len() != 4 * length {
        return Err(TableError::File(format!("{name} has another shape than its card says")));
    }
    let values = tensor.data().chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]]));
    let values: Vec<f32> = values.collect();
    match values.iter().all(|value| value.is_finite()) {
        true => Ok(values),
        false => Err(TableError::File(format!("{name} has values that are not finite"))),
    }
}
