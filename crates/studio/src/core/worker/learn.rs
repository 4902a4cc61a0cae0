//! A job that trains a network.
//!
//! It saves checkpoints, from which it continues after a crash and gives the same network. Between steps it gives way to
//! requests, and while the queue is paused it waits in the queue.

use std::fs;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use oneiric::picture::resize::fit;
use oneiric::recipe::Recipe;
use oneiric::{Dream, Format, LazyPhoto, PhotoSource, Picture, SaveMode};
use oneiric_engine::Graph;
use oneiric_train::data::{Dataset, prepare};
use oneiric_train::{Metrics, Mistake, Training, TrainingSettings, first, likely_dream, steps_within, suggest};
use oneiric_zoo::trained::{Architecture, Card, read, write};
use oneiric_zoo::{Network, Networks};

use super::dream::{Dreamed, finished, small};
use super::{Interruption, Lease, Outcome};
use crate::core::plan::TrainingPlan;
use crate::core::prepare::{find_picture, open_picture_file};
use crate::core::spaces::Spaces;
use crate::core::state::StudioState;
use crate::store::{Claim, FinishedDream, StopRequest};
use crate::wire::{
    EvaluationView, LookSettings, MistakeView, OptionValue, Problem, TrainingResultView, TrainingRun, TrainingStage,
};

/// How often the progress is published, and a checkpoint saved.
const PROGRESS_INTERVAL: Duration = Duration::from_millis(250);
const CHECKPOINT_INTERVAL: Duration = Duration::from_secs(4);
/// How long it learns while others in the class wait.
const TURN: Duration = Duration::from_secs(30);
/// Small dreams take at most one part in this many of the time.
const DREAM_SHARE: u32 = 4;
/// The longer side of the small dreams, and of the last one.
const DREAM_SIDE: usize = 256;
const LAST_SIDE: usize = 640;
/// Steps of an octave of a small dream.
const DREAM_STEPS: usize = 10;
/// The most losses in a run, wrong pictures during it, and wrong pictures of its result.
const LOSSES: usize = 200;
const WRONG: usize = 8;
const ALL_WRONG: usize = 24;
/// The weight of the newest loss in the smoothed one.
const NEWEST: f64 = 0.1;
/// The side of a wrong picture, in pixels, and its quality.
const THUMB: usize = 96;
const QUALITY: u8 = 80;
/// In the card of a network whose training was stopped.
const STOPPED: &str = "stopped";

/// A network that was trained, and a dream with it.
pub(super) struct FinishedTraining {
    pub training: i64,
    pub run: TrainingRun,
    pub dream: FinishedDream,
    /// The look of the dream, as JSON, and its width and height in pixels.
    pub look: String,
    pub size: (usize, usize),
}

/// Trains.
pub(super) fn learn(spaces: &Spaces, studio: &Arc<StudioState>, claim: &Claim, training: i64) -> Outcome {
    let mut learner = Learner::new(spaces, studio, claim, training);
    let ended = learner.run().unwrap_or_else(|problem| match learner.end {
        Some(Interruption::Back) => Outcome::Back,
        Some(Interruption::Lost) => Outcome::Lost,
        Some(Interruption::Stopped(_)) => Outcome::Nothing(None),
        None => Outcome::Nothing(Some(problem)),
    });
    let is_over = match &ended {
        Outcome::Network(finished) => finished.run.stage == TrainingStage::Done,
        Outcome::Nothing(_) => true,
        _ => false,
    };
    if is_over {
        // A training that was stopped goes on from its checkpoint.
        let _ = fs::remove_file(studio.store.training_work(training));
    }
    ended
}

/// A run of a training.
struct Learner<'a> {
    spaces: &'a Spaces,
    studio: &'a Arc<StudioState>,
    claim: &'a Claim,
    lease: Lease<'a>,
    training: i64,
    begun: Instant,
    run: TrainingRun,
    /// The losses of all steps, smoothed.
    losses: Vec<f64>,
    published: Option<Instant>,
    end: Option<Interruption>,
}

impl<'a> Learner<'a> {
    fn new(spaces: &'a Spaces, studio: &'a Arc<StudioState>, claim: &'a Claim, training: i64) -> Self {
        Self {
            spaces,
            studio,
            claim,
            lease: Lease::new(spaces, studio, claim),
            training,
            begun: Instant::now(),
            run: TrainingRun::default(),
            losses: Vec::new(),
            published: None,
            end: None,
        }
    }

    fn run(&mut self) -> Result<Outcome, Problem> {
        let plan = TrainingPlan::read(&self.claim.job.recipe)?;
        let photo = self.photo()?;
        self.enter(TrainingStage::Pictures);
        let store = self.studio.store.clone();
        let data = Arc::new(plan.dataset(&store, |done| self.watch(done))?);
        let mut settings = plan.settings.settings(data.samples.len())?;
        let judge = match settings.architecture {
            Architecture::Zoo(_) => Some(self.first(&plan, &data, &settings)?),
            Architecture::Scratch(_) => None,
        };
        settings.steps = self.steps(&plan, &data, &settings)?;
        let mut training = Training::new(data, settings)?;
        self.resume(&mut training);
        self.enter(TrainingStage::Learning);
        // What came before has to be done again after each turn.
        self.lease.begin_turn(TURN);
        self.learn(&plan, &mut training, &photo)?;
        match self.end {
            Some(Interruption::Back) => return Ok(Outcome::Back),
            Some(Interruption::Lost) => return Ok(Outcome::Lost),
            Some(Interruption::Stopped(StopRequest::Cancel)) => return Ok(Outcome::Nothing(None)),
            Some(Interruption::Stopped(StopRequest::Keep)) | None => {}
        }
        self.finish(&plan, &mut training, judge.as_ref(), &photo).map(|done| Outcome::Network(Box::new(done)))
    }

    /// The photo of the dreams, in the size of the last one.
    fn photo(&self) -> Result<LazyPhoto, Problem> {
        let about = find_picture(&self.studio.store, &self.claim.job.photo)?;
        Ok(LazyPhoto::file(open_picture_file(&self.studio.store, &about.id)?, Some(LAST_SIDE))?)
    }

    fn enter(&mut self, stage: TrainingStage) {
        (self.run.stage, self.run.done, self.run.seconds_left) = (stage, 0.0, None);
        self.publish();
    }

    /// Publishes the done part of a stage now and then. Breaks if the job must end.
    fn watch(&mut self, done: f64) -> ControlFlow<()> {
        self.run.done = done;
        self.publish_now_and_then();
        self.check()
    }

    /// Breaks if the job must end.
    fn check(&mut self) -> ControlFlow<()> {
        self.end = self.end.or_else(|| self.lease.interruption());
        // Unlike a dream, a training may take long enough that people want it to pause.
        if self.end.is_none() && self.spaces.is_paused(self.studio).unwrap_or(false) {
            self.end = Some(Interruption::Back);
        }
        if self.end.is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    fn publish_now_and_then(&mut self) {
        if self.published.is_none_or(|at| at.elapsed() >= PROGRESS_INTERVAL) {
            self.publish();
        }
    }

    fn publish(&mut self) {
        self.published = Some(Instant::now());
        let (job, run) = (self.claim.job.id, self.run.clone());
        self.studio.running.set_training(job, run.clone());
        self.studio.publish_training(self.training, run);
        self.studio.publish_job(job);
    }

    /// Trains the classifier that recognises after seconds, and keeps it under the name of the network with `-first`.
    fn first(
        &mut self,
        plan: &TrainingPlan,
        data: &Arc<Dataset>,
        settings: &TrainingSettings,
    ) -> Result<Network, Problem> {
        self.enter(TrainingStage::First);
        let trained =
            first(data, settings, |progress| self.watch(progress.done as f64 / progress.total.max(1) as f64))?;
        self.run.first = Some(trained.metrics.accuracy);
        self.keep(&format!("{}-first", plan.name), &trained.card, &trained.graph)
    }

    /// The number of steps. Once it is known it stays, so that a run that is interrupted goes on with the same one.
    fn steps(
        &mut self,
        plan: &TrainingPlan,
        data: &Arc<Dataset>,
        settings: &TrainingSettings,
    ) -> Result<usize, Problem> {
        let steps = match (plan.steps, plan.settings.steps, plan.settings.minutes) {
            (Some(steps), ..) => return Ok(steps),
            (None, None, Some(minutes)) => steps_within(Duration::from_secs_f32(60.0 * minutes), data, settings)?,
            _ => settings.steps,
        };
        let plan = TrainingPlan { steps: Some(steps), ..plan.clone() };
        self.studio.store.set_plan(self.training, &plan.text())?;
        Ok(steps)
    }

    /// Continues from the checkpoint, if there is one of this run.
    fn resume(&mut self, training: &mut Training) {
        self.run.steps = training.settings().steps;
        let Ok(checkpoint) = fs::read(self.studio.store.training_work(self.training)) else { return };
        if let Err(e) = training.resume(&checkpoint) {
            tracing::info!("training {}: {e}", self.training);
            return;
        }
        let mut before = 0;
        for evaluation in training.history() {
            let steps = evaluation.step.saturating_sub(before);
            self.losses.extend(std::iter::repeat_n(evaluation.training_loss, steps));
            before = evaluation.step;
        }
        self.run.accuracies = training.history().iter().map(evaluation_view).collect();
        self.run.step = training.steps();
        self.run.losses = thinned(&self.losses);
    }

    fn save(&self, training: &Training) {
        let path = self.studio.store.training_work(self.training);
        if let Err(e) = oneiric::picture::write_file(path, &training.checkpoint(), SaveMode::Overwrite) {
            tracing::warn!("cannot save a checkpoint: {e}");
        }
    }

    /// Takes steps until the training is over or must end.
    fn learn(&mut self, plan: &TrainingPlan, training: &mut Training, photo: &LazyPhoto) -> Result<(), Problem> {
        let (begun, before) = (Instant::now(), training.steps());
        let mut saved = Instant::now();
        let mut dreamed: Option<(Instant, Duration)> = None;
        while !training.is_over() && self.check().is_continue() {
            let progress = training.step()?;
            let loss = progress.report.loss;
            let smooth = self.losses.last().map_or(loss, |last| last + NEWEST * (loss - last));
            self.losses.push(smooth);
            self.run.losses = thinned(&self.losses);
            (self.run.step, self.run.steps) = (progress.step, progress.steps);
            self.run.done = progress.step as f64 / progress.steps as f64;
            let a_step = begun.elapsed().as_secs_f64() / (progress.step - before) as f64;
            self.run.seconds_left = Some(a_step * (progress.steps - progress.step) as f64);
            if let Some(evaluation) = &progress.evaluation {
                self.run.accuracies.push(evaluation_view(evaluation));
                self.run.wrong = wrong(training, training.mistakes(), WRONG)?;
            }
            let due = dreamed.is_none_or(|(at, took)| at.elapsed() > took * DREAM_SHARE);
            if due && self.studio.hub.has_subscribers() {
                let begun = Instant::now();
                match self.dream(plan, training, photo) {
                    // It was interrupted: the training ends as it does without a dream.
                    Err(_) if self.end.is_some() => break,
                    dreamed => dreamed?,
                }
                dreamed = Some((Instant::now(), begun.elapsed()));
            }
            self.publish_now_and_then();
            if saved.elapsed() > CHECKPOINT_INTERVAL {
                self.save(training);
                saved = Instant::now();
            }
            self.studio.scheduler.yield_to_requests();
        }
        self.save(training);
        Ok(())
    }

    /// Publishes a small dream with the network as it is now.
    fn dream(&mut self, plan: &TrainingPlan, training: &Training, photo: &LazyPhoto) -> Result<(), Problem> {
        let card = training.card(None)?;
        let card = Card { dream: likely_dream(&card), ..card };
        let (network, networks) = together(&plan.name, &card, &training.graph()?)?;
        let look = look(&network.name);
        let settings = look.choices()?.settings(None, &networks)?;
        let settings = oneiric::Settings { iterations: settings.iterations.min(DREAM_STEPS), ..settings };
        let size = fit(photo.size()?, DREAM_SIDE);
        let photo = oneiric::render::LoadedPhoto::new(photo.read()?.into_owned(), Some(size.0.max(size.1)));
        let dreamed = Dream::with_networks(settings, &networks)?.render_with(&photo, |_, _| self.check())?;
        let frame = small(dreamed.pixels(), (dreamed.width(), dreamed.height()), size)?;
        self.studio.publish_frame(self.claim.job.id, frame);
        self.run.frame = self.studio.running.get(self.claim.job.id).map(|running| running.version);
        Ok(())
    }

    /// Tests the network, finds its dream, keeps it, and dreams with it.
    fn finish(
        &mut self,
        plan: &TrainingPlan,
        training: &mut Training,
        judge: Option<&Network>,
        photo: &LazyPhoto,
    ) -> Result<FinishedTraining, Problem> {
        let stopped = !training.is_over();
        self.enter(TrainingStage::Dreaming);
        let mut trained = training.finish()?;
        if stopped {
            let place = format!("{} of {} steps", training.steps(), training.settings().steps);
            trained.card.training.insert(STOPPED.into(), place);
            trained.card.dream = likely_dream(&trained.card);
        } else {
            let (network, _) = together(&plan.name, &trained.card, &trained.graph)?;
            trained.card.dream = suggest(&network, &trained.card, judge.unwrap_or(&network))?;
        }
        let network = self.keep(&plan.name, &trained.card, &trained.graph)?;
        let networks = self.studio.networks.all();
        let look = look(&network.name);
        let dream = Dream::with_networks(look.choices()?.settings(None, &networks)?, &networks)?;
        let begun = Instant::now();
        let picture = dream.render(&*photo.read()?)?;
        let recipe = Recipe::new(None, photo.about(), &dream, Default::default());
        let seconds = begun.elapsed().as_secs_f64();
        let dreamed = Dreamed { recipe: &recipe, picture: &picture, look: &look, stopped: false, seconds };
        let dream = finished(self.studio, &plan.name, photo, &dreamed)?;
        self.run.stage = if stopped { TrainingStage::Stopped } else { TrainingStage::Done };
        self.run.seconds_left = None;
        let result = self.result(plan, &trained.metrics, wrong(training, &trained.mistakes, ALL_WRONG)?);
        self.run.result = Some(result);
        self.run.frame = None;
        Ok(FinishedTraining {
            training: self.training,
            run: self.run.clone(),
            dream,
            look: serde_json::to_string(&look).map_err(Problem::internal)?,
            size: (picture.width(), picture.height()),
        })
    }

    fn result(&self, plan: &TrainingPlan, metrics: &Metrics, wrong: Vec<MistakeView>) -> TrainingResultView {
        TrainingResultView {
            network: plan.name.clone(),
            accuracy: metrics.accuracy,
            pictures: metrics.examples,
            confusion: metrics.confusion.clone(),
            classes: plan.classes.iter().map(|class| class.name.clone()).collect(),
            calibration: metrics.calibration.error,
            seconds: self.begun.elapsed().as_secs_f64(),
            dream: Some(self.claim.job.id.to_string()),
            wrong,
        }
    }

    /// Keeps a network, and returns it as it will be read.
    fn keep(&self, name: &str, card: &Card, graph: &Graph) -> Result<Network, Problem> {
        let file = write(card, graph)?;
        self.studio.networks.folder().save(name, &file, true)?;
        self.studio.networks_changed();
        Ok(read(name, &file)?.0)
    }
}

/// A network that is not kept yet, alone and among all others that a dream may need.
fn together(name: &str, card: &Card, graph: &Graph) -> Result<(Network, Networks), Problem> {
    let (network, _) = read(name, &write(card, graph)?)?;
    let mut networks = Networks::default();
    networks.insert(network.clone())?;
    Ok((network, networks))
}

/// The look of a dream with a network.
pub fn look(network: &str) -> LookSettings {
    let options = [("model".to_owned(), OptionValue::Text(network.into()))];
    LookSettings { preset: None, options: options.into() }
}

fn evaluation_view(evaluation: &oneiric_train::Evaluation) -> EvaluationView {
    EvaluationView { step: evaluation.step, accuracy: evaluation.accuracy, loss: evaluation.loss }
}

/// At most [`LOSSES`] numbers, evenly spread.
fn thinned(losses: &[f64]) -> Vec<f64> {
    let count = losses.len().min(LOSSES);
    (1..=count).map(|at| losses[at * losses.len() / count - 1]).collect()
}

/// The wrong pictures as the page shows them, the surest first.
fn wrong(training: &Training, mistakes: &[Mistake], most: usize) -> Result<Vec<MistakeView>, Problem> {
    let data = training.data();
    let view = |mistake: &Mistake| {
        let sample = &data.samples[training.held_out()[mistake.example]];
        let picture = Picture::new(THUMB, THUMB, prepare(&sample.picture, THUMB))?;
        Ok(MistakeView {
            thumb: format!("data:image/jpeg;base64,{}", STANDARD.encode(picture.encode(Format::Jpeg, QUALITY)?)),
            class: data.classes[mistake.class].clone(),
            named: data.classes[mistake.named].clone(),
            probability: mistake.probability,
        })
    };
    mistakes.iter().take(most).map(view).collect()
}
