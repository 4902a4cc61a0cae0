//! The events that carry no view of a job or a dream.

use serde::Serialize;

/// A running job has a new frame: the event `frame`.
#[derive(Clone, Debug, Serialize)]
pub struct FrameEvent {
    /// The job's id.
    pub job: String,
    /// The number of the frame.
    pub version: u64,
}

/// A dream was deleted: the event `dream`.
#[derive(Clone, Debug, Serialize)]
pub struct DeletedDream {
    /// The dream's id.
    pub id: String,
    /// Always true.
    pub deleted: bool,
}
