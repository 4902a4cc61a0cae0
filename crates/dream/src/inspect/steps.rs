//! A picture on its way through a network: the maps of every layer.

use oneiric_engine::shape::{Shape, Size};
use oneiric_engine::{Plan, Program, Purpose, Session};
use oneiric_zoo::Network;

use super::look::{Activations, Channel, Class, classes_of, evaluation_input, strongest_channels};
use crate::error::Error;
use crate::invalid::InvalidSetting;
use crate::picture::Picture;

/// What a network computes of a picture, from the first layer to the classes.
#[derive(Clone, Debug, PartialEq)]
pub struct Steps {
    /// The picture as the network sees it: the middle of the photo in the size of the network's input, RGB in 0…1.
    pub input: Picture,
    /// The layers, from the first on.
    pub layers: Vec<Step>,
    /// All classes, the likeliest first; none if the network has no classifier.
    pub classes: Vec<Class>,
}

/// A layer and its strongest channels.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// Its name.
    pub layer: String,
    /// Channels, rows, columns of the whole layer.
    pub shape: Shape,
    /// The channels with the largest means, the largest first.
    pub strongest: Vec<Channel>,
    /// The activations of these channels, each `[rows][columns]`.
    pub maps: Vec<Vec<f32>>,
}

/// Runs a network on the middle of a picture, prepared as for [`classify`](super::look::classify), and returns what each
/// layer computes, with its `top` strongest channels.
///
/// The layers are those of [`main_layers`].
///
/// # Errors
/// A network without layers.
pub fn steps(network: &Network, picture: &Picture, top: usize) -> Result<Steps, Error> {
    let input = evaluation_input(network, picture)?;
    let (width, height) = (input.width(), input.height());
    let mut wanted = main_layers(network);
    if wanted.is_empty() {
        return Err(InvalidSetting::unusable("model", format!("{} has no layers", network.name)).into());
    }
    wanted.extend(network.classifier.as_ref().map(|classifier| classifier.scores.as_str()));
    let program = Program::new(&network.graph, &wanted)?;
    let plan = Plan::new(&program, Size { height, width }, Purpose::Activations)?;
    let shapes: Vec<Shape> = (0..wanted.len()).map(|layer| plan.layer_shape(layer)).collect();
    let mut values = vec![Vec::new(); wanted.len()];
    Session::new(plan)?.activations(input.pixels(), |layer, map| values[layer] = map.to_chw())?;
    let scores = network.classifier.as_ref().zip(values.last());
    let classes = scores.map_or_else(Vec::new, |(classifier, scores)| classes_of(classifier, scores));
    let step = |((layer, shape), values): ((&str, Shape), Vec<f32>)| {
        let activations = Activations { shape, values };
        let mut strongest = strongest_channels(&activations, (width, height));
        strongest.truncate(top);
        let map = |channel: &Channel| activations.values[channel.index * shape.pixels()..][..shape.pixels()].to_vec();
        let maps = strongest.iter().map(map).collect();
        Step { layer: layer.into(), shape, strongest, maps }
    };
    let count = wanted.len() - usize::from(network.classifier.is_some());
    let layers = wanted.into_iter().zip(shapes).zip(values).take(count).map(step).collect();
    Ok(Steps { input, layers, classes })
}

/// Returns the layers of a network that are neither parts of another layer (`block3.expand` of `block3`) nor scores of its
/// classes, from the first to the last.
pub fn main_layers(network: &Network) -> Vec<&str> {
    let is_part = |name: &str| name.rsplit_once('.').is_some_and(|(whole, _)| network.graph.layer(whole).is_ok());
    let is_scores = |name: &str| {
        network.classifier.as_ref().is_some_and(|classifier| classifier.scores == name)
            || network.class_map() == Some(name)
    };
    network.graph.layers().filter(|name| !is_part(name) && !is_scores(name)).collect()
}

/// Sides of the tiles of a sheet in pixels.
#[cfg(feature = "fonts")]
const SIDES: std::ops::RangeInclusive<usize> = 96..=192;
/// The most classes on a sheet.
#[cfg(feature = "fonts")]
const CLASSES: usize = 5;

#[cfg(feature = "fonts")]
impl Steps {
    /// Draws all steps on one sheet: first the picture and its three colours, then one row a layer with the maps of its
    /// strongest channels, last the likeliest classes. A map is dark at its smallest value and bright at its largest; its
    /// positions are squares, not smoothed.
    ///
    /// # Errors
    /// [`PictureError::OutOfMemory`](crate::PictureError::OutOfMemory) if the sheet is too large for this machine.
    pub fn sheet(&self, title: &str) -> Result<Picture, Error> {
        use super::heat::glow;
        use super::sheet::rows::Rows;
        use crate::picture::resize::{nearest, resized};

        let (width, height) = (self.input.width(), self.input.height());
        // Half the input: the positions of its layers, which halve it again and again, are squares of whole pixels.
        let side = (width / 2).clamp(*SIDES.start(), *SIDES.end());
        let mut rows = Rows::new(side, title);
        let photo = resized(&self.input, (side, side));
        let colour = |c: usize| {
            let mut plane = photo.clone();
            plane.pixels_mut().iter_mut().enumerate().filter(|(i, _)| i % 3 != c).for_each(|(_, value)| *value = 0.0);
            plane
        };
        let colours = ["red", "green", "blue"].into_iter().enumerate().map(|(c, name)| (colour(c), name.into()));
        let tiles = std::iter::once((photo.clone(), "all colours".into())).chain(colours).collect();
        rows.add("photo", vec![format!("{width}×{height} pixels"), "3 colours".into()], tiles);
        for step in &self.layers {
            let Shape { channels, height, width } = step.shape;
            let tile = |(channel, map): (&Channel, &Vec<f32>)| {
                let extend = |(least, most): (f32, f32), &value: &f32| (least.min(value), most.max(value));
                let (least, most) = map.iter().fold((f32::INFINITY, f32::NEG_INFINITY), extend);
                let scale = (most - least).max(f32::MIN_POSITIVE);
                let pixels = map.iter().flat_map(|value| glow((value - least) / scale)).collect();
                let map = Picture::new(width, height, pixels).expect("a map has a value at each position");
                (nearest(&map, (side, side)), format!("channel {}", channel.index))
            };
            let tiles = step.strongest.iter().zip(&step.maps).map(tile).collect();
            rows.add(&step.layer, vec![format!("{width}×{height}"), format!("{channels} channels")], tiles);
        }
        if !self.classes.is_empty() {
            let bars = self.classes.iter().take(CLASSES).map(|class| (class.name.clone(), class.probability)).collect();
            rows.add_bars("classes", vec![format!("{} in all", self.classes.len())], bars);
        }
        Ok(rows.render()?)
    }
}

#[cfg(all(test, feature = "weights", feature = "fonts"))]
mod tests {
    use super::*;
    use crate::inspect::look::{activations, classify};

    fn photo() -> Picture {
        let value = |i: usize| 0.5 + 0.4 * (i as f32 * 0.013).sin();
        Picture::new(90, 60, (0..90 * 60 * 3).map(value).collect()).unwrap()
    }

    #[test]
    fn every_layer_has_its_size_and_strongest_channels_and_the_last_step_are_the_classes() {
        let network = oneiric_zoo::load("squeezenet").unwrap();
        let seen = steps(&network, &photo(), 3).unwrap();
        // The network's input is 227 pixels wide.
        let about: Vec<_> =
            seen.layers.iter().map(|step| (&*step.layer, step.shape.channels, step.shape.width)).collect();
        assert_eq!(about[..3], [("conv1", 64, 114), ("fire2", 128, 57), ("fire3", 128, 57)]);
        assert!(about.iter().all(|(layer, ..)| !layer.contains('.') && *layer != "logits"));
        assert_eq!(seen.classes, classify(&network, &photo()).unwrap());
        let step = &seen.layers[4];
        let alone = activations(&network, &seen.input, &step.layer).unwrap();
        assert_eq!(step.strongest, strongest_channels(&alone, (227, 227))[..3]);
        let map = &alone.values[step.strongest[1].index * step.shape.pixels()..][..step.shape.pixels()];
        assert_eq!(step.maps[1], map);
    }

    #[test]
    fn the_sheet_has_a_row_for_each_step() {
        let network = oneiric_zoo::load("squeezenet").unwrap();
        let [few, many] = [2, 7].map(|top| steps(&network, &photo(), top).unwrap().sheet("steps").unwrap());
        assert!(few.width() < many.width() && few.height() == many.height());
        assert!(many.height() > 10 * 113, "{} rows of pixels", many.height());
        assert!(many.pixels().iter().all(|value| (0.0..=1.0).contains(value)));
    }
}
