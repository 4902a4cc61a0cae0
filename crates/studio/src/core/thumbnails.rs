//! Small pictures and small dreams for the page, cached in the studio's folder.

use std::fs;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock};

use oneiric::picture::resize::shrunk;
use oneiric::picture::write_file;
use oneiric::recipe::{File, hashes, sha256};
use oneiric::render::LoadedPhoto;
use oneiric::{Dream, Format, LazyPhoto, Picture, SaveMode};

use super::decoding::DecodingMemory;
use super::networks::StudioNetworks;
use super::prepare::{find_picture, open_picture_file, resolve_places, settings};
use super::schedule::CancelToken;
use crate::store::Store;
use crate::wire::{DreamPlaces, LookSettings, Problem};

/// The longer sides of views, in pixels; requests are rounded up to one of them.
const SIDES: [usize; 5] = [160, 320, 640, 1280, 2048];
/// The longer side of the pictures in memory, from which views are made.
pub(super) const BASE: usize = 1280;
/// The longer side of the photos in memory, on which previews dream: that of the photos that looks are tuned on.
const PHOTO: usize = 640;
const QUALITY: u8 = 88;
/// The longer sides of previews, in pixels.
const PREVIEWS: std::ops::RangeInclusive<usize> = 64..=512;
/// The most steps of an octave of a preview: someone waits for it.
const MOST_STEPS: usize = 40;

type Slot = Arc<OnceLock<Result<Arc<SmallPictures>, Problem>>>;

/// A picture in two sizes, each shrunk from the whole one.
struct SmallPictures {
    base: Picture,
    photo: Picture,
}

impl SmallPictures {
    fn of(picture: &Picture) -> Arc<Self> {
        let small = |side| shrunk(picture, side).into_owned();
        Arc::new(Self { base: small(BASE), photo: small(PHOTO) })
    }
}

/// The small pictures in memory, by the ids of their pictures. The spaces of a class share them: they are the same for all who
/// have the picture.
pub struct PictureCache {
    kept: usize,
    slots: Mutex<Vec<(String, Slot)>>,
}

impl PictureCache {
    /// Creates a cache of this many pictures.
    pub fn new(kept: usize) -> Self {
        Self { kept, slots: Mutex::default() }
    }

    /// Forgets all pictures.
    pub fn clear(&self) {
        self.slots.lock().expect("nothing panics while it holds the views").clear();
    }

    /// Returns the slot of a picture. The least recently used slot is removed.
    fn slot(&self, id: &str) -> Slot {
        let mut slots = self.slots.lock().expect("nothing panics while it holds the views");
        let at = slots.iter().position(|(known, _)| known == id);
        let entry = at.map_or_else(|| (id.to_owned(), Slot::default()), |at| slots.remove(at));
        slots.push(entry.clone());
        if slots.len() > self.kept {
            slots.remove(0);
        }
        entry.1
    }
}

/// Makes and caches small pictures.
pub struct Thumbnails {
    store: Arc<Store>,
    /// The folder of views and previews, which are named by what they are made of.
    folder: PathBuf,
    memory: Arc<PictureCache>,
    decoding: Arc<DecodingMemory>,
    networks: Arc<StudioNetworks>,
}

impl Thumbnails {
    /// Creates it for the pictures in this store.
    pub fn new(
        store: Arc<Store>,
        folder: PathBuf,
        memory: Arc<PictureCache>,
        decoding: Arc<DecodingMemory>,
        networks: Arc<StudioNetworks>,
    ) -> Self {
        Self { store, folder, memory, decoding, networks }
    }

    /// Caches a decoded picture, which the page will soon ask for.
    pub fn decoded(&self, id: &str, picture: &Picture) {
        self.memory.slot(id).get_or_init(|| Ok(SmallPictures::of(picture)));
    }

    /// Returns the picture with this id, shrunk to `side` pixels.
    ///
    /// # Errors
    /// A file that cannot be decoded.
    pub fn small(&self, id: &str, side: usize) -> Result<Picture, Problem> {
        Ok(shrunk(&self.pictures(id)?.base, side).into_owned())
    }

    /// Returns the photo of a dream of this size, shrunk from the whole picture.
    ///
    /// # Errors
    /// A file that cannot be decoded.
    pub fn photo(&self, id: &str, side: usize) -> Result<LoadedPhoto, Problem> {
        let load = || Ok(LazyPhoto::file(open_picture_file(&self.store, id)?, Some(side))?.load()?);
        self.decoding.run(&self.store.blob(id), 1, load)
    }

    /// Decodes a picture when there is memory for it.
    fn read<T>(&self, id: &str, work: impl FnOnce(&Picture) -> Result<T, Problem>) -> Result<T, Problem> {
        self.decoding.run(&self.store.blob(id), 1, || work(&open_picture_file(&self.store, id)?.decode()?))
    }

    fn pictures(&self, id: &str) -> Result<Arc<SmallPictures>, Problem> {
        // A second request waits for the first to decode it.
        let read = || self.read(id, |picture| Ok(SmallPictures::of(picture)));
        self.memory.slot(id).get_or_init(read).clone()
    }

    /// Returns a view of a picture and its format: PNG if it has transparency, else JPEG.
    ///
    /// # Errors
    /// A file that cannot be decoded.
    pub fn view(&self, id: &str, side: usize) -> Result<(Vec<u8>, Format), Problem> {
        let side = *SIDES.iter().find(|known| **known >= side).unwrap_or(&SIDES[SIDES.len() - 1]);
        for format in [Format::Jpeg, Format::Png] {
            if let Ok(bytes) = fs::read(self.path(&format!("{id}-{side}"), format)) {
                return Ok((bytes, format));
            }
        }
        let picture = if side <= BASE {
            self.small(id, side)?
        } else {
            self.read(id, |picture| Ok(shrunk(picture, side).into_owned()))?
        };
        let format = if picture.alpha().is_some() { Format::Png } else { Format::Jpeg };
        let bytes = picture.encode(format, QUALITY)?;
        self.keep(&format!("{id}-{side}"), format, &bytes);
        Ok((bytes, format))
    }

    /// Returns a small dream of a picture in these places, as a JPEG file: the dream of the whole picture without its finest
    /// octaves. It stops if the client has gone.
    ///
    /// # Errors
    /// An invalid look or place; a cancelled request.
    pub fn preview(
        &self,
        id: &str,
        look: &LookSettings,
        places: &DreamPlaces,
        side: usize,
        cancel: &CancelToken,
    ) -> Result<Vec<u8>, Problem> {
        let side = side.clamp(*PREVIEWS.start(), *PREVIEWS.end());
        let networks = self.networks.all();
        let places = resolve_places(&self.store, places, &networks)?;
        let (_, mut settings) = settings(look, places.guide.is_some(), &networks)?;
        settings.iterations = settings.iterations.min(MOST_STEPS);
        let in_octaves = settings.octave_changes.iter_mut().filter_map(|change| change.iterations.as_mut());
        in_octaves.for_each(|iterations| *iterations = MOST_STEPS.min(*iterations));
        let dream = Dream::with_networks(settings, &networks)?;
        let weights = hashes(dream.network_names(), &networks);
        let settings = dream.settings();
        let about = format!("{id} {side} {settings:?} {places:?} {weights:?} {}", env!("CARGO_PKG_VERSION"));
        let name = format!("preview-{}", &sha256(about.as_bytes())[..32]);
        if let Ok(bytes) = fs::read(self.path(&name, Format::Jpeg)) {
            return Ok(bytes);
        }
        let photo = LoadedPhoto::new(self.pictures(id)?.photo.clone(), Some(side));
        let open = |file: &File| self.small(&find_picture(&self.store, &file.sha256)?.id, BASE);
        let dream = places.apply(dream, open)?;
        let made = places.find(&dream, &photo)?.render_with(&photo, |_, _| cancel.check())?;
        let bytes = made.encode(Format::Jpeg, QUALITY)?;
        self.keep(&name, Format::Jpeg, &bytes);
        Ok(bytes)
    }

    fn path(&self, name: &str, format: Format) -> PathBuf {
        self.folder.join(format!("{name}.{}", format.endings()[0]))
    }

    fn keep(&self, name: &str, format: Format, bytes: &[u8]) {
        // A view that cannot be written is made again next time.
        let _ = write_file(self.path(name, format), bytes, SaveMode::Overwrite);
    }
}
