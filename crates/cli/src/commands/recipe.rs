//! `oneiric recipe`: shows, saves and checks how a picture was made.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use clap::Subcommand;
use oneiric::picture::{readable, write_file};
use oneiric::recipe::{self, Recipe};
use oneiric::{Dream, Limits};
use oneiric_engine::executor;
use serde::Serialize;

use crate::terminal::failure::Failure;
use crate::terminal::stderr::say;
use crate::terminal::stdout::{print, print_json};
use crate::terminal::table::table;
use crate::work::converter;
use crate::work::destination::{check_file, mode};
use crate::work::loaded_recipe::LoadedRecipe;
use crate::work::networks::networks;

const AFTER_HELP: &str = "\
Examples:
  oneiric recipe show photo.dream.png          show how it was made
  oneiric recipe save photo.dream.png          save that as photo.dream.toml
  oneiric recipe check photo.dream.png photo.jpg
                                               check that the same bytes can be made here
  oneiric dream --recipe photo.dream.png other.jpg
                                               repeat the dream on another photo";

const AFTER_SHOW_HELP: &str = "\
Examples:
  oneiric recipe show photo.dream.png          show how it was made
  oneiric recipe show mine.toml --json         print a recipe as JSON
  curl -s URL | oneiric recipe show -          read a picture from a pipe";

const AFTER_SAVE_HELP: &str = "\
Examples:
  oneiric recipe save photo.dream.png          write photo.dream.toml next to it
  oneiric recipe save photo.dream.png -o looks/mine.toml
  oneiric dream looks/mine.toml                use it on a landscape
  oneiric dream --recipe looks/mine.toml photo.jpg
                                               use it on a photo";

const AFTER_CHECK_HELP: &str = "\
Examples:
  oneiric recipe check photo.dream.png         check networks, files and settings
  oneiric recipe check photo.dream.png photo.jpg
                                               also check that this is the photo

Exit codes: 0 if the same bytes can be made here, 2 if not.";

/// Show how a picture was made, save that as a text file, or check whether the picture can be made again.
#[derive(clap::Args, Debug)]
#[command(after_help = AFTER_HELP, disable_help_subcommand = true)]
pub struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand, Debug)]
enum Action {
    /// Print the recipe in a picture or a file.
    #[command(after_help = AFTER_SHOW_HELP)]
    Show {
        /// A picture made by Oneiric, or a recipe as TOML; - for standard input
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Save the recipe of a picture as a TOML file.
    #[command(after_help = AFTER_SAVE_HELP)]
    Save {
        /// A picture made by Oneiric; - for standard input
        #[arg(value_name = "PICTURE")]
        picture: PathBuf,
        /// Output file [default: next to the picture, with the extension .toml]
        #[arg(long, short, value_name = "FILE")]
        out: Option<PathBuf>,
        /// Replace an existing file
        #[arg(long)]
        overwrite: bool,
    },
    /// Check whether this program on this computer would make the same bytes from a recipe.
    #[command(after_help = AFTER_CHECK_HELP)]
    Check {
        /// A picture made by Oneiric, or a recipe as TOML; - for standard input
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// The photo of the recipe
        #[arg(value_name = "PICTURE")]
        photo: Option<PathBuf>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

pub fn run(args: &Args) -> Result<(), Failure> {
    match &args.action {
        Action::Show { file, json } => show(&LoadedRecipe::open(file)?.recipe, *json),
        Action::Save { picture, out, overwrite } => save(picture, out.as_deref(), *overwrite),
        Action::Check { file, photo, json } => check(&LoadedRecipe::open(file)?, photo.as_deref(), *json),
    }
}

fn show(recipe: &Recipe, json: bool) -> Result<(), Failure> {
    if json {
        return print_json(recipe);
    }
    // Names in a recipe may contain terminal escape codes.
    let shown = |c: char| if c.is_control() && c != '\n' { format!("\\u{:04X}", u32::from(c)) } else { c.into() };
    print(&recipe.write()?.chars().map(shown).collect::<String>())
}

fn save(picture: &Path, out: Option<&Path>, overwrite: bool) -> Result<(), Failure> {
    let out = match out {
        Some(out) => out.to_owned(),
        None if picture == Path::new("-") => {
            return Err(Failure::input("a recipe from standard input needs an output file; add -o FILE"));
        }
        None => picture.with_extension("toml"),
    };
    let mode = mode(overwrite);
    check_file(&out, mode)?;
    let text = LoadedRecipe::open(picture)?.recipe.write()?;
    write_file(&out, text.as_bytes(), mode)?;
    say(&format!("wrote {}", readable(&out)));
    Ok(())
}

/// Something that the bytes of a dream depend on, in the recipe and here.
#[derive(Serialize)]
struct Comparison {
    what: String,
    recipe: String,
    here: String,
    /// Whether both are the same; none if it was not checked.
    same: Option<bool>,
}

#[derive(Serialize)]
struct Report {
    same: bool,
    lines: Vec<Comparison>,
}

fn check(loaded: &LoadedRecipe, photo: Option<&Path>, json: bool) -> Result<(), Failure> {
    let lines = lines(loaded, photo)?;
    let differ: Vec<String> =
        lines.iter().filter(|line| line.same == Some(false)).map(|line| line.what.clone()).collect();
    if json {
        print_json(&Report { same: differ.is_empty(), lines })?;
    } else {
        let row = |line: &Comparison| {
            let verdict = line.same.map_or("not checked", |same| if same { "same" } else { "DIFFERENT" });
            [line.what.clone(), verdict.into(), short(&line.recipe), short(&line.here)]
        };
        print(&table(["what", "is", "in the recipe", "here"], &lines.iter().map(row).collect::<Vec<_>>()))?;
    }
    if differ.is_empty() {
        return Ok(());
    }
    Err(Failure::input(format!("the recipe may give different bytes here; these differ: {}", differ.join(", "))))
}

/// Shortens a hash to its first 16 digits.
fn short(text: &str) -> String {
    if text.len() == 64 { format!("{}…", text.chars().take(16).collect::<String>()) } else { text.into() }
}

fn lines(loaded: &LoadedRecipe, photo: Option<&Path>) -> Result<Vec<Comparison>, Failure> {
    let recipe = &loaded.recipe;
    let line = |what: &str, recorded: Option<&String>, here: String| Comparison {
        what: what.into(),
        recipe: recorded.map_or("not recorded".into(), |recorded| readable(recorded.as_ref())),
        same: Some(recorded == Some(&here)),
        here,
    };
    let mut lines = vec![
        line("program", recipe.program.as_ref(), recipe::program()),
        line("instructions", recipe.instructions.as_ref(), executor::default().device().into()),
        settings(recipe),
    ];
    let needed = recipe.settings.networks();
    let recorded = recipe.networks.keys().map(String::as_str);
    let hashes = recipe::hashes(needed.iter().copied().chain(recorded.clone()), networks());
    for name in needed.iter().copied().chain(recorded).collect::<BTreeSet<_>>() {
        let here = hashes.get(name).cloned().unwrap_or("none".into());
        lines.push(line(&format!("network {}", readable(name.as_ref())), recipe.networks.get(name), here));
    }
    lines.push(about_photo(recipe, photo)?);
    for file in recipe.places.files() {
        let found = loaded.find(file, "--mask, --region or --guide").is_ok();
        let here = if found { "found" } else { "not found, or different content" };
        let what = format!("file {}", readable(file.name.as_ref()));
        lines.push(Comparison { what, recipe: file.sha256.clone(), here: here.into(), same: Some(found) });
    }
    Ok(lines)
}

fn settings(recipe: &Recipe) -> Comparison {
    let dream = Dream::with_networks(recipe.settings.clone(), networks());
    let here = dream.as_ref().map_or_else(ToString::to_string, |_| "valid".into());
    Comparison { what: "settings".into(), recipe: recipe.settings.model.clone(), here, same: Some(dream.is_ok()) }
}

fn about_photo(recipe: &Recipe, photo: Option<&Path>) -> Result<Comparison, Failure> {
    let recorded = match &recipe.photo {
        Some(photo) => photo.sha256.clone().unwrap_or("landscape".into()),
        None => "not recorded".into(),
    };
    let here = match photo {
        Some(path) => recipe::sha256(converter::open(path, &Limits::default())?.bytes()),
        None if recorded == "landscape" => recorded.clone(),
        None => "no photo given".into(),
    };
    let checked = photo.is_some() || recorded == "landscape";
    Ok(Comparison { what: "photo".into(), same: checked.then_some(recorded == here), recipe: recorded, here })
}
