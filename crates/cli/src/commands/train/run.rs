//! The way of a training: pictures, first stage, steps with checkpoints, tests, a dream.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use oneiric::picture::{DEFAULT_QUALITY, readable};
use oneiric::{Choices, Dream, Limits, SaveMode};
use oneiric_train::data::Dataset;
use oneiric_train::{
    Evaluation, LEAST_PICTURES, Metrics, Trained, Training, TrainingSettings, first, steps_within, suggest,
};
use oneiric_zoo::trained::{Architecture, Card, Folder, check_name, read, write};
use oneiric_zoo::{Network, Networks};
use serde::Serialize;

use super::screen::Screen;
use super::{Args, pictures};
use crate::terminal::failure::Failure;
use crate::terminal::interrupt;
use crate::terminal::progress::{Bar, seconds};
use crate::terminal::stderr::say;
use crate::terminal::stdout::print;
use crate::work::input::Source;
use crate::work::networks::folder;
use crate::work::trained_report;

/// Time between two checkpoints.
const CHECKPOINT: Duration = Duration::from_secs(10);
/// In the card of a network whose training was stopped.
const STOPPED: &str = "stopped";
/// Seed and longer side of the landscape of the last dream.
const LANDSCAPE: (u64, usize) = (7, 640);

/// A line of `--json`.
#[derive(Serialize)]
#[serde(tag = "event", rename_all = "lowercase")]
enum Line<'a> {
    Evaluation(&'a Evaluation),
    First { name: &'a str, accuracy: f64, seconds: f64 },
    Result { name: &'a str, seconds: f64, steps: usize, stopped: bool, metrics: &'a Metrics, card: &'a Card },
}

/// Where the results go.
struct Outputs {
    name: String,
    folder: Folder,
    mode: SaveMode,
    dream: PathBuf,
    mistakes: PathBuf,
}

impl Outputs {
    fn new(args: &Args) -> Result<Self, Failure> {
        if let Some(folder) = args.folder.as_ref().filter(|folder| !folder.is_dir()) {
            return Err(Failure::input(format!("{}: no such folder of pictures", readable(folder))));
        }
        let of_folder = || {
            let folder = args.folder.as_ref()?.canonicalize().ok()?;
            let plain = |c: char| if c.is_ascii_alphanumeric() || "-_".contains(c) { c } else { '-' };
            Some(folder.file_name()?.to_str()?.chars().map(plain).collect::<String>())
        };
        let of_kit = || Some(format!("{}-kit", args.kit.as_ref()?));
        let name = args.name.clone().or_else(of_kit).or_else(of_folder);
        let name = name.ok_or_else(|| Failure::input("the network needs a name; add --name"))?;
        check_name(&name).map_err(|e| Failure::input(format!("{e}; choose one with --name")))?;
        if !args.out.is_dir() {
            return Err(Failure::input(format!("{}: no such folder for the pictures", readable(&args.out))));
        }
        let mode = if args.overwrite { SaveMode::Overwrite } else { SaveMode::New };
        let picture = |what: &str| args.out.join(format!("{name}.{what}.png"));
        let outputs = Self { dream: picture("dream"), mistakes: picture("mistakes"), folder: folder()?, mode, name };
        outputs.check()?;
        Ok(outputs)
    }

    /// Nothing is replaced without --overwrite, but for a training that was stopped and is continued.
    fn check(&self) -> Result<(), Failure> {
        if self.mode == SaveMode::Overwrite || self.was_stopped() {
            return Ok(());
        }
        if self.folder.file(&self.name).exists() {
            let name = &self.name;
            return Err(Failure::input(format!(
                "a network '{name}' exists already; choose another --name, or replace it with --overwrite"
            )));
        }
        [&self.dream, &self.mistakes].into_iter().try_for_each(|path| match path.exists() {
            true => Err(Failure::input(format!("{} exists already; replace it with --overwrite", readable(path)))),
            false => Ok(()),
        })
    }

    fn was_stopped(&self) -> bool {
        self.folder.read(&self.name).is_ok_and(|(_, card)| card.training.contains_key(STOPPED))
    }

    /// Keeps a network, and returns it as it will be read.
    fn keep(&self, name: &str, card: &Card, graph: &oneiric_engine::Graph) -> Result<Network, Failure> {
        let file = write(card, graph)?;
        self.folder.save(name, &file, true)?;
        Ok(read(name, &file)?.0)
    }
}

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
    train(args, &mut training, &keeper)?;
    let stopped = !training.is_over();
    let mut trained = training.finish()?;
    if stopped {
        let place = format!("{} of {} steps", training.steps(), training.settings().steps);
        trained.card.training.insert(STOPPED.into(), place);
    }
    let network = outputs.keep(&outputs.name, &trained.card, &trained.graph)?;
    let mistakes = trained_report::sheet(
        &outputs.mistakes,
        training.data(),
        training.held_out(),
        &trained.mistakes,
        SaveMode::Overwrite,
    )?;
    let network =
        if stopped || args.no_dream { network } else { dream(args, &outputs, &mut trained, network, judge.as_ref())? };
    tell(args, &outputs, &trained, begun.elapsed().as_secs_f64(), stopped, mistakes)?;
    if stopped {
        let kept = format!("the network is kept as '{}' as it is; the same command continues", network.name);
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

fn train(args: &Args, training: &mut Training, keeper: &Checkpoints) -> Result<(), Failure> {
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
    if !training.is_over() {
        keeper.write(training);
    }
    screen.finish();
    Ok(())
}

/// Finds the dream that suits the network, and dreams it.
fn dream(
    args: &Args,
    outputs: &Outputs,
    trained: &mut Trained,
    network: Network,
    judge: Option<&Network>,
) -> Result<Network, Failure> {
    let bar = Bar::new(args.quiet);
    bar.show_work("finding the dream that suits it".into(), 0.0);
    let found = suggest(&network, &trained.card, judge.unwrap_or(&network));
    bar.finish();
    trained.card.dream = found?;
    let network = outputs.keep(&outputs.name, &trained.card, &trained.graph)?;
    let mut networks = Networks::default();
    networks.insert(network.clone())?;
    let choices = Choices::new(None, [("model", vec![network.name.clone()])])?;
    let settings = choices.settings(None, &networks)?;
    let source = Source::from_argument(args.photo.as_deref());
    let photo = source.lazy(LANDSCAPE.0, Some(LANDSCAPE.1), false, &Limits::default())?;
    let dreamed = Dream::with_networks(settings, &networks)?.render(photo.load()?.picture())?;
    dreamed.save(&outputs.dream, DEFAULT_QUALITY, SaveMode::Overwrite)?;
    Ok(network)
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
    print(&trained_report::summary(metrics, &card.class_names()))?;
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

fn json(line: &Line<'_>) -> Result<(), Failure> {
    let text = serde_json::to_string(line).map_err(|e| Failure::internal(e.to_string()))?;
    print(&(text + "\n"))
}

/// The file with the checkpoint of a training, in the user's cache folder.
struct Checkpoints(Option<PathBuf>);

impl Checkpoints {
    fn new(training: &Training) -> Self {
        let name = format!("{:016x}.training", training.fingerprint());
        Self(dirs::cache_dir().map(|folder| folder.join("oneiric").join(name)))
    }

    fn read(&self, training: &mut Training, quiet: bool) {
        let Some(bytes) = self.0.as_ref().and_then(|path| fs::read(path).ok()) else { return };
        match training.resume(&bytes) {
            Ok(()) if !quiet => say(&format!("continuing after step {}", training.steps())),
            Ok(()) => {}
            Err(e) => say(&format!("warning: {e}; beginning anew")),
        }
    }

    /// Without a checkpoint a training still ends well, so failures are not errors.
    fn write(&self, training: &Training) {
        let Some(path) = &self.0 else { return };
        let Some(folder) = path.parent() else { return };
        let written = fs::create_dir_all(folder).and_then(|()| {
            let mut file = tempfile::Builder::new().prefix(".oneiric-").tempfile_in(folder)?;
            std::io::Write::write_all(&mut file, &training.checkpoint())?;
            file.persist(path).map_err(|e| e.error)
        });
        if let Err(e) = written {
            say(&format!("warning: cannot write a checkpoint: {e}"));
        }
    }

    fn delete(&self) {
        if let Some(path) = &self.0 {
            // It may be absent.
            let _ = fs::remove_file(path);
        }
    }
}
