//! The test of a network: accuracy, confusion, the pictures that it got wrong.

use std::path::Path;

use oneiric::inspect::sheet::Sheet;
use oneiric::picture::DEFAULT_QUALITY;
use oneiric::{Picture, SaveMode};
use oneiric_train::data::{Dataset, SmallPicture};
use oneiric_train::{Metrics, Mistake};

use crate::terminal::failure::Failure;
use crate::terminal::table::table;

/// The most pictures on a sheet of mistakes.
const MISTAKES: usize = 24;
/// Side of a picture there.
const SIDE: usize = 160;
/// Classes of a confusion table; larger ones are shortened to their worst confusions.
const CLASSES: usize = 10;
/// The most confusions that are listed.
const CONFUSIONS: usize = 8;

/// What was tested.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Tested {
    /// Pictures.
    Pictures,
    /// Rows of a table.
    Rows,
}

impl Tested {
    fn many(self) -> &'static str {
        match self {
            Self::Pictures => "pictures",
            Self::Rows => "rows",
        }
    }

    fn legend(self) -> &'static str {
        match self {
            Self::Pictures => "rows: what a picture shows; columns: what it is called",
            Self::Rows => "down: the class of a row; across: what it is called",
        }
    }
}

/// Accuracy, calibration and the confusion of classes, as a text.
pub fn summary(metrics: &Metrics, classes: &[String], tested: Tested) -> String {
    let many = tested.many();
    let mut text = format!(
        "{:.1} % of {} {many} are named right (loss {:.3}, calibration error {:.1} %)\n",
        100.0 * metrics.accuracy,
        metrics.examples,
        metrics.loss,
        100.0 * metrics.calibration.error
    );
    if classes.len() > CLASSES {
        for confusion in metrics.most_confused(CONFUSIONS) {
            let (class, named) = (&classes[confusion.class], &classes[confusion.named]);
            text += &format!("{} {many} of {class} are called {named}\n", confusion.examples);
        }
        return text;
    }
    text += &format!("\n{}\n", tested.legend());
    for (name, row) in classes.iter().zip(&metrics.confusion) {
        let counts: Vec<String> = row.iter().map(|count| format!("{count:>6}")).collect();
        text += &format!("{:<16}{}\n", shortened(name), counts.join(""));
    }
    let rows: Vec<[String; 4]> = classes
        .iter()
        .zip(&metrics.classes)
        .map(|(name, class)| {
            let percent = |part: Option<f64>| part.map_or("-".into(), |part| format!("{:.1}", 100.0 * part));
            [shortened(name), class.examples.to_string(), percent(class.recall), percent(class.precision)]
        })
        .collect();
    text += "\n";
    text += &table(["class", many, "found %", "right %"], &rows);
    text
}

fn shortened(name: &str) -> String {
    name.chars().take(15).collect()
}

/// Writes a contact sheet of the worst mistakes among the samples that were tested; nothing if there are none.
pub fn sheet(
    path: &Path,
    data: &Dataset,
    tested: &[usize],
    mistakes: &[Mistake],
    mode: SaveMode,
) -> Result<bool, Failure> {
    if mistakes.is_empty() {
        return Ok(false);
    }
    let title = format!("{} of {} pictures are named wrong", mistakes.len(), tested.len());
    let mut sheet = Sheet::new(SIDE, SIDE).title(title);
    for mistake in mistakes.iter().take(MISTAKES) {
        let sample = &data.samples[tested[mistake.example]];
        let caption = format!("{} {:.0} %", data.classes[mistake.named], 100.0 * mistake.probability);
        sheet.add(caption, format!("is {}", data.classes[sample.class]), &square(&sample.picture)?);
    }
    sheet.render()?.save(path, DEFAULT_QUALITY, mode)?;
    Ok(true)
}

/// The part of a picture that the network sees.
fn square(picture: &SmallPicture) -> Result<Picture, Failure> {
    Ok(Picture::new(SIDE, SIDE, oneiric_train::data::prepare(picture, SIDE))?)
}
