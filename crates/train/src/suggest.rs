//! Finds the dream that suits a trained network, by a small sweep.

use std::collections::BTreeMap;

use oneiric::inspect::look::classify;
use oneiric::zoo::trained::{Architecture, Card};
use oneiric::zoo::{Network, Networks};
use oneiric::{Choices, Dream, LazyPhoto, Picture};

use crate::error::Error;

/// The class of what a network tells its things from; it is not dreamed of.
const OTHERS: [&str; 4] = ["other", "photo", "none", "background"];
/// The most classes of one dream.
const MOST_CLASSES: usize = 6;
/// Longer side of the dreams of the sweep, in pixels, and the seed of their landscape.
const SIDE: usize = 320;
const SEED: u64 = 7;

/// Options of a dream, by their names.
pub type DreamOptions = BTreeMap<String, String>;

/// Returns the names of the classes to dream of.
pub fn dreamed_classes(card: &Card) -> Vec<String> {
    let names = card.class_names();
    let real: Vec<String> =
        names.iter().filter(|name| !OTHERS.contains(&name.to_lowercase().as_str())).cloned().collect();
    if real.is_empty() { names } else { real }
}

/// The dreams that are tried: the class everywhere, alone and with some of a hidden layer.
fn candidates(card: &Card) -> Vec<DreamOptions> {
    let quoted = |name: &String| format!("everywhere('{}')", name.replace('\\', "\\\\").replace('\'', "\\'"));
    let classes = dreamed_classes(card);
    let sum = classes.iter().take(MOST_CLASSES).map(quoted).collect::<Vec<_>>().join(" + ");
    let hidden = match &card.architecture {
        Architecture::Zoo(name) if name == "squeezenet" => Some("fire8"),
        Architecture::Zoo(_) => Some("block12"),
        Architecture::Scratch(_) => None,
    };
    let less = match &classes[..] {
        [_] => {
            card.class_names().iter().find(|name| !classes.contains(name)).map(|other| format!(" - {}", quoted(other)))
        }
        _ => None,
    };
    let margin = format!("{sum}{}", less.unwrap_or_default());
    let mixed = hidden.map(|layer| format!("{margin} + 0.1*{layer}"));
    let options = |objective: &String, octaves: usize, step: f32| {
        let pairs = [
            ("objective", objective.clone()),
            ("octaves", octaves.to_string()),
            ("octave-scale", "1.35".into()),
            ("iterations", "18".into()),
            ("step", step.to_string()),
            ("chroma", "0.6".into()),
        ];
        pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    };
    let objectives: Vec<String> = [Some(margin), mixed].into_iter().flatten().collect();
    objectives
        .iter()
        .flat_map(|objective| [(4, 0.005), (5, 0.006)].map(|(octaves, step)| options(objective, octaves, step)))
        .collect()
}

/// The options of a dream that suits most networks with such a card: the first that [`suggest`] tries.
pub fn likely_dream(card: &Card) -> DreamOptions {
    candidates(card).swap_remove(0)
}

/// Dreams on a drawn landscape with each candidate, and returns the one in which `judge` sees most of what was dreamed of. The
/// judge is best a network that was trained apart from this one.
///
/// # Errors
/// If the network cannot dream.
pub fn suggest(network: &Network, card: &Card, judge: &Network) -> Result<DreamOptions, Error> {
    let mut networks = Networks::default();
    networks.insert(network.clone())?;
    let photo = LazyPhoto::landscape(SEED, Some(SIDE)).load().map_err(|e| Error::Dream(e.to_string()))?;
    let classes = dreamed_classes(card);
    let mut best: Option<(f64, DreamOptions)> = None;
    for options in candidates(card) {
        let dreamed = dream(&network.name, &options, &networks, photo.picture())?;
        let seen = classify(judge, &dreamed).map_err(oneiric_error)?;
        let score =
            seen.iter().filter(|class| classes.contains(&class.name)).map(|class| f64::from(class.probability)).sum();
        if best.as_ref().is_none_or(|(most, _)| score > *most) {
            best = Some((score, options));
        }
    }
    Ok(best.map(|(_, options)| options).unwrap_or_default())
}

fn dream(model: &str, options: &DreamOptions, networks: &Networks, photo: &Picture) -> Result<Picture, Error> {
    let given = options.iter().map(|(name, value)| (name.as_str(), vec![value.clone()]));
    let model = [("model", vec![model.to_owned()])];
    let choices = Choices::new(None, model.into_iter().chain(given)).map_err(oneiric_error)?;
    let settings = choices.settings(None, networks).map_err(oneiric_error)?;
    Dream::with_networks(settings, networks).and_then(|dream| dream.render(photo)).map_err(oneiric_error)
}

fn oneiric_error(error: oneiric::Error) -> Error {
    Error::Dream(error.to_string())
}
