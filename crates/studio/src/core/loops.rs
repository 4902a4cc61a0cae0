//! Dreams whose steps one can look at.
//!
//! A dream grows only as far as somebody asks, a few steps in each turn of the scheduler, and continues from a checkpoint. What
//! was seen on the way is kept: the picture before each step, the gradient, and their numbers.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

use oneiric::inspect::gradient::drawn;
use oneiric::recipe::{hashes, sha256};
use oneiric::render::{LoadedPhoto, StepGradient, octave_steps};
use oneiric::{Checkpoint, Dream, DreamProgress, Error, Format, Observer, PhotoSource, Picture};

use super::networks::StudioNetworks;
use super::prepare::settings;
use super::schedule::CancelToken;
use super::thumbnails::Thumbnails;
use crate::wire::{LookSettings, LoopMoment, LoopView, Problem};

/// The longer side of the dreams, in pixels.
const SIDE: usize = 360;
/// The most steps of a dream.
const MOST_STEPS: usize = 60;
/// The steps of one turn: few, as others wait meanwhile.
const TURN: usize = 2;
/// The most dreams that are kept, and their bytes: one of 40 steps takes about three million.
const KEPT: usize = 256;
const KEPT_BYTES: usize = 256 << 20;
const QUALITY: u8 = 88;

/// Dreams that are looked at step by step. The latest are kept.
#[derive(Default)]
pub struct Loops {
    kept: Mutex<Vec<Arc<DreamLoop>>>,
}

/// A dream that is looked at step by step.
pub struct DreamLoop {
    /// The hash of all that determines it.
    key: String,
    picture: String,
    photo: Arc<LoadedPhoto>,
    dream: Dream,
    /// The steps of each octave.
    steps: Vec<usize>,
    growth: Mutex<LoopGrowth>,
    bytes: AtomicUsize,
}

/// How far the dream has grown.
#[derive(Default)]
struct LoopGrowth {
    seen: Vec<SeenMoment>,
    /// The dream before its next step, unless it has not begun.
    next: Option<Checkpoint<'static>>,
}

struct SeenMoment {
    about: LoopMoment,
    /// JPEG files.
    picture: Arc<[u8]>,
    gradient: Option<Arc<[u8]>>,
}

impl Loops {
    fn kept(&self) -> MutexGuard<'_, Vec<Arc<DreamLoop>>> {
        self.kept.lock().expect("nothing panics while it holds the dreams")
    }

    /// Returns the dream of a picture with this look.
    ///
    /// # Errors
    /// An invalid look, or one of too many steps; a picture that cannot be decoded.
    pub fn open(
        &self,
        thumbnails: &Thumbnails,
        networks: &StudioNetworks,
        picture: &str,
        look: &LookSettings,
    ) -> Result<Arc<DreamLoop>, Problem> {
        let networks = networks.all();
        let dream = Dream::with_networks(settings(look, false, &networks)?.1, &networks)?;
        let weights = hashes(dream.network_names(), &networks);
        let key = sha256(format!("{picture} {:?} {weights:?}", dream.settings()).as_bytes());
        if let Some(known) = self.used(&key) {
            return Ok(known);
        }
        let of_picture = self.kept().iter().find(|kept| kept.picture == picture).map(|kept| kept.photo.clone());
        let photo = of_picture.map_or_else(|| thumbnails.photo(picture, SIDE).map(Arc::new), Ok)?;
        let steps = octave_steps(photo.size()?, dream.settings());
        let all = steps.iter().sum::<usize>();
        if all > MOST_STEPS {
            let why = format!("this dream has {all} steps, and step by step it may have {MOST_STEPS}");
            return Err(Problem::invalid(why).blaming(Some("iterations")));
        }
        let (growth, bytes) = (Mutex::default(), AtomicUsize::new(photo.picture().pixels().len() * 4));
        let opened = DreamLoop { key, picture: picture.into(), photo, dream, steps, growth, bytes };
        // Another request may have opened it meanwhile.
        Ok(self.used(&opened.key).unwrap_or_else(|| {
            let opened = Arc::new(opened);
            self.kept().push(opened.clone());
            opened
        }))
    }

    /// Returns a dream that is kept, which is now the latest.
    fn used(&self, key: &str) -> Option<Arc<DreamLoop>> {
        let mut kept = self.kept();
        let at = kept.iter().position(|known| known.key == key)?;
        let used = kept.remove(at);
        kept.push(used.clone());
        Some(used)
    }

    /// Takes some steps towards a moment, and returns whether it is there. It stops if the client has gone.
    ///
    /// # Errors
    /// Those of the dream; a cancelled request.
    pub fn advance(&self, dream: &DreamLoop, moment: usize, cancel: &CancelToken) -> Result<bool, Problem> {
        let is_there = dream.advance(moment, cancel)?;
        let mut kept = self.kept();
        let bytes = |kept: &[Arc<DreamLoop>]| kept.iter().map(|one| one.bytes.load(Ordering::Relaxed)).sum::<usize>();
        while kept.len() > KEPT || kept.len() > 1 && bytes(&kept) > KEPT_BYTES {
            kept.remove(0);
        }
        Ok(is_there)
    }
}

impl DreamLoop {
    fn growth(&self) -> MutexGuard<'_, LoopGrowth> {
        self.growth.lock().expect("nothing panics while a dream grows")
    }

    /// The number of steps.
    pub fn steps(&self) -> usize {
        self.steps.iter().sum()
    }

    fn advance(&self, moment: usize, cancel: &CancelToken) -> Result<bool, Problem> {
        let moment = moment.min(self.steps());
        let mut growth = self.growth();
        let begun = growth.seen.len();
        if begun > moment {
            return Ok(true);
        }
        let next = growth.next.clone();
        let until = (begun + TURN).min(moment + 1);
        let mut watcher = Watcher { dream: self, growth: &mut growth, until, before: None, failed: None, cancel };
        let ended = self.dream.render_from(&*self.photo, next, &mut watcher);
        if let Some(problem) = watcher.failed {
            return Err(problem);
        }
        match ended {
            Ok(picture) => {
                let last = self.finished(&picture)?;
                growth.next = None;
                growth.seen.push(last);
            }
            Err(Error::Cancelled) if cancel.check().is_continue() => {}
            Err(error) => return Err(error.into()),
        }
        let files = growth.seen.iter().map(|seen| seen.picture.len() + seen.gradient.as_ref().map_or(0, |g| g.len()));
        self.bytes.store(files.sum::<usize>() + self.photo.picture().pixels().len() * 8, Ordering::Relaxed);
        Ok(growth.seen.len() > moment)
    }

    /// The moment after the last step.
    fn finished(&self, picture: &Picture) -> Result<SeenMoment, Problem> {
        let about = LoopMoment {
            step: self.steps(),
            octave: self.steps.len(),
            width: picture.width(),
            height: picture.height(),
            strength: None,
            largest_change: None,
            gradient_scale: None,
        };
        Ok(SeenMoment { about, picture: picture.encode(Format::Jpeg, QUALITY)?.into(), gradient: None })
    }

    /// Describes the moments up to this one, as far as they are there.
    pub fn view(&self, moment: usize) -> LoopView {
        let picture = self.photo.picture();
        let moments = self.growth().seen.iter().take(moment.saturating_add(1)).map(|seen| seen.about.clone()).collect();
        LoopView {
            width: picture.width(),
            height: picture.height(),
            octaves: self.steps.len(),
            steps: self.steps(),
            moments,
        }
    }

    /// The picture of a moment as a JPEG file, if it is there.
    pub fn picture(&self, moment: usize) -> Option<Arc<[u8]>> {
        self.growth().seen.get(moment).map(|seen| seen.picture.clone())
    }

    /// The gradient of a moment as a JPEG file, if it is there.
    pub fn gradient(&self, moment: usize) -> Option<Arc<[u8]>> {
        self.growth().seen.get(moment).and_then(|seen| seen.gradient.clone())
    }
}

/// Keeps what it sees of a dream, up to moment number `until`.
struct Watcher<'a> {
    dream: &'a DreamLoop,
    growth: &'a mut LoopGrowth,
    until: usize,
    before: Option<Before>,
    failed: Option<Problem>,
    cancel: &'a CancelToken,
}

/// A picture before a step, and the gradient that the step follows.
struct Before {
    step: usize,
    octave: usize,
    size: (usize, usize),
    picture: Vec<f32>,
    gradient: Option<(f64, Vec<f32>)>,
}

impl Watcher<'_> {
    /// Keeps the moment before the step that led to this picture.
    fn keep(&mut self, before: Before, after: &[f32]) -> Result<(), Problem> {
        let Before { step, octave, size, picture, gradient } = before;
        if step < self.growth.seen.len() {
            return Ok(());
        }
        let largest = picture.iter().zip(after).map(|(before, after)| (after - before).abs()).fold(0.0, f32::max);
        let encode = |picture: Picture| Ok::<_, Problem>(Arc::from(picture.encode(Format::Jpeg, QUALITY)?));
        let (strength, values) = gradient.unzip();
        let drawing = values.map(|values| drawn(&values, size)).transpose()?;
        let (drawing, factor) = drawing.unzip();
        let about = LoopMoment {
            step,
            octave,
            width: size.0,
            height: size.1,
            strength,
            largest_change: Some(largest),
            gradient_scale: factor.map(|factor| factor / self.dream.dream.settings().in_octave(octave).step),
        };
        let picture = encode(Picture::new(size.0, size.1, picture)?)?;
        self.growth.seen.push(SeenMoment { about, picture, gradient: drawing.map(encode).transpose()? });
        Ok(())
    }
}

impl Observer for Watcher<'_> {
    fn checkpoint(&mut self, checkpoint: &Checkpoint<'_>) {
        self.growth.next = Some(checkpoint.clone().into_owned());
    }

    fn gradient(&mut self, gradient: &StepGradient<'_>) {
        if let Some(before) = &mut self.before {
            before.gradient = Some((gradient.value, gradient.values()));
        }
    }

    fn step(&mut self, progress: &DreamProgress, picture: &[f32]) -> ControlFlow<()> {
        if let Some(before) = self.before.take() {
            self.failed = self.keep(before, picture).err();
        }
        if self.failed.is_some() {
            return ControlFlow::Break(());
        }
        let &DreamProgress { octave, iteration, iterations, size, .. } = progress;
        if iteration == iterations {
            // The next octave begins with the same picture in its own size.
            return ControlFlow::Continue(());
        }
        if self.growth.seen.len() >= self.until {
            return ControlFlow::Break(());
        }
        let step = self.dream.steps[..octave - 1].iter().sum::<usize>() + iteration;
        self.before = Some(Before { step, octave, size, picture: picture.to_vec(), gradient: None });
        self.cancel.check()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use oneiric::{Settings, landscape};

    fn dream(key: &str) -> Arc<DreamLoop> {
        let settings = Settings { octaves: 2, iterations: 6, ..Settings::new("squeezenet", "fire3") };
        let photo = LoadedPhoto::new(Picture::new(90, 60, landscape::paint(90, 60, 1)).unwrap(), None);
        let steps = octave_steps((90, 60), &settings);
        Arc::new(DreamLoop {
            key: key.into(),
            picture: "landscape".into(),
            photo: Arc::new(photo),
            dream: Dream::new(settings).unwrap(),
            steps,
            growth: Mutex::default(),
            bytes: AtomicUsize::new(0),
        })
    }

    #[test]
    fn a_turn_takes_a_few_steps_and_the_next_one_continues() {
        let (dream, waits) = (dream("one"), CancelToken::default());
        assert!(!dream.advance(12, &waits).unwrap());
        assert_eq!(dream.view(12).moments.len(), TURN);
        // Those that are there take no turn.
        assert!(dream.advance(TURN - 1, &waits).unwrap());
        assert_eq!(dream.view(12).moments.len(), TURN);
        while !dream.advance(12, &waits).unwrap() {}
        let steps = dream.view(12).moments.iter().map(|moment| moment.step).collect::<Vec<_>>();
        assert_eq!(steps, (0..=12).collect::<Vec<_>>());
        let whole = dream.dream.render(&*dream.photo).unwrap().encode(Format::Jpeg, QUALITY).unwrap();
        assert_eq!(dream.picture(12).as_deref(), Some(&whole[..]));
        assert!(dream.gradient(11).is_some() && dream.gradient(12).is_none() && dream.picture(13).is_none());
    }

    #[test]
    fn nothing_grows_for_a_client_that_has_gone() {
        let dream = dream("one");
        dream.advance(12, &CancelToken::default()).unwrap();
        assert!(dream.advance(12, &CancelToken::of_gone_client()).is_err());
        assert_eq!(dream.view(12).moments.len(), TURN);
        assert!(dream.advance(TURN, &CancelToken::default()).unwrap());
    }

    #[test]
    fn the_latest_dreams_are_kept_within_a_bound() {
        let loops = Loops::default();
        for key in ["first", "second", "third"] {
            let dream = dream(key);
            dream.bytes.store(KEPT_BYTES / 2, Ordering::Relaxed);
            loops.kept().push(dream);
        }
        let first = loops.used("first").unwrap();
        loops.advance(&first, 0, &CancelToken::default()).unwrap();
        let keys = || loops.kept().iter().map(|kept| kept.key.clone()).collect::<Vec<_>>();
        assert_eq!(keys(), ["third", "first"], "the second was used least recently");
    }
}
