//! Dreams on one picture after another.

use std::ops::ControlFlow;

use super::dream::Dream;
use super::growth::Growth;
use super::photo::PhotoSource;
use super::progress::DreamProgress;
use super::run::{Begin, Detail, Keep};
use crate::error::Error;
use crate::memory;
use crate::picture::Picture;

/// Dreams on one picture after another and keeps the networks' buffers of every octave between them, as long as pictures
/// have the same size and memory allows. For films and live pictures, where each picture may begin with the detail of the
/// one before.
///
/// ```
/// use oneiric::render::Dreamer;
/// use oneiric::{Dream, Picture, Settings};
///
/// let settings = Settings { octaves: 2, iterations: 1, ..Settings::new("squeezenet", "fire3") };
/// let mut dreamer = Dreamer::new(Dream::new(settings)?);
/// let first = dreamer.dream(&Picture::filled(64, 48, [0.4; 3])?, None)?;
/// let second = dreamer.dream(&Picture::filled(64, 48, [0.5; 3])?, Some(&first.detail))?;
/// assert_eq!(second.detail.size(), (64, 48));
/// # Ok::<(), oneiric::Error>(())
/// ```
pub struct Dreamer {
    dream: Dream,
    kept: KeptBuffers,
}

/// A dreamed picture, and its detail.
#[derive(Clone, Debug)]
pub struct Dreamed {
    /// The picture.
    pub picture: Picture,
    /// What the dream added to the photo.
    pub detail: Detail,
}

impl Dreamer {
    /// A dreamer that keeps no buffers yet.
    pub fn new(dream: Dream) -> Self {
        Self { dream, kept: KeptBuffers::default() }
    }

    /// Dreams on `photo`. The detail of an earlier picture, if there is one, is resized to the first octave and added.
    /// Without one the picture has the bytes of [`Dream::render`].
    ///
    /// # Errors
    /// As [`Dream::render`].
    pub fn dream(&mut self, photo: &impl PhotoSource, earlier: Option<&Detail>) -> Result<Dreamed, Error> {
        self.dream_with(photo, earlier, |_, _| ControlFlow::Continue(()))
    }

    /// As [`dream`](Self::dream), and calls `observer` as [`Dream::render_with`] does.
    ///
    /// # Errors
    /// As [`Dream::render_with`].
    pub fn dream_with(
        &mut self,
        photo: &impl PhotoSource,
        earlier: Option<&Detail>,
        observer: impl FnMut(&DreamProgress, &[f32]) -> ControlFlow<()>,
    ) -> Result<Dreamed, Error> {
        let size = photo.size()?;
        if self.kept.size != Some(size) {
            // The memory of the old buffers counts as free.
            self.kept = KeptBuffers::default();
            self.dream.check_memory(size)?;
            let all = self.dream.memory_of_all_octaves(size)?;
            self.kept.size = memory::check(size, all).is_ok().then_some(size);
        }
        let begin = earlier.map_or(Begin::Photo, |detail| Begin::Detail(detail.clone()));
        let (picture, detail) = if self.kept.size.is_some() {
            self.dream.grow(photo, begin, &mut self.kept, &mut { observer })?
        } else {
            self.dream.grow(photo, begin, &mut OnlyDetail, &mut { observer })?
        };
        let detail = detail.expect("both kinds of buffers keep the detail");
        Ok(Dreamed { picture, detail })
    }
}

/// Keeps the detail, and no buffers.
struct OnlyDetail;

impl Keep for OnlyDetail {
    const DETAIL: bool = true;
}

/// The growths of each octave of the last picture, and its size.
#[derive(Default)]
struct KeptBuffers {
    size: Option<(usize, usize)>,
    octaves: Vec<Option<Vec<Growth>>>,
}

impl Keep for KeptBuffers {
    const DETAIL: bool = true;

    fn take(&mut self, octave: usize) -> Option<Vec<Growth>> {
        self.octaves.get_mut(octave)?.take()
    }

    fn keep(&mut self, octave: usize, growths: Vec<Growth>) {
        self.octaves.resize_with(self.octaves.len().max(octave + 1), || None);
        self.octaves[octave] = Some(growths);
    }
}
