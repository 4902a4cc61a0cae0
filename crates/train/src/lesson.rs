//! A lesson: a small network learns two classes step by step, and shows what it sees, answers and changes at each step.
//!
//! A [`Lesson`] is small and quick, so that people can watch it: pictures of 64 pixels, five convolutions. It takes [drawn
//! animals](LessonPictures::drawn), some of them with wrong labels or all dogs on grass if one wants to see what a network
//! makes of that, or the pictures of any two classes ([`LessonPictures::of`]).

use oneiric::Picture;
use oneiric::zoo::trained::{Card, ClassCard};
use oneiric_engine::{Graph, NodeId};
use oneiric_kits::animals::{Animal, Place, draw};
use oneiric_kits::{Drawing, photo_named};
use rayon::prelude::*;

use crate::data::{Augmentation, Augmenter, Batches, Dataset, SmallPicture, prepare};
use crate::error::Error;
use crate::settings::TrainingSettings;
use crate::suggest::likely_dream;
use crate::trainer::{Example, Trainer};
use crate::training::{trainer, weighted};

/// The side of the pictures, in pixels.
const SIDE: usize = 64;
/// Five convolutions; the kernels of the first one are looked at.
const LAYERS: &str = "12/2 24/2 48/2 64/2 64";
const STEPS: usize = 800;
const BATCH: usize = 16;
const RATE: f32 = 4e-3;
/// Held-out drawings of each group.
const HELD_OUT: u64 = 16;
/// One of so many pictures of a person's own classes is held out.
const OWN_HELD_OUT: usize = 5;
/// The most pictures of a class.
const MOST_PICTURES: usize = 300;
/// What the network was never shown: photos, the first two of them of what it knows as drawings.
const UNKNOWN: [&str; 6] = ["dog", "cat", "sheep", "eiffel-tower", "owl", "machu-picchu"];
/// Keeps the seeds of held-out drawings, of labels and of drawings apart.
const HELD_OUT_SEED: u64 = 1 << 40;
const LABEL_SEED: u64 = 2 << 40;

/// A picture of a lesson.
#[derive(Clone, Debug, PartialEq)]
pub struct LessonPicture {
    /// 64 pixels on its shorter side.
    pub picture: SmallPicture,
    /// What it shows: a class, or `None` for what the network does not know.
    pub class: Option<usize>,
    /// What the network is told, where that is wrong.
    pub label: Option<usize>,
    /// What group it belongs to, such as `dog on grass` or `eiffel-tower`; empty for pictures that people bring.
    pub group: String,
}

/// The pictures of a lesson.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LessonPictures {
    /// The names of two classes.
    pub classes: Vec<String>,
    /// What the network learns from.
    pub training: Vec<LessonPicture>,
    /// What it is tested on.
    pub held_out: Vec<LessonPicture>,
    /// What it was never shown.
    pub unknown: Vec<LessonPicture>,
}

/// How the drawn animals are chosen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Drawn {
    /// Pictures of each class, 2 to 300.
    pub pictures: usize,
    /// The part of the labels that are wrong, 0 to 0.5.
    pub wrong: f64,
    /// Whether all dogs stand on grass, and no other animal does.
    pub dogs_on_grass: bool,
    /// Seed of the drawings and of the first weights.
    pub seed: u64,
}

/// What a step showed.
#[derive(Clone, Debug, PartialEq)]
pub struct LessonStep {
    /// The steps so far, this one included.
    pub step: usize,
    /// The mean loss of its pictures before the step; guessing gives ln 2, which is 0.69.
    pub loss: f64,
    /// The pictures of the step with what the network thought of each before the step: the index into
    /// [`LessonPictures::training`], and the probability of the first class.
    pub seen: Vec<(usize, f64)>,
}

/// A network that learns two classes in view.
#[derive(Debug)]
pub struct Lesson {
    pictures: LessonPictures,
    /// The held-out and the unknown pictures, as the network sees them.
    tested: Vec<Vec<f32>>,
    augmenter: Augmenter,
    settings: TrainingSettings,
    batches: Batches,
    trainer: Trainer,
    first: NodeId,
}

impl LessonPictures {
    /// Draws dogs and other animals.
    ///
    /// # Errors
    /// [`Error::Setting`] for numbers out of range.
    pub fn drawn(drawn: Drawn) -> Result<Self, Error> {
        let check = |name, range, value: f64, fits: bool| {
            if fits { Ok(()) } else { Err(Error::Setting { name, range, value }) }
        };
        let fits = (2..=MOST_PICTURES).contains(&drawn.pictures);
        check("number of pictures", "from 2 to 300", drawn.pictures as f64, fits)?;
        check("part of wrong labels", "from 0 to 0.5", drawn.wrong, (0.0..=0.5).contains(&drawn.wrong))?;
        let base = drawn.seed << 44;
        let training = |n: usize| {
            let (class, seed) = (n % 2, base ^ n as u64);
            let place = match (drawn.dogs_on_grass, class) {
                (false, _) => Place::any(seed),
                (true, 0) => Place::Grass,
                (true, _) => [Place::Snow, Place::Sand, Place::Room][(seed % 6 / 2) as usize],
            };
            // Evenly spread among the pictures, as many of each class.
            let count = |of: usize| (of as f64 * drawn.wrong) as usize;
            let is_wrong = count(n / 2 + 1) > count(n / 2);
            let label = is_wrong.then_some(1 - class);
            LessonPicture { label, ..animal(seed, class, place) }
        };
        let held_out = |n: u64| {
            let (group, seed) = (n % 4, base ^ HELD_OUT_SEED ^ n);
            let elsewhere = [Place::Snow, Place::Sand, Place::Room][(n / 4 % 3) as usize];
            animal(seed, (group / 2) as usize, if group % 2 == 0 { Place::Grass } else { elsewhere })
        };
        let unknown = |name: &&str| LessonPicture {
            picture: small(photo_named(name).expect("a photo that is built in")),
            class: None,
            label: None,
            group: (*name).into(),
        };
        Ok(Self {
            classes: vec!["dog".into(), "other".into()],
            training: (0..2 * drawn.pictures).into_par_iter().map(training).collect(),
            held_out: (0..4 * HELD_OUT).into_par_iter().map(held_out).collect(),
            unknown: UNKNOWN.iter().map(unknown).collect(),
        })
    }

    /// The first two classes of a dataset; one of five pictures is held out.
    ///
    /// # Errors
    /// [`Error::Setting`] for fewer than two classes, or fewer than three pictures of one.
    pub fn of(data: &Dataset) -> Result<Self, Error> {
        if data.classes.len() < 2 {
            return Err(Error::Setting {
                name: "number of classes",
                range: "2 or more",
                value: data.classes.len() as f64,
            });
        }
        let mut all = Self { classes: data.classes[..2].to_vec(), ..Self::default() };
        for class in 0..2 {
            let of_class: Vec<_> = data.samples.iter().filter(|sample| sample.class == class).collect();
            if of_class.len() < 3 {
                let value = of_class.len() as f64;
                return Err(Error::Setting { name: "number of pictures of a class", range: "3 or more", value });
            }
            for (n, sample) in of_class.into_iter().take(MOST_PICTURES).enumerate() {
                let picture = sample.picture.clone();
                let kept = LessonPicture { picture, class: Some(class), label: None, group: String::new() };
                if n % OWN_HELD_OUT == 1 { &mut all.held_out } else { &mut all.training }.push(kept);
            }
        }
        Ok(all)
    }
}

fn animal(seed: u64, class: usize, place: Place) -> LessonPicture {
    let animal = if class == 0 { Animal::Dog } else { Animal::other(seed) };
    let group = format!("{} on {}", name_of(animal), name_of_place(place));
    LessonPicture { picture: small(draw(seed, animal, place)), class: Some(class), label: None, group }
}

fn name_of(animal: Animal) -> &'static str {
    match animal {
        Animal::Dog => "dog",
        Animal::Cat => "cat",
        Animal::Rabbit => "rabbit",
        Animal::Bird => "bird",
    }
}

fn name_of_place(place: Place) -> &'static str {
    match place {
        Place::Grass => "grass",
        Place::Snow => "snow",
        Place::Sand => "sand",
        Place::Room => "floor",
    }
}

fn small(drawing: Drawing) -> SmallPicture {
    let picture = Picture::new(drawing.width, drawing.height, drawing.pixels);
    SmallPicture::of(&picture.expect("a drawing has the pixels of its size"), SIDE)
}

impl Lesson {
    /// Prepares the lesson; the first weights follow from the seed.
    ///
    /// # Errors
    /// None for pictures that were made.
    pub fn new(pictures: LessonPictures, seed: u64) -> Result<Self, Error> {
        let start = TrainingSettings::of_start(LAYERS)?;
        let settings = TrainingSettings { size: SIDE, batch: BATCH, steps: STEPS, rate: RATE, seed, ..start };
        let trainer = trainer(&settings, &pictures.classes)?;
        let label = |picture: &LessonPicture| picture.label.or(picture.class).unwrap_or_default();
        let labels: Vec<usize> = pictures.training.iter().map(label).collect();
        let all: Vec<usize> = (0..labels.len()).collect();
        let batches = Batches::new(&labels, &all, BATCH, seed ^ LABEL_SEED)?;
        let of = |pictures: &[LessonPicture]| -> Vec<Vec<f32>> {
            pictures.par_iter().map(|picture| prepare(&picture.picture, SIDE)).collect()
        };
        let tested = [of(&pictures.held_out), of(&pictures.unknown)].concat();
        let small_changes = Augmentation { smallest_crop: 0.85, jpeg: 0.0, ..Augmentation::default() };
        let augmenter = Augmenter::new(small_changes, SIDE, seed)?;
        let first = weighted(&trainer.graph()?)?[0];
        Ok(Self { pictures, tested, augmenter, settings, batches, trainer, first })
    }

    /// The pictures.
    pub fn pictures(&self) -> &LessonPictures {
        &self.pictures
    }

    /// The steps so far.
    pub fn steps(&self) -> usize {
        self.trainer.steps()
    }

    /// All steps of the lesson.
    pub fn all_steps(&self) -> usize {
        self.settings.steps
    }

    /// Takes one step.
    ///
    /// # Errors
    /// [`Error::Diverged`].
    pub fn step(&mut self) -> Result<LessonStep, Error> {
        let step = self.trainer.steps();
        let samples = self.batches.batch(step);
        let kept = |&sample: &usize| &self.pictures.training[sample];
        let changed = |(n, sample)| self.augmenter.picture(&kept(sample).picture, step, n);
        let pictures: Vec<Vec<f32>> = samples.par_iter().enumerate().map(changed).collect();
        let before = self.trainer.classify(&pictures.iter().map(Vec::as_slice).collect::<Vec<_>>())?;
        let labels = samples.iter().map(|sample| kept(sample).label.or(kept(sample).class).unwrap_or_default());
        let examples: Vec<_> = pictures.iter().zip(labels).map(|(picture, class)| Example { picture, class }).collect();
        let report = self.trainer.step(&examples)?;
        let seen = samples.into_iter().zip(before).map(|(sample, answer)| (sample, answer[0])).collect();
        Ok(LessonStep { step: self.trainer.steps(), loss: report.loss, seen })
    }

    /// What the network thinks of the held-out and then of the unknown pictures: the probability of the first class.
    ///
    /// # Errors
    /// None for a lesson that was made.
    pub fn test(&mut self) -> Result<Vec<f64>, Error> {
        let tested: Vec<&[f32]> = self.tested.iter().map(Vec::as_slice).collect();
        Ok(self.trainer.classify(&tested)?.into_iter().map(|answer| answer[0]).collect())
    }

    /// The kernels of the first convolution: for each of its channels 3 x 3 weights of red, green and blue, from left to
    /// right and from top to bottom. They act on colours from -1 to 1.
    ///
    /// # Errors
    /// None for a lesson that was made.
    pub fn kernels(&self) -> Result<Vec<[[f32; 3]; 9]>, Error> {
        let parameters = self.trainer.parameters();
        let weights = parameters.get(self.first).and_then(|arrays| arrays.first());
        let weights = weights.map_or(&[][..], |weights| weights.as_slice());
        // The engine has outputs, inputs, rows, columns.
        let kernel = |planes: &[f32]| std::array::from_fn(|at| std::array::from_fn(|colour| planes[9 * colour + at]));
        Ok(weights.chunks_exact(27).map(kernel).collect())
    }

    /// The network as it is now, with a card that says how to dream with it.
    ///
    /// # Errors
    /// None for a lesson that was made.
    pub fn network(&self) -> Result<(Card, Graph), Error> {
        let trained = self.trainer.graph()?;
        let mut graph = self.settings.architecture.graph(self.pictures.classes.len())?;
        graph.set_parameters(&trained.parameters(&weighted(&trained)?)?)?;
        let count = |pictures: &[LessonPicture], class| pictures.iter().filter(|one| one.class == Some(class)).count();
        let class = |(class, name): (usize, &String)| ClassCard {
            name: name.clone(),
            pictures: count(&self.pictures.training, class),
            held_out: count(&self.pictures.held_out, class),
        };
        let card = Card {
            title: self.pictures.classes.join(", "),
            architecture: self.settings.architecture.clone(),
            size: SIDE,
            parent: None,
            classes: self.pictures.classes.iter().enumerate().map(class).collect(),
            result: None,
            training: self.settings.report(),
            dream: Default::default(),
        };
        Ok((Card { dream: likely_dream(&card), ..card }, graph))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DRAWN: Drawn = Drawn { pictures: 300, wrong: 0.0, dogs_on_grass: false, seed: 1 };

    /// Takes so many steps, and returns the part of the held-out pictures of each wanted group that are named right.
    fn right<const N: usize>(drawn: Drawn, steps: usize, groups: [fn(&str) -> bool; N]) -> [f64; N] {
        let mut lesson = Lesson::new(LessonPictures::drawn(drawn).unwrap(), drawn.seed).unwrap();
        while lesson.steps() < steps {
            lesson.step().unwrap();
        }
        let answers = lesson.test().unwrap();
        groups.map(|is_in| {
            let held_out = lesson.pictures().held_out.iter().zip(&answers).filter(|(picture, _)| is_in(&picture.group));
            let right: Vec<bool> = held_out.map(|(picture, &dog)| (dog > 0.5) == (picture.class == Some(0))).collect();
            right.iter().filter(|&&right| right).count() as f64 / right.len() as f64
        })
    }

    #[test]
    fn a_network_learns_what_a_dog_is() {
        let [all] = right(DRAWN, STEPS, [|_| true]);
        assert!(all > 0.85, "{all}");
    }

    #[test]
    fn a_network_that_saw_dogs_on_grass_only_learns_what_grass_is() {
        let drawn = Drawn { dogs_on_grass: true, ..DRAWN };
        let as_shown = |group: &str| group.starts_with("dog") == group.ends_with("on grass");
        let otherwise = |group: &str| group.starts_with("dog") != group.ends_with("on grass");
        let [as_shown, otherwise] = right(drawn, 160, [as_shown, otherwise]);
        assert!(as_shown > 0.9 && otherwise < 0.2, "{as_shown} {otherwise}");
    }

    #[test]
    fn the_same_settings_give_the_same_lesson() {
        let run = || {
            let mut lesson = Lesson::new(LessonPictures::drawn(DRAWN).unwrap(), DRAWN.seed).unwrap();
            let steps: Vec<_> = (0..3).map(|_| lesson.step().unwrap()).collect();
            (steps, lesson.test().unwrap(), lesson.kernels().unwrap())
        };
        assert_eq!(run(), run());
    }

    #[test]
    fn wrong_labels_are_as_many_as_asked_for() {
        let pictures = LessonPictures::drawn(Drawn { wrong: 0.25, pictures: 20, ..DRAWN }).unwrap();
        for class in 0..2 {
            let wrong = |picture: &&LessonPicture| picture.class == Some(class) && picture.label == Some(1 - class);
            assert_eq!(pictures.training.iter().filter(wrong).count(), 5);
        }
        assert!(pictures.held_out.iter().all(|picture| picture.label.is_none()));
        assert!(LessonPictures::drawn(Drawn { wrong: 0.6, ..DRAWN }).is_err());
        assert!(LessonPictures::drawn(Drawn { pictures: 1, ..DRAWN }).is_err());
    }
}
