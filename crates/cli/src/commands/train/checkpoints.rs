//! The checkpoints of a training.

use std::fs;
use std::path::PathBuf;

use oneiric_train::Training;

use crate::terminal::stderr::say;
use crate::work::whole_file;

/// The file with the checkpoint of a training, in the user's cache folder.
pub struct Checkpoints(Option<PathBuf>);

impl Checkpoints {
    pub fn new(training: &Training) -> Self {
        let name = format!("{:016x}.training", training.fingerprint());
        Self(dirs::cache_dir().map(|folder| folder.join("oneiric").join(name)))
    }

    pub fn read(&self, training: &mut Training, quiet: bool) {
        let Some(bytes) = self.0.as_ref().and_then(|path| fs::read(path).ok()) else { return };
        match training.resume(&bytes) {
            Ok(()) if !quiet => say(&format!("continuing after step {}", training.steps())),
            Ok(()) => {}
            Err(e) => say(&format!("warning: {e}; beginning anew")),
        }
    }

    /// Writes a checkpoint and returns whether that was possible. Without one a training still ends well, so failures are not
    /// errors.
    pub fn write(&self, training: &Training) -> bool {
        let Some((path, folder)) = self.0.as_ref().and_then(|path| Some((path, path.parent()?))) else { return false };
        let written = fs::create_dir_all(folder).and_then(|()| whole_file::write(path, &training.checkpoint()));
        if let Err(e) = &written {
            say(&format!("warning: cannot write a checkpoint: {e}"));
        }
        written.is_ok()
    }

    pub fn delete(&self) {
        if let Some(path) = &self.0 {
            // It may be absent.
            let _ = fs::remove_file(path);
        }
    }
}
