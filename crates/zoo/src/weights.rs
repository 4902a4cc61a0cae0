//! Reads tensors out of safetensors files.

use std::sync::Arc;

use oneiric_engine::op::{Conv2d, Window};
use safetensors::{Dtype, SafeTensors};

use crate::registry::Error;

/// The tensors of one file.
pub(crate) struct Weights<'a> {
    tensors: SafeTensors<'a>,
}

impl<'a> Weights<'a> {
    pub fn read(file: &'a [u8]) -> Result<Self, Error> {
        let tensors = SafeTensors::deserialize(file).map_err(|e| Error::Weights(e.to_string()))?;
        Ok(Self { tensors })
    }

    /// The values of a tensor that must have `shape`.
    pub fn get(&self, name: &str, shape: &[usize]) -> Result<Vec<f32>, Error> {
        let tensor = self.tensors.tensor(name).map_err(|e| Error::Weights(format!("{name}: {e}")))?;
        if tensor.dtype() != Dtype::F32 || tensor.shape() != shape {
            let (dtype, got) = (tensor.dtype(), tensor.shape());
            return Err(Error::Weights(format!("{name} is {dtype:?} {got:?}, not F32 {shape:?}")));
        }
        let values = tensor.data().chunks_exact(4);
        Ok(values.map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect())
    }

    /// A vector of `len` values.
    pub fn vector(&self, name: &str, len: usize) -> Result<Vec<f32>, Error> {
        self.get(name, &[len])
    }

    /// A convolution with a bias, as published.
    pub fn conv(&self, name: &str, inputs: usize, outputs: usize, window: Window) -> Result<Conv2d, Error> {
        let [ky, kx] = window.kernel;
        let weight = self.get(&format!("{name}.weight"), &[outputs, inputs, ky, kx])?;
        let bias: Arc<[f32]> = self.vector(&format!("{name}.bias"), outputs)?.into();
        Ok(Conv2d::new(inputs, outputs, 1, window, weight, Some(bias)))
    }

    /// A convolution without bias, with the batch norm behind it folded in:
    /// w' = w γ / √(σ² + ε), b' = β - μ γ / √(σ² + ε).
    pub fn conv_with_norm(
        &self,
        conv: &str,
        norm: &str,
        channels: [usize; 2],
        groups: usize,
        window: Window,
        epsilon: f32,
    ) -> Result<Conv2d, Error> {
        let [inputs, outputs] = channels;
        let [ky, kx] = window.kernel;
        let mut weight = self.get(&format!("{conv}.weight"), &[outputs, inputs / groups, ky, kx])?;
        let of_norm = |part: &str| self.vector(&format!("{norm}.{part}"), outputs);
        let (gamma, beta) = (of_norm("weight")?, of_norm("bias")?);
        let (mean, variance) = (of_norm("running_mean")?, of_norm("running_var")?);
        let a_channel = weight.len() / outputs;
        let mut bias = Vec::with_capacity(outputs);
        for (c, weights) in weight.chunks_mut(a_channel).enumerate() {
            let factor = f64::from(gamma[c]) / (f64::from(variance[c]) + f64::from(epsilon)).sqrt();
            weights.iter_mut().for_each(|w| *w = (f64::from(*w) * factor) as f32);
            bias.push((f64::from(beta[c]) - f64::from(mean[c]) * factor) as f32);
        }
        Ok(Conv2d::new(inputs, outputs, groups, window, weight, Some(bias.into())))
    }
}
