//! How parameters follow their gradients.

use oneiric_engine::Parameters;
use rayon::prelude::*;

use crate::error::Error;

/// An optimisation method.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Method {
    /// Gradient descent with momentum, 0 to below 1: `v = momentum v + g`, `p -= rate v`, as in PyTorch. Weight decay is
    /// added to the gradient.
    Sgd {
        /// How much of the velocity stays.
        momentum: f32,
    },
    /// Adam with decoupled weight decay (Loshchilov and Hutter, "Decoupled Weight Decay Regularization", 2019), with the
    /// constants of PyTorch: 0.9, 0.999 and 1e-8.
    AdamW,
}

const FIRST: f32 = 0.9;
const SECOND: f32 = 0.999;
const EPSILON: f32 = 1e-8;
/// Values that one thread takes at a time.
const CHUNK: usize = 1 << 14;

/// A method with its memory.
#[derive(Clone, Debug, PartialEq)]
pub struct Optimizer {
    method: Method,
    weight_decay: f32,
    /// The velocity, or the means of the gradient and of its square.
    moments: Vec<Parameters>,
    steps: i32,
}

impl Optimizer {
    /// Creates an optimizer for parameters of this shape.
    ///
    /// # Errors
    /// A momentum that is not from 0 to below 1, or a weight decay that is not from 0 to 1.
    pub fn new(method: Method, weight_decay: f32, parameters: &Parameters) -> Result<Self, Error> {
        let moments = match method {
            Method::Sgd { momentum } if !(0.0..1.0).contains(&momentum) => {
                return Err(Error::Setting { name: "momentum", range: "from 0 to below 1", value: momentum.into() });
            }
            Method::Sgd { momentum: 0.0 } => 0,
            Method::Sgd { .. } => 1,
            Method::AdamW => 2,
        };
        if !(0.0..=1.0).contains(&weight_decay) {
            return Err(Error::Setting { name: "weight decay", range: "from 0 to 1", value: weight_decay.into() });
        }
        Ok(Self { method, weight_decay, moments: vec![zeros(parameters); moments], steps: 0 })
    }

    /// Its memory: the velocity, or the means of the gradient and of its square.
    pub fn moments(&self) -> &[Parameters] {
        &self.moments
    }

    /// The same method with other memory, after this number of steps.
    ///
    /// # Errors
    /// Memory of other shapes.
    pub fn with_memory(mut self, moments: Vec<Parameters>, steps: usize) -> Result<Self, Error> {
        if moments.len() != self.moments.len() {
            return Err(Error::Checkpoint("it was made with another method".into()));
        }
        for (own, moments) in self.moments.iter_mut().zip(&moments) {
            own.add_scaled(0.0, moments)?;
        }
        (self.moments, self.steps) = (moments, steps as i32);
        Ok(self)
    }

    /// Changes `parameters` by one step of this rate against `gradient`.
    ///
    /// # Errors
    /// If `parameters` or `gradient` do not have the shape that this was made for; nothing is changed then.
    pub fn step(&mut self, parameters: &mut Parameters, gradient: &Parameters, rate: f32) -> Result<(), Error> {
        parameters.check(gradient)?;
        self.moments.iter().try_for_each(|moment| moment.check(gradient))?;
        self.steps += 1;
        let decay = self.weight_decay;
        match (self.method, &mut self.moments[..]) {
            (Method::Sgd { momentum }, [velocity]) => {
                each([parameters, velocity], gradient, |[value, velocity], slope| {
                    *velocity = momentum * *velocity + (slope + decay * *value);
                    *value -= rate * *velocity;
                })
            }
            (Method::AdamW, [mean, square]) => {
                let correction = |decay: f32| 1.0 - f64::from(decay).powi(self.steps);
                let (length, factor) = (f64::from(rate) / correction(FIRST), 1.0 / correction(SECOND).sqrt());
                let (length, factor) = (length as f32, factor as f32);
                each([parameters, mean, square], gradient, |[value, mean, square], slope| {
                    *value *= 1.0 - rate * decay;
                    *mean += (1.0 - FIRST) * (slope - *mean);
                    *square = SECOND * *square + (1.0 - SECOND) * slope * slope;
                    *value -= length * *mean / (square.sqrt() * factor + EPSILON);
                });
            }
            _ => each([parameters], gradient, |[value], slope| *value -= rate * (slope + decay * *value)),
        }
        Ok(())
    }
}

/// Scales a gradient down to `longest`, its largest Euclidean norm. Returns the norm before.
pub fn clip(gradient: &mut Parameters, longest: f32) -> f32 {
    let square = |values: &[f32]| values.iter().map(|&value| f64::from(value) * f64::from(value)).sum::<f64>();
    // The chunks do not depend on the number of threads, so neither does the sum.
    let chunks = gradient.iter().flat_map(|(_, arrays)| arrays.iter().flat_map(|array| array.chunks(CHUNK)));
    let squares: Vec<f64> = chunks.collect::<Vec<_>>().into_par_iter().map(square).collect();
    let norm = squares.iter().sum::<f64>().sqrt() as f32;
    if norm > longest {
        let arrays = gradient.iter_mut().flat_map(|(_, arrays)| arrays);
        arrays.flatten().for_each(|value| *value *= longest / norm);
    }
    norm
}

/// Changes the values of some parameters, each with those of the same place in the others and in the gradient.
fn each<const N: usize>(
    parameters: [&mut Parameters; N],
    gradient: &Parameters,
    change: impl Fn([&mut f32; N], f32) + Sync,
) {
    let mut chunks =
        parameters.map(|some| some.iter_mut().flat_map(|(_, arrays)| arrays).flat_map(|array| array.chunks_mut(CHUNK)));
    let slopes = gradient.iter().flat_map(|(_, arrays)| arrays.iter().flat_map(|array| array.chunks(CHUNK)));
    let work: Vec<_> =
        slopes.map(|slopes| (slopes, chunks.each_mut().map(|chunks| chunks.next().expect("the same shape")))).collect();
    work.into_par_iter().for_each(|(slopes, values)| {
        let mut values = values.map(|values| &mut values[..slopes.len()]);
        for (i, &slope) in slopes.iter().enumerate() {
            change(values.each_mut().map(|values| &mut values[i]), slope);
        }
    });
}

fn zeros(parameters: &Parameters) -> Parameters {
    let mut zeros = parameters.clone();
    zeros.iter_mut().flat_map(|(_, arrays)| arrays).for_each(|array| array.fill(0.0));
    zeros
}
