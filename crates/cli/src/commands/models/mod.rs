//! `oneiric models`: lists the networks, and shows the layers of one.

pub mod plan;
mod tables;
mod trained;

use std::path::PathBuf;

use clap::Subcommand;
use oneiric_engine::Graph;
use oneiric_engine::shape::Size;
use oneiric_zoo::{Model, Network};
use serde::Serialize;

use crate::args::{PixelSize, architecture_names};
use crate::terminal::failure::Failure;
use crate::terminal::stdout::{print, print_json};
use crate::terminal::table::table;
use crate::work::networks::{folder, networks};

const AFTER_HELP: &str = "\
Examples:
  oneiric models                     list all networks
  oneiric models show squeezenet     show its layers, licence and source
  oneiric models show lite0 --plan 640x427
                                     show what runs for a picture of this size";

const AFTER_SHOW_HELP: &str = "\
Examples:
  oneiric models show squeezenet                  show its layers, licence and source
  oneiric models show lite0 --plan 640x427        show the steps that run, and their memory
  oneiric models show vgg16 --plan 640x427 -l features.8
                                                  show them up to one layer";

/// List the networks, or show the layers, licence and source of one.
#[derive(clap::Args, Debug)]
#[command(after_help = AFTER_HELP, disable_help_subcommand = true)]
pub struct Args {
    #[command(subcommand)]
    action: Option<Action>,
    /// Print JSON
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Subcommand, Debug)]
enum Action {
    /// Show the layers, licence and source of a network, or its execution plan.
    #[command(after_help = AFTER_SHOW_HELP)]
    Show {
        /// The network
        #[arg(value_name = "MODEL", value_parser = architecture_names(), ignore_case = true)]
        model: String,
        /// Show the execution plan for a picture of this size instead: fused operations and buffers
        #[arg(long, value_name = "WxH")]
        plan: Option<PixelSize>,
        /// The last layer of the plan [default: the default layer of the network]
        #[arg(long, short, value_name = "NAME", requires = "plan")]
        layer: Option<String>,
    },
    /// Give a network that you trained another name.
    Rename {
        /// The network
        #[arg(value_name = "NAME")]
        name: String,
        /// Its new name
        #[arg(value_name = "NEW")]
        new: String,
    },
    /// Delete a network that you trained.
    Delete {
        /// The network
        #[arg(value_name = "NAME")]
        name: String,
    },
    /// Write a network that you trained for PyTorch: tensors with torchvision's names; docs/training.md loads it.
    Export {
        /// The network
        #[arg(value_name = "NAME")]
        name: String,
        /// The file
        #[arg(value_name = "FILE.safetensors")]
        file: PathBuf,
        /// Replace an existing file
        #[arg(long)]
        overwrite: bool,
    },
}

#[derive(Serialize)]
struct About {
    name: &'static str,
    aliases: &'static [&'static str],
    title: &'static str,
    weights: &'static str,
    #[serde(flatten)]
    training: Option<TrainingReport>,
    default_layer: &'static str,
}

#[derive(Serialize)]
struct TrainingReport {
    trained_on: &'static str,
    licence: &'static str,
    source: &'static str,
}

impl From<&'static Model> for About {
    fn from(model: &'static Model) -> Self {
        let &Model { name, aliases, title, ref training, default_layer, .. } = model;
        let training = training.as_ref().map(|training| TrainingReport {
            trained_on: training.data,
            licence: training.licence,
            source: training.source,
        });
        Self { name, aliases, title, weights: weights(model), training, default_layer }
    }
}

/// The weights that a network runs with where trained ones are not required.
pub fn weights(model: &Model) -> &'static str {
    if model.training.is_some() { "trained" } else { "random" }
}

#[derive(Serialize)]
struct Layer {
    name: String,
    channels: usize,
    /// Distance of two positions in pixels of the picture; none if the layer has a single position.
    stride: Option<usize>,
}

#[derive(Serialize)]
struct ModelReport {
    #[serde(flatten)]
    about: About,
    layers: Vec<Layer>,
}

pub fn run(args: &Args) -> Result<(), Failure> {
    match &args.action {
        None => list(args.json),
        Some(Action::Rename { name, new }) => trained::rename(name, new),
        Some(Action::Delete { name }) => trained::delete(name),
        Some(Action::Export { name, file, overwrite }) => trained::write(name, file, *overwrite),
        Some(Action::Show { model, plan, .. }) if tables::is_one(model) => match plan {
            None => tables::show(model, args.json),
            Some(_) => Err(oneiric_zoo::Error::AnswersTables(model.clone()).into()),
        },
        Some(Action::Show { model, plan: None, .. }) if is_own(model) => {
            let (network, card) = folder()?.read(networks().name(model)?)?;
            if args.json {
                return trained::show_json(&network.name, card);
            }
            trained::show(&network.name, &card, &layer_table(&network.graph)?)
        }
        Some(Action::Show { model, plan: None, .. }) => show(&*oneiric_zoo::load_or_random(model)?, args.json),
        Some(Action::Show { model, plan: Some(sides), layer }) => {
            let network = if is_own(model) { networks().get(model)? } else { oneiric_zoo::load_or_random(model)? };
            plan::show(&network, *sides, layer.as_deref(), args.json)
        }
    }
}

fn is_own(model: &str) -> bool {
    networks().trained().any(|name| name.eq_ignore_ascii_case(model))
}

fn list(json: bool) -> Result<(), Failure> {
    let (models, untrained) = (oneiric_zoo::models().iter(), oneiric_zoo::untrained().iter());
    if json {
        #[derive(Serialize)]
        struct List {
            models: Vec<About>,
            untrained: Vec<About>,
            own: Vec<trained::Own>,
            tables: Vec<tables::Own>,
        }
        let (models, untrained) = (models.map(About::from).collect(), untrained.map(About::from).collect());
        return print_json(&List { models, untrained, own: trained::all(), tables: tables::all() });
    }
    let rows = models.map(|model| {
        let licence = model.training.as_ref().map_or("", |training| training.licence);
        [model.name, model.title, model.default_layer, licence].map(String::from)
    });
    let mut text = table(["model", "network", "default layer", "licence"], &rows.collect::<Vec<_>>());
    text += &trained::list(&trained::all());
    text += &tables::list(&tables::all());
    text += "\nArchitectures without trained weights yet, for `models show` and `bench` only:\n\n";
    let rows = untrained.map(|model| [model.name, model.title, model.default_layer].map(String::from));
    text += &table(["model", "network", "default layer"], &rows.collect::<Vec<_>>());
    print(&text)
}

fn show(network: &Network, json: bool) -> Result<(), Failure> {
    let report = ModelReport { about: oneiric_zoo::model(&network.name)?.into(), layers: layers(&network.graph)? };
    if json {
        return print_json(&report);
    }
    let ModelReport { about, .. } = report;
    let mut text = format!("{} ({})\n", about.title, about.name);
    match about.training {
        Some(TrainingReport { trained_on, licence, source }) => {
            text += &format!("trained on     {trained_on}\nlicence        {licence}\nsource         {source}\n");
        }
        None => text += &format!("weights        {}, not trained yet\n", about.weights),
    }
    text += &format!("default layer  {}\n\n", about.default_layer);
    print(&(text + &layer_table(&network.graph)?))
}

fn layer_table(graph: &Graph) -> Result<String, Failure> {
    let row = |layer: Layer| {
        let stride = layer.stride.map_or("whole picture".into(), |stride| stride.to_string());
        [layer.name, layer.channels.to_string(), stride]
    };
    Ok(table(["layer", "channels", "stride"], &layers(graph)?.into_iter().map(row).collect::<Vec<_>>()))
}

fn layers(graph: &Graph) -> Result<Vec<Layer>, Failure> {
    // Large enough that borders hardly change the ratio of the sizes.
    let side = 1024;
    let layer = |name: &str| {
        let shape = graph.layer_shape(name, Size { height: side, width: side })?;
        let stride = (shape.height as f64).recip() * side as f64;
        Ok(Layer {
            name: name.into(),
            channels: shape.channels,
            stride: (shape.height > 1).then_some(stride.round() as usize),
        })
    };
    graph.layers().map(layer).collect()
}
