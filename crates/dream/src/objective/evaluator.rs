//! An objective with its networks: from a picture to the gradient that lets the objective grow.
//!
//! Three steps lead there, as in the engine. An [`Evaluator`] has the networks, each cut at the layers that are asked
//! for, whatever the picture: several layers of one network take one pass. [`Evaluator::bind`] looks at the photo and
//! the guide, once a dream. An [`Evaluation`] has the buffers for one size of picture.

use std::sync::Arc;

use oneiric_engine::shape::Size;
use oneiric_engine::{Plan, Program, Purpose, Rectifier, Session};
use oneiric_zoo::Network;

use super::measure::{Measure, copy_positions, means, of_length_one};
use super::on_picture::OnPicture;
use super::{Channels, Objective, Value};
use crate::error::Error;
use crate::jitter::roll;
use crate::picture::Picture;
use crate::resize::shrunk;
use crate::settings::InvalidSetting;

/// The size at which layers are asked for their channels, which do not depend on it.
pub(super) const PROBE: Size = Size { height: 256, width: 256 };
/// Longer side, in pixels, of the photo on which channels are chosen.
const CHOICE_SIDE: usize = 512;
/// Longer side, in pixels, of the guide: every position of the picture is compared with every one of the guide.
pub(crate) const GUIDE_SIDE: usize = 256;

/// Steps of an octave in which dead units are rescued, as in lucid: afterwards a zero gradient means that nothing is left
/// to climb. A picture from nothing has nothing else to show, and is rescued as long as need be.
pub const RESCUED_STEPS: usize = 16;

/// An objective with its networks, for pictures of any size.
#[derive(Debug)]
pub struct Evaluator {
    parts: Vec<Part>,
    on_picture: Vec<(f32, OnPicture)>,
}

/// What is wanted of one network.
struct Wanted {
    network: Network,
    layers: Vec<Layer>,
}

/// A network cut at its wanted layers.
#[derive(Debug)]
struct Part {
    program: Arc<Program>,
    layers: Vec<Layer>,
}

#[derive(Debug)]
struct Layer {
    name: String,
    channels: usize,
    terms: Vec<(f32, Value)>,
    /// The channels of the whole layer that count, and whether they are chosen again for every gradient.
    choice: Option<(Channels, bool)>,
}

/// The pictures that an objective may be about.
#[derive(Clone, Copy, Debug, Default)]
pub struct References<'a> {
    /// The photo that is dreamed on, or nothing if the picture grows from nothing.
    pub photo: Option<&'a Picture>,
    /// The guide.
    pub guide: Option<&'a Picture>,
}

impl Evaluator {
    /// Builds the networks of `objective`, those without a name being `model`, and cuts them at its layers. Of the
    /// layers that it strengthens as a whole only `channels` count, chosen once on the photo or `again` for every
    /// gradient.
    ///
    /// # Errors
    /// A network, layer, channel or word that does not exist; an objective without terms.
    pub fn new(objective: &Objective, model: &str, channels: &Channels, again: bool) -> Result<Self, Error> {
        if objective.terms.is_empty() {
            return Err(InvalidSetting("there is nothing to grow: name a layer, an objective or a word".into()).into());
        }
        let (mut wanted, mut on_picture) = (Vec::new(), Vec::new());
        for (weight, term) in &objective.terms {
            match term.value.on_picture() {
                Some(of_picture) => on_picture.push((*weight, of_picture)),
                None => of_network(&mut wanted, term.network.as_deref().unwrap_or(model))?.add(*weight, &term.value)?,
            }
        }
        if *channels != Channels::All && !objective.terms.iter().any(|(_, term)| matches!(term.value, Value::Layer(_)))
        {
            let why = format!("no layer grows as a whole, so that there are no channels to choose by {channels}");
            return Err(InvalidSetting(why).into());
        }
        let parts = wanted.into_iter().map(|wanted| wanted.cut(channels, again)).collect::<Result<_, _>>()?;
        Ok(Self { parts, on_picture })
    }

    /// Bytes of the buffers of all networks for pictures of `size` (width, height), weights not counted.
    ///
    /// # Errors
    /// If a network cannot take the size.
    pub fn memory(&self, size: (usize, usize), purpose: Purpose) -> Result<u64, Error> {
        self.parts.iter().map(|part| part.memory(size, purpose)).sum()
    }

    /// Looks at the pictures that the objective is about.
    ///
    /// # Errors
    /// A picture that is needed and missing.
    pub fn bind(&self, references: References<'_>) -> Result<Bound, Error> {
        let about_photo = |layer: &Layer| layer.terms.iter().any(|(_, value)| matches!(value, Value::Caricature(_)));
        let needs_photo = self.parts.iter().flat_map(|part| &part.layers).any(about_photo)
            || self.on_picture.iter().any(|(_, term)| *term != OnPicture::TotalVariation);
        if needs_photo && references.photo.is_none() {
            let why = "caricature(), stay() and stay_colour() are about a photo, and there is none here";
            return Err(InvalidSetting(why.into()).into());
        }
        let parts = self.parts.iter().map(|part| part.bind(references)).collect::<Result<_, Error>>()?;
        Ok(Bound { parts, on_picture: self.on_picture.clone(), needs_photo })
    }
}

/// What is wanted of a network, nothing yet if it is new.
fn of_network<'a>(wanted: &'a mut Vec<Wanted>, model: &str) -> Result<&'a mut Wanted, Error> {
    let name = oneiric_zoo::model(model)?.name;
    let place = wanted.iter().position(|wanted| wanted.network.model.name == name);
    if place.is_none() {
        wanted.push(Wanted { network: oneiric_zoo::load(name)?, layers: Vec::new() });
    }
    let place = place.unwrap_or(wanted.len() - 1);
    Ok(&mut wanted[place])
}

impl Wanted {
    fn add(&mut self, weight: f32, value: &Value) -> Result<(), Error> {
        let model = self.network.model;
        let no_map = || InvalidSetting(format!("{} has no class scores at every position", model.name));
        let name = value.layer(model).ok_or_else(no_map)?;
        let channels = self.network.graph.layer_shape(name, PROBE)?.channels;
        check_channels(name, channels, &value.channels())?;
        if !self.layers.iter().any(|layer| layer.name == name) {
            self.layers.push(Layer { name: name.into(), channels, terms: Vec::new(), choice: None });
        }
        let layer = self.layers.iter_mut().find(|layer| layer.name == name).expect("it was added");
        layer.terms.push((weight, value.clone()));
        Ok(())
    }

    fn cut(mut self, channels: &Channels, again: bool) -> Result<Part, Error> {
        self.layers.iter_mut().try_for_each(|layer| layer.choose(channels, again))?;
        let names: Vec<&str> = self.layers.iter().map(|layer| layer.name.as_str()).collect();
        Ok(Part { program: Arc::new(Program::new(&self.network.graph, &names)?), layers: self.layers })
    }
}

impl Part {
    /// Bytes of the buffers, and of what a caricature remembers of the photo.
    fn memory(&self, size: (usize, usize), purpose: Purpose) -> Result<u64, Error> {
        let plan = plan(&self.program, size, purpose)?;
        let remembered = self.layers.iter().enumerate().map(|(number, layer)| {
            let caricatures = layer.terms.iter().filter(|(_, value)| matches!(value, Value::Caricature(_))).count();
            4 * (plan.layer_shape(number).values() * caricatures) as u64
        });
        Ok(plan.memory() as u64 + remembered.sum::<u64>())
    }

    fn bind(&self, references: References<'_>) -> Result<BoundPart, Error> {
        let mut layers = Vec::new();
        for (number, layer) in self.layers.iter().enumerate() {
            let see = |picture: Option<&Picture>, side| {
                picture.map(|picture| Sight::new(&self.program, number, picture, side))
            };
            let guide = if layer.needs_guide() { see(references.guide, GUIDE_SIDE).transpose()? } else { None };
            let photo = if layer.needs_choice() { see(references.photo, CHOICE_SIDE).transpose()? } else { None };
            let bind =
                |(weight, value): &(f32, Value)| Ok((*weight, layer.measure(value, photo.as_ref(), guide.as_ref())?));
            layers.push(layer.terms.iter().map(bind).collect::<Result<_, Error>>()?);
        }
        Ok(BoundPart { program: self.program.clone(), layers })
    }
}

/// What a network sees of a whole picture at one layer.
struct Sight {
    means: Vec<f32>,
    positions: Vec<f32>,
}

impl Sight {
    /// At layer number `layer`, of the picture shrunk to `side` pixels on its longer side.
    fn new(program: &Program, layer: usize, picture: &Picture, side: usize) -> Result<Self, Error> {
        let picture = shrunk(picture, side);
        let size = Size { height: picture.height(), width: picture.width() };
        let mut session = Session::new(Plan::new(program, size, Purpose::Activations)?);
        let mut sight = Self { means: Vec::new(), positions: Vec::new() };
        session.activations(picture.pixels(), |number, map| {
            if number == layer {
                sight.means = means(map);
                copy_positions(map, &mut sight.positions);
            }
        })?;
        Ok(sight)
    }
}

impl Layer {
    /// Of the whole layer only these channels count.
    fn choose(&mut self, channels: &Channels, again: bool) -> Result<(), Error> {
        let whole = self.terms.iter().any(|(_, value)| matches!(value, Value::Layer(_)));
        if *channels != Channels::All && whole {
            check_channels(&self.name, self.channels, channels.named())?;
            if channels.weights(&vec![0.0; self.channels]).iter().all(|weight| *weight == 0.0) {
                return Err(InvalidSetting(format!("no channel of {} is left by {channels}", self.name)).into());
            }
            self.choice = Some((channels.clone(), again));
        }
        Ok(())
    }

    fn needs_guide(&self) -> bool {
        self.terms.iter().any(|(_, value)| matches!(value, Value::Guide(_) | Value::GuideChannels(_)))
    }

    fn needs_choice(&self) -> bool {
        matches!(&self.choice, Some((channels, false)) if channels.depends_on_picture())
    }

    fn measure(&self, value: &Value, photo: Option<&Sight>, guide: Option<&Sight>) -> Result<Measure, Error> {
        let weights = |parts: &[(usize, f32)]| {
            let mut weights = vec![0.0; self.channels];
            parts.iter().for_each(|&(channel, part)| weights[channel] += part);
            weights
        };
        let guide = || guide.ok_or_else(|| InvalidSetting("a guide picture is needed: add --guide FILE".into()));
        Ok(match value {
            Value::Layer(_) => self.measure_of_whole(photo),
            Value::Mean(_) => Measure::Weighted(Channels::All.weights(&vec![0.0; self.channels])),
            Value::Channel(_, channel) => Measure::Weighted(weights(&[(*channel, 1.0)])),
            Value::Neuron(_, channel, at) => Measure::Neuron { channel: *channel, at: *at },
            Value::Direction(_, parts) => Measure::Weighted(of_length_one(weights(parts))),
            Value::Class(word) | Value::Everywhere(word) => Measure::Score(classes(word)?),
            Value::Guide(_) => Measure::Match(guide()?.positions.clone()),
            Value::GuideChannels(_) => Measure::Weighted(shares(&guide()?.means)),
            // The activations of the photo are seen when its size is known.
            Value::Caricature(_) => Measure::Toward(Vec::new()),
            Value::TotalVariation | Value::Stay | Value::StayColour => unreachable!("not measured on a layer"),
        })
    }

    fn measure_of_whole(&self, photo: Option<&Sight>) -> Measure {
        match (&self.choice, photo) {
            (None, _) => Measure::Strength(None),
            (Some((channels, false)), Some(photo)) => Measure::Strength(Some(channels.weights(&photo.means))),
            (Some((channels, _)), _) if channels.depends_on_picture() => Measure::Chosen(channels.clone()),
            (Some((channels, _)), _) => Measure::Strength(Some(channels.weights(&vec![0.0; self.channels]))),
        }
    }
}

fn check_channels(layer: &str, channels: usize, named: &[usize]) -> Result<(), Error> {
    match named.iter().find(|channel| **channel >= channels) {
        Some(&channel) => Err(Error::Channel { layer: layer.into(), channel, last: channels - 1 }),
        None => Ok(()),
    }
}

fn classes(word: &str) -> Result<Vec<usize>, InvalidSetting> {
    let meaning = oneiric_zoo::classes_under(word).map_err(|e| InvalidSetting(e.to_string()))?;
    Ok(meaning.classes.clone())
}

/// Means brought to a sum of magnitudes of one.
fn shares(means: &[f32]) -> Vec<f32> {
    let sum = means.iter().map(|mean| mean.abs()).sum::<f32>().max(f32::MIN_POSITIVE);
    means.iter().map(|mean| mean / sum).collect()
}

/// The terms of each layer, with their weights.
type Measures = Vec<Vec<(f32, Measure)>>;

/// An objective that knows its photo and guide, for any size of picture.
#[derive(Debug)]
pub struct Bound {
    parts: Vec<BoundPart>,
    on_picture: Vec<(f32, OnPicture)>,
    needs_photo: bool,
}

#[derive(Clone, Debug)]
struct BoundPart {
    program: Arc<Program>,
    layers: Measures,
}

impl Bound {
    /// The same with a term more: the first layer of the first network shall look as little as can be like any of
    /// `others`, of which [`Evaluation::signature`] tells what is there.
    #[must_use]
    pub fn unlike(&self, others: &[Vec<f32>], weight: f32) -> Self {
        let mut parts = self.parts.clone();
        if let Some(terms) = parts.first_mut().and_then(|part| part.layers.first_mut()).filter(|_| !others.is_empty()) {
            terms.push((weight, Measure::Unlike(others.to_vec())));
        }
        Self { parts, on_picture: self.on_picture.clone(), needs_photo: self.needs_photo }
    }

    /// Readies it for pictures of `size` (width, height) that grow out of `base`, `[height][width][3]` in 0…1:
    /// the photo in this size, or nothing.
    ///
    /// # Errors
    /// If a network cannot take the size.
    ///
    /// # Panics
    /// If `base` has another length than `size` says, or is missing where the objective is about the photo.
    pub fn at(&self, size: (usize, usize), base: Option<&[f32]>, purpose: Purpose) -> Result<Evaluation, Error> {
        let values = size.0 * size.1 * 3;
        assert!(base.is_none_or(|base| base.len() == values), "the photo in the size of the picture");
        assert!(base.is_some() || !self.needs_photo, "the objective is about the photo");
        let session = |part: &BoundPart| {
            let session = Session::new(plan(&part.program, size, purpose)?);
            Ok((session, part.layers.clone()))
        };
        Ok(Evaluation {
            sessions: self.parts.iter().map(session).collect::<Result<_, Error>>()?,
            on_picture: self.on_picture.clone(),
            size,
            base: base.filter(|_| self.needs_photo).map(<[f32]>::to_vec).unwrap_or_default(),
            rolled: vec![0.0; values],
            gradient: vec![0.0; values],
            rescue: false,
        })
    }
}

fn plan(program: &Program, (width, height): (usize, usize), purpose: Purpose) -> Result<Plan, Error> {
    Ok(Plan::new(program, Size { height, width }, purpose)?)
}

/// An objective with the buffers for pictures of one size.
#[derive(Debug)]
pub struct Evaluation {
    sessions: Vec<(Session, Measures)>,
    on_picture: Vec<(f32, OnPicture)>,
    size: (usize, usize),
    base: Vec<f32>,
    rolled: Vec<f32>,
    gradient: Vec<f32>,
    rescue: bool,
}

impl Evaluation {
    /// Whether, where a network's gradient is zero everywhere because the wanted units are off, ReLUs let through what
    /// would switch them on ([`Rectifier::Redirected`]).
    pub fn rescue_dead_units(&mut self, rescue: bool) {
        self.rescue = rescue;
    }

    /// The objective's value on `picture`, `[height][width][3]` in 0…1, as the networks see it rolled by `offset`, and
    /// its gradient, rolled as well.
    ///
    /// # Errors
    /// None, if the picture has the size that it was made for.
    ///
    /// # Panics
    /// If it has another.
    pub fn gradient(&mut self, picture: &[f32], offset: (isize, isize)) -> Result<(f64, &mut [f32]), Error> {
        let mut value = 0.0;
        if self.on_picture.is_empty() {
            self.gradient.fill(0.0);
        } else {
            // Of the picture as it is: rolled, its borders would look like edges.
            self.rolled.fill(0.0);
            for (weight, term) in &self.on_picture {
                value += term.gradient(picture, &self.base, self.size.0, *weight, &mut self.rolled);
            }
            roll(&self.rolled, &mut self.gradient, self.size, offset);
        }
        self.see_photo(offset)?;
        roll(picture, &mut self.rolled, self.size, offset);
        for (session, layers) in &mut self.sessions {
            session.set_rectifier(Rectifier::Exact);
            let (of_network, gradient) = climb(session, layers, &self.rolled)?;
            value += of_network;
            if self.rescue && gradient.iter().all(|&g| g == 0.0) {
                session.set_rectifier(Rectifier::Redirected);
                add(&mut self.gradient, climb(session, layers, &self.rolled)?.1);
            } else {
                add(&mut self.gradient, gradient);
            }
        }
        Ok((value, &mut self.gradient))
    }

    /// The means of the channels of the first network's first layer on `picture`, as a vector of length one.
    ///
    /// # Errors
    /// Only if the picture is not of the right size.
    pub fn signature(&mut self, picture: &[f32]) -> Result<Vec<f32>, Error> {
        let mut signature = Vec::new();
        if let Some((session, _)) = self.sessions.first_mut() {
            session.activations(picture, |layer, map| {
                if layer == 0 {
                    signature = of_length_one(means(map));
                }
            })?;
        }
        Ok(signature)
    }

    /// Shows the networks the photo, rolled in the same way, where a caricature of it is wanted.
    fn see_photo(&mut self, offset: (isize, isize)) -> Result<(), Error> {
        for (session, layers) in &mut self.sessions {
            let caricature = |(_, measure): &(f32, Measure)| matches!(measure, Measure::Toward(_));
            if !layers.iter().flatten().any(caricature) {
                continue;
            }
            roll(&self.base, &mut self.rolled, self.size, offset);
            session.activations(&self.rolled, |layer, map| {
                for (_, measure) in &mut layers[layer] {
                    if let Measure::Toward(photo) = measure {
                        copy_positions(map, photo);
                    }
                }
            })?;
        }
        Ok(())
    }
}

/// The value of the terms of one network and the gradient of `picture`.
fn climb<'a>(session: &'a mut Session, layers: &Measures, picture: &[f32]) -> Result<(f64, &'a [f32]), Error> {
    let mut value = 0.0;
    let gradient = session.gradient(picture, |layer, activation, mut gradient| {
        for (number, (weight, measure)) in layers[layer].iter().enumerate() {
            value += measure.gradient(activation, *weight, &mut gradient, number > 0);
        }
    })?;
    Ok((value, gradient))
}

fn add(sum: &mut [f32], values: &[f32]) {
    sum.iter_mut().zip(values).for_each(|(sum, value)| *sum += value);
}
