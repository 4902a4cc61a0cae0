//! Dreams on a photo with the settings of a preset.
//!
//! ```text
//! cargo run --example dream_a_photo -- photo.jpg dream.png
//! ```
//!
//! Without arguments, it dreams a little on a small landscape and writes into the folder for temporary files.

use std::env;
use std::path::PathBuf;

use oneiric::{Dream, Error, Limits, Picture, SaveMode, Settings, landscape, picture, preset};

fn main() -> Result<(), Error> {
    let arguments: Vec<PathBuf> = env::args_os().skip(1).map(PathBuf::from).collect();
    let dogs = preset::preset("dogs")?.settings();
    let (photo, settings, to) = match &arguments[..] {
        [photo, to] => (Picture::open(photo, &Limits::default())?, dogs, to.clone()),
        _ => {
            let photo = Picture::new(192, 128, landscape::paint(192, 128, 1))?;
            (photo, Settings { octaves: 2, iterations: 4, ..dogs }, env::temp_dir().join("dream-of-a-photo.png"))
        }
    };
    let dream = Dream::new(settings)?.render(&photo)?;
    dream.save(&to, picture::DEFAULT_QUALITY, SaveMode::Overwrite)?;
    println!("{}", to.display());
    Ok(())
}
