//! Pictures as the page shows them: small, and kept so that they are made once.

use std::fs;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock};

use oneiric::picture::resize::shrunk;
use oneiric::picture::write_file;
use oneiric::recipe::{File, sha256};
use oneiric::{Dream, Format, Picture, SaveMode};

use super::prepare::{find_picture, open_picture_file, resolve_places, settings};
use super::schedule::CancelToken;
use crate::store::Store;
use crate::wire::{DreamPlaces, LookSettings, Problem};

/// The sides that views have, in pixels: what is asked for is rounded up to one of them.
const SIDES: [usize; 5] = [160, 320, 640, 1280, 2048];
/// The side from which smaller ones are made, and the pictures of it that are kept in memory.
const BASE: usize = 1280;
const KEPT: usize = 6;
const QUALITY: u8 = 88;
/// Sides of small dreams, and the most steps of their octaves: someone waits for them.
const PREVIEWS: std::ops::RangeInclusive<usize> = 64..=512;
const MOST_STEPS: usize = 40;

type Slot = Arc<OnceLock<Result<Arc<Picture>, Problem>>>;

/// Makes small pictures.
pub struct Thumbnails {
    store: Arc<Store>,
    bases: Mutex<Vec<(String, Slot)>>,
}

impl Thumbnails {
    /// Of the pictures in this store.
    pub fn new(store: Arc<Store>) -> Self {
        Self { store, bases: Mutex::new(Vec::new()) }
    }

    /// The place of a picture among those in memory, of which the one that was wanted longest ago gives way.
    fn slot(&self, id: &str) -> Slot {
        let mut bases = self.bases.lock().expect("nothing panics while it holds the views");
        let at = bases.iter().position(|(known, _)| known == id);
        let entry = at.map_or_else(|| (id.to_owned(), Slot::default()), |at| bases.remove(at));
        bases.push(entry.clone());
        if bases.len() > KEPT {
            bases.remove(0);
        }
        entry.1
    }

    /// Keeps a picture that was decoded: it will be looked at.
    pub fn decoded(&self, id: &str, picture: &Picture) {
        self.slot(id).get_or_init(|| Ok(Arc::new(shrunk(picture, BASE).into_owned())));
    }

    /// The picture with this id, fitting into `side` pixels.
    ///
    /// # Errors
    /// A file that cannot be decoded.
    pub fn small(&self, id: &str, side: usize) -> Result<Arc<Picture>, Problem> {
        // Whoever comes second waits for the first to decode it.
        let read = || Ok(Arc::new(shrunk(&open_picture_file(&self.store, id)?.decode()?, BASE).into_owned()));
        let base = self.slot(id).get_or_init(read).clone()?;
        Ok(if base.width().max(base.height()) <= side { base } else { Arc::new(shrunk(&base, side).into_owned()) })
    }

    /// The file of a picture as the page shows it, and whether it is a PNG, which has transparency, or a JPEG.
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
            Arc::new(shrunk(&open_picture_file(&self.store, id)?.decode()?, side).into_owned())
        };
        let format = if picture.alpha().is_some() { Format::Png } else { Format::Jpeg };
        let bytes = picture.encode(format, QUALITY)?;
        self.keep(&format!("{id}-{side}"), format, &bytes);
        Ok((bytes, format))
    }

    /// A small dream of a picture in these places, as a JPEG file. It is not made to its end for someone who has gone.
    ///
    /// # Errors
    /// A look or a place that cannot be.
    pub fn preview(
        &self,
        id: &str,
        look: &LookSettings,
        places: &DreamPlaces,
        side: usize,
        cancel: &CancelToken,
    ) -> Result<Vec<u8>, Problem> {
        let side = side.clamp(*PREVIEWS.start(), *PREVIEWS.end());
        let places = resolve_places(&self.store, places)?;
        let (_, mut settings) = settings(look, places.guide.is_some())?;
        settings.iterations = settings.iterations.min(MOST_STEPS);
        let in_octaves = settings.octave_changes.iter_mut().filter_map(|change| change.iterations.as_mut());
        in_octaves.for_each(|iterations| *iterations = MOST_STEPS.min(*iterations));
        let about = format!("{id} {side} {settings:?} {places:?} {}", env!("CARGO_PKG_VERSION"));
        let name = format!("preview-{}", &sha256(about.as_bytes())[..32]);
        if let Ok(bytes) = fs::read(self.path(&name, Format::Jpeg)) {
            return Ok(bytes);
        }
        let photo = self.small(id, side)?;
        let open = |file: &File| {
            Ok::<_, Problem>(self.small(&find_picture(&self.store, &file.sha256)?.id, BASE)?.as_ref().clone())
        };
        let dream = places.apply(Dream::new(settings)?, open)?;
        let made = places.find(&dream, &*photo)?.render_with(&*photo, |_, _| cancel.check())?;
        let bytes = made.encode(Format::Jpeg, QUALITY)?;
        self.keep(&name, Format::Jpeg, &bytes);
        Ok(bytes)
    }

    fn path(&self, name: &str, format: Format) -> PathBuf {
        self.store.cache().join("views").join(format!("{name}.{}", format.endings()[0]))
    }

    fn keep(&self, name: &str, format: Format, bytes: &[u8]) {
        // What could not be kept is made again.
        let _ = write_file(self.path(name, format), bytes, SaveMode::Overwrite);
    }
}
