//! An objective with the buffers for pictures of one size: computes its value and gradient on a picture.

use oneiric_engine::map::{Map, MapMut};
use oneiric_engine::objective::{LayerTerms, Tally};
use oneiric_engine::shape::Shape;
use oneiric_engine::{Objective, Purpose, Rectifier, Session};

use super::bound::{Bound, BoundLayer, BoundNetwork, WeightedMeasure, floats, plan};
use super::measures::{copy_positions, means, of_length_one};
use crate::error::Error;
use crate::invalid::InvalidSetting;
use crate::picture::plane::CHANNELS;
use crate::view::jitter::roll;
use crate::view::tile::{Tile, Tiling, View};

/// Steps of an octave in which dead units are rescued, as in lucid: afterwards a zero gradient means that the
/// ascent has ended. A picture from nothing is rescued in all steps.
pub const RESCUED_STEPS: usize = 16;

/// An objective with the buffers for pictures of one size.
#[derive(Debug)]
pub struct Evaluation {
    networks: Vec<NetworkSession>,
    on_picture: Vec<WeightedMeasure>,
    tiling: Tiling,
    /// The photo in the size of the picture, if a term compares with it.
    base: Vec<f32>,
    /// What a network sees: the rolled picture, or a tile of it.
    seen: Vec<f32>,
    /// The gradient of terms on the picture itself, if there are any.
    unrolled: Vec<f32>,
    gradient: Vec<f32>,
    rescue: bool,
}

/// The sums of each term of each layer.
pub(crate) type Tallies = Vec<Vec<Tally>>;

impl Evaluation {
    /// Allocates the buffers for pictures that are seen in the tiles of `tiling`. `base` is the photo in this size,
    /// `[height][width][3]` in 0…1, if there is one.
    ///
    /// # Errors
    /// If a network cannot take the size, or the objective has a `neuron()` and there are several tiles.
    ///
    /// # Panics
    /// If `base` has another length than the size says, or is `None` and the objective compares with the photo.
    pub fn new(bound: &Bound, tiling: Tiling, base: Option<&[f32]>, purpose: Purpose) -> Result<Self, Error> {
        let plane = floats(tiling.size());
        assert!(base.is_none_or(|base| base.len() == plane), "the photo in the size of the picture");
        assert!(base.is_some() || !bound.needs_photo, "the objective compares with the photo");
        let layers = bound.networks.iter().flat_map(|network| &network.layers);
        let mut measures = layers.flat_map(|layer| &layer.terms);
        if tiling.tiles() > 1 && measures.any(|(_, measure)| measure.is_of_one_place()) {
            let why = "neuron() needs the whole picture in one tile, and this picture is dreamed in several";
            return Err(InvalidSetting::unusable("tile", why).into());
        }
        let session = |network: &BoundNetwork| {
            let session = Session::new(plan(&network.program, tiling.tile(), purpose)?)?;
            Ok(NetworkSession::new(session, network.layers.clone()))
        };
        Ok(Self {
            networks: bound.networks.iter().map(session).collect::<Result<_, Error>>()?,
            on_picture: bound.on_picture.clone(),
            tiling,
            base: base.filter(|_| bound.needs_photo).map(<[f32]>::to_vec).unwrap_or_default(),
            seen: vec![0.0; floats(tiling.tile())],
            unrolled: if bound.on_picture.is_empty() { Vec::new() } else { vec![0.0; plane] },
            gradient: vec![0.0; plane],
            rescue: false,
        })
    }

    /// Sets whether dead units are rescued: if a network's gradient is zero everywhere because the wanted units are
    /// inactive, ReLUs pass the gradient that would activate them ([`Rectifier::Redirected`]).
    pub fn rescue_dead_units(&mut self, rescue: bool) {
        self.rescue = rescue;
    }

    /// Prepares for a dream of another photo: `bound` is the same objective bound to that photo, and `base` is the photo in
    /// the size of the picture. Buffers are kept.
    ///
    /// # Panics
    /// If `base` has another length than the size says, or `bound` is of another evaluator.
    pub(crate) fn rebind(&mut self, bound: &Bound, base: &[f32]) {
        assert_eq!(base.len(), self.gradient.len(), "the photo in the size of the picture");
        assert_eq!(bound.networks.len(), self.networks.len(), "the same objective");
        for (network, bound) in self.networks.iter_mut().zip(&bound.networks) {
            network.layers.clone_from(&bound.layers);
            network.whole = None;
        }
        self.on_picture.clone_from(&bound.on_picture);
        if bound.needs_photo {
            self.base.copy_from_slice(base);
        }
    }

    /// Returns the objective's value on `picture`, `[height][width][3]` in 0…1, as the networks see it in `view`, and its
    /// gradient, also rolled. Overlaps of tiles count twice in the value.
    ///
    /// Each of several tiles contributes its part to the gradient of the whole picture, with the sums over the layers of the
    /// step before: exact for one term, and nearly so for several.
    ///
    /// # Errors
    /// If an executor fails.
    ///
    /// # Panics
    /// If the picture has another size than the buffers.
    pub fn gradient(&mut self, picture: &[f32], view: View) -> Result<(f64, &mut [f32]), Error> {
        let mut value = 0.0;
        let size = self.tiling.size();
        self.gradient.fill(0.0);
        if !self.on_picture.is_empty() {
            // On the unrolled picture: the borders of a rolled one would look like edges.
            value += self.gradient_on_picture(picture);
            roll(&self.unrolled, &mut self.gradient, size, view.offset);
        }
        let scene = Scene { picture, base: &self.base, size, offset: view.offset, tiles: self.tiling.places(view) };
        for network in &mut self.networks {
            network.session.set_rectifier(Rectifier::Exact);
            let (of_network, alive) = network.add_gradient(&scene, &mut self.seen, &mut self.gradient)?;
            value += of_network;
            if self.rescue && !alive {
                network.session.set_rectifier(Rectifier::Redirected);
                network.add_gradient(&scene, &mut self.seen, &mut self.gradient)?;
            }
        }
        Ok((value, &mut self.gradient))
    }

    /// The value of the terms on the picture itself, with their gradient in `unrolled`.
    fn gradient_on_picture(&mut self, picture: &[f32]) -> f64 {
        let (width, height) = self.tiling.size();
        let shape = Shape::new(CHANNELS, height, width);
        let terms = LayerTerms { terms: &self.on_picture, photo: &self.base, whole: None };
        let gradient = MapMut::new(&mut self.unrolled, shape, CHANNELS);
        let tallies = terms.write_gradient(Map::new(picture, shape, CHANNELS), gradient);
        value(&self.on_picture, &tallies, CHANNELS)
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

    /// The sums of each network. With the picture they determine the next step of a tiled picture.
    pub(crate) fn tallies(&self) -> Vec<Option<Tallies>> {
        self.networks.iter().map(|network| network.whole.clone()).collect()
    }

    /// Continues from earlier [`tallies`](Self::tallies); false if they are not sums of these terms.
    pub(crate) fn restore(&mut self, tallies: Vec<Option<Tallies>>) -> bool {
        let tiled = self.tiling.tiles() > 1;
        let fit = |(network, whole): (&NetworkSession, &Option<Tallies>)| match whole {
            Some(whole) => tiled && network.can_have(whole),
            None => true,
        };
        let all = tallies.len() == self.networks.len() && self.networks.iter().zip(&tallies).all(fit);
        self.networks.iter_mut().zip(tallies).for_each(|(network, whole)| network.whole = whole.filter(|_| all));
        all
    }
}

/// A picture in one step, rolled and cut into tiles.
struct Scene<'a> {
    picture: &'a [f32],
    /// The photo, if a term compares with it.
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

/// A network with the buffers for one tile.
#[derive(Debug)]
struct NetworkSession {
    session: Session,
    layers: Vec<BoundLayer>,
    /// The photo's activations at each layer where a term compares with them.
    photo: Vec<Vec<f32>>,
    /// The sums over all tiles in the last step, if there are several.
    whole: Option<Tallies>,
}

impl NetworkSession {
    pub fn new(session: Session, layers: Vec<BoundLayer>) -> Self {
        Self { session, photo: vec![Vec::new(); layers.len()], layers, whole: None }
    }

    /// Adds the gradient on `scene` to `gradient`. Returns the value of the network's terms, and whether the gradient is
    /// non-zero anywhere. `seen` has room for a tile.
    fn add_gradient(
        &mut self,
        scene: &Scene<'_>,
        seen: &mut [f32],
        gradient: &mut [f32],
    ) -> Result<(f64, bool), Error> {
        if scene.tiles.len() > 1 && self.whole.is_none() {
            self.whole = Some(self.tally(scene, seen)?);
        }
        let mut now = self.no_tallies();
        let mut alive = false;
        for tile in &scene.tiles {
            self.see_photo(scene, tile, seen)?;
            scene.cut(tile, seen);
            let (layers, photo, whole) = (&self.layers, &self.photo, self.whole.as_ref());
            let mut objective = TileObjective { layers, photo, whole, now: &mut now };
            let of_tile = self.session.gradient_of(seen, &mut objective)?;
            alive |= of_tile.iter().any(|&g| g != 0.0);
            tile.add(of_tile, gradient, scene.size.0);
        }
        let value = self.value(&now);
        self.whole = (scene.tiles.len() > 1).then_some(now);
        Ok((value, alive))
    }

    /// The sums over all tiles of a new picture.
    fn tally(&mut self, scene: &Scene<'_>, seen: &mut [f32]) -> Result<Tallies, Error> {
        let mut tallies = self.no_tallies();
        for tile in &scene.tiles {
            self.see_photo(scene, tile, seen)?;
            scene.cut(tile, seen);
            let (layers, photo) = (&self.layers, &self.photo);
            self.session.activations(seen, |layer, activation| {
                let terms = LayerTerms { terms: &layers[layer].terms, photo: &photo[layer], whole: None };
                add_to(&mut tallies[layer], &terms.tally(activation));
            })?;
        }
        Ok(tallies)
    }

    fn channels(&self, layer: usize) -> usize {
        self.session.plan().layer_shape(layer).channels
    }

    /// Whether these can be the sums of its terms.
    fn can_have(&self, tallies: &Tallies) -> bool {
        let of_layer = |number: usize| {
            let (terms, tallies) = (&self.layers[number].terms, &tallies[number]);
            let mut pairs = terms.iter().zip(tallies);
            terms.len() == tallies.len() && pairs.all(|((_, measure), t)| t.is_of(&**measure, self.channels(number)))
        };
        self.layers.len() == tallies.len() && (0..tallies.len()).all(of_layer)
    }

    fn no_tallies(&self) -> Tallies {
        self.layers.iter().map(|layer| vec![Tally::default(); layer.terms.len()]).collect()
    }

    fn value(&self, tallies: &Tallies) -> f64 {
        let of_layer = |(number, layer): (usize, &BoundLayer)| -> f64 {
            let channels = self.channels(number);
            value(&layer.terms, &tallies[number], channels)
        };
        self.layers.iter().enumerate().map(of_layer).sum()
    }

    /// Stores the activations of the photo, rolled in the same way, at layers where a term compares with them.
    fn see_photo(&mut self, scene: &Scene<'_>, tile: &Tile, seen: &mut [f32]) -> Result<(), Error> {
        if !self.layers.iter().any(|layer| layer.needs_photo) {
            return Ok(());
        }
        tile.cut(scene.base, scene.size, scene.offset, seen);
        let (layers, photo) = (&self.layers, &mut self.photo);
        self.session.activations(seen, |layer, map| {
            if layers[layer].needs_photo {
                copy_positions(map, &mut photo[layer]);
            }
        })?;
        Ok(())
    }
}

/// The terms of a network on one tile.
struct TileObjective<'a> {
    layers: &'a [BoundLayer],
    photo: &'a [Vec<f32>],
    /// The sums over all tiles in the last step, if there are several.
    whole: Option<&'a Tallies>,
    /// The sums over the tiles so far in this step.
    now: &'a mut Tallies,
}

impl TileObjective<'_> {
    fn layer(&self, layer: usize) -> LayerTerms<'_> {
        let whole = self.whole.map(|whole| &whole[layer][..]);
        LayerTerms { terms: &self.layers[layer].terms, photo: &self.photo[layer], whole }
    }
}

impl Objective for TileObjective<'_> {
    fn write_gradient(&mut self, layer: usize, activation: Map<'_>, gradient: MapMut<'_>) {
        let tallies = self.layer(layer).write_gradient(activation, gradient);
        self.set_tallies(layer, tallies);
    }

    fn terms(&self, layer: usize) -> Option<LayerTerms<'_>> {
        Some(self.layer(layer))
    }

    fn set_tallies(&mut self, layer: usize, tallies: Vec<Tally>) {
        add_to(&mut self.now[layer], &tallies);
    }
}

/// Adds the sums over a tile to the totals.
fn add_to(tallies: &mut [Tally], of_tile: &[Tally]) {
    tallies.iter_mut().zip(of_tile).for_each(|(tally, of_tile)| tally.add(of_tile));
}

/// The value of weighted terms on a layer with this number of channels, from their sums over the whole picture.
fn value(terms: &[WeightedMeasure], tallies: &[Tally], channels: usize) -> f64 {
    let of_term =
        |((weight, measure), tally): (&WeightedMeasure, &Tally)| f64::from(*weight) * measure.value(tally, channels);
    terms.iter().zip(tallies).map(of_term).sum()
}
