//! `oneiric imagine --all`: all channels of a layer on one labelled sheet, an atlas.
//!
//! Each thread imagines one channel at a time, because small pictures do not run well on several threads. Finished
//! tiles are kept in a folder next to the sheet until the sheet is written, so that the same command resumes a stopped
//! atlas.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use oneiric::imagine::{Imagination, Imagine};
use oneiric::inspect::sheet::Sheet;
use oneiric::objective::Term;
use oneiric::picture::{DEFAULT_QUALITY, readable, write_file};
use oneiric::{Format, Limits, Objective, Picture, SaveMode, memory};
use oneiric_engine::shape::Size;

use crate::terminal::failure::{Failure, layer_failure, size_failure};
use crate::terminal::interrupt;
use crate::terminal::progress::Bar;
use crate::terminal::stderr::say;
use crate::work::networks::networks;

/// Default size of a tile in pixels.
pub const TILE: (usize, usize) = (96, 96);
/// Default number of steps for a tile.
pub const STEPS: usize = 128;
/// The file that identifies the atlas of the tiles in a folder.
const ABOUT: &str = "atlas.txt";

/// An atlas: all channels of a layer.
pub struct Atlas {
    settings: Imagine,
    model: String,
    layer: String,
    channels: usize,
    threads: usize,
}

impl Atlas {
    /// Checks the layer, and that the work on `threads` threads fits into memory.
    pub fn new(settings: Imagine, model: &str, layer: &str, threads: usize) -> Result<Self, Failure> {
        let network = networks().get(model)?;
        let probe = Size { height: 256, width: 256 };
        let shape = network.graph.layer_shape(layer, probe).map_err(|e| layer_failure(e, &network.name))?;
        let model = network.name.clone();
        let atlas = Self { settings, model, layer: layer.into(), channels: shape.channels, threads };
        let imagination = atlas.imagination(0)?;
        let needs = |size: (usize, usize)| {
            let sheet = Sheet::memory(size.0, size.1, atlas.channels);
            Ok(sheet.max(imagination.memory(size)? * threads as u64))
        };
        memory::check(atlas.settings.size, needs).map_err(size_failure)?;
        Ok(atlas)
    }

    /// The number of channels.
    pub fn channels(&self) -> usize {
        self.channels
    }

    /// Imagines the missing tiles in the folder next to `out`, and draws the sheet.
    pub fn draw(&self, out: &Path, bar: &Bar) -> Result<(Picture, Tiles), Failure> {
        let tiles = Tiles::open(out, &self.about())?;
        let missing: Vec<usize> = (0..self.channels).filter(|&channel| tiles.read(channel).is_none()).collect();
        let (next, done) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let failure = Mutex::new(None);
        std::thread::scope(|scope| {
            for _ in 0..self.threads {
                scope.spawn(|| {
                    if let Err(e) = self.imagine_rest(&tiles, &missing, &next, &done, bar) {
                        *failure.lock().expect("no thread has panicked") = Some(e);
                        // Stop the other threads.
                        next.store(self.channels, Ordering::SeqCst);
                    }
                });
            }
        });
        match failure.into_inner().expect("no thread has panicked") {
            Some(failure) => Err(failure),
            None => Ok((self.sheet(&tiles)?, tiles)),
        }
    }

    /// Everything that a tile depends on.
    fn about(&self) -> String {
        format!("{} of {}, {:?}, version {}\n", self.layer, self.model, self.settings, env!("CARGO_PKG_VERSION"))
    }

    /// The work of one thread: imagines missing channels until none is left.
    fn imagine_rest(
        &self,
        tiles: &Tiles,
        missing: &[usize],
        next: &AtomicUsize,
        done: &AtomicUsize,
        bar: &Bar,
    ) -> Result<(), Failure> {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build();
        let pool = pool.map_err(|e| Failure::internal(format!("cannot start a thread: {e}")))?;
        while let Some(&channel) = missing.get(next.fetch_add(1, Ordering::SeqCst)) {
            let imagined = pool.install(|| self.imagination(channel)?.render_with(0, |_, _| interrupt::check()));
            match imagined {
                Ok(picture) => tiles.keep(channel, &picture)?,
                Err(oneiric::Error::Cancelled) => return Err(tiles.stopped()),
                Err(e) => return Err(size_failure(e)),
            }
            let new = done.fetch_add(1, Ordering::SeqCst) + 1;
            let work = format!("channel {} of {}", self.channels - missing.len() + new, self.channels);
            bar.show_part(work, new as f64 / missing.len() as f64);
        }
        Ok(())
    }

    fn imagination(&self, channel: usize) -> Result<Imagination, oneiric::Error> {
        let objective = Objective::from(Term::channel(&self.layer, channel));
        Imagination::new(self.settings.clone(), &objective, &self.model, None, networks())
    }

    fn sheet(&self, tiles: &Tiles) -> Result<Picture, Failure> {
        let (width, height) = self.settings.size;
        let mut sheet = Sheet::new(width, height).title(format!("{} of {}", self.layer, self.model));
        for channel in 0..self.channels {
            let gone = || {
                Failure::internal(format!("{} is missing; run the same command again", readable(&tiles.path(channel))))
            };
            sheet.add(channel.to_string(), "", &tiles.read(channel).ok_or_else(gone)?);
        }
        Ok(sheet.render()?)
    }
}

/// The folder of the finished tiles.
pub struct Tiles(PathBuf);

impl Tiles {
    /// Opens or creates the folder next to the sheet `out`.
    fn open(out: &Path, about: &str) -> Result<Self, Failure> {
        let mut folder = out.as_os_str().to_owned();
        folder.push(".parts");
        let tiles = Self(folder.into());
        let file = tiles.0.join(ABOUT);
        let failed = |e: std::io::Error| Failure::internal(format!("{}: {e}", readable(&tiles.0)));
        let taken = |what: &str| {
            let why = "this name is needed for finished channels; rename the sheet with -o, or move the folder away";
            Err(Failure::input(format!("{} {what}: {why}", readable(&tiles.0))))
        };
        match fs::read_to_string(&file) {
            Ok(text) if text == about => Ok(tiles),
            Ok(_) => taken("contains tiles of another atlas"),
            Err(_) if !tiles.0.exists() => {
                fs::create_dir(&tiles.0).map_err(failed)?;
                write_file(&file, about.as_bytes(), SaveMode::New)?;
                Ok(tiles)
            }
            Err(_) => taken("exists but is not an atlas"),
        }
    }

    fn path(&self, channel: usize) -> PathBuf {
        self.0.join(format!("{channel}.png"))
    }

    /// Reads a tile; none if it is missing or damaged.
    fn read(&self, channel: usize) -> Option<Picture> {
        Picture::open(self.path(channel), &Limits::default()).ok()
    }

    fn keep(&self, channel: usize, picture: &Picture) -> Result<(), Failure> {
        let bytes = picture.encode(Format::Png, DEFAULT_QUALITY)?;
        Ok(write_file(self.path(channel), &bytes, SaveMode::Overwrite)?)
    }

    fn stopped(&self) -> Failure {
        Failure::stopped_with(format!("finished channels are in {}; run the same command to resume", readable(&self.0)))
    }

    /// Removes the folder after the sheet was written.
    pub fn remove(&self) {
        if let Err(e) = fs::remove_dir_all(&self.0) {
            say(&format!("cannot remove {}: {e}", readable(&self.0)));
        }
    }
}
