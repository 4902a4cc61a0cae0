//! The queue.

use oneiric::DreamProgress;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{DreamPlaces, LookSettings, Problem};

/// A dream to make.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DreamRequest {
    /// The photo's id.
    pub photo: String,
    /// The dream's name; by default the photo's.
    #[serde(default)]
    pub name: Option<String>,
    /// The preset and the options.
    #[serde(default)]
    pub look: LookSettings,
    /// Where the dream grows.
    #[serde(default)]
    pub places: DreamPlaces,
    /// The photo is shrunk to this longer side, in pixels; by default it keeps its size.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 65535)]
    pub size: Option<usize>,
    /// The id of the dream that this one was made from.
    #[serde(default)]
    pub parent: Option<String>,
}

/// The state of a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum JobState {
    /// It waits in the queue.
    Queued,
    /// It is running.
    Running,
    /// Its dream is in the gallery.
    Done,
    /// It ended with an error; `problem` says which.
    Failed,
    /// It was cancelled.
    Cancelled,
}

/// The progress of a running job.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ProgressView {
    /// The octave at work, from 1.
    pub octave: usize,
    /// The number of octaves.
    pub octaves: usize,
    /// The step of this octave, from 0.
    pub iteration: usize,
    /// The number of steps of this octave.
    pub iterations: usize,
    /// The part of all work that is done, 0 to 1.
    pub done: f64,
    /// The remaining time, in seconds, once it can be estimated.
    pub seconds_left: Option<f64>,
}

impl ProgressView {
    /// Returns the view of the library's progress.
    pub fn new(progress: &DreamProgress, seconds_left: Option<f64>) -> Self {
        let DreamProgress { octave, octaves, iteration, iterations, done, .. } = *progress;
        Self { octave, octaves, iteration, iterations, done, seconds_left }
    }
}

/// What a job makes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum JobKind {
    /// A dream.
    #[default]
    Dream,
    /// A network, and a dream with it.
    Training,
}

/// A job: a dream or a training that is queued, running or ended.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct JobView {
    /// The job's id.
    pub id: String,
    /// What it makes.
    #[serde(default)]
    pub kind: JobKind,
    /// The id of the training.
    #[serde(default)]
    pub training: Option<String>,
    /// Its state.
    pub state: JobState,
    /// The dream's name.
    pub name: String,
    /// The photo's id.
    pub photo: String,
    /// The preset and the options.
    pub look: LookSettings,
    /// Where the dream grows.
    pub places: DreamPlaces,
    /// The requested longer side, in pixels.
    pub size: Option<usize>,
    /// The dream's width in pixels.
    pub width: usize,
    /// The dream's height in pixels.
    pub height: usize,
    /// Milliseconds since 1970.
    pub created: i64,
    /// Milliseconds since 1970.
    pub started: Option<i64>,
    /// Milliseconds since 1970.
    pub finished: Option<i64>,
    /// The place in the queue: the smallest runs first.
    pub position: f64,
    /// The progress, while it runs.
    pub progress: Option<ProgressView>,
    /// The number of the latest frame, while it runs.
    pub frame: Option<u64>,
    /// The id of the finished dream.
    pub dream: Option<String>,
    /// Why it failed.
    pub problem: Option<Problem>,
}

/// The queue: waiting and running jobs in order, then the latest ended ones.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct JobsView {
    /// Whether the queue is paused.
    pub paused: bool,
    /// The jobs.
    pub jobs: Vec<JobView>,
}

/// How to end a job.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CancelRequest {
    /// Whether to keep the picture as it is now as the dream.
    #[serde(default)]
    pub keep: bool,
}

/// Where to move a job.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MoveRequest {
    /// Before the job with this id; by default to the end.
    #[serde(default)]
    pub before: Option<String>,
}

/// Whether the queue is paused.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QueueState {
    /// While true, no job starts; a running one continues to its end.
    pub paused: bool,
}
