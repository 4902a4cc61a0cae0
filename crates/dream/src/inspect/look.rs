//! What a network sees in a picture: classes, channels, exact activations and gradients.

use std::borrow::Cow;

use oneiric_engine::shape::{Shape, Size};
use oneiric_engine::{Plan, Program, Purpose, Session};
use oneiric_zoo::{Classifier, Network};

use crate::error::Error;
use crate::invalid::InvalidSetting;
use crate::picture::Picture;
use crate::picture::clear::visible;
use crate::picture::resize::resize;

/// A class and how likely the network thinks it is.
#[derive(Clone, Debug, PartialEq)]
pub struct Class {
    /// Its number among the network's classes.
    pub index: usize,
    /// Its name.
    pub name: String,
    /// Its synset in WordNet, for example `n01440764`, if it is one of ImageNet's classes.
    pub wordnet: Option<&'static str>,
    /// Its probability, 0…1.
    pub probability: f32,
}

/// A channel of a layer and how it responds to a picture.
#[derive(Clone, Debug, PartialEq)]
pub struct Channel {
    /// Its number.
    pub index: usize,
    /// Mean over all positions.
    pub mean: f32,
    /// Largest value.
    pub max: f32,
    /// Column and row of the largest value, in pixels of the picture.
    pub at: (usize, usize),
}

/// The activations of one layer.
#[derive(Clone, Debug, PartialEq)]
pub struct Activations {
    /// Channels, rows, columns.
    pub shape: Shape,
    /// The values in that order.
    pub values: Vec<f32>,
}

/// The classes of `picture`, the likeliest first, after the network's own evaluation preprocessing: the
/// middle of the shorter side, resized to the network's input. Colours of clear pixels do not count.
///
/// # Errors
/// A network without a classifier.
pub fn classify(network: &Network, picture: &Picture) -> Result<Vec<Class>, Error> {
    let no_classes = || InvalidSetting::unusable("model", format!("{} has no classes", network.name));
    let classifier = network.classifier.as_ref().ok_or_else(no_classes)?;
    let logits = activations(network, &evaluation_input(network, picture)?, &classifier.scores)?;
    Ok(classes_of(classifier, &logits.values))
}

/// The middle of a picture as the network sees it to classify it. Colours of clear pixels do not count.
pub(super) fn evaluation_input(network: &Network, picture: &Picture) -> Result<Picture, Error> {
    let crop = middle_square(&visible(Cow::Borrowed(picture)), network.evaluation.crop);
    let side = network.evaluation.input;
    let input = resize(&crop.1, (crop.0, crop.0), (side, side));
    Ok(Picture::new(side, side, input.iter().map(|v| v.clamp(0.0, 1.0)).collect())?)
}

/// The classes of these scores, the likeliest first.
pub(super) fn classes_of(classifier: &Classifier, scores: &[f32]) -> Vec<Class> {
    let max = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let powers: Vec<f32> = scores.iter().map(|v| (v - max).exp()).collect();
    let sum: f32 = powers.iter().sum();
    let (names, wordnet) = (classifier.classes.names(), classifier.classes.wordnet_ids());
    let class = |(index, power): (usize, &f32)| Class {
        index,
        name: names.get(index).copied().unwrap_or_default().to_owned(),
        wordnet: wordnet.get(index).copied(),
        probability: power / sum,
    };
    let mut classes: Vec<Class> = powers.iter().enumerate().map(class).collect();
    classes.sort_by(|a, b| b.probability.total_cmp(&a.probability));
    classes
}

/// The activations of `layer` on the picture as it is.
///
/// # Errors
/// An unknown layer, or a picture that the network cannot take.
pub fn activations(network: &Network, picture: &Picture, layer: &str) -> Result<Activations, Error> {
    let program = Program::new(&network.graph, &[layer])?;
    let plan = Plan::new(&program, size_of(picture), Purpose::Activations)?;
    let mut activations = Activations { shape: plan.layer_shape(0), values: Vec::new() };
    Session::new(plan)?.activations(picture.pixels(), |_, map| activations.values = map.to_chw())?;
    Ok(activations)
}

/// The gradient of ½·mean(a²) over the activations a of `layer`, with respect to the picture in 0…1, in
/// the order channels (red, green, blue), rows, columns.
///
/// # Errors
/// An unknown layer, or a picture that the network cannot take.
pub fn gradient(network: &Network, picture: &Picture, layer: &str) -> Result<Activations, Error> {
    let program = Program::new(&network.graph, &[layer])?;
    let size = size_of(picture);
    let mut session = Session::new(Plan::new(&program, size, Purpose::Gradient)?)?;
    let gradient = session.gradient(picture.pixels(), |_, activation, mut gradient| {
        let count = activation.shape().values() as f32;
        gradient.for_each_pixel(|y, x, to| {
            to.fill(0.0);
            to.iter_mut().zip(activation.pixel(y, x)).for_each(|(to, a)| *to = a / count);
        });
    })?;
    let shape = Shape::new(3, size.height, size.width);
    let values = (0..3).flat_map(|c| gradient.iter().skip(c).step_by(3).copied()).collect();
    Ok(Activations { shape, values })
}

/// The channels of a layer, those with the largest mean first. `picture` is the size of the picture that
/// the activations belong to.
pub fn strongest_channels(activations: &Activations, picture: (usize, usize)) -> Vec<Channel> {
    let Shape { height, width, .. } = activations.shape;
    let mut channels: Vec<Channel> = activations
        .values
        .chunks(height * width)
        .enumerate()
        .map(|(index, map)| {
            let (at, max) = map
                .iter()
                .copied()
                .enumerate()
                .fold((0, f32::NEG_INFINITY), |best, (i, value)| if value > best.1 { (i, value) } else { best });
            let scale = |position: usize, cells: usize, pixels: usize| (position * 2 + 1) * pixels / (cells * 2);
            Channel {
                index,
                mean: (map.iter().map(|&v| f64::from(v)).sum::<f64>() / map.len() as f64) as f32,
                max,
                at: (scale(at % width, width, picture.0), scale(at / width, height, picture.1)),
            }
        })
        .collect();
    channels.sort_by(|a, b| b.mean.total_cmp(&a.mean));
    channels
}

pub(super) fn size_of(picture: &Picture) -> Size {
    Size { height: picture.height(), width: picture.width() }
}

/// The middle square whose side is `part` of the picture's shorter side: its side and pixels.
fn middle_square(picture: &Picture, part: f32) -> (usize, Vec<f32>) {
    let (width, height) = (picture.width(), picture.height());
    let side = ((width.min(height) as f32 * part).round() as usize).max(1);
    let (left, top) = ((width - side) / 2, (height - side) / 2);
    let row = |y: usize| &picture.pixels()[((top + y) * width + left) * 3..][..side * 3];
    (side, (0..side).flat_map(|y| row(y).iter().copied()).collect())
}
