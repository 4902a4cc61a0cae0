//! Training of networks on the engine's parameter gradients.
//!
//! A [`Trainer`] has a network whose layer of scores is trained to name the class of a picture. Each
//! [`step`](Trainer::step) takes a batch: the [cross-entropy](CrossEntropy) of every picture, the gradient of the trained
//! parameters, its norm clipped, and one step of an [`Optimizer`] whose rate follows a [`Schedule`]. With an [`Adversary`]
//! the network sees pictures that are changed against it, so that its gradient shows what people would draw.
//!
//! ```
//! use oneiric_engine::op::{Conv2d, Op, Window};
//! use oneiric_engine::{Graph, shape::Size};
//! use oneiric_train::{Example, Schedule, Trainer, TrainerSettings};
//!
//! // Two classes, told apart by the mean colour.
//! let mut graph = Graph::new(3)?;
//! let scores = Conv2d::new(3, 2, 1, Window::square(1, 1), vec![0.0; 6], Some(vec![0.0; 2].into()))?;
//! let scores = graph.add_layer("scores", Op::Conv(scores), &[graph.picture()])?;
//!
//! let settings = TrainerSettings { schedule: Schedule { rate: 0.1, warm_up: 5, steps: 50 }, ..TrainerSettings::default() };
//! let mut trainer = Trainer::new(graph, "scores", &[scores], Size { height: 2, width: 2 }, settings)?;
//! let (red, blue) = ([0.9, 0.1, 0.1].repeat(4), [0.1, 0.1, 0.9].repeat(4));
//! let batch = [Example { picture: &red, class: 0 }, Example { picture: &blue, class: 1 }];
//! let mut last = trainer.step(&batch)?;
//! while trainer.steps() < 50 {
//!     last = trainer.step(&batch)?;
//! }
//! assert!(last.correct == 2 && last.loss < 0.1);
//! # Ok::<(), oneiric_train::Error>(())
//! ```

mod adversary;
mod checkpoint;
mod cross_entropy;
pub mod data;
mod early_stop;
mod error;
mod first;
mod lesson;
mod metrics;
mod optimizer;
mod schedule;
mod settings;
mod start;
mod suggest;
pub mod table;
mod test;
mod timed;
mod trainer;
mod training;
mod words;

pub use adversary::{Adversary, Norm};
pub use cross_entropy::CrossEntropy;
pub use early_stop::{EarlyStop, Evaluation, Verdict};
pub use error::Error;
pub use first::first;
pub use lesson::{Drawn, Lesson, LessonPicture, LessonPictures, LessonStep};
pub use metrics::{Calibration, CalibrationBin, ClassMetrics, Confusion, Metrics, Mistake, most_wrong};
pub use optimizer::{Method, Optimizer, clip};
pub use schedule::Schedule;
pub use settings::TrainingSettings;
pub use start::{SCORES, add_classifier, operations_from, randomize};
pub use suggest::{DreamOptions, dreamed_classes, likely_dream, suggest};
pub use test::probabilities;
pub use timed::steps_within;
pub use trainer::{Example, StepReport, Trainer, TrainerSettings, TrainerState};
pub use training::{LEAST_PICTURES, Progress, Trained, Training};
