//! Trains the networks that are built in, and writes them as differences to SqueezeNet: `scripts/make-trained` runs it.

use std::ops::ControlFlow;
use std::path::Path;

use oneiric::zoo::trained::write_difference;
use oneiric_kits::{EYEBALLS, IMPRESSIONIST, Kit};
use oneiric_train::data::Dataset;
use oneiric_train::{Training, TrainingSettings};

/// Pictures of each class.
const PICTURES: usize = 600;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::args().nth(1).ok_or("usage: make_trained FOLDER")?;
    // The seeds are chosen by eye, of the dreams of a few.
    make(&EYEBALLS, TrainingSettings { robust: 1.5, seed: 2, ..settings() }, &folder)?;
    // Strokes are fine patterns: larger changes would hide them.
    make(&IMPRESSIONIST, TrainingSettings { robust: 0.5, seed: 5, ..settings() }, &folder)
}

fn settings() -> TrainingSettings {
    TrainingSettings { steps: 800, ..TrainingSettings::dreaming() }
}

/// Draws the kit's pictures from the training's seed, trains, and writes the network.
fn make(kit: &Kit, settings: TrainingSettings, folder: &str) -> Result<(), Box<dyn std::error::Error>> {
    let data = Dataset::draw(kit, PICTURES, settings.seed, settings.size * 5 / 4, |_| ControlFlow::Continue(()))?;
    let mut training = Training::new(data, settings)?;
    while !training.is_over() {
        let progress = training.step()?;
        if let Some(evaluation) = progress.evaluation {
            println!(
                "{} step {}: loss {:.4}, accuracy {}",
                kit.name, progress.step, evaluation.loss, evaluation.accuracy
            );
        }
    }
    let trained = training.finish()?;
    let path = Path::new(folder).join(kit.name).with_extension("safetensors");
    std::fs::write(path, write_difference(&trained.card, &trained.graph)?)?;
    Ok(())
}
