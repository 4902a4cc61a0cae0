//! Long dreams are kept on the way: the same command goes on from there, with the same bytes.

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

/// A dream that nobody asked to keep is kept when it has taken so long.
const WORTH_SAVING: Duration = Duration::from_secs(30);
/// Keeping takes at most one part in so many of the time.
const SHARE: u32 = 20;
/// What nobody came back to for so long is thrown away.
const EXPIRY: Duration = Duration::from_secs(30 * 24 * 3600);
const ENDING: &str = "dream";
/// How files begin that a killed process did not finish.
const TEMPORARY_PREFIX: &str = ".oneiric-";

/// Shows how far a dream is, and keeps it now and then.
pub struct CheckpointKeeper {
    bar: Bar,
    quiet: bool,
    /// Where it is kept, unless that is impossible.
    path: Option<PathBuf>,
    /// Time that has to pass before it is worth keeping.
    patience: Duration,
    begun: Instant,
    /// When it was kept last, and how long that took.
    last: Option<(Instant, Duration)>,
    /// The octave and step that was kept.
    place: Option<(usize, usize)>,
}

impl CheckpointKeeper {
    /// Keeps the dream that `recipe` makes in `folder`, or, if it takes long, in the user's folder for such things.
    pub fn new(folder: Option<&Path>, recipe: Option<&str>, quiet: bool) -> Result<Self, Failure> {
        let own = dirs::cache_dir().map(|folder| folder.join("oneiric"));
        match (folder, &own) {
            (Some(folder), _) => {
                let made = fs::create_dir_all(folder);
                made.map_err(|e| Failure::input(format!("{}: no folder for checkpoints ({e})", readable(folder))))?;
            }
            // In a folder of the user's, what is old is the user's.
            (None, Some(own)) => clean(own),
            (None, None) => {}
        }
        let place = folder.map(Path::to_owned).or(own);
        let name = recipe.map(|recipe| format!("{}.{ENDING}", &recipe::sha256(recipe.as_bytes())[..32]));
        let patience = if folder.is_some() { Duration::ZERO } else { WORTH_SAVING };
        Ok(Self {
            bar: Bar::new(quiet),
            quiet,
            path: place.zip(name).map(|(folder, name)| folder.join(name)),
            patience,
            begun: Instant::now(),
            last: None,
            place: None,
        })
    }

    /// What is there of this dream already.
    pub fn found(&mut self) -> Option<Checkpoint<'static>> {
        let path = self.path.as_ref()?;
        match Checkpoint::read(path) {
            Ok(checkpoint) => {
                let (octave, step) = checkpoint.place();
                if !self.quiet {
                    say(&format!("going on at octave {octave}, step {step}, where it was stopped"));
                }
                self.place = Some((octave, step));
                Some(checkpoint)
            }
            Err(e) if e.kind() == ErrorKind::NotFound => None,
            Err(e) => {
                say(&format!("{}: {e}; beginning anew", readable(path)));
                None
            }
        }
    }

    /// Takes the bar away and tells the seconds since its beginning.
    pub fn finish(&self) -> f64 {
        self.bar.finish()
    }

    /// Throws away what was kept.
    pub fn forget(&self) {
        if let (Some(path), Some(_)) = (&self.path, self.place) {
            // One that stays is thrown away when it is old.
            let _ = fs::remove_file(path);
        }
    }

    /// What to say of a dream that was stopped.
    pub fn stopped(&self, failure: Failure) -> Failure {
        match self.place {
            Some((octave, step)) if failure.is_stop() => {
                Failure::stopped_with(format!("the same command goes on at octave {octave}, step {step}"))
            }
            _ => failure,
        }
    }

    fn is_due(&self) -> bool {
        if self.begun.elapsed() < self.patience {
            return false;
        }
        let rested = |(last, took): (Instant, Duration)| last.elapsed() >= took * SHARE;
        interrupt::check().is_break() || self.last.is_none_or(rested)
    }

    fn keep(&mut self, checkpoint: &Checkpoint<'_>) {
        let Some(path) = &self.path else { return };
        let begun = Instant::now();
        let folder = path.parent().unwrap_or(Path::new("."));
        let kept = fs::create_dir_all(folder).and_then(|()| checkpoint.write(path));
        match kept {
            Ok(()) => {
                self.place = Some(checkpoint.place());
                self.last = Some((Instant::now(), begun.elapsed()));
            }
            Err(e) => {
                say(&format!("{}: the dream can't be kept on the way ({e}); it goes on without", readable(folder)));
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
            self.keep(checkpoint);
        }
    }
}

/// Throws away what nobody came back to.
fn clean(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for path in entries.flatten().map(|entry| entry.path()) {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let is_internal = name.starts_with(TEMPORARY_PREFIX) || name.ends_with(ENDING);
        let changed = fs::metadata(&path).and_then(|about| about.modified()).unwrap_or(SystemTime::now());
        if is_internal && changed.elapsed().is_ok_and(|age| age > EXPIRY) {
            let _ = fs::remove_file(path);
        }
    }
}
