//! An objective that has seen its photo and guide, for any size of picture: measures on layers, as data.

use std::sync::Arc;

use oneiric_engine::objective::Measure;
use oneiric_engine::{Program, Purpose, Session};

use super::evaluation::{Evaluation, NetworkSession};
use super::evaluator::{floats, plan};
use super::terms::Unlike;
use crate::error::Error;
use crate::invalid::InvalidSetting;
use crate::render::tile::Tiling;

/// An objective that has seen its photo and guide, for any size of picture.
#[derive(Debug)]
pub struct Bound {
    pub(super) networks: Vec<BoundNetwork>,
    pub(super) on_picture: Vec<WeightedMeasure>,
    pub(super) needs_photo: bool,
}

/// A measure with its weight in the sum.
pub(super) type WeightedMeasure = (f32, Arc<dyn Measure>);

#[derive(Clone, Debug)]
pub(super) struct BoundNetwork {
    pub program: Arc<Program>,
    /// In the order of the program's layers.
    pub layers: Vec<BoundLayer>,
}

/// The measures on one layer.
#[derive(Clone, Debug)]
pub(super) struct BoundLayer {
    pub terms: Vec<WeightedMeasure>,
    /// Whether one of them compares with the photo's activations.
    pub needs_photo: bool,
}

impl Bound {
    /// The same with one more term: the first layer of the first network shall be as unlike as possible to each of
    /// `others`, which are [signatures](Evaluation::signature) of pictures.
    #[must_use]
    pub fn unlike(&self, others: &[Vec<f32>], weight: f32) -> Self {
        let mut networks = self.networks.clone();
        let first = networks.first_mut().and_then(|network| network.layers.first_mut());
        if let Some(layer) = first.filter(|_| !others.is_empty()) {
            layer.terms.push((weight, Arc::new(Unlike { others: others.to_vec() })));
        }
        Self { networks, on_picture: self.on_picture.clone(), needs_photo: self.needs_photo }
    }

    /// Allocates the buffers for pictures that are seen as `tiling` says and grow out of `base`, `[height][width][3]` in
    /// 0…1: the photo in this size, or nothing.
    ///
    /// # Errors
    /// If a network cannot take the size, or the objective looks at one place and there are several tiles.
    ///
    /// # Panics
    /// If `base` has another length than the size says, or is missing where the objective compares with the photo.
    pub fn at(&self, tiling: Tiling, base: Option<&[f32]>, purpose: Purpose) -> Result<Evaluation, Error> {
        let plane = floats(tiling.size());
        assert!(base.is_none_or(|base| base.len() == plane), "the photo in the size of the picture");
        assert!(base.is_some() || !self.needs_photo, "the objective compares with the photo");
        let layers = self.networks.iter().flat_map(|network| &network.layers);
        let mut measures = layers.flat_map(|layer| &layer.terms);
        if tiling.tiles() > 1 && measures.any(|(_, measure)| measure.is_of_one_place()) {
            let why = "neuron() needs the whole picture in one tile, and this picture is dreamed in several";
            return Err(InvalidSetting::unusable("tile", why).into());
        }
        let session = |network: &BoundNetwork| {
            let session = Session::new(plan(&network.program, tiling.tile(), purpose)?)?;
            Ok(NetworkSession::new(session, network.layers.clone()))
        };
        Ok(Evaluation {
            networks: self.networks.iter().map(session).collect::<Result<_, Error>>()?,
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
