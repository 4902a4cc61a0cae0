//! The parts of ordinary pictures that excite each channel most, computed for a whole layer at once and cached.

use std::fs;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock};

use oneiric::inspect::patches::{Spot, strongest_spots, window};
use oneiric::picture::write_file;
use oneiric::{Limits, Picture, SaveMode};
use oneiric_engine::shape::Size;
use oneiric_kits::{BuiltIn, built_in};

use super::networks::StudioNetworks;
use crate::wire::{PatchView, Problem, RectangleView};

/// The number of patches of a channel.
const COUNT: usize = 9;
/// The number of layers in memory.
const KEPT: usize = 32;

/// The strongest spots of each channel of a layer.
type LayerSpots = Arc<Vec<Vec<Spot>>>;
type Slot = Arc<OnceLock<Result<LayerSpots, Problem>>>;

/// Finds and caches the strongest spots of channels in the built-in photos and paintings.
pub struct Patches {
    folder: PathBuf,
    networks: Arc<StudioNetworks>,
    layers: Mutex<Vec<(String, Slot)>>,
}

/// Returns a built-in photo or painting.
///
/// # Errors
/// A number that none has.
pub fn ordinary_picture(number: usize) -> Result<&'static BuiltIn, Problem> {
    built_in().nth(number).ok_or_else(|| Problem::not_found("picture"))
}

impl Patches {
    /// Creates it with a folder for its cache.
    pub fn new(folder: PathBuf, networks: Arc<StudioNetworks>) -> Self {
        Self { folder, networks, layers: Mutex::default() }
    }

    /// Returns the patches of a channel, the strongest first.
    ///
    /// # Errors
    /// A network, a layer or a channel that does not exist.
    pub fn of_channel(&self, model: &str, layer: &str, channel: usize) -> Result<Vec<PatchView>, Problem> {
        let spots = self.of_layer(model, layer)?;
        let spots = spots.get(channel).ok_or_else(|| Problem::not_found("channel"))?;
        let network = self.networks.all().get(model)?;
        let patch = |spot: &Spot| {
            let picture = ordinary_picture(spot.picture)?;
            let (width, height) = picture.size();
            let size = Size { width, height };
            let field = network.graph.receptive_field(layer, size, (spot.row, spot.column));
            let field = field.map_err(|e| Problem::invalid(e.to_string()))?;
            let [rows, columns] = window(&field, size);
            Ok(PatchView {
                picture: spot.picture,
                name: picture.name().into(),
                width,
                height,
                value: spot.value,
                window: RectangleView::of(rows, columns),
                field: RectangleView::of(field.rows, field.columns),
            })
        };
        spots.iter().map(patch).collect()
    }

    /// Returns the spots of a layer. A second request waits for the first to find them.
    fn of_layer(&self, model: &str, layer: &str) -> Result<LayerSpots, Problem> {
        let name = format!("{}.{layer}", self.networks.weights_name(model));
        self.slot(&name).get_or_init(|| self.read_or_find(model, layer, &name)).clone()
    }

    /// Returns the slot of a layer in memory. The least recently used slot is removed.
    fn slot(&self, name: &str) -> Slot {
        let mut layers = self.layers.lock().expect("nothing panics while it holds the layers");
        let at = layers.iter().position(|(known, _)| known == name);
        let entry = at.map_or_else(|| (name.to_owned(), Slot::default()), |at| layers.remove(at));
        layers.push(entry.clone());
        if layers.len() > KEPT {
            layers.remove(0);
        }
        entry.1
    }

    fn read_or_find(&self, model: &str, layer: &str, name: &str) -> Result<LayerSpots, Problem> {
        let network = self.networks.all().get(model)?;
        // Before the layer's name becomes part of a path.
        network.graph.layer(layer).map_err(|e| Problem::invalid(e.to_string()))?;
        // Another version may have other pictures.
        let path = self.folder.join(env!("CARGO_PKG_VERSION")).join(format!("{name}.json"));
        let kept = fs::read(&path).ok().and_then(|bytes| serde_json::from_slice::<Vec<Vec<KeptSpot>>>(&bytes).ok());
        if let Some(kept) = kept {
            return Ok(Arc::new(kept.into_iter().map(|spots| spots.into_iter().map(from_kept).collect()).collect()));
        }
        let read = |picture: &BuiltIn| Picture::read(picture.jpeg, &Limits::default()).expect("it is built in");
        let spots = strongest_spots(&network, layer, built_in().map(read), COUNT)?;
        let kept: Vec<Vec<KeptSpot>> = spots.iter().map(|spots| spots.iter().map(to_kept).collect()).collect();
        if let (Ok(bytes), Some(folder)) = (serde_json::to_vec(&kept), path.parent()) {
            // A file that cannot be written is made again next time.
            let _ = fs::create_dir_all(folder);
            let _ = write_file(&path, &bytes, SaveMode::Overwrite);
        }
        Ok(Arc::new(spots))
    }
}

/// A spot in a file: picture, row, column, value.
type KeptSpot = (usize, usize, usize, f32);

fn from_kept((picture, row, column, value): KeptSpot) -> Spot {
    Spot { picture, row, column, value }
}

fn to_kept(&Spot { picture, row, column, value }: &Spot) -> KeptSpot {
    (picture, row, column, value)
}
