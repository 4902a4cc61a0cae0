//! Trains the networks that are built in, and writes them as differences to SqueezeNet: `scripts/make-trained` runs it.

use std::ops::ControlFlow;
use std::path::Path;

use oneiric::zoo::trained::write_difference;
use oneiric_kits::{EYEBALLS, IMPRESSIONIST, Kit};
use oneiric_train::data::Dataset;
use oneiric_train::{Training, TrainingSettings};

/// Pictures of each class, and the seed of the pictures and of the training.
const PICTURES: usize = 600;
const SEED: u64 = 1;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::args().nth(1).ok_or("usage: make_trained FOLDER")?;
    make(&EYEBALLS, TrainingSettings { robust: 1.5, steps: 800, ..TrainingSettings::dreaming() }, &folder)?;
    // Strokes are fine patterns: larger changes would hide them.
    make(&IMPRESSIONIST, TrainingSettings { robust: 0.5, steps: 800, ..TrainingSettings::dreaming() }, &folder)
}

fn make(kit: &Kit, settings: TrainingSettings, folder: &str) -> Result<(), Box<dyn std::error::Error>> {
    let data = Dataset::draw(kit, PICTURES, SEED, settings.size * 5 / 4, |_| ControlFlow::Continue(()))?;
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
