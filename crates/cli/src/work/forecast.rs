//! What a dream will take, told before it begins.

use std::time::Duration;

use oneiric::{Dream, Error};
use serde::Serialize;

use crate::args::OutputArgs;
use crate::terminal::failure::Failure;
use crate::terminal::progress::seconds;
use crate::terminal::stderr::say;
use crate::terminal::stdout::{print, print_json};

/// What takes no longer needs no announcement.
const LONG: Duration = Duration::from_secs(10);

/// How long a dream will take and how much memory.
#[derive(Serialize)]
pub struct Forecast {
    width: usize,
    height: usize,
    seconds: f64,
    memory_bytes: u64,
    /// PixelSize of the tiles, if there are several.
    tile: Option<[usize; 2]>,
}

impl Forecast {
    /// Of a dream on a picture of this size, which is `kept` in memory.
    pub fn new(dream: &Dream, size: (usize, usize), kept: bool) -> Result<Self, Error> {
        Ok(Self {
            width: size.0,
            height: size.1,
            seconds: dream.estimate(size)?.as_secs_f64(),
            memory_bytes: dream.memory(size, kept)?,
            tile: dream.settings().tile.map(Into::into),
        })
    }

    /// On the standard output, as JSON if that is asked for.
    pub fn print(&self, output_args: &OutputArgs) -> Result<(), Failure> {
        if output_args.json { print_json(self) } else { print(&format!("{}\n", self.text())) }
    }

    /// On the standard error.
    pub fn say_if_long(&self) {
        if self.seconds > LONG.as_secs_f64() {
            say(&self.text());
        }
    }

    fn text(&self) -> String {
        let tiles = self.tile.map_or(String::new(), |[width, height]| format!(", in tiles of {width}x{height}"));
        let (time, megabytes) = (seconds(self.seconds, 1), self.memory_bytes / 1_000_000);
        format!("{}x{} takes about {time} and {megabytes} MB of memory{tiles}", self.width, self.height)
    }
}
