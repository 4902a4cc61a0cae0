//! `oneiric completions` and `oneiric man`: completion scripts and manual pages, from the same declarations as
//! `--help`.

use clap::Command;
use clap_complete::Shell;

use crate::terminal::failure::Failure;
use crate::terminal::stdout::print;

const COMPLETIONS_HELP: &str = "\
Examples:
  oneiric completions bash > ~/.local/share/bash-completion/completions/oneiric
  oneiric completions zsh > ~/.zfunc/_oneiric          with fpath+=~/.zfunc in .zshrc
  oneiric completions fish > ~/.config/fish/completions/oneiric.fish
  oneiric completions powershell >> $PROFILE";

const MAN_HELP: &str = "\
Examples:
  oneiric man > oneiric.1                              write the page of the program
  oneiric man dream | man -l -                         show the page of a command";

/// Print a shell completion script for commands, options and names.
#[derive(clap::Args, Debug)]
#[command(after_help = COMPLETIONS_HELP)]
pub struct Completions {
    /// The shell
    #[arg(value_name = "SHELL")]
    shell: Shell,
}

/// Print the manual page of the program or of one command.
#[derive(clap::Args, Debug)]
#[command(after_help = MAN_HELP)]
pub struct Man {
    /// The command [default: the whole program]
    #[arg(value_name = "COMMAND")]
    command: Option<String>,
}

/// Prints the completion script of `program`.
pub fn completions(args: &Completions, program: &mut Command) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, program, "oneiric", &mut script);
    print(&String::from_utf8_lossy(&script))
}

/// Prints the manual page of `all` commands or of one of them.
pub fn man(args: &Man, mut all: Command) -> Result<(), Failure> {
    all.build();
    let page_of = match &args.command {
        None => clap_mangen::Man::new(all),
        Some(name) => clap_mangen::Man::new(named(&all, name)?).title(format!("oneiric-{name}")),
    };
    let mut page = Vec::new();
    let written = page_of.render(&mut page);
    written.map_err(|e| Failure::internal(format!("cannot write the manual page: {e}")))?;
    print(&String::from_utf8_lossy(&page))
}

fn named(all: &Command, name: &str) -> Result<Command, Failure> {
    all.find_subcommand(name).cloned().ok_or_else(|| {
        let names: Vec<&str> = all.get_subcommands().map(Command::get_name).collect();
        Failure::input(format!("unknown command '{name}'; the commands are {}", names.join(", ")))
    })
}
