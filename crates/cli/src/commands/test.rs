//! `oneiric test`: how well a network names the pictures of a folder.

use std::path::PathBuf;

use oneiric::SaveMode;
use oneiric::picture::readable;
use oneiric_train::data::{Bounds, Dataset, Folder, Reading};
use oneiric_train::{Metrics, most_wrong, probabilities};
use oneiric_zoo::Network;
use serde::Serialize;

use crate::args::{Threads, bytes, model_names};
use crate::terminal::failure::Failure;
use crate::terminal::interrupt;
use crate::terminal::progress::Bar;
use crate::terminal::stderr::say;
use crate::terminal::stdout::{print, print_json};
use crate::work::networks::networks;
use crate::work::trained_report;

const AFTER_HELP: &str = "\
Examples:
  oneiric test pets more-pets                  the folder has a sub-folder for each class
  oneiric test pets more-pets --mistakes wrong.png
                                               draw what it names wrong
  oneiric test pets more-pets --json           print all numbers";

/// Pictures that are tested in one go.
const CHUNK: usize = 256;

/// Test a network on the pictures of a folder, with one sub-folder for each class
#[derive(clap::Args, Debug)]
#[command(after_help = AFTER_HELP)]
pub struct Args {
    /// The network
    #[arg(value_name = "NAME", value_parser = model_names(), ignore_case = true)]
    model: String,
    /// The folder; the names of its sub-folders are classes of the network
    #[arg(value_name = "FOLDER")]
    folder: PathBuf,
    /// Draw the pictures that it names wrong
    #[arg(long, value_name = "FILE.png")]
    mistakes: Option<PathBuf>,
    /// Memory for the pictures
    #[arg(long, value_name = "SIZE", value_parser = bytes)]
    memory: Option<u64>,
    /// Replace existing files
    #[arg(long)]
    overwrite: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
    /// Print no progress
    #[arg(long, short)]
    quiet: bool,
    #[command(flatten)]
    threads: Threads,
}

#[derive(Serialize)]
struct Report<'a> {
    network: &'a str,
    classes: &'a [String],
    metrics: &'a Metrics,
    left_out: usize,
}

pub fn run(args: &Args) -> Result<(), Failure> {
    let mode = if args.overwrite { SaveMode::Overwrite } else { SaveMode::New };
    if let Some(path) = &args.mistakes {
        oneiric::picture::check_destination(path, mode)?;
    }
    let network = networks().get(&args.model)?;
    args.threads.apply()?;
    interrupt::catch();
    let (data, left_out) = read(args, &network)?;
    let names: Vec<String> = network.classifier.iter().flat_map(|c| c.classes.names()).map(String::from).collect();
    let classes = of_network(&data, &names, &network.name)?;
    let bar = Bar::new(args.quiet);
    let pictures: Vec<_> = data.samples.iter().map(|sample| &sample.picture).collect();
    let mut answers = Vec::with_capacity(pictures.len());
    for chunk in pictures.chunks(CHUNK) {
        if interrupt::check().is_break() {
            return Err(Failure::stopped());
        }
        bar.show_part("testing".into(), answers.len() as f64 / pictures.len() as f64);
        answers.extend(probabilities(&network, chunk)?);
    }
    bar.finish();
    let metrics = Metrics::new(&classes, &answers)?;
    if let Some(path) = &args.mistakes {
        let data = Dataset { classes: names.clone(), ..renamed(data, &classes) };
        let all: Vec<usize> = (0..classes.len()).collect();
        let mistakes = most_wrong(&classes, &answers, classes.len())?;
        if !trained_report::sheet(path, &data, &all, &mistakes, mode)? && !args.quiet {
            say("it names every picture right, so no sheet is drawn");
        }
    }
    if args.json {
        return print_json(&Report { network: &network.name, classes: &names, metrics: &metrics, left_out });
    }
    print(&trained_report::summary(&metrics, &names))
}

/// The pictures, and the number of files that cannot be read.
fn read(args: &Args, network: &Network) -> Result<(Dataset, usize), Failure> {
    let folder = Folder::find(&args.folder, &Bounds::default())?;
    let mut reading = Reading { size: network.evaluation.input, ..Reading::default() };
    reading.memory = args.memory.unwrap_or(reading.memory);
    let bar = Bar::new(args.quiet);
    let read = folder.read(&reading, |progress| {
        bar.show_part("reading".into(), progress.done as f64 / progress.total.max(1) as f64);
        interrupt::check()
    });
    bar.finish();
    let (data, unread) = read?;
    let left_out = folder.left_out.len() + unread.len();
    if left_out > 0 && !args.quiet {
        say(&format!("warning: {left_out} files were left out, since they cannot be read"));
    }
    if data.samples.is_empty() {
        return Err(Failure::input(format!("{}: no picture in it can be read", readable(&args.folder))));
    }
    Ok((data, left_out))
}

/// The class of each picture among those of the network.
fn of_network(data: &Dataset, names: &[String], network: &str) -> Result<Vec<usize>, Failure> {
    let place = |class: &String| {
        let found = names.iter().position(|name| name.to_lowercase() == class.to_lowercase());
        found.ok_or_else(|| {
            let some = names.iter().take(10).cloned().collect::<Vec<_>>().join(", ");
            Failure::input(format!("{network} has no class '{class}'; name the sub-folders after its classes: {some}"))
        })
    };
    let places = data.classes.iter().map(place).collect::<Result<Vec<_>, _>>()?;
    Ok(data.samples.iter().map(|sample| places[sample.class]).collect())
}

fn renamed(mut data: Dataset, classes: &[usize]) -> Dataset {
    data.samples.iter_mut().zip(classes).for_each(|(sample, &class)| sample.class = class);
    data
}
