//! `oneiric imagine --all`: every channel of a layer, on one labelled sheet.
//!
//! Each thread imagines a channel of its own: small pictures leave nothing to share. What is done lies in a folder
//! beside the sheet until that is written, so that the same command goes on where it was stopped.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use oneiric::imagine::{Imagination, Imagine};
use oneiric::objective::Term;
use oneiric::picture::{DEFAULT_QUALITY, readable, write_file};
use oneiric::sheet::Sheet;
use oneiric::{Format, Limits, Objective, Picture, SaveMode, memory};
use oneiric_engine::shape::Size;

use crate::failure::{Failure, about_layers, about_memory};
use crate::interrupt;
use crate::output::say;
use crate::progress::Bar;

/// Size of a channel's picture unless --size says otherwise.
pub const TILE: (usize, usize) = (96, 96);
/// Steps of a channel's picture unless --steps says otherwise.
pub const STEPS: usize = 128;
/// What tells whether the tiles that lie there are of the same atlas.
const ABOUT: &str = "atlas.txt";

/// All channels of a layer, to be imagined.
pub struct Atlas {
    settings: Imagine,
    model: String,
    layer: String,
    channels: usize,
    folder: PathBuf,
}

impl Atlas {
    /// Checks the layer and the folder of tiles beside `out`.
    pub fn new(settings: Imagine, model: &str, layer: &str, out: &Path) -> Result<Self, Failure> {
        let network = oneiric_zoo::load(model)?;
        let probe = Size { height: 256, width: 256 };
        let shape = network.graph.layer_shape(layer, probe).map_err(|e| about_layers(e, network.model.name))?;
        let mut folder = out.as_os_str().to_owned();
        folder.push(".parts");
        let model = network.model.name.to_owned();
        let atlas = Self { settings, model, layer: layer.into(), channels: shape.channels, folder: folder.into() };
        let (width, height) = atlas.settings.size;
        memory::check((width, height), Sheet::memory(width, height, atlas.channels))
            .map_err(|e| about_memory(e, |width, height| format!("make the tiles smaller: --size {width}x{height}")))?;
        atlas.open_folder()?;
        Ok(atlas)
    }

    /// How many channels there are.
    pub fn channels(&self) -> usize {
        self.channels
    }

    /// Everything that a tile depends on.
    fn about(&self) -> String {
        format!("{} of {}, {:?}, version {}\n", self.layer, self.model, self.settings, env!("CARGO_PKG_VERSION"))
    }

    fn open_folder(&self) -> Result<(), Failure> {
        let about = self.folder.join(ABOUT);
        let failed = |e: std::io::Error| Failure::ours(format!("{}: {e}", readable(&self.folder)));
        match fs::read_to_string(&about) {
            Ok(text) if text == self.about() => Ok(()),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound && !self.folder.exists() => {
                fs::create_dir(&self.folder).map_err(failed)?;
                Ok(write_file(&about, self.about().as_bytes(), SaveMode::New)?)
            }
            _ => Err(Failure::input(format!(
                "{} holds the beginning of another atlas: remove that folder, or give the sheet another name",
                readable(&self.folder)
            ))),
        }
    }

    /// Imagines what is missing on `threads` threads and draws the sheet.
    pub fn draw(&self, threads: usize, bar: &Bar) -> Result<Picture, Failure> {
        let (next, done) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let failure = Mutex::new(None);
        let begun = (0..self.channels).filter(|&channel| self.tile(channel).is_file()).count();
        std::thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(|| {
                    if let Err(e) = self.imagine_rest(&next, &done, begun, bar) {
                        *failure.lock().expect("no thread has panicked") = Some(e);
                        // The others have nothing left to do.
                        next.store(self.channels, Ordering::SeqCst);
                    }
                });
            }
        });
        match failure.into_inner().expect("no thread has panicked") {
            Some(failure) => Err(failure),
            None => self.sheet(),
        }
    }

    /// The work of one thread: one channel after the other, until there is none.
    fn imagine_rest(&self, next: &AtomicUsize, done: &AtomicUsize, begun: usize, bar: &Bar) -> Result<(), Failure> {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build();
        let pool = pool.map_err(|e| Failure::ours(format!("a thread could not be started: {e}")))?;
        loop {
            let channel = next.fetch_add(1, Ordering::SeqCst);
            if channel >= self.channels {
                return Ok(());
            }
            if self.tile(channel).is_file() {
                continue;
            }
            if interrupt::check().is_break() {
                return Err(self.stopped());
            }
            let picture = pool.install(|| self.imagine(channel))?;
            let bytes = picture.encode(Format::Png, DEFAULT_QUALITY)?;
            write_file(self.tile(channel), &bytes, SaveMode::Overwrite)?;
            let new = done.fetch_add(1, Ordering::SeqCst) + 1;
            let part = new as f64 / (self.channels - begun).max(1) as f64;
            bar.show_part(format!("channel {} of {}", begun + new, self.channels), part);
        }
    }

    fn imagine(&self, channel: usize) -> Result<Picture, Failure> {
        let objective = Objective::from(Term::channel(&self.layer, channel));
        let imagination = Imagination::new(self.settings.clone(), &objective, &self.model, None)?;
        let picture = imagination.render(0, |_, _| interrupt::check());
        picture.map_err(|e| if matches!(e, oneiric::Error::Cancelled) { self.stopped() } else { e.into() })
    }

    fn stopped(&self) -> Failure {
        Failure::stopped_with(format!("what is done lies in {}; the same command goes on", readable(&self.folder)))
    }

    fn tile(&self, channel: usize) -> PathBuf {
        self.folder.join(format!("{channel}.png"))
    }

    fn sheet(&self) -> Result<Picture, Failure> {
        let (width, height) = self.settings.size;
        let mut sheet = Sheet::new(width, height).title(format!("{} of {}", self.layer, self.model));
        for channel in 0..self.channels {
            sheet.add(channel.to_string(), "", &Picture::open(self.tile(channel), &Limits::default())?);
        }
        Ok(sheet.render()?)
    }

    /// Removes the folder of tiles.
    pub fn clean(&self) {
        if let Err(e) = fs::remove_dir_all(&self.folder) {
            say(&format!("{} could not be removed: {e}", readable(&self.folder)));
        }
    }
}
