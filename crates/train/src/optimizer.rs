//! How parameters follow their gradients.

use oneiric_engine::Parameters;

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

    /// Changes `parameters` by one step of this rate against `gradient`.
    ///
    /// # Errors
    /// If `parameters` or `gradient` do not have the shape that this was made for; nothing is changed then.
    pub fn step(&mut self, parameters: &mut Parameters, gradient: &Parameters, rate: f32) -> Result<(), Error> {
        // Adds nothing, and checks the shapes.
        parameters.add_scaled(0.0, gradient)?;
        self.moments.iter_mut().try_for_each(|moment| moment.add_scaled(0.0, gradient))?;
        self.steps += 1;
        let (decay, values) = (self.weight_decay, values_mut(parameters).zip(self::values(gradient)));
        match (self.method, &mut self.moments[..]) {
            (Method::Sgd { momentum }, [velocity]) => {
                for ((value, slope), velocity) in values.zip(values_mut(velocity)) {
                    *velocity = momentum * *velocity + (slope + decay * *value);
                    *value -= rate * *velocity;
                }
            }
            (Method::AdamW, [mean, square]) => {
                let correction = |decay: f32| 1.0 - f64::from(decay).powi(self.steps);
                let (length, root) = (f64::from(rate) / correction(FIRST), correction(SECOND).sqrt());
                let (length, root) = (length as f32, root as f32);
                for (((value, slope), mean), square) in values.zip(values_mut(mean)).zip(values_mut(square)) {
                    *value *= 1.0 - rate * decay;
                    *mean += (1.0 - FIRST) * (slope - *mean);
                    *square = SECOND * *square + (1.0 - SECOND) * slope * slope;
                    *value -= length * *mean / (square.sqrt() / root + EPSILON);
                }
            }
            _ => values.for_each(|(value, slope)| *value -= rate * (slope + decay * *value)),
        }
        Ok(())
    }
}

/// Scales a gradient down to `longest`, its largest Euclidean norm. Returns the norm before.
pub fn clip(gradient: &mut Parameters, longest: f32) -> f32 {
    let norm = values(gradient).map(|value| f64::from(value) * f64::from(value)).sum::<f64>().sqrt() as f32;
    if norm > longest {
        values_mut(gradient).for_each(|value| *value *= longest / norm);
    }
    norm
}

fn zeros(parameters: &Parameters) -> Parameters {
    let mut zeros = parameters.clone();
    values_mut(&mut zeros).for_each(|value| *value = 0.0);
    zeros
}

fn values(parameters: &Parameters) -> impl Iterator<Item = f32> {
    parameters.iter().flat_map(|(_, arrays)| arrays.iter().flatten().copied())
}

fn values_mut(parameters: &mut Parameters) -> impl Iterator<Item = &mut f32> {
    parameters.iter_mut().flat_map(|(_, arrays)| arrays.flatten())
}
