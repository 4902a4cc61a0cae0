//! `oneiric learn`: the chapters about how networks see, in the studio.

use super::studio::{self, ServerArgs};
use crate::terminal::failure::Failure;

const AFTER_HELP: &str = "\
Examples:
  oneiric learn                         start the studio and open its chapters
  oneiric learn --no-open               start it and only print their address

The chapters are pages of the studio. If the studio is open already, they are at
its address, followed by /learn. Ctrl-C closes it.";

/// The page of the studio.
const PAGE: &str = "learn";

/// Learn how networks see: open the studio's chapters in the browser.
#[derive(clap::Args, Debug)]
#[command(after_help = AFTER_HELP)]
pub struct Args {
    #[command(flatten)]
    server: ServerArgs,
}

pub fn run(args: &Args) -> Result<(), Failure> {
    studio::open(&args.server, PAGE)
}
