//! Lessons: a small network learns in view.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Which pictures a network learns from. The same query is always the same lesson.
#[derive(Clone, Debug, PartialEq, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct LessonQuery {
    /// The first two classes of this training instead of drawn dogs and other animals.
    #[serde(default)]
    pub training: Option<String>,
    /// Drawn pictures of each class, 2 to 300.
    #[serde(default = "all_pictures")]
    #[param(default = 300)]
    pub pictures: usize,
    /// The part of the labels that are wrong, 0 to 0.5.
    #[serde(default)]
    #[param(default = 0)]
    pub wrong: f64,
    /// Whether all dogs stand on grass, and no other animal does.
    #[serde(default)]
    #[param(default = false)]
    pub dogs_on_grass: bool,
    /// Seed of the drawings and of the first weights.
    #[serde(default = "first_seed")]
    #[param(default = 1)]
    pub seed: u32,
}

fn all_pictures() -> usize {
    300
}

fn first_seed() -> u32 {
    1
}

/// A dream with the network of a lesson.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct LessonDreamQuery {
    /// The id of the picture that it dreams on.
    pub picture: String,
}

/// The pictures of a lesson. All are in one sheet, row by row: first those to learn from, then the held-out ones, then the
/// unknown ones.
#[derive(Serialize, ToSchema)]
pub struct LessonView {
    /// The names of the two classes.
    pub classes: Vec<String>,
    /// What the network learns from.
    pub training: Vec<LessonPictureView>,
    /// What it is tested on.
    pub held_out: Vec<LessonPictureView>,
    /// What it was never shown.
    pub unknown: Vec<LessonPictureView>,
    /// The number of steps.
    pub steps: usize,
    /// The side of a picture in the sheet, in pixels.
    pub side: usize,
    /// Pictures in a row of the sheet.
    pub columns: usize,
}

/// A picture of a lesson.
#[derive(Serialize, ToSchema)]
pub struct LessonPictureView {
    /// What it shows: the number of the class, or none for what the network was never shown.
    pub class: Option<usize>,
    /// What the network is told.
    pub label: Option<usize>,
    /// The animal and where it stands, such as `dog on grass`, or the name of the photo.
    pub group: String,
}

/// What a step of a lesson did: a line of the answer.
#[derive(Serialize, ToSchema)]
pub struct LessonStepView {
    /// The steps so far.
    pub step: usize,
    /// The mean loss of the pictures of the step.
    pub loss: f64,
    /// The pictures of the step, and for each what the network thought of it before: the probability of the first class.
    pub seen: Vec<(usize, f64)>,
    /// Now and then, for the held-out and the unknown pictures the probability of the first class.
    pub tested: Option<Vec<f64>>,
    /// Now and then, the kernels of the first layer: 12 times 3 x 3 weights of red, green and blue.
    pub kernels: Option<Vec<Vec<f32>>>,
}
