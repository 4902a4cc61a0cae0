//! The samples of all classes.

use std::ops::ControlFlow;

use oneiric::Picture;
use oneiric_kits::Kit;

use super::draws::Draws;
use super::rounds::{DataProgress, in_rounds};
use super::sample::{Sample, SmallPicture, Source};
use crate::error::Error;

/// Samples with the names of their classes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Dataset {
    /// The names of the classes, in the order of a network's scores.
    pub classes: Vec<String>,
    /// The samples, in any order.
    pub samples: Vec<Sample>,
}

impl Dataset {
    /// Draws `pictures` pictures of each class of a kit, shrunk to `side` pixels on their shorter sides. The same seed gives
    /// the same pictures, on any number of threads. `watch` is called between pictures and may stop the drawing.
    ///
    /// # Errors
    /// [`Error::Cancelled`].
    ///
    /// # Panics
    /// When the kit draws a picture of another size than it says.
    pub fn draw(
        kit: &Kit,
        pictures: usize,
        seed: u64,
        side: usize,
        mut watch: impl FnMut(DataProgress) -> ControlFlow<()>,
    ) -> Result<Self, Error> {
        let all: Vec<_> = (0..kit.classes.len()).flat_map(|class| (0..pictures).map(move |i| (class, i))).collect();
        let draw = |&(class, i): &(usize, usize)| {
            let drawing = (kit.classes[class].draw)(Draws::new(seed, &[class as u64, i as u64]).bits());
            let picture = Picture::new(drawing.width, drawing.height, drawing.pixels);
            let picture = SmallPicture::of(&picture.expect("a drawing has the pixels of its size"), side);
            Sample { class, source: Source::Drawing(drawing.source), picture }
        };
        let samples = in_rounds(&all, 0, |_| 0, draw, &mut watch)?;
        Ok(Self { classes: kit.classes.iter().map(|class| class.name.into()).collect(), samples })
    }

    /// Adds the samples of another dataset. Classes of the same name become one.
    pub fn add(&mut self, other: Self) {
        let place = |name: String| {
            self.classes.iter().position(|class| *class == name).unwrap_or_else(|| {
                self.classes.push(name);
                self.classes.len() - 1
            })
        };
        let places: Vec<usize> = other.classes.into_iter().map(place).collect();
        self.samples.extend(other.samples.into_iter().map(|sample| Sample { class: places[sample.class], ..sample }));
    }

    /// The number of samples of each class.
    pub fn counts(&self) -> Vec<usize> {
        let mut counts = vec![0; self.classes.len()];
        self.samples.iter().for_each(|sample| counts[sample.class] += 1);
        counts
    }

    /// Checks that there are two classes or more and at least `least` pictures in each.
    ///
    /// # Errors
    /// [`Error::OneClass`] and [`Error::FewPictures`].
    pub fn check(&self, least: usize) -> Result<(), Error> {
        if self.classes.len() < 2 {
            return Err(Error::OneClass { class: self.classes.first().cloned().unwrap_or_default() });
        }
        match self.classes.iter().zip(self.counts()).find(|(_, count)| *count < least) {
            Some((class, pictures)) => Err(Error::FewPictures { class: class.clone(), pictures, least }),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use oneiric_kits::{Class, Drawing};

    use super::*;

    fn drawing(value: f32, seed: u64) -> Drawing {
        Drawing { width: 8, height: 6, pixels: vec![value; 8 * 6 * 3], source: seed % 3 }
    }

    static KIT: Kit = Kit {
        name: "greys",
        about: "Dark and light ones.",
        classes: &[
            Class { name: "dark", draw: |seed| drawing(0.2, seed) },
            Class { name: "light", draw: |seed| drawing(0.8, seed) },
        ],
        pictures: 5,
    };

    fn drawn(seed: u64) -> Dataset {
        Dataset::draw(&KIT, 5, seed, 4, |_| ControlFlow::Continue(())).unwrap()
    }

    #[test]
    fn a_kit_becomes_a_dataset_that_depends_on_the_seed_only() {
        let data = drawn(7);
        assert_eq!((data.classes.join(" "), data.counts()), ("dark light".into(), vec![5, 5]));
        assert!(data.samples.iter().all(|sample| (sample.picture.width(), sample.picture.height()) == (5, 4)));
        assert!(data == drawn(7) && data != drawn(8));
        assert_eq!(Dataset::draw(&KIT, 5, 7, 4, |_| ControlFlow::Break(())), Err(Error::Cancelled));
    }

    #[test]
    fn classes_of_the_same_name_become_one() {
        let mut data = drawn(1);
        let renamed = Dataset { classes: vec!["light".into(), "other".into()], ..drawn(2) };
        data.add(renamed);
        assert_eq!((data.classes.join(" "), data.counts()), ("dark light other".into(), vec![5, 10, 5]));
    }

    #[test]
    fn a_training_needs_two_classes_with_pictures() {
        let mut data = drawn(1);
        assert_eq!(data.check(5), Ok(()));
        assert_eq!(data.check(6), Err(Error::FewPictures { class: "dark".into(), pictures: 5, least: 6 }));
        data.classes.truncate(1);
        data.samples.truncate(5);
        assert_eq!(data.check(2), Err(Error::OneClass { class: "dark".into() }));
    }
}
