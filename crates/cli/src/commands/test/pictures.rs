//! `oneiric test`: how well a network names the pictures of a folder.

use oneiric::SaveMode;
use oneiric::picture::readable;
use oneiric_train::data::{Bounds, Dataset, Folder, Reading};
use oneiric_train::{Metrics, most_wrong, probabilities};
use oneiric_zoo::Network;
use serde::Serialize;

use super::Args;
use crate::terminal::failure::Failure;
use crate::terminal::interrupt;
use crate::terminal::progress::Bar;
use crate::terminal::stderr::say;
use crate::terminal::stdout::{print, print_json};
use crate::work::networks::networks;
use crate::work::trained_report::{self, Tested};

/// Pictures that are tested in one go.
const CHUNK: usize = 256;

#[derive(Serialize)]
struct Report<'a> {
    network: &'a str,
    classes: &'a [String],
    metrics: &'a Metrics,
    left_out: usize,
}

/// Tests a network on the pictures of a folder.
pub fn run(args: &Args) -> Result<(), Failure> {
    let mode = if args.overwrite { SaveMode::Overwrite } else { SaveMode::New };
    if let Some(path) = &args.mistakes {
        oneiric::picture::check_destination(path, mode)?;
    }
    let network = networks().get(&args.model)?;
    if args.path.is_file() {
        let name = &network.name;
        return Err(Failure::input(format!(
            "{name} looks at pictures; give it a folder with a sub-folder for each class"
        )));
    }
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
    print(&trained_report::summary(&metrics, &names, Tested::Pictures))
}

/// The pictures, and the number of files that cannot be read.
fn read(args: &Args, network: &Network) -> Result<(Dataset, usize), Failure> {
    let folder = Folder::find(&args.path, &Bounds::default())?;
    let mut reading = Reading { size: network.evaluation.input, ..Reading::default() };
    reading.memory = args.memory.unwrap_or(reading.memory);
    let bar = Bar::new(args.quiet);
    let read = folder.read(&reading, |progress| {
        bar.show_part("reading".into(), progress.done as f64 / progress.total.max(1) as f64);
        interrupt::check()
    });
    bar.finish();
    let (data, unread) = read?;
    let left_out = unread.len();
    if left_out > 0 && !args.quiet {
        say(&format!("warning: {left_out} files were left out, since they cannot be read"));
    }
    if data.samples.is_empty() {
        return Err(Failure::input(format!("{}: no picture in it can be read", readable(&args.path))));
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
