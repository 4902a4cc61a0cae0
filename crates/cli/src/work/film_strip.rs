//! `--film-strip`: moments of a dream, from the photo to the finished dream, on one sheet.

use std::collections::VecDeque;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use oneiric::inspect::sheet::Sheet;
use oneiric::picture::resize::{fit_within, resize, resized};
use oneiric::{Checkpoint, Dream, DreamProgress, Error, LazyPhoto, Observer, PhotoSource, Picture};

use crate::args::OutputArgs;
use crate::terminal::failure::Failure;
use crate::work::destination::Destination;
use crate::work::input::Source;

/// The fewest and the most pictures of a strip.
const COUNT: std::ops::RangeInclusive<usize> = 2..=60;
/// Longer side of a picture in pixels.
const TILE: usize = 320;

/// The value of --film-strip: `6` or `6:strip.png`.
#[derive(Clone, Debug, PartialEq)]
pub struct StripArg {
    count: usize,
    file: Option<PathBuf>,
}

impl FromStr for StripArg {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (count, file) = match text.split_once(':') {
            Some((count, file)) => (count, Some(PathBuf::from(file))),
            None => (text, None),
        };
        let count = count.trim().parse().ok().filter(|count| COUNT.contains(count));
        let why = || format!("write {} to {} pictures, or 6:FILE.png", COUNT.start(), COUNT.end());
        let count = count.filter(|_| file.as_ref().is_none_or(|file| !file.as_os_str().is_empty()));
        Ok(Self { count: count.ok_or_else(why)?, file })
    }
}

impl StripArg {
    /// Where the strip goes. Without a file in the option, it is named after the dream: `dream.strip.jpg` next to
    /// `dream.jpg` of -o, `photo.dream.strip.png` next to the photo.
    pub fn destination(
        &self,
        out: Option<&Path>,
        source: &Source,
        output_args: &OutputArgs,
    ) -> Result<Destination, Failure> {
        let beside = |path: &Path| {
            let ending = path.extension().unwrap_or_default().to_string_lossy();
            path.with_extension(format!("strip.{ending}"))
        };
        let out = out.filter(|path| *path != Path::new("-")).map(beside);
        let strip = Destination::check(self.file.clone().or(out).as_deref(), source, "dream.strip", output_args)?;
        match strip {
            Destination::Stdout => Err(Failure::input(
                "the dream goes to standard output; name a file for its strip: --film-strip 6:strip.png",
            )),
            strip => Ok(strip),
        }
    }
}

/// The moments of a dream so far, in small pictures.
pub struct FilmStrip {
    sheet: Sheet,
    tile: (usize, usize),
    /// Steps of each octave.
    steps: Vec<usize>,
    /// The numbers of steps after which the next pictures are taken.
    moments: VecDeque<usize>,
}

impl FilmStrip {
    /// A strip that begins with the photo.
    pub fn new(arg: &StripArg, photo: &LazyPhoto, dream: &Dream) -> Result<Self, Error> {
        let size = photo.size()?;
        let tile = fit_within(size, Some(TILE));
        let mut sheet = Sheet::new(tile.0, tile.1);
        sheet.add("photo", "", &resized(&*photo.read()?, tile));
        let steps = dream.steps(size);
        Ok(Self { sheet, tile, moments: moments(steps.iter().sum(), arg.count), steps })
    }

    /// Takes a picture if it is time.
    fn see(&mut self, progress: &DreamProgress, picture: &[f32]) {
        let done = self.steps[..progress.octave - 1].iter().sum::<usize>() + progress.iteration;
        let due = self.moments.iter().take_while(|moment| **moment <= done).count();
        if due == 0 {
            return;
        }
        self.moments.drain(..due);
        let pixels = resize(picture, progress.size, self.tile).into_iter().map(|value| value.clamp(0.0, 1.0)).collect();
        let picture = Picture::new(self.tile.0, self.tile.1, pixels).expect("it was resized to this size");
        let DreamProgress { octave, octaves, iteration, iterations, .. } = progress;
        let (octave, step) = (format!("octave {octave} of {octaves}"), format!("step {iteration} of {iterations}"));
        self.sheet.add(octave, step, &picture);
    }

    /// Draws the strip, which ends with the finished dream.
    pub fn finish(mut self, dream: &Picture) -> Result<Picture, Failure> {
        self.sheet.add("dream", "", dream);
        Ok(self.sheet.render()?)
    }
}

/// The numbers of steps after which pictures are taken, without the first and the last of `count`; evenly spaced, each once.
fn moments(steps: usize, count: usize) -> VecDeque<usize> {
    let moments = (1..count - 1).map(|index| (steps * index).div_ceil(count - 1));
    let mut moments: Vec<usize> = moments.filter(|moment| *moment < steps).collect();
    moments.dedup();
    moments.into()
}

/// An observer that also takes the pictures of a strip.
pub struct Filmed<'a, O> {
    /// The observer.
    pub observer: &'a mut O,
    /// The strip, if one is made.
    pub strip: Option<&'a mut FilmStrip>,
}

impl<O: Observer> Observer for Filmed<'_, O> {
    fn step(&mut self, progress: &DreamProgress, picture: &[f32]) -> ControlFlow<()> {
        if let Some(strip) = &mut self.strip {
            strip.see(progress, picture);
        }
        self.observer.step(progress, picture)
    }

    fn checkpoint(&mut self, checkpoint: &Checkpoint<'_>) {
        self.observer.checkpoint(checkpoint);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_evenly_spaced_between_the_photo_and_the_dream() {
        assert_eq!(moments(40, 6), [8, 16, 24, 32]);
        assert_eq!(moments(7, 4), [3, 5]);
        assert_eq!(moments(3, 60), [1, 2]);
        assert!(moments(1, 5).is_empty());
        assert!(moments(40, 2).is_empty());
    }

    #[test]
    fn a_strip_is_a_number_of_pictures_and_perhaps_a_file() {
        let arg = |count, file: Option<&str>| Ok(StripArg { count, file: file.map(PathBuf::from) });
        assert_eq!("6".parse(), arg(6, None));
        assert_eq!("12:a:b.png".parse(), arg(12, Some("a:b.png")));
        for wrong in ["", "1", "61", "x", "6:", ":a.png", "-3"] {
            assert!(wrong.parse::<StripArg>().unwrap_err().contains("2 to 60"), "{wrong}");
        }
    }
}
