//! Reads the pictures of a folder.

use std::ops::ControlFlow;
use std::path::PathBuf;

use oneiric::picture::PictureFile;
use oneiric::{Limits, Picture};

use super::dataset::Dataset;
use super::folder::{Folder, Unread};
use super::rounds::{DataProgress, in_rounds};
use super::sample::{Sample, SmallPicture, Source};
use crate::error::Error;

/// How pictures are read.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reading {
    /// The side of the pictures that the network is trained on.
    pub size: usize,
    /// The most bytes that all pictures of a training take in memory. Ordinary photos take half of what is planned.
    pub memory: u64,
    /// The most bytes of the files that are decoded at the same time; a file that takes more is decoded alone.
    pub decoding: u64,
    /// The limits of each file.
    pub limits: Limits,
}

impl Default for Reading {
    fn default() -> Self {
        Self { size: 112, memory: 6_000_000_000, decoding: 1_000_000_000, limits: Limits::default() }
    }
}

impl Reading {
    /// The shorter side that pictures are shrunk to if there are this many: 5/4 of the training's size, so that crops need not
    /// be enlarged much, and less if there are so many that they would not fit into the memory.
    ///
    /// # Errors
    /// [`Error::TooManyPictures`] if less than 3/4 would be left.
    pub fn side(&self, pictures: usize) -> Result<usize, Error> {
        let wanted = (self.size * 5).div_ceil(4).max(1);
        let least = (self.size * 3).div_ceil(4).max(1);
        let fits = |side: usize| SmallPicture::most_bytes(side).saturating_mul(pictures as u64) <= self.memory;
        (least..=wanted).rev().find(|&side| fits(side)).ok_or_else(|| Error::TooManyPictures {
            pictures,
            size: self.size,
            fitting: (self.memory / SmallPicture::most_bytes(least)) as usize,
            megabytes: self.memory / 1_000_000,
        })
    }
}

impl Folder {
    /// Reads all pictures, on all threads. Those that cannot be read are left out: they are returned with the dataset, after
    /// those that were left out before. `watch` is called between pictures and may stop the reading.
    ///
    /// # Errors
    /// [`Error::TooManyPictures`] before any is read, and [`Error::Cancelled`].
    pub fn read(
        &self,
        reading: &Reading,
        mut watch: impl FnMut(DataProgress) -> ControlFlow<()>,
    ) -> Result<(Dataset, Vec<Unread>), Error> {
        let side = reading.side(self.pictures())?;
        let of_class = self.classes.iter().enumerate();
        let files: Vec<(usize, &PathBuf)> =
            of_class.flat_map(|(class, found)| found.files.iter().map(move |file| (class, file))).collect();
        let read = |&(class, path): &(usize, &PathBuf)| match Picture::open(path, &reading.limits) {
            Ok(picture) => {
                Ok(Sample { class, source: Source::File(path.clone()), picture: SmallPicture::of(&picture, side) })
            }
            Err(error) => Err(Unread { path: path.clone(), reason: error.problem().to_string() }),
        };
        // A file without a readable header is refused at once and takes next to nothing.
        let bytes =
            |&(_, path): &(usize, &PathBuf)| PictureFile::peek(path, &reading.limits).map_or(0, |about| about.reading);
        let (mut samples, mut unread) = (Vec::with_capacity(files.len()), self.left_out.clone());
        for result in in_rounds(&files, reading.decoding, bytes, read, &mut watch)? {
            match result {
                Ok(sample) => samples.push(sample),
                Err(left_out) => unread.push(left_out),
            }
        }
        Ok((Dataset { classes: self.classes.iter().map(|class| class.name.clone()).collect(), samples }, unread))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_pictures_are_kept_smaller_and_too_many_are_refused() {
        let reading = Reading::default();
        assert_eq!((reading.side(0), reading.side(1000)), (Ok(140), Ok(140)));
        let side = reading.side(50_000).unwrap();
        assert!((112..140).contains(&side), "{side}");
        let Err(Error::TooManyPictures { fitting, .. }) = reading.side(1_000_000) else { panic!("too many") };
        assert!(reading.side(fitting).is_ok() && reading.side(fitting + 1).is_err());
    }
}
