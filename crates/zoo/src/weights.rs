//! The tensors that networks are built from: read from safetensors files, or made from a seed.

use std::sync::Arc;

use oneiric_engine::op::{Conv2d, Window};
use safetensors::{Dtype, SafeTensors};

use crate::error::Error;
use crate::random;

/// A source of tensors.
pub(crate) enum Weights<'a> {
    /// The tensors of one file.
    File(SafeTensors<'a>),
    /// Random tensors, always the same, see [`random`].
    Seed(u64),
}

impl<'a> Weights<'a> {
    pub fn read(file: &'a [u8]) -> Result<Self, Error> {
        let tensors = SafeTensors::deserialize(file).map_err(|e| Error::Weights(e.to_string()))?;
        Ok(Self::File(tensors))
    }

    /// The values of a tensor that must have `shape`.
    pub fn get(&self, name: &str, shape: &[usize]) -> Result<Vec<f32>, Error> {
        match self {
            Self::File(tensors) => read(tensors, name, shape),
            Self::Seed(seed) => Ok(random::tensor(*seed, name, shape)),
        }
    }

    /// Values with those of an f16 tensor of `shape` added, if there is one.
    pub fn added_to(&self, values: &[f32], name: &str, shape: &[usize]) -> Result<Vec<f32>, Error> {
        let Self::File(tensors) = self else { return Ok(values.to_vec()) };
        let Ok(tensor) = tensors.tensor(name) else { return Ok(values.to_vec()) };
        if tensor.dtype() != Dtype::F16 || tensor.shape() != shape {
            let (dtype, got) = (tensor.dtype(), tensor.shape());
            return Err(Error::Weights(format!("{name} is {dtype:?} {got:?}, not F16 {shape:?}")));
        }
        let added = tensor.data().chunks_exact(2).map(|b| half::f16::from_le_bytes([b[0], b[1]]).to_f32());
        Ok(values.iter().zip(added).map(|(value, added)| value + added).collect())
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
        Ok(Conv2d::new(inputs, outputs, 1, window, weight, Some(bias))?)
    }

    /// A convolution without bias, with the batch norm after it folded in:
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
        Ok(Conv2d::new(inputs, outputs, groups, window, weight, Some(bias.into()))?)
    }
}

fn read(tensors: &SafeTensors<'_>, name: &str, shape: &[usize]) -> Result<Vec<f32>, Error> {
    let tensor = tensors.tensor(name).map_err(|e| Error::Weights(format!("{name}: {e}")))?;
    if tensor.dtype() != Dtype::F32 || tensor.shape() != shape {
        let (dtype, got) = (tensor.dtype(), tensor.shape());
        return Err(Error::Weights(format!("{name} is {dtype:?} {got:?}, not F32 {shape:?}")));
    }
    let values = tensor.data().chunks_exact(4);
    Ok(values.map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect())
}

#[cfg(test)]
mod tests {
    use safetensors::tensor::TensorView;

    use super::*;

    #[test]
    fn tensors_are_read_by_their_torchvision_names() {
        let seed = Weights::Seed(1);
        let shapes: [(&str, &[usize]); 5] = [
            ("conv1.weight", &[4, 3, 3, 3]),
            ("bn1.weight", &[4]),
            ("bn1.bias", &[4]),
            ("bn1.running_mean", &[4]),
            ("bn1.running_var", &[4]),
        ];
        let bytes = |values: Vec<f32>| values.into_iter().flat_map(f32::to_le_bytes).collect::<Vec<u8>>();
        let stored = shapes.map(|(name, shape)| bytes(seed.get(name, shape).unwrap()));
        let views = shapes
            .iter()
            .zip(&stored)
            .map(|((name, shape), bytes)| (*name, TensorView::new(Dtype::F32, shape.to_vec(), bytes).unwrap()));
        // torchvision also stores the number of batches, which is not used.
        let count = ("bn1.num_batches_tracked", TensorView::new(Dtype::I64, vec![], &[0; 8]).unwrap());
        let file = safetensors::serialize(views.chain([count]), None).unwrap();
        let file = Weights::read(&file).unwrap();
        for (name, shape) in shapes {
            assert_eq!(file.get(name, shape), seed.get(name, shape));
        }
        let conv = |channels| file.conv_with_norm("conv1", "bn1", channels, 1, Window::square(3, 1), 1e-5);
        assert!(conv([3, 4]).is_ok());
        let Err(Error::Weights(message)) = conv([3, 8]) else { panic!("a wrong shape") };
        assert_eq!(message, "conv1.weight is F32 [4, 3, 3, 3], not F32 [8, 3, 3, 3]");
        let Err(Error::Weights(message)) = file.vector("fc.bias", 1000) else { panic!("a missing tensor") };
        assert!(message.contains("fc.bias"), "{message}");
    }
}
