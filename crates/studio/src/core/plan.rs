//! What a run of a training is made of: the job's "recipe".

use std::ops::ControlFlow;

use oneiric::memory;
use oneiric_kits::{Class, Kit, ORDINARY, kit};
use oneiric_train::LEAST_PICTURES;
use oneiric_train::data::{ClassFiles, DataProgress, Dataset, Folder, Reading};
use serde::{Deserialize, Serialize};

use crate::store::{Store, TrainingRecord};
use crate::wire::{DrawnPictures, Problem, TrainingChoices};

/// A class with fewer pictures learns little.
const FEW: usize = 20;
/// The seed of drawn pictures and of the training.
const SEED: u64 = 1;

/// What a run is made of.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TrainingPlan {
    /// The name of the network.
    pub name: String,
    /// The classes.
    pub classes: Vec<PlannedClass>,
    /// The choices.
    pub settings: TrainingChoices,
    /// The number of steps, once it is known.
    pub steps: Option<usize>,
}

/// A class of a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlannedClass {
    /// Its name.
    pub name: String,
    /// The ids of its pictures.
    pub pictures: Vec<String>,
    /// Pictures that are drawn.
    pub drawn: Option<DrawnPictures>,
}

/// The drawn pictures of each class of a kit.
pub fn drawn_classes(kit: &'static Kit) -> Vec<(String, Option<DrawnPictures>)> {
    let drawn =
        |class: &Class| DrawnPictures { kit: Some(kit.name.into()), class: class.name.into(), count: kit.pictures };
    kit.classes.iter().map(|class| (class.name.to_owned(), Some(drawn(class)))).collect()
}

/// Ordinary pictures, drawn.
pub fn drawn_others() -> DrawnPictures {
    DrawnPictures { kit: None, class: ORDINARY.name.into(), count: ORDINARY.pictures }
}

/// What is odd about the number of pictures of a class, if anything.
pub fn warning(pictures: usize, name: &str) -> Option<String> {
    (1..FEW).contains(&pictures).then(|| format!("only {pictures} pictures of {name}; 50 or more are better"))
}

impl TrainingPlan {
    /// The plan of a training as it is now.
    pub fn of(training: &TrainingRecord) -> Self {
        let class = |class: &crate::store::ClassRecord| PlannedClass {
            name: class.name.clone(),
            pictures: class.pictures.clone(),
            drawn: class.drawn.clone(),
        };
        Self {
            name: training.name.clone(),
            classes: training.classes.iter().map(class).collect(),
            settings: training.settings.clone(),
            steps: None,
        }
    }

    /// Reads a plan.
    ///
    /// # Errors
    /// A text that is not one.
    pub fn read(text: &str) -> Result<Self, Problem> {
        serde_json::from_str(text).map_err(Problem::internal)
    }

    /// Writes it.
    pub fn text(&self) -> String {
        serde_json::to_string(self).expect("a plan is plain data")
    }

    /// Whether both train the same network, whatever its name.
    pub fn is_same(&self, other: &Self) -> bool {
        self.classes == other.classes && self.settings == other.settings
    }

    /// The number of all pictures.
    pub fn pictures(&self) -> usize {
        self.classes.iter().map(PlannedClass::count).sum()
    }

    /// Checks that it can be trained.
    ///
    /// # Errors
    /// A sentence for people that says what is missing.
    pub fn check(&self) -> Result<(), Problem> {
        oneiric_zoo::trained::check_name(&self.name)
            .map_err(|e| Problem::invalid(format!("Choose another name for the network: {e}.")))?;
        if self.classes.len() < 2 {
            return Err(Problem::invalid("Add a second class: a network learns to tell things apart."));
        }
        for (at, class) in self.classes.iter().enumerate() {
            if class.name.is_empty() {
                return Err(Problem::invalid(format!("Class {} needs a name.", at + 1)));
            }
            if self.classes[..at].iter().any(|other| other.name.eq_ignore_ascii_case(&class.name)) {
                return Err(Problem::invalid(format!("Two classes are called '{}'.", class.name)));
            }
            let (name, count) = (&class.name, class.count());
            match count {
                0 => return Err(Problem::invalid(format!("Add pictures of '{name}'."))),
                1.. if count < LEAST_PICTURES => {
                    let needed = format!("'{name}' has {count} of the {LEAST_PICTURES} pictures that it needs.");
                    return Err(Problem::invalid(needed));
                }
                _ => {}
            }
        }
        self.settings.settings(self.pictures()).map(|_| ())
    }

    /// Reads and draws the pictures. `watch` gets the done part, 0 to 1, and may stop the work.
    ///
    /// # Errors
    /// More pictures than fit into the memory; [`oneiric_train::Error::Cancelled`].
    pub fn dataset(
        &self,
        store: &Store,
        mut watch: impl FnMut(f64) -> ControlFlow<()>,
    ) -> Result<Dataset, oneiric_train::Error> {
        let reading = Reading { size: self.settings.size, ..Reading::default() };
        // Half of the free memory is left to the requests of the page.
        let free = memory::available().map_or(reading.memory, |free| free / 2);
        let reading = Reading { memory: reading.memory.min(free), ..reading };
        let (all, side) = (self.pictures().max(1) as f64, reading.side(self.pictures())?);
        let files = |class: &PlannedClass| ClassFiles {
            name: class.name.clone(),
            files: class.pictures.iter().map(|id| store.blob(id)).collect(),
        };
        let folder = Folder { classes: self.classes.iter().map(files).collect(), left_out: Vec::new() };
        let mut done = 0;
        let (mut data, unread) = folder.read(&reading, |DataProgress { done, .. }| watch(done as f64 / all))?;
        for file in unread {
            tracing::warn!("a picture was left out: {}", file.reason);
        }
        done += folder.pictures();
        for class in &self.classes {
            let Some(drawn) = &class.drawn else { continue };
            let mut of_class = |progress: DataProgress| watch((done + progress.done) as f64 / all);
            let Dataset { samples, .. } = draw(drawn, side, &mut of_class)?;
            data.add(Dataset { classes: vec![class.name.clone()], samples });
            done += drawn.count;
        }
        Ok(data)
    }
}

impl PlannedClass {
    fn count(&self) -> usize {
        self.pictures.len() + self.drawn.as_ref().map_or(0, |drawn| drawn.count)
    }
}

/// Draws the pictures of one class; none if a kit of another version has no such class.
fn draw(
    drawn: &DrawnPictures,
    side: usize,
    watch: impl FnMut(DataProgress) -> ControlFlow<()>,
) -> Result<Dataset, oneiric_train::Error> {
    let kit = drawn.kit.as_deref().map_or(Some(&ORDINARY), kit);
    let class = kit.and_then(|kit| kit.classes.iter().position(|class| class.name == drawn.class).map(|at| (kit, at)));
    let Some((kit, at)) = class else { return Ok(Dataset::default()) };
    let one = Kit { name: kit.name, about: kit.about, classes: &kit.classes[at..=at], pictures: drawn.count };
    Dataset::draw(&one, drawn.count, SEED, side, watch)
}
