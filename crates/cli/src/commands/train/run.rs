//! The way of a training: pictures, first stage, steps with checkpoints, tests, a dream.

use std::sync::Arc;
use std::time::{Duration, Instant};

use oneiric::picture::{DEFAULT_QUALITY, readable};
use oneiric::{Choices, Dream, Limits, SaveMode};
use oneiric_train::data::Dataset;
use oneiric_train::{LEAST_PICTURES, Trained, Training, TrainingSettings, first, steps_within, suggest};
use oneiric_zoo::trained::{Architecture, Card, read, write};
use oneiric_zoo::{Network, Networks};

use super::checkpoints::Checkpoints;
use super::lines::{self, json};
use super::outputs::{Outputs, STOPPED};
use super::screen::Screen;
use super::{Args, pictures};
use crate::terminal::failure::Failure;
use crate::terminal::interrupt;
use crate::terminal::progress::{Bar, seconds};
use crate::terminal::stderr::say;
use crate::terminal::stdout::print;
use crate::work::input::Source;
use crate::work::trained_report::{self, Tested};

type Line<'a> = lines::Line<'a, Card>;

/// Time between two checkpoints.
const CHECKPOINT: Duration = Duration::from_secs(10);
/// Seed and longer side of the landscape of the last dream.
const LANDSCAPE: (u64, usize) = (7, 640);

pub fn run(args: &Args) -> Result<(), Failure> {
    let outputs = Outputs::new(args)?;
    // Wrong settings are found before all pictures are read.
    args.settings(LEAST_PICTURES)?;
    let begun = Instant::now();
    interrupt::catch();
    let data = Arc::new(pictures::pictures(args)?);
    let settings = args.settings(data.samples.len())?;
    let mut judge = None;
    if !args.no_first && matches!(settings.architecture, Architecture::Zoo(_)) {
        judge = Some(first_stage(args, &outputs, &data, &settings)?);
    }
    let settings = timed(args, &data, settings)?;
    let mut training = Training::new(data, settings)?;
    let keeper = Checkpoints::new(&training);
    keeper.read(&mut training, args.quiet);
    let is_kept = train(args, &mut training, &keeper)?;
    let (trained, mistakes) = finish(args, &outputs, &mut training, judge.as_ref()).map_err(|e| match is_kept {
        true if e.is_internal() => {
            let message = format!("{}; the training is not lost: the same command continues", e.message());
            e.with_message(message)
        }
        _ => e,
    })?;
    let stopped = !training.is_over();
    tell(args, &outputs, &trained, begun.elapsed().as_secs_f64(), stopped, mistakes)?;
    if stopped {
        let kept = format!("the network is kept as '{}' as it is; the same command continues", outputs.name);
        return Err(Failure::stopped_with(kept));
    }
    keeper.delete();
    Ok(())
}

/// Trains the network that recognises after seconds.
fn first_stage(
    args: &Args,
    outputs: &Outputs,
    data: &Arc<Dataset>,
    settings: &TrainingSettings,
) -> Result<Network, Failure> {
    let begun = Instant::now();
    let bar = Bar::new(args.quiet);
    let trained = first(data, settings, |progress| {
        bar.show_part("first look".into(), progress.done as f64 / progress.total.max(1) as f64);
        interrupt::check()
    });
    bar.finish();
    let trained = trained?;
    let name = format!("{}-first", outputs.name);
    let network = outputs.keep(&name, &trained.card, &trained.graph)?;
    let (accuracy, took) = (trained.metrics.accuracy, begun.elapsed().as_secs_f64());
    if args.json {
        json(&Line::First { name: &name, accuracy, seconds: took })?;
    }
    if !args.quiet {
        let percent = 100.0 * accuracy;
        say(&format!("{name} names {percent:.1} % of held-out pictures right after {}", seconds(took, 1)));
    }
    Ok(network)
}

/// Settings with as many steps as --minutes allow.
fn timed(args: &Args, data: &Arc<Dataset>, settings: TrainingSettings) -> Result<TrainingSettings, Failure> {
    let Some(minutes) = args.minutes else { return Ok(settings) };
    if !(minutes > 0.0 && minutes <= 10_000.0) {
        return Err(Failure::input("--minutes must be above 0, up to 10000"));
    }
    let steps = steps_within(Duration::from_secs_f32(minutes * 60.0), data, &settings)?;
    Ok(TrainingSettings { steps, ..settings })
}

/// Takes the steps. Returns whether there is a checkpoint after the last one.
fn train(args: &Args, training: &mut Training, keeper: &Checkpoints) -> Result<bool, Failure> {
    let mut screen = Screen::new(args.quiet, training.settings().steps, training.steps(), training.history());
    let mut saved = Instant::now();
    while !training.is_over() && interrupt::check().is_continue() {
        let progress = training.step()?;
        screen.show(&progress);
        if let (true, Some(evaluation)) = (args.json, &progress.evaluation) {
            json(&Line::Evaluation(evaluation))?;
        }
        if saved.elapsed() > CHECKPOINT {
            keeper.write(training);
            saved = Instant::now();
        }
    }
    screen.finish();
    Ok(keeper.write(training))
}

/// Tests the network, keeps it, and dreams with it. Returns whether there is a picture of its mistakes.
fn finish(
    args: &Args,
    outputs: &Outputs,
    training: &mut Training,
    judge: Option<&Network>,
) -> Result<(Trained, bool), Failure> {
    let stopped = !training.is_over();
    let mut trained = training.finish()?;
    // The same command may replace a network with this mark: all is not done yet.
    let place = match stopped {
        true => format!("{} of {} steps", training.steps(), training.settings().steps),
        false => "before its dream".into(),
    };
    trained.card.training.insert(STOPPED.into(), place);
    let network = outputs.keep(&outputs.name, &trained.card, &trained.graph)?;
    let mistakes = trained_report::sheet(
        &outputs.mistakes,
        training.data(),
        training.held_out(),
        &trained.mistakes,
        SaveMode::Overwrite,
    )?;
    if !stopped {
        trained.card.training.remove(STOPPED);
        if !args.no_dream {
            dream(args, outputs, &mut trained, &network, judge.unwrap_or(&network))?;
        }
        outputs.keep(&outputs.name, &trained.card, &trained.graph)?;
    }
    Ok((trained, mistakes))
}

/// Finds the dream that suits the network, and dreams it.
fn dream(
    args: &Args,
    outputs: &Outputs,
    trained: &mut Trained,
    network: &Network,
    judge: &Network,
) -> Result<(), Failure> {
    let bar = Bar::new(args.quiet);
    bar.show_work("finding the dream that suits it".into(), 0.0);
    let found = suggest(network, &trained.card, judge);
    bar.finish();
    trained.card.dream = found?;
    let (network, _) = read(&outputs.name, &write(&trained.card, &trained.graph)?)?;
    let mut networks = Networks::default();
    networks.insert(network)?;
    let choices = Choices::new(None, [("model", vec![outputs.name.clone()])])?;
    let settings = choices.settings(None, &networks)?;
    let source = Source::from_argument(args.photo.as_deref());
    let photo = source.lazy(LANDSCAPE.0, Some(LANDSCAPE.1), false, &Limits::default())?;
    let dreamed = Dream::with_networks(settings, &networks)?.render(photo.load()?.picture())?;
    dreamed.save(&outputs.dream, DEFAULT_QUALITY, SaveMode::Overwrite)?;
    Ok(())
}

fn tell(
    args: &Args,
    outputs: &Outputs,
    trained: &Trained,
    took: f64,
    stopped: bool,
    mistakes: bool,
) -> Result<(), Failure> {
    let (name, card, metrics) = (outputs.name.as_str(), &trained.card, &trained.metrics);
    if args.json {
        let steps = card.result.map_or(0, |result| result.steps);
        return json(&Line::Result { name, seconds: took, steps, stopped, metrics, card });
    }
    print(&trained_report::summary(metrics, &card.class_names(), Tested::Pictures))?;
    if args.quiet {
        return Ok(());
    }
    say(&format!("trained '{name}' in {}", seconds(took, 1)));
    if mistakes {
        say(&format!("what it named wrong: {}", readable(&outputs.mistakes)));
    }
    if !stopped && !args.no_dream {
        say(&format!("a dream of it:       {}", readable(&outputs.dream)));
        say(&format!("dream with it:       oneiric dream photo.jpg -m {name}"));
    }
    Ok(())
}
