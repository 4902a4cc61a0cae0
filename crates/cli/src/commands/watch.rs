//! `oneiric watch`: dreams on whatever is dropped into a folder.

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
  oneiric watch inbox -o dreams              every picture in inbox, now and later
  oneiric watch inbox -o dreams -p eyes --size 800 --name {name}.jpg
                                             with a look, smaller, as JPEG
  oneiric watch ~/Pictures -o ~/Pictures/dreams --recursive
                                             in the folders of the folder as well

A picture whose dream is there is left alone; one that is replaced is dreamed
on again only with --overwrite. Ctrl-C ends it, with exit code 130; nothing is
half-written.";

/// What a file is by its size and the time it was written.
type Stamp = (u64, Option<SystemTime>);

/// The folder is looked at this often. Asking works on every file system, shared and mounted ones too, where systems
/// tell nobody of new files; and it costs little, since only names, sizes and times are asked for.
const PAUSE: Duration = Duration::from_secs(1);

/// Dream on whatever is dropped into a folder: on what is there, and then on every picture that appears.
#[derive(clap::Args, Debug)]
#[command(after_help = AFTER_HELP)]
pub struct Args {
    /// The folder to watch
    #[arg(value_name = "FOLDER")]
    folder: PathBuf,
    /// The folder of the dreams, which is made if need be
    #[arg(long, short, value_name = "FOLDER")]
    out: PathBuf,
    #[command(flatten)]
    batch: BatchArgs,
    #[command(flatten)]
    dream: DreamArgs,
}

pub fn run(args: &Args) -> Result<(), Failure> {
    let dream_args = &args.dream;
    if args.batch.template().counts() {
        return Err(Failure::input("a folder that is watched has no order to number its pictures by: leave out {n}"));
    }
    let mut batch = Batch::new(dream_args, &args.batch, false)?;
    let mut names = batch.names(&args.batch, &args.out)?;
    let mut arrivals = Arrivals::default();
    let look = || inputs::in_folder(&args.folder, args.batch.recursive, &args.out);
    look()?;
    make_folder(&args.out)?;
    batch.prepare()?;
    interrupt::catch();
    if !dream_args.output.quiet {
        say(&format!("watching {}; Ctrl-C ends it", readable(&args.folder)));
    }
    while interrupt::check().is_continue() {
        let told = batch.failed();
        let mut tasks = Vec::new();
        for photo in arrivals.ready(look()?) {
            match names.of(&photo, "") {
                Ok(output) => tasks.push(Task { photo, output }),
                Err(failure) => batch.fail(&photo, failure),
            }
        }
        batch.round(tasks)?;
        if !dream_args.output.quiet {
            batch.failures(told).iter().for_each(|line| say(line));
        }
        interrupt::wait(PAUSE);
    }
    batch.finish(None)
}

/// Which files have come and are whole.
#[derive(Default)]
struct Arrivals {
    /// At the last look.
    seen: HashMap<PathBuf, Stamp>,
    /// Those that were ready already.
    known: HashMap<PathBuf, Stamp>,
}

impl Arrivals {
    /// Of the files that are there now, those that are new or replaced and have not changed since the last look: who still
    /// writes to a file changes its size or its time.
    fn ready(&mut self, there: Vec<PathBuf>) -> Vec<PathBuf> {
        let now: HashMap<_, _> = there.iter().filter_map(|path| Some((path.clone(), stamp(path)?))).collect();
        let is_ready = |path: &PathBuf| {
            let stamp = now.get(path);
            stamp.is_some() && stamp == self.seen.get(path) && stamp != self.known.get(path)
        };
        let ready: Vec<PathBuf> = there.into_iter().filter(is_ready).collect();
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
    fn a_file_is_ready_once_when_it_has_not_changed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.png");
        let mut arrivals = Arrivals::default();
        let mut look = || arrivals.ready(vec![path.clone()]).len();
        assert_eq!(look(), 0, "it is not there");
        fs::write(&path, "a").unwrap();
        assert_eq!(look(), 0);
        fs::write(&path, "ab").unwrap();
        assert_eq!(look(), 0, "it grows");
        assert_eq!([look(), look(), look()], [1, 0, 0]);
        fs::write(&path, "abc").unwrap();
        assert_eq!([look(), look(), look()], [0, 1, 0], "it was replaced");
    }
}
