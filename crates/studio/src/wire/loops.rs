//! A dream step by step.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// A dream on a picture.
#[derive(Deserialize, IntoParams)]
pub struct LoopQuery {
    /// The look, as JSON. Its dream has at most 60 steps.
    pub look: String,
}

/// A part of a dream on a picture.
#[derive(Deserialize, IntoParams)]
pub struct LoopRangeQuery {
    /// The look, as JSON. Its dream has at most 60 steps.
    pub look: String,
    /// The last step to describe; that of the finished dream if it is larger.
    #[serde(default)]
    pub to: usize,
}

/// A dream step by step: the dream of the picture with a longer side of at most 360 pixels.
#[derive(Serialize, ToSchema)]
pub struct LoopView {
    /// The width of the dream in pixels.
    pub width: usize,
    /// The height of the dream in pixels.
    pub height: usize,
    /// The number of octaves.
    pub octaves: usize,
    /// The number of steps of the whole dream.
    pub steps: usize,
    /// The moments before the first step, after it, and so on.
    pub moments: Vec<LoopMoment>,
}

/// A dream after some of its steps. The finished dream has neither a strength nor a gradient, as no step follows.
#[derive(Clone, Serialize, ToSchema)]
pub struct LoopMoment {
    /// The steps so far.
    pub step: usize,
    /// The octave of the picture, from 1 on.
    pub octave: usize,
    /// The width of the picture in pixels.
    pub width: usize,
    /// The height of the picture in pixels.
    pub height: usize,
    /// The value of the objective on the picture, as the network sees it, shifted by the jitter. For one layer it is 100 times
    /// the natural logarithm of the root mean square of its activations.
    pub strength: Option<f64>,
    /// The largest change of a colour value (0 to 1) in the step that follows.
    pub largest_change: Option<f32>,
    /// How many times as strong as the step the picture of the gradient is.
    pub gradient_scale: Option<f32>,
}
