//! How well a network names examples: pictures, or rows of a table.

use serde::{Deserialize, Serialize};

use crate::error::Error;

/// The bins of the calibration.
const BINS: usize = 15;

/// What a network got right and wrong in some examples.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Metrics {
    /// The number of examples.
    pub examples: usize,
    /// The part of the examples that were named right.
    pub accuracy: f64,
    /// The mean cross-entropy. That of guessing among `K` classes is `ln K`.
    pub loss: f64,
    /// The number of examples of each class (rows) that were named as each class (columns).
    pub confusion: Vec<Vec<usize>>,
    /// How well each class was named.
    pub classes: Vec<ClassMetrics>,
    /// Whether the probabilities are what they say.
    pub calibration: Calibration,
}

/// How well a class was named.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClassMetrics {
    /// The number of its examples.
    pub examples: usize,
    /// The part of the examples named as this class that are of this class; `None` if none was named so.
    pub precision: Option<f64>,
    /// The part of its examples that were named right; `None` if it has none.
    pub recall: Option<f64>,
}

/// How far the probabilities are from the part that is right (Guo et al., "On Calibration of Modern Neural Networks", 2017).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Calibration {
    /// The expected calibration error: the mean of `|accuracy - confidence|` over the bins, weighted by their examples.
    pub error: f64,
    /// 15 bins of equal width of the highest probability.
    pub bins: Vec<CalibrationBin>,
}

/// The examples whose highest probability is in some range.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CalibrationBin {
    /// The number of examples.
    pub examples: usize,
    /// The mean of the highest probability; 0 without examples.
    pub confidence: f64,
    /// The part that was named right; 0 without examples.
    pub accuracy: f64,
}

/// Examples of one class that were named as another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confusion {
    /// Their class.
    pub class: usize,
    /// What they were named.
    pub named: usize,
    /// How many there are.
    pub examples: usize,
}

/// An example that was named wrong.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Mistake {
    /// The index of the example in the evaluation.
    pub example: usize,
    /// Its class.
    pub class: usize,
    /// What it was named.
    pub named: usize,
    /// The probability of the wrong answer.
    pub probability: f64,
}

impl Metrics {
    /// Measures answers: the class of each example, and the probabilities of all classes, such as those of
    /// [`Trainer::classify`](crate::Trainer::classify).
    ///
    /// # Errors
    /// [`Error::EmptyBatch`], [`Error::UnknownClass`], and [`Error::Answers`] if the numbers of examples or classes differ.
    pub fn new(classes: &[usize], probabilities: &[Vec<f64>]) -> Result<Self, Error> {
        let count = check(classes, probabilities)?;
        let mut confusion = vec![vec![0; count]; count];
        let (mut loss, mut bins) = (0.0, [CalibrationBin::default(); BINS]);
        for (&class, probabilities) in classes.iter().zip(probabilities) {
            let named = highest(probabilities);
            confusion[class][named] += 1;
            loss -= probabilities[class].max(f64::MIN_POSITIVE).ln();
            let bin = &mut bins[bin(probabilities[named])];
            bin.examples += 1;
            bin.confidence += probabilities[named];
            bin.accuracy += f64::from(u8::from(named == class));
        }
        let examples = classes.len();
        let right: usize = (0..count).map(|class| confusion[class][class]).sum();
        Ok(Self {
            examples,
            accuracy: right as f64 / examples as f64,
            loss: loss / examples as f64,
            classes: (0..count).map(|class| ClassMetrics::new(&confusion, class)).collect(),
            confusion,
            calibration: Calibration::new(bins, examples),
        })
    }

    /// The classes that were taken for another most often, at most `most` of them.
    pub fn most_confused(&self, most: usize) -> Vec<Confusion> {
        let rows = self.confusion.iter().enumerate();
        let all = rows.flat_map(|(class, row)| {
            row.iter().enumerate().map(move |(named, &examples)| Confusion { class, named, examples })
        });
        let mut wrong: Vec<_> = all.filter(|pair| pair.class != pair.named && pair.examples > 0).collect();
        wrong.sort_by_key(|pair| std::cmp::Reverse(pair.examples));
        wrong.truncate(most);
        wrong
    }
}

impl ClassMetrics {
    fn new(confusion: &[Vec<usize>], class: usize) -> Self {
        let (examples, right) = (confusion[class].iter().sum(), confusion[class][class]);
        let named: usize = confusion.iter().map(|row| row[class]).sum();
        let part = |all: usize| (all > 0).then(|| right as f64 / all as f64);
        Self { examples, precision: part(named), recall: part(examples) }
    }
}

impl Calibration {
    /// `bins` have sums; they become means.
    fn new(mut bins: [CalibrationBin; BINS], examples: usize) -> Self {
        let gap = bins.iter().map(|bin| (bin.accuracy - bin.confidence).abs()).sum::<f64>();
        for bin in bins.iter_mut().filter(|bin| bin.examples > 0) {
            bin.confidence /= bin.examples as f64;
            bin.accuracy /= bin.examples as f64;
        }
        Self { error: gap / examples as f64, bins: bins.into() }
    }
}

/// The examples that were named wrong, the surest wrong answer first, at most `most` of them.
///
/// # Errors
/// Those of [`Metrics::new`].
pub fn most_wrong(classes: &[usize], probabilities: &[Vec<f64>], most: usize) -> Result<Vec<Mistake>, Error> {
    check(classes, probabilities)?;
    let answers = classes.iter().zip(probabilities).enumerate();
    let answers = answers.map(|(example, (&class, probabilities))| {
        let named = highest(probabilities);
        Mistake { example, class, named, probability: probabilities[named] }
    });
    let mut wrong: Vec<Mistake> = answers.filter(|answer| answer.named != answer.class).collect();
    wrong.sort_by(|a, b| b.probability.total_cmp(&a.probability));
    wrong.truncate(most);
    Ok(wrong)
}

/// Returns the number of classes.
fn check(classes: &[usize], probabilities: &[Vec<f64>]) -> Result<usize, Error> {
    let count = probabilities.first().ok_or(Error::EmptyBatch)?.len();
    if classes.len() != probabilities.len() || probabilities.iter().any(|answer| answer.len() != count) {
        return Err(Error::Answers);
    }
    match classes.iter().find(|&&class| class >= count) {
        Some(&class) => Err(Error::UnknownClass { class, classes: count }),
        None => Ok(count),
    }
}

/// The class with the highest probability; the first of several.
fn highest(probabilities: &[f64]) -> usize {
    let best = |best: usize, class: usize| if probabilities[class] > probabilities[best] { class } else { best };
    (0..probabilities.len()).fold(0, best)
}

/// The bin of a probability: the first one has 0 to 1/15, 1/15 included, as in the paper.
fn bin(probability: f64) -> usize {
    ((probability * BINS as f64).ceil() as usize).clamp(1, BINS) - 1
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Three cats, one of them named a dog, two dogs, and one bird that is named a cat.
    const CLASSES: [usize; 6] = [0, 0, 0, 1, 1, 2];

    fn answers() -> Vec<Vec<f64>> {
        [[0.8, 0.1, 0.1], [0.5, 0.3, 0.2], [0.1, 0.9, 0.0], [0.2, 0.8, 0.0], [0.3, 0.6, 0.1], [0.95, 0.05, 0.0]]
            .map(Vec::from)
            .into()
    }

    fn close(a: f64, b: f64) -> bool {
        (a - b).abs() < 1e-12
    }

    #[test]
    fn accuracy_precision_and_recall_count_what_was_named_right() {
        let metrics = Metrics::new(&CLASSES, &answers()).unwrap();
        assert_eq!(metrics.confusion, [[2, 1, 0], [0, 2, 0], [1, 0, 0]]);
        assert!(close(metrics.accuracy, 4.0 / 6.0));
        let [cat, dog, bird] = metrics.classes[..] else { panic!("three classes") };
        assert!(close(cat.precision.unwrap(), 2.0 / 3.0) && close(cat.recall.unwrap(), 2.0 / 3.0));
        assert!(close(dog.precision.unwrap(), 2.0 / 3.0) && close(dog.recall.unwrap(), 1.0));
        assert_eq!(bird, ClassMetrics { examples: 1, precision: None, recall: Some(0.0) });
    }

    #[test]
    fn the_loss_is_the_mean_cross_entropy_and_finite() {
        let loss = Metrics::new(&[0, 1], &[vec![0.5, 0.5], vec![0.75, 0.25]]).unwrap().loss;
        assert!(close(loss, -(0.5f64.ln() + 0.25f64.ln()) / 2.0));
        assert!(Metrics::new(&[1], &[vec![1.0, 0.0]]).unwrap().loss.is_finite());
    }

    #[test]
    fn the_surest_mistakes_and_the_most_frequent_come_first() {
        let wrong = most_wrong(&CLASSES, &answers(), 5).unwrap();
        let expected = [(5, 2, 0, 0.95), (2, 0, 1, 0.9)];
        let expected =
            expected.map(|(example, class, named, probability)| Mistake { example, class, named, probability });
        assert_eq!(wrong, expected);
        assert_eq!(most_wrong(&CLASSES, &answers(), 1).unwrap(), expected[..1]);
        let confused = Metrics::new(&[0, 1, 1], &[0.1, 0.9, 0.8].map(|p| vec![p, 1.0 - p])).unwrap().most_confused(5);
        let expected = [(1, 0, 2), (0, 1, 1)].map(|(class, named, examples)| Confusion { class, named, examples });
        assert_eq!(confused, expected);
    }

    #[test]
    fn the_calibration_error_is_the_gap_between_confidence_and_accuracy() {
        // Ten answers of 80 %, of which six are right, and ten of 99 %, all right.
        let classes: Vec<usize> = (0..20).map(|i| usize::from((6..10).contains(&i))).collect();
        let answers: Vec<_> = (0..20).map(|i| if i < 10 { vec![0.8, 0.2] } else { vec![0.99, 0.01] }).collect();
        let calibration = Metrics::new(&classes, &answers).unwrap().calibration;
        assert!((calibration.error - (0.5 * 0.2 + 0.5 * 0.01)).abs() < 1e-9, "{}", calibration.error);
        let filled: Vec<_> = calibration.bins.iter().filter(|bin| bin.examples > 0).collect();
        assert!(filled.len() == 2 && close(filled[0].accuracy, 0.6) && (filled[0].confidence - 0.8).abs() < 1e-9);
    }

    #[test]
    fn what_cannot_be_measured_is_an_error() {
        assert_eq!(Metrics::new(&[], &[]), Err(Error::EmptyBatch));
        assert_eq!(Metrics::new(&[0], &[vec![0.5, 0.5], vec![0.5, 0.5]]), Err(Error::Answers));
        assert_eq!(Metrics::new(&[0, 0], &[vec![0.5, 0.5], vec![1.0]]), Err(Error::Answers));
        assert_eq!(Metrics::new(&[2], &[vec![0.5, 0.5]]), Err(Error::UnknownClass { class: 2, classes: 2 }));
        assert!(Metrics::new(&[0], &[vec![f64::NAN, 0.5]]).is_ok());
    }

    #[test]
    fn metrics_are_written_and_read_again() {
        let metrics = Metrics::new(&CLASSES, &answers()).unwrap();
        let text = serde_json::to_string(&metrics).unwrap();
        assert_eq!(serde_json::from_str::<Metrics>(&text).unwrap(), metrics);
    }
}
