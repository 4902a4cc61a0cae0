//! Checkpoints: a training that was interrupted continues and gives the same network, to the byte.

use std::collections::HashMap;

use oneiric_engine::{NodeId, Parameters};
use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensors};
use serde::{Deserialize, Serialize};

use crate::early_stop::{EarlyStop, Evaluation};
use crate::error::Error;
use crate::trainer::TrainerState;
use crate::training::Training;

/// The key of everything but the tensors in the metadata.
const STATE: &str = "oneiric-training";

#[derive(Serialize, Deserialize)]
struct State {
    /// [`Training::fingerprint`].
    fingerprint: u64,
    steps: usize,
    stop: EarlyStop,
    history: Vec<Evaluation>,
    losses: (f64, usize),
    ended: bool,
}

impl Training {
    /// Returns a checkpoint.
    ///
    /// # Panics
    /// Never: everything in it can be written.
    pub fn checkpoint(&self) -> Vec<u8> {
        let trainer = self.trainer.state();
        let state = State {
            fingerprint: self.fingerprint(),
            steps: trainer.steps,
            stop: self.stop.clone(),
            history: self.history.clone(),
            losses: self.losses,
            ended: self.ended,
        };
        let sets = [("parameters", Some(&trainer.parameters)), ("best", self.best.as_ref())];
        let moments =
            trainer.optimizer.moments().iter().zip(["moment0", "moment1"]).map(|(set, name)| (name, Some(set)));
        let mut tensors = Vec::new();
        for (set, parameters) in sets.into_iter().chain(moments) {
            let arrays = parameters.into_iter().flat_map(Parameters::iter).flat_map(|(_, arrays)| arrays);
            let bytes = |array: &Vec<f32>| array.iter().flat_map(|value| value.to_le_bytes()).collect::<Vec<u8>>();
            tensors.extend(arrays.enumerate().map(|(i, array)| (format!("{set}.{i}"), bytes(array))));
        }
        let views = tensors.iter().map(|(name, bytes)| {
            (name, TensorView::new(Dtype::F32, vec![bytes.len() / 4], bytes).expect("as many values as bytes"))
        });
        let state = serde_json::to_string(&state).expect("a state can be written");
        safetensors::serialize(views, Some(HashMap::from([(STATE.to_owned(), state)]))).expect("tensors can be written")
    }

    /// Continues from a checkpoint of a training on the same pictures with the same settings.
    ///
    /// # Errors
    /// [`Error::Checkpoint`] if it is damaged or of another training; nothing has changed then.
    pub fn resume(&mut self, checkpoint: &[u8]) -> Result<(), Error> {
        let damaged = |e: &dyn std::fmt::Display| Error::Checkpoint(format!("it is damaged: {e}"));
        let (_, metadata) = SafeTensors::read_metadata(checkpoint).map_err(|e| damaged(&e))?;
        let state = metadata.metadata().as_ref().and_then(|metadata| metadata.get(STATE));
        let state = state.ok_or_else(|| Error::Checkpoint("it is not one of a training".into()))?;
        let state: State = serde_json::from_str(state).map_err(|e| damaged(&e))?;
        if state.fingerprint != self.fingerprint() {
            return Err(Error::Checkpoint("it belongs to other pictures or settings".into()));
        }
        let file = SafeTensors::deserialize(checkpoint).map_err(|e| damaged(&e))?;
        let set = |name: &str| self.set_of(&file, name);
        let own = self.trainer.state().optimizer;
        let moments = (0..own.moments().len()).map(|i| set(&format!("moment{i}"))).collect::<Result<Vec<_>, _>>()?;
        let best = file.tensor("best.0").is_ok().then(|| set("best")).transpose()?;
        let optimizer = own.with_memory(moments, state.steps)?;
        self.trainer.resume(TrainerState { parameters: set("parameters")?, optimizer, steps: state.steps })?;
        self.best = best;
        (self.stop, self.history, self.losses, self.ended) = (state.stop, state.history, state.losses, state.ended);
        Ok(())
    }

    /// Arrays in the shapes of the trained parameters.
    fn set_of(&self, file: &SafeTensors<'_>, set: &str) -> Result<Parameters, Error> {
        let mut number = 0;
        let mut read = |like: &Vec<f32>| {
            let name = format!("{set}.{number}");
            number += 1;
            let tensor = file.tensor(&name).map_err(|e| Error::Checkpoint(format!("{name}: {e}")))?;
            if tensor.dtype() != Dtype::F32 || tensor.data().len() != 4 * like.len() {
                return Err(Error::Checkpoint(format!("{name} has another shape")));
            }
            let values = tensor.data().chunks_exact(4);
            Ok(values.map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect())
        };
        let nodes = self.trainer.parameters().iter();
        let of_node = |(node, arrays): (NodeId, &[Vec<f32>])| {
            Ok((node, arrays.iter().map(&mut read).collect::<Result<Vec<Vec<f32>>, Error>>()?))
        };
        nodes.map(of_node).collect()
    }
}
