//! Trainings: classes with pictures, how to train on them, and how far it is.

use oneiric_train::TrainingSettings;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{JobView, Problem};

/// All trainings, and the kits that can be drawn.
#[derive(Serialize, ToSchema)]
pub struct TrainingsView {
    /// The newest first.
    pub trainings: Vec<TrainingView>,
    /// The kits.
    pub kits: Vec<KitView>,
}

/// Pictures that the program draws itself, to train on.
#[derive(Serialize, ToSchema)]
pub struct KitView {
    /// Its name.
    pub name: &'static str,
    /// A description.
    pub about: &'static str,
    /// The names of its classes.
    pub classes: Vec<&'static str>,
    /// The number of pictures of each class.
    pub pictures: usize,
}

/// A training.
#[derive(Serialize, ToSchema)]
pub struct TrainingView {
    /// Its id.
    pub id: String,
    /// The name of its network.
    pub name: String,
    /// Milliseconds since 1970.
    pub created: i64,
    /// The id of the photo of its small dreams; none for a drawn landscape.
    pub photo: Option<String>,
    /// Its classes.
    pub classes: Vec<TrainingClassView>,
    /// How it is trained.
    pub settings: TrainingChoices,
    /// Why it cannot start, if it cannot.
    pub ready: Option<String>,
    /// Whether classes, pictures or settings have changed since its last run began.
    pub changed: bool,
    /// Whether its last run was stopped and can go on.
    pub stopped: bool,
    /// The unfinished job.
    pub job: Option<JobView>,
    /// The run that waits, is running or was the last.
    pub run: Option<TrainingRun>,
}

/// A class of a training.
#[derive(Serialize, ToSchema)]
pub struct TrainingClassView {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The ids of its pictures, the oldest first.
    pub pictures: Vec<String>,
    /// Pictures that are drawn when the training runs.
    pub drawn: Option<DrawnPictures>,
    /// What is odd about its pictures.
    pub warning: Option<String>,
}

/// Pictures that are drawn when a training runs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DrawnPictures {
    /// The name of the kit; none for ordinary pictures.
    pub kit: Option<String>,
    /// The name of the kit's class.
    pub class: String,
    /// Their number.
    pub count: usize,
}

/// How a network is trained: what people choose.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TrainingChoices {
    /// The network to begin with, and the first layer that is trained: `squeezenet:fire6`, or `lite0` for all of its layers.
    pub from: String,
    /// The size of the adversarial changes, 0 to 20.
    pub robust: f32,
    /// About how many minutes it may take; as many as suit the number of pictures by default.
    #[serde(default)]
    pub minutes: Option<f32>,
    /// The number of steps, instead of minutes.
    #[serde(default)]
    pub steps: Option<usize>,
    /// The side of the pictures in pixels, 8 to 512.
    pub size: usize,
}

impl Default for TrainingChoices {
    fn default() -> Self {
        let TrainingSettings { robust, size, .. } = TrainingSettings::dreaming();
        Self { from: "squeezenet:fire6".into(), robust, minutes: None, steps: None, size }
    }
}

/// The longest training, in minutes.
const LONGEST: f32 = 1440.0;

impl TrainingChoices {
    /// Returns the settings of the library, with the steps that suit so many pictures unless a number was chosen.
    ///
    /// # Errors
    /// An unknown network or layer; a number out of its range.
    pub fn settings(&self, pictures: usize) -> Result<TrainingSettings, Problem> {
        if self.minutes.is_some_and(|minutes| !(minutes > 0.0 && minutes <= LONGEST)) {
            return Err(
                Problem::invalid(format!("a training takes above 0, up to {LONGEST} minutes")).blaming(Some("minutes"))
            );
        }
        let settings = TrainingSettings::of_start(&self.from).map_err(|e| Problem::from(e).blaming(Some("from")))?;
        let steps = self.steps.unwrap_or_else(|| settings.steps_for(pictures, None));
        let settings = TrainingSettings { robust: self.robust, size: self.size, steps, ..settings };
        settings.check()?;
        Ok(settings)
    }
}

/// What a training does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum TrainingStage {
    /// It waits in the queue.
    #[default]
    Waiting,
    /// It reads or draws the pictures.
    Pictures,
    /// It trains a classifier that recognises the classes after seconds.
    First,
    /// It takes steps.
    Learning,
    /// It looks for the dream that suits the network.
    Dreaming,
    /// The network is finished.
    Done,
    /// It was stopped; the network is as it was then.
    Stopped,
}

/// How far a run of a training is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TrainingRun {
    /// What it does.
    pub stage: TrainingStage,
    /// The part of this stage that is done, 0 to 1.
    pub done: f64,
    /// The steps so far.
    pub step: usize,
    /// All steps.
    pub steps: usize,
    /// The remaining time, in seconds, once it can be estimated.
    pub seconds_left: Option<f64>,
    /// The loss of the training, smoothed, from the first step to the last one: at most 200 numbers.
    pub losses: Vec<f64>,
    /// The results on held-out pictures so far.
    pub accuracies: Vec<EvaluationView>,
    /// The accuracy of the classifier of the first stage, 0 to 1.
    pub first: Option<f64>,
    /// What the network names wrong, the surest first.
    pub wrong: Vec<MistakeView>,
    /// The number of the latest small dream, which is the frame of the job.
    pub frame: Option<u64>,
    /// The result.
    pub result: Option<TrainingResultView>,
}

/// The results on held-out pictures after a step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct EvaluationView {
    /// The step.
    pub step: usize,
    /// The part of the pictures that is named right, 0 to 1.
    pub accuracy: f64,
    /// The loss.
    pub loss: f64,
}

/// A picture that the network names wrong.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct MistakeView {
    /// The picture as a `data:` address.
    pub thumb: String,
    /// The name of its class.
    pub class: String,
    /// What the network calls it.
    pub named: String,
    /// How sure the network is, 0 to 1.
    pub probability: f64,
}

/// The result of a training.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TrainingResultView {
    /// The name of the network.
    pub network: String,
    /// The part of the held-out pictures that is named right, 0 to 1.
    pub accuracy: f64,
    /// The number of held-out pictures.
    pub pictures: usize,
    /// For each class, how many of its pictures were given each name.
    pub confusion: Vec<Vec<usize>>,
    /// The names of the classes.
    pub classes: Vec<String>,
    /// The expected calibration error, 0 to 1.
    pub calibration: f64,
    /// How long the run took, in seconds.
    pub seconds: f64,
    /// The id of a dream with the network.
    pub dream: Option<String>,
    /// What the network names wrong, the surest first: at most 24.
    pub wrong: Vec<MistakeView>,
}

/// A training is at work: the event `training`.
#[derive(Clone, Debug, Serialize)]
pub struct TrainingEvent {
    /// The training's id.
    pub id: String,
    /// How far it is.
    pub run: TrainingRun,
}

/// A new training.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TrainingRequest {
    /// The name of its network; by default one that is free.
    #[serde(default)]
    pub name: Option<String>,
    /// The kit whose pictures are drawn; by default it has two classes without pictures.
    #[serde(default)]
    pub kit: Option<String>,
}

/// Changes of a training. What is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TrainingChange {
    /// The name of its network.
    #[serde(default)]
    pub name: Option<String>,
    /// The id of the photo of its small dreams.
    #[serde(default)]
    pub photo: Option<String>,
    /// How it is trained.
    #[serde(default)]
    pub settings: Option<TrainingChoices>,
}

/// A new class.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClassRequest {
    /// Its name; by default a number.
    #[serde(default)]
    pub name: Option<String>,
    /// `other`: ordinary pictures are drawn for it.
    #[serde(default)]
    pub drawn: Option<String>,
}

/// A new name.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NameRequest {
    /// The name.
    pub name: String,
}

/// Pictures of a class.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClassPictures {
    /// Their ids.
    pub pictures: Vec<String>,
}

/// A picture that was added to a class.
#[derive(Serialize, ToSchema)]
pub struct AddedPicture {
    /// Its id.
    pub picture: String,
    /// Whether the class had it before.
    pub known: bool,
}
