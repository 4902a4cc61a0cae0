//! Dreams on one picture after another.

use std::ops::ControlFlow;

use super::dream::Dream;
use super::growth::Growth;
use super::observer::Observer;
use super::photo::PhotoSource;
use super::progress::DreamProgress;
use super::run::{Detail, Keep, Start};
use crate::error::Error;
use crate::memory;
use crate::picture::Picture;

/// Dreams on one picture after another and keeps the networks' buffers of every octave between them, as long as pictures
/// have the same size and memory allows. For batches, films and live pictures; in the last two each picture may begin with
/// the detail of the one before.
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
    budget: Option<u64>,
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
        Self { dream, kept: KeptBuffers::default(), budget: None }
    }

    /// Keeps buffers only if a dream takes at most `budget` bytes with those of all octaves. Without a budget, the free memory
    /// is the limit.
    #[must_use]
    pub fn keeping_within(self, budget: u64) -> Self {
        Self { budget: Some(budget), ..self }
    }

    /// Returns the dreamer in `kept` with another dream, see [`set_dream`](Self::set_dream), or a new one that keeps buffers
    /// within `budget` bytes.
    pub fn reuse(kept: &mut Option<Self>, dream: Dream, budget: impl FnOnce() -> u64) -> &mut Self {
        match kept {
            Some(dreamer) => {
                dreamer.set_dream(dream);
                dreamer
            }
            None => kept.insert(Self::new(dream).keeping_within(budget())),
        }
    }

    /// Sets the dream of the next pictures. Buffers are kept if it differs only in guide and masks.
    pub fn set_dream(&mut self, dream: Dream) {
        if !dream.has_buffers_of(&self.dream) {
            self.kept = KeptBuffers::default();
        }
        self.dream = dream;
    }

    /// Dreams on `photo`, from the detail of an earlier picture if there is one. Without one the picture has the bytes of
    /// [`Dream::render`].
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
        let start = earlier.map_or(Start::Photo, |detail| Start::Detail(detail.clone()));
        let (picture, detail) = self.grow(photo, start, true, &mut { observer })?;
        Ok(Dreamed { picture, detail: detail.expect("it was requested") })
    }

    /// Dreams on `photo` from any [`Start`], and returns only the picture, which takes a plane less memory.
    ///
    /// # Errors
    /// As [`Dream::render_from`].
    pub fn render_from(
        &mut self,
        photo: &impl PhotoSource,
        start: Start,
        observer: &mut impl Observer,
    ) -> Result<Picture, Error> {
        Ok(self.grow(photo, start, false, observer)?.0)
    }

    fn grow(
        &mut self,
        photo: &impl PhotoSource,
        start: Start,
        detail: bool,
        observer: &mut impl Observer,
    ) -> Result<(Picture, Option<Detail>), Error> {
        let size = photo.size()?;
        if self.kept.size != Some(size) {
            // The memory of the old buffers counts as free.
            self.kept = KeptBuffers::default();
            let of_photo = photo.memory()?;
            self.dream.check_memory(size, of_photo)?;
            let all = self.dream.memory_of_all_octaves(size, of_photo)?;
            let budget = self.budget.or_else(memory::available);
            self.kept.size = budget.is_none_or(|budget| all <= budget).then_some(size);
        }
        self.kept.wants_detail = detail;
        self.dream.grow(photo, start, &mut self.kept, observer)
    }
}

/// The growths of each octave of the last picture, if they are kept for pictures of this size.
#[derive(Default)]
struct KeptBuffers {
    size: Option<(usize, usize)>,
    octaves: Vec<Vec<Growth>>,
    wants_detail: bool,
}

impl Keep for KeptBuffers {
    fn wants_detail(&self) -> bool {
        self.wants_detail
    }

    fn take(&mut self, octave: usize) -> Vec<Growth> {
        self.octaves.get_mut(octave).map(std::mem::take).unwrap_or_default()
    }

    fn keep(&mut self, octave: usize, growths: Vec<Growth>) {
        if self.size.is_some() {
            self.octaves.resize_with(self.octaves.len().max(octave + 1), Vec::new);
            self.octaves[octave] = growths;
        }
    }
}
