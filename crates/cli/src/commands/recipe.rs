//! `oneiric recipe`: how a picture was made, out of the picture.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use clap::Subcommand;
use oneiric::picture::{PictureFile, readable, write_file};
use oneiric::recipe::{self, Recipe};
use oneiric::{Dream, Limits};
use oneiric_engine::Isa;
use oneiric_zoo::Networks;
use serde::Serialize;

use crate::terminal::failure::Failure;
use crate::terminal::stderr::say;
use crate::terminal::stdout::{print, print_json};
use crate::terminal::table::table;
use crate::work::destination::{check_file, mode};
use crate::work::loaded_recipe::LoadedRecipe;

const AFTER_HELP: &str = "\
Examples:
  oneiric recipe show photo.dream.png          how it was made
  oneiric recipe save photo.dream.png          the same as photo.dream.toml, to change and to keep
  oneiric recipe check photo.dream.png photo.jpg
                                               can this program make the same bytes again?
  oneiric dream --recipe photo.dream.png other.jpg
                                               the same dream of another photo";

const AFTER_SHOW_HELP: &str = "\
Examples:
  oneiric recipe show photo.dream.png          how it was made
  oneiric recipe show mine.toml --json         as this program reads it, as JSON
  curl -s URL | oneiric recipe show -          from a pipe";

const AFTER_SAVE_HELP: &str = "\
Examples:
  oneiric recipe save photo.dream.png          into photo.dream.toml beside it
  oneiric recipe save photo.dream.png -o looks/mine.toml
  oneiric dream looks/mine.toml                on a landscape, or with --recipe on a photo";

const AFTER_CHECK_HELP: &str = "\
Examples:
  oneiric recipe check photo.dream.png         network by network, file by file
  oneiric recipe check photo.dream.png photo.jpg
                                               and whether this is the photo
Exit codes: 0 if the same bytes can be made here, 2 if not.";

/// Show how a picture was made, save it as a text, or check whether it can be made again.
#[derive(clap::Args, Debug)]
#[command(after_help = AFTER_HELP, disable_help_subcommand = true)]
pub struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand, Debug)]
enum Action {
    /// Print the recipe of a picture or a file, as this program reads it.
    #[command(after_help = AFTER_SHOW_HELP)]
    Show {
        /// A picture that Oneiric made, or a recipe as TOML; - for the standard input
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Save the recipe of a picture as a file of its own.
    #[command(after_help = AFTER_SAVE_HELP)]
    Save {
        /// A picture that Oneiric made; - for the standard input
        #[arg(value_name = "PICTURE")]
        picture: PathBuf,
        /// The file [default: beside the picture, with the ending .toml]
        #[arg(long, short, value_name = "FILE")]
        out: Option<PathBuf>,
        /// Replace the file if there is one
        #[arg(long)]
        overwrite: bool,
    },
    /// Tell whether this program on this computer makes the same bytes of a recipe.
    #[command(after_help = AFTER_CHECK_HELP)]
    Check {
        /// A picture that Oneiric made, or a recipe as TOML; - for the standard input
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// The photo that it may have been made on
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
    // A name in it may hold what commands a terminal.
    let shown = |c: char| if c.is_control() && c != '\n' { format!("\\u{:04X}", u32::from(c)) } else { c.into() };
    print(&recipe.write()?.chars().map(shown).collect::<String>())
}

fn save(picture: &Path, out: Option<&Path>, overwrite: bool) -> Result<(), Failure> {
    let out = match out {
        Some(out) => out.to_owned(),
        None if picture == Path::new("-") => return Err(Failure::input("say where the recipe goes: add -o FILE")),
        None => picture.with_extension("toml"),
    };
    let mode = mode(overwrite);
    check_file(&out, mode)?;
    let text = LoadedRecipe::open(picture)?.recipe.write()?;
    write_file(&out, text.as_bytes(), mode)?;
    say(&format!("wrote {}", readable(&out)));
    Ok(())
}

/// One thing that the bytes depend on.
#[derive(Serialize)]
struct Line {
    what: String,
    recipe: String,
    here: String,
    /// Whether both are the same; nothing where that was not asked.
    same: Option<bool>,
}

#[derive(Serialize)]
struct Report {
    same: bool,
    lines: Vec<Line>,
}

fn check(loaded: &LoadedRecipe, photo: Option<&Path>, json: bool) -> Result<(), Failure> {
    let lines = lines(loaded, photo)?;
    let differ: Vec<String> =
        lines.iter().filter(|line| line.same == Some(false)).map(|line| line.what.clone()).collect();
    if json {
        print_json(&Report { same: differ.is_empty(), lines })?;
    } else {
        let row = |line: &Line| {
            let verdict = line.same.map_or("not asked", |same| if same { "same" } else { "DIFFERENT" });
            [line.what.clone(), verdict.into(), short(&line.recipe), short(&line.here)]
        };
        print(&table(["what", "is", "in the recipe", "here"], &lines.iter().map(row).collect::<Vec<_>>()))?;
    }
    if differ.is_empty() {
        return Ok(());
    }
    Err(Failure::input(format!("this may give other bytes than the recipe was made with: {}", differ.join(", "))))
}

/// The beginning of a hash, by which people know it.
fn short(text: &str) -> String {
    if text.len() == 64 { format!("{}…", text.chars().take(16).collect::<String>()) } else { text.into() }
}

fn lines(loaded: &LoadedRecipe, photo: Option<&Path>) -> Result<Vec<Line>, Failure> {
    let recipe = &loaded.recipe;
    let line = |what: &str, told: Option<&String>, here: String| Line {
        what: what.into(),
        recipe: told.map_or("not told".into(), |told| readable(told.as_ref())),
        same: Some(told == Some(&here)),
        here,
    };
    let mut lines = vec![
        line("program", recipe.program.as_ref(), recipe::program()),
        line("instructions", recipe.instructions.as_ref(), Isa::detect().name().into()),
        settings(recipe),
    ];
    let needed = recipe.settings.networks();
    let told = recipe.networks.keys().map(String::as_str);
    let ours = recipe::hashes(needed.iter().copied().chain(told.clone()), &Networks::default());
    for name in needed.iter().copied().chain(told).collect::<BTreeSet<_>>() {
        let here = ours.get(name).cloned().unwrap_or("none".into());
        lines.push(line(&format!("network {}", readable(name.as_ref())), recipe.networks.get(name), here));
    }
    lines.push(about_photo(recipe, photo)?);
    for file in recipe.places.files() {
        let found = loaded.find(file, "--mask, --region or --guide").is_ok();
        let here = if found { "found" } else { "not found, or another file" };
        let what = format!("file {}", readable(file.name.as_ref()));
        lines.push(Line { what, recipe: file.sha256.clone(), here: here.into(), same: Some(found) });
    }
    Ok(lines)
}

fn settings(recipe: &Recipe) -> Line {
    let dream = Dream::new(recipe.settings.clone());
    let here = dream.as_ref().map_or_else(ToString::to_string, |_| "can be dreamed".into());
    Line { what: "settings".into(), recipe: recipe.settings.model.clone(), here, same: Some(dream.is_ok()) }
}

fn about_photo(recipe: &Recipe, photo: Option<&Path>) -> Result<Line, Failure> {
    let told = match &recipe.photo {
        Some(photo) => photo.sha256.clone().unwrap_or("landscape".into()),
        None => "not told".into(),
    };
    let here = match photo {
        Some(path) => recipe::sha256(PictureFile::open(path, &Limits::default())?.bytes()),
        None if told == "landscape" => told.clone(),
        None => "no photo given".into(),
    };
    let asked = photo.is_some() || told == "landscape";
    Ok(Line { what: "photo".into(), same: asked.then_some(told == here), recipe: told, here })
}
