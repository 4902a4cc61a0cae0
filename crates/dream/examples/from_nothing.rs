//! Makes a picture from nothing: what a channel of a network responds to most.
//!
//! ```text
//! cargo run --example from_nothing
//! ```

use oneiric::imagine::{Imagination, Imagine};
use oneiric::zoo::Networks;
use oneiric::{Error, Objective, SaveMode, picture};

fn main() -> Result<(), Error> {
    let networks = Networks::default();
    let objective = Objective::read("channel(fire5, 17)", "squeezenet", &networks)?;
    // 256 steps show more.
    let settings = Imagine { size: (96, 96), steps: 16, ..Imagine::default() };
    let imagination = Imagination::new(settings, &objective, "squeezenet", None, &networks)?;
    let to = std::env::temp_dir().join("from-nothing.png");
    imagination.render(0)?.save(&to, picture::DEFAULT_QUALITY, SaveMode::Overwrite)?;
    println!("{}", to.display());
    Ok(())
}
