//! Dreams of a weighted sum: two layers, one of them weakened, and a word; shows how far the dream is.
//!
//! ```text
//! cargo run --example layers_and_a_word
//! ```

use std::ops::ControlFlow;

use oneiric::zoo::Networks;
use oneiric::{Dream, Error, Objective, Picture, SaveMode, Settings, landscape, picture};

fn main() -> Result<(), Error> {
    // The same sum can be built from values or read from text.
    let sum = Objective::read("block9 - 0.3*block3", "lite0", &Networks::default())?;
    let objective = sum + Objective::of_word("flower", &Networks::default())? * 2.0;
    println!("maximising {objective}");

    let photo = Picture::new(192, 128, landscape::paint(192, 128, 2))?;
    let settings = Settings { objective, octaves: 2, iterations: 4, ..Settings::new("lite0", "block9") };
    let dream = Dream::new(settings)?.render_with(&photo, |progress, _| {
        println!("octave {} of {}: {:.0} %", progress.octave, progress.octaves, 100.0 * progress.done);
        ControlFlow::Continue(())
    })?;
    let to = std::env::temp_dir().join("layers-and-a-word.png");
    dream.save(&to, picture::DEFAULT_QUALITY, SaveMode::Overwrite)?;
    println!("{}", to.display());
    Ok(())
}
