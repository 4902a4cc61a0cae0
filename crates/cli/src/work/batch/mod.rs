//! Dreams of one look on many pictures. Pictures whose dream exists are skipped; failures are reported at the end and
//! do not stop the others.
//!
//! [`inputs`] finds the pictures, [`mod@names`] names their dreams, [`Batch`] makes them.

pub mod inputs;
mod names;

use std::fs;
use std::io::{self, IsTerminal};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::Instant;

use oneiric::picture::{PhotoMemory, readable, write_file};
use oneiric::{DreamProgress, Dreamer, Format, Limits, PhotoSource, memory};
use rayon::iter::{IntoParallelIterator, ParallelIterator};
use serde::Serialize;
use serde_json::Map;

use crate::args::{BatchArgs, CommonFields, DreamArgs, PlacesReport, report};
use crate::terminal::failure::Failure;
use crate::terminal::interrupt;
use crate::terminal::status_board::StatusBoard;
use crate::terminal::stderr::{say, warn};
use crate::terminal::stdout::{print_json, print_path};
use crate::work::converter;
use crate::work::destination::mode;
use crate::work::input::Source;
use crate::work::jobs::{parallel_jobs, run_parallel};
use crate::work::maker::{Maker, SharedInputs};
use crate::work::substitutes::say_substitutes;
use names::OutputNames;

/// Dreams on all these pictures.
pub fn run(
    named: &[PathBuf],
    list: Option<&Path>,
    batch_args: &BatchArgs,
    out: Option<&Path>,
    args: &DreamArgs,
) -> Result<(), Failure> {
    let Some(out) = out.filter(|out| *out != Path::new("-")) else {
        return Err(Failure::input("dreaming on several pictures needs an output folder; add -o FOLDER"));
    };
    let mut batch = Batch::new(args, batch_args, list == Some(Path::new("-")))?;
    let photos = inputs::pictures(named, list, batch_args, out)?;
    let outputs = batch.names(batch_args, out)?.assign_all(&photos)?;
    make_folder(out)?;
    interrupt::catch();
    let tasks: Vec<_> = photos.into_iter().zip(outputs).map(|(photo, output)| Task { photo, output }).collect();
    let all = tasks.len();
    batch.dream_all(tasks)?;
    batch.finish(Some(all))
}

/// Creates the output folder unless it exists. A name with a picture's extension is refused: it is hardly meant to be a
/// folder.
pub fn make_folder(folder: &Path) -> Result<(), Failure> {
    if !folder.is_dir() && (folder.exists() || Format::from_path(folder).is_ok()) {
        let why = "dreaming on several pictures needs an output folder, but this is a file name";
        return Err(Failure::input(format!("{}: {why}", readable(folder))));
    }
    let made = fs::create_dir_all(folder);
    made.map_err(|e| Failure::internal(format!("{}: cannot create the folder: {e}", readable(folder))))
}

/// Whether the dream of this file exists. Files are renamed only when they are complete.
fn is_done(path: &Path) -> bool {
    path.is_file()
}

/// A picture and the output file of its dream.
#[derive(Clone, Debug)]
pub struct Task {
    pub photo: PathBuf,
    pub output: PathBuf,
}

/// The maker for one photo, with tiles if it is large. All makers share the networks.
struct FittedMaker {
    maker: Maker,
    /// Whether the photo is kept in memory.
    kept: bool,
    /// Memory of the dream in bytes.
    memory: u64,
}

/// The buffers that one of the parallel jobs keeps between photos, and their largest size in bytes.
struct Buffers<'a> {
    dreamer: &'a mut Option<Dreamer>,
    budget: u64,
}

#[derive(Serialize)]
struct Dreamed {
    input: String,
    output: String,
    width: usize,
    height: usize,
    seconds: f64,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<String>,
}

#[derive(Serialize)]
struct Skipped {
    input: String,
    output: String,
}

#[derive(Serialize)]
struct Failed {
    input: String,
    reason: String,
    #[serde(skip)]
    failure: Failure,
}

/// The JSON report of a batch.
#[derive(Serialize)]
struct Report<'a> {
    dreamed: &'a [Dreamed],
    skipped: &'a [Skipped],
    failed: &'a [Failed],
    #[serde(flatten)]
    places: Option<PlacesReport<'a>>,
    preset: Option<String>,
    settings: Map<String, serde_json::Value>,
}

/// Dreams of one look, and the result of each picture so far.
pub struct Batch<'a> {
    args: &'a DreamArgs,
    format: Format,
    shared: SharedInputs,
    maker: Option<Maker>,
    dreamed: Vec<Dreamed>,
    skipped: Vec<Skipped>,
    failed: Vec<Failed>,
}

impl<'a> Batch<'a> {
    /// Checks the settings. `stdin_is_taken` means that another input comes from standard input.
    pub fn new(args: &'a DreamArgs, batch_args: &BatchArgs, stdin_is_taken: bool) -> Result<Self, Failure> {
        let shared = args.shared_inputs(args.recipe.as_deref(), stdin_is_taken)?;
        let settings = shared.settings(&args.settings)?;
        args.threads.apply()?;
        if !args.output.quiet {
            settings.objectives().for_each(say_substitutes);
        }
        let format = batch_args.template().format;
        args.output.check(format)?;
        args.check_metadata(format)?;
        let (dreamed, skipped, failed) = Default::default();
        Ok(Self { args, format, shared, maker: None, dreamed, skipped, failed })
    }

    /// The names of the dreams in the folder `out`.
    pub fn names(&self, batch_args: &BatchArgs, out: &Path) -> Result<OutputNames, Failure> {
        let settings = self.shared.settings(&self.args.settings)?;
        let preset = match self.shared.recipe() {
            Some(recipe) => recipe.preset.clone().unwrap_or_else(|| "custom".into()),
            None => self.args.settings.name()?.into(),
        };
        let common = CommonFields { preset, seed: settings.seed, model: settings.model };
        Ok(OutputNames::new(out.to_owned(), batch_args.template(), common))
    }

    /// Builds the networks on first use: a batch with nothing to do need not wait for them.
    pub fn prepare(&mut self) -> Result<&Maker, Failure> {
        let maker = match self.maker.take() {
            Some(maker) => maker,
            None => Maker::new(self.args, &self.args.settings, &self.shared)?,
        };
        Ok(self.maker.insert(maker))
    }

    /// Dreams on these pictures, as many in parallel as memory allows.
    pub fn dream_all(&mut self, tasks: Vec<Task>) -> Result<(), Failure> {
        let (done, tasks): (Vec<_>, Vec<_>) =
            tasks.into_iter().partition(|task| !self.args.output.overwrite && is_done(&task.output));
        self.skipped.extend(done.iter().map(|task| Skipped { input: text(&task.photo), output: text(&task.output) }));
        let limits = self.args.reading().limits;
        let photos: Vec<_> = (&tasks).into_par_iter().map(|task| peek(&task.photo, &limits)).collect();
        if photos.iter().any(Result::is_ok) {
            self.prepare()?;
        }
        let board = StatusBoard::new(self.args.output.quiet, tasks.len());
        let mut ready = Vec::new();
        for (task, photo) in tasks.into_iter().zip(photos) {
            match photo.and_then(|photo| Ok((self.fitting(photo)?, photo.size))) {
                Ok((fitted, size)) => ready.push((task, size, fitted)),
                Err(failure) if failure.is_stop() => {}
                Err(failure) => {
                    board.failed(&name(&task.photo));
                    self.fail(&task.photo, failure);
                }
            }
        }
        if ready.is_empty() {
            return Ok(());
        }
        let threads = self.args.threads.count();
        let largest = ready.iter().map(|(_, _, fitted)| fitted.memory).max().unwrap_or_default();
        let jobs = parallel_jobs(ready.len(), threads, largest, self.args.memory);
        let pixels = |size: (usize, usize)| (size.0 * size.1) as f64;
        let maker = self.prepare()?;
        board.expect(ready.iter().map(|(_, size, _)| pixels(maker.dream_size(*size))).collect());
        let budget = self.args.memory.or_else(memory::available).unwrap_or(u64::MAX) / jobs as u64;
        let results = run_parallel(ready.len(), jobs, threads, |dreamer, index| {
            let (task, _, fitted) = &ready[index];
            self.make(task, fitted, &mut Buffers { dreamer, budget }, index, &board)
        })?;
        board.finish();
        for ((task, ..), result) in ready.iter().zip(results) {
            match result {
                Some(Ok(dreamed)) => {
                    if !self.args.output.quiet {
                        warn(&task.photo, &dreamed.warnings);
                    }
                    self.dreamed.push(dreamed);
                }
                Some(Err(failure)) if !failure.is_stop() => self.fail(&task.photo, failure),
                _ => {}
            }
        }
        Ok(())
    }

    /// The maker for this photo, if it fits into memory.
    fn fitting(&mut self, photo: PhotoMemory) -> Result<FittedMaker, Failure> {
        let budget = self.args.memory;
        let mut maker = self.prepare()?.clone();
        let dreamed = maker.dream_size(photo.size);
        let kept = maker.fit(dreamed, photo, budget)?;
        Ok(FittedMaker { memory: maker.dream().memory(dreamed, photo, kept)?, maker, kept })
    }

    fn make(
        &self,
        task: &Task,
        fitted: &FittedMaker,
        buffers: &mut Buffers<'_>,
        index: usize,
        board: &StatusBoard,
    ) -> Result<Dreamed, Failure> {
        let made = self.dream(task, fitted, buffers, |done| board.show(index, &name(&task.photo), done));
        match &made {
            Ok(dreamed) => board.dreamed(index, &name(&task.output), dreamed.seconds),
            Err(failure) if failure.is_stop() => {}
            Err(_) => board.failed(&name(&task.photo)),
        }
        made
    }

    fn dream(
        &self,
        task: &Task,
        fitted: &FittedMaker,
        buffers: &mut Buffers<'_>,
        show: impl Fn(f64) + Sync,
    ) -> Result<Dreamed, Failure> {
        let begun = Instant::now();
        let FittedMaker { maker, kept, .. } = fitted;
        let photo = maker.open(&Source::File(task.photo.clone()))?;
        let (width, height) = photo.size()?;
        self.format.check_size(width, height)?;
        let mut watch = |progress: &DreamProgress, _: &[f32]| {
            show(progress.done);
            interrupt::check()
        };
        let picture = maker.render_next(buffers.dreamer, buffers.budget, &photo, *kept, &mut watch)?;
        let (metadata, warning) = maker.metadata(&photo);
        let bytes = maker.file(&picture, self.format, photo.about(), metadata.as_ref(), &self.args.output)?;
        let output_args = &self.args.output;
        interrupt::uninterrupted(|| Ok(write_file(&task.output, &bytes, mode(output_args.overwrite))?))?;
        if !output_args.quiet && !output_args.json && !io::stdout().is_terminal() {
            print_path(&task.output)?;
        }
        let (input, output) = (text(&task.photo), text(&task.output));
        let warnings = photo.warnings().iter().chain(&warning).map(ToString::to_string).collect();
        Ok(Dreamed { input, output, width, height, seconds: begun.elapsed().as_secs_f64(), warnings })
    }

    /// Records the failure of a picture.
    pub fn fail(&mut self, photo: &Path, failure: Failure) {
        let name = format!("{}: ", readable(photo));
        let reason = failure.message().strip_prefix(&name).unwrap_or(failure.message()).to_owned();
        self.failed.push(Failed { input: text(photo), reason, failure });
    }

    /// The number of failed pictures.
    pub fn failed(&self) -> usize {
        self.failed.len()
    }

    /// The failures after the first `before`, one line each.
    pub fn failures(&self, before: usize) -> Vec<String> {
        let line = |failed: &Failed| format!("{}: {}", readable(failed.input.as_ref()), failed.reason);
        self.failed[before..].iter().map(line).collect()
    }

    /// `180 dreamed, 0 skipped, 20 failed`.
    pub fn counts(&self) -> String {
        let [dreamed, skipped, failed] = [self.dreamed.len(), self.skipped.len(), self.failed.len()];
        format!("{dreamed} dreamed, {skipped} skipped, {failed} failed")
    }

    /// Prints the results. If fewer than `all` pictures are finished, or `all` is none, the batch was stopped by
    /// Ctrl-C.
    pub fn finish(mut self, all: Option<usize>) -> Result<(), Failure> {
        self.failed.sort_by(|a, b| inputs::natural(a.input.as_ref(), b.input.as_ref()));
        let args = self.args;
        if args.output.json {
            let settings = self.shared.settings(&args.settings)?;
            print_json(&Report {
                dreamed: &self.dreamed,
                skipped: &self.skipped,
                failed: &self.failed,
                places: self.maker.as_ref().map(|maker| maker.places().into()),
                preset: self.shared.preset(&args.settings)?,
                settings: report(&settings, |_| true),
            })?;
        }
        let counts = self.counts();
        if all != Some(self.dreamed.len() + self.skipped.len() + self.failed.len()) {
            let on = if args.output.overwrite { "" } else { "; run the same command to do the rest" };
            return Err(Failure::stopped_with(counts + on));
        }
        let (done, idle) = (self.skipped.len(), self.dreamed.is_empty());
        let said = match (idle, self.failed.is_empty()) {
            (true, true) => format!("nothing to do: all {done} dreams exist already"),
            (true, false) if done > 0 => {
                format!("nothing to do: {done} dreams exist already, {} failed", self.failed.len())
            }
            _ => counts,
        };
        let lines = self.failures(0);
        match self.failed.into_iter().map(|failed| failed.failure).max_by_key(Failure::is_internal) {
            Some(worst) => Err(worst.with_message(format!("{said}:\n  {}", lines.join("\n  ")))),
            None if args.output.quiet => Ok(()),
            None => {
                say(&said);
                Ok(())
            }
        }
    }
}

/// Reads the size of a picture, and the memory that reading it takes.
fn peek(photo: &Path, limits: &Limits) -> Result<PhotoMemory, Failure> {
    match interrupt::check() {
        ControlFlow::Continue(()) => converter::peek(photo, limits),
        ControlFlow::Break(()) => Err(Failure::stopped()),
    }
}

fn name(path: &Path) -> String {
    readable(path.file_name().unwrap_or(path.as_os_str()).as_ref())
}

fn text(path: &Path) -> String {
    path.display().to_string()
}
