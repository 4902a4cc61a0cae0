//! The time and memory that a dream will take, estimated before it starts.

use std::time::Duration;

use oneiric::picture::PhotoMemory;
use oneiric::{Dream, Error};
use serde::Serialize;

use crate::args::OutputArgs;
use crate::terminal::failure::Failure;
use crate::terminal::progress::seconds;
use crate::terminal::stderr::say;
use crate::terminal::stdout::{print, print_json};

/// Shorter dreams are not announced.
const LONG: Duration = Duration::from_secs(10);

/// An estimate of the time and memory that a dream takes.
#[derive(Serialize)]
pub struct Forecast {
    width: usize,
    height: usize,
    seconds: f64,
    memory_bytes: u64,
    /// Width and height of the tiles, if there are several.
    tile: Option<[usize; 2]>,
}

impl Forecast {
    /// Estimates a dream on a photo that has this size and takes this memory, and is `kept` in memory or not.
    pub fn new(dream: &Dream, size: (usize, usize), photo: PhotoMemory, kept: bool) -> Result<Self, Error> {
        Ok(Self {
            width: size.0,
            height: size.1,
            seconds: dream.estimate(size)?.as_secs_f64(),
            memory_bytes: dream.memory(size, photo, kept)?,
            tile: dream.settings().tile.map(Into::into),
        })
    }

    /// Prints the forecast to standard output, as JSON if requested.
    pub fn print(&self, output_args: &OutputArgs) -> Result<(), Failure> {
        if output_args.json { print_json(self) } else { print(&format!("{}\n", self.text())) }
    }

    /// Prints the forecast to standard error if the dream takes long.
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
