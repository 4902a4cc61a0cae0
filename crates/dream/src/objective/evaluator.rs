//! An objective with its networks, for pictures of any size: each network is cut at all its wanted layers, so that
//! several layers of one network take one pass.

use std::sync::Arc;

use oneiric_engine::objective::Measure;
use oneiric_engine::shape::Size;
use oneiric_engine::{Program, Purpose, Session};
use oneiric_zoo::{Network, Networks};

use super::bound::{Bound, BoundLayer, BoundNetwork, floats, plan};
use super::function::{Binding, Choice, Function, Place, Reference};
use super::measures::LayerSums;
use super::{Channels, Objective};
use crate::error::Error;
use crate::invalid::InvalidSetting;
use crate::picture::Picture;
use crate::picture::plane::CHANNELS;
use crate::picture::resize::shrunk;
use crate::view::tile::Tiling;

/// A size for counting the channels of layers, which do not depend on it.
pub(super) const PROBE: Size = Size { height: 256, width: 256 };
/// Longer side, in pixels, of the photo on which channels are chosen.
const CHOICE_SIDE: usize = 512;
/// Longer side, in pixels, of the guide: every position of the picture is compared with every one of the guide.
pub(crate) const GUIDE_SIDE: usize = 256;

/// An objective with its networks, for pictures of any size.
#[derive(Debug)]
pub struct Evaluator {
    networks: Vec<CutNetwork>,
    on_picture: Vec<WeightedTerm>,
}

/// A term with its weight.
type WeightedTerm = (f32, Arc<dyn Function>);

/// A network and the layers that are wanted of it.
struct Wanted {
    network: Arc<Network>,
    layers: Vec<Layer>,
}

/// A network cut at its wanted layers.
#[derive(Debug)]
struct CutNetwork {
    network: Arc<Network>,
    program: Arc<Program>,
    layers: Vec<Layer>,
}

/// A layer with the terms on it.
#[derive(Debug)]
struct Layer {
    name: String,
    channels: usize,
    terms: Vec<WeightedTerm>,
    /// Which channels of the whole layer count, if not all do.
    choice: Option<Choice>,
}

/// The pictures that an objective may be about.
#[derive(Clone, Copy, Debug, Default)]
pub struct References<'a> {
    /// The photo; none for a picture from nothing.
    pub photo: Option<&'a Picture>,
    /// The guide.
    pub guide: Option<&'a Picture>,
}

impl Evaluator {
    /// Looks the networks of `objective` up in `networks` and cuts them at its layers; terms without a network use `model`. Of
    /// layers that are strengthened as a whole only `channels` count, chosen once on the photo or `again` for every gradient.
    ///
    /// # Errors
    /// A network, layer, channel or word that does not exist; an objective without terms.
    pub fn new(
        objective: &Objective,
        model: &str,
        channels: &Channels,
        again: bool,
        networks: &Networks,
    ) -> Result<Self, Error> {
        if objective.terms.is_empty() {
            return Err(InvalidSetting::missing(
                "objective",
                "the objective has no terms; give a layer, a sum of terms or a word",
            )
            .into());
        }
        let (mut wanted, mut on_picture) = (Vec::new(), Vec::new());
        for (weight, term) in &objective.terms {
            if term.function.place() == Place::Picture {
                on_picture.push((*weight, term.function.clone()));
            } else {
                let network = networks.get(term.network.as_deref().unwrap_or(model))?;
                of_network(&mut wanted, network).add(*weight, &term.function)?;
            }
        }
        if *channels != Channels::All && objective.terms.iter().all(|(_, term)| term.function.whole_layer().is_none()) {
            let why =
                format!("no layer is strengthened as a whole, so there are no channels to choose with {channels}");
            return Err(InvalidSetting::unusable("channels", why).into());
        }
        let choice = (*channels != Channels::All).then(|| Choice { channels: channels.clone(), again });
        let networks = wanted.into_iter().map(|wanted| wanted.cut(choice.as_ref())).collect::<Result<_, _>>()?;
        Ok(Self { networks, on_picture })
    }

    /// Returns the bytes of an [`Evaluation`](super::Evaluation) with this tiling, without weights.
    ///
    /// # Errors
    /// If a network cannot take the size.
    pub fn memory(&self, tiling: &Tiling, purpose: Purpose) -> Result<u64, Error> {
        let of_network = |network: &CutNetwork| network.memory(tiling.tile(), purpose);
        let networks: u64 = self.networks.iter().map(of_network).sum::<Result<_, _>>()?;
        let planes = 1 + u64::from(!self.on_picture.is_empty()) + u64::from(self.needs_photo());
        Ok(networks + 4 * (planes * floats(tiling.size()) as u64 + floats(tiling.tile()) as u64))
    }

    /// The networks with the bytes that the program takes for them: two copies of the weights, read and not yet converted, and
    /// three of those up to the deepest layer, in the forms that the kernels read. Measured on both built-in networks.
    pub(crate) fn network_memory(&self) -> impl Iterator<Item = (&str, u64)> {
        self.networks.iter().map(|network| {
            let graph = &network.network.graph;
            let layers = network.layers.iter().filter_map(|layer| graph.layer(&layer.name).ok());
            let bytes = 2 * graph.parameter_bytes(None) + 3 * graph.parameter_bytes(layers.max());
            (network.network.name.as_str(), bytes as u64)
        })
    }

    /// Whether the evaluator of the same objective, `other`, has the same networks.
    pub(crate) fn has_networks_of(&self, other: &Self) -> bool {
        let networks = || self.networks.iter().zip(&other.networks);
        self.networks.len() == other.networks.len() && networks().all(|(a, b)| Arc::ptr_eq(&a.network, &b.network))
    }

    fn terms(&self) -> impl Iterator<Item = &WeightedTerm> {
        let layers = self.networks.iter().flat_map(|network| &network.layers);
        layers.flat_map(|layer| &layer.terms).chain(&self.on_picture)
    }

    /// Whether a term compares with the photo in each size.
    fn needs_photo(&self) -> bool {
        self.terms().any(|(_, function)| function.needs_photo())
    }

    /// Binds the objective to the pictures that it compares with.
    ///
    /// # Errors
    /// A picture that the objective needs and that is missing.
    pub fn bind(&self, references: References<'_>) -> Result<Bound, Error> {
        let about_photo = self.terms().find(|(_, function)| function.needs_photo());
        if let (Some((_, function)), None) = (about_photo, references.photo) {
            return Err(InvalidSetting::unusable(
                "objective",
                format!("{function} compares with a photo, and there is none"),
            )
            .into());
        }
        let networks = self.networks.iter().map(|network| network.bind(references)).collect::<Result<_, Error>>()?;
        let classes = |_: &str| Ok(Vec::new());
        let binding = Binding { channels: CHANNELS, choice: None, look: &|_| Ok(None), classes: &classes };
        let on_picture = self.on_picture.iter().map(|term| bound(term, &binding)).collect::<Result<_, Error>>()?;
        Ok(Bound { networks, on_picture, needs_photo: about_photo.is_some() })
    }
}

fn bound((weight, function): &WeightedTerm, binding: &Binding<'_>) -> Result<(f32, Arc<dyn Measure>), Error> {
    Ok((*weight, function.bind(binding)?))
}

/// Returns the wanted layers of a network, an empty list for a new one.
fn of_network(wanted: &mut Vec<Wanted>, network: Arc<Network>) -> &mut Wanted {
    let place = wanted.iter().position(|wanted| wanted.network.name == network.name).unwrap_or(wanted.len());
    if place == wanted.len() {
        wanted.push(Wanted { network, layers: Vec::new() });
    }
    &mut wanted[place]
}

impl Wanted {
    fn add(&mut self, weight: f32, function: &Arc<dyn Function>) -> Result<(), Error> {
        let no_scores = || {
            InvalidSetting::unusable("objective", format!("{} has no class scores for {function}", self.network.name))
        };
        let name = function.place().layer(&self.network).ok_or_else(no_scores)?;
        let channels = self.network.graph.layer_shape(name, PROBE)?.channels;
        check_channels("objective", name, channels, &function.channels())?;
        let term = (weight, function.clone());
        match self.layers.iter_mut().find(|layer| layer.name == name) {
            Some(layer) => layer.terms.push(term),
            None => self.layers.push(Layer { name: name.into(), channels, terms: vec![term], choice: None }),
        }
        Ok(())
    }

    fn cut(mut self, choice: Option<&Choice>) -> Result<CutNetwork, Error> {
        self.layers.iter_mut().try_for_each(|layer| layer.choose(choice))?;
        let names: Vec<&str> = self.layers.iter().map(|layer| layer.name.as_str()).collect();
        let program = Arc::new(Program::new(&self.network.graph, &names)?);
        Ok(CutNetwork { network: self.network, program, layers: self.layers })
    }
}

impl CutNetwork {
    /// Bytes of the buffers, and of the stored activations of the photo.
    fn memory(&self, size: (usize, usize), purpose: Purpose) -> Result<u64, Error> {
        let plan = plan(&self.program, size, purpose)?;
        let remembering = self.layers.iter().enumerate().filter(|(_, layer)| layer.needs_photo());
        let remembered: usize = remembering.map(|(number, _)| plan.layer_shape(number).values()).sum();
        Ok((plan.memory() + 4 * remembered) as u64)
    }

    fn bind(&self, references: References<'_>) -> Result<BoundNetwork, Error> {
        let classes = |word: &str| {
            let meaning = self.network.classes_under(word).map_err(|e| InvalidSetting::unusable("objective", e))?;
            Ok(meaning.classes.clone())
        };
        let mut layers = Vec::new();
        for (number, layer) in self.layers.iter().enumerate() {
            let look = |reference| {
                let (picture, side) = match reference {
                    Reference::Photo => (references.photo, CHOICE_SIDE),
                    Reference::Guide => (references.guide, GUIDE_SIDE),
                };
                picture.map(|picture| self.look(number, picture, side)).transpose()
            };
            let binding =
                Binding { channels: layer.channels, choice: layer.choice.as_ref(), look: &look, classes: &classes };
            let terms = layer.terms.iter().map(|term| bound(term, &binding)).collect::<Result<_, Error>>()?;
            layers.push(BoundLayer { terms, needs_photo: layer.needs_photo() });
        }
        Ok(BoundNetwork { program: self.program.clone(), layers })
    }

    /// Returns the sums of layer number `layer` on the picture, shrunk to `side` pixels on its longer side.
    fn look(&self, layer: usize, picture: &Picture, side: usize) -> Result<LayerSums, Error> {
        let picture = shrunk(picture, side);
        let size = (picture.width(), picture.height());
        let mut session = Session::new(plan(&self.program, size, Purpose::Activations)?)?;
        let mut sums = LayerSums::default();
        session.activations(picture.pixels(), |number, map| {
            if number == layer {
                sums = LayerSums::of(map);
            }
        })?;
        Ok(sums)
    }
}

impl Layer {
    /// Restricts the whole layer to these channels.
    fn choose(&mut self, choice: Option<&Choice>) -> Result<(), Error> {
        let Some(Choice { channels, .. }) = choice else { return Ok(()) };
        if self.terms.iter().any(|(_, function)| function.whole_layer().is_some()) {
            check_channels("channels", &self.name, self.channels, channels.named())?;
            if channels.weights(&vec![0.0; self.channels]).iter().all(|weight| *weight == 0.0) {
                let why = format!("{channels} leaves no channel of {}", self.name);
                return Err(InvalidSetting::unusable("channels", why).into());
            }
            self.choice = choice.cloned();
        }
        Ok(())
    }

    fn needs_photo(&self) -> bool {
        self.terms.iter().any(|(_, function)| function.needs_photo())
    }
}

fn check_channels(setting: &'static str, layer: &str, channels: usize, named: &[usize]) -> Result<(), Error> {
    match named.iter().find(|channel| **channel >= channels) {
        Some(&channel) => Err(Error::Channel { setting, layer: layer.into(), channel, last: channels - 1 }),
        None => Ok(()),
    }
}
