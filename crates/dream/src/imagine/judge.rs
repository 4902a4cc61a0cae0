//! A second opinion: whether another network recognises what was imagined.

use std::sync::Arc;

use oneiric_zoo::{Network, Networks};

use crate::error::Error;
use crate::inspect::look::classify;
use crate::objective::{Objective, Term};
use crate::picture::Picture;

/// A network that takes no part in an objective of one class, and knows that class.
#[derive(Debug)]
pub struct Judge {
    network: Arc<Network>,
    classes: Vec<usize>,
}

/// What a [`Judge`] sees in a picture.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// Whether its likeliest class is one under the objective's word.
    pub named: bool,
    /// How likely it thinks the classes under the word, together, 0…1.
    pub probability: f32,
    /// Its likeliest class.
    pub likeliest: String,
}

impl Judge {
    /// Finds the judge of an objective whose terms without a network use `model`. There is none for an objective without
    /// classes or with several, and if no other network knows the class.
    ///
    /// # Errors
    /// A network of the objective that cannot be loaded.
    pub fn of(objective: &Objective, model: &str, networks: &Networks) -> Result<Option<Self>, Error> {
        let mut words: Vec<&str> = objective.words().collect();
        words.dedup();
        let [word] = words[..] else { return Ok(None) };
        let is_unwanted = |(weight, term): &(f32, Term)| *weight < 0.0 && term.is_of_class();
        if !objective.is_of_classes() || objective.terms.iter().any(is_unwanted) {
            return Ok(None);
        }
        let of_classes = objective.terms.iter().filter(|(_, term)| term.is_of_class());
        let used: Vec<String> = of_classes
            .map(|(_, term)| Ok(networks.get(term.network.as_deref().unwrap_or(model))?.name.clone()))
            .collect::<Result<_, Error>>()?;
        // A network that cannot be loaded is no judge, and no reason to make no picture.
        let judge = |name: &str| {
            let network = networks.get(name).ok()?;
            let classes = network.classes_under(word).ok()?.classes.clone();
            Some(Self { network, classes })
        };
        Ok(networks.with_class_map().filter(|name| !used.iter().any(|used| used == name)).find_map(judge))
    }

    /// The name of the network.
    pub fn name(&self) -> &str {
        &self.network.name
    }

    /// Looks at a picture.
    ///
    /// # Errors
    /// As [`classify`].
    pub fn verdict(&self, picture: &Picture) -> Result<Verdict, Error> {
        let seen = classify(&self.network, picture)?;
        let wanted = seen.iter().filter(|class| self.classes.contains(&class.index));
        Ok(Verdict {
            named: self.classes.contains(&seen[0].index),
            probability: wanted.map(|class| class.probability).sum(),
            likeliest: seen[0].name.clone(),
        })
    }
}

#[cfg(all(test, feature = "landscape", feature = "weights"))]
mod tests {
    use super::*;

    fn judge(objective: &str) -> Option<Judge> {
        Judge::of(&objective.parse().unwrap(), "lite0", &Networks::default()).unwrap()
    }

    #[test]
    fn the_judge_is_a_network_that_takes_no_part() {
        assert_eq!(judge("class('goldfish')").unwrap().name(), "squeezenet");
        assert_eq!(judge("squeezenet:everywhere('goldfish') - 0.5*tv()").unwrap().name(), "lite0");
        for unjudged in
            ["block9", "class('goldfish') + block9", "class('goldfish') + class('castle')", "-1*class('goldfish')"]
        {
            assert!(judge(unjudged).is_none(), "{unjudged}");
        }
        assert!(judge("lite0:everywhere('goldfish') + squeezenet:everywhere('goldfish')").is_none());
        assert!(judge("class('xyzzy')").is_none());
    }

    #[test]
    fn a_verdict_says_what_the_judge_sees() {
        let landscape = Picture::new(224, 160, crate::landscape::paint(224, 160, 1)).unwrap();
        let judge = judge("class('lakeshore')").unwrap();
        let seen = classify(&judge.network, &landscape).unwrap();
        let verdict = judge.verdict(&landscape).unwrap();
        assert_eq!((verdict.named, &verdict.likeliest), (seen[0].name == "lakeshore", &seen[0].name));
        let lakeshore = seen.iter().find(|class| class.name == "lakeshore").unwrap();
        assert_eq!(verdict.probability, lakeshore.probability);
    }
}
