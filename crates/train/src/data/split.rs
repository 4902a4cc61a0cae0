//! Holds out samples for testing.

use std::collections::BTreeMap;

use super::draws::Draws;
use crate::error::Error;

/// Indices of samples, in ascending order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Split {
    /// Those to train on.
    pub train: Vec<usize>,
    /// Those to test on, never trained on.
    pub held_out: Vec<usize>,
}

/// Holds out about `fraction` of each class, chosen by the seed. `classes` and `groups` have the class and the group of each
/// sample; a group stays on one side.
///
/// Each class of two or more groups has at least one sample on each side, unless groups that several classes share make that
/// impossible: then it has some to train on.
///
/// # Errors
/// A fraction that is not from 0 to below 1.
pub fn split(classes: &[usize], groups: &[usize], fraction: f64, seed: u64) -> Result<Split, Error> {
    if !(0.0..1.0).contains(&fraction) {
        return Err(Error::Setting { name: "held-out fraction", range: "from 0 to below 1", value: fraction });
    }
    let mut sides = Sides::new(classes, groups);
    if fraction > 0.0 {
        let order = Draws::new(seed, &[]).order(sides.groups.len());
        sides.fill(&order, fraction);
        sides.give_each_class_one(&order);
    }
    let is_held_out = |group: &usize| sides.held_out[sides.places[group]];
    let (held_out, train) = (0..groups.len()).partition(|&sample| is_held_out(&groups[sample]));
    Ok(Split { train, held_out })
}

struct Sides {
    /// The place of each group in `groups`.
    places: BTreeMap<usize, usize>,
    /// How many samples of each class a group has.
    groups: Vec<BTreeMap<usize, usize>>,
    held_out: Vec<bool>,
    /// How many samples of each class there are, and how many of them are held out.
    all: Vec<usize>,
    held: Vec<usize>,
}

impl Sides {
    fn new(classes: &[usize], groups: &[usize]) -> Self {
        let count = classes.iter().max().map_or(0, |class| class + 1);
        let (mut places, mut members, mut all) = (BTreeMap::new(), Vec::<BTreeMap<_, _>>::new(), vec![0; count]);
        for (&class, &group) in classes.iter().zip(groups) {
            let place = *places.entry(group).or_insert(members.len());
            members.resize_with(members.len().max(place + 1), BTreeMap::new);
            *members[place].entry(class).or_insert(0) += 1;
            all[class] += 1;
        }
        Self { places, held_out: vec![false; members.len()], groups: members, all, held: vec![0; count] }
    }

    /// Whether the group can be held out so that no class has more than `most` samples there.
    fn fits(&self, group: usize, most: impl Fn(usize) -> usize) -> bool {
        self.groups[group].iter().all(|(&class, count)| self.held[class] + count <= most(class))
    }

    fn hold_out(&mut self, group: usize) {
        self.held_out[group] = true;
        self.groups[group].iter().for_each(|(&class, count)| self.held[class] += count);
    }

    fn fill(&mut self, order: &[usize], fraction: f64) {
        let wanted: Vec<usize> = self.all.iter().map(|&all| (all as f64 * fraction).round() as usize).collect();
        for &group in order {
            if self.fits(group, |class| wanted[class].min(self.all[class] - 1)) {
                self.hold_out(group);
            }
        }
    }

    /// Holds out the smallest group of each class that has none yet, if something is left to train on.
    fn give_each_class_one(&mut self, order: &[usize]) {
        for class in 0..self.all.len() {
            if self.held[class] > 0 {
                continue;
            }
            let possible = |group: &&usize| {
                self.groups[**group].contains_key(&class) && self.fits(**group, |class| self.all[class] - 1)
            };
            if let Some(&group) =
                order.iter().filter(possible).min_by_key(|&&group| self.groups[group].values().sum::<usize>())
            {
                self.hold_out(group);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Samples with classes and groups; a group of one class has the number of the class in it.
    fn samples(shared: bool) -> impl Strategy<Value = (Vec<usize>, Vec<usize>)> {
        prop::collection::vec((0..4usize, 0..12usize), 1..80).prop_map(move |samples| {
            let group = |&(class, group): &(usize, usize)| if shared { group } else { class * 100 + group };
            (samples.iter().map(|sample| sample.0).collect(), samples.iter().map(group).collect())
        })
    }

    /// The numbers of samples or groups of a class on one side.
    fn of_class(side: &[usize], classes: &[usize], class: usize) -> usize {
        side.iter().filter(|&&sample| classes[sample] == class).count()
    }

    proptest! {
        #[test]
        fn no_group_is_on_both_sides(
            (classes, groups) in prop_oneof![samples(true), samples(false)], fraction in 0.0..0.9f64, seed: u64,
        ) {
            let split = split(&classes, &groups, fraction, seed).unwrap();
            let mut all = [split.train.clone(), split.held_out.clone()].concat();
            all.sort_unstable();
            prop_assert_eq!(all, (0..classes.len()).collect::<Vec<_>>());
            let is_trained = |group: usize| split.train.iter().any(|&sample| groups[sample] == group);
            prop_assert!(split.held_out.iter().all(|&sample| !is_trained(groups[sample])));
            prop_assert!(classes.iter().all(|&class| of_class(&split.train, &classes, class) > 0));
        }

        #[test]
        fn each_class_of_two_groups_is_on_both_sides((classes, groups) in samples(false), seed: u64) {
            let split = split(&classes, &groups, 0.2, seed).unwrap();
            for &class in &classes {
                let mut own: Vec<_> = (0..groups.len()).filter(|&i| classes[i] == class).map(|i| groups[i]).collect();
                own.sort_unstable();
                own.dedup();
                prop_assert_eq!(own.len() > 1, of_class(&split.held_out, &classes, class) > 0);
            }
        }
    }

    #[test]
    fn a_fifth_of_each_class_is_held_out() {
        let classes: Vec<usize> = (0..300).map(|sample| usize::from(sample < 50)).collect();
        let groups: Vec<usize> = (0..300).collect();
        let halves = split(&classes, &groups, 0.2, 3).unwrap();
        assert_eq!([0, 1].map(|class| of_class(&halves.held_out, &classes, class)), [50, 10]);
        assert_eq!(split(&classes, &groups, 0.2, 3).unwrap(), halves);
        assert_ne!(split(&classes, &groups, 0.2, 4).unwrap(), halves);
        assert!(split(&classes, &groups, 0.0, 3).unwrap().held_out.is_empty());
        assert!(matches!(split(&classes, &groups, 1.0, 3), Err(Error::Setting { .. })));
    }
}
