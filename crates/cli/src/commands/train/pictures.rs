//! The pictures of a training: read from a folder, or drawn.

use std::path::Path;

use oneiric::picture::readable;
use oneiric_kits::{Kit, ORDINARY};
use oneiric_train::LEAST_PICTURES;
use oneiric_train::data::{Bounds, DataProgress, Dataset, Folder, Reading, Unread};

use super::Args;
use crate::terminal::failure::Failure;
use crate::terminal::interrupt;
use crate::terminal::progress::Bar;
use crate::terminal::stderr::say;

/// The fewest and the most of them.
const FEWEST_OTHERS: usize = 100;
const MOST_OTHERS: usize = 600;
/// Files that are named when they cannot be read.
const NAMED: usize = 5;
/// A class with fewer pictures learns little.
const FEW: usize = 20;

/// Returns the pictures that the arguments name.
pub fn pictures(args: &Args) -> Result<Dataset, Failure> {
    let mut data = match (&args.kit, &args.path) {
        (Some(kit), _) => drawn(args, oneiric_kits::kit(kit).expect("clap has checked the name"), args.pictures)?,
        (None, Some(folder)) => read(args, folder)?,
        (None, None) => unreachable!("clap requires one of them"),
    };
    if let [only] = &data.classes[..] {
        if only == ORDINARY.name {
            return Err(Failure::input("the only class is 'other'; name the folder after what it shows"));
        }
        let count = data.samples.len();
        if !args.quiet {
            say(&format!("'{only}' is the only class; drawing ordinary pictures to tell it from"));
        }
        data.add(drawn(args, &ORDINARY, Some(count.clamp(FEWEST_OTHERS, MOST_OTHERS)))?);
    }
    data.check(LEAST_PICTURES)?;
    if !args.quiet {
        for (class, count) in data.classes.iter().zip(data.counts()) {
            let few = if count < FEW { " (few; 50 or more are better)" } else { "" };
            say(&format!("{count:>6} pictures of {class}{few}"));
        }
    }
    Ok(data)
}

fn drawn(args: &Args, kit: &Kit, pictures: Option<usize>) -> Result<Dataset, Failure> {
    let bar = Bar::new(args.quiet);
    let pictures = pictures.unwrap_or(kit.pictures);
    let data = Dataset::draw(kit, pictures, args.seed, args.size() * 5 / 4, |progress| {
        show(&bar, "drawing", progress);
        interrupt::check()
    });
    bar.finish();
    Ok(data?)
}

fn read(args: &Args, path: &Path) -> Result<Dataset, Failure> {
    let folder = Folder::find(path, &Bounds::default())?;
    if !args.quiet {
        say(&format!("{}: {} pictures in {} classes", readable(path), folder.pictures(), folder.classes.len()));
    }
    let mut reading = Reading { size: args.size(), ..Reading::default() };
    reading.memory = args.memory.unwrap_or(reading.memory);
    let bar = Bar::new(args.quiet);
    let read = folder.read(&reading, |progress| {
        show(&bar, "reading", progress);
        interrupt::check()
    });
    bar.finish();
    let (data, unread) = read?;
    if !args.quiet {
        report(&unread);
    }
    Ok(data)
}

fn show(bar: &Bar, work: &str, DataProgress { done, total }: DataProgress) {
    bar.show_part(format!("{work} {done}/{total}"), done as f64 / total.max(1) as f64);
}

/// Names the first files that cannot be read.
fn report(unread: &[Unread]) {
    for Unread { path, reason } in unread.iter().take(NAMED) {
        say(&format!("warning: {}: left out: {reason}", readable(path)));
    }
    if unread.len() > NAMED {
        say(&format!("warning: {} more files were left out", unread.len() - NAMED));
    }
}
