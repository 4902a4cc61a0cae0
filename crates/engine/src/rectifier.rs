//! What the backward pass lets through a ReLU.

/// How ReLU and ReLU6 hand their gradient on. The forward pass is the same with either.
///
/// Gradients are of an objective that is maximised: what is above zero raises the value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Rectifier {
    /// The derivative: nothing passes where the value was cut off.
    #[default]
    Exact,
    /// What is above zero passes everywhere, so that a unit that is off hears what would switch it on: the redirected
    /// ReLU of lucid (`lucid/misc/redirected_relu_grad.py`; Olah, Mordvintsev and Schubert, Feature Visualization,
    /// Distill 2017).
    ///
    /// It is a direction to get away from where the exact gradient is zero, not the slope of anything. lucid takes it
    /// in the first sixteen steps, and only where the exact gradient of the whole map is zero; that is left to the
    /// caller. A unit that ReLU6 cut off at the top hears what would raise it as well, though it cannot rise (lucid:
    /// what would lower it): one bit a value does not tell top from bottom. Infinite values count as cut off.
    ///
    /// Max pooling stays as it is: of a window that is off altogether, all zeros, the first pixel is the largest
    /// and gets the gradient.
    Redirected,
}
