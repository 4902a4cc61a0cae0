//! `oneiric presets`: lists the looks.

use oneiric::preset::{DEFAULT, Preset, presets};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::args::report;
use crate::terminal::failure::Failure;
use crate::terminal::stdout::{print, print_json};
use crate::terminal::table::table;

const AFTER_HELP: &str = "\
Examples:
  oneiric presets                               list all looks
  oneiric dream photo.jpg --preset NAME         use one of them
  oneiric dream photo.jpg -p NAME --octaves 4   change one of its settings";

/// List the looks: hand-tuned combinations of a network, layers and settings.
#[derive(clap::Args, Debug)]
#[command(after_help = AFTER_HELP)]
pub struct Args {
    /// Print JSON, with all settings
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct PresetReport {
    name: &'static str,
    about: &'static str,
    default: bool,
    #[serde(flatten)]
    settings: Map<String, Value>,
}

pub fn run(args: &Args) -> Result<(), Failure> {
    if args.json {
        #[derive(Serialize)]
        struct List {
            presets: Vec<PresetReport>,
        }
        let look = |p: &Preset| PresetReport {
            name: p.name,
            about: p.about,
            default: p.name == DEFAULT,
            settings: report(&p.settings(), |_| true),
        };
        return print_json(&List { presets: presets().iter().map(look).collect() });
    }
    let row = |preset: &Preset| {
        let settings = preset.settings();
        let default = if preset.name == DEFAULT { " (the default)" } else { "" };
        [preset.name.into(), settings.model, settings.objective.to_string(), format!("{}{default}", preset.about)]
    };
    let rows: Vec<_> = presets().iter().map(row).collect();
    print(&table(["preset", "model", "grows", "what it does"], &rows))
}
