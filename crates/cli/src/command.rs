//! The grammar of the command line: the sub-commands and the functions that run them.

use clap::builder::styling::{AnsiColor, Styles};
use clap::{CommandFactory, Parser, Subcommand};

use crate::commands::{
    bench, blend, dream, filter, imagine, learn, look, models, presets, recipe, search, sheet, shell, studio, test,
    train, watch,
};
use crate::terminal::failure::Failure;

const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Cyan.on_default().bold())
    .usage(AnsiColor::Cyan.on_default().bold())
    .literal(AnsiColor::Green.on_default())
    .placeholder(AnsiColor::Yellow.on_default());

const AFTER_HELP: &str = "\
Examples:
  oneiric dream photo.jpg               dream on a photo, write photo.dream.png
  oneiric dream photo.jpg -p NAME       use another look; `oneiric presets` lists them
  oneiric dream                         dream on a generated landscape
  oneiric dream photo.jpg --more birds  make birds appear
  oneiric studio                        do all this in the browser
  oneiric watch inbox -o dreams         dream on every picture put into inbox
  oneiric imagine --more goldfish -o fish.png
                                        make a picture from nothing
  oneiric blend photo.jpg photo.dream.png --strength 0.5
                                        weaken a dream without dreaming again
  oneiric dream --recipe photo.dream.png other.jpg
                                        repeat a dream on another photo
  oneiric train --kit eyeballs          train a network of your own, and dream with it
  oneiric look photo.jpg                show what the network sees in it
  oneiric filter photo.jpg              show what single kernels do to it
  oneiric learn                         learn how networks see, in the browser
  oneiric dream --help                  show all options of a command

Exit codes: 0 success; 2 wrong command or input; 1 any other failure (disk,
memory, a bug); 130 stopped by Ctrl-C.";

/// Deep Dream on your own computer: a neural network looks at a photo and amplifies whatever it faintly recognises.
#[derive(Parser, Debug)]
#[command(name = "oneiric", version, styles = STYLES, max_term_width = 100, after_help = AFTER_HELP)]
#[command(disable_help_subcommand = true)]
pub struct CommandLine {
    #[command(subcommand)]
    command: Option<Command>,
}

/// The sub-commands.
#[derive(Subcommand, Debug)]
pub enum Command {
    Dream(dream::Args),
    Studio(studio::Args),
    Watch(watch::Args),
    Imagine(imagine::Args),
    Blend(blend::Args),
    Sheet(sheet::Args),
    Look(look::Args),
    Filter(filter::Args),
    Learn(learn::Args),
    Search(search::Args),
    Train(train::Args),
    Test(test::Args),
    Models(models::Args),
    Presets(presets::Args),
    Recipe(recipe::Args),
    Bench(bench::Args),
    Completions(shell::Completions),
    Man(shell::Man),
}

/// Returns the sub-command of this process. Ends the process for `--help` and `--version`.
pub fn parse() -> Result<Command, Failure> {
    let line = CommandLine::try_parse()
        .or_else(|error| if error.use_stderr() { Err(Failure::usage(&error)) } else { error.exit() })?;
    line.command.ok_or_else(|| {
        // A reader that closes the pipe early is not an error.
        let _ = CommandLine::command().print_help();
        std::process::exit(0)
    })
}

impl Command {
    /// Runs the sub-command.
    pub fn run(self) -> Result<(), Failure> {
        match self {
            Self::Dream(args) => dream::run(&args),
            Self::Studio(args) => studio::run(&args),
            Self::Watch(args) => watch::run(&args),
            Self::Recipe(args) => recipe::run(&args),
            Self::Imagine(args) => imagine::run(&args),
            Self::Blend(args) => blend::run(&args),
            Self::Sheet(args) => sheet::run(&args),
            Self::Look(args) => look::run(&args),
            Self::Filter(args) => filter::run(&args),
            Self::Learn(args) => learn::run(&args),
            Self::Search(args) => search::run(&args),
            Self::Train(args) => train::run(&args),
            Self::Test(args) => test::run(&args),
            Self::Models(args) => models::run(&args),
            Self::Presets(args) => presets::run(&args),
            Self::Bench(args) => bench::run(&args),
            Self::Completions(args) => shell::completions(&args, &mut CommandLine::command()),
            Self::Man(args) => shell::man(&args, CommandLine::command()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_grammar_has_no_contradictions() {
        CommandLine::command().debug_assert();
    }
}
