//! What the database holds.

use crate::wire::{DreamClasses, JobState, Problem};

/// A job: a dream or a training that is queued, running or ended.
#[derive(Clone, Debug)]
pub struct JobRecord {
    /// Its number.
    pub id: i64,
    /// The training, if it is one.
    pub training: Option<i64>,
    /// Its state.
    pub state: JobState,
    /// Its place in the queue; the smallest is next.
    pub position: f64,
    /// The name of its dream.
    pub name: String,
    /// The photo's id.
    pub photo: String,
    /// The text of its recipe; the plan of a training.
    pub recipe: String,
    /// The preset and the options, as JSON.
    pub look: String,
    /// The requested longer side, in pixels.
    pub size: Option<usize>,
    /// The dream's width in pixels.
    pub width: usize,
    /// The dream's height in pixels.
    pub height: usize,
    /// The dream that it is made from.
    pub parent: Option<i64>,
    /// Milliseconds since 1970.
    pub created: i64,
    /// When it was first claimed, in milliseconds since 1970.
    pub started: Option<i64>,
    /// When it ended, in milliseconds since 1970.
    pub finished: Option<i64>,
    /// Why it failed.
    pub problem: Option<Problem>,
}

/// A job to add to the queue.
#[derive(Clone, Debug)]
pub struct NewJob {
    /// The training, if it is one.
    pub training: Option<i64>,
    /// The name of its dream.
    pub name: String,
    /// The photo's id.
    pub photo: String,
    /// The text of its recipe.
    pub recipe: String,
    /// The preset and the options, as JSON.
    pub look: String,
    /// The requested longer side, in pixels.
    pub size: Option<usize>,
    /// The dream's width and height in pixels.
    pub extent: (usize, usize),
    /// The dream that it is made from.
    pub parent: Option<i64>,
}

/// A finished dream, as the worker reports it.
#[derive(Clone, Debug)]
pub struct FinishedDream {
    /// The id of its file.
    pub picture: String,
    /// The text of its recipe.
    pub recipe: String,
    /// The preset's name, `custom` or `words`.
    pub filter: String,
    /// The network.
    pub model: String,
    /// The seed.
    pub seed: u64,
    /// The text of the objective.
    pub objective: String,
    /// How long it took, in seconds.
    pub seconds: f64,
    /// Whether it was stopped before its end.
    pub stopped: bool,
    /// The classes that the network sees in it.
    pub classes: DreamClasses,
}

/// A dream of the gallery.
#[derive(Clone, Debug)]
pub struct DreamRecord {
    /// The number of its job.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// Milliseconds since 1970.
    pub created: i64,
    /// The photo's id.
    pub photo: String,
    /// The id of its own file, a PNG with the recipe inside.
    pub picture: String,
    /// Its width in pixels.
    pub width: usize,
    /// Its height in pixels.
    pub height: usize,
    /// The preset's name, `custom` or `words`.
    pub filter: String,
    /// The network.
    pub model: String,
    /// The seed, in digits.
    pub seed: String,
    /// The text of its recipe.
    pub recipe: String,
    /// The preset and the options, as JSON.
    pub look: String,
    /// The requested longer side, in pixels.
    pub size: Option<usize>,
    /// How long it took, in seconds.
    pub seconds: f64,
    /// Whether it is a favourite.
    pub favourite: bool,
    /// The dream that it was made from.
    pub parent: Option<i64>,
    /// The number of octaves with a stored picture.
    pub octaves: usize,
    /// Whether it was stopped before its end.
    pub stopped: bool,
    /// The classes that the network sees in it.
    pub classes: DreamClasses,
}

impl JobRecord {
    /// Returns a new job with the same dream.
    pub fn again(&self) -> NewJob {
        NewJob {
            training: self.training,
            name: self.name.clone(),
            photo: self.photo.clone(),
            recipe: self.recipe.clone(),
            look: self.look.clone(),
            size: self.size,
            extent: (self.width, self.height),
            parent: self.parent,
        }
    }
}
