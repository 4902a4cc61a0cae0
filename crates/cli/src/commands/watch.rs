//! `oneiric watch`: dreams on all pictures in a folder, now and later.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use oneiric::picture::readable;

use crate::args::{BatchArgs, DreamArgs};
use crate::terminal::failure::Failure;
use crate::terminal::interrupt;
use crate::terminal::stderr::say;
use crate::work::batch::{Batch, Task, inputs, make_folder};

const AFTER_HELP: &str = "\
Examples:
  oneiric watch inbox -o dreams              dream on every picture in inbox
  oneiric watch inbox -o dreams -p eyes --size 800 --name {name}.jpg
                                             choose the look, size and format
  oneiric watch ~/Pictures -o ~/Pictures/dreams --recursive
                                             watch subfolders too

A picture whose dream exists is skipped; a picture that changes is dreamed on
again only with --overwrite. Ctrl-C stops watching, with exit code 130, and
leaves no incomplete files.";

/// Size and modification time of a file.
type Stamp = (u64, Option<SystemTime>);

/// Time between two scans of the folder. Scanning works on every file system, including network mounts, which send no
/// notifications; and it is cheap, because it reads only names, sizes and times.
const PAUSE: Duration = Duration::from_secs(1);

/// Watch a folder: dream on the pictures in it, and then on every new picture.
#[derive(clap::Args, Debug)]
#[command(after_help = AFTER_HELP)]
pub struct Args {
    /// The folder to watch
    #[arg(value_name = "FOLDER")]
    folder: PathBuf,
    /// Output folder, which is created if necessary
    #[arg(long, short, value_name = "FOLDER")]
    out: PathBuf,
    #[command(flatten)]
    dream: DreamArgs,
    #[command(flatten)]
    batch: BatchArgs,
}

pub fn run(args: &Args) -> Result<(), Failure> {
    let dream_args = &args.dream;
    if args.batch.template().has_number() {
        return Err(Failure::input(
            "{n} cannot be used with watch, because new pictures have no fixed order; remove {n} from --name",
        ));
    }
    let mut batch = Batch::new(dream_args, &args.batch, false)?;
    let mut names = batch.names(&args.batch, &args.out)?;
    let mut new_files = NewFiles::default();
    let scan = || inputs::in_folder(&args.folder, args.batch.recursive, &args.out);
    scan()?;
    make_folder(&args.out)?;
    batch.prepare()?;
    interrupt::catch();
    if !dream_args.output.quiet {
        say(&format!("watching {}; press Ctrl-C to stop", readable(&args.folder)));
    }
    while interrupt::check().is_continue() {
        let failed_before = batch.failed();
        let mut tasks = Vec::new();
        for photo in new_files.ready(scan()?) {
            match names.assign(&photo, "") {
                Ok(output) => tasks.push(Task { photo, output }),
                Err(failure) => batch.fail(&photo, failure),
            }
        }
        batch.dream_all(tasks)?;
        if !dream_args.output.quiet {
            batch.failures(failed_before).iter().for_each(|line| say(line));
        }
        interrupt::wait(PAUSE);
    }
    batch.finish(None)
}

/// Finds files that are new and complete.
#[derive(Default)]
struct NewFiles {
    /// The files of the last scan.
    seen: HashMap<PathBuf, Stamp>,
    /// The files that were already returned.
    known: HashMap<PathBuf, Stamp>,
}

impl NewFiles {
    /// Returns those of the `present` files that are new or replaced and have not changed since the last scan: a file
    /// that is still being written changes its size or time.
    fn ready(&mut self, present: Vec<PathBuf>) -> Vec<PathBuf> {
        let now: HashMap<_, _> = present.iter().filter_map(|path| Some((path.clone(), stamp(path)?))).collect();
        let is_ready = |path: &PathBuf| {
            let stamp = now.get(path);
            stamp.is_some() && stamp == self.seen.get(path) && stamp != self.known.get(path)
        };
        let ready: Vec<PathBuf> = present.into_iter().filter(is_ready).collect();
        self.known.extend(ready.iter().map(|path| (path.clone(), now[path])));
        self.seen = now;
        ready
    }
}

fn stamp(path: &Path) -> Option<Stamp> {
    let about = fs::metadata(path).ok()?;
    Some((about.len(), about.modified().ok()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_reported_once_when_it_no_longer_changes() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.png");
        let mut new_files = NewFiles::default();
        let mut scan = || new_files.ready(vec![path.clone()]).len();
        assert_eq!(scan(), 0, "it does not exist");
        fs::write(&path, "a").unwrap();
        assert_eq!(scan(), 0);
        fs::write(&path, "ab").unwrap();
        assert_eq!(scan(), 0, "it is growing");
        assert_eq!([scan(), scan(), scan()], [1, 0, 0]);
        fs::write(&path, "abc").unwrap();
        assert_eq!([scan(), scan(), scan()], [0, 1, 0], "it was replaced");
    }
}
