//! How the backward pass treats ReLUs.

/// How the gradient passes through ReLU and ReLU6. The forward pass is the same for both variants.
///
/// Gradients are of an objective that is maximised: a positive gradient raises the value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Rectifier {
    /// The derivative: nothing passes where the value was cut off.
    #[default]
    Exact,
    /// The derivative; but if it blocks the gradient of a whole map, positive gradients pass, which activate inactive
    /// units. The redirected ReLU of lucid (`lucid/misc/redirected_relu_grad.py`; Olah,
    /// Mordvintsev and Schubert, Feature Visualization, Distill 2017), which takes it in the first sixteen steps.
    ///
    /// It is a direction that leaves a point where the exact gradient is zero, not a derivative. It differs from lucid in
    /// two cases: a unit that ReLU6 clamped to 6 also gets positive gradients, although it cannot rise (one bit a value
    /// does not distinguish top from bottom); and a map inside a fused step ([`Step::windowed`](crate::Step::windowed)), which
    /// is never stored as a whole, has its derivative.
    Redirected,
}
