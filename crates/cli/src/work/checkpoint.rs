//! Checkpoints of long dreams: the same command resumes a stopped dream and produces the same bytes.

use std::fs;
use std::io::ErrorKind;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

use oneiric::picture::readable;
use oneiric::{Checkpoint, DreamProgress, Observer, recipe};

use crate::terminal::failure::Failure;
use crate::terminal::interrupt;
use crate::terminal::progress::Bar;
use crate::terminal::stderr::say;

/// Without --checkpoint, a checkpoint is written once a dream has taken this long.
const WORTH_SAVING: Duration = Duration::from_secs(30);
/// Writing checkpoints takes at most 1 / `SHARE` of the time.
const SHARE: u32 = 20;
/// Older checkpoints are deleted from the default folder.
const EXPIRY: Duration = Duration::from_secs(30 * 24 * 3600);
const ENDING: &str = "dream";
/// Name prefix of temporary files, which a killed process leaves behind.
const TEMPORARY_PREFIX: &str = ".oneiric-";

/// Shows the progress of a dream and writes checkpoints of it.
pub struct CheckpointKeeper {
    bar: Bar,
    quiet: bool,
    /// The checkpoint file; none if it cannot be written.
    path: Option<PathBuf>,
    /// Time before the first checkpoint.
    delay: Duration,
    begun: Instant,
    /// When the last checkpoint was written, and how long that took.
    last: Option<(Instant, Duration)>,
    /// Octave and step of the last checkpoint.
    position: Option<(usize, usize)>,
}

impl CheckpointKeeper {
    /// Writes checkpoints of the dream of `recipe` to `folder`; by default to the user's cache folder, if it takes
    /// long.
    pub fn new(folder: Option<&Path>, recipe: Option<&str>, quiet: bool) -> Result<Self, Failure> {
        let own = dirs::cache_dir().map(|folder| folder.join("oneiric"));
        match (folder, &own) {
            (Some(folder), _) => {
                let made = fs::create_dir_all(folder);
                made.map_err(|e| {
                    Failure::input(format!("{}: cannot create the checkpoint folder: {e}", readable(folder)))
                })?;
            }
            // Old files in a folder that the user chose are not ours to delete.
            (None, Some(own)) => clean(own),
            (None, None) => {}
        }
        let folder_used = folder.map(Path::to_owned).or(own);
        let name = recipe.map(|recipe| format!("{}.{ENDING}", &recipe::sha256(recipe.as_bytes())[..32]));
        let delay = if folder.is_some() { Duration::ZERO } else { WORTH_SAVING };
        Ok(Self {
            bar: Bar::new(quiet),
            quiet,
            path: folder_used.zip(name).map(|(folder, name)| folder.join(name)),
            delay,
            begun: Instant::now(),
            last: None,
            position: None,
        })
    }

    /// Reads the checkpoint of this dream if there is one.
    pub fn read(&mut self) -> Option<Checkpoint<'static>> {
        let path = self.path.as_ref()?;
        match Checkpoint::read(path) {
            Ok(checkpoint) => {
                let (octave, step) = checkpoint.place();
                if !self.quiet {
                    say(&format!("resuming at octave {octave}, step {step}"));
                }
                self.position = Some((octave, step));
                Some(checkpoint)
            }
            Err(e) if e.kind() == ErrorKind::NotFound => None,
            Err(e) => {
                say(&format!("{}: {e}; starting over", readable(path)));
                None
            }
        }
    }

    /// Removes the bar and returns the seconds since it was created.
    pub fn finish(&self) -> f64 {
        self.bar.finish()
    }

    /// Deletes the checkpoint.
    pub fn delete(&self) {
        if let (Some(path), Some(_)) = (&self.path, self.position) {
            // If this fails, it is deleted once it is old.
            let _ = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
        }
    }

    /// Adds to a stop by Ctrl-C how to resume the dream.
    pub fn stopped(&self, failure: Failure) -> Failure {
        match self.position {
            Some((octave, step)) if failure.is_stop() => {
                Failure::stopped_with(format!("run the same command to resume at octave {octave}, step {step}"))
            }
            _ => failure,
        }
    }

    fn is_due(&self) -> bool {
        if self.begun.elapsed() < self.delay {
            return false;
        }
        let rested = |(last, took): (Instant, Duration)| last.elapsed() >= took * SHARE;
        interrupt::check().is_break() || self.last.is_none_or(rested)
    }

    fn write(&mut self, checkpoint: &Checkpoint<'_>) {
        let Some(path) = &self.path else { return };
        let begun = Instant::now();
        let folder = path.parent().unwrap_or(Path::new("."));
        let written = fs::create_dir_all(folder).and_then(|()| checkpoint.write(path));
        match written {
            Ok(()) => {
                self.position = Some(checkpoint.place());
                self.last = Some((Instant::now(), begun.elapsed()));
            }
            Err(e) => {
                say(&format!("{}: cannot write a checkpoint ({e}); continuing without", readable(folder)));
                self.path = None;
            }
        }
    }
}

impl Observer for CheckpointKeeper {
    fn step(&mut self, progress: &DreamProgress, _: &[f32]) -> ControlFlow<()> {
        self.bar.show(progress);
        interrupt::check()
    }

    fn checkpoint(&mut self, checkpoint: &Checkpoint<'_>) {
        if self.is_due() {
            self.write(checkpoint);
        }
    }
}

/// Deletes old checkpoints.
fn clean(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for path in entries.flatten().map(|entry| entry.path()) {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let is_internal = name.starts_with(TEMPORARY_PREFIX) || name.ends_with(ENDING);
        let changed = fs::metadata(&path).and_then(|about| about.modified()).unwrap_or(SystemTime::now());
        if is_internal && changed.elapsed().is_ok_and(|age| age > EXPIRY) {
            let _ = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
        }
    }
}
