//! Chooses the samples of each step.

use super::draws::Draws;
use crate::error::Error;

/// Endless batches in which all classes are equally frequent, however many samples each has.
///
/// Classes come in rounds: each once, in random order. Each sample of a class comes once before one comes again. A batch
/// follows from the seed and its number, so a training continues at any step.
#[derive(Clone, Debug)]
pub struct Batches {
    /// The samples of each class that has any.
    classes: Vec<Vec<usize>>,
    size: usize,
    seed: u64,
    /// The pass over the samples of each class that was asked for last, and its order.
    passes: Vec<(u64, Vec<usize>)>,
}

/// Tells the orders of classes from those of samples.
const ROUNDS: u64 = u64::MAX;

impl Batches {
    /// Makes batches of `size` of the given samples. `classes` has the class of every sample of the dataset; `samples` are
    /// indices into it, such as [`Split::train`](super::Split::train).
    ///
    /// # Errors
    /// [`Error::EmptyBatch`] if there are no samples or `size` is 0.
    pub fn new(classes: &[usize], samples: &[usize], size: usize, seed: u64) -> Result<Self, Error> {
        let count = classes.iter().max().map_or(0, |class| class + 1);
        let mut of_class = vec![Vec::new(); count];
        samples.iter().for_each(|&sample| of_class[classes[sample]].push(sample));
        of_class.retain(|samples| !samples.is_empty());
        if of_class.is_empty() || size == 0 {
            return Err(Error::EmptyBatch);
        }
        let pass = |(class, samples): (usize, &Vec<usize>)| (0, order(seed, class, 0, samples.len()));
        let passes = of_class.iter().enumerate().map(pass).collect();
        Ok(Self { classes: of_class, size, seed, passes })
    }

    /// Returns the samples of a step, from 0 on.
    pub fn batch(&mut self, step: usize) -> Vec<usize> {
        let (begin, classes) = (step as u64 * self.size as u64, self.classes.len() as u64);
        let places = begin..begin + self.size as u64;
        let rounds = places.start / classes..places.end.div_ceil(classes);
        let mut batch = Vec::with_capacity(self.size);
        for round in rounds {
            let order = Draws::new(self.seed, &[ROUNDS, round]).order(self.classes.len());
            for (place, class) in (round * classes..).zip(order) {
                if places.contains(&place) {
                    batch.push(self.sample(class, round));
                }
            }
        }
        batch
    }

    /// The sample of a class in a round: it has one in each.
    fn sample(&mut self, class: usize, round: u64) -> usize {
        let samples = &self.classes[class];
        let (pass, at) = (round / samples.len() as u64, (round % samples.len() as u64) as usize);
        if self.passes[class].0 != pass {
            self.passes[class] = (pass, order(self.seed, class, pass, samples.len()));
        }
        samples[self.passes[class].1[at]]
    }
}

fn order(seed: u64, class: usize, pass: u64, samples: usize) -> Vec<usize> {
    Draws::new(seed, &[class as u64, pass]).order(samples)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn counts(values: impl IntoIterator<Item = usize>, length: usize) -> Vec<usize> {
        let mut counts = vec![0; length];
        values.into_iter().for_each(|value| counts[value] += 1);
        counts
    }

    proptest! {
        #[test]
        fn classes_and_samples_take_turns(
            sizes in prop::collection::vec(1..30usize, 1..6), size in 1..20usize, seed: u64, steps in 1..40usize,
        ) {
            let classes: Vec<usize> = sizes.iter().enumerate().flat_map(|(class, &n)| vec![class; n]).collect();
            let all: Vec<usize> = (0..classes.len()).collect();
            let mut batches = Batches::new(&classes, &all, size, seed).unwrap();
            let seen: Vec<usize> = (0..steps).flat_map(|step| batches.batch(step)).collect();
            prop_assert_eq!(seen.len(), steps * size);
            let of_class = counts(seen.iter().map(|&sample| classes[sample]), sizes.len());
            prop_assert!(of_class.iter().max().unwrap() - of_class.iter().min().unwrap() <= 1, "{:?}", of_class);
            let of_sample = counts(seen, classes.len());
            for class in 0..sizes.len() {
                let times = || all.iter().filter(|&&sample| classes[sample] == class).map(|&sample| of_sample[sample]);
                prop_assert!(times().max().unwrap() - times().min().unwrap() <= 1);
            }
        }

        #[test]
        fn a_training_continues_with_the_batches_it_would_have_seen(seed: u64, from in 0..300usize) {
            let classes: Vec<usize> = (0..50).map(|sample| usize::from(sample % 5 == 0)).collect();
            let train: Vec<usize> = (0..50).filter(|sample| sample % 7 != 0).collect();
            let new = || Batches::new(&classes, &train, 16, seed).unwrap();
            let mut whole = new();
            let whole: Vec<_> = (0..from + 20).map(|step| whole.batch(step)).collect();
            let mut continued = new();
            prop_assert!((from..from + 20).all(|step| continued.batch(step) == whole[step]));
            prop_assert!(whole.iter().flatten().all(|sample| train.contains(sample)));
        }
    }

    #[test]
    fn other_seeds_give_other_batches_and_none_is_empty() {
        let (classes, all) = ([0, 1].repeat(20), (0..40).collect::<Vec<_>>());
        let first = |seed| Batches::new(&classes, &all, 16, seed).unwrap().batch(0);
        assert_ne!(first(1), first(2));
        assert_eq!(Batches::new(&classes, &[], 16, 1).unwrap_err(), Error::EmptyBatch);
        assert_eq!(Batches::new(&classes, &all, 0, 1).unwrap_err(), Error::EmptyBatch);
    }
}
