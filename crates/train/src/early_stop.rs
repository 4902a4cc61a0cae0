//! When a training is over.

use serde::{Deserialize, Serialize};

use crate::error::Error;

/// A loss above this part of `ln K` is that of guessing.
const GUESSING: f64 = 0.98;

/// Watches the results on held-out pictures: which was the best, and whether it is worth going on. Saved with a checkpoint, it
/// goes on where it was.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EarlyStop {
    patience: usize,
    classes: usize,
    best: Option<Evaluation>,
    /// Evaluations since the best one.
    worse: usize,
    /// Whether every loss so far was that of guessing, and how many there were.
    guesses: Option<usize>,
}

/// The results at some step.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Evaluation {
    /// The steps of the training so far.
    pub step: usize,
    /// The accuracy on held-out pictures, 0 to 1.
    pub accuracy: f64,
    /// The loss on held-out pictures.
    pub loss: f64,
    /// The mean loss of the training since the last evaluation.
    pub training_loss: f64,
}

/// What to do after an evaluation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is the best so far: keep this network, and go on.
    Best,
    /// Go on.
    GoOn,
    /// There was no better one for a while: stop, and take the best.
    Stop,
}

impl EarlyStop {
    /// Stops after `patience` evaluations without a better one, for a network of `classes` classes.
    ///
    /// # Errors
    /// A patience of 0.
    pub fn new(patience: usize, classes: usize) -> Result<Self, Error> {
        if patience == 0 {
            return Err(Error::Setting { name: "patience", range: "1 or more", value: 0.0 });
        }
        Ok(Self { patience, classes, best: None, worse: 0, guesses: Some(0) })
    }

    /// The best evaluation so far: the most accurate one, and of several such the one with the lowest loss.
    pub fn best(&self) -> Option<&Evaluation> {
        self.best.as_ref()
    }

    /// Takes the next evaluation.
    ///
    /// # Errors
    /// [`Error::Stuck`] if `patience` evaluations have passed since the beginning and every loss, of the training and on held-out
    /// pictures, was that of guessing or higher.
    pub fn see(&mut self, evaluation: Evaluation) -> Result<Verdict, Error> {
        let Evaluation { step, training_loss: loss, .. } = evaluation;
        let guess = GUESSING * (self.classes as f64).ln();
        let guessing = [loss, evaluation.loss].iter().all(|loss| loss.is_nan() || *loss > guess);
        self.guesses = self.guesses.filter(|_| guessing).map(|guesses| guesses + 1);
        if self.guesses.is_some_and(|guesses| guesses >= self.patience) {
            return Err(Error::Stuck { step, loss, classes: self.classes });
        }
        if self.best.is_none_or(|best| is_better(&evaluation, &best)) {
            (self.best, self.worse) = (Some(evaluation), 0);
            return Ok(Verdict::Best);
        }
        self.worse += 1;
        Ok(if self.worse >= self.patience { Verdict::Stop } else { Verdict::GoOn })
    }
}

fn is_better(new: &Evaluation, best: &Evaluation) -> bool {
    new.accuracy > best.accuracy || (new.accuracy == best.accuracy && new.loss < best.loss)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(step: usize, accuracy: f64, loss: f64) -> Evaluation {
        Evaluation { step, accuracy, loss, training_loss: loss }
    }

    #[test]
    fn the_best_is_kept_and_patience_ends() {
        let mut stop = EarlyStop::new(2, 2).unwrap();
        let mut see = |step, accuracy, loss| stop.see(at(step, accuracy, loss)).unwrap();
        assert_eq!(see(10, 0.7, 0.5), Verdict::Best);
        assert_eq!(see(20, 0.9, 0.4), Verdict::Best);
        assert_eq!(see(30, 0.8, 0.3), Verdict::GoOn, "accuracy comes first");
        assert_eq!(see(40, 0.9, 0.3), Verdict::Best, "then the loss");
        assert_eq!(see(50, 0.9, 0.3), Verdict::GoOn);
        assert_eq!(see(60, 0.9, f64::NAN), Verdict::Stop);
        assert_eq!(stop.best().unwrap().step, 40);
    }

    #[test]
    fn a_network_that_only_guesses_is_stuck() {
        let mut stop = EarlyStop::new(3, 2).unwrap();
        assert_eq!(stop.see(at(100, 0.5, 0.693)).unwrap(), Verdict::Best);
        assert_eq!(stop.see(at(200, 0.5, 0.7)).unwrap(), Verdict::GoOn);
        let error = stop.see(at(300, 0.5, 0.693)).unwrap_err();
        assert_eq!(
            error.to_string(),
            "nothing was learnt in 300 steps: the loss stays at 0.693, as if the network guessed among 2 classes; use a \
             lower adversarial bound, a longer ramp or another rate, or train from a later layer on"
        );
    }

    /// Against an adversary, and in the first steps of a short training, the loss of the training stays high for long.
    #[test]
    fn one_that_names_held_out_pictures_right_is_not_stuck() {
        let mut stop = EarlyStop::new(2, 2).unwrap();
        for step in 1..10 {
            let evaluation = Evaluation { training_loss: 0.8, ..at(step, 0.5 + step as f64 / 20.0, 0.6) };
            assert_eq!(stop.see(evaluation), Ok(Verdict::Best));
        }
    }

    #[test]
    fn one_that_has_learnt_something_is_not_stuck() {
        let mut stop = EarlyStop::new(2, 2).unwrap();
        for step in [1, 2] {
            stop.see(at(step, 0.5 + step as f64 / 10.0, 0.6)).unwrap();
        }
        assert_eq!(stop.see(at(3, 0.5, 0.9)), Ok(Verdict::GoOn));
        assert_eq!(stop.see(at(4, 0.5, 0.9)), Ok(Verdict::Stop));
    }

    #[test]
    fn it_goes_on_after_a_checkpoint() {
        let mut stop = EarlyStop::new(2, 3).unwrap();
        stop.see(at(1, 0.4, 1.0)).unwrap();
        let mut again: EarlyStop = serde_json::from_str(&serde_json::to_string(&stop).unwrap()).unwrap();
        assert_eq!(again, stop);
        assert_eq!(again.see(at(2, 0.5, 1.0)), stop.see(at(2, 0.5, 1.0)));
        assert!(EarlyStop::new(0, 2).is_err());
    }
}
