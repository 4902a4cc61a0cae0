//! What the backward pass lets through a ReLU.

/// How ReLU and ReLU6 hand their gradient on. The forward pass is the same with either.
///
/// Gradients are of an objective that is maximised: what is above zero raises the value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Rectifier {
    /// The derivative: nothing passes where the value was cut off.
    #[default]
    Exact,
    /// The derivative, but of a map of which it would let nothing through, what is above zero passes: units that are off
    /// hear what would switch them on. The redirected ReLU of lucid (`lucid/misc/redirected_relu_grad.py`; Olah,
    /// Mordvintsev and Schubert, Feature Visualization, Distill 2017), which takes it in the first sixteen steps.
    ///
    /// It is a direction to get away from where the exact gradient is zero, not the slope of anything. Two things
    /// differ from lucid: a unit that ReLU6 cut off at the top hears what would raise it as well, though it cannot rise
    /// (one bit a value does not tell top from bottom); and a map inside of a fused step
    /// (`oneiric models show M --plan`), which is never whole, has its derivative.
    Redirected,
}
