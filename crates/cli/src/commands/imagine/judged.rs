//! Pictures of a class that another network judges.

use std::ops::ControlFlow;

use oneiric::Picture;
use oneiric::imagine::{Imagination, ImagineProgress, Judge};
use serde::Serialize;

use crate::terminal::stderr::say;

/// What another network sees in a picture of a class.
#[derive(Serialize)]
pub struct Judgement {
    network: String,
    /// The picture's own seed.
    seed: u64,
    /// Whether the network's likeliest class is the one.
    named: bool,
    likeliest: String,
    probability: f32,
}

impl Judgement {
    pub fn say(&self) {
        let Self { network, seed, named, likeliest, probability } = self;
        let percent = 100.0 * probability;
        say(&if *named {
            format!("{network} sees {likeliest} in seed {seed} ({percent:.0} %)")
        } else {
            format!("{network} sees {likeliest}, and the class with {percent:.0} %; try another --seed or more --tries")
        });
    }
}

/// Draws pictures from `seed` on until the judge names the class of one, and returns that, or else the one with the highest
/// probability.
pub fn judged(
    imagination: &Imagination,
    judge: &Judge,
    seed: u64,
    tries: usize,
    mut watch: impl FnMut(usize, &ImagineProgress) -> ControlFlow<()>,
) -> Result<(Picture, Judgement), oneiric::Error> {
    let mut best: Option<(Picture, Judgement)> = None;
    for number in 0..tries {
        let picture = imagination.render_with(number as u64, |progress, _| watch(number, progress))?;
        let verdict = judge.verdict(&picture)?;
        let judgement = Judgement {
            network: judge.name().into(),
            seed: seed.wrapping_add(number as u64),
            named: verdict.named,
            likeliest: verdict.likeliest,
            probability: verdict.probability,
        };
        if verdict.named {
            return Ok((picture, judgement));
        }
        if best.as_ref().is_none_or(|(_, best)| verdict.probability > best.probability) {
            best = Some((picture, judgement));
        }
    }
    Ok(best.expect("at least one try"))
}
