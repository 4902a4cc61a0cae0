//! Times the steps of a training: `scripts/bench-training` runs it and compares with PyTorch.
//!
//! Usage: `time_steps squeezenet|lite0 [adversary] STEPS`. 16 pictures of 112 x 112 pixels, AdamW. Prints the milliseconds
//! of each step as JSON.

use std::time::Instant;

use oneiric_engine::shape::Size;
use oneiric_train::{Adversary, Example, Norm, SCORES, Trainer, TrainerSettings, add_classifier, operations_from};

const BATCH: usize = 16;
const SIZE: Size = Size { height: 112, width: 112 };
const WARM_UP: usize = 3;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let (model, adversary, steps) = match arguments[..] {
        [model, steps] => (model, None, steps),
        [model, "adversary", steps] => {
            (model, Some(Adversary { norm: Norm::L2, bound: 1.5, steps: 1, ramp: 0 }), steps)
        }
        _ => return Err("usage: time_steps squeezenet|lite0 [adversary] STEPS".into()),
    };
    // The layer with the features, and the first one that is trained.
    let (features, from) = if model == "lite0" { ("head", "block8") } else { ("fire9", "fire6") };
    let mut graph = oneiric_zoo::load(model)?.graph.clone();
    add_classifier(&mut graph, features, 2, 1)?;
    let trained = operations_from(&graph, from)?;
    let settings = TrainerSettings { adversary, ..TrainerSettings::default() };
    let mut trainer = Trainer::new(graph, SCORES, &trained, SIZE, settings)?;

    let values = SIZE.height * SIZE.width * 3;
    let picture = |i| (0..values).map(|v| ((v * (i + 3)) as f32 * 0.37).sin() * 0.5 + 0.5).collect();
    let pictures: Vec<Vec<f32>> = (0..BATCH).map(picture).collect();
    let examples: Vec<_> = pictures.iter().enumerate().map(|(i, picture)| Example { picture, class: i % 2 }).collect();
    let mut times = Vec::new();
    for _ in 0..WARM_UP + steps.parse::<usize>()? {
        let begun = Instant::now();
        trainer.step(&examples)?;
        times.push(format!("{:.3}", begun.elapsed().as_secs_f64() * 1e3));
    }
    println!("{{\"milliseconds\": [{}]}}", times[WARM_UP..].join(", "));
    Ok(())
}
