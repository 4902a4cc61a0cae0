//! An objective with its networks: from a picture to the gradient that lets the objective grow.
//!
//! Three steps lead there, as in the engine. An [`Evaluator`] has the networks, each cut at the layers that are asked
//! for, whatever the picture: several layers of one network take one pass. [`Evaluator::bind`] looks at the photo and
//! the guide, once a dream. An [`Evaluation`] has the buffers for one size of picture.

use std::sync::Arc;

use oneiric_engine::shape::Size;
use oneiric_engine::{Plan, Program, Purpose, Rectifier, Session};
use oneiric_zoo::Network;

use super::measure::{Measure, Tally, copy_positions, means, of_length_one};
use super::on_picture::OnPicture;
use super::{Channels, Objective, Value};
use crate::error::Error;
use crate::invalid::InvalidSetting;
use crate::picture::Picture;
use crate::picture::resize::shrunk;
use crate::render::jitter::roll;
use crate::render::tile::{Tile, Tiling, View};

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

    /// Bytes of an [`Evaluation`] of pictures seen as `tiling` says, weights not counted.
    ///
    /// # Errors
    /// If a network cannot take the size.
    pub fn memory(&self, tiling: &Tiling, purpose: Purpose) -> Result<u64, Error> {
        let networks: u64 = self.parts.iter().map(|part| part.memory(tiling.tile(), purpose)).sum::<Result<_, _>>()?;
        let planes = 1 + u64::from(!self.on_picture.is_empty()) + u64::from(self.needs_photo());
        Ok(networks + 4 * (planes * floats(tiling.size()) as u64 + floats(tiling.tile()) as u64))
    }

    /// Whether it is about the photo in each size.
    fn needs_photo(&self) -> bool {
        let about_photo = |layer: &Layer| layer.terms.iter().any(|(_, value)| matches!(value, Value::Caricature(_)));
        self.parts.iter().flat_map(|part| &part.layers).any(about_photo)
            || self.on_picture.iter().any(|(_, term)| *term != OnPicture::TotalVariation)
    }

    /// Looks at the pictures that the objective is about.
    ///
    /// # Errors
    /// A picture that is needed and missing.
    pub fn bind(&self, references: References<'_>) -> Result<Bound, Error> {
        let needs_photo = self.needs_photo();
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
                picture.map(|picture| Glance::new(&self.program, number, picture, side))
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
struct Glance {
    means: Vec<f32>,
    positions: Vec<f32>,
}

impl Glance {
    /// At layer number `layer`, of the picture shrunk to `side` pixels on its longer side.
    fn new(program: &Program, layer: usize, picture: &Picture, side: usize) -> Result<Self, Error> {
        let picture = shrunk(picture, side);
        let size = Size { height: picture.height(), width: picture.width() };
        let mut session = Session::new(Plan::new(program, size, Purpose::Activations)?);
        let mut glance = Self { means: Vec::new(), positions: Vec::new() };
        session.activations(picture.pixels(), |number, map| {
            if number == layer {
                glance.means = means(map);
                copy_positions(map, &mut glance.positions);
            }
        })?;
        Ok(glance)
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

    fn measure(&self, value: &Value, photo: Option<&Glance>, guide: Option<&Glance>) -> Result<Measure, Error> {
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

    fn measure_of_whole(&self, photo: Option<&Glance>) -> Measure {
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

    /// Readies it for pictures that are seen as `tiling` says and grow out of `base`, `[height][width][3]` in 0…1: the
    /// photo in this size, or nothing.
    ///
    /// # Errors
    /// If a network cannot take the size, or the objective looks at one place and there are several tiles.
    ///
    /// # Panics
    /// If `base` has another length than the size says, or is missing where the objective is about the photo.
    pub fn at(&self, tiling: Tiling, base: Option<&[f32]>, purpose: Purpose) -> Result<Evaluation, Error> {
        let plane = floats(tiling.size());
        assert!(base.is_none_or(|base| base.len() == plane), "the photo in the size of the picture");
        assert!(base.is_some() || !self.needs_photo, "the objective is about the photo");
        let mut measures = self.parts.iter().flat_map(|part| part.layers.iter().flatten());
        if tiling.tiles() > 1 && measures.any(|(_, measure)| measure.is_of_one_place()) {
            let why = "neuron() looks at one place of the whole picture, which is too large to be seen at once: give more \
                       memory with --memory, or shrink the picture with --size";
            return Err(InvalidSetting(why.into()).into());
        }
        let sight = |part: &BoundPart| {
            let session = Session::new(plan(&part.program, tiling.tile(), purpose)?);
            Ok(Sight { session, layers: part.layers.clone(), whole: None })
        };
        Ok(Evaluation {
            networks: self.parts.iter().map(sight).collect::<Result<_, Error>>()?,
            on_picture: self.on_picture.clone(),
            tiling,
            base: base.filter(|_| self.needs_photo).map(<[f32]>::to_vec).unwrap_or_default(),
            seen: vec![0.0; floats(tiling.tile())],
            unrolled: if self.on_picture.is_empty() { Vec::new() } else { vec![0.0; plane] },
            gradient: vec![0.0; plane],
            rescue: false,
        })
    }
}

fn floats((width, height): (usize, usize)) -> usize {
    width * height * 3
}

fn plan(program: &Program, (width, height): (usize, usize), purpose: Purpose) -> Result<Plan, Error> {
    Ok(Plan::new(program, Size { height, width }, purpose)?)
}

/// An objective with the buffers for pictures of one size.
#[derive(Debug)]
pub struct Evaluation {
    networks: Vec<Sight>,
    on_picture: Vec<(f32, OnPicture)>,
    tiling: Tiling,
    base: Vec<f32>,
    /// What a network sees: the rolled picture, or a tile of it.
    seen: Vec<f32>,
    /// The gradient of terms on the picture itself, if there are any.
    unrolled: Vec<f32>,
    gradient: Vec<f32>,
    rescue: bool,
}

/// A network with the buffers for one tile.
#[derive(Debug)]
struct Sight {
    session: Session,
    layers: Measures,
    /// What the terms of each layer summed up over all tiles when they were last seen, if there are several.
    whole: Option<Tallies>,
}

/// The sums of each term of each layer.
pub(crate) type Tallies = Vec<Vec<Tally>>;

impl Evaluation {
    /// Whether, where a network's gradient is zero everywhere because the wanted units are off, ReLUs let through what
    /// would switch them on ([`Rectifier::Redirected`]).
    pub fn rescue_dead_units(&mut self, rescue: bool) {
        self.rescue = rescue;
    }

    /// The objective's value on `picture` (what tiles share counts twice in it), `[height][width][3]` in 0…1, as the networks see it in `view`, and its
    /// gradient, rolled as well.
    ///
    /// Of several tiles each contributes its part to the gradient of the whole picture, whose layers are as strong as they
    /// were one step before: exact where there is one term, and nearly so where there are several.
    ///
    /// # Errors
    /// None, if the picture has the size that it was made for.
    ///
    /// # Panics
    /// If it has another.
    pub fn gradient(&mut self, picture: &[f32], view: View) -> Result<(f64, &mut [f32]), Error> {
        let mut value = 0.0;
        let size = self.tiling.size();
        self.gradient.fill(0.0);
        if !self.on_picture.is_empty() {
            // Of the picture as it is: rolled, its borders would look like edges.
            self.unrolled.fill(0.0);
            for (weight, term) in &self.on_picture {
                value += term.gradient(picture, &self.base, size.0, *weight, &mut self.unrolled);
            }
            roll(&self.unrolled, &mut self.gradient, size, view.offset);
        }
        let scene = Scene { picture, base: &self.base, size, offset: view.offset, tiles: self.tiling.places(view) };
        for network in &mut self.networks {
            network.session.set_rectifier(Rectifier::Exact);
            let (of_network, alive) = network.climb(&scene, &mut self.seen, &mut self.gradient)?;
            value += of_network;
            if self.rescue && !alive {
                network.session.set_rectifier(Rectifier::Redirected);
                network.climb(&scene, &mut self.seen, &mut self.gradient)?;
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
        if let Some(network) = self.networks.first_mut() {
            network.session.activations(picture, |layer, map| {
                if layer == 0 {
                    signature = of_length_one(means(map));
                }
            })?;
        }
        Ok(signature)
    }

    /// What the next step of a tiled picture follows from, beside the picture: the sums of each network.
    pub(crate) fn tallies(&self) -> Vec<Option<Tallies>> {
        self.networks.iter().map(|network| network.whole.clone()).collect()
    }

    /// Goes on from what [`tallies`](Self::tallies) told; whether they are sums of these terms.
    pub(crate) fn restore(&mut self, tallies: Vec<Option<Tallies>>) -> bool {
        let tiled = self.tiling.tiles() > 1;
        let fit = |(network, whole): (&Sight, &Option<Tallies>)| match whole {
            Some(whole) => tiled && network.can_be(whole),
            None => true,
        };
        let all = tallies.len() == self.networks.len() && self.networks.iter().zip(&tallies).all(fit);
        self.networks.iter_mut().zip(tallies).for_each(|(network, whole)| network.whole = whole.filter(|_| all));
        all
    }
}

/// What is to be seen in one step.
struct Scene<'a> {
    picture: &'a [f32],
    /// The photo, where an objective is about it.
    base: &'a [f32],
    size: (usize, usize),
    offset: (isize, isize),
    tiles: Vec<Tile>,
}

impl Scene<'_> {
    fn cut(&self, tile: &Tile, seen: &mut [f32]) {
        tile.cut(self.picture, self.size, self.offset, seen);
    }
}

impl Sight {
    /// Adds the gradient of `scene` to `gradient`; tells the value of the network's terms, and whether anything would let
    /// them grow. `seen` has room for a tile.
    fn climb(&mut self, scene: &Scene<'_>, seen: &mut [f32], gradient: &mut [f32]) -> Result<(f64, bool), Error> {
        if scene.tiles.len() > 1 && self.whole.is_none() {
            self.whole = Some(self.look(scene, seen)?);
        }
        let mut now = self.no_tallies();
        let mut alive = false;
        for tile in &scene.tiles {
            self.see_photo(scene, tile, seen)?;
            scene.cut(tile, seen);
            let (layers, whole) = (&self.layers, self.whole.as_ref());
            let of_tile = self.session.gradient(seen, |layer, activation, mut gradient| {
                for (number, (weight, measure)) in layers[layer].iter().enumerate() {
                    let whole = whole.map(|whole| &whole[layer][number]);
                    let tally = measure.gradient(activation, *weight, whole, &mut gradient, number > 0);
                    now[layer][number].add(&tally);
                }
            })?;
            alive |= of_tile.iter().any(|&g| g != 0.0);
            tile.add(of_tile, gradient, scene.size.0);
        }
        let value = self.value(&now);
        self.whole = (scene.tiles.len() > 1).then_some(now);
        Ok((value, alive))
    }

    /// What the terms sum up over all tiles of a picture that was not seen before.
    fn look(&mut self, scene: &Scene<'_>, seen: &mut [f32]) -> Result<Tallies, Error> {
        let mut tallies = self.no_tallies();
        for tile in &scene.tiles {
            self.see_photo(scene, tile, seen)?;
            scene.cut(tile, seen);
            let layers = &self.layers;
            self.session.activations(seen, |layer, map| {
                let terms = tallies[layer].iter_mut().zip(&layers[layer]);
                terms.for_each(|(tally, (_, measure))| tally.add(&measure.look(map)));
            })?;
        }
        Ok(tallies)
    }

    fn channels(&self, layer: usize) -> usize {
        self.session.plan().layer_shape(layer).channels
    }

    /// Whether these can be the sums of its terms.
    fn can_be(&self, tallies: &Tallies) -> bool {
        let of_layer = |number: usize| {
            let (terms, tallies) = (&self.layers[number], &tallies[number]);
            let mut pairs = terms.iter().zip(tallies);
            terms.len() == tallies.len() && pairs.all(|((_, measure), t)| measure.can_be(t, self.channels(number)))
        };
        self.layers.len() == tallies.len() && (0..tallies.len()).all(of_layer)
    }

    fn no_tallies(&self) -> Tallies {
        self.layers.iter().map(|terms| vec![Tally::default(); terms.len()]).collect()
    }

    fn value(&self, tallies: &Tallies) -> f64 {
        let of_layer = |(number, terms): (usize, &Vec<(f32, Measure)>)| -> f64 {
            let channels = self.channels(number);
            let terms = terms.iter().zip(&tallies[number]);
            terms.map(|((weight, measure), tally)| f64::from(*weight) * measure.value(tally, channels)).sum()
        };
        self.layers.iter().enumerate().map(of_layer).sum()
    }

    /// Shows the network the photo, rolled in the same way, where a caricature of it is wanted.
    fn see_photo(&mut self, scene: &Scene<'_>, tile: &Tile, seen: &mut [f32]) -> Result<(), Error> {
        let caricature = |(_, measure): &(f32, Measure)| matches!(measure, Measure::Toward(_));
        if !self.layers.iter().flatten().any(caricature) {
            return Ok(());
        }
        tile.cut(scene.base, scene.size, scene.offset, seen);
        let layers = &mut self.layers;
        self.session.activations(seen, |layer, map| {
            for (_, measure) in &mut layers[layer] {
                if let Measure::Toward(photo) = measure {
                    copy_positions(map, photo);
                }
            }
        })?;
        Ok(())
    }
}
